/** Stock in the shop's words. Every change is a ledger row; levels are its running sum. Callers open the transaction. */
import type { EventPayloads } from '@xiaopu/contracts';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import {
  type AdjustReason,
  adjustReasonText,
  availableOf,
  findShortages,
  isLow,
  isScarce,
  type Level,
  type Movement,
  play,
  type StockLine,
} from './inventory.domain.ts';
import { outOfStock, reservationExists, reservationMissing, skuUnknown } from './inventory.errors.ts';
import { type Adjustment, adjusting, releasing, reserving, shipping } from './inventory.movements.ts';
import { createPoolStock } from './inventory.pools.ts';
import * as repository from './inventory.repository.ts';
import { createShelfStock } from './inventory.shelves.ts';

type Published = Parameters<Outbox['publishAll']>[1];

export interface StockFigures {
  onHand: number;
  reserved: number;
  available: number;
  safetyStock: number;
  /** Some left, at most the safety stock: what shoppers see as 紧缺 (C06-INV-10). */
  scarce: boolean;
}

export interface NewLevel {
  skuId: string;
  spuId: string;
  shopId: string;
  onHand: number;
  safetyStock: number;
}

export interface Reservation {
  reservationId: string;
  /** Each SKU once. */
  lines: readonly StockLine[];
}

/** What one of many buyers wants of general stock. */
export interface StockAsk {
  buyerId: string;
  until: Date;
  reservations: readonly Reservation[];
  /** Events that leave in the same insert. */
  alongside: Published;
}

export interface InventoryDeps {
  outbox: Outbox;
  clock: Clock;
}

export type Inventory = ReturnType<typeof createInventory>;

