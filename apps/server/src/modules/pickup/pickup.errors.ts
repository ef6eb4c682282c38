import { defineError } from '#platform/errors.ts';

export const exitCodeOld = defineError('pickup.exit_code_old', 'conflict', '出门凭证已更新，请顾客出示手机上最新的');
export const storeUnknown = defineError('pickup.store_not_found', 'not_found', '没有找到这家门店');
export const barcodeUnknown = defineError(
  'pickup.barcode_not_found',
  'not_found',
  '这家门店没有这个条码的商品，请核对后重试',
);
export const windowGone = defineError('pickup.window_gone', 'conflict', '这个取货时段已过，请重新选择取货时间');
export const windowFull = defineError('pickup.window_full', 'conflict', '这个取货时段已约满，请换个时间');
export const codeUnknown = defineError(
  'pickup.code_not_found',
  'not_found',
  '没有找到这个取货码，请核对后重试；只能核销本店的订单',
);
export const alreadyPickedUp = defineError<{ at: string; by: string; text: string }>(
  'pickup.already_picked_up',
  'conflict',
  ({ text }) => `这个取货码已使用：${text}`,
);
export const noStore = defineError('pickup.no_store', 'forbidden', '你还没有负责的门店，请联系店主分配');
