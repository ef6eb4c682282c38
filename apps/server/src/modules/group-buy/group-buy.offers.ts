/** The group price: one piece alone in the order, for whoever opens a group or joins one that is open and has room. */
import type { ActivityPrice } from '@xiaopu/pricing';
import { minuteMs } from '#platform/clock.ts';
import type { Tx } from '#platform/database/database.ts';
import type { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import type { OfferSource } from '../checkout/index.ts';
import type { GroupDirectory } from './group-buy.directory.ts';
import { type Activity, firstOf, lastOf, stateOf } from './group-buy.domain.ts';
import * as errors from './group-buy.errors.ts';
import * as places from './group-buy.places.repository.ts';
import { graceMinutes, placeMinutes } from './group-buy.policies.ts';

/** With several steps money goes back later: what else lowers the price would make that sum ambiguous. */
const closedToOthers = { member: false, reduction: false, coupon: false, points: false } as const;

export function createGroupOffers({
  directory,
  policies,
}: {
  directory: GroupDirectory;
  policies: Policies;
}): OfferSource {
  function refusalOfGroup(group: places.GroupRecord | undefined, at: Date): AppError | undefined {
    if (!group || group.status === 'opening' || group.status === 'dropped') return errors.groupUnknown();
    if (group.status !== 'open' || (group.deadline !== null && at >= group.deadline)) return errors.groupOver();
    return group.held + group.paid >= group.size ? errors.groupFull() : undefined;
  }

  function refusalOfActivity(activity: Activity | undefined, at: Date): AppError | undefined {
    if (!activity) return errors.activityUnknown();
    const state = stateOf(activity, at);
    if (state === 'sold_out') return errors.soldOut();
    return state === 'running' ? undefined : errors.notRunning();
  }

  async function join(tx: Tx, place: places.NewPlace, activity: Activity): Promise<void> {
    const { groupId, buyerId, joinedAt } = place;
    if (!(await places.holdInGroup(tx, groupId, joinedAt))) {
      const group = await places.readGroup(tx, groupId);
      const isIn = group?.places.some((one) => one.buyerId === buyerId && one.status !== 'left');
      throw isIn ? errors.alreadyIn() : (refusalOfGroup(group, joinedAt) ?? errors.groupOver());
    }
    const taken = await places.joinGroup(tx, place, activity.buyerLimit);
    if (taken.place) return;
    if (!taken.unit) throw errors.soldOut();
    const group = await places.readGroup(tx, groupId);
    if (group?.places.some((one) => one.buyerId === buyerId && one.status !== 'left')) throw errors.alreadyIn();
    throw errors.overLimit({ buyerLimit: activity.buyerLimit });
  }

  async function open(tx: Tx, place: places.NewPlace, { steps, buyerLimit }: Activity): Promise<void> {
    const sizes = { leastSize: firstOf(steps).size, size: lastOf(steps).size };
    const taken = await places.openGroup(tx, place, { ...sizes, buyerLimit });
    if (!taken.unit) throw errors.soldOut();
    if (!taken.place) throw errors.overLimit({ buyerLimit });
  }

  return {
    name: 'group-buy',

    /** One statement when a group is joined, none otherwise. */
    async offers(db, { at, purpose, lines, choice: { entry } }) {
      if (entry?.kind !== 'group') {
        if (purpose === 'place')
          for (const { skuId } of lines) {
            const running = await directory.meeting(db, skuId, at, new Date(at.getTime() + 1));
            if (running.some((activity) => !activity.allowsSolo)) throw errors.groupOnly();
          }
        return {};
      }
      const opened = await directory.current(db, entry.id);
      const group = opened ? undefined : await places.findGroup(db, entry.id);
      const activity = (opened ?? (group && (await directory.find(db, group.activityId))))?.activity;
      const [line] = lines;
      const refusal =
        (opened ? refusalOfActivity(activity, at) : refusalOfGroup(group, at)) ??
        (line && lines.length === 1 && line.quantity === 1 ? undefined : errors.onePiece()) ??
        (activity && line && activity.skuIds.includes(line.skuId) ? undefined : errors.activityUnknown());
      if (refusal || !activity || !line) {
        // An order must not cost more than what the page promised.
        if (purpose === 'place' && refusal) throw refusal;
        return {};
      }
      const { name, steps, overrideReason, createdBy } = activity;
      const { payRate, price } = firstOf(steps);
      const groupPrice: ActivityPrice = {
        id: entry.id,
        kind: 'group',
        name,
        entered: true,
        maxQuantity: 1,
        ...(payRate !== undefined && { payRate }),
        ...(price !== undefined && { unitPrice: price }),
        ...(steps.length > 1 && { allows: closedToOthers }),
      };
      return {
        activities: new Map([[line.skuId, [groupPrice]]]),
        ...(overrideReason !== null && {
          marginOverrides: [{ shopId: line.shopId, spuIds: [line.spuId], by: createdBy, reason: overrideReason }],
        }),
      };
    },

    /** One statement to open, two to join. */
    async take(tx, { buyerId, at, orders, result, choice: { entry }, holdShipping }) {
      if (entry?.kind !== 'group') return;
      const line = result.lines.find(({ activity }) => activity?.kind === 'group' && activity.id === entry.id);
      // The sale price has fallen below the group's: nothing is gained by waiting for others.
      if (!line?.activity) throw errors.notRunning();
      const opened = await directory.current(tx, entry.id);
      const group = opened ? undefined : await places.findGroup(tx, entry.id);
      const known = opened ?? (group && (await directory.find(tx, group.activityId)));
      const goods = known?.goods.find(({ skuId }) => skuId === line.skuId);
      const orderNo = orders.find(({ shopId }) => shopId === line.shopId)?.orderNo;
      if (!known || !goods || !orderNo) throw errors.activityUnknown();
      const place: places.NewPlace = {
        groupId: group?.groupId ?? newId(),
        buyerId,
        activityId: known.activity.activityId,
        orderNo,
        skuId: line.skuId,
        salePrice: line.saleAmount / line.quantity,
        cost: goods.cost,
        paidPrice: line.activity.unitPrice,
        invite: newId(),
        joinedAt: at,
      };
      if (group) await join(tx, place, known.activity);
      else await open(tx, place, known.activity);
      const wished = at.getTime() + policies.get(placeMinutes) * minuteMs;
      const latest = group?.deadline ? group.deadline.getTime() + policies.get(graceMinutes) * minuteMs : wished;
      holdShipping?.({ orderNo, reason: 'group', payUntil: new Date(Math.min(wished, latest)) });
    },
  };
}
