import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  allot,
  dayBefore,
  earnedPoints,
  expiryOf,
  inviteCode,
  inviterOf,
  prizeAt,
  returnedPoints,
} from './points.domain.ts';

describe('points arithmetic', () => {
  it('C06-PTS-06 draws each prize as often as its odds say, within four standard deviations over 100,000 draws', () => {
    const prizes = [{ odds: 1_000 }, { odds: 20_000 }, { odds: 179_000 }, { odds: 300_000 }, { odds: 500_000 }];
    const draws = 100_000;
    const counts = new Map<unknown, number>();
    for (let index = 0; index < draws; index += 1) {
      const prize = prizeAt(prizes, randomInt(1_000_000));
      counts.set(prize, (counts.get(prize) ?? 0) + 1);
    }
    for (const prize of prizes) {
      const chance = prize.odds / 1_000_000;
      const tolerance = 4 * Math.sqrt(draws * chance * (1 - chance));
      expect(Math.abs((counts.get(prize) ?? 0) - draws * chance)).toBeLessThan(tolerance);
    }
    expect(prizeAt(prizes, 999)).toBe(prizes[0]);
    expect(prizeAt(prizes, 1_000)).toBe(prizes[1]);
    expect(prizeAt(prizes, 1_000_000)).toBeUndefined();
  });

  it('C06-PTS-01 floors the paid amount and follows refunds', () => {
    const earning = { paid: 9_990, isCompleted: true, refunds: {}, multiplier: 1 };
    expect(earnedPoints(earning, 1)).toBe(99);
    expect(earnedPoints({ ...earning, isCompleted: false }, 1)).toBe(0);
    expect(earnedPoints({ ...earning, refunds: { a: 4_995 } }, 1)).toBe(49);
    expect(earnedPoints({ ...earning, refunds: { a: 9_990, b: 1 } }, 1)).toBe(0);
    expect(earnedPoints({ ...earning, multiplier: 2 }, 3)).toBe(594);
  });

  it('gives all points back with all the money, and no more', () => {
    expect(returnedPoints(500, 3_000, { a: 1_000 })).toBe(166);
    expect(returnedPoints(500, 3_000, { a: 1_000, b: 2_000 })).toBe(500);
    expect(returnedPoints(500, 3_000, { a: 9_000 })).toBe(500);
    expect(returnedPoints(500, 0, {})).toBe(0);
    expect(returnedPoints(500, 0, { a: 0 })).toBe(500);
  });

  it('counts days and lots in Shanghai', () => {
    expect(dayBefore('2026-03-01')).toBe('2026-02-28');
    expect(expiryOf(new Date('2026-11-22T15:30:00Z'), 1).toISOString()).toBe('2026-11-23T16:00:00.000Z');
    const at = new Date(0);
    expect(
      allot(
        [
          { lotId: 'a', remaining: 3, expiresAt: at },
          { lotId: 'b', remaining: 5, expiresAt: at },
        ],
        4,
      ),
    ).toEqual([
      { lotId: 'a', amount: 3, expiresAt: at },
      { lotId: 'b', amount: 1, expiresAt: at },
    ]);
    const id = '01970000-0000-7000-8000-0000000000ab';
    expect(inviterOf(inviteCode(id))).toBe(id);
    expect(inviterOf('short')).toBeUndefined();
  });
});
