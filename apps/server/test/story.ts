/** Steps of an order's life that several whole-shop tests begin with. */
import { randomUUID } from 'node:crypto';
import type { OrderDetail, PlacedOrder, ProductDetail } from '@xiaopu/contracts';
import type { TestBuyer, TestShop } from './shop.ts';

export const address = {
  name: '林夏',
  phone: '13800000001',
  province: '浙江省',
  city: '杭州市',
  district: '西湖区',
  detail: '文三路 1 号',
  isDefault: true,
};

/** A product with at least `units` of its first SKU, of `shopId` if given. */
export async function findProduct(
  { api }: TestBuyer,
  { shopId, units = 2 }: { shopId?: string; units?: number } = {},
): Promise<ProductDetail> {
  let cursor: string | undefined;
  for (;;) {
    const page = await api.catalog.products({ limit: 50, inStock: true, shopId, cursor });
    for (const { spuId } of page.items) {
      const product = await api.catalog.product(spuId);
      if ((product.skus[0]?.available ?? 0) >= units) return product;
    }
    if (!page.nextCursor) throw new Error('no product with stock');
    cursor = page.nextCursor;
  }
}

export async function placeOrder(
  buyer: TestBuyer,
  product: ProductDetail,
  quantity = 1,
): Promise<PlacedOrder & { addressId: string; skuId: string }> {
  const { addresses } = await buyer.api.addresses.list({});
  const addressId = addresses[0]?.addressId ?? (await buyer.api.addresses.create(address)).addressId;
  const skuId = product.skus[0]?.skuId ?? '';
  const source = { kind: 'lines' as const, lines: [{ skuId, quantity }] };
  const { consents } = await buyer.api.checkout.preview({ source, addressId });
  const placed = await buyer.api.orders.place(
    { source, addressId, consents: consents.map(({ key, version }) => ({ key, version })) },
    randomUUID(),
  );
  return { ...placed, addressId, skuId };
}

export async function pay(shop: TestShop, buyer: TestBuyer, persona: string, paymentId: string): Promise<void> {
  const { params } = await buyer.api.payments.start(paymentId, { client: 'mp-weixin' });
  const { errMsg } = await shop.sandbox<{ errMsg: string }>('POST', '/phone/request-payment', { persona, ...params });
  if (errMsg !== 'requestPayment:ok') throw new Error(errMsg);
}

/** Lets notices, events and sweeps run until the order says so. */
export async function untilOrder(
  shop: TestShop,
  buyer: TestBuyer,
  orderNo: string,
  isThere: (order: OrderDetail) => boolean,
): Promise<OrderDetail> {
  for (let tries = 0; tries < 60; tries += 1) {
    await shop.shop.settle();
    const order = await buyer.api.orders.get(orderNo);
    if (isThere(order)) return order;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`order ${orderNo} did not get there: ${(await buyer.api.orders.get(orderNo)).status}`);
}
