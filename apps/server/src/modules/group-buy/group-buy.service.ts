/** What happens to a group: people pay, leave, and it is decided. Every entry is harmless when repeated, late or out of order. */
import type { EventPayloads } from '@xiaopu/contracts';
import { type Clock, hourMs, minuteMs } from '#platform/clock.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import { newTradeNo } from '#platform/ids.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Policies } from '#platform/policy.ts';
import type { Orders } from '../orders/index.ts';
import type { GroupDirectory } from './group-buy.directory.ts';
import { isDue, missingOf, reached, settle } from './group-buy.domain.ts';
import * as places from './group-buy.places.repository.ts';
import { graceMinutes } from './group-buy.policies.ts';

export interface GroupBuysDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  clock: Clock;
  outbox: Outbox;
  policies: Policies;
  directory: GroupDirectory;
  orders: Pick<Orders, 'isHeld' | 'releaseShipping' | 'refundHeld' | 'refundDifference'>;
}

export type GroupBuys = ReturnType<typeof createGroupBuys>;

const batchSize = 20;

export function createGroupBuys({ database, clock, outbox, policies, directory, orders }: GroupBuysDeps) {
  const { db, inTransaction } = database;
  const graceMs = () => policies.get(graceMinutes) * minuteMs;

  async function activityOf(tx: Tx, activityId: string) {
    const known = await directory.find(tx, activityId);
    if (!known) throw new Error(`a group of the activity ${activityId}, which is gone`);
    return known.activity;
  }

  /** The group's and the place's row under lock, in that order; the group may be one the order has left since. */
  async function locked(tx: Tx, buyerId: string, orderNo: string) {
    const found = await places.placeOfOrder(tx, buyerId, orderNo);
    const group = found && (await places.lockGroup(tx, found.groupId));
    const place = group && (await places.placeOfOrder(tx, buyerId, orderNo));
    return group && place ? { group, place } : undefined;
  }

  /** Ends the group: those who have paid get the step they reached, or all of their money back. */
  async function decide(tx: Tx, group: places.GroupRecord): Promise<void> {
    const { groupId, activityId, paid } = group;
    const { steps } = await activityOf(tx, activityId);
    const step = reached(steps, paid);
    const now = clock.now();
    const live = await places.livePlaces(tx, groupId);
    const decided = live.map((place) => {
      const { buyerId, status, orderNo } = place;
      if (status === 'held')
        return { place, decision: { buyerId, status: 'left' as const, finalPrice: null, refundNo: null } };
      const outcome = settle(steps, paid, place);
      const refundNo = newTradeNo(buyerId, now);
      const event: EventPayloads['group_buy.place_decided'] = {
        buyerId,
        groupId,
        orderNo,
        outcome: outcome ? 'succeeded' : 'failed',
        size: step?.size ?? 0,
        finalPrice: outcome?.finalPrice ?? 0,
        backAmount: outcome?.backAmount ?? 0,
        refundNo,
      };
      const decision = {
        buyerId,
        status: outcome ? ('settled' as const) : ('refunded' as const),
        finalPrice: outcome?.finalPrice ?? null,
        refundNo: outcome && outcome.backAmount > 0 ? refundNo : null,
      };
      return { place, decision, event };
    });
    await places.changeGroup(tx, groupId, {
      status: step ? 'succeeded' : 'failed',
      reachedSize: step?.size ?? null,
      held: 0,
      endedAt: now,
    });
    await places.decidePlaces(
      tx,
      groupId,
      decided.map(({ decision }) => decision),
    );
    const givenUp = decided.filter(({ decision }) => decision.status !== 'settled');
    await places.returnUnits(
      tx,
      activityId,
      givenUp.map(({ place }) => place.buyerId),
    );
    await outbox.publishAll(
      tx,
      decided.flatMap(({ event }) => (event ? [{ name: 'group_buy.place_decided' as const, payload: event }] : [])),
    );
  }

  /** A place that is given up frees its unit. A group nobody is left in ends; one that only waited for this place is decided. */
  async function leave(tx: Tx, group: places.GroupRecord, place: places.PlaceRecord): Promise<void> {
    const { groupId, activityId } = group;
    const held = group.held - (place.status === 'held' ? 1 : 0);
    const paid = group.paid - (place.status === 'paid' ? 1 : 0);
    await places.changePlace(tx, place, { status: 'left' });
    await places.returnUnits(tx, activityId, [place.buyerId]);
    if (group.status === 'opening') {
      await places.changeGroup(tx, groupId, { held, paid, status: 'dropped', endedAt: clock.now() });
      return;
    }
    const next = paid > 0 ? (await places.livePlaces(tx, groupId)).find(({ status }) => status === 'paid') : undefined;
    const openerId = group.openerId === place.buyerId && next ? next.buyerId : group.openerId;
    await places.changeGroup(tx, groupId, { held, paid, openerId });
    const changed = { ...group, held, paid, openerId };
    if (held + paid === 0 || isDue(changed, clock.now(), graceMs())) await decide(tx, changed);
  }

  /** Held: paid in time. Left: its money came late, and counts if the place can still be had. */
  async function mayPay(tx: Tx, group: places.GroupRecord, place: places.PlaceRecord): Promise<boolean> {
    if (place.status === 'held') return group.status === 'opening' || group.status === 'open';
    const isOpen = group.status === 'dropped' || (group.status === 'open' && clock.now() < (group.deadline as Date));
    if (place.status !== 'left' || !isOpen || group.held + group.paid >= group.size) return false;
    const { buyerLimit } = await activityOf(tx, group.activityId);
    return places.retakeUnit(tx, place, buyerLimit);
  }

  return {
    /** Opening and joining count from here on; the last one completes the group at once. */
    async orderPaid(tx: Tx, buyerId: string, orderNo: string): Promise<void> {
      const found = await locked(tx, buyerId, orderNo);
      if (found && found.place.status !== 'held' && found.place.status !== 'left') return;
      if (!found || !(await mayPay(tx, found.group, found.place))) {
        await orders.refundHeld(tx, buyerId, orderNo, '拼团已结束，款项自动退回');
        return;
      }
      const { group, place } = found;
      const { steps, hours } = await activityOf(tx, group.activityId);
      const now = clock.now();
      const isOpening = group.openedAt === null;
      const deadline = group.deadline ?? new Date(now.getTime() + hours * hourMs);
      const held = group.held - (place.status === 'held' ? 1 : 0);
      const paid = group.paid + 1;
      const { groupId } = group;
      await places.changePlace(tx, place, { status: 'paid', paidAt: now });
      await places.changeGroup(tx, groupId, {
        held,
        paid,
        status: 'open',
        deadline,
        openedAt: group.openedAt ?? now,
        endedAt: null,
      });
      const missing = missingOf(steps, paid);
      if (isOpening) {
        const payload = { buyerId, groupId, orderNo, deadline: deadline.toISOString(), missing };
        await outbox.publish(tx, 'group_buy.group_opened', payload);
      } else if (group.openerId !== buyerId) {
        const opener = (await places.livePlaces(tx, groupId)).find((one) => one.buyerId === group.openerId);
        if (opener)
          await outbox.publish(tx, 'group_buy.member_joined', {
            buyerId: opener.buyerId,
            groupId,
            orderNo: opener.orderNo,
            joinerId: buyerId,
            missing,
          });
      }
      const changed = { ...group, status: 'open' as const, held, paid, deadline };
      if (isDue(changed, now, graceMs())) await decide(tx, changed);
    },

    /** Unpaid in time, or given up: somebody else may have the place. */
    async orderCancelled(tx: Tx, buyerId: string, orderNo: string): Promise<void> {
      const found = await locked(tx, buyerId, orderNo);
      if (found?.place.status === 'held') await leave(tx, found.group, found.place);
    },

    /** Before the group is decided a member may leave by asking all of the money back. */
    async refundRequested(tx: Tx, buyerId: string, orderNo: string): Promise<void> {
      const found = await locked(tx, buyerId, orderNo);
      if (found?.place.status !== 'paid' || found.group.status !== 'open') return;
      if (!(await orders.isHeld(tx, buyerId, orderNo))) await leave(tx, found.group, found.place);
    },

    /** Nothing of the order is kept: it no longer counts as bought. */
    async orderReturned(tx: Tx, buyerId: string, orderNo: string): Promise<void> {
      const found = await locked(tx, buyerId, orderNo);
      if (found?.place.status === 'settled') await places.changePlace(tx, found.place, { status: 'refunded' });
    },

    /** One member's part of the decision: the goods may leave and the difference goes back, or everything goes back. */
    async carryOut(tx: Tx, decided: EventPayloads['group_buy.place_decided']): Promise<void> {
      const { buyerId, orderNo, outcome, size, backAmount, refundNo } = decided;
      if (outcome === 'failed') {
        await orders.refundHeld(tx, buyerId, orderNo, '拼团未成功，款项自动退回');
        return;
      }
      await orders.releaseShipping(tx, buyerId, orderNo, `拼团成功，已满 ${size} 人`);
      if (backAmount === 0) return;
      const reason = `拼团满 ${size} 人，退还差价`;
      await orders.refundDifference(tx, buyerId, orderNo, { refundNo, amount: backAmount, reason });
    },

    /** Groups whose time is over. One transaction each; a second worker takes others. */
    async sweep(): Promise<number> {
      let decidedCount = 0;
      for (const { groupId } of await places.dueGroups(db, clock.now(), graceMs(), batchSize)) {
        const isDecided = await inTransaction(async (tx) => {
          const group = await places.claimOpenGroup(tx, groupId);
          if (!group || !isDue(group, clock.now(), graceMs())) return false;
          await decide(tx, group);
          return true;
        });
        if (isDecided) decidedCount += 1;
      }
      return decidedCount;
    },
  };
}
