/**
 * Requests of one kind share their statements: while one statement is under way, whoever comes next waits for it, and then
 * all of them go out as one. Alone, a request goes at once; the busier it gets, the more share what a statement costs
 * (its write to the socket, its commit). Each is answered when its own part is committed, not before.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { sqlState } from './database.ts';

export interface GatherOptions<Item, Result> {
  /**
   * One result an item, in their order. It must be done whole or not at all (one statement, or only reads), and its items
   * must not wait for locks others hold: who waits makes all wait.
   */
  together(items: readonly Item[]): Promise<readonly Result[]>;
  most?: number;
}

/** Bad data, a broken rule, a deadlock: PostgreSQL said so, hence nothing was done. A lost connection leaves it open. */
const isUndone = (error: unknown): boolean => /^(22|23|40)/.test(sqlState(error) ?? '');

export interface Waiting<Item, Result> {
  item: Item;
  done(result: Result): void;
  fail(error: unknown): void;
}

/** Does what a batch asks and answers each who waits. Never throws. */
export async function settleBatch<Item, Result>(
  batch: readonly Waiting<Item, Result>[],
  together: GatherOptions<Item, Result>['together'],
): Promise<void> {
  try {
    const results = await together(batch.map(({ item }) => item));
    if (results.length !== batch.length) throw new Error('a batch needs one result an item');
    batch.forEach(({ done }, at) => {
      done(results[at] as Result);
    });
  } catch (error) {
    if (batch.length === 1 || !isUndone(error)) {
      for (const { fail } of batch) fail(error);
      return;
    }
    // One spoils it for all: halved until it stands alone.
    const middle = Math.ceil(batch.length / 2);
    await settleBatch(batch.slice(0, middle), together);
    await settleBatch(batch.slice(middle), together);
  }
}

export function gather<Item, Result>({
  together,
  most = 100,
}: GatherOptions<Item, Result>): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let isUnderWay = false;
  /** Of the first who waits: what is done for all of them is told as a part of that request, not of one long past. */
  let inContext: <T>(work: () => T) => T;

  function next(): void {
    const batch = waiting.slice(0, most);
    waiting = waiting.slice(most);
    const ran = inContext(() => settleBatch(batch, together));
    void ran.then(() => {
      if (waiting.length > 0) next();
      else isUnderWay = false;
    });
  }

  return (item) =>
    new Promise((done, fail) => {
      if (waiting.length === 0) inContext = AsyncLocalStorage.snapshot();
      waiting.push({ item, done, fail });
      if (isUnderWay) return;
      isUnderWay = true;
      // At the end of this turn of the event loop: what came in with it goes along.
      setImmediate(next);
    });
}
