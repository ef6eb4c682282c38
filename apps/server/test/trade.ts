/**
 * The trade core on a real database with stand-ins for what lies outside it: a catalogue in memory, an address book, and
 * payments that write down what they were asked. Tests play the payment events themselves.
 */
import type { StoreCard } from '@xiaopu/contracts';
import { bookingSubscribers, createBookingDesk, createBookings } from '../src/modules/bookings/index.ts';
import { createCart, type SellableSku } from '../src/modules/cart/index.ts';
import { createCheckout, type DeliveryAddress, type OfferSource } from '../src/modules/checkout/index.ts';
import { createFulfilment, type Fulfilment } from '../src/modules/fulfilment/index.ts';
import { createInventory } from '../src/modules/inventory/index.ts';
import { createOrderSweeps, createOrders, type OrdersDeps, orderSubscribers } from '../src/modules/orders/index.ts';
import { createPickupPoints, pickupSubscribers } from '../src/modules/pickup/index.ts';
import { nearestFirst } from '../src/modules/stores/index.ts';
import { createVirtualGoods, virtualGoodsSubscribers } from '../src/modules/virtual-goods/index.ts';
import { createFixedClock } from '../src/platform/clock.ts';
import type { Tx } from '../src/platform/database/database.ts';
import { createFieldCipher } from '../src/platform/field-cipher.ts';
import { newId } from '../src/platform/ids.ts';
import { createLogger } from '../src/platform/logger.ts';
import { createMessaging } from '../src/platform/messaging/outbox.ts';
import { createSweeps } from '../src/platform/messaging/sweeps.ts';
import type { PictureRef, ToPicture } from '../src/platform/picture.ts';
import { createPolicies } from '../src/platform/policy.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export const toPicture: ToPicture = ({ mediaId, hash, width, height, alt }) => ({
  mediaId,
  url: `/media/${hash}/750.jpg`,
  webp: { w320: `/media/${hash}/320.webp`, w750: `/media/${hash}/750.webp`, w1080: `/media/${hash}/1080.webp` },
  width,
  height,
  alt,
});
export const picture: PictureRef = { mediaId: newId(), hash: 'a'.repeat(32), width: 800, height: 800, alt: '图' };

export interface Call {
  name: 'open' | 'extend' | 'requestClose' | 'requestRefund' | 'retryRefund';
  input: Record<string, unknown>;
}

export type Trade = Awaited<ReturnType<typeof openTrade>>;

export const shopA = newId();
export const shopB = newId();
const shopNames = new Map([
  [shopA, '栖木家居'],
  [shopB, '山野茶社'],
]);
export const freightPrice = 800;
export const freeFreightFrom = 9_900;

