/** What people ask of a shop, drawn as they ask it. Each draw is made before the clock starts; only `run` is timed. */
import { pageOfShop, searchSkuIds } from '../../src/modules/catalog/catalog.console-list.repository.ts';
import { countAlerts, listLedger, listLevels } from '../../src/modules/inventory/inventory.repository.ts';
import {
  lockOrdersToReceive,
  paymentsToClose,
  paymentsWithHoldDue,
} from '../../src/modules/orders/orders.due.repository.ts';
import { ledgerPage } from '../../src/modules/payments/index.ts';
import { categoryIdOf, drawShop, now, placeOf, shopIdOf } from './catalogue.ts';
import type { Reader } from './reader.ts';
import { buyerIdOf, drawBuyer } from './trade.ts';
import { colours, materials, qualities, shelves } from './vocabulary.ts';

type Random = () => number;
type Run = () => Promise<unknown>;

export interface Scenario {
  name: string;
  /** File name of its plan. */
  key: string;
  /** One of the five the aim is set for. */
  isAim: boolean;
  draw(reader: Reader, random: Random): Run | Promise<Run>;
}

const pick = <T>(values: readonly T[], random: Random): T => values[Math.floor(random() * values.length)] as T;
const sorts = ['default', 'sales', 'newest', 'price_asc', 'price_desc'] as const;
const limit = 20;

/** A leaf nine times of ten, else a whole shelf, drawn as goods lie on them. */
function drawCategory(random: Random): string {
  const root = Math.floor(random() ** 1.5 * shelves.length);
  return random() < 0.1 ? categoryIdOf(root) : categoryIdOf(root, Math.floor(random() ** 1.3 * 12));
}
function drawWords(random: Random): string {
  const kind = pick(pick(shelves, random).kinds, random);
  const roll = random();
  if (roll < 0.45) return kind;
  if (roll < 0.65) return `${pick(materials, random)}${kind}`;
  if (roll < 0.85) return `${pick(qualities, random)} ${kind}`;
  return roll < 0.95 ? `${pick(colours, random)} ${kind}` : pick(qualities, random);
}
function drawSpu({ catalogue }: Reader, random: Random): number {
  const spus = catalogue.ofShop[drawShop(random())] ?? new Uint32Array();
  return spus[placeOf(random(), spus.length)] ?? 0;
}
const drawBuyerId = ({ buyers }: Reader, random: Random) => buyerIdOf(drawBuyer(random(), buyers));
/** The largest merchant: a fifth of all orders and goods. */
const merchant = shopIdOf(0);
const daysBack = (days: number) => new Date(now.getTime() - days * 86_400_000);
const calendarDay = (days: number) => daysBack(days).toISOString().slice(0, 10);

async function orderOf(reader: Reader, random: Random): Promise<{ buyerId: string; orderNo: string }> {
  for (;;) {
    const buyerId = drawBuyerId(reader, random);
    const { items } = await reader.orders.list(reader.db, buyerId, { limit });
    if (items.length > 0) return { buyerId, orderNo: pick(items, random).orderNo };
  }
}

