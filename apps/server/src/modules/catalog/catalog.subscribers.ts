import { hourMs, secondMs } from '#platform/clock.ts';
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Sweeps } from '#platform/messaging/sweeps.ts';
import type { CatalogImport } from './catalog.import.service.ts';
import type { Catalog } from './catalog.service.ts';

export function catalogSubscribers(subscribers: Subscribers, catalog: Catalog): void {
  subscribers.onBatch('inventory.stock_changed', 'catalog.follow-stock', (tx, events) =>
    catalog.followStock(
      tx,
      events.map(({ payload }) => payload.spuId),
    ),
  );
  subscribers.on('reviews.review_shown', 'catalog.follow-reviews', (tx, { payload }) =>
    catalog.followReviews(tx, payload.spuId),
  );

  // Every sale changes the detail page; lists only show whether there is any, and hear of that as product_changed.
  subscribers.onAny('inventory.stock_changed', ({ payload }) =>
    catalog.forgetProduct((payload as { spuId: string }).spuId),
  );
  subscribers.onAny('catalog.decoration_changed', () => catalog.forgetCategories());
  for (const name of ['catalog.product_changed', 'catalog.product_published', 'catalog.product_unpublished'] as const) {
    subscribers.onAny(name, ({ payload }) => catalog.forgetLists((payload as { spuId: string }).spuId));
  }
}

export function catalogSweeps(
  sweeps: Sweeps,
  { imports, catalog }: { imports: CatalogImport; catalog: Catalog },
): void {
  sweeps.add({ name: 'catalog.import-products', everyMs: 2 * secondMs, run: () => imports.run() });
  sweeps.add({ name: 'catalog.rank-products', isUpkeep: true, everyMs: hourMs, run: () => catalog.rankProducts() });
}