export async function openTrade({
  offerSources = [],
  database: given,
  inCompany = false,
}: {
  offerSources?: readonly OfferSource[];
  /** `place` goes as the route does: together with whoever places in the same moment. */
  inCompany?: boolean;
  /** Migrated; one of its own by default. */
  database?: TestDatabase;
} = {}) {
  const database = given ?? (await createTestDatabase());
  const { db, inTransaction } = database;
  const start = '2026-11-22T04:00:00.000Z';
  const clock = createFixedClock(start);
  const log = createLogger('silent');
  const messaging = createMessaging({ database, clock, log });
  const policies = createPolicies({ database, clock });
  const sweeps = createSweeps({ log });
  const { outbox } = messaging;
  const fieldCipher = createFieldCipher('k1:0123456789abcdeffedcba9876543210');

  const skus = new Map<string, SellableSku>();
  const addresses = new Map<string, DeliveryAddress & { buyerId: string }>();
  const calls: Call[] = [];
  const sold: { spuId: string; quantity: number }[] = [];
  const addressesUsed: string[] = [];
  const views = new Map<
    string,
    { outTradeNo: string | null; payer: { client: 'mp-weixin' | 'h5'; openid: string } | null }
  >();

  const inventory = createInventory({ outbox, clock });
  const findSkus = async (_db: unknown, skuIds: string[]) =>
    new Map(skuIds.flatMap((skuId) => (skus.has(skuId) ? [[skuId, skus.get(skuId) as SellableSku]] : [])));
  const cart = createCart({
    database,
    clock,
    policies,
    findSkus,
    findStock: inventory.levels,
    toPicture,
    progress: async () => [],
  });
  const findAddress: OrdersDeps['findAddress'] = async (_db, buyerId, addressId) => {
    const address = addresses.get(addressId);
    return address?.buyerId === buyerId ? address : undefined;
  };
  const freightOf: OrdersDeps['freightOf'] = ({ goodsTotal }) =>
    goodsTotal >= freeFreightFrom ? { freight: 0, note: '包邮' } : { freight: freightPrice, note: '满 ¥99 包邮' };
  const physicalStores = new Map<string, StoreCard[]>();
  const pickups = createPickupPoints({
    ...{ clock, policies, fieldCipher, nearestFirst },
    storesOf: async (_db, shopIds) =>
      new Map(shopIds.map((shopId) => [shopId, (physicalStores.get(shopId) ?? []) as StoreCard[]])),
    allStores: async () => physicalStores,
    skusByBarcode: async (_db, shopId, barcode) =>
      [...skus.values()]
        .filter((sku) => sku.shopId === shopId && sku.skuCode === barcode)
        .map((sku) => ({ ...sku, picture: toPicture(sku.picture) })),
    shelfLevels: inventory.shelfLevels,
    wantedLines: async (executor, buyerId, source) =>
      source.kind === 'lines' ? { wanted: source.lines } : { wanted: await cart.selectedLines(executor, buyerId) },
    findSkus,
    skusOfProduct: async (_db, spuId) => [...skus.values()].filter((sku) => sku.spuId === spuId),
  });
  const bookings = createBookings({
    ...{ clock, policies, fieldCipher },
    termsOf: async (_db, spuId) => {
      const sku = [...skus.values()].find((one) => one.spuId === spuId);
      return sku?.goods?.kind === 'service' ? sku.goods : undefined;
    },
  });
  const checkout = createCheckout({
    pickups,
    bookings,
    clock,
    findSkus,
    findStock: inventory.levels,
    selectedCartLines: cart.selectedLines,
    findAddress,
    preferredAddress: async (_db, buyerId) => [...addresses.values()].find((address) => address.buyerId === buyerId),
    findShops: async (_db, shopIds) => new Map(shopIds.map((shopId) => [shopId, { shipsFrom: '浙江省' }])),
    freightOf,
    offerSources,
    policies,
    arrivalOf: () => ({ earliest: '2026-11-24', latest: '2026-11-25', text: '预计 11月24日–25日送达' }),
    toPicture,
  });

  const record =
    (name: Call['name']) =>
    async (_tx: Tx, input: object): Promise<void> => {
      calls.push({ name, input: input as Record<string, unknown> });
    };
  const payments: OrdersDeps['payments'] = {
    open: record('open'),
    openAll: async (tx, opened) => {
      for (const each of opened) await record('open')(tx, each);
    },
    extend: record('extend'),
    requestClose: record('requestClose'),
    requestRefund: record('requestRefund'),
    retryRefund: record('retryRefund'),
    view: async (_db, _buyerId, paymentId) => ({
      paymentId,
      status: 'succeeded',
      amount: 100,
      orderNos: [],
      paidAt: null,
      expiresAt: start,
      transactionId: null,
      channel: null,
      parts: null,
      foreign: null,
      ...(views.get(paymentId) ?? { outTradeNo: '20261122', payer: { client: 'mp-weixin' as const, openid: 'o-1' } }),
    }),
  };

  const later: { fulfilment?: Fulfilment } = {};
  const orders = createOrders({
    clock,
    outbox,
    policies,
    fieldCipher,
    inventory,
    payments,
    wantedLines: checkout.wantedLines,
    removeFromCart: cart.removeBought,
    findSkus,
    findAddress,
    markAddressesUsed: async (_tx, used) => void addressesUsed.push(...used.map(({ addressId }) => addressId)),
    freightOf,
    pickups,
    bookings,
    offerSources,
    recordSales: async (_tx, lines) => void sold.push(...lines),
    buyerNames: async (_db, buyerIds) =>
      new Map(buyerIds.map((buyerId) => [buyerId, { nickname: '小满', maskedPhone: null }])),
    parcelsOf: async (executor, buyerId, orderNo) =>
      (await later.fulfilment?.parcelsOf(executor, buyerId, orderNo)) ?? [],
    uploadStates: async (executor, shopId, orderNos) =>
      (await later.fulfilment?.uploadStates(executor, shopId, orderNos)) ?? new Map(),
    failedUploads: async (executor, shopId) => (await later.fulfilment?.failedUploads(executor, shopId)) ?? [],
    toPicture,
  });
  const trackAsked: string[] = [];
  const fulfilment = createFulfilment({
    clock,
    fieldCipher,
    database,
    orders,
    payments,
    logistics: {
      findCarrier: (code) =>
        code === 'SF'
          ? {
              code,
              name: '顺丰速运',
              wechatCode: 'SF',
              kdniaoCode: 'SF',
              waybillPattern: '^SF',
              hotline: '',
              isHeavy: false,
            }
          : undefined,
      fitsCarrier: (_code, waybillNo) => waybillNo.startsWith('SF'),
      track: async (_db, { waybillNo, phoneTail }) => {
        trackAsked.push(`${waybillNo}/${phoneTail}`);
        return { state: 'in_transit', nodes: [{ at: start, text: '运输中', place: '杭州' }] };
      },
    },
  });
  later.fulfilment = fulfilment;
  orderSubscribers(messaging.subscribers, { orders });
  pickupSubscribers(messaging.subscribers, pickups);
  bookingSubscribers(messaging.subscribers, bookings, orders);
  const bookingDesk = createBookingDesk({ clock, policies, fieldCipher, bookings, orders, fulfilment });
  const virtualGoods = createVirtualGoods({
    ...{ clock, fieldCipher, orders, fulfilment, inventory },
    skusOf: findSkus,
    skuIdsOfProduct: async (_db, shopId, spuId) =>
      [...skus.values()].filter((sku) => sku.spuId === spuId && sku.shopId === shopId).map(({ skuId }) => skuId),
  });
  virtualGoodsSubscribers(messaging.subscribers, virtualGoods);
  for (const sweep of createOrderSweeps({ clock, inventory, payments }, orders, database)) sweeps.add(sweep);

  async function givenSku({
    shopId = shopA,
    salePrice = 5_000,
    stock = 10,
    spuId = newId(),
    ...rest
  }: Partial<SellableSku> & { stock?: number } = {}): Promise<string> {
    const skuId = newId();
    const { categoryId = newId(), categoryIds = [categoryId] } = rest;
    const sku: SellableSku = {
      skuId,
      spuId,
      shopId,
      shopName: shopNames.get(shopId) ?? '',
      title: '亚麻靠垫',
      specText: '米白',
      picture,
      salePrice,
      listPrice: salePrice + 1_000,
      cost: Math.floor(salePrice / 2),
      weightGrams: 500,
      skuCode: `C-${skuId.slice(-6)}`,
      onSale: true,
      returnable: true,
      ...rest,
      categoryId,
      categoryIds,
    };
    skus.set(skuId, sku);
    await inTransaction((tx) => inventory.createLevels(tx, [{ skuId, spuId, shopId, onHand: stock, safetyStock: 0 }]));
    return skuId;
  }

  function givenAddress(buyerId: string): string {
    const addressId = newId();
    addresses.set(addressId, {
      addressId,
      buyerId,
      name: '张三丰',
      phone: '13800001234',
      province: '浙江省',
      city: '杭州市',
      district: '西湖区',
      detail: '文三路1号',
    });
    return addressId;
  }

  type Lines = { skuId: string; quantity: number }[];
  const placeInCompany = orders.placeIn(database);
  const place = (buyerId: string, lines: Lines, { key = newId(), addressId = givenAddress(buyerId) } = {}) => {
    const body = {
      ...{ source: { kind: 'lines' as const, lines }, addressId },
      // Ticked, whether asked for or not.
      consents: [{ key: 'excepted_no_reason' as const, version: '2026-12' }],
    };
    return inCompany ? placeInCompany(buyerId, key, body) : inTransaction((tx) => orders.place(tx, buyerId, key, body));
  };

  return {
    database,
    db,
    inTransaction,
    clock,
    start: new Date(start),
    policies,
    messaging,
    inventory,
    cart,
    checkout,
    orders,
    fulfilment,
    pickups,
    bookings,
    bookingDesk,
    virtualGoods,
    physicalStores,
    fieldCipher,
    payments,
    skus,
    addresses,
    addressesUsed,
    calls,
    callsNamed: (name: Call['name']) => calls.filter((call) => call.name === name).map(({ input }) => input),
    sold,
    views,
    trackAsked,
    givenSku,
    givenAddress,
    place,
    placeInCompany,
    /** Due timers, then every event until none is left. */
    async settle() {
      await sweeps.drain();
      await messaging.relay.drain();
    },
    pay: (buyerId: string, paymentId: string) =>
      inTransaction((tx) =>
        orders.paymentsSucceeded(tx, [{ buyerId, paymentId, amount: 0, paidAt: clock.now().toISOString() }]),
      ),
    /** As payments do once WeChat has closed: the event comes back. */
    closed: (buyerId: string, paymentId: string) =>
      inTransaction((tx) => orders.paymentClosed(tx, { buyerId, paymentId })),
    async placeAndPay(buyerId: string, lines: Lines) {
      const placed = await place(buyerId, lines);
      await this.pay(buyerId, placed.paymentId);
      return placed;
    },
    statusOf: async (buyerId: string, orderNo: string) => (await orders.get(db, buyerId, orderNo)).status,
    stockOf: async (skuId: string) => (await inventory.levels(db, [skuId])).get(skuId),
    eventsNamed: async (name: string) =>
      (
        await db.selectFrom('platform.outbox').select('payload').where('name', '=', name).orderBy('eventId').execute()
      ).map(({ payload }) => payload as Record<string, unknown>),
    close: () => database.close(),
  };
}
