/** Wires picking up in a store: what checkout and orders ask ahead of it, and the clerk's desk behind it. */
import { minuteMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { ToPicture } from '#platform/picture.ts';
import type { CartService } from '../modules/cart/index.ts';
import type { Catalog } from '../modules/catalog/index.ts';
import type { CheckoutDeps } from '../modules/checkout/index.ts';
import type { Fulfilment } from '../modules/fulfilment/index.ts';
import type { Identity } from '../modules/identity/index.ts';
import type { Inventory } from '../modules/inventory/index.ts';
import type { Orders } from '../modules/orders/index.ts';
import {
  createPickupDesk,
  createPickupPoints,
  pickupConsoleRoutes,
  pickupRoutes,
  pickupSubscribers,
} from '../modules/pickup/index.ts';
import { nearestFirst, type Stores } from '../modules/stores/index.ts';
import type { Infrastructure } from './infrastructure.ts';

interface PickupNeeds {
  infrastructure: Pick<Infrastructure, 'clock' | 'policies' | 'cipher' | 'database' | 'messaging' | 'sweeps'>;
  stores: Pick<Stores, 'physicalStores' | 'clerks' | 'shops'>;
  inventory: Pick<Inventory, 'shelfLevels' | 'listShelf' | 'adjustShelf'>;
  catalog: Pick<Catalog, 'sellableSkus' | 'goods' | 'skuLabels' | 'searchSkus' | 'skusOfBarcode'>;
  selectedCartLines: CartService['selectedLines'];
  toPicture: ToPicture;
}

/** Ahead of orders: they book with it. */
export function composePickups(needs: PickupNeeds) {
  const { infrastructure, stores, inventory, catalog, selectedCartLines, toPicture } = needs;
  const { clock, policies, cipher, database, messaging, sweeps } = infrastructure;
  const points = createPickupPoints({
    ...{ clock, policies, fieldCipher: cipher, nearestFirst },
    storesOf: stores.physicalStores,
    allStores: async (db) => stores.physicalStores(db, [...(await stores.shops(db)).keys()]),
    skusByBarcode: async (db, shopId, barcode) => {
      const skus = await catalog.sellableSkus(db, await catalog.skusOfBarcode(db, shopId, barcode));
      return [...skus.values()]
        .filter(({ onSale }) => onSale)
        .map(({ skuId, spuId, title, specText, picture, salePrice }) => ({
          ...{ skuId, spuId, shopId, title, specText, salePrice },
          picture: toPicture(picture),
        }));
    },
    shelfLevels: inventory.shelfLevels,
    wantedLines: async (db, buyerId, source) =>
      source.kind === 'lines' ? { wanted: source.lines } : { wanted: await selectedCartLines(db, buyerId) },
    findSkus: catalog.sellableSkus,
    skusOfProduct: async (db, spuId) => {
      const goods = await catalog.goods(db, { spuId });
      const skus = await catalog.sellableSkus(
        db,
        goods.map(({ skuId }) => skuId),
      );
      return goods.map(({ skuId, shopId }) => ({ skuId, shopId, specText: skus.get(skuId)?.specText ?? '' }));
    },
  });
  pickupSubscribers(messaging.subscribers, points);
  sweeps.add({ ...points.sweep, run: () => points.sweep.run(database.inTransaction) });
  const forCheckout: CheckoutDeps['pickups'] = points;

  return {
    points: { ...points, ...forCheckout },
    /** The demo's clerk serves the first store of each shop. */
    async seed(tx: Tx, shopIds: readonly string[], addClerk: Identity['demoClerk']): Promise<void> {
      const known = await stores.physicalStores(tx, shopIds);
      if (known.size === 0) return;
      const clerkId = await addClerk(tx, [...known.keys()]);
      for (const [shopId, [first]] of known)
        if (first) await stores.clerks.set(tx, { shopId, storeId: first.storeId }, [clerkId]);
    },
    /** Behind orders: it moves them. */
    mountDesk(
      app: RouteApp,
      behind: {
        orders: Orders;
        fulfilment: Fulfilment;
        identity: Pick<Identity, 'audit' | 'staffNames'>;
      },
    ): void {
      const { orders, fulfilment, identity } = behind;
      const desk = createPickupDesk({
        ...{ clock, policies, fieldCipher: cipher, orders, fulfilment, toPicture },
        storesOf: stores.physicalStores,
        clerks: stores.clerks,
        staffOf: (db: Executor, shopId: string) => identity.staffNames(db, shopId),
      });
      sweeps.add({
        name: 'pickup.close_carried',
        everyMs: minuteMs,
        run: () => desk.closeCarried(database.db, database.inTransaction),
      });
      pickupRoutes(app, { database, points });
      const { skuLabels, searchSkus } = catalog;
      pickupConsoleRoutes(app, { database, desk, inventory, skuLabels, searchSkus, audit: identity.audit });
    },
  };
}
