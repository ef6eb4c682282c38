import { defineError } from '#platform/errors.ts';

export const activityUnknown = defineError('group_buy.activity_not_found', 'not_found', '没有找到这个拼团活动');
export const groupUnknown = defineError('group_buy.not_found', 'not_found', '没有找到这个团');
export const notRunning = defineError('group_buy.not_running', 'conflict', '拼团活动还没开始或已经结束');
export const soldOut = defineError('group_buy.sold_out', 'conflict', '活动名额已经满了');
export const groupFull = defineError('group_buy.full', 'conflict', '这个团已经满员，你可以自己开一个团');
export const groupOver = defineError('group_buy.over', 'conflict', '这个团已经结束，你可以自己开一个团');
export const alreadyIn = defineError('group_buy.already_in', 'conflict', '你已经在这个团里了');
export const overLimit = defineError<{ buyerLimit: number }>(
  'group_buy.over_limit',
  'conflict',
  ({ buyerLimit }) => `每人最多参加 ${buyerLimit} 次`,
);
export const onePiece = defineError('group_buy.one_piece', 'conflict', '拼团每次买一件，请单独下单');
export const groupOnly = defineError('group_buy.group_only', 'conflict', '这件商品正在拼团，活动期间不单独出售');
export const badWindow = defineError('group_buy.bad_window', 'unprocessable', '结束时间要晚于开始时间，且不能是过去');
export const badSteps = defineError<{ reason: string }>('group_buy.bad_steps', 'unprocessable', ({ reason }) => reason);
export const belowFloor = defineError<{ floor: number }>(
  'group_buy.below_floor',
  'unprocessable',
  '最低一档低于毛利底线，需要有放行权限的人填写原因',
);
export const dailyUnknown = defineError('group_buy.daily_not_found', 'not_found', '没有找到这个每日拼团');
export const dailyRepeated = defineError('group_buy.daily_repeated', 'conflict', '这个每日拼团已经建好了');
export const activityRepeated = defineError('group_buy.repeated', 'conflict', '这个拼团活动已经建好了');
