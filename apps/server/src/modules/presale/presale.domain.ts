/** Pure rules of a presale: its state, what is paid in the end, the terms and their digest, when reminders are due. */
import { createHash } from 'node:crypto';
import type { PresaleState } from '@xiaopu/contracts';
import type { ConsolePresale } from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import type { PictureRef } from '#platform/picture.ts';

export interface Activity {
  activityId: string;
  shopId: string;
  spuId: string;
  skuId: string;
  name: string;
  price: number;
  deposit: number;
  depositWorth: number;
  quota: number;
  buyerLimit: number;
  startsAt: Date;
  endsAt: Date;
  balanceOpensAt: Date;
  balanceClosesAt: Date;
  shipsBy: Date;
  forfeits: boolean;
  status: 'live' | 'ended' | 'cancelled';
  overrideReason: string | null;
  createdBy: string;
}

export interface PresaleGoods {
  shopId: string;
  shopName: string;
  spuId: string;
  title: string;
  specText: string;
  picture: PictureRef;
  salePrice: number;
  cost: number;
  onSale: boolean;
}

/** For one piece, coupons and freight apart. */
export const finalPriceOf = ({
  price,
  deposit,
  depositWorth,
}: Pick<Activity, 'price' | 'deposit' | 'depositWorth'>): number => price - (depositWorth - deposit);

export function stateOf({ status, startsAt, endsAt }: Activity, left: number, now: Date): PresaleState {
  if (status !== 'live' || now >= endsAt) return 'ended';
  if (now < startsAt) return 'upcoming';
  return left > 0 ? 'running' : 'sold_out';
}

/** As the shop follows it, on past the deposits. */
export function consoleStateOf(activity: Activity, left: number, now: Date): ConsolePresale['state'] {
  if (activity.status === 'cancelled') return 'cancelled';
  const state = stateOf(activity, left, now);
  if (state !== 'ended') return state;
  if (now < activity.balanceOpensAt) return 'waiting';
  return now < activity.balanceClosesAt ? 'balance' : 'ended';
}

const face = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  month: 'long',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});

/** Word by word what a buyer agrees to; kept with the booking. */
export function termsOf(
  { deposit, depositWorth, balanceOpensAt, balanceClosesAt, shipsBy, forfeits }: Activity,
  quantity: number,
): string {
  const grows =
    depositWorth > deposit
      ? `定金 ¥${formatYuan(deposit * quantity)} 可抵 ¥${formatYuan(depositWorth * quantity)}。`
      : `定金 ¥${formatYuan(deposit * quantity)}。`;
  const missed = forfeits ? '逾期未付尾款，订单关闭，定金不退。' : '逾期未付尾款，订单关闭，定金原路退回。';
  return `${grows}请在 ${face.format(balanceOpensAt)} 至 ${face.format(balanceClosesAt)} 付尾款，${face.format(shipsBy)} 前发货。${missed}商家取消或无法发货的，定金原路退回。`;
}

/** What a client sends back: it names these terms and no others. */
export const consentOf = (activityId: string, terms: string): string =>
  createHash('sha256').update(`presale terms\n${activityId}\n${terms}`).digest('hex').slice(0, 32);

/** So long before the end, but never before half of the window is over. */
export function endingAtOf(
  { balanceOpensAt, balanceClosesAt }: Pick<Activity, 'balanceOpensAt' | 'balanceClosesAt'>,
  leadMs: number,
): Date {
  const [opens, closes] = [balanceOpensAt.getTime(), balanceClosesAt.getTime()];
  return new Date(Math.max(closes - leadMs, opens + Math.floor((closes - opens) / 2)));
}
