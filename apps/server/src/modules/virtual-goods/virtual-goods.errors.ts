import { defineError } from '#platform/errors.ts';

export const productUnknown = defineError('virtual_goods.product_not_found', 'not_found', '没有找到这个卡密商品');
export const skuUnknown = defineError('virtual_goods.sku_not_found', 'not_found', '这个规格不是卡密商品');
