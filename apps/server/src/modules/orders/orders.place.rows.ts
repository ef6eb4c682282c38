/** What placing decides is turned into rows here: no question is asked and nothing is written. */
import type { ConsentAsked, PlacedOrder, PlaceOrder, ShippingHold } from '@xiaopu/contracts';
import { type FieldCipher, maskName } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import {
  consentsOf,
  couponsOfPart,
  type DeliveryAddress,
  notesOfShop,
  type OfferQuestion,
  type OrderPart,
  type PricedQuote,
  type QuoteShop,
} from '../checkout/index.ts';
import type { PoolHold } from '../inventory/index.ts';
import type { OpenPayment } from '../payments/index.ts';
import type { Placement } from './orders.placement.repository.ts';
import type { BookedPickup } from './orders.ports.ts';
import type { BookingTerms, KeptConsent } from './orders.tables.ts';

export const phoneTailPurpose = 'orders.phone_tail';

/** Region and masked name: enough for a list, nothing to ring at. */
export const recipientLabel = ({ name, province, city }: Pick<DeliveryAddress, 'name' | 'province' | 'city'>): string =>
  `${maskName(name)} ${province === city ? '' : province}${city}`;

/** What is to be placed, with its prices, before anything is taken for it. */
export interface PricedOrder {
  buyerId: string;
  body: PlaceOrder;
  cartLineIds: string[];
  at: Date;
  choice: OfferQuestion['choice'];
  address: DeliveryAddress | undefined;
  contact: { name: string; phone: string };
  priced: PricedQuote;
  /** One order each. */
  parts: readonly OrderPart[];
}

/** One order, with its number and its reservation. */
export interface PlannedOrder {
  shop: OrderPart;
  orderNo: string;
  reservationId: string;
}

/** What was taken for it, and for how long. */
export interface Taken {
  paymentId: string;
  planned: readonly PlannedOrder[];
  heldUntil: Date;
  closesAt: Date;
  pools: ReadonlyMap<string, PoolHold>;
  shippingHolds: ReadonlyMap<string, ShippingHold>;
  /** Places in stores, by shop. */
  booked: ReadonlyMap<string, BookedPickup>;
  /** Places of services, by order number. */
  services: ReadonlyMap<string, BookingTerms>;
}

/** Goods of that shop are fetched from a store. */
export const isPickedUpIn =
  ({ pickups = [] }: PlaceOrder) =>
  ({ goods, shopId }: OrderPart): boolean =>
    goods === 'physical' && pickups.some((pickup) => pickup.shopId === shopId);

/** Nothing is named in it that could be taken besides stock. */
export const mayBePlain = ({ pickups = [], coupons = 'none', bookings = [], points = 0, entry }: PlaceOrder): boolean =>
  pickups.length === 0 &&
  (coupons === 'none' || coupons.length === 0) &&
  bookings.length === 0 &&
  points === 0 &&
  !entry;

/** Sent, from general stock, with nothing used that others could want too: no offer source has anything to take. */
export const isPlain = ({ body, parts, priced: { result, stages } }: PricedOrder): boolean =>
  mayBePlain(body) &&
  parts.every(({ goods }) => goods === 'physical') &&
  !stages &&
  !result.margin.override &&
  result.coupons.applied.length === 0 &&
  result.totals.pointsUsed === 0;

const describe = (shops: readonly QuoteShop[]): string => {
  const [first] = shops;
  const title = first?.lines[0]?.sku.title ?? '';
  const count = shops.reduce((sum, { lines }) => sum + lines.length, 0);
  return count > 1 ? `${title} 等 ${count} 件商品` : title;
};

const nowhereToGo = { storeId: null, pickup: null, pickupExpiresAt: null };

const keptConsents = (asked: readonly ConsentAsked[], at: Date): KeptConsent[] =>
  asked.map(({ key, version, text }) => ({ key, version, text, at: at.toISOString() }));

