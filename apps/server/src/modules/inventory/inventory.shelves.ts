/**
 * What stands in the physical stores. Each store has its own level and its own ledger of a SKU, so that an order to be picked
 * up takes from that store alone, and the till's sales show at once. No unit is counted both here and in the warehouse.
 */
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { findShortages, type Movement, play, type ShelfReason, shelfReasonText } from './inventory.domain.ts';
import { outOfStock, skuUnknown } from './inventory.errors.ts';
import { type Adjustment, adjusting, releasing, reserving, shipping } from './inventory.movements.ts';
import * as repository from './inventory.shelves.repository.ts';

export interface ShelfUnits {
  skuId: string;
  storeId: string;
  quantity: number;
}

export interface ShelfFigures {
  onHand: number;
  reserved: number;
  available: number;
}

export interface NewShelf {
  skuId: string;
  storeId: string;
  spuId: string;
  shopId: string;
  onHand: number;
}

export interface ShelfAdjustment extends Adjustment {
  storeId: string;
  reason: ShelfReason;
}

/** SKUs meet once in what is moved together, but perhaps in several stores: two shops' orders in one checkout. */
const byStore = <U extends { storeId: string }>(units: readonly U[]) =>
  [...Map.groupBy(units, ({ storeId }) => storeId)].sort(([left], [right]) => (left < right ? -1 : 1));

export function createShelfStock({ clock }: { clock: Clock }) {
  const move = (tx: Tx, levels: repository.ShelfLevels, movements: readonly Movement[]): Promise<void> => {
    const { steps, changed } = play(levels, movements);
    return repository.storeSteps(tx, clock.now(), changed, steps);
  };

  return {
    /** Shelves with their first ledger row; those that are there already stay as they are. */
    open: (tx: Tx, rows: readonly NewShelf[]): Promise<void> => repository.insertShelves(tx, clock.now(), rows),

    /** Every unit or none, with the shortages named as the warehouse names its own. */
    async reserve(tx: Tx, units: readonly (ShelfUnits & { reservationId: string })[]): Promise<void> {
      for (const [storeId, wanted] of byStore(units)) {
        const levels = await repository.lockShelves(
          tx,
          storeId,
          wanted.map(({ skuId }) => skuId),
        );
        const shortages = findShortages(wanted, levels);
        if (shortages.length > 0) throw outOfStock({ shortages });
        await move(tx, levels, reserving(wanted));
      }
    },

    /** Units that an order gives back: to the store they came from. Those of the warehouse are left to it. */
    async release(
      tx: Tx,
      lines: readonly { skuId: string; quantity: number; storeId?: string | null | undefined }[],
      why: { reservationId: string; reason: string; requestId?: string },
    ): Promise<void> {
      const units = lines.flatMap(({ storeId, ...line }) => (storeId ? [{ ...line, storeId }] : []));
      for (const [storeId, back] of byStore(units)) {
        const levels = await repository.lockShelves(
          tx,
          storeId,
          back.map(({ skuId }) => skuId),
        );
        await move(tx, levels, releasing(back, why));
      }
    },

    /** Picked up: the units leave the store. */
    async ship(
      tx: Tx,
      units: readonly ShelfUnits[],
      by: { reservationId: string; requestId: string; actor: string },
    ): Promise<void> {
      for (const [storeId, gone] of byStore(units)) {
        const levels = await repository.lockShelves(
          tx,
          storeId,
          gone.map(({ skuId }) => skuId),
        );
        await move(tx, levels, shipping(gone, by));
      }
    },

    /** Whether this request moved these units before. Locks their shelves, so that its second asker waits for the first. */
    async isKnown(tx: Tx, storeId: string, skuIds: readonly string[], requestId: string): Promise<boolean> {
      await repository.lockShelves(tx, storeId, skuIds);
      return (await repository.findByRequest(tx, storeId, skuIds, requestId)).length > 0;
    },

    /** A sale at the till, a count, a transfer. The same `requestId` again changes nothing. */
    async adjust(tx: Tx, shopId: string, { storeId, reason, ...adjustment }: ShelfAdjustment): Promise<ShelfFigures> {
      const { skuId, requestId } = adjustment;
      const levels = await repository.lockShelves(tx, storeId, [skuId]);
      const level = levels.get(skuId);
      if (!level || level.shopId !== shopId) throw skuUnknown();
      const [earlier] = await repository.findByRequest(tx, storeId, [skuId], requestId);
      const movement = adjusting(level, adjustment, shelfReasonText[reason], earlier);
      if (movement) await move(tx, levels, [movement]);
      const onHand = level.onHand + (movement?.onHandDelta ?? 0);
      return { onHand, reserved: level.reserved, available: onHand - level.reserved };
    },

    /** By store and SKU; what a store never had is left out. One statement. */
    async levels(
      db: Executor,
      skuIds: readonly string[],
      storeIds: readonly string[],
    ): Promise<Map<string, Map<string, ShelfFigures>>> {
      const found = new Map<string, Map<string, ShelfFigures>>(storeIds.map((storeId) => [storeId, new Map()]));
      for (const { skuId, storeId, onHand, reserved } of await repository.shelvesOf(db, skuIds, storeIds))
        found.get(storeId)?.set(skuId, { onHand, reserved, available: onHand - reserved });
      return found;
    },

    list: repository.listShelf,
  };
}
