import { defineError } from '#platform/errors.ts';

export const cartFull = defineError<{ limit: number }>(
  'cart.full',
  'conflict',
  ({ limit }) => `购物车最多放 ${limit} 种商品，先清理一下吧`,
);
export const cartLineUnknown = defineError('cart.line_unknown', 'not_found', '购物车里没有这件商品');
export const cartSkuOffSale = defineError('cart.sku_off_sale', 'conflict', '商品已下架');
export const cartStockShort = defineError<{ skuId: string; available: number }>(
  'cart.stock_short',
  'conflict',
  ({ available }) => (available === 0 ? '商品已售罄' : `库存不足，最多可买 ${available} 件`),
);
export const cartOtherProduct = defineError('cart.other_product', 'unprocessable', '只能换成同一商品的其他规格');
