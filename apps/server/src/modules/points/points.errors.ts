import { defineError } from '#platform/errors.ts';

export const insufficient = defineError<{ balance: number; needed: number }>(
  'points.insufficient',
  'conflict',
  ({ balance, needed }) => `积分不足：需要 ${needed}，现有 ${balance}`,
);
export const requestKeyMissing = defineError('points.request_key_missing', 'invalid', '请求不完整，请重试');
export const itemNotFound = defineError('points.item_not_found', 'not_found', '没有找到这件兑换商品');
export const itemSoldOut = defineError('points.item_sold_out', 'conflict', '手慢了，这件商品已经兑完');
export const itemLimit = defineError<{ limit: number }>(
  'points.item_limit',
  'conflict',
  ({ limit }) => `每人最多兑换 ${limit} 件`,
);
export const addressNotFound = defineError('points.address_not_found', 'not_found', '没有找到这个地址');
export const redemptionNotFound = defineError('points.redemption_not_found', 'not_found', '没有找到这条兑换记录');
export const lotteryNotFound = defineError('points.lottery_not_found', 'not_found', '没有找到这个抽奖活动');
export const lotteryClosed = defineError('points.lottery_closed', 'conflict', '抽奖活动不在进行中');
export const lotteryLimit = defineError<{ limit: number }>(
  'points.lottery_limit',
  'conflict',
  ({ limit }) => `每天最多抽 ${limit} 次，明天再来吧`,
);
export const oddsWrong = defineError<{ sum: number }>(
  'points.odds_wrong',
  'unprocessable',
  ({ sum }) => `各奖项概率之和须为 100%，现在是 ${sum / 10_000}%`,
);
export const prizeTooDear = defineError('points.prize_too_dear', 'unprocessable', '单个奖品价值不得超过 5 万元');
export const consolationMissing = defineError(
  'points.consolation_missing',
  'unprocessable',
  '请设置且只设置一个“未中奖”项：奖品发完时按它处理',
);
export const referralSelf = defineError('points.referral_self', 'unprocessable', '不能填写自己的邀请码');
export const referralUnknown = defineError('points.referral_unknown', 'not_found', '邀请码不存在');
export const referralTaken = defineError('points.referral_taken', 'conflict', '你已经接受过邀请');
export const referralLate = defineError('points.referral_late', 'conflict', '下过单的老朋友不能再接受邀请');
export const memberNotFound = defineError('points.member_not_found', 'not_found', '没有找到这位会员');
export const cursorInvalid = defineError('points.cursor_invalid', 'invalid', '翻页位置不正确，请从头刷新');
