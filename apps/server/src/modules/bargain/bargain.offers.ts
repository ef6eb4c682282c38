/** The bargained price: for its owner, one piece alone in the order, while it is open and units are left. */
import type { OfferSource } from '../checkout/index.ts';
import type { BargainDirectory } from './bargain.directory.ts';
import { stateOf } from './bargain.domain.ts';
import { bargainOver, priceMoved, soldOut } from './bargain.errors.ts';
import * as repository from './bargain.repository.ts';

export function createBargainOffers(directory: BargainDirectory): OfferSource {
  return {
    name: 'bargain',

    async offers(db, { buyerId, at, purpose, lines, choice: { entry } }) {
      if (entry?.kind !== 'bargain') return {};
      const found = await repository.findBargain(db, entry.id);
      const [line] = lines;
      const known = found && (await directory.find(db, found.activityId));
      const isGood =
        found?.buyerId === buyerId &&
        known &&
        found.status === 'open' &&
        found.expiresAt > at &&
        stateOf(known.activity, at) !== 'ended' &&
        lines.length === 1 &&
        line?.skuId === found.skuId &&
        line.quantity === 1;
      if (!found || !isGood || !line) {
        // An order must not cost more than what the page promised.
        if (purpose === 'place') throw bargainOver();
        return {};
      }
      const { name, overrideReason, createdBy } = known.activity;
      const { bargainId: id, price: unitPrice } = found;
      return {
        activities: new Map([[line.skuId, [{ id, kind: 'bargain', name, unitPrice, entered: true, maxQuantity: 1 }]]]),
        ...(overrideReason !== null && {
          marginOverrides: [{ shopId: line.shopId, spuIds: [line.spuId], by: createdBy, reason: overrideReason }],
        }),
      };
    },

    async take(tx, { buyerId, at, orders, result, choice: { entry } }) {
      if (entry?.kind !== 'bargain') return;
      const line = result.lines.find(({ activity }) => activity?.kind === 'bargain' && activity.id === entry.id);
      // Nobody has helped yet: it is an ordinary purchase, and the bargain goes on.
      if (!line?.activity) return;
      const orderNo = orders.find(({ shopId }) => shopId === line.shopId)?.orderNo ?? '';
      const price = line.activity.unitPrice;
      const taken = await repository.markOrdered(tx, { bargainId: entry.id, buyerId, price, orderNo, at });
      if (!taken) throw priceMoved();
      if (!(await repository.takeUnit(tx, taken.activityId))) throw soldOut();
    },
  };
}
