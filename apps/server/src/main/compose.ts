/** Wires the modules by hand: what each needs of another arrives here as a narrow function. Read it top to bottom. */
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { recogniseAddress } from '@xiaopu/lab/address';
import { analyticsRoutes, createAnalytics, rolledSweep } from '../modules/analytics/index.ts';
import { cartRoutes, createCart } from '../modules/cart/index.ts';
import {
  catalogConsoleRoutes,
  catalogImportRoutes,
  catalogRoutes,
  catalogSubscribers,
  catalogSweeps,
  createCatalog,
  createCatalogConsole,
  createCatalogImport,
} from '../modules/catalog/index.ts';
import { checkoutRoutes, createCheckout, type OfferSource } from '../modules/checkout/index.ts';
import { createFulfilment, fulfilmentRoutes } from '../modules/fulfilment/index.ts';
import { createIdentity } from '../modules/identity/index.ts';
import { createInventory, inventoryRoutes } from '../modules/inventory/index.ts';
import { createLogistics, logisticsRoutes, uploadSweep } from '../modules/logistics/index.ts';
import { createFolderStorage, createMedia, createS3Storage, mediaRoutes } from '../modules/media/index.ts';
import { createMembers, membersRoutes, membersSubscribers } from '../modules/members/index.ts';
import {
  consoleOrderRoutes,
  createOrderSweeps,
  createOrders,
  type OrdersDeps,
  orderRoutes,
  orderSubscribers,
} from '../modules/orders/index.ts';
import { combiningOf, createPaymentDesk, createPayments, ratesOf } from '../modules/payments/index.ts';
import { createReviews, moderateText, reviewRoutes } from '../modules/reviews/index.ts';
import { createNoteSearch, createSearch, searchRoutes, searchSubscribers } from '../modules/search/index.ts';
import { createStores, storesRoutes } from '../modules/stores/index.ts';
import { createVisits, visitsRoutes, visitsSubscribers } from '../modules/visits/index.ts';
import { createReplyCache } from '../platform/cache.ts';
import { minuteMs } from '../platform/clock.ts';
import type { Tx } from '../platform/database/database.ts';
import { createApp } from '../platform/http/app.ts';
import { healthRoutes } from '../platform/http/health.ts';
import { createRedisReplies } from '../platform/redis-replies.ts';
import { composeActivities } from './activities.ts';
import { composeAfterSales } from './after-sales.ts';
import { composeBehaviour } from './behaviour.ts';
import { composeComplaints } from './complaints.ts';
import { composeDecoration } from './decoration.ts';
import { createDemoDrawer } from './demo-pictures.ts';
import { composeDistribution } from './distribution.ts';
import { composeFinance } from './finance.ts';
import { composeGrowth } from './growth.ts';
import { composeHotStock } from './hot-stock.ts';
import type { Infrastructure } from './infrastructure.ts';
import { composeInsight } from './insight.ts';
import { composeMessages } from './messages.ts';
import { composeOffers } from './offers.ts';
import { composeOperations } from './operations.ts';
import { connectOutside, refuseMismatchedKeys } from './outside.ts';
import { composePayouts } from './payouts.ts';
import { composePickups } from './pickups.ts';
import { composeRetention } from './retention.ts';
import { composeUnsent } from './unsent.ts';
import { composeWechatCoupons } from './wechat-coupons.ts';

export type Shop = Awaited<ReturnType<typeof compose>>;

/** What a lost event could keep stale, at most. */
const replyTtlMs = minuteMs;

