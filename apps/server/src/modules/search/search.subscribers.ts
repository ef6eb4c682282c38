import { secondMs } from '#platform/clock.ts';
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Sweeps } from '#platform/messaging/sweeps.ts';
import type { Search } from './search.service.ts';

export function searchSubscribers(subscribers: Subscribers, sweeps: Sweeps, search: Search): void {
  subscribers.on('identity.guest_merged', 'search.merge-history', (tx, { payload }) =>
    search.mergeHistory(tx, payload.guestId, payload.buyerId),
  );
  for (const name of ['catalog.product_changed', 'catalog.product_published', 'catalog.product_unpublished'] as const) {
    subscribers.onAny(name, () => search.markStale());
  }
  sweeps.add({ name: 'search.write-notes', everyMs: secondMs, run: () => search.flushNotes() });
  sweeps.add({
    name: 'search.refresh-statistics',
    isUpkeep: true,
    everyMs: 30 * secondMs,
    run: () => search.refreshIfStale(),
  });
}
