import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../../../../scripts/stack/stack.ts';
import { createReplyCache } from '../../src/platform/cache.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { connectRedis } from '../../src/platform/redis.ts';
import { createRedisReplies } from '../../src/platform/redis-replies.ts';
import { ownPrefix, runningStack, waitFor } from './stack.ts';

const log = createLogger('silent');
const ttlMs = 60_000;

describe.each(['redis', 'redis-cluster'] as const)('the second cache level on %s', (kind) => {
  let stack: Stack;
  const closers: (() => void)[] = [];
  const nodes = kind === 'redis' ? ['redis'] : ['redis-cluster-0', 'redis-cluster-1', 'redis-cluster-2'];
  beforeAll(async () => {
    stack = await runningStack();
  });
  afterAll(async () => {
    for (const close of closers) close();
    await Promise.all(nodes.map(stack.startServer));
  });

  /** As another process has it: a connection, a first level and a count of its own. */
  async function process(prefix: string) {
    const client = await connectRedis(kind === 'redis' ? stack.env.REDIS_URL : stack.env.REDIS_CLUSTER_URL, log);
    closers.push(() => client.disconnect());
    const shared = createRedisReplies({ client, log, ttlMs, prefix });
    const cache = createReplyCache({ ttlMs, shared });
    let loads = 0;
    return {
      cache,
      loads: () => loads,
      ask: (key: string, body: string, tags: string[]) =>
        cache.get(key, async () => {
          loads += 1;
          return { body, tags };
        }),
    };
  }

  it('finds in one process what another loaded, on whatever node it lies', async () => {
    const prefix = ownPrefix();
    const [a, b] = [await process(prefix), await process(prefix)];
    const keys = Array.from({ length: 20 }, (_, index) => `product:${index}`);
    for (const key of keys) await a.ask(key, `of a ${key}`, [key]);
    await waitFor(
      async () => {
        const c = await process(prefix);
        for (const key of keys) await c.ask(key, 'new', [key]);
        return c.loads();
      },
      (loads) => loads === 0,
    );
    for (const key of keys) expect(await b.ask(key, 'of b', [key])).toBe(`of a ${key}`);
    expect([a.loads(), b.loads()]).toEqual([20, 0]);
  });

  it('C04-TECH-08 a change in one process is seen by another at once, and only what it touches is dropped', async () => {
    const prefix = ownPrefix();
    const [a, b] = [await process(prefix), await process(prefix)];
    await a.ask('product:1', 'old price', ['spu:1', 'list']);
    await a.ask('product:2', 'untouched', ['spu:2']);
    await new Promise((done) => setTimeout(done, 100));
    expect(await b.ask('product:1', 'not asked', [])).toBe('old price');
    // Both hear the event; the second one may hear it while the first is still telling Redis.
    a.cache.invalidate(['spu:1']);
    b.cache.invalidate(['spu:1']);
    expect(await b.ask('product:1', 'new price', ['spu:1', 'list'])).toBe('new price');
    expect(await a.ask('product:1', 'new price', ['spu:1', 'list'])).toBe('new price');
    const c = await process(prefix);
    expect(await c.ask('product:2', 'not asked', [])).toBe('untouched');
  });

  it('does not believe a reply whose loading began before the change', async () => {
    const prefix = ownPrefix();
    const [a, b] = [await process(prefix), await process(prefix)];
    let release = (_body: string) => {};
    const slow = a.cache.get('home', async () => {
      const body = await new Promise<string>((done) => {
        release = done;
      });
      return { body, tags: ['home'] };
    });
    await new Promise((done) => setTimeout(done, 100));
    b.cache.invalidate(['home']);
    await b.ask('other', 'x', []); // waits for the invalidation
    release('of before');
    expect(await slow).toBe('of before');
    await new Promise((done) => setTimeout(done, 100));
    expect(await b.ask('home', 'of after', ['home'])).toBe('of after');
  });

  it('loads from the source while Redis is away, and believes nothing old when it is back', async () => {
    const prefix = ownPrefix();
    const a = await process(prefix);
    await a.ask('product:1', 'old', ['spu:1']);
    await new Promise((done) => setTimeout(done, 100));
    await Promise.all(nodes.map((name) => stack.stopServer(name, 'SIGKILL')));
    a.cache.invalidate(['spu:1']);
    expect(await a.ask('product:1', 'new', ['spu:1'])).toBe('new');
    await Promise.all(nodes.map(stack.startServer));
    // The invalidation that Redis missed is made up for before anything in it is read by this process again.
    await waitFor(
      async () => {
        a.cache.invalidate(['nothing']);
        const late = await process(prefix);
        return late.ask('product:1', 'fresh', ['spu:1']);
      },
      (body) => body !== 'old',
    );
  });
});
