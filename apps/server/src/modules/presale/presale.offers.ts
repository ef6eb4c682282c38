/** The presale price: at the door for who takes a place, later for the balance of an order that has one. */
import type { ActivityPrice } from '@xiaopu/pricing';
import { hourMs } from '#platform/clock.ts';
import type { Policies } from '#platform/policy.ts';
import type { OfferSource } from '../checkout/index.ts';
import type { PresaleDirectory } from './presale.directory.ts';
import { type Activity, consentOf, endingAtOf, stateOf, termsOf } from './presale.domain.ts';
import { alreadyJoined, consentMissing, overLimit, presaleOver } from './presale.errors.ts';
import { remindHours } from './presale.policies.ts';
import * as repository from './presale.repository.ts';

const priceOf = (
  { activityId: id, name }: { activityId: string; name: string },
  agreed: { price: number; deposit: number; depositWorth: number },
  isBalance: boolean,
): ActivityPrice => ({
  ...{ id, kind: 'presale', name, entered: true },
  unitPrice: agreed.price,
  deposit: agreed.deposit,
  depositWorth: agreed.depositWorth,
  // Coupons and points work on the balance, when it is paid; the deposit is what it is.
  allows: { coupon: isBalance, points: isBalance },
});

export function createPresaleOffers({
  directory,
  policies,
}: {
  directory: PresaleDirectory;
  policies: Policies;
}): OfferSource {
  const marginOverride = ({ shopId, spuId, createdBy, overrideReason }: Activity) =>
    overrideReason === null
      ? {}
      : { marginOverrides: [{ shopId, spuIds: [spuId], by: createdBy, reason: overrideReason }] };

  return {
    name: 'presale',

    async offers(db, { buyerId, at, purpose, lines, choice: { entry }, balanceOf }) {
      const [line] = lines;
      if (balanceOf !== undefined) {
        const booking = await repository.findBooking(db, buyerId, balanceOf);
        if (!booking || line?.skuId !== booking.skuId) return {};
        const { activityId, shopId } = booking;
        return {
          activities: new Map([[booking.skuId, [priceOf({ activityId, name: '定金预售' }, booking, true)]]]),
          // The floor was looked at when the presale was made; what was agreed since must stay buyable.
          marginOverrides: [{ shopId, spuIds: [line.spuId], by: '预售', reason: '定金支付时约定的价格' }],
        };
      }
      if (entry?.kind !== 'presale') return {};
      const activity = await directory.find(db, entry.id);
      const isGood = activity && line && lines.length === 1 && line.skuId === activity.skuId;
      if (!isGood || stateOf(activity, 1, at) !== 'running') {
        // An order must not cost more than what the page promised.
        if (purpose === 'place') throw presaleOver();
        return {};
      }
      const { quantity, skuId } = line;
      if (quantity > activity.buyerLimit && purpose === 'place') throw overLimit({ buyerLimit: activity.buyerLimit });
      const terms = termsOf(activity, quantity);
      const { balanceOpensAt, balanceClosesAt, shipsBy, forfeits } = activity;
      return {
        activities: new Map([[skuId, [priceOf(activity, activity, false)]]]),
        stages: {
          ...{ skuId, balanceOpensAt, balanceClosesAt, shipsBy, forfeits, terms },
          deposit: activity.deposit * quantity,
          depositWorth: activity.depositWorth * quantity,
          consent: consentOf(activity.activityId, terms),
        },
        ...marginOverride(activity),
      };
    },

    async take(tx, { buyerId, at, orders, result, choice: { entry }, balanceOf, holdStock }) {
      if (balanceOf !== undefined || entry?.kind !== 'presale') return;
      const line = result.lines.find(({ activity }) => activity?.kind === 'presale' && activity.id === entry.id);
      const activity = await directory.find(tx, entry.id);
      if (!line || !activity) throw presaleOver();
      const { activityId, shopId, skuId, price, deposit, depositWorth, balanceOpensAt, balanceClosesAt } = activity;
      const terms = termsOf(activity, line.quantity);
      const hasConsented = entry.consent === consentOf(activityId, terms);
      if (activity.forfeits && !hasConsented) throw consentMissing();
      const isFirst = await repository.insertBooking(tx, {
        ...{ buyerId, activityId, shopId, skuId, price, deposit, depositWorth, balanceOpensAt, balanceClosesAt, terms },
        orderNo: orders.find((order) => order.shopId === shopId)?.orderNo ?? '',
        quantity: line.quantity,
        consentedAt: hasConsented ? at : null,
        status: 'placed',
        endingAt: endingAtOf(activity, policies.get(remindHours, shopId) * hourMs),
        createdAt: at,
      });
      if (!isFirst) throw alreadyJoined();
      holdStock?.({ skuId, pool: { poolId: activityId } });
    },
  };
}
