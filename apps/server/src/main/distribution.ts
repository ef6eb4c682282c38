/** Wires distribution: who buys, what orders keep, where money goes, and how a poster is drawn. */

import type { Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { ToPicture } from '#platform/picture.ts';
import type { AfterSales } from '../modules/after-sales/index.ts';
import type { Catalog } from '../modules/catalog/index.ts';
import {
  createDistribution,
  createPosters,
  distributionConsoleRoutes,
  distributionRoutes,
  distributionSubscribers,
  distributionSweeps,
} from '../modules/distribution/index.ts';
import type { Identity } from '../modules/identity/index.ts';
import type { Media } from '../modules/media/index.ts';
import type { Members } from '../modules/members/index.ts';
import type { Orders } from '../modules/orders/index.ts';
import { type Payouts, payoutLimit } from '../modules/payouts/index.ts';
import type { Stores } from '../modules/stores/index.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Outside } from './outside.ts';

export interface DistributionParts {
  infrastructure: Infrastructure;
  outside: Outside;
  catalog: Pick<Catalog, 'sellableSkus' | 'goods' | 'cards' | 'categories'>;
  identity: Identity;
  media: Pick<Media, 'draw' | 'drawsChinese' | 'variant'>;
  members: Pick<Members, 'footprints' | 'favourites'>;
  stores: Pick<Stores, 'shops'>;
  orders: Pick<Orders, 'keptOf'>;
  afterSales: Pick<AfterSales, 'hasOpenCase' | 'windowDays'>;
  payouts: Pick<Payouts, 'request'>;
  toPicture: ToPicture;
}

const codeWidth = 430;
const demoProgram = {
  isOn: true,
  levels: 2,
  bindingRule: 'first_link',
  protectionDays: 30,
  ownPurchases: false,
  firstRate: 800,
  secondRate: 200,
  minimumWithdrawal: 1_000,
  reviewFrom: 50_000,
} as const;

export function composeDistribution(parts: DistributionParts) {
  const { infrastructure, outside, catalog, identity, media, members, stores, orders, afterSales, payouts } = parts;
  const { clock, database, messaging, sweeps, policies, cipher, log } = infrastructure;
  const shopNames: Parameters<typeof createDistribution>[0]['shopNames'] = async (db, shopIds) =>
    new Map([...(await stores.shops(db, shopIds))].map(([shopId, { name }]) => [shopId, name]));

  const distribution = createDistribution({
    clock,
    policies,
    cipher,
    toPicture: parts.toPicture,
    kinship: identity.kinship,
    faces: identity.buyers,
    openidOf: (db, buyerId) => identity.openidOf(db, buyerId, 'mini'),
    shopNames,
    orderOf: orders.keptOf,
    hasOpenCase: afterSales.hasOpenCase,
    windowDays: afterSales.windowDays,
    categoriesOf: async (db, skuIds) =>
      new Map([...(await catalog.sellableSkus(db, skuIds))].map(([skuId, sku]) => [skuId, sku.categoryIds])),
    cards: catalog.cards,
    goodsOf: catalog.goods,
    categoryNames: async () =>
      new Map((await catalog.categories.all()).map(({ categoryId, name }) => [categoryId, name])),
    viewedBy: async (db, buyerId, limit) =>
      (await members.footprints(db, buyerId, { limit })).items.map(({ product, viewedAt: at }) => ({ product, at })),
    favouritesOf: async (db, buyerId, limit) =>
      (await members.favourites(db, buyerId, { limit })).items.map(({ product, addedAt: at }) => ({ product, at })),
    sms: outside.sms,
    phoneOf: identity.phoneOf,
    outbox: messaging.outbox,
    payout: { request: payouts.request.bind(payouts), maximum: () => policies.get(payoutLimit) },
  });
  const posters = createPosters({
    clock,
    database,
    roster: distribution.roster,
    cards: catalog.cards,
    faces: identity.buyers,
    shopNames,
    pictureOf: (hash) => media.variant(hash, '750.jpg'),
    draw: media.draw,
    async drawsChinese() {
      const hasFont = await media.drawsChinese();
      if (!hasFont)
        log.error('no font with Chinese on this machine: install fonts-noto-cjk, posters are off until then');
      return hasFont;
    },
    async codeImage(scene, page) {
      // A page that is not published yet cannot be checked; in the sandbox all of ours are.
      const reply = await outside.pictures('/wxa/getwxacodeunlimit', { scene, page, width: codeWidth });
      if (reply.kind === 'ok') return reply.body;
      log.warn({ kind: reply.kind, reason: reply.message }, 'no mini program code');
      throw new Error(`WeChat drew no code: ${reply.message}`);
    },
  });
  distributionSubscribers(messaging.subscribers, distribution);
  for (const sweep of distributionSweeps(distribution, database.inTransaction)) sweeps.add(sweep);

  return {
    distribution,
    /** The demo's first shop distributes, on two levels; the others do not. */
    async seed(tx: Tx, [shopId]: readonly string[]): Promise<void> {
      if (shopId === undefined) return;
      const { withholdingNote } = distribution.program.terms(shopId, await distribution.program.noteOf(tx, shopId));
      await distribution.program.save(tx, shopId, { ...demoProgram, withholdingNote }, '小铺');
    },
    mount(app: RouteApp): void {
      distributionRoutes(app, { database, distribution, posters });
      distributionConsoleRoutes(app, { database, distribution, audit: identity.audit });
    },
  };
}
