/** Admission in this process: a few map look-ups a take. One process owns a pool at a time (see pool.ledger: the lease). */
import type { Admission, Snapshot, Take, Verdict } from './pool.types.ts';

interface Known {
  buyerId: string;
  quantity: number;
}

interface Loaded {
  epoch: number;
  isOpen: boolean;
  free: number;
  buyerLimit: number;
  holdMs: number;
  requests: Map<string, Known>;
  byBuyer: Map<string, number>;
  /** In order of time as far as holds last equally long; `head` is the first that was not looked at. */
  queue: { requestId: string; at: number }[];
  head: number;
}

export function createMemoryAdmission(): Admission {
  const pools = new Map<string, Loaded>();

  function count(pool: Loaded, { buyerId, quantity }: Known): void {
    pool.byBuyer.set(buyerId, (pool.byBuyer.get(buyerId) ?? 0) + quantity);
  }

  function decide(pool: Loaded, { requestId, buyerId, quantity }: Take, now: number): Verdict {
    if (pool.requests.has(requestId)) return 'known';
    if (!pool.isOpen) return 'closed';
    if (quantity > pool.free) return 'sold_out';
    if (pool.buyerLimit > 0 && (pool.byBuyer.get(buyerId) ?? 0) + quantity > pool.buyerLimit) return 'over_limit';
    const known = { buyerId, quantity };
    pool.free -= quantity;
    pool.requests.set(requestId, known);
    if (pool.buyerLimit > 0) count(pool, known);
    pool.queue.push({ requestId, at: now + pool.holdMs });
    return 'admitted';
  }

  return {
    isShared: false,
    async admit(poolId, takes, now) {
      const pool = pools.get(poolId);
      return pool && { epoch: pool.epoch, verdicts: takes.map((take) => decide(pool, take, now)) };
    },
    isSoldOut(poolId, requestId) {
      const pool = pools.get(poolId);
      return pool?.isOpen === true && pool.free <= 0 && !pool.requests.has(requestId);
    },
    async free(poolId, requestIds) {
      const pool = pools.get(poolId);
      for (const requestId of requestIds) {
        const known = pool?.requests.get(requestId);
        if (!pool || !known) continue;
        pool.requests.delete(requestId);
        pool.free += known.quantity;
        if (pool.buyerLimit > 0) {
          const left = (pool.byBuyer.get(known.buyerId) ?? 0) - known.quantity;
          if (left > 0) pool.byBuyer.set(known.buyerId, left);
          else pool.byBuyer.delete(known.buyerId);
        }
      }
    },
    // due() has taken them out of the queue already.
    async settle() {},
    async defer(poolId, requests) {
      const pool = pools.get(poolId);
      if (!pool) return;
      const rest = [
        ...pool.queue.slice(pool.head),
        ...requests.map(({ requestId, until }) => ({ requestId, at: until })),
      ];
      pool.queue = rest.sort((a, b) => a.at - b.at);
      pool.head = 0;
    },
    async due(poolId, now, limit) {
      const pool = pools.get(poolId);
      const found: string[] = [];
      if (!pool) return found;
      while (found.length < limit) {
        const next = pool.queue[pool.head];
        if (!next || next.at > now) break;
        pool.head += 1;
        if (pool.requests.has(next.requestId)) found.push(next.requestId);
      }
      // The part behind the head is let go now and then, not with every look.
      if (pool.head > 10_000 && pool.head * 2 > pool.queue.length) {
        pool.queue = pool.queue.slice(pool.head);
        pool.head = 0;
      }
      return found;
    },
    async load({ pool, standings }: Snapshot) {
      if ((pools.get(pool.poolId)?.epoch ?? -1) > pool.epoch) return;
      const loaded: Loaded = {
        epoch: pool.epoch,
        isOpen: pool.status === 'open',
        free: pool.size - pool.taken,
        buyerLimit: pool.buyerLimit,
        holdMs: pool.holdMs,
        requests: new Map(),
        byBuyer: new Map(),
        queue: [],
        head: 0,
      };
      for (const { requestId, buyerId, quantity, state, until } of standings) {
        const known = { buyerId, quantity };
        loaded.requests.set(requestId, known);
        if (loaded.buyerLimit > 0) count(loaded, known);
        if (state === 'held') loaded.queue.push({ requestId, at: until.getTime() });
      }
      loaded.queue.sort((a, b) => a.at - b.at);
      pools.set(pool.poolId, loaded);
    },
    async figures(poolId) {
      const pool = pools.get(poolId);
      return pool && { epoch: pool.epoch, free: pool.free, isOpen: pool.isOpen };
    },
    async drop(poolId) {
      pools.delete(poolId);
    },
  };
}
