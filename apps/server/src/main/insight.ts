/** Wires the pages that look at everything at once: dashboard, activity calendar. */

import type { RouteApp } from '#platform/http/app.ts';
import { activityRoutes, createActivityCalendar } from '../modules/analytics/index.ts';
import { bargainsWithin } from '../modules/bargain/index.ts';
import type { Catalog } from '../modules/catalog/index.ts';
import { minMarginRateOf } from '../modules/checkout/index.ts';
import { couponsWithin } from '../modules/coupons/index.ts';
import { flashSalesWithin } from '../modules/flash-sale/index.ts';
import { groupBuysWithin } from '../modules/group-buy/index.ts';
import type { Inventory } from '../modules/inventory/index.ts';
import { memberDaysWithin } from '../modules/member-day/index.ts';
import { presalesWithin } from '../modules/presale/index.ts';
import { reductionsWithin } from '../modules/promotions/index.ts';
import type { Infrastructure } from './infrastructure.ts';

export interface InsightNeeds {
  infrastructure: Pick<Infrastructure, 'clock' | 'database' | 'policies'>;
  app: RouteApp;
  catalog: Pick<Catalog, 'goods' | 'sellableSkus'>;
  inventory: Pick<Inventory, 'levels'>;
}

export function composeInsight({ infrastructure, app, catalog, inventory }: InsightNeeds): void {
  const { clock, database, policies } = infrastructure;
  const calendar = createActivityCalendar({
    clock,
    sources: [
      flashSalesWithin,
      groupBuysWithin,
      bargainsWithin,
      presalesWithin,
      memberDaysWithin,
      reductionsWithin,
      couponsWithin,
    ],
    goodsOfShop: (executor, shopId) => catalog.goods(executor, { shopId }),
    findSkus: catalog.sellableSkus,
    availableOf: async (executor, skuId) => (await inventory.levels(executor, [skuId])).get(skuId)?.available ?? 0,
    minMarginRateOf: minMarginRateOf(policies),
  });
  activityRoutes(app, { database, calendar });
}
