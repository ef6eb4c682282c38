import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { gather } from './gather.ts';

/** Keeps each batch until told to go on. */
function openDesk({
  most,
  spoils = () => undefined,
}: {
  most?: number;
  spoils?: (item: number) => Error | undefined;
} = {}) {
  const batches: number[][] = [];
  const held: (() => void)[] = [];
  const ask = gather<number, string>({
    ...(most !== undefined && { most }),
    async together(items) {
      batches.push([...items]);
      await new Promise<void>((done) => held.push(done));
      const error = items.map(spoils).find(Boolean);
      if (error) throw error;
      return items.map((item) => `done ${item}`);
    },
  });
  /** Until `work` is settled, whatever it is made of. */
  const letGo = async <T>(work: Promise<T>): Promise<T> => {
    let isSettled = false;
    const settled = work.finally(() => {
      isSettled = true;
    });
    settled.catch(() => {});
    while (!isSettled) {
      held.shift()?.();
      await new Promise(setImmediate);
    }
    return settled;
  };
  const begun = () => expect.poll(() => batches.length).toBeGreaterThan(0);
  return { batches, ask, letGo, begun };
}

const refused = (code: string) => Object.assign(new Error(`refused ${code}`), { code });

describe('Gathered statements', () => {
  it('what comes while one is under way goes together, each with its own answer', async () => {
    const { ask, batches, letGo, begun } = openDesk();
    const first = ask(1);
    await begun();
    const rest = [ask(2), ask(3), ask(4)];
    expect(await letGo(Promise.all([first, ...rest]))).toEqual(['done 1', 'done 2', 'done 3', 'done 4']);
    expect(batches).toEqual([[1], [2, 3, 4]]);
    expect(await letGo(ask(5))).toBe('done 5');
    expect(batches).toHaveLength(3);
  });

  it('what comes in one turn of the event loop goes together, at most so many', async () => {
    const { ask, batches, letGo } = openDesk({ most: 2 });
    await letGo(Promise.all([1, 2, 3, 4, 5].map(ask)));
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('one that is refused fails alone', async () => {
    const { ask, batches, letGo } = openDesk({ spoils: (item) => (item === 3 ? refused('23503') : undefined) });
    const outcomes = await letGo(Promise.allSettled([1, 2, 3, 4, 5].map(ask)));
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(batches).toEqual([[1, 2, 3, 4, 5], [1, 2, 3], [1, 2], [3], [4, 5]]);
  });

  it('is not repeated when nobody knows whether it was done', async () => {
    const { ask, batches, letGo } = openDesk({
      spoils: (item) => (item === 2 ? new Error('connection lost') : undefined),
    });
    const outcomes = await letGo(Promise.allSettled([1, 2, 3].map(ask)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(batches).toHaveLength(1);
    expect(await letGo(ask(4))).toBe('done 4');
  });

  it('runs in the context of the first who waits', async () => {
    const request = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    let goOn = () => {};
    const ask = gather<number, number>({
      async together(items) {
        seen.push(request.getStore());
        if (seen.length === 1)
          await new Promise<void>((done) => {
            goOn = done;
          });
        return [...items];
      },
    });
    const first = request.run('a', () => ask(1));
    await expect.poll(() => seen.length).toBe(1);
    const rest = [request.run('b', () => ask(2)), request.run('c', () => ask(3))];
    goOn();
    await Promise.all([first, ...rest]);
    expect(seen).toEqual(['a', 'b']);
  });
});
