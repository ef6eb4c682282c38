/** Wires hot pools and what sells from them: the engine, the flash sales, the feed of stock changes. */
import { lineFloor } from '@xiaopu/pricing';
import { minMarginRateOf, type OfferSource } from '../modules/checkout/index.ts';
import {
  createFlashDirectory,
  createFlashOffers,
  createFlashSales,
  createFlashTemplates,
  flashSaleConsoleRoutes,
  flashSaleRoutes,
  type SaleGoods,
} from '../modules/flash-sale/index.ts';
import {
  createDriftWatch,
  createMemoryAdmission,
  createPoolEngine,
  createRedisAdmission,
  createStockFeed,
  createStockWebhooks,
  type Inventory,
  stockFeedRoutes,
} from '../modules/inventory/index.ts';
import type { AuditTrail } from '../platform/audit.ts';
import { hourMs, minuteMs, secondMs } from '../platform/clock.ts';
import type { Executor } from '../platform/database/database.ts';
import type { RouteApp } from '../platform/http/app.ts';
import type { ToPicture } from '../platform/picture.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Outside } from './outside.ts';

interface HotStockNeeds {
  outside: Pick<Outside, 'stockWebhooks'>;
  infrastructure: Infrastructure;
  inventory: Inventory;
  findSkus: Parameters<typeof createFlashDirectory>[0]['findSkus'];
  tierOf(db: Executor, buyerId: string): Promise<string>;
  toPicture: ToPicture;
}

export type HotStock = ReturnType<typeof composeHotStock>;

export function composeHotStock({ infrastructure, outside, inventory, findSkus, tierOf, toPicture }: HotStockNeeds) {
  const { database, clock, log, messaging, sweeps, redis, cipher, config, policies } = infrastructure;
  const { outbox, subscribers } = messaging;
  const admission = redis ? createRedisAdmission(redis) : createMemoryAdmission();
  const feed = createStockFeed({ database, clock, log });
  // The sandbox's install is the merchant's own machine: its ERP may stand beside it.
  const webhooks = createStockWebhooks({
    ...{ database, clock, cipher, feed, allowsPrivate: !config.wechat },
    send: outside.stockWebhooks,
  });
  const engine = createPoolEngine({ database, admission, clock, log, onChange: feed.notePool });
  const directory = createFlashDirectory({ db: database.db, clock, findSkus, figures: engine.figures, toPicture });
  const marginRateOf = minMarginRateOf(policies);
  const floorOf = ({ shopId, cost, salePrice }: SaleGoods): number =>
    cost > 0 ? Math.min(lineFloor(cost, 1, marginRateOf(shopId)), salePrice) : 0;
  const sales = createFlashSales({ database, clock, outbox, directory, engine, inventory, findSkus, floorOf, tierOf });
  const templates = createFlashTemplates({ database, clock, policies, sales, findSkus });
  const offers: OfferSource = createFlashOffers({ directory, inventory });
  /** In memory one process owns a pool, and it must be one that shoppers reach. */
  let isServing = admission.isShared;

  subscribers.onAny('flash_sale.sale_changed', () => directory.forget());
  subscribers.onAny('inventory.pool_returned', (event) => {
    if (event.name !== 'inventory.pool_returned') return;
    const { poolId, requestId } = event.payload;
    engine.returned(poolId, [requestId]).catch(() => engine.doubt(poolId));
  });
  subscribers.onGap(() => directory.forget());
  subscribers.onAny('inventory.stock_changed', (event) => {
    if (event.name === 'inventory.stock_changed') feed.note(event.payload.skuId);
  });
  const tick = async () => (isServing ? engine.tick() : 0);
  sweeps.add({ name: 'inventory.pool_holds', everyMs: secondMs, run: tick });
  sweeps.add({ name: 'flash_sale.end', everyMs: secondMs, run: sales.sweep });
  sweeps.add({ name: 'flash_sale.templates', everyMs: minuteMs, run: templates.sweep });
  sweeps.add({
    name: 'inventory.pool_drift',
    everyMs: minuteMs,
    run: createDriftWatch({ database, engine, outbox, log }),
  });
  sweeps.add({ name: 'inventory.stock_webhooks', everyMs: secondMs, run: webhooks.sweep });
  // Noted changes are in memory: what a crash kept back is found by comparing the numbers.
  sweeps.add({ name: 'inventory.feed_catch_up', everyMs: hourMs, run: () => feed.catchUp() });
  sweeps.add({ name: 'inventory.feed_prune', isUpkeep: true, everyMs: hourMs, run: feed.prune });

  return {
    engine,
    offers,
    sales,
    templates,
    directory,
    routes(app: RouteApp, audit: AuditTrail): void {
      flashSaleRoutes(app, { sales, directory });
      stockFeedRoutes(app, { database, feed, webhooks, audit });
      flashSaleConsoleRoutes(app, { database, sales, templates, audit });
      let timer: NodeJS.Timeout | undefined;
      app.addHook('onReady', async () => {
        isServing = true;
        // An http role runs no sweeps, but owns the pools it sells from. Without any it asks the database nothing.
        timer = setInterval(() => {
          if (engine.owned() === 0) return;
          tick().catch((error: unknown) => log.error({ err: error }, 'hot pools: sweep failed'));
        }, secondMs);
        timer.unref();
      });
      app.addHook('onClose', async () => {
        clearInterval(timer);
        isServing = false;
        await feed.stop();
        await engine.stop().catch((error: unknown) => log.warn({ err: error }, 'hot pools: not left cleanly'));
      });
    },
  };
}
