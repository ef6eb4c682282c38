/** Pure rules of a sale: its state by the server's clock, the id of a place, the line at the door. */
import { createHash } from 'node:crypto';
import type { FlashSaleState } from '@xiaopu/contracts';
import type { FlashTier } from '@xiaopu/contracts/console';

export interface Sale {
  saleId: string;
  shopId: string;
  spuId: string;
  skuId: string;
  poolId: string;
  name: string;
  flashPrice: number;
  poolSize: number;
  buyerLimit: number;
  holdMs: number;
  startsAt: Date;
  endsAt: Date;
  status: 'live' | 'ended';
  createdBy: string;
  /** Empty: everybody. */
  tiers: FlashTier[];
  templateId: string | null;
}

export function stateOf({ status, startsAt, endsAt }: Sale, remaining: number, now: Date): FlashSaleState {
  if (status === 'ended' || now >= endsAt) return 'ended';
  if (now < startsAt) return 'upcoming';
  return remaining > 0 ? 'running' : 'sold_out';
}

/** One place a sale, buyer and key: a repeated request finds it, nobody can guess another's. */
export function placeIdOf(saleId: string, buyerId: string, key: string): string {
  const bytes = createHash('sha256').update(`${saleId}\n${buyerId}\n${key}`).digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export interface WaitingLine<T> {
  /** Runs at once, or waits for its turn; the same id joins what is there. Undefined: the line is full. */
  enter(id: string, work: () => Promise<T>): Promise<T> | undefined;
  /** Whether it is being decided or waits for that. */
  has(id: string): boolean;
  /** How many are before it; undefined: not waiting (any more). */
  position(id: string): number | undefined;
}

/** At most `inFlight` at once, at most `longest` behind them, first come first served. */
export function createWaitingLine<T>({ inFlight, longest }: { inFlight: number; longest: number }): WaitingLine<T> {
  const running = new Map<string, Promise<T>>();
  const waiting = new Map<string, { number: number; promise: Promise<T>; start: () => void }>();
  let entered = 0;
  let left = 0;

  function run(id: string, work: () => Promise<T>): Promise<T> {
    const started = work().finally(() => {
      running.delete(id);
      const next = waiting.entries().next();
      if (next.done) return;
      const [nextId, { start }] = next.value;
      waiting.delete(nextId);
      left += 1;
      start();
    });
    running.set(id, started);
    return started;
  }

  return {
    enter(id, work) {
      const known = running.get(id) ?? waiting.get(id)?.promise;
      if (known) return known;
      if (running.size < inFlight) return run(id, work);
      if (waiting.size >= longest) return undefined;
      entered += 1;
      let start = () => {};
      const promise = new Promise<void>((done) => {
        start = done;
      }).then(() => run(id, work));
      waiting.set(id, { number: entered, promise, start });
      return promise;
    },
    has: (id) => running.has(id) || waiting.has(id),
    position(id) {
      const found = waiting.get(id);
      return found && found.number - left - 1;
    },
  };
}
