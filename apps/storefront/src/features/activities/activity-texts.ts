/** Words and small sums of the activity pages; everything counts by the server's clock. */
import type { Bargain, FlashSale, FlashSaleState, Group, GroupOffer, GroupStepPrice } from '@xiaopu/contracts';
import { yuan } from '../../shared/lib/price-text.ts';

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

/** 2人团 ¥90，5人团 ¥70 */
export const stepsText = (steps: readonly GroupStepPrice[]): string =>
  steps.map(({ size, price }) => `${size}人团 ${yuan(price)}`).join('，');
/** The group purchase that a piece can be had by and by no other way; undefined: it is sold alone too. */
export const onlyByGroup = (offers: readonly GroupOffer[], skuId: string): GroupOffer | undefined =>
  offers.find((offer) => !offer.allowsSolo && offer.skus.some((sku) => sku.skuId === skuId));
export const lowestStep = ({ steps }: Pick<GroupOffer, 'steps'>): GroupStepPrice | undefined => steps.at(-1);

/** What a group's page says first, and what can be done there by whoever looks. */
export type GroupAction = 'pay' | 'invite' | 'join' | 'open_own' | 'none';
export function groupStanding(
  group: Pick<Group, 'status' | 'paid' | 'held' | 'size' | 'leastSize' | 'mine' | 'offer'>,
): {
  title: string;
  hint: string;
  action: GroupAction;
} {
  const { status, paid, held, size, leastSize, mine, offer } = group;
  const isIn = mine !== null && (mine.status === 'paid' || mine.status === 'settled' || mine.status === 'refunded');
  const isBack = mine !== null && mine.finalPrice !== null && mine.finalPrice < mine.paidPrice;
  const next = offer.steps.find((step) => step.size > paid);
  const missing = next ? next.size - paid : 0;
  const own: GroupAction = offer.state === 'running' ? 'open_own' : 'none';
  if (status === 'succeeded')
    return isIn
      ? { title: '拼团成功', hint: isBack ? '商家开始备货，差价原路退回' : '商家开始备货', action: 'none' }
      : { title: '这个团已经成团', hint: '你可以自己开一个', action: own };
  if (status === 'failed')
    return isIn
      ? { title: '没有成团', hint: '款项会自动原路退回', action: own }
      : { title: '这个团已经结束', hint: '你可以自己开一个', action: own };
  if (mine?.status === 'held') return { title: '等你付款', hint: '付款后才算参团，名额只保留几分钟', action: 'pay' };
  if (status === 'opening') return { title: '等团长付款', hint: '付款后才算开团', action: 'none' };
  if (status === 'settling') return { title: '时间到，正在结算', hint: '还有团员在付款，马上就有结果', action: 'none' };
  const title =
    paid < leastSize ? `还差 ${missing} 人成团` : missing > 0 ? `已成团，再来 ${missing} 人更便宜` : '人已经满了';
  if (isIn)
    return {
      title,
      hint: paid < leastSize ? '邀请好友来，到期没成团自动退款' : '到期按人数定价，差价自动退',
      action: 'invite',
    };
  if (held + paid >= size) return { title: '名额已满', hint: '有人没付款就会空出来，也可以自己开一个团', action: own };
  return { title, hint: '付款即参团，没成团自动退款', action: 'join' };
}

/** 8.8折 */
export const rateText = (payRate: number): string => `${Number((payRate / 1_000).toFixed(2))}折`;

const tierTitles: Record<string, string> = { bronze: '铜卡', silver: '银卡', gold: '金卡', diamond: '钻石' };
export const tierNames = (tiers: readonly string[]): string => tiers.map((tier) => tierTitles[tier] ?? tier).join('、');
