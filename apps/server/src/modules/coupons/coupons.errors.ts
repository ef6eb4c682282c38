import { defineError } from '#platform/errors.ts';

export const templateUnknown = defineError('coupons.not_found', 'not_found', '没有找到这张优惠券');
export const templateInvalid = defineError<{ reason: string }>(
  'coupons.invalid',
  'unprocessable',
  ({ reason }) => reason,
);
export const couponsGone = defineError('coupons.gone', 'conflict', '来晚了，优惠券已领完');
export const claimLimit = defineError('coupons.limit_reached', 'conflict', '你已领过这张优惠券');
export const notClaimable = defineError('coupons.not_claimable', 'conflict', '这张优惠券现在不能领取');
export const notForYou = defineError('coupons.not_for_you', 'forbidden', '这张优惠券仅限指定会员领取');
export const couponTaken = defineError<{ couponIds: string[] }>(
  'coupons.taken',
  'conflict',
  '所选优惠券已被使用，请重新选择',
);
export const notNear = defineError('coupons.not_near', 'conflict', '到门店附近才能领这张券');
export const askedTooOften = defineError('coupons.asked_too_often', 'rate_limited', '查询太频繁，请过一会儿再试');
export const packetUnknown = defineError('coupons.packet_not_found', 'not_found', '没有找到这份分享券');
export const packetOwn = defineError('coupons.packet_own', 'conflict', '这是你自己的分享券，送给朋友领吧');
export const packetOver = defineError('coupons.packet_over', 'conflict', '这份分享券已结束');
export const packetLimit = defineError('coupons.packet_limit', 'conflict', '你已领过这种分享券');