export const scenarios: readonly Scenario[] = [
  {
    ...{ name: 'list of a category, any sort', key: 'list', isAim: true },
    draw({ catalog }, random) {
      const query = { categoryId: drawCategory(random), sort: pick(sorts, random), limit };
      return () => catalog.findPage(query);
    },
  },
  {
    ...{ name: 'its second page', key: 'list-next', isAim: true },
    async draw({ catalog }, random) {
      const query = { categoryId: drawCategory(random), sort: pick(sorts, random), limit };
      const { nextCursor } = await catalog.findPage(query);
      return () => catalog.findPage({ ...query, ...(nextCursor && { cursor: nextCursor }) });
    },
  },
  {
    ...{ name: 'list filtered by attribute and price', key: 'list-filtered', isAim: true },
    draw({ catalog }, random) {
      const attr = [`material:${pick(materials, random)}`, `material:${pick(materials, random)}`];
      const query = { categoryId: drawCategory(random), attr, priceMax: 30_000, sort: pick(sorts, random), limit };
      return () => catalog.findPage(query);
    },
  },
  {
    ...{ name: 'product detail', key: 'detail', isAim: true },
    draw(reader, random) {
      const spuId = reader.catalogue.spuIdOf(drawSpu(reader, random));
      // One of ten is not on sale any more or not yet: that is an answer too.
      return () => reader.catalog.detail(spuId).catch(() => undefined);
    },
  },
  {
    ...{ name: 'search', key: 'search', isAim: true },
    draw({ catalog }, random) {
      const query = { q: drawWords(random), limit };
      return () => catalog.findPage(query);
    },
  },
  {
    ...{ name: 'search within a shelf and a price', key: 'search-filtered', isAim: true },
    draw({ catalog }, random) {
      const root = Math.floor(random() ** 1.5 * shelves.length);
      const q = pick((shelves[root] as (typeof shelves)[number]).kinds, random);
      const query = { q, categoryId: categoryIdOf(root), priceMin: 2_000, priceMax: 20_000, limit };
      return () => catalog.findPage(query);
    },
  },
  {
    ...{ name: 'my orders, any tab', key: 'my-orders', isAim: true },
    draw(reader, random) {
      const buyerId = drawBuyerId(reader, random);
      const tab = pick(['all', 'all', 'pending_payment', 'paid', 'shipped', 'to_review', 'refund'] as const, random);
      return () => reader.orders.list(reader.db, buyerId, { tab, limit: 10 });
    },
  },
  {
    ...{ name: 'my order', key: 'my-order', isAim: true },
    async draw(reader, random) {
      const { buyerId, orderNo } = await orderOf(reader, random);
      return () => reader.orders.get(reader.db, buyerId, orderNo);
    },
  },
  {
    ...{ name: "merchant's orders with count, any status or dates", key: 'merchant-orders', isAim: true },
    draw({ orders, db }, random) {
      const status = pick([undefined, 'pending_payment', 'paid', 'shipped', 'completed', 'refunded'] as const, random);
      const dates = random() < 0.3 ? { from: calendarDay(30), to: calendarDay(23) } : {};
      const query = { page: 1 + Math.floor(random() ** 2 * 5), pageSize: 20, ...(status && { status }), ...dates };
      return () => orders.listOfShop(db, merchant, query);
    },
  },
  {
    ...{ name: 'counts of my orders', key: 'my-order-counts', isAim: false },
    draw(reader, random) {
      const buyerId = drawBuyerId(reader, random);
      return () => reader.orders.counts(reader.db, buyerId);
    },
  },
  {
    ...{ name: "counts of a merchant's orders", key: 'merchant-counts', isAim: false },
    draw({ orders, db }) {
      return () => orders.countsOfShop(db, merchant);
    },
  },
  {
    ...{ name: "merchant's orders by title or number ending", key: 'merchant-search', isAim: false },
    draw({ orders, db }, random) {
      const q =
        random() < 0.5
          ? pick(pick(shelves, random).kinds, random)
          : String(Math.floor(random() * 1e6)).padStart(6, '0');
      return () => orders.listOfShop(db, merchant, { page: 1, pageSize: 20, q });
    },
  },
  {
    ...{ name: 'values to filter by, with counts', key: 'facets', isAim: false },
    draw({ catalog }, random) {
      const categoryId = drawCategory(random);
      return () => catalog.facets(`bench:${random()}`, { categoryId });
    },
  },
  {
    ...{ name: 'suggestions', key: 'suggestions', isAim: false },
    draw({ search }, random) {
      const typed = pick(pick(shelves, random).kinds, random).slice(0, 1 + Math.floor(random() * 2));
      return () => search.suggestionsReply(typed);
    },
  },
  {
    ...{ name: 'hot words', key: 'hot-words', isAim: false },
    draw({ search, db }) {
      return () => search.hotWords(db);
    },
  },
  {
    ...{ name: "merchant's first page: 14 days, hours, best sellers", key: 'dashboard', isAim: false },
    draw({ orders, rolled, db }) {
      return () =>
        Promise.all([rolled.hours(db, merchant), rolled.bestSellers(db, merchant), orders.todoOfShop(db, merchant)]);
    },
  },
  {
    ...{ name: 'stock list and alerts', key: 'stock', isAim: false },
    draw({ db }, random) {
      const state = pick([undefined, 'low', 'out'] as const, random);
      return () => Promise.all([listLevels(db, merchant, { state, offset: 0, limit: 20 }), countAlerts(db, merchant)]);
    },
  },
  {
    ...{ name: 'ledger of a SKU', key: 'stock-ledger', isAim: false },
    draw(reader, random) {
      const spu = drawSpu(reader, random);
      const skuId = reader.catalogue.skuIdOf(reader.catalogue.firstSku[spu] ?? 0);
      return () => listLedger(reader.db, shopIdOf(reader.catalogue.shop[spu] ?? 0), skuId, 0, 20);
    },
  },
  {
    ...{ name: "merchant's products, any sort", key: 'merchant-products', isAim: false },
    draw({ db }, random) {
      const query = { page: 1, pageSize: 20, sort: pick(['updated', 'sales', 'price', 'stock'] as const, random) };
      return () => pageOfShop(db, merchant, query);
    },
  },
  {
    ...{ name: "merchant's products by words or code", key: 'merchant-product-search', isAim: false },
    draw({ db, search, catalogue }, random) {
      const q = random() < 0.7 ? drawWords(random) : `P${Math.floor(random() * catalogue.spuCount)}`;
      const text = { typed: q, tsquery: search.allOf(q) };
      return () => pageOfShop(db, merchant, { text, page: 1, pageSize: 20 });
    },
  },
  {
    ...{ name: 'stock by words or code', key: 'stock-search', isAim: false },
    draw({ db, search, catalogue }, random) {
      const q = random() < 0.7 ? drawWords(random) : `S${Math.floor(random() * catalogue.skuCount)}`;
      return async () => {
        const skuIds = await searchSkuIds(db, merchant, { typed: q, tsquery: search.allOf(q) }, 500);
        await listLevels(db, merchant, { skuIds, offset: 0, limit: 20 });
      };
    },
  },
  {
    ...{ name: 'a page of the ledger to reconcile (2,000 lines)', key: 'reconciliation', isAim: false },
    draw({ db }, random) {
      const from = daysBack(1 + Math.floor(random() * 30));
      return () =>
        ledgerPage(db, {
          channel: 'wechat',
          book: 'paid',
          from,
          until: new Date(from.getTime() + 86_400_000),
          limit: 2_000,
        });
    },
  },
  {
    ...{ name: 'what is due: holds, closes, receipts', key: 'sweeps', isAim: false },
    draw({ db, database }) {
      return async () => {
        await paymentsWithHoldDue(db, now, 50);
        await paymentsToClose(db, now, 50);
        await database.inTransaction((tx) => lockOrdersToReceive(tx, now, 50));
      };
    },
  },
];
