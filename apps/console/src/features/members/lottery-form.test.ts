import type { PrizeInput } from '@xiaopu/contracts/console';
import { describe, expect, it } from 'vitest';
import { oddsOf, percentOf, problemOf, withRest } from './lottery-form.ts';

const prize = (change: Partial<PrizeInput> = {}): PrizeInput => ({
  name: '奖品',
  kind: 'goods',
  points: 0,
  value: 1_000,
  odds: 200_000,
  stock: 1,
  ...change,
});
const none = prize({ name: '谢谢参与', kind: 'none', odds: 0 });
const lottery = (prizes: PrizeInput[], change = {}) => ({
  name: '转盘',
  cost: 10,
  dailyLimit: 3,
  startsAt: '2026-11-01T00:00:00.000Z',
  endsAt: '2026-12-01T00:00:00.000Z',
  prizes,
  ...change,
});

describe('the form of a lottery', () => {
  it('C06-PTS-06 gives the rest of the odds to the consolation, so that the sum is 100 %', () => {
    const prizes = withRest([prize(), prize({ odds: 1 }), none]);
    expect(prizes.map(({ odds }) => odds)).toEqual([200_000, 1, 799_999]);
    expect(problemOf(lottery(prizes))).toBeUndefined();
    expect(percentOf(oddsOf(0.0001))).toBe(0.0001);
  });

  it('says what is wrong before the server has to', () => {
    expect(problemOf(lottery(withRest([prize({ odds: 1_000_001 }), none])))).toContain('100%');
    expect(problemOf(lottery(withRest([prize({ value: 5_000_001 }), none])))).toContain('5 万');
    expect(problemOf(lottery([prize({ odds: 1_000_000 })]))).toContain('未中奖');
    expect(problemOf(lottery(withRest([prize({ kind: 'points' }), none])))).toContain('积分');
    expect(problemOf(lottery(withRest([prize(), none]), { endsAt: '2026-10-01T00:00:00.000Z' }))).toContain('结束时间');
  });
});
