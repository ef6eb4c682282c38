/** Wires the pages that look at everything at once: dashboard, activity calendar. */

import type { RouteApp } from '#platform/http/app.ts';
import { activityRoutes, createActivityCalendar, createActivityResults } from '../modules/analytics/index.ts';
import { bargainsWithin, traceOfBargains } from '../modules/bargain/index.ts';
import type { Catalog } from '../modules/catalog/index.ts';
import { minMarginRateOf } from '../modules/checkout/index.ts';
import { couponsWithin, traceOfCoupons } from '../modules/coupons/index.ts';
import { flashSalesWithin } from '../modules/flash-sale/index.ts';
import { groupBuysWithin, traceOfGroupBuys } from '../modules/group-buy/index.ts';
import type { Inventory } from '../modules/inventory/index.ts';
import { memberDaysWithin } from '../modules/member-day/index.ts';
import { figuresOfSources } from '../modules/orders/index.ts';
import { presalesWithin, traceOfPresales } from '../modules/presale/index.ts';
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
  const results = createActivityResults({
    clock,
    figuresOf: figuresOfSources,
    sources: {
      flash: { find: flashSalesWithin, hasPage: true },
      group: { find: groupBuysWithin, trace: traceOfGroupBuys, hasPage: true },
      bargain: { find: bargainsWithin, trace: traceOfBargains, hasPage: true },
      presale: { find: presalesWithin, trace: traceOfPresales, hasPage: true },
      memberDay: { find: memberDaysWithin, hasPage: false },
      reduction: { find: reductionsWithin, hasPage: false },
      coupon: { find: couponsWithin, trace: traceOfCoupons, hasPage: false },
    },
  });
  activityRoutes(app, { database, clock, calendar, results });
}
