/**
 * What changes seldom and is asked with every price, kept in memory and read anew every few seconds. Whoever holds a
 * connection already reads by that one and waits for nobody else's: in a rush every connection of the pool may be held by
 * those who ask, and the next one would never come.
 */
import type { Executor } from './database/database.ts';

export interface Directory<Content> {
  /**
   * As old as `maxAgeMs`, or twice that while somebody is reading it anew. Asked by a transaction that changed what is kept
   * here, it would show everybody what may yet be rolled back: ask before changing.
   */
  all(by: Executor): Promise<Content>;
  /** Only what is fresh in memory. */
  peek(): Content | undefined;
  /** What was kept, or is being read now, serves nobody who asks from here on. */
  forget(): void;
}

export function createDirectory<Content>({
  maxAgeMs,
  read,
  // Ages are counted on the real clock: a demo that leaps in time must not look as if nothing had aged.
  age = () => performance.now(),
}: {
  maxAgeMs: number;
  read(executor: Executor): Promise<Content>;
  age?: () => number;
}): Directory<Content> {
  let kept: { readAt: number; content: Content } | undefined;
  /** The one reading of all who hold no connection. */
  let shared: Promise<Content> | undefined;
  let readers = 0;
  let generation = 0;

  async function load(executor: Executor): Promise<Content> {
    const startedIn = generation;
    const readAt = age();
    readers += 1;
    try {
      const content = await read(executor);
      if (startedIn === generation && !(kept && kept.readAt > readAt)) kept = { readAt, content };
      return content;
    } finally {
      readers -= 1;
    }
  }

  function loadShared(pool: Executor): Promise<Content> {
    if (shared) return shared;
    const loading = load(pool).finally(() => {
      if (shared === loading) shared = undefined;
    });
    shared = loading;
    return loading;
  }

  return {
    async all(by) {
      if (kept) {
        const since = age() - kept.readAt;
        if (since < maxAgeMs || (readers > 0 && since < 2 * maxAgeMs)) return kept.content;
      }
      return by.isTransaction ? load(by) : loadShared(by);
    },
    peek: () => (kept && age() - kept.readAt < maxAgeMs ? kept.content : undefined),
    forget() {
      generation += 1;
      kept = undefined;
      shared = undefined;
    },
  };
}
