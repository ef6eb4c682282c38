import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bargainIdOf, bargainStatus, drawCuts } from './bargain.domain.ts';

describe('the schedule of cuts', () => {
  it('C07-BRG-02 C07-BRG-05 X-02 sums exactly, never rises, and every cut is at least one fen', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 5_000_000 }),
        fc.infiniteStream(fc.nat()),
        (helps, extra, throws) => {
          const total = helps + extra;
          const cuts = drawCuts(total, helps, (below) => (throws.next().value as number) % below);
          expect(cuts).toHaveLength(helps);
          expect(cuts.reduce((sum, cut) => sum + cut, 0)).toBe(total);
          expect(Math.min(...cuts)).toBeGreaterThanOrEqual(1);
          expect(cuts.every((cut, seat) => seat === 0 || cut <= (cuts[seat - 1] as number))).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('draws differently each time, and early friends take off more than late ones', () => {
    const draws = Array.from({ length: 20 }, () => drawCuts(10_000, 8, (below) => randomInt(below)));
    expect(new Set(draws.map(String)).size).toBeGreaterThan(1);
    for (const cuts of draws) expect(cuts[0]).toBeGreaterThan(cuts[7] as number);
  });

  it('refuses what cannot be shared out', () => {
    expect(() => drawCuts(4, 5, () => 0)).toThrow(RangeError);
    expect(drawCuts(5, 5, () => 0)).toEqual([1, 1, 1, 1, 1]);
  });
});

it('one bargain a buyer and activity; time ends only what is open', () => {
  expect(bargainIdOf('a', 'b')).toBe(bargainIdOf('a', 'b'));
  expect(bargainIdOf('a', 'b')).not.toBe(bargainIdOf('a', 'c'));
  expect(bargainIdOf('a', 'b')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const expiresAt = new Date(1_000);
  const at = (status: 'open' | 'ordered' | 'bought' | 'returned', ms: number) =>
    bargainStatus({ status, expiresAt }, new Date(ms));
  expect([at('open', 999), at('open', 1_000), at('ordered', 2_000), at('bought', 2_000), at('returned', 0)]).toEqual([
    'open',
    'over',
    'ordered',
    'bought',
    'over',
  ]);
});