export function placementRows(
  fieldCipher: FieldCipher,
  idempotencyKey: string,
  { buyerId, body, at: now, address, contact, priced: { quote, result, stages } }: PricedOrder,
  { paymentId, planned, heldUntil, closesAt, pools, shippingHolds, booked, services }: Taken,
): { placement: Placement; payment: OpenPayment } {
  const { payable } = quote;
  const due = stages?.deposit ?? payable;
  const orderNos = planned.map(({ orderNo }) => orderNo);
  const isPickedUp = isPickedUpIn(body);
  const reply: PlacedOrder = {
    paymentId,
    orderNos,
    payable,
    due,
    heldUntil: heldUntil.toISOString(),
    closesAt: closesAt.toISOString(),
  };
  const remarkOf = new Map(body.remarks?.map(({ shopId, remark }) => [shopId, remark.trim()]));
  const person = { name: contact.name, phone: contact.phone };
  const sealed = (to: Omit<DeliveryAddress, 'addressId'>) => {
    const { name, phone, province, city, district, detail } = to;
    return {
      recipient: fieldCipher.encrypt(JSON.stringify({ name, phone, province, city, district, detail })),
      recipientLabel: recipientLabel(to),
      phoneTailIndex: fieldCipher.blindIndex(phoneTailPurpose, phone.slice(-4)),
    };
  };
  const sentTo = address && sealed(address);
  /** Whoever comes, to the store. */
  const recipientOf = (shop: OrderPart, orderNo: string) => {
    const service = services.get(orderNo);
    if (shop.goods === 'physical') return { ...pickupOf(shop), booking: null };
    const to = {
      ...person,
      province: '',
      city: '',
      district: '',
      detail: service ? `${service.place}（${service.address}）` : '',
    };
    return {
      ...nowhereToGo,
      ...sealed(to),
      recipientLabel: service ? `${maskName(person.name)} 预约·${service.place}` : '自动发放',
      booking: service ?? null,
    };
  };
  const pickupOf = (shop: OrderPart) => {
    const pickup = isPickedUp(shop) ? booked.get(shop.shopId) : undefined;
    if (!pickup) return { ...sentTo, storeId: null, pickup: null, pickupExpiresAt: null };
    const { terms, expiresAt } = pickup;
    const to = { ...person, province: '', city: '', district: '', detail: `${terms.name}（${terms.address}）` };
    return {
      ...sealed(to),
      recipientLabel: `${maskName(person.name)} 自提·${terms.name}`,
      storeId: terms.storeId,
      pickup: terms,
      pickupExpiresAt: expiresAt,
    };
  };
  const placement: Placement = {
    buyerId,
    idempotencyKey,
    reply,
    paymentId,
    heldUntil,
    closesAt,
    createdAt: now,
    orders: planned.map(({ orderNo, reservationId, shop }) => ({
      ...(recipientOf(shop, orderNo) as ReturnType<typeof recipientOf> & Required<ReturnType<typeof sealed>>),
      goods: shop.goods,
      consents: keptConsents(consentsOf(shop.lines), now),
      orderNo,
      reservationId,
      shopId: shop.shopId,
      shopName: shop.shopName,
      listTotal: shop.listTotal,
      goodsTotal: shop.goodsTotal,
      freight: shop.freight,
      discount: shop.discount,
      payable: shop.payable,
      unitCount: shop.lines.reduce((sum, { quantity }) => sum + quantity, 0),
      remark: remarkOf.get(shop.shopId) ?? '',
      totals: shop.totals,
      notes: notesOfShop(result, shop.shopId, shop),
      coupons: couponsOfPart(shop, result),
      shippingHold: shippingHolds.get(orderNo) ?? null,
      deposit: stages?.deposit ?? 0,
      balanceOpensAt: stages?.balanceOpensAt ?? null,
      balanceClosesAt: stages?.balanceClosesAt ?? null,
      shipsBy: stages?.shipsBy ?? null,
      forfeits: stages?.forfeits ?? false,
      // Only units set apart: a hot pool's place is spent with its first hold.
      poolId:
        shop.lines.map(({ sku: { skuId } }) => pools.get(skuId)).find((pool) => pool && !pool.requestId)?.poolId ??
        null,
    })),
    lines: planned.flatMap(({ orderNo, shop }) =>
      shop.lines.map(({ sku, quantity, payable: linePayable, priced: line }) => ({
        orderNo,
        lineId: newId(),
        shopId: shop.shopId,
        spuId: sku.spuId,
        skuId: sku.skuId,
        skuCode: sku.skuCode,
        title: sku.title,
        specText: sku.specText,
        picture: sku.picture,
        quantity,
        listPrice: sku.listPrice,
        salePrice: sku.salePrice,
        cost: sku.cost,
        payable: linePayable,
        discounts: line?.discounts ?? [],
        pointsUsed: line?.pointsUsed ?? 0,
        activity: line?.activity ?? null,
        returnable: sku.returnable && shop.goods === 'physical',
      })),
    ),
  };
  const payment: OpenPayment = {
    paymentId,
    buyerId,
    amount: due,
    description: stages ? `定金：${describe(quote.shops)}` : describe(quote.shops),
    orderNos,
    shopIds: planned.map(({ shop: { shopId } }) => shopId),
    prepayUntil: heldUntil,
    // A deposit is one order's; what several owe together tells who takes which part.
    parts: planned.map(({ orderNo, shop }) => ({ orderNo, shopId: shop.shopId, amount: shop.payable })),
  };
  return { placement, payment };
}
