/** The shop's own reading code on one of the databases, without caches, and what it sent. */
import type pg from 'pg';
import { createRolledFigures } from '../../src/modules/analytics/index.ts';
import { createCatalog } from '../../src/modules/catalog/index.ts';
import * as parcels from '../../src/modules/fulfilment/fulfilment.repository.ts';
import { createInventory } from '../../src/modules/inventory/index.ts';
import { createOrders, type OrdersDeps } from '../../src/modules/orders/index.ts';
import { createPayments } from '../../src/modules/payments/index.ts';
import { createSearch } from '../../src/modules/search/index.ts';
import { createReplyCache } from '../../src/platform/cache.ts';
import { createFixedClock } from '../../src/platform/clock.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import { createFieldCipher } from '../../src/platform/field-cipher.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createMessaging } from '../../src/platform/messaging/outbox.ts';
import type { ToPicture } from '../../src/platform/picture.ts';
import { createPolicies } from '../../src/platform/policy.ts';
import { type Catalogue, now, planCatalogue, shopIdOf, shopNameOf } from './catalogue.ts';
import type { Size } from './fill.ts';
import { benchKeys, buyerCountOf } from './trade.ts';

export interface Statement {
  text: string;
  values: readonly unknown[];
}

export type Reader = Awaited<ReturnType<typeof openReader>>;

const toPicture: ToPicture = ({ mediaId, hash, width, height, alt }) => ({
  ...{ mediaId, width, height, alt, url: `/media/${hash}/750.jpg` },
  webp: { w320: `/media/${hash}/320.webp`, w750: `/media/${hash}/750.webp`, w1080: `/media/${hash}/1080.webp` },
});

/** Modules that a reader never asks for writing: an unused port would only say that it is missing. */
const unused = (name: string) => (): never => {
  throw new Error(`${name} is not for reading`);
};

/** @param cacheTtlMs replies are kept so long; measuring statements wants none kept */
export async function openReader(connection: pg.PoolConfig, size: Size, cacheTtlMs = 1) {
  let sent: Statement[] | undefined;
  const database = openDatabase({
    connection,
    maxConnections: 4,
    onStatement: (text, values) => sent?.push({ text, values }),
  });
  const { db } = database;
  const clock = createFixedClock(now.toISOString());
  const { outbox } = createMessaging({ database, clock, log: createLogger('warn') });
  const policies = createPolicies({ database, clock });
  const cache = createReplyCache({ ttlMs: cacheTtlMs });
  const inventory = createInventory({ outbox, clock });
  const search = createSearch({ database, clock, cache, policies });
  const names = new Map(Array.from({ length: 50 }, (_, shop) => [shopIdOf(shop), shopNameOf(shop)]));
  const catalog = createCatalog({
    ...{ database, clock, outbox, cache, policies, toPicture, stock: inventory, text: search },
    shops: {
      names: async () => names,
      card: async (_db, shopId) => ({
        ...{ shopId, name: names.get(shopId) ?? '', logo: null, brandColor: '#3a6b5a', slogan: '' },
        ...{ productCount: 0, stores: [] },
      }),
    },
    reviewHead: unused('reviewHead'),
  });
  search.bind(catalog);
  await search.refresh();
  const orders = createOrders({
    ...{ clock, outbox, policies, inventory, toPicture, fieldCipher: createFieldCipher(benchKeys) },
    ...{ payments: createPayments({ outbox, clock }), offerSources: [] },
    wantedLines: unused('wantedLines'),
    removeFromCart: unused('removeFromCart'),
    findSkus: unused('findSkus'),
    findAddress: unused('findAddress'),
    markAddressesUsed: unused('markAddressesUsed'),
    freightOf: unused('freightOf'),
    bookings: { book: unused('book'), codeOf: unused('codeOf') },
    pickups: {
      ...{ book: unused('book'), release: unused('release'), retake: unused('retake') },
      ...{ expiryOf: unused('expiryOf'), codeOf: unused('codeOf') },
    },
    recordSales: unused('recordSales'),
    async buyerNames(executor, buyerIds) {
      if (buyerIds.length === 0) return new Map();
      const rows = await executor
        .selectFrom('identity.buyer')
        .select(['buyerId', 'nickname'])
        .where('buyerId', 'in', buyerIds)
        .execute();
      return new Map(rows.map(({ buyerId, nickname }) => [buyerId, { nickname, maskedPhone: null }]));
    },
    async parcelsOf(executor, buyerId, orderNo) {
      const rows = await parcels.parcelsOfOrder(executor, buyerId, orderNo);
      return rows.map(({ uploadState: state, uploadAttempts: attempts, uploadError, uploadedAt, ...parcel }) => ({
        ...parcel,
        upload: { state, attempts, lastError: uploadError, uploadedAt },
      }));
    },
    async uploadStates(executor, shopId, orderNos) {
      const rows = await parcels.worstUploadStates(executor, shopId, orderNos);
      return new Map(rows.map(({ orderNo, state }) => [orderNo, state]));
    },
    failedUploads: async () => [],
  } satisfies OrdersDeps);
  const rolled = createRolledFigures({ clock, orders });
  const catalogue: Catalogue = planCatalogue(size.skus);
  return {
    ...{ database, db, clock, catalog, search, orders, rolled, catalogue, size, buyers: buyerCountOf(size.orders) },
    /** What `work` sent. */
    async statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
      sent = [];
      await work();
      const statements = sent;
      sent = undefined;
      return statements;
    },
    /** What the sweep does by the minute. @returns in how many shops */
    rollUp: () => rolled.rollAll(database, [...names.keys()]),
    close: () => database.close(),
  };
}
