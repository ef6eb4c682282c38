import { expect, it } from 'vitest';
import { createWaitingLine, placeIdOf } from './flash-sale.domain.ts';

it('lets so many in, keeps so many waiting in order, and turns the rest away', async () => {
  const line = createWaitingLine<string>({ inFlight: 1, longest: 2 });
  const finish: (() => void)[] = [];
  const work = (name: string) => () => new Promise<string>((done) => finish.push(() => done(name)));
  const all = ['a', 'b', 'c'].map((name) => line.enter(name, work(name)));
  expect(line.enter('d', work('d'))).toBeUndefined();
  expect(['a', 'b', 'c', 'd'].map((name) => line.position(name))).toEqual([undefined, 0, 1, undefined]);
  expect(line.enter('c', work('other'))).toBe(all[2]);
  for (const name of ['a', 'b', 'c']) {
    while (finish.length === 0) await new Promise((done) => setImmediate(done));
    finish.shift()?.();
    expect(await all.shift()).toBe(name);
    if (name === 'a') expect(line.position('c')).toBe(0);
  }
});

it('makes one place of one key, and another for anybody else', () => {
  const id = placeIdOf('s', 'b', 'k');
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(placeIdOf('s', 'b', 'k')).toBe(id);
  expect(new Set([id, placeIdOf('s', 'b', 'k2'), placeIdOf('s', 'b2', 'k'), placeIdOf('s2', 'b', 'k')]).size).toBe(4);
});
