import { describe, expect, it } from 'vitest';
import { createReplyCache } from './cache.ts';

describe('reply cache', () => {
  const loader = () => {
    let loads = 0;
    return { load: async () => ({ body: `${++loads}`, tags: ['spu:a', 'home'] }), loads: () => loads };
  };

  it('loads once for many at once, then serves from memory', async () => {
    const cache = createReplyCache({ ttlMs: 60_000 });
    const { load, loads } = loader();
    const all = await Promise.all(Array.from({ length: 20 }, () => cache.get('k', load)));
    expect([new Set(all).size, loads(), await cache.get('k', load), loads()]).toEqual([1, 1, '1', 1]);
  });
  it('C04-TECH-08 drops by tag, and only that', async () => {
    const cache = createReplyCache({ ttlMs: 60_000 });
    const [a, b] = [loader(), loader()];
    await cache.get('a', a.load);
    await cache.get('b', async () => ({ ...(await b.load()), tags: ['spu:b'] }));
    cache.invalidate(['spu:a']);
    expect(await cache.get('a', a.load)).toBe('2');
    expect(await cache.get('b', b.load)).toBe('1');
  });
  it('does not keep what was loaded before an invalidation', async () => {
    const cache = createReplyCache({ ttlMs: 60_000 });
    let finish = (_: { body: string; tags: string[] }) => {};
    const slow = cache.get('k', () => new Promise((done) => (finish = done)));
    cache.invalidate(['price']);
    finish({ body: 'old', tags: ['price'] });
    expect(await slow).toBe('old');
    expect(await cache.get('k', async () => ({ body: 'new', tags: [] }))).toBe('new');
  });
  it('keeps no failure', async () => {
    const cache = createReplyCache({ ttlMs: 60_000 });
    await expect(cache.get('k', async () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await cache.get('k', async () => ({ body: 'up', tags: [] }))).toBe('up');
  });
  it('encodes a reply once, and drops the bytes with it', async () => {
    const cache = createReplyCache({ ttlMs: 60_000 });
    const first = await cache.bytes('k', async () => ({ body: '{"a":"中"}', tags: ['spu:a'] }));
    const never = () => Promise.reject(new Error('loaded twice'));
    expect(first.toString()).toBe('{"a":"中"}');
    expect(await cache.bytes('k', never)).toBe(first);
    expect(await cache.get('k', never)).toBe('{"a":"中"}');
    cache.invalidate(['spu:a']);
    expect((await cache.bytes('k', async () => ({ body: 'new', tags: [] }))).toString()).toBe('new');
  });
});
