/** An order's life by API, for journeys whose subject lies further on. */
import { randomUUID } from 'node:crypto';
import type { BuyerApi, ConsoleApi } from '@xiaopu/api-client';
import type { OrderDetail, ProductDetail } from '@xiaopu/contracts';
import { sandbox, until } from './shop-api.ts';

export const homeAddress = {
  name: '林夏',
  phone: '13800000001',
  province: '浙江省',
  city: '杭州市',
  district: '西湖区',
  detail: '文三路 1 号 3 幢 502',
  isDefault: true,
};

/** More than this is shown to shoppers as this much. */
const mostShown = 99;

/** A product of the shop with at least `units` of each SKU, few enough for the exact number to be shown. */
export async function findProduct(
  api: BuyerApi,
  { shopId, units = 3 }: { shopId?: string; units?: number } = {},
): Promise<ProductDetail> {
  let cursor: string | undefined;
  for (;;) {
    const page = await api.catalog.products({ limit: 20, inStock: true, shopId, cursor });
    for (const { spuId } of page.items) {
      const product = await api.catalog.product(spuId);
      if (product.skus.every(({ available }) => available >= units && available < mostShown)) return product;
    }
    if (!page.nextCursor) throw new Error('no product with enough stock');
    cursor = page.nextCursor;
  }
}

export async function placeOrder(api: BuyerApi, product: ProductDetail, quantity = 1) {
  const { addresses } = await api.addresses.list({});
  const addressId = addresses[0]?.addressId ?? (await api.addresses.create(homeAddress)).addressId;
  const skuId = product.skus[0]?.skuId ?? '';
  const source = { kind: 'lines' as const, lines: [{ skuId, quantity }] };
  const { consents } = await api.checkout.preview({ source, addressId });
  const placed = await api.orders.place(
    { source, addressId, consents: consents.map(({ key, version }) => ({ key, version })) },
    randomUUID(),
  );
  return { paymentId: placed.paymentId, orderNo: placed.orderNos[0] ?? '' };
}

export async function paidOrder(
  origin: string,
  api: BuyerApi,
  persona: string,
  product: ProductDetail,
  quantity = 1,
): Promise<OrderDetail> {
  const { paymentId, orderNo } = await placeOrder(api, product, quantity);
  const { params } = await api.payments.start(paymentId, { client: 'mp-weixin' });
  const { errMsg } = await sandbox<{ errMsg: string }>(origin, 'POST', '/phone/request-payment', {
    persona,
    ...params,
  });
  if (errMsg !== 'requestPayment:ok') throw new Error(errMsg);
  return until(
    () => api.orders.get(orderNo),
    ({ status }) => status === 'paid',
  );
}

export const newWaybill = (): string => `SF${String(Date.now()).slice(-12).padStart(12, '1')}`;

/** Paid, shipped, received and reviewed; the review waits for moderation. */
export async function heldReview(
  origin: string,
  api: BuyerApi,
  staff: ConsoleApi,
  { persona, product, text }: { persona: string; product: ProductDetail; text: string },
): Promise<OrderDetail> {
  const { orderNo } = await paidOrder(origin, api, persona, product);
  await staff.orders.ship(orderNo, { carrierCode: 'SF', waybillNo: newWaybill() });
  const done = await api.orders.confirmReceipt(orderNo);
  const lineId = done.lines[0]?.lineId ?? '';
  await api.orders.review(orderNo, { lineId, rating: 5, text, mediaIds: [], anonymous: false });
  return done;
}

/** Nothing saved from earlier: no address, no cart. */
export async function asNewcomer(api: BuyerApi): Promise<void> {
  const [{ addresses }, cart] = await Promise.all([api.addresses.list({}), api.cart.get()]);
  for (const { addressId } of addresses) await api.addresses.remove(addressId);
  const lineIds = [...cart.groups.flatMap(({ lines }) => lines), ...cart.invalidLines].map(({ lineId }) => lineId);
  if (lineIds.length > 0) await api.cart.remove({ lineIds });
}
