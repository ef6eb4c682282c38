/**
 * Hot pools: admission first, then the ledger in groups, acknowledged after the commit. So a thousand buyers of one SKU cost
 * one row lock instead of a thousand, and what was answered "yours" survives any crash.
 */
import type { Clock } from '#platform/clock.ts';
import type { Database } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { Logger } from '#platform/logger.ts';
import * as ledger from './pool.ledger.ts';
import type { Admission, Pool, Standing, Take, TakeOutcome, Verdict } from './pool.types.ts';

export interface PoolEngineDeps {
  database: Database;
  admission: Admission;
  clock: Clock;
  log: Logger;
  /** After a group: free units of a pool changed. */
  onChange?: (pool: Pool, free: number) => void;
}

export type PoolEngine = ReturnType<typeof createPoolEngine>;

interface Waiting extends Take {
  tries: number;
  isRepeat: boolean;
  done: (outcome: TakeOutcome) => void;
}
interface Admitted extends Waiting {
  epoch: number;
}

/** Requests in one ledger statement. Larger groups gain little and make the first wait longer. */
const groupSize = 2_000;
/** How often one request is admitted again because its pool was loaded anew in between. */
const maxTries = 5;
const leaseMs = 5_000;
const sweepSize = 1_000;
const refusals: Partial<Record<Verdict, TakeOutcome>> = {
  sold_out: { outcome: 'sold_out' },
  over_limit: { outcome: 'over_limit' },
  closed: { outcome: 'closed' },
};

