import { defineError } from '#platform/errors.ts';
import type { Shortage } from './inventory.domain.ts';

export const outOfStock = defineError<{ shortages: Shortage[] }>(
  'inventory.out_of_stock',
  'conflict',
  '有商品库存不足，请修改数量后再提交',
);
export const reservationExists = defineError('inventory.reservation_exists', 'conflict', '库存已为这笔订单保留');
export const reservationMissing = defineError('inventory.reservation_missing', 'conflict', '没有为这笔订单保留的库存');
export const skuUnknown = defineError('inventory.sku_unknown', 'not_found', '没有这个规格的库存');
export const belowReserved = defineError<{ onHand: number; reserved: number }>(
  'inventory.below_reserved',
  'conflict',
  ({ reserved }) => `调整后的库存不能少于已占用的 ${reserved} 件`,
);
export const nothingToAdjust = defineError('inventory.nothing_to_adjust', 'unprocessable', '调整数量不能为 0');
export const requestReused = defineError('inventory.request_reused', 'conflict', '这次调整已提交过，但内容不同');
export const poolHoldOver = defineError('inventory.pool_hold_over', 'conflict', '抢购资格已过期，请重新抢购');
export const poolUnknown = defineError('inventory.pool_unknown', 'not_found', '没有这份活动库存');
export const webhookUnknown = defineError('inventory.webhook_not_found', 'not_found', '没有这个推送地址');
export const webhookPrivate = defineError(
  'inventory.webhook_private',
  'unprocessable',
  '推送地址必须是公网可以访问的 https 地址',
);
