import { defineError } from '#platform/errors.ts';

export const saleUnknown = defineError('flash_sale.not_found', 'not_found', '没有找到这场秒杀');
export const notStarted = defineError<{ startsAt: string }>('flash_sale.not_started', 'conflict', '秒杀还没有开始');
export const saleOver = defineError('flash_sale.over', 'conflict', '秒杀已结束');
export const soldOut = defineError('flash_sale.sold_out', 'conflict', '已抢光，看看其他商品吧');
export const overLimit = defineError<{ buyerLimit: number }>(
  'flash_sale.over_limit',
  'conflict',
  ({ buyerLimit }) => `每人限购 ${buyerLimit} 件`,
);
export const membersOnly = defineError<{ tiers: string[] }>(
  'flash_sale.members_only',
  'forbidden',
  '这场是会员专享，等级到了就能抢',
);
export const templateUnknown = defineError('flash_sale.template_not_found', 'not_found', '没有找到这条周期秒杀');
export const templateNever = defineError('flash_sale.template_never', 'unprocessable', '这个周期里没有一场能开始');
export const placeOver = defineError('flash_sale.place_over', 'conflict', '抢购资格已过期，请重新抢购');
export const placeUnknown = defineError('flash_sale.place_not_found', 'not_found', '没有找到你的抢购资格');
export const tooCrowded = defineError('flash_sale.too_crowded', 'rate_limited', '排队的人太多，请稍后再试');
export const poolBusy = defineError('flash_sale.busy', 'unavailable', '系统繁忙，请稍后再试');
export const badWindow = defineError('flash_sale.bad_window', 'unprocessable', '结束时间要晚于开始时间，且不能是过去');
export const notCheaper = defineError<{ salePrice: number }>(
  'flash_sale.not_cheaper',
  'unprocessable',
  '秒杀价要低于售价',
);
export const belowFloor = defineError<{ floor: number }>(
  'flash_sale.below_floor',
  'unprocessable',
  '秒杀价低于毛利底线，这个价下不了单；请调高价格，或先调整毛利底线',
);
export const saleRepeated = defineError('flash_sale.repeated', 'conflict', '这场秒杀已经建好了');