export async function compose(infrastructure: Infrastructure) {
  const { config, log, clock, database, messaging, sweeps, policies, cipher, build, redis } = infrastructure;
  const { outbox, subscribers } = messaging;
  const { db } = database;
  const outside = connectOutside(infrastructure);
  await refuseMismatchedKeys(outside, log);
  const shared = redis && createRedisReplies({ client: redis, log, ttlMs: replyTtlMs });
  const cache = createReplyCache({ ttlMs: replyTtlMs, shared });
  /** Whoever lowers prices adds itself here; checkout and orders ask them all. */
  const offerSources: OfferSource[] = [];

  // Capabilities
  const media = createMedia({
    database,
    clock,
    log,
    policies,
    storage: config.s3
      ? createS3Storage(config.s3, outside.objects)
      : createFolderStorage(join(config.dataDir, 'media')),
    cdnBaseUrl: config.cdnBaseUrl,
    draw: createDemoDrawer(),
    previewSecret: createHmac('sha256', outside.wechat.apiV3Key).update('media preview').digest('hex'),
  });
  const { toPicture } = media;
  const inventory = createInventory({ outbox, clock });
  const search = createSearch({ database, clock, cache, policies });
  const stores = createStores({
    clock,
    policies,
    toPicture,
    productCount: async (executor, shopId) => (await catalog.productCounts(executor, [shopId])).get(shopId) ?? 0,
    maySetIn: (executor, staffId, shopIds) => identity.hasPermissionIn(executor, staffId, 'settings.write', shopIds),
    shopPicture: async (executor, shopId, mediaId) =>
      (await media.refsForShop(executor, shopId, [mediaId])).get(mediaId),
  });
  const catalog = createCatalog({
    database,
    clock,
    outbox,
    cache,
    policies,
    toPicture,
    stock: inventory,
    shops: {
      names: async (executor, shopIds) =>
        new Map([...(await stores.shops(executor, shopIds))].map(([shopId, { name }]) => [shopId, name])),
      card: stores.card,
    },
    text: search,
    reviewHead: (executor, spuId) => reviews.head(executor, spuId),
    activities: () => activities.zone(),
  });
  search.bind(catalog);
  const products = createCatalogConsole({
    clock,
    outbox,
    policies,
    toPicture,
    stock: inventory,
    pictures: media.refsForShop,
    text: search,
    categories: catalog.categories,
  });
  const imports = createCatalogImport({
    database,
    clock,
    policies,
    categories: catalog.categories,
    products,
    stock: inventory,
    pictures: media.refsForShop,
  });
  const identity = createIdentity({
    database,
    clock,
    outbox,
    policies,
    cipher,
    mini: outside.mini,
    oa: outside.oa,
    toPicture,
    buyerPicture: async (executor, buyerId, mediaId) =>
      (await media.refsForBuyer(executor, buyerId, [mediaId])).get(mediaId),
    shopNames: stores.shops,
    moveCart: (tx, guestId, buyerId) => cart.mergeGuest(tx, guestId, buyerId),
    publicBaseUrl: config.publicBaseUrl,
  });
  const members = createMembers({ clock, cipher, policies, cards: catalog.cards });
  const payments = createPayments({ outbox, clock });
  const logistics = createLogistics({ db, gateway: outside.tracks, policies, clock, log });

  // Processes
  const hotStock = composeHotStock({
    ...{ infrastructure, outside, inventory, findSkus: catalog.sellableSkus, toPicture },
    tierOf: (executor, buyerId) => growth.membership.tierOf(executor, buyerId),
  });
  offerSources.push(hotStock.offers);
  const cart = createCart({
    database,
    clock,
    policies,
    findSkus: catalog.sellableSkus,
    findStock: inventory.levels,
    toPicture,
    progress: (executor, lines) => offers.promotions.progress(executor, lines),
  });
  const offers = composeOffers({
    ...{ infrastructure, identity, catalog, stores, freightOf: logistics.freight, offerSources },
    activitiesOf: (goods) => activities.zone(goods),
  });
  const pickups = composePickups({
    ...{ infrastructure, stores, inventory, catalog, toPicture },
    selectedCartLines: cart.selectedLines,
  });
  const unsent = composeUnsent({ infrastructure, catalog });
  const checkout = createCheckout({
    pickups: pickups.points,
    bookings: unsent.bookings,
    clock,
    findSkus: catalog.sellableSkus,
    findStock: inventory.levels,
    selectedCartLines: cart.selectedLines,
    findAddress: members.address,
    preferredAddress: members.preferredAddress,
    findShops: stores.shops,
    freightOf: logistics.freight,
    arrivalOf: logistics.arrival,
    offerSources,
    policies,
    toPicture,
  });
  const orderDeps: OrdersDeps = {
    clock,
    outbox,
    policies,
    fieldCipher: cipher,
    inventory,
    payments,
    wantedLines: checkout.wantedLines,
    removeFromCart: cart.removeBought,
    findSkus: catalog.sellableSkus,
    findAddress: members.address,
    markAddressesUsed: members.markAddressesUsed,
    freightOf: logistics.freight,
    pickups: pickups.points,
    bookings: unsent.bookings,
    offerSources,
    recordSales: catalog.recordSales,
    buyerNames: identity.buyers,
    parcelsOf: (executor, buyerId, orderNo) => fulfilment.parcelsOf(executor, buyerId, orderNo),
    uploadStates: (executor, shopId, orderNos) => fulfilment.uploadStates(executor, shopId, orderNos),
    failedUploads: (executor, shopId) => fulfilment.failedUploads(executor, shopId),
    toPicture,
  };
  const orders = createOrders(orderDeps);
  const fulfilment = createFulfilment({ clock, fieldCipher: cipher, database, orders, payments, logistics });
  const afterSale = composeAfterSales({
    ...{ infrastructure, orders, inventory, logistics, media, identity, stores },
    hasFreeReturns: (executor, buyerId) => growth.membership.hasFreeReturns(executor, buyerId),
  });
  const reviews = createReviews({
    clock,
    outbox,
    policies,
    orders,
    picturesOfBuyer: media.refsForBuyer,
    decidePictures: media.decide,
    buyerFaces: identity.buyers,
    moderate: moderateText,
    toPicture,
    toPreview: media.toPreview,
  });
  const growth = composeGrowth({
    ...{ infrastructure, outside, identity, members, payments, stores, catalog },
    coupons: offers.coupons,
  });
  const activities = composeActivities({
    ...{ infrastructure, cache, catalog, inventory, stores, identity, orders, hotStock, toPicture },
    tierOf: growth.membership.tierOf,
  });
  offerSources.push(...growth.offerSources, ...activities.offerSources);
  const payoutDesk = composePayouts({ infrastructure, outside, stores, identity, orders, payments });
  const visits = createVisits({
    ...{ clock, outbox, policies, publicBaseUrl: config.publicBaseUrl },
    pointsMoved: growth.points.movedAmong,
  });
  const messages = composeMessages({
    ...{ infrastructure, outside, identity, findSkus: catalog.sellableSkus, coupons: offers.coupons },
    membership: growth.membership,
    orderFacts: orders.messageFacts,
    balanceOf: orders.balanceDue,
    isStillAway: visits.isStillAway,
    tierWords: growth.tierWords,
  });
  const wechatCoupons = composeWechatCoupons({ infrastructure, outside, identity, coupons: offers.coupons });
  const paymentDesk = createPaymentDesk({
    payments,
    gateway: outside.pay,
    paypal: outside.paypal,
    alipay: outside.alipay,
    database,
    outbox,
    clock,
    log,
    audit: identity.audit,
    appIds: { 'mp-weixin': outside.wechat.miniAppId, h5: outside.wechat.oaAppId },
    openidOf: identity.openidOf,
    preparePayment: growth.preparePayment(orders.preparePayment),
    rateOf: ratesOf(policies),
    isCombining: combiningOf(policies),
    isShared: payoutDesk.selling.isShared,
    clearRefund: payoutDesk.shares.beforeRefund,
    surroundings: {
      isSandbox: outside.wechat.isSandbox,
      publicBaseUrl: config.publicBaseUrl,
      hasOwnKeys: config.sm4Keys !== undefined,
    },
    maySetInstall: async (executor, staffId) =>
      identity.hasPermissionIn(executor, staffId, 'settings.write', [...(await stores.shops(executor)).keys()]),
    resultUrl: (paymentId) => `${config.publicBaseUrl}/#/packages/checkout/result?paymentId=${paymentId}`,
    cashierUrl: outside.wechat.isSandbox ? `${config.publicBaseUrl}/sandbox/cashier` : undefined,
  });

  growth.connectCharge(paymentDesk.charge);

  const distribution = composeDistribution({
    ...{ infrastructure, outside, catalog, identity, media, members, stores, toPicture },
    ...{ orders, afterSales: afterSale.afterSales, payouts: payoutDesk.payouts },
  });

  // Observers
  const operations = composeOperations(infrastructure, outside);
  const complaints = composeComplaints({
    ...{ infrastructure, outside, orders, fulfilment, stores, identity },
    reportLate: (count) => operations.report('complaints', [{ lineKey: 'complaints_late', value: count }]),
  });
  const behaviour = composeBehaviour({
    ...{ infrastructure, catalog, identity, stores },
    membership: growth.membership,
  });
  const analytics = createAnalytics({
    clock,
    orders,
    inventory,
    countHeldReviews: reviews.countHeld,
    countFailedUploads: fulfilment.countFailedUploads,
    countPaymentAnomalies: payments.countOpenAnomalies,
    countAfterSales: afterSale.afterSales.countWaiting,
    countComplaints: complaints.countWaiting,
    countAlerts: operations.countAlerts,
    searchProducts: async (executor, shopId, q) =>
      (await products.page(executor, shopId, { q, page: 1, pageSize: 8 })).items.map(({ spuId, title }) => ({
        spuId,
        title,
      })),
    toPicture,
  });

  const app = await createApp({
    log,
    clock,
    authenticators: identity.authenticators,
    version: build.version,
    rateLimitPerMinute: config.rateLimitPerMinute,
    trustedProxies: config.trustedProxies,
    redis,
  });
  const { audit } = identity;
  healthRoutes(app, { build, database, outside: () => [...outside.states(), behaviour.state()] });
  operations.mount(app, identity);
  identity.routes(app);
  membersRoutes(app, { members, database, recognise: recogniseAddress });
  storesRoutes(app, { stores, database, audit });
  catalogRoutes(app, { catalog, noteSearch: createNoteSearch({ search, authenticators: identity.authenticators }) });
  catalogConsoleRoutes(app, { products, database, audit });
  composeDecoration(app, { database, outbox, identity, stores, catalog, products, search, media });
  await catalogImportRoutes(app, { imports, database, clock, audit });
  searchRoutes(app, { search, db, inTransaction: database.inTransaction });
  await app.register(async (scope) => mediaRoutes(scope as unknown as typeof app, { media, database, audit }));
  inventoryRoutes(app, { database, inventory, audit, skuLabels: catalog.skuLabels, searchSkus: catalog.searchSkus });
  logisticsRoutes(app);
  messages.routes(app);
  wechatCoupons.routes(app);
  cartRoutes(app, { database, cart });
  checkoutRoutes(app, { database, checkout });
  offers.routes(app, { audit });
  orderRoutes(app, { database, orders });
  consoleOrderRoutes(app, { database, orders, audit, tracksOf: fulfilment.tracksOfShopOrder });
  fulfilmentRoutes(app, { database, fulfilment, orders, audit });
  const { virtualGoods: unsentGoods } = unsent.mount(app, { orders, fulfilment, inventory, identity });
  complaints.mount(app);
  pickups.mountDesk(app, { orders, fulfilment, identity });
  reviewRoutes(app, { database, reviews, audit });
  visitsRoutes(app, { database, visits, audit });
  behaviour.mount(app);
  analyticsRoutes(app, { database, analytics });
  sweeps.add(rolledSweep(database, analytics.rolled, async (db) => [...(await stores.shops(db)).keys()]));
  composeInsight({ infrastructure, app, catalog, inventory });
  paymentDesk.routes(app);
  afterSale.mount(app);
  hotStock.routes(app, audit);
  activities.routes(app, audit);
  growth.mount(app);
  payoutDesk.mount(app);
  distribution.mount(app);
  composeFinance({ infrastructure, app, outside, identity, stores });

  subscribers.onGap(() => cache.clear());
  membersSubscribers(subscribers, { members });
  catalogSubscribers(subscribers, catalog);
  catalogSweeps(sweeps, { imports, catalog });
  searchSubscribers(subscribers, sweeps, search);
  orderSubscribers(subscribers, { orders });
  visitsSubscribers(subscribers, { visits });

  identity.addSweeps(sweeps);
  composeRetention({
    ...{ infrastructure, app, audit },
    forgetGuests: async (tx, guestIds) => {
      await cart.forgetCarts(tx, guestIds);
      await search.forgetHistories(tx, guestIds);
    },
  });
  for (const sweep of [
    ...paymentDesk.sweeps,
    ...visits.sweeps(database),
    ...createOrderSweeps(orderDeps, orders, database),
    uploadSweep({ uploads: fulfilment, api: outside.api, mchId: outside.wechat.mchId, clock, log }),
  ]) {
    sweeps.add(sweep);
  }

  return {
    app,
    // For the demo's seed.
    catalog,
    search,
    media,
    inventory,
    stores,
    addCodes: (tx: Tx, shopId: string, codes: { skuId: string; codes: string[] }) =>
      unsentGoods.addCodes(tx, { shopId, name: '演示数据' }, codes),
    flashTemplates: hotStock.templates,
    loadReviews: reviews.seed,
    addStaff: async (tx: Tx, shopIds: string[]) => {
      await identity.demoStaff(tx, shopIds);
      await pickups.seed(tx, shopIds, identity.demoClerk);
      await growth.seed(tx, shopIds);
      await offers.seed(tx, shopIds);
      await distribution.seed(tx, shopIds);
    },
    openActivities: async (tx: Tx, shopIds: string[]) => {
      await activities.seed(tx, shopIds);
    },
    /** Hands on what waits in the outbox. */
    deliver: () => messaging.relay.drain(),
    /** Does everything that is due, until nothing is: for fast-forwarding and tests. */
    async settle(options?: Parameters<typeof sweeps.drain>[0]): Promise<void> {
      while ((await messaging.relay.drain()) + (await sweeps.drain(options)) > 0);
    },
  };
}
