/** Wires group purchases, bargains, presales and member days, and their part of the demo. */
import type { ActivityZone, FlashSaleList, GroupOffer } from '@xiaopu/contracts';
import type { AuditTrail } from '#platform/audit.ts';
import type { ReplyCache } from '#platform/cache.ts';
import { minuteMs, secondMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { ToPicture } from '#platform/picture.ts';
import {
  bargainConsoleRoutes,
  bargainRoutes,
  bargainSubscribers,
  createBargainDirectory,
  createBargainOffers,
  createBargains,
} from '../modules/bargain/index.ts';
import type { Catalog } from '../modules/catalog/index.ts';
import { minMarginRateOf, type OfferSource } from '../modules/checkout/index.ts';
import {
  createDailyGroups,
  createGroupActivities,
  createGroupBuys,
  createGroupDirectory,
  createGroupOffers,
  createGroupReading,
  dailyGroupRoutes,
  groupBuyConsoleRoutes,
  groupBuyRoutes,
  groupBuySubscribers,
} from '../modules/group-buy/index.ts';
import type { Identity } from '../modules/identity/index.ts';
import type { Inventory } from '../modules/inventory/index.ts';
import { createMemberDays, memberDayRoutes } from '../modules/member-day/index.ts';
import type { Orders } from '../modules/orders/index.ts';
import {
  createPresaleDirectory,
  createPresaleOffers,
  createPresales,
  presaleRoutes,
  presaleSubscribers,
} from '../modules/presale/index.ts';
import type { Stores } from '../modules/stores/index.ts';
import { seedActivities } from './activities-demo.ts';
import type { HotStock } from './hot-stock.ts';
import type { Infrastructure } from './infrastructure.ts';

export interface ActivitiesNeeds {
  infrastructure: Pick<Infrastructure, 'clock' | 'database' | 'messaging' | 'policies' | 'sweeps'>;
  catalog: Pick<Catalog, 'goods' | 'sellableSkus'>;
  inventory: Pick<Inventory, 'levels' | 'openPool' | 'closePool' | 'poolFree'>;
  stores: Pick<Stores, 'shops'>;
  identity: Pick<Identity, 'buyers'>;
  orders: Pick<Orders, 'isHeld' | 'releaseShipping' | 'refundByShop' | 'refundHeld' | 'refundDifference'>;
  hotStock: Pick<HotStock, 'sales' | 'directory'>;
  tierOf(db: Executor, buyerId: string): Promise<string>;
  toPicture: ToPicture;
  cache: Pick<ReplyCache, 'invalidate'>;
}

/** A screen's worth: the rest is one tap away. */
const shownSales = 3;
const shownBargains = 2;
const shownGroups = 2;

export function composeActivities(needs: ActivitiesNeeds) {
  const { infrastructure, cache, catalog, inventory, stores, identity, orders, hotStock, tierOf, toPicture } = needs;
  const { clock, database, messaging, policies, sweeps } = infrastructure;
  const { outbox, subscribers } = messaging;
  const { db } = database;
  const findSkus = catalog.sellableSkus;
  const marginRateOf = minMarginRateOf(policies);

  const directory = createBargainDirectory({ db, clock, findSkus, toPicture });
  const bargains = createBargains({
    clock,
    outbox,
    policies,
    directory,
    findSkus,
    faces: identity.buyers,
    minMarginRateOf: marginRateOf,
    toPicture,
  });
  const memberDays = createMemberDays({
    db,
    clock,
    outbox,
    tierOf,
    shopNames: async (executor, shopIds) =>
      new Map([...(await stores.shops(executor, shopIds))].map(([shopId, { name }]) => [shopId, name])),
  });
  const groupDirectory = createGroupDirectory({ db, clock, findSkus, toPicture });
  const groups = createGroupBuys({ database, clock, outbox, policies, directory: groupDirectory, orders });
  const groupReading = createGroupReading({
    clock,
    directory: groupDirectory,
    findSkus,
    faces: identity.buyers,
    toPicture,
  });
  const groupActivities = createGroupActivities({
    clock,
    outbox,
    directory: groupDirectory,
    findSkus,
    faces: identity.buyers,
    minMarginRateOf: marginRateOf,
  });
  groupBuySubscribers(subscribers, { groups, directory: groupDirectory });
  sweeps.add({ name: 'group_buy.decide', everyMs: secondMs, run: groups.sweep });
  const dailies = createDailyGroups({ database, clock, activities: groupActivities });
  sweeps.add({ name: 'group_buy.make_daily', everyMs: minuteMs, run: dailies.sweep });
  const presaleDirectory = createPresaleDirectory({ db, clock, findSkus, poolFree: inventory.poolFree, toPicture });
  const presales = createPresales({
    ...{ database, clock, outbox, policies, inventory, findSkus, minMarginRateOf: marginRateOf },
    refundByShop: orders.refundByShop,
  });
  presaleSubscribers(subscribers, { presales, directory: presaleDirectory });
  for (const sweep of presales.sweeps) sweeps.add(sweep);
  bargainSubscribers(subscribers, { bargains, directory });
  subscribers.onAny('member_day.days_changed', () => memberDays.forget());
  subscribers.onGap(() => memberDays.forget());

  // Home shows what is on; what a sale has left is a moment old there and true on its own page.
  for (const name of [
    'flash_sale.sale_changed',
    'group_buy.activity_changed',
    'bargain.activity_changed',
    'member_day.days_changed',
    'presale.activity_changed',
  ] as const)
    subscribers.onAny(name, () => cache.invalidate(['home']));

  /** A few of each for home, or those of one product; undefined when there are none. */
  async function zone(goods?: { spuId: string; shopId: string }): Promise<ActivityZone | undefined> {
    const [list, groupList, bargainList, dayList, presaleList] = await Promise.all([
      hotStock.directory.list(),
      groupDirectory.list(),
      directory.list(),
      memberDays.list(),
      presaleDirectory.list(),
    ]);
    const { items } = JSON.parse(list.toString()) as FlashSaleList;
    const isWanted = ({ spuId }: { spuId: string }) => goods === undefined || goods.spuId === spuId;
    const order = { running: 0, upcoming: 1, sold_out: 2, ended: 3 };
    const sales = items.filter((sale) => sale.state !== 'ended' && isWanted(sale));
    sales.sort((left, right) => order[left.state] - order[right.state]);
    const bargainsOn = bargainList.items.filter((offer) => offer.state === 'running' && isWanted(offer));
    // Goods that are not sold alone stay closed to solo buyers when every place is taken: their page must know.
    const isShown = ({ state, allowsSolo }: GroupOffer) =>
      state === 'running' || (goods !== undefined && state === 'sold_out' && !allowsSolo);
    const groupsOn = groupList.items.filter((offer) => isShown(offer) && isWanted(offer));
    const days = dayList.items.filter(
      ({ shopId, spuIds }) =>
        goods === undefined || (shopId === goods.shopId && (spuIds.length === 0 || spuIds.includes(goods.spuId))),
    );
    const presalesOn = presaleList.items.filter((one) => one.state !== 'sold_out' && isWanted(one));
    if (sales.length + groupsOn.length + bargainsOn.length + days.length + presalesOn.length === 0) return undefined;
    return {
      sales: sales.slice(0, shownSales),
      groups: groupsOn.slice(0, shownGroups),
      bargains: bargainsOn.slice(0, shownBargains),
      days: days.slice(0, 1),
      presales: presalesOn.slice(0, shownBargains),
    };
  }

  const offerSources: OfferSource[] = [
    createGroupOffers({ directory: groupDirectory, policies }),
    createBargainOffers(directory),
    createPresaleOffers({ directory: presaleDirectory, policies }),
    { name: 'member-day', offers: memberDays.offers, prepare: memberDays.prepare },
  ];
  return {
    offerSources,
    zone,
    routes(app: RouteApp, audit: AuditTrail): void {
      bargainRoutes(app, { database, bargains, directory });
      bargainConsoleRoutes(app, { database, bargains, directory, audit });
      groupBuyRoutes(app, { database, reading: groupReading, directory: groupDirectory });
      groupBuyConsoleRoutes(app, { database, activities: groupActivities, directory: groupDirectory, audit });
      dailyGroupRoutes(app, { database, dailies, audit });
      memberDayRoutes(app, { database, memberDays, audit });
      presaleRoutes(app, { database, presales, directory: presaleDirectory, audit });
    },
    seed: (tx: Tx, shopIds: readonly string[]) =>
      seedActivities(
        tx,
        {
          goodsOfShop: (shopId) => catalog.goods(tx, { shopId }),
          findSkus,
          inventory,
          sales: hotStock.sales,
          groups: groupActivities,
          dailies,
          bargains,
          memberDays,
          presales,
          clock,
          marginRateOf,
        },
        shopIds,
      ),
  };
}
