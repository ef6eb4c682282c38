/**
 * Reads that requests share across one another. A repository writes such a read for many askers (`sharedRead`); who hands
 * it the database's `shared` travels in company: everything that was asked while a departure was under way leaves with the
 * next one, each kind of read as one statement, all of them on one connection and in one write. Who hands it a transaction,
 * or any other executor, asks alone, on that executor.
 *
 * Each is answered by what was committed when its own departure left, never by one that left before it asked.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Db, Executor } from './database.ts';
import { settleBatch, type Waiting } from './gather.ts';

/** One result an asker, in their order: what one may see is part of what it asks, and is looked at row by row. */
export type ReadTogether<Item, Result> = (db: Executor, items: readonly Item[]) => Promise<readonly Result[]>;

// biome-ignore lint/suspicious/noExplicitAny: the lane carries all kinds and looks into none
type Kind = ReadTogether<any, any>;

const laneOf = new WeakMap<Executor, SharedLane>();

/** What one asker asked for, out of what was read for all of them. */
export const ownPart = <Value>(found: ReadonlyMap<string, Value>, keys: readonly string[]): Map<string, Value> => {
  const own = new Map<string, Value>();
  for (const key of keys) {
    const value = found.get(key);
    if (value !== undefined) own.set(key, value);
  }
  return own;
};

/** Whether reads on this executor travel with those of others. */
export const isShared = (db: Executor): boolean => laneOf.has(db);

export function sharedRead<Item, Result>(
  together: ReadTogether<Item, Result>,
): (db: Executor, item: Item) => Promise<Result> {
  return async (db, item) => {
    const lane = laneOf.get(db);
    if (lane) return lane.ask(together, item) as Promise<Result>;
    const [result] = await together(db, [item]);
    return result as Result;
  };
}

export interface SharedReadsOptions {
  onOneConnection<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Departures under way at once. */
  lanes: number;
  /** How long a departure may keep others waiting before they leave without it, on a connection of their own. */
  patienceMs?: number;
  /** Of one kind in one departure. */
  most?: number;
}

/** From here on reads on `shared` travel together. `shared` must be no transaction. */
export function shareReads(shared: Db, options: SharedReadsOptions): void {
  laneOf.set(shared, new SharedLane(options));
}

class SharedLane {
  readonly #options: Required<SharedReadsOptions>;
  #waiting = new Map<Kind, Waiting<unknown, unknown>[]>();
  #underWay = 0;
  #isCalled = false;
  #impatience: NodeJS.Timeout | undefined;
  /** Of the first who waits: what is read for all of them is told as a part of that request. */
  #inContext: <T>(work: () => T) => T = (work) => work();

  constructor(options: SharedReadsOptions) {
    this.#options = { patienceMs: 20, most: 200, ...options };
  }

  ask(kind: Kind, item: unknown): Promise<unknown> {
    return new Promise((done, fail) => {
      if (this.#waiting.size === 0) this.#inContext = AsyncLocalStorage.snapshot();
      const asked = this.#waiting.get(kind);
      if (asked) asked.push({ item, done, fail });
      else this.#waiting.set(kind, [{ item, done, fail }]);
      if (this.#underWay === 0) this.#call();
      else this.#waitFor();
    });
  }

  /** At the end of this turn of the event loop: what comes in with it, or follows from an answer just given, goes along. */
  #call(): void {
    if (this.#isCalled) return;
    this.#isCalled = true;
    setImmediate(() => {
      this.#isCalled = false;
      void this.#depart();
    });
  }

  #waitFor(): void {
    if (this.#impatience || this.#underWay >= this.#options.lanes) return;
    this.#impatience = setTimeout(() => {
      this.#impatience = undefined;
      if (this.#waiting.size > 0) this.#call();
    }, this.#options.patienceMs);
  }

  async #depart(): Promise<void> {
    if (this.#waiting.size === 0 || this.#underWay >= this.#options.lanes) return;
    clearTimeout(this.#impatience);
    this.#impatience = undefined;
    const leaving = [...this.#waiting];
    this.#waiting = new Map();
    for (const [kind, asked] of leaving)
      if (asked.length > this.#options.most) this.#waiting.set(kind, asked.splice(this.#options.most));
    this.#underWay += 1;
    await this.#inContext(() => this.#read(leaving));
    this.#underWay -= 1;
    if (this.#waiting.size > 0) this.#call();
  }

  async #read(leaving: readonly [Kind, readonly Waiting<unknown, unknown>[]][]): Promise<void> {
    try {
      await this.#options.onOneConnection((db) =>
        Promise.all(leaving.map(([kind, asked]) => settleBatch(asked, (items) => kind(db, items)))),
      );
    } catch (error) {
      // No connection was to be had: those already answered hear nothing of it.
      for (const [, asked] of leaving) for (const { fail } of asked) fail(error);
    }
  }
}