export function createPoolEngine({ database, admission, clock, log, onChange }: PoolEngineDeps) {
  const { db, inTransaction } = database;
  const owner = newId();
  const pools = new Map<string, Pool>();
  const incoming = new Map<string, Waiting[]>();
  let queue: Admitted[] = [];
  let isCommitting = false;
  const loading = new Map<string, Promise<boolean>>();
  /** Pools whose memory may be wrong: loaded again before the next take. */
  const doubted = new Set<string>();

  const busy = (waiting: readonly Waiting[]) => {
    for (const { done } of waiting) done({ outcome: 'busy' });
  };

  /** Loads a pool from the ledger under a new epoch. False: closed, unknown, or another process's. */
  function load(poolId: string): Promise<boolean> {
    const running = loading.get(poolId);
    if (running) return running;
    const started = (async () => {
      const pool = await ledger.findPool(db, poolId);
      if (!pool || pool.status === 'closed') {
        pools.delete(poolId);
        return false;
      }
      const now = clock.now();
      const lease = admission.isShared ? undefined : { owner, now, until: new Date(now.getTime() + leaseMs) };
      const snapshot = await inTransaction((tx) => ledger.beginEpoch(tx, pool, lease));
      if (!snapshot) return false;
      // Only what is committed may be loaded: an epoch that was rolled back would be given out twice.
      await admission.load(snapshot);
      doubted.delete(poolId);
      pools.set(poolId, snapshot.pool);
      return true;
    })().finally(() => loading.delete(poolId));
    loading.set(poolId, started);
    return started;
  }

  function take(wanted: Take): Promise<TakeOutcome> {
    return new Promise((done) => enqueue({ ...wanted, tries: 0, isRepeat: false, done }));
  }

  function enqueue(waiting: Waiting): void {
    const list = incoming.get(waiting.poolId);
    if (list) {
      list.push(waiting);
      return;
    }
    incoming.set(waiting.poolId, [waiting]);
    // What arrives in this turn of the loop is admitted together.
    setImmediate(() => {
      const all = incoming.get(waiting.poolId) ?? [];
      incoming.delete(waiting.poolId);
      admit(waiting.poolId, all).catch((error: unknown) => {
        log.error({ err: error, poolId: waiting.poolId }, 'pool admission failed');
        busy(all);
      });
    });
  }

  async function admit(poolId: string, waiting: readonly Waiting[]): Promise<void> {
    let admitted =
      doubted.has(poolId) || !pools.has(poolId)
        ? undefined
        : await admission.admit(poolId, waiting, clock.now().getTime());
    if (!admitted) {
      if (!(await load(poolId))) {
        const pool = await ledger.findPool(db, poolId);
        const isOver = pool?.status !== 'open';
        for (const { done } of waiting) done({ outcome: isOver ? 'closed' : 'busy' });
        return;
      }
      admitted = await admission.admit(poolId, waiting, clock.now().getTime());
    }
    if (!admitted) return busy(waiting);
    const { epoch, verdicts } = admitted;
    const known: Waiting[] = [];
    for (const [index, request] of waiting.entries()) {
      const verdict = verdicts[index] as Verdict;
      if (verdict === 'admitted') queue.push(Object.assign(request, { epoch }));
      else if (verdict === 'known') known.push(request);
      else request.done(refusals[verdict] as TakeOutcome);
    }
    void commitAll();
    if (known.length > 0) await answerKnown(poolId, epoch, known);
  }

  /** Admitted before: held, ended, or still on its way, perhaps in a process that died. */
  async function answerKnown(poolId: string, epoch: number, known: readonly Waiting[]): Promise<void> {
    const pool = pools.get(poolId);
    if (!pool) return busy(known);
    const standings = await standingsById(pool, known);
    for (const request of known) {
      request.isRepeat = true;
      const standing = standings.get(request.requestId);
      if (standing) request.done(outcomeOf(request, standing));
      else queue.push(Object.assign(request, { epoch }));
    }
    void commitAll();
  }

  const standingsById = async (pool: Pool, requests: readonly Take[]) =>
    new Map(
      (
        await ledger.standingsOf(
          db,
          pool,
          requests.map(({ requestId }) => requestId),
        )
      ).map((standing) => [standing.requestId, standing]),
    );

  function outcomeOf({ buyerId, isRepeat }: Waiting, standing: Standing): TakeOutcome {
    // Another buyer's request id is nobody's to ask about.
    if (standing.state === 'ended' || standing.buyerId !== buyerId) return { outcome: 'ended' };
    return { outcome: 'held', until: standing.until, isRepeat };
  }

  async function commitAll(): Promise<void> {
    if (isCommitting) return;
    isCommitting = true;
    try {
      while (queue.length > 0) {
        const group = queue.slice(0, groupSize);
        queue = queue.slice(groupSize);
        await commit(group).catch((error: unknown) => {
          // Whether it was committed is not known: the ledger will tell, under a new epoch that a late commit cannot pass.
          log.error({ err: error, requests: group.length }, 'pool commit failed');
          for (const { poolId } of group) doubted.add(poolId);
          busy(group);
        });
      }
    } finally {
      isCommitting = false;
    }
  }

  async function commit(group: readonly Admitted[]): Promise<void> {
    const at = clock.now();
    const skuIds = new Map<string, string>();
    const ready: Admitted[] = [];
    for (const request of group) {
      const pool = pools.get(request.poolId);
      if (!pool) {
        request.done({ outcome: 'busy' });
        continue;
      }
      skuIds.set(request.poolId, pool.skuId);
      ready.push(request);
    }
    if (ready.length === 0) return;
    const written = await ledger.commitTakes(database, skuIds, ready, at);
    const parts = new Map<string, Admitted[]>();
    for (const request of ready) {
      const key = `${request.poolId}/${request.epoch}`;
      const part = parts.get(key);
      if (part) part.push(request);
      else parts.set(key, [request]);
    }
    for (const [key, part] of parts) {
      const { poolId } = part[0] as Admitted;
      const pool = pools.get(poolId);
      const count = written.get(key);
      if (count === undefined || !pool) await outdated(poolId, part);
      else if (count === part.length) {
        const until = new Date(at.getTime() + pool.holdMs);
        for (const { done, isRepeat } of part) done({ outcome: 'held', until, isRepeat });
      } else await answerMixed(pool, part);
      if (pool && onChange) void tell(pool);
    }
  }

  /** Admitted under an epoch that is over: decided again, by the pool as it is now. */
  async function outdated(poolId: string, part: readonly Admitted[]): Promise<void> {
    const figures = await admission.figures(poolId).catch(() => undefined);
    // Unless somebody has loaded it since, it must be loaded now; a second time would only refuse others in turn.
    if ((figures?.epoch ?? 0) <= (part[0] as Admitted).epoch) doubted.add(poolId);
    for (const request of part) {
      request.tries += 1;
      if (request.tries >= maxTries) request.done({ outcome: 'busy' });
      else enqueue(request);
    }
  }

  /** Some were in the ledger already: a repeat, a void, or a hold that is over. */
  async function answerMixed(pool: Pool, part: readonly Admitted[]): Promise<void> {
    const standings = await standingsById(pool, part);
    const over: string[] = [];
    for (const request of part) {
      const standing = standings.get(request.requestId);
      if (standing?.state === 'ended') over.push(request.requestId);
      request.done(standing ? outcomeOf(request, standing) : { outcome: 'busy' });
    }
    await admission.free(pool.poolId, over);
  }

  async function tell(pool: Pool): Promise<void> {
    const figures = await admission.figures(pool.poolId).catch(() => undefined);
    if (figures) onChange?.(pool, figures.free);
  }

  /** Gives holds back before their time. @returns those that were held until now */
  async function release(poolId: string, requestIds: readonly string[]): Promise<string[]> {
    const pool = pools.get(poolId) ?? (await ledger.findPool(db, poolId));
    if (!pool || requestIds.length === 0) return [];
    const released = await ledger.commitReleases(db, pool, requestIds, clock.now());
    await admission.free(poolId, released);
    if (released.length > 0) void tell(pool);
    return released;
  }

  /** Looks at requests whose time has come: ends holds, and sorts out admissions that never reached the ledger. */
  async function sweepPool(pool: Pool): Promise<number> {
    const { poolId } = pool;
    const now = clock.now();
    const ids = await admission.due(poolId, now.getTime(), sweepSize);
    if (ids.length === 0) return 0;
    try {
      let standings = await ledger.standingsOf(db, pool, ids);
      const known = new Set(standings.map(({ requestId }) => requestId));
      const lost = ids.filter((id) => !known.has(id));
      if (lost.length > 0) {
        await ledger.commitVoids(db, pool, lost, now);
        standings = await ledger.standingsOf(db, pool, ids);
      }
      const inState = (state: Standing['state']) => standings.filter((standing) => standing.state === state);
      const later = inState('held').filter(({ until }) => until > now);
      const overdue = inState('held').filter(({ until }) => until <= now);
      const released = new Set(
        await release(
          poolId,
          overdue.map(({ requestId }) => requestId),
        ),
      );
      // Bound or ended by somebody else since we looked: looked at again at once.
      const again = overdue.filter(({ requestId }) => !released.has(requestId));
      await admission.defer(poolId, [
        ...later.map(({ requestId, until }) => ({ requestId, until: until.getTime() })),
        ...again.map(({ requestId }) => ({ requestId, until: now.getTime() })),
      ]);
      await admission.settle(
        poolId,
        inState('bound').map(({ requestId }) => requestId),
      );
      await admission.free(
        poolId,
        inState('ended').map(({ requestId }) => requestId),
      );
      return released.size + lost.length;
    } catch (error) {
      // What was taken out of the queue must be looked at again.
      doubted.add(poolId);
      throw error;
    }
  }

  let ticking: Promise<number> | undefined;
  /** Timers: leases, due holds, pools in doubt. One at a time. @returns holds that ended */
  function tick(): Promise<number> {
    ticking ??= (async () => {
      let handled = 0;
      if (!admission.isShared && pools.size > 0) {
        const mine = new Set(await ledger.renewLeases(db, owner, new Date(clock.now().getTime() + leaseMs)));
        for (const poolId of pools.keys()) {
          if (mine.has(poolId)) continue;
          pools.delete(poolId);
          await admission.drop(poolId);
        }
      }
      const live = await ledger.livePools(db);
      const liveIds = new Set(live.map(({ poolId }) => poolId));
      for (const poolId of pools.keys()) {
        if (liveIds.has(poolId)) continue;
        pools.delete(poolId);
        await admission.drop(poolId);
      }
      for (const pool of live) {
        const { poolId } = pool;
        const figures = await admission.figures(poolId);
        const isFresh = pools.has(poolId) && figures && figures.epoch >= pool.epoch && !doubted.has(poolId);
        if (!isFresh && !(await load(poolId))) continue;
        handled += await sweepPool(pools.get(poolId) as Pool);
      }
      return handled;
    })().finally(() => {
      ticking = undefined;
    });
    return ticking;
  }

  return {
    take,
    /** What a take would be told, where that can be said without asking anybody. */
    isSoldOut: (poolId: string, requestId: string): boolean =>
      pools.has(poolId) && !doubted.has(poolId) && admission.isSoldOut?.(poolId, requestId) === true,
    release,
    tick,
    load,
    /** The ledger has changed beside us: the next take loads the pool again. */
    doubt: (poolId: string) => void doubted.add(poolId),
    /** Units an order gave back; heard from an event, perhaps twice. */
    returned: (poolId: string, requestIds: readonly string[]) => admission.free(poolId, requestIds),
    figures: (poolId: string) => admission.figures(poolId),
    /** Pools that only this process sells from. */
    owned: () => (admission.isShared ? 0 : pools.size),
    isIdle: () => queue.length === 0 && incoming.size === 0 && !isCommitting,
    /** For a clean stop: another process may own the pools at once. */
    async stop(): Promise<void> {
      await ticking?.catch(() => {});
      if (!admission.isShared) await ledger.endLeases(db, owner);
    },
  };
}
