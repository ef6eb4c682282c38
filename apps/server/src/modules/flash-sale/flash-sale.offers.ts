/** The flash price: for whoever holds a place of a running sale, and only with the units that place holds. */
import type { OfferSource } from '../checkout/index.ts';
import type { FlashDirectory } from './flash-sale.directory.ts';
import { placeOver } from './flash-sale.errors.ts';
import type { FlashSaleDeps } from './flash-sale.service.ts';

export function createFlashOffers({
  directory,
  inventory,
}: {
  directory: FlashDirectory;
  inventory: Pick<FlashSaleDeps['inventory'], 'poolHolds'>;
}): OfferSource {
  return {
    name: 'flash-sale',

    async offers(db, { buyerId, at, purpose, lines, choice: { entry } }) {
      if (entry?.kind !== 'flash') return {};
      const sales = await directory.salesOf(db, new Set(lines.map(({ skuId }) => skuId)));
      for (const sale of sales) {
        const line = lines.find(({ skuId }) => skuId === sale.skuId);
        const [held] = await inventory.poolHolds(db, sale, [entry.id]);
        if (!line || held?.buyerId !== buyerId) continue;
        const isGood = held.state === 'held' && held.until > at && held.quantity === line.quantity;
        if (!isGood) break;
        const { saleId: id, skuId, name, flashPrice: unitPrice } = sale;
        return { activities: new Map([[skuId, [{ id, kind: 'flash', name, unitPrice, entered: true }]]]) };
      }
      // An order must not cost more than what was promised at the door.
      if (purpose === 'place') throw placeOver();
      return {};
    },

    async take(tx, { at, result, choice: { entry }, holdStock }) {
      if (entry?.kind !== 'flash') return;
      for (const { skuId, activity } of result.lines) {
        const sale = activity?.kind === 'flash' ? await directory.find(tx, activity.id) : undefined;
        if (!sale) continue;
        // Held as long as it may be paid: an unpaid order gives its units back to the sale.
        const payUntil = new Date(at.getTime() + sale.holdMs);
        holdStock?.({ skuId, pool: { poolId: sale.poolId, requestId: entry.id }, payUntil });
      }
    },
  };
}
