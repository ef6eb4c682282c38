import { defineError } from '#platform/errors.ts';

export const activityUnknown = defineError('bargain.activity_not_found', 'not_found', '没有找到这个砍价活动');
export const bargainUnknown = defineError('bargain.not_found', 'not_found', '没有找到这次砍价');
export const notRunning = defineError('bargain.not_running', 'conflict', '砍价活动还没开始或已经结束');
export const soldOut = defineError('bargain.sold_out', 'conflict', '活动商品已经抢完了');
export const bargainOver = defineError('bargain.over', 'conflict', '这次砍价已经结束');
export const ownBargain = defineError('bargain.own', 'conflict', '不能给自己砍价，把它发给好友吧');
export const atFloor = defineError('bargain.at_floor', 'conflict', '已经砍到底价了');
export const dayLimit = defineError<{ limit: number }>(
  'bargain.day_limit',
  'conflict',
  ({ limit }) => `每天最多帮 ${limit} 位好友砍价，明天再来`,
);
export const priceMoved = defineError('bargain.price_moved', 'conflict', '价格刚刚又降了，请刷新后再下单');
export const badWindow = defineError('bargain.bad_window', 'unprocessable', '结束时间要晚于开始时间，且不能是过去');
export const notCheaper = defineError<{ salePrice: number }>(
  'bargain.not_cheaper',
  'unprocessable',
  '底价要低于售价，且每位好友至少砍 1 分',
);
export const belowFloor = defineError<{ floor: number }>(
  'bargain.below_floor',
  'unprocessable',
  '底价低于毛利底线，需要有放行权限的人填写原因',
);
export const activityRepeated = defineError('bargain.repeated', 'conflict', '这个砍价活动已经建好了');
