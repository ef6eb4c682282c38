/** Wires hot pools and what sells from them: the engine, the flash sales, the feed of stock changes. */
import type { OfferSource } from '../modules/checkout/index.ts';
import {
  createFlashDirectory,
  createFlashOffers,
  createFlashSales,
  flashSaleConsoleRoutes,
  flashSaleRoutes,
} from '../modules/flash-sale/index.ts';
import {
  createDriftWatch,
  createMemoryAdmission,
  createPoolEngine,
  createRedisAdmission,
  type Inventory,
} from '../modules/inventory/index.ts';
import type { AuditTrail } from '../platform/audit.ts';
import { minuteMs, secondMs } from '../platform/clock.ts';
import type { RouteApp } from '../platform/http/app.ts';
import type { ToPicture } from '../platform/picture.ts';
import type { Infrastructure } from './infrastructure.ts';

interface HotStockNeeds {
  infrastructure: Infrastructure;
  inventory: Inventory;
  findSkus: Parameters<typeof createFlashDirectory>[0]['findSkus'];
  toPicture: ToPicture;
}

export type HotStock = ReturnType<typeof composeHotStock>;

export function composeHotStock({ infrastructure, inventory, findSkus, toPicture }: HotStockNeeds) {
  const { database, clock, log, messaging, sweeps, redis } = infrastructure;
  const { outbox, subscribers } = messaging;
  const admission = redis ? createRedisAdmission(redis) : createMemoryAdmission();
  const engine = createPoolEngine({ database, admission, clock, log });
  const directory = createFlashDirectory({ db: database.db, clock, findSkus, figures: engine.figures, toPicture });
  const sales = createFlashSales({ database, clock, outbox, directory, engine, inventory, findSkus });
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
  const tick = async () => (isServing ? engine.tick() : 0);
  sweeps.add({ name: 'inventory.pool_holds', everyMs: secondMs, run: tick });
  sweeps.add({ name: 'flash_sale.end', everyMs: secondMs, run: sales.sweep });
  sweeps.add({
    name: 'inventory.pool_drift',
    everyMs: minuteMs,
    run: createDriftWatch({ database, engine, outbox, log }),
  });

  return {
    engine,
    offers,
    routes(app: RouteApp, audit: AuditTrail): void {
      flashSaleRoutes(app, { sales, directory });
      flashSaleConsoleRoutes(app, { database, sales, audit });
      let timer: NodeJS.Timeout | undefined;
      app.addHook('onReady', async () => {
        isServing = true;
        // An http role runs no sweeps, but owns its pools.
        timer = setInterval(
          () => void tick().catch((error: unknown) => log.error({ err: error }, 'hot pools: sweep failed')),
          secondMs,
        );
        timer.unref();
      });
      app.addHook('onClose', async () => {
        clearInterval(timer);
        isServing = false;
        await engine.stop().catch((error: unknown) => log.warn({ err: error }, 'hot pools: not left cleanly'));
      });
    },
  };
}
