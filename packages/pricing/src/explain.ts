/** Every sentence of the pipeline in one place. Shop Chinese; amounts in yuan. */
import { formatYuan } from '@xiaopu/money';
import type { ActivityKind, Fen, Rate } from './input.types.ts';

export const yuan = (amount: Fen): string => `${formatYuan(amount)}元`;

/** 8000 → 8折, 7550 → 7.55折 */
export const zhe = (payRate: Rate): string => `${payRate / 1000}折`;

const short = (amount: Fen): string => formatYuan(amount).replace(/\.00$/, '');
const quotesStep = /^满\s*[\d.]+\s*元?\s*[减立]\s*[\d.]+\s*元?$/;

/** A 满减 by its name; one that quotes a step is called by the step that counts, which may be another one. */
export const levelName = (name: string, { threshold, off }: { threshold: Fen; off: Fen }): string =>
  quotesStep.test(name) ? `满${short(threshold)}减${short(off)}` : name;

export const activityNames: Record<ActivityKind, string> = {
  flash: '秒杀价',
  bargain: '砍价',
  group: '拼团价',
  presale: '预售价',
  memberDay: '会员日价',
};

export const say = {
  salePrice: (list: Fen, sale: Fen) => `划线价${yuan(list)}，售价${yuan(sale)}`,
  activityPrice: (kind: ActivityKind, name: string, unit: Fen, quantity: number) =>
    `「${name}」${activityNames[kind]}${yuan(unit)}，共${quantity}件`,
  activityLimit: (name: string, quantity: number, rest: number) =>
    `「${name}」限${quantity}件，其余${rest}件按原价计算`,
  activityNotEntered: (kind: ActivityKind, name: string) => `「${name}」须从活动进入才享${activityNames[kind]}`,
  activityLost: (name: string, winner: string) => `已按「${winner}」计价，不与「${name}」叠加`,
  activityNotLower: (name: string) => `「${name}」不低于售价，按售价计算`,
  memberWins: (name: string, unit: Fen, member: Fen) =>
    `会员价${yuan(member)}低于「${name}」的${yuan(unit)}，按会员价计算`,
  enteredHolds: (name: string, unit: Fen, member: Fen) =>
    `按「${name}」${yuan(unit)}成交；单独购买可享会员价${yuan(member)}`,
  member: (name: string, off: Fen) => `${name}优惠${yuan(off)}`,
  memberRate: (name: string, payRate: Rate, off: Fen) => `${name}${zhe(payRate)}，优惠${yuan(off)}`,
  memberExcluded: () => '特例商品，不享会员价',
  reductionAmount: (name: string, base: Fen, off: Fen) => `「${name}」满减商品共${yuan(base)}，减${yuan(off)}`,
  reductionPercent: (name: string, payRate: Rate, off: Fen) => `「${name}」${zhe(payRate)}，减${yuan(off)}`,
  reductionNth: (name: string, nth: number, payRate: Rate, off: Fen) =>
    payRate === 5000
      ? `「${name}」第${nth}件半价，减${yuan(off)}`
      : `「${name}」第${nth}件${zhe(payRate)}，减${yuan(off)}`,
  reductionBundle: (name: string, price: Fen, times: number, off: Fen) =>
    `「${name}」${yuan(price)}一组，共${times}组，减${yuan(off)}`,
  reductionShort: (name: string, short: Fen) => `再买${yuan(short)}可享「${name}」`,
  coupon: (name: string, base: Fen, off: Fen) => `「${name}」适用商品${yuan(base)}，抵扣${yuan(off)}`,
  exchange: (name: string, off: Fen) => `「${name}」兑换，抵扣${yuan(off)}`,
  freightCoupon: (name: string, off: Fen) => `「${name}」抵运费${yuan(off)}`,
  freight: (amount: Fen) => (amount === 0 ? '包邮' : `运费${yuan(amount)}`),
  points: (used: number, off: Fen) => `使用${used}积分，抵扣${yuan(off)}`,
  pointsCapped: (capRate: Rate, off: Fen) => `积分最多抵扣商品金额的${capRate / 100}%，本单最多${yuan(off)}`,
  pointsBelow: (min: Fen) => `商品满${yuan(min)}才可使用积分`,
  marginBreach: (income: Fen, floor: Fen, shortfall: Fen) =>
    `成交${yuan(income)}低于底线${yuan(floor)}，差${yuan(shortfall)}`,
  marginOverride: (by: string, reason: string) => `低于毛利底线，由${by}放行：${reason}`,
  marginUnchecked: (count: number) => `${count}种商品未填成本，未检查毛利`,

  planWins: (winner: string, unit: Fen, loser: string) =>
    `同一件按「${winner}」${yuan(unit)}成交，不与「${loser}」叠加`,
  planByDoor: (entered: string, unit: Fen, other: string, otherUnit: Fen) =>
    `从「${entered}」进入按${yuan(unit)}，直接购买按「${other}」${yuan(otherUnit)}，不叠加`,
  planOwnDoors: (one: string, other: string) => `「${one}」与「${other}」各按自己的入口计价，不叠加`,
  planOneReduction: (one: string, other: string) => `「${one}」与「${other}」同一件只享受其中一个，取省得多的`,
  planKeptOut: (activity: string, other: string) => `「${activity}」的活动价不再享「${other}」`,

  couponExpired: () => '已过期',
  couponNotYet: () => '还没到可用时间',
  couponNotForYou: () => '不在可用人群内',
  couponNotForGoods: () => '没有适用的商品',
  couponNotInStore: () => '仅限在指定门店自提或扫码购时使用',
  couponShort: (short: Fen) => `适用商品还差${yuan(short)}`,
  couponShortAfter: (name: string, short: Fen) => `与「${name}」同用后，适用商品还差${yuan(short)}`,
  couponExcluded: (name: string) => `不能与「${name}」同用`,
  couponGroupLimit: (limit: number, name = '') => `同类券最多用${limit}张${name && `，已用「${name}」`}`,
  couponTooMany: (limit: number) => `一次最多用${limit}张券`,
  couponNothingLeft: () => '没有可抵扣的金额了',
  couponDuplicate: () => '同一张券只能用一次',
  couponSavesLess: (less: Fen) => `换用它会少省${yuan(less)}`,
  couponSameSaving: () => '省得一样多，优先用更早到期或张数更少的券',
  couponBelowFloor: () => '商品已是最低价，不能再用此券',
} as const;
