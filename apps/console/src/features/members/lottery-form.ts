/** What the form of a new lottery checks before the server does. */
import type { LotteryInput, PrizeInput } from '@xiaopu/contracts/console';

export const oddsWhole = 1_000_000;
const dearestPrize = 5_000_000;

export const percentOf = (odds: number): number => odds / 10_000;
export const oddsOf = (percent: number): number => Math.round(percent * 10_000);

/** The consolation takes what the prizes leave, so that the sum is always 100 %. */
export function withRest(prizes: readonly PrizeInput[]): PrizeInput[] {
  const taken = prizes.filter(({ kind }) => kind !== 'none').reduce((sum, { odds }) => sum + odds, 0);
  return prizes.map((prize) => (prize.kind === 'none' ? { ...prize, odds: Math.max(0, oddsWhole - taken) } : prize));
}

/** @returns what is wrong, or undefined */
export function problemOf({ name, startsAt, endsAt, prizes }: LotteryInput): string | undefined {
  if (!name.trim()) return '请填写活动名称';
  if (!startsAt || !endsAt || startsAt >= endsAt) return '结束时间要晚于开始时间';
  if (prizes.some((prize) => !prize.name.trim())) return '请填写每个奖项的名称';
  if (prizes.filter(({ kind }) => kind === 'none').length !== 1) return '需要一个“未中奖”项';
  if (prizes.reduce((sum, { odds }) => sum + odds, 0) !== oddsWhole) return '各奖项概率之和超过 100%';
  if (prizes.some(({ value }) => value > dearestPrize)) return '单个奖品价值不得超过 5 万元';
  if (prizes.some(({ kind, points }) => kind === 'points' && points <= 0)) return '积分奖项要填写积分';
  return undefined;
}
