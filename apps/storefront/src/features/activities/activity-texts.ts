/** Words and small sums of the activity pages; everything counts by the server's clock. */
import type { Bargain, FlashSale, FlashSaleState } from '@xiaopu/contracts';

/** Part of a sale that is gone, for the bar: never 100 while one is left, never 0 when one is gone. */
export function soldPercent({ poolSize, remaining }: Pick<FlashSale, 'poolSize' | 'remaining'>): number {
  if (poolSize <= 0 || remaining <= 0) return 100;
  if (remaining >= poolSize) return 0;
  return Math.min(99, Math.max(1, Math.round(((poolSize - remaining) / poolSize) * 100)));
}

/** State by the clock, from a list that may be seconds old: a sale opens and ends without asking again. */
export function stateAt(
  sale: Pick<FlashSale, 'state' | 'startsAt' | 'endsAt' | 'remaining'>,
  now: number,
): FlashSaleState {
  if (sale.state === 'ended' || now >= new Date(sale.endsAt).getTime()) return 'ended';
  if (now < new Date(sale.startsAt).getTime()) return 'upcoming';
  return sale.remaining > 0 ? 'running' : 'sold_out';
}

const order: Record<FlashSaleState, number> = { running: 0, upcoming: 1, sold_out: 2, ended: 3 };
/** What can be bought first, then what comes soonest. */
export const sorted = <T extends Pick<FlashSale, 'state' | 'startsAt' | 'endsAt' | 'remaining'>>(
  sales: readonly T[],
  now: number,
): T[] =>
  [...sales].sort(
    (a, b) =>
      order[stateAt(a, now)] - order[stateAt(b, now)] ||
      (a.startsAt < b.startsAt ? -1 : a.startsAt > b.startsAt ? 1 : 0),
  );

/** 今天 20:00, 明天 09:30, 11-28 10:00: on the shopper's calendar in Shanghai. */
export function startText(startsAt: string, now: number): string {
  const shift = 8 * 3_600_000;
  const day = (ms: number) => Math.floor((ms + shift) / 86_400_000);
  const at = new Date(startsAt).getTime();
  const local = new Date(at + shift).toISOString();
  const ahead = day(at) - day(now);
  const date = ahead === 0 ? '今天' : ahead === 1 ? '明天' : local.slice(5, 10);
  return `${date} ${local.slice(11, 16)}`;
}

/** How far a bargain is, by friends: the promise is a number of them, not a sum. */
export const helpPercent = ({ helped, helpsNeeded }: Pick<Bargain, 'helped' | 'helpsNeeded'>): number =>
  helpsNeeded <= 0 ? 100 : Math.min(100, Math.round((helped / helpsNeeded) * 100));
export const stillNeeded = ({ helped, helpsNeeded }: Pick<Bargain, 'helped' | 'helpsNeeded'>): number =>
  Math.max(0, helpsNeeded - helped);

/** 8.8折 */
export const rateText = (payRate: number): string => `${Number((payRate / 1_000).toFixed(2))}折`;

const tierTitles: Record<string, string> = { bronze: '铜卡', silver: '银卡', gold: '金卡', diamond: '钻石' };
export const tierNames = (tiers: readonly string[]): string => tiers.map((tier) => tierTitles[tier] ?? tier).join('、');
