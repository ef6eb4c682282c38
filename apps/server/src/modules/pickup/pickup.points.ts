/** Before the order: which stores hand out, what they have, which windows are free, and the place that is taken. */
import { randomBytes } from 'node:crypto';
import type {
  ChosenPickup,
  PickupChoice,
  PickupCode,
  PickupOffers,
  PickupOffersInput,
  PickupWindow,
  ScannedSku,
  ScanStores,
  StoreCard,
  StoreStock,
} from '@xiaopu/contracts';
import { LRUCache } from 'lru-cache';
import { type Clock, dayMs, hourMs, minuteMs, secondMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import type { Policies } from '#platform/policy.ts';
import { qrRows } from '#platform/qr.ts';
import { codeOfNumber, codeText, expiryOf, spacedCode, type Window, windowsOf, windowText } from './pickup.domain.ts';
import { barcodeUnknown, storeUnknown, windowFull, windowGone } from './pickup.errors.ts';
import { shownAt } from './pickup.exit-code.ts';
import {
  daysAhead,
  exitCodeSeconds,
  keepDays,
  prepareMinutes,
  windowCapacity,
  windowMinutes,
} from './pickup.policies.ts';
import * as repository from './pickup.repository.ts';

interface Position {
  lat: number;
  lng: number;
}

export interface PickupPointsDeps {
  clock: Clock;
  policies: Policies;
  fieldCipher: FieldCipher;
  /** By shop. One statement. */
  storesOf(db: Executor, shopIds: readonly string[]): Promise<Map<string, StoreCard[]>>;
  nearestFirst(
    stores: readonly StoreCard[],
    from: Position | undefined,
  ): { store: StoreCard; distance: number | null }[];
  shelfLevels(
    db: Executor,
    skuIds: readonly string[],
    storeIds: readonly string[],
  ): Promise<Map<string, Map<string, { available: number }>>>;
  wantedLines(
    db: Executor,
    buyerId: string,
    source: PickupOffersInput['source'],
  ): Promise<{ wanted: { skuId: string; quantity: number }[] }>;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, { shopId: string; title: string; specText: string }>>;
  /** Every shop's stores. One statement. */
  allStores(db: Executor): Promise<Map<string, StoreCard[]>>;
  /** SKUs on sale with this barcode. */
  skusByBarcode(db: Executor, shopId: string, barcode: string): Promise<Omit<ScannedSku, 'available'>[]>;
  /** SKUs of a product on sale, with their shop. */
  skusOfProduct(db: Executor, spuId: string): Promise<{ skuId: string; shopId: string; specText: string }[]>;
}

interface PickupPlace {
  until: string;
  now?: boolean;
}

export const codePurpose = 'pickup.code';
export const exitPurpose = 'pickup.exit';
export type PickupPoints = ReturnType<typeof createPickupPoints>;

export function createPickupPoints(deps: PickupPointsDeps) {
  const { clock, policies, fieldCipher, storesOf, nearestFirst, shelfLevels } = deps;

  /** A new store shows within a minute. */
  const known = new LRUCache<string, StoreCard[]>({ max: 10_000, ttl: minuteMs });
  async function storesIn(db: Executor, shopIds: readonly string[]): Promise<Map<string, StoreCard[]>> {
    const missing = shopIds.filter((shopId) => !known.has(shopId));
    if (missing.length > 0) {
      const found = await storesOf(db, missing);
      for (const shopId of missing) known.set(shopId, found.get(shopId) ?? []);
    }
    return new Map(shopIds.map((shopId) => [shopId, known.get(shopId) ?? []]));
  }

  const windowsIn = (shopId: string, { hours }: StoreCard): Window[] =>
    windowsOf(hours, clock.now(), {
      prepareMinutes: policies.get(prepareMinutes, shopId),
      windowMinutes: policies.get(windowMinutes, shopId),
      daysAhead: policies.get(daysAhead, shopId),
    });

  const toWindow = (window: Window, booked: number, capacity: number): PickupWindow => ({
    from: window.from.toISOString(),
    until: window.until.toISOString(),
    text: windowText(window, clock.now()),
    isFull: booked >= capacity,
  });

  /** Whoever scans is in the store now. */
  const visit = (): Window => ({ from: clock.now(), until: new Date(clock.now().getTime() + hourMs) });

  /** Half a position is none. */
  const positionOf = ({ lat, lng }: { lat?: number; lng?: number }): Position | undefined =>
    lat === undefined || lng === undefined ? undefined : { lat, lng };

  return {
    async offeredBy(db: Executor, shopIds: readonly string[]): Promise<Set<string>> {
      return new Set([...(await storesIn(db, shopIds))].flatMap(([shopId, stores]) => (stores.length ? [shopId] : [])));
    },

    stockOf: shelfLevels,

    /** One statement. */
    async scanStores(db: Executor, at: { lat?: number; lng?: number }): Promise<ScanStores> {
      const shopOf = new Map<string, string>();
      const stores = [...(await deps.allStores(db))].flatMap(([shopId, own]) => {
        for (const { storeId } of own) shopOf.set(storeId, shopId);
        return own;
      });
      return {
        items: nearestFirst(stores, positionOf(at)).map(({ store, distance }) => ({
          shopId: shopOf.get(store.storeId) ?? '',
          store,
          distance,
        })),
      };
    },

    /** What a barcode on this store's shelf stands for. Three statements. */
    async scan(db: Executor, storeId: string, barcode: string): Promise<ScannedSku> {
      const [found] = [...(await deps.allStores(db))].filter(([, own]) =>
        own.some((store) => store.storeId === storeId),
      );
      if (!found) throw storeUnknown();
      const skus = await deps.skusByBarcode(db, found[0], barcode);
      const levels = await shelfLevels(
        db,
        skus.map(({ skuId }) => skuId),
        [storeId],
      );
      const sku = skus.find(({ skuId }) => levels.get(storeId)?.has(skuId));
      if (!sku) throw barcodeUnknown();
      return { ...sku, available: levels.get(storeId)?.get(sku.skuId)?.available ?? 0 };
    },

    async chosen(db: Executor, choices: readonly PickupChoice[]): Promise<Map<string, ChosenPickup>> {
      const stores = await storesIn(
        db,
        choices.map(({ shopId }) => shopId),
      );
      const found = choices.flatMap((choice) => {
        const store = stores.get(choice.shopId)?.find(({ storeId }) => storeId === choice.storeId);
        return store ? [{ choice, store }] : [];
      });
      const taken = found.some(({ choice }) => choice.from)
        ? await repository.placesTaken(
            db,
            found.map(({ store }) => store.storeId),
            clock.now(),
          )
        : undefined;
      return new Map(
        found.map(({ choice: { shopId, from, now }, store }) => {
          const at = from === undefined ? undefined : new Date(from).getTime();
          if (now) {
            const { from: since, until } = visit();
            return [shopId, { store, window: { ...toWindow({ from: since, until }, 0, 1), text: '现在带走' } }];
          }
          const window = windowsIn(shopId, store).find((one) => one.from.getTime() === at);
          const booked = window ? (taken?.get(store.storeId)?.get(window.from.getTime()) ?? 0) : 0;
          const capacity = policies.get(windowCapacity, shopId);
          return [shopId, { store, window: window ? toWindow(window, booked, capacity) : null }];
        }),
      );
    },

    /** Every store of the shop, nearest first; those that have all of it before those that have not. At most four statements. */
    async offers(db: Executor, buyerId: string, { source, shopId, ...at }: PickupOffersInput): Promise<PickupOffers> {
      const { wanted } = await deps.wantedLines(db, buyerId, source);
      const skus = await deps.findSkus(
        db,
        wanted.map(({ skuId }) => skuId),
      );
      const own = wanted.filter(({ skuId }) => skus.get(skuId)?.shopId === shopId);
      const stores = (await storesIn(db, [shopId])).get(shopId) ?? [];
      const storeIds = stores.map(({ storeId }) => storeId);
      const [levels, taken] = await Promise.all([
        shelfLevels(
          db,
          own.map(({ skuId }) => skuId),
          storeIds,
        ),
        repository.placesTaken(db, storeIds, clock.now()),
      ]);
      const capacity = policies.get(windowCapacity, shopId);
      const items = nearestFirst(stores, positionOf(at)).map(({ store, distance }) => {
        const lines = own.map(({ skuId, quantity }) => {
          const { title = '', specText = '' } = skus.get(skuId) ?? {};
          return {
            skuId,
            title: specText ? `${title} ${specText}` : title,
            wanted: quantity,
            available: levels.get(store.storeId)?.get(skuId)?.available ?? 0,
          };
        });
        const windows = windowsIn(shopId, store).map((window) =>
          toWindow(window, taken.get(store.storeId)?.get(window.from.getTime()) ?? 0, capacity),
        );
        return { store, distance, isComplete: lines.every((line) => line.available >= line.wanted), lines, windows };
      });
      return { items: items.sort((left, right) => Number(right.isComplete) - Number(left.isComplete)) };
    },

    /** 门店库存 of a product. At most three statements. */
    async storeStock(db: Executor, spuId: string, at: { lat?: number; lng?: number }): Promise<StoreStock> {
      const skus = await deps.skusOfProduct(db, spuId);
      const shopId = skus[0]?.shopId;
      if (shopId === undefined) return { items: [] };
      const stores = (await storesIn(db, [shopId])).get(shopId) ?? [];
      const levels = await shelfLevels(
        db,
        skus.map(({ skuId }) => skuId),
        stores.map(({ storeId }) => storeId),
      );
      return {
        items: nearestFirst(stores, positionOf(at)).map(({ store, distance }) => ({
          store,
          distance,
          skus: skus.map(({ skuId, specText }) => ({
            skuId,
            specText,
            available: levels.get(store.storeId)?.get(skuId)?.available ?? 0,
          })),
        })),
      };
    },

    /** With the order: a place of each window and a code, two statements an order. Windows are taken in one order by everybody. */
    async book(
      tx: Tx,
      buyerId: string,
      orders: readonly { orderNo: string; choice: PickupChoice }[],
    ): Promise<Map<string, { terms: StoreCard & { from: string; until: string; now?: boolean }; expiresAt: Date }>> {
      const booked = new Map();
      if (orders.length === 0) return booked;
      const stores = await storesIn(
        tx,
        orders.map(({ choice }) => choice.shopId),
      );
      const sorted = orders.toSorted((one, other) => (one.choice.storeId < other.choice.storeId ? -1 : 1));
      for (const { orderNo, choice } of sorted) {
        const { shopId, storeId } = choice;
        const store = stores.get(shopId)?.find((candidate) => candidate.storeId === storeId);
        if (!store) throw storeUnknown();
        const at = new Date(choice.from ?? 0).getTime();
        const window = choice.now ? visit() : windowsIn(shopId, store).find(({ from }) => from.getTime() === at);
        if (!window) throw windowGone();
        const { from: startsAt, until } = window;
        // Who is in the store already takes nobody's place.
        if (
          !choice.now &&
          !(await repository.takePlace(tx, { storeId, startsAt, shopId }, policies.get(windowCapacity, shopId)))
        )
          throw windowFull();
        const digits = codeOfNumber(randomBytes(8).readBigUInt64BE());
        await repository.insertBooking(tx, {
          ...{ buyerId, orderNo, shopId, storeId, startsAt, carried: choice.now === true },
          code: fieldCipher.encrypt(digits),
          codeIndex: fieldCipher.blindIndex(codePurpose, digits),
        });
        booked.set(shopId, {
          terms: {
            ...store,
            from: startsAt.toISOString(),
            until: until.toISOString(),
            ...(choice.now && { now: true }),
          },
          expiresAt: expiryOf(until, startsAt, policies.get(keepDays, shopId)),
        });
      }
      return booked;
    },

    expiryOf: (shopId: string, { until }: { until: string }, readyAt: Date): Date =>
      expiryOf(new Date(until), readyAt, policies.get(keepDays, shopId)),

    async codeOf(db: Executor, buyerId: string, orderNo: string): Promise<PickupCode | null> {
      const booking = await repository.findBooking(db, buyerId, orderNo);
      if (!booking) return null;
      const kept = fieldCipher.decrypt(booking.code);
      if (!booking.carried) return { digits: spacedCode(kept), rows: qrRows(codeText(kept)), refreshAt: null };
      const stepMs = policies.get(exitCodeSeconds) * secondMs;
      const step = Math.floor(clock.now().getTime() / stepMs);
      const digits = shownAt((text) => fieldCipher.blindIndex(exitPurpose, text), kept, step);
      const refreshAt = new Date((step + 1) * stepMs).toISOString();
      return { digits: spacedCode(digits), rows: qrRows(codeText(digits)), refreshAt };
    },

    /** The order will not be picked up: its place is free again, once. */
    release: (tx: Tx, buyerId: string, orderNo: string): Promise<void> => repository.release(tx, buyerId, orderNo),

    /** Money came for an order that was cancelled. @returns false when its window is full or over */
    async retake(
      tx: Tx,
      { buyerId, orderNo, shopId, terms }: { buyerId: string; orderNo: string; shopId: string; terms: PickupPlace },
    ): Promise<boolean> {
      const booking = await repository.findBooking(tx, buyerId, orderNo);
      if (booking?.state !== 'released') return true;
      // Who took it along needs no place, and has the goods.
      if (!terms.now) {
        const { storeId, startsAt } = booking;
        const capacity = policies.get(windowCapacity, shopId);
        if (clock.now() >= new Date(terms.until)) return false;
        if (!(await repository.takePlace(tx, { storeId, startsAt, shopId }, capacity))) return false;
      }
      await repository.rebook(tx, buyerId, orderNo);
      return true;
    },

    sweep: {
      name: 'pickup.prune_windows',
      everyMs: hourMs,
      run: (inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>) =>
        inTransaction((tx) => repository.pruneSlots(tx, new Date(clock.now().getTime() - 30 * dayMs))),
    },
  };
}
