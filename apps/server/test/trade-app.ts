/** The trade routes on one app, with sessions read from a header: `buyer <id>`, `guest <id>`, `staff <shopId> <permission …>`. */
import { allPermissions, type Permission } from '@xiaopu/contracts';
import { analyticsRoutes, createAnalytics } from '../src/modules/analytics/index.ts';
import { cartRoutes } from '../src/modules/cart/index.ts';
import { checkoutRoutes } from '../src/modules/checkout/index.ts';
import { fulfilmentRoutes } from '../src/modules/fulfilment/index.ts';
import { inventoryRoutes } from '../src/modules/inventory/index.ts';
import { consoleOrderRoutes, orderRoutes } from '../src/modules/orders/index.ts';
import { createReviews, moderateText, reviewRoutes } from '../src/modules/reviews/index.ts';
import type { Authenticators } from '../src/platform/http/access.ts';
import { createApp } from '../src/platform/http/app.ts';
import { newId } from '../src/platform/ids.ts';
import { createLogger } from '../src/platform/logger.ts';
import type { PictureRef } from '../src/platform/picture.ts';
import { openTrade, type Trade, toPicture } from './trade.ts';

export type TradeApp = Awaited<ReturnType<typeof openTradeApp>>;

const who = (header: string | undefined): string[] => header?.split(' ') ?? [];

const authenticators: Authenticators = {
  async buyer({ headers }) {
    const [kind, buyerId] = who(headers.authorization);
    return buyerId && (kind === 'buyer' || kind === 'guest') ? { buyerId, isGuest: kind === 'guest' } : undefined;
  },
  async staff({ headers }) {
    const [kind, shopId, ...rights] = who(headers.authorization);
    if (kind !== 'staff' || !shopId) return undefined;
    return {
      staffId: newId(),
      name: '小陈',
      shopId,
      permissions: new Set(rights.length ? (rights as Permission[]) : allPermissions),
    };
  },
};

export const asBuyer = (buyerId: string) => ({ authorization: `buyer ${buyerId}` });
export const asGuest = (buyerId: string) => ({ authorization: `guest ${buyerId}` });
export const asStaff = (shopId: string, ...rights: Permission[]) => ({
  authorization: ['staff', shopId, ...rights].join(' '),
  'x-requested-with': 'xiaopu-console',
});

export async function openTradeApp({
  extend,
}: {
  /** More modules on the same core, before the app is ready. */
  extend?: (app: Awaited<ReturnType<typeof createApp>>, core: Trade) => void;
} = {}) {
  const trade = await openTrade();
  const { database, orders, cart, checkout, fulfilment, inventory, clock, messaging, policies } = trade;
  const audited: { action: string; target: string; shopId: string }[] = [];
  const uploads = new Map<string, { buyerId: string; ref: PictureRef }>();
  const verdicts: { mediaIds: string[]; verdict: string }[] = [];
  const audit = async (
    _tx: unknown,
    { action, target, shopId }: { action: string; target: string; shopId: string },
  ) => {
    audited.push({ action, target, shopId });
  };
  const reviews = createReviews({
    clock,
    outbox: messaging.outbox,
    policies,
    orders,
    picturesOfBuyer: async (_db, buyerId, mediaIds) =>
      new Map(
        mediaIds.flatMap((id) =>
          uploads.get(id)?.buyerId === buyerId ? [[id, (uploads.get(id) as { ref: PictureRef }).ref]] : [],
        ),
      ),
    decidePictures: async (_tx, mediaIds, verdict) => void verdicts.push({ mediaIds, verdict }),
    buyerFaces: async (_db, ids) => new Map(ids.map((id) => [id, { nickname: '小满', avatarUrl: '/a.webp' }])),
    moderate: moderateText,
    toPicture,
    toPreview: (ref) => ({ ...toPicture(ref), url: `/preview/${ref.hash}` }),
  });
  const analytics = createAnalytics({
    clock,
    orders,
    inventory,
    countHeldReviews: reviews.countHeld,
    countFailedUploads: fulfilment.countFailedUploads,
    countPaymentAnomalies: async () => 3,
    countAfterSales: async () => 2,
    countComplaints: async () => 1,
    countAlerts: async () => 1,
    searchProducts: async (_db, shopId, q) =>
      [...trade.skus.values()]
        .filter((sku) => sku.shopId === shopId && sku.title.includes(q))
        .map(({ spuId, title }) => ({ spuId, title })),
    toPicture,
  });
  const app = await createApp({ log: createLogger('silent'), authenticators, version: '0', rateLimitPerMinute: 0 });
  cartRoutes(app, { database, cart });
  checkoutRoutes(app, { database, checkout });
  orderRoutes(app, { database, orders });
  consoleOrderRoutes(app, { database, orders, tracksOf: fulfilment.tracksOfShopOrder, audit });
  fulfilmentRoutes(app, { database, fulfilment, orders, audit });
  reviewRoutes(app, { database, reviews, audit });
  analyticsRoutes(app, { database, analytics });
  inventoryRoutes(app, {
    database,
    inventory,
    skuLabels: async (_db, skuIds) =>
      new Map(
        skuIds.flatMap((skuId) => {
          const sku = trade.skus.get(skuId);
          return sku
            ? [
                [
                  skuId,
                  { title: sku.title, specText: sku.specText, skuCode: sku.skuCode, picture: toPicture(sku.picture) },
                ],
              ]
            : [];
        }),
      ),
    searchSkus: async (_db, shopId, q) =>
      [...trade.skus.values()]
        .filter((sku) => sku.shopId === shopId && sku.title.includes(q))
        .map(({ skuId }) => skuId),
    audit,
  });
  extend?.(app, trade);
  await app.ready();

  return {
    ...trade,
    app,
    reviews,
    audited,
    uploads,
    verdicts,
    async call(
      method: 'GET' | 'POST' | 'PUT' | 'PATCH',
      url: string,
      headers: Record<string, string> = {},
      body?: unknown,
    ) {
      const reply = await app.inject({
        method,
        url,
        headers,
        ...(body === undefined ? {} : { payload: body as object }),
      });
      return {
        status: reply.statusCode,
        body: reply.body ? reply.json() : null,
        code: reply.statusCode >= 400 ? reply.json().error.code : undefined,
      };
    },
    async close() {
      await app.close();
      await trade.close();
    },
  };
}