export function createInventory({ outbox, clock }: InventoryDeps) {
  const stockEvents = (before: ReadonlyMap<string, Level>, changed: readonly Level[]): Published =>
    changed.flatMap((level): Published => {
      const { skuId, spuId, shopId, sequence } = level;
      const available = availableOf(level);
      const payload: EventPayloads['inventory.stock_changed'] = { skuId, spuId, shopId, available, sequence };
      const remindsNow = level.isLow && !before.get(skuId)?.isLow;
      return [
        { name: 'inventory.stock_changed', payload },
        ...(remindsNow
          ? ([
              {
                name: 'inventory.stock_low',
                payload: { skuId, spuId, shopId, available, threshold: level.safetyStock },
              },
            ] satisfies Published)
          : []),
      ];
    });

  async function move(
    tx: Tx,
    levels: ReadonlyMap<string, Level>,
    movements: readonly Movement[],
    { hold, alongside = [] }: { hold?: repository.Hold; alongside?: Published } = {},
  ): Promise<void> {
    if (movements.length === 0 && !hold) return;
    const { steps, changed } = play(levels, movements);
    const written = await repository.storeSteps(tx, clock.now(), changed, steps, hold);
    if (hold && written < hold.lines.length) throw reservationExists();
    await outbox.publishAll(tx, [...stockEvents(levels, changed), ...alongside]);
  }

  async function reserveAll(
    tx: Tx,
    {
      buyerId,
      until,
      reservations,
      alongside,
      locked,
    }: {
      buyerId: string;
      until: Date;
      reservations: readonly Reservation[];
      alongside?: Published;
      /** Of all their SKUs, locked in this transaction, for reservations that did not exist before. */
      locked?: ReadonlyMap<string, Level> | undefined;
    },
  ): Promise<void> {
    const lines = reservations.flatMap(({ reservationId, lines: wanted }) =>
      wanted.map((line) => ({ ...line, reservationId })),
    );
    // Units of a pool are reserved already: the order takes them over, and general stock is not touched.
    const notPooled = await pools.bind(tx, buyerId, lines);
    const general = notPooled.filter(({ storeId }) => storeId === undefined);
    const levels =
      general.length === 0 || locked
        ? (locked ?? new Map<string, Level>())
        : await repository.lockLevels(
            tx,
            general.map(({ skuId }) => skuId),
          );
    const shortages = findShortages(general, levels);
    if (shortages.length > 0) throw outOfStock({ shortages });
    // After the levels: every caller locks in this order.
    await shelves.reserve(
      tx,
      notPooled.flatMap(({ storeId, ...line }) => (storeId === undefined ? [] : [{ ...line, storeId }])),
    );
    await move(tx, levels, reserving(general), {
      hold: {
        isNew: locked !== undefined,
        lines: lines.map((line) => ({
          ...line,
          ...(notPooled.includes(line) && { pool: undefined }),
          buyerId,
          until,
        })),
      },
      ...(alongside && { alongside }),
    });
  }

  async function reserveTogether(
    tx: Tx,
    locked: ReadonlyMap<string, Level>,
    asks: readonly StockAsk[],
  ): Promise<boolean[]> {
    const left = new Map([...locked].map(([skuId, level]) => [skuId, availableOf(level)]));
    const fits = asks.map(({ reservations }) => {
      const wanted = reservations.flatMap(({ lines }) => lines);
      // Judged line by line, as alone; then taken off for those behind it.
      if (!wanted.every(({ skuId, quantity }) => (left.get(skuId) ?? 0) >= quantity)) return false;
      for (const { skuId, quantity } of wanted) left.set(skuId, (left.get(skuId) ?? 0) - quantity);
      return true;
    });
    const served = asks.filter((_, at) => fits[at]);
    const lines = served.flatMap(({ buyerId, until, reservations }) =>
      reservations.flatMap(({ reservationId, lines: wanted }) =>
        wanted.map(({ skuId, quantity }) => ({ skuId, quantity, reservationId, buyerId, until })),
      ),
    );
    if (lines.length > 0)
      await move(tx, locked, reserving(lines), {
        hold: { isNew: true, lines },
        alongside: served.flatMap(({ alongside }) => alongside),
      });
    return fits;
  }

  async function giveBack(
    tx: Tx,
    reservationId: string,
    reason: string,
    from: readonly ('held' | 'confirmed')[],
  ): Promise<boolean> {
    // Levels first, then lines: the order every caller locks in.
    const levels = await repository.lockLevelsOfReservation(tx, reservationId);
    const lines = await repository.releaseLines(tx, reservationId, from);
    const toPools = await pools.takeBack(tx, lines);
    await shelves.release(tx, lines, { reservationId, reason });
    await move(
      tx,
      levels,
      releasing(
        lines.filter(({ skuId, storeId }) => storeId === null && !toPools.has(skuId)),
        { reservationId, reason },
      ),
    );
    return lines.length > 0;
  }

  const pools = createPoolStock({ clock, outbox, move });
  const shelves = createShelfStock({ clock });

  async function confirmAll(tx: Tx, reservationIds: readonly string[]): Promise<Set<string>> {
    const lines = await repository.confirmLines(tx, reservationIds);
    const lost = lines.filter(({ status }) => status !== 'confirmed');
    const confirmed = new Set(lines.map(({ reservationId }) => reservationId));
    for (const { reservationId } of lost) confirmed.delete(reservationId);
    return confirmed;
  }

  async function lockOwnLevel(tx: Tx, shopId: string, skuId: string): Promise<Level> {
    const level = (await repository.lockLevels(tx, [skuId])).get(skuId);
    if (!level || level.shopId !== shopId) throw skuUnknown();
    return level;
  }

  return {
    /** One statement. SKUs without a level are left out. */
    async levels(db: Executor, skuIds: readonly string[]): Promise<Map<string, StockFigures>> {
      const levels = await repository.levelsOf(db, skuIds);
      return new Map(
        [...levels].map(([skuId, level]) => [
          skuId,
          {
            onHand: level.onHand,
            reserved: level.reserved,
            available: availableOf(level),
            safetyStock: level.safetyStock,
            scarce: isScarce(level),
          },
        ]),
      );
    },

    /** Opens levels with their first ledger row; a level that exists already is left as it is. */
    async createLevels(tx: Tx, rows: readonly NewLevel[]): Promise<void> {
      const made = new Set(
        await repository.insertLevels(
          tx,
          clock.now(),
          rows.map((row) => ({ ...row, isLow: isLow({ ...row, reserved: 0 }) })),
        ),
      );
      await outbox.publishAll(
        tx,
        rows
          .filter(({ skuId }) => made.has(skuId))
          .map(({ skuId, spuId, shopId, onHand }) => ({
            name: 'inventory.stock_changed' as const,
            payload: { skuId, spuId, shopId, available: onHand, sequence: 1 },
          })),
      );
    },

    /** For `reserveAll`, ahead of it: its answer travels with what else the caller asks. Locks in sku_id order. */
    lockLevels: repository.lockLevels,
    /** Holds stock for several orders of one buyer: every line of every order, or none (`inventory.out_of_stock`). `alongside` events leave in the same insert. */
    reserveAll,
    /** The levels of these SKUs that nobody else has locked, in sku_id order; it waits for none. */
    lockFreeLevels: repository.lockFreeLevels,
    /**
     * Holds general stock for many buyers in one statement, first come first served; reservation ids must be new. @returns
     * who got all they asked, in their order; for the others nothing was written, nor for a SKU that is not in `locked`
     */
    reserveTogether,
    /** Holds stock until `until`: every line or none, with all shortages named. A released reservation may be won again. */
    reserve: (tx: Tx, { reservationId, buyerId, lines, until }: Reservation & { buyerId: string; until: Date }) =>
      reserveAll(tx, { buyerId, until, reservations: [{ reservationId, lines }] }),

    /** The same hold for longer; no unit moves. False when it was given back meanwhile. */
    extend: (tx: Tx, reservationId: string, until: Date): Promise<boolean> =>
      repository.extendLines(tx, reservationId, until),

    /** Paid: the hold no longer ends by itself. False when it was released before: the caller must win it again. */
    confirm: async (tx: Tx, reservationId: string): Promise<boolean> =>
      (await confirmAll(tx, [reservationId])).has(reservationId),
    /** The same for many, in one statement. @returns those that hold all they held */
    confirmAll,

    /** Gives an unpaid hold back, once: false when there was nothing left to give (C06-INV-06). */
    release: (tx: Tx, reservationId: string, reason: string): Promise<boolean> =>
      giveBack(tx, reservationId, reason, ['held']),
    /** Gives back what was paid for and then refunded before shipping, once. */
    restock: (tx: Tx, reservationId: string, reason: string): Promise<boolean> =>
      giveBack(tx, reservationId, reason, ['held', 'confirmed']),

    /** Paid pieces that will never be shipped leave the reservation; the same `requestId` again changes nothing. */
    async withdraw(
      tx: Tx,
      {
        reservationId,
        requestId,
        lines,
        reason,
      }: { reservationId: string; requestId: string; lines: readonly StockLine[]; reason: string },
    ): Promise<void> {
      const skuIds = lines.map(({ skuId }) => skuId);
      const storeId = await repository.storeOfReservation(tx, reservationId);
      if (storeId !== undefined) {
        if (await shelves.isKnown(tx, storeId, skuIds, requestId)) return;
        const units = await repository.withdrawLines(tx, reservationId, lines);
        return shelves.release(
          tx,
          units.map((unit) => ({ ...unit, storeId })),
          { reservationId, reason, requestId },
        );
      }
      const levels = await repository.lockLevels(tx, skuIds);
      if ((await repository.findByRequest(tx, skuIds, requestId)).length > 0) return;
      const withdrawn = await repository.withdrawLines(tx, reservationId, lines);
      await move(tx, levels, releasing(withdrawn, { reservationId, reason, requestId }));
    },

    /** Sold goods are back on the shelf; the same `requestId` again changes nothing. */
    async takeBack(
      tx: Tx,
      {
        requestId,
        lines,
        reference,
        actor,
        note,
      }: { requestId: string; lines: readonly StockLine[]; reference: string; actor: string; note: string },
    ): Promise<void> {
      const skuIds = lines.map(({ skuId }) => skuId);
      const levels = await repository.lockLevels(tx, skuIds);
      if ((await repository.findByRequest(tx, skuIds, requestId)).length > 0) return;
      await move(
        tx,
        levels,
        lines.map(({ skuId, quantity }) => ({
          skuId,
          kind: 'return',
          onHandDelta: quantity,
          reservedDelta: 0,
          reference,
          actor,
          note,
          requestId,
        })),
      );
    },

    /**
     * Units leave the warehouse, or the store the reservation is in; the same `parcelId` again changes nothing. Refuses more
     * than the reservation holds.
     */
    async ship(
      tx: Tx,
      {
        reservationId,
        parcelId,
        storeId,
        lines,
        actor,
      }: {
        reservationId: string;
        parcelId: string;
        storeId?: string | undefined;
        lines: readonly StockLine[];
        actor: string;
      },
    ): Promise<void> {
      if (storeId !== undefined) {
        const units = lines.map((line) => ({ ...line, storeId }));
        if (
          await shelves.isKnown(
            tx,
            storeId,
            units.map(({ skuId }) => skuId),
            parcelId,
          )
        )
          return;
        if ((await repository.shipLines(tx, reservationId, lines)) < lines.length) throw reservationMissing();
        return shelves.ship(tx, units, { reservationId, requestId: parcelId, actor });
      }
      const skuIds = lines.map(({ skuId }) => skuId);
      const levels = await repository.lockLevels(tx, skuIds);
      if ((await repository.findByRequest(tx, skuIds, parcelId)).length > 0) return;
      if ((await repository.shipLines(tx, reservationId, lines)) < lines.length) throw reservationMissing();
      await move(tx, levels, shipping(lines, { reservationId, requestId: parcelId, actor }));
    },

    /** A count, purchase or loss entered by staff. A repeated `requestId` changes nothing. */
    async adjust(
      tx: Tx,
      shopId: string,
      { reason, ...adjustment }: Adjustment & { reason: AdjustReason },
    ): Promise<{ isRepeat: boolean }> {
      const { skuId, requestId } = adjustment;
      const level = await lockOwnLevel(tx, shopId, skuId);
      const [earlier] = await repository.findByRequest(tx, [skuId], requestId);
      const movement = adjusting(level, adjustment, adjustReasonText[reason], earlier);
      if (movement) await move(tx, new Map([[skuId, level]]), [movement]);
      return { isRepeat: movement === undefined };
    },

    /** Changes the threshold of 紧缺 and of the purchase reminder. */
    async setSafetyStock(
      tx: Tx,
      shopId: string,
      { skuId, safetyStock, actor }: { skuId: string; safetyStock: number; actor: string },
    ): Promise<void> {
      const level = await lockOwnLevel(tx, shopId, skuId);
      if (level.safetyStock === safetyStock) return;
      await repository.setSafetyStock(tx, shopId, skuId, safetyStock);
      // A ledger row although no unit moved: the new sequence makes badges and caches follow the threshold.
      await move(tx, new Map([[skuId, { ...level, safetyStock }]]), [
        {
          skuId,
          kind: 'adjust',
          onHandDelta: 0,
          reservedDelta: 0,
          reference: '安全库存',
          actor,
          note: `${level.safetyStock} → ${safetyStock}`,
        },
      ]);
    },

    openShelves: shelves.open,
    adjustShelf: shelves.adjust,
    shelfLevels: shelves.levels,
    listShelf: shelves.list,

    openPool: pools.open,
    closePool: pools.close,
    drainPools: pools.drain,
    poolHolds: pools.holds,
    poolTallies: pools.tallies,
    poolFree: pools.free,
    list: repository.listLevels,
    async ledger(db: Executor, shopId: string, skuId: string, page: { offset: number; limit: number }) {
      const found = await repository.listLedger(db, shopId, skuId, page.offset, page.limit);
      if (!found) throw skuUnknown();
      return found;
    },
    countAlerts: repository.countAlerts,
  };
}
