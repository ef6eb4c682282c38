import { defineError } from '#platform/errors.ts';

export const shopNotFound = defineError('stores.shop_not_found', 'not_found', '没有找到这家店铺');
export const everyShopNeeded = defineError(
  'stores.every_shop_needed',
  'forbidden',
  '这项设置对所有店铺生效，需要在每家店铺都有修改设置的权限',
);
export const logoNotFound = defineError('stores.logo_not_found', 'unprocessable', '店铺标志不在素材库里，请重新选择');
