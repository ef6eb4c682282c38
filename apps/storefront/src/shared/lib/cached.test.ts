import { expect, it } from 'vitest';
import { createCached } from './cached.ts';

function memory() {
  const kept = new Map<string, unknown>();
  return {
    kept,
    read: <T>(key: string) => kept.get(key) as T | undefined,
    write: (key: string, value: unknown) => void kept.set(key, structuredClone(value)),
    remove: (key: string) => void kept.delete(key),
  };
}
function setUp({ schema = 1 } = {}) {
  const clock = { now: 1_000_000 };
  const storage = memory();
  const make = (version: number) =>
    createCached<{ text: string }>({
      key: 'home',
      schema: version,
      staleAfterMs: 300_000,
      dropAfterMs: 86_400_000,
      maxBytes: 1_000,
      storage,
      now: () => clock.now,
    });
  return { clock, storage, cached: make(schema), make };
}

it('C05-PERF-03 shows a copy ten minutes old and marks it stale', () => {
  const { clock, cached } = setUp();
  cached.write({ text: '首页' });
  clock.now += 600_000;
  expect(cached.read()).toEqual({ data: { text: '首页' }, ageMs: 600_000, isStale: true });
});

it('C05-PERF-04 calls a fresh copy fresh, to the millisecond, and no copy stale', () => {
  const { clock, cached } = setUp();
  expect(cached.isStale()).toBe(true);
  cached.write({ text: '首页' });
  clock.now += 300_000;
  expect(cached.isStale()).toBe(false);
  clock.now += 1;
  expect(cached.isStale()).toBe(true);
});

it('C05-PERF-03 drops copies of another shape, past their age, or from the future', () => {
  const { clock, cached, make } = setUp();
  cached.write({ text: '旧' });
  expect(make(2).read()).toBeUndefined();
  clock.now += 86_400_001;
  expect(cached.read()).toBeUndefined();
  clock.now = 0;
  expect(cached.read()).toBeUndefined();
});

it('C05-PERF-03 keeps nothing past its size limit', () => {
  const { storage, cached } = setUp();
  expect(cached.write({ text: 'x'.repeat(2_000) })).toBe(false);
  expect(storage.kept.size).toBe(0);
});
