/** Wires reductions and coupons: what they need of the others, and what they offer to prices. */
import type { AuditTrail } from '#platform/audit.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Catalog } from '../modules/catalog/index.ts';
import type { FreightOf } from '../modules/checkout/index.ts';
import {
  byBuyer,
  createPriceBox,
  minMarginRateOf,
  type OfferRoutesDeps,
  type OfferSource,
  offerRoutes,
} from '../modules/checkout/index.ts';
import {
  couponsConsoleRoutes,
  couponsRoutes,
  couponsSubscribers,
  couponsSweeps,
  createCoupons,
} from '../modules/coupons/index.ts';
import type { Identity } from '../modules/identity/index.ts';
import { createPromotions, promotionsRoutes } from '../modules/promotions/index.ts';
import type { Stores } from '../modules/stores/index.ts';
import type { Infrastructure } from './infrastructure.ts';
import { seedOffers } from './offers-demo.ts';

export interface OffersNeeds {
  identity: Pick<Identity, 'kinship' | 'buyers'>;
  infrastructure: Pick<Infrastructure, 'clock' | 'database' | 'messaging' | 'sweeps' | 'policies'>;
  catalog: Pick<Catalog, 'goods' | 'sellableSkus'>;
  stores: Pick<Stores, 'shops' | 'physicalStores' | 'distancesTo'>;
  freightOf: FreightOf;
  activitiesOf: OfferRoutesDeps['activitiesOf'];
  /** All sources, these two among them once composed. */
  offerSources: OfferSource[];
}

export function composeOffers({
  infrastructure,
  identity,
  catalog,
  stores,
  freightOf,
  activitiesOf,
  offerSources,
}: OffersNeeds) {
  const { clock, database, messaging, sweeps, policies } = infrastructure;
  const { outbox, subscribers } = messaging;

  const promotions = createPromotions({
    clock,
    outbox,
    goodsOfShop: (db, shopId) => catalog.goods(db, { shopId }),
    minMarginRateOf: minMarginRateOf(policies),
  });
  const coupons = createCoupons({
    clock,
    outbox,
    policies,
    shopNames: async (db, shopIds) =>
      new Map([...(await stores.shops(db, shopIds))].map(([shopId, { name }]) => [shopId, name])),
    distancesTo: stores.distancesTo,
    storesOf: async (db, shopId) =>
      ((await stores.physicalStores(db, [shopId])).get(shopId) ?? []).map(({ storeId, name }) => ({ storeId, name })),
    kinship: identity.kinship,
    nicknames: identity.buyers,
    // Whoever knows layers says so as a source of offers.
    audiencesOf: async (db: Executor, buyerId) => {
      const layers: string[] = [];
      for (const source of offerSources) {
        const question = { buyerId, at: clock.now(), purpose: 'place', lines: [], choice: {} } as const;
        layers.push(...((await source.offers(db, question)).audiences ?? []));
      }
      return layers;
    },
  });
  offerSources.push(
    { name: 'promotions', offers: promotions.offers, take: promotions.take },
    { name: 'coupons', ...byBuyer(coupons.offers), take: coupons.take },
  );

  subscribers.onAny('promotions.rules_changed', () => promotions.forget());
  subscribers.onGap(() => promotions.forget());
  couponsSubscribers(subscribers, coupons);
  for (const sweep of couponsSweeps(database, coupons)) sweeps.add(sweep);

  const priceBox = createPriceBox({
    clock,
    policies,
    findSkus: catalog.sellableSkus,
    freightOf,
    offerSources,
    couponsAsOffers: coupons.asOffers,
  });
  return {
    promotions,
    coupons,
    seed: (tx: Tx, shopIds: readonly string[]) => seedOffers(tx, { coupons, promotions, clock }, shopIds),
    routes(app: RouteApp, { audit }: { audit: AuditTrail }): void {
      promotionsRoutes(app, { database, promotions, audit });
      couponsRoutes(app, { database, coupons });
      couponsConsoleRoutes(app, { database, coupons, audit });
      offerRoutes(app, {
        database,
        goodsOfProduct: (db, spuId) => catalog.goods(db, { spuId }, 1),
        reductionsOf: promotions.tagsOf,
        couponsOf: coupons.forProduct,
        activitiesOf,
        priceBox,
      });
    },
  };
}
