/**
 * An order and who earns by it. Agreed when it is placed; from then on each event only says "look again": the order as it
 * stands is read under the attribution's lock, shares are worked out anew and the difference is booked. So events may come
 * twice, late and in any order.
 */
import type { Selectable } from 'kysely';
import { dayMs, hourMs } from '#platform/clock.ts';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
import type { Accounts } from './distribution.accounts.ts';
import type { Bindings } from './distribution.bindings.ts';
import { type LineShare, payeesOf, rateFor, sharesOf, statusAfter } from './distribution.domain.ts';
import { lookAgainHours } from './distribution.policies.ts';
import type { DistributionDeps, FollowedOrder } from './distribution.ports.ts';
import type { Program } from './distribution.program.ts';
import type { Roster } from './distribution.roster.ts';

type Attribution = Selectable<Tables['distribution.attribution']>;
export type Commissions = ReturnType<typeof createCommissions>;

type Deps = Pick<
  DistributionDeps,
  'clock' | 'policies' | 'outbox' | 'orderOf' | 'hasOpenCase' | 'windowDays' | 'categoriesOf' | 'kinship'
>;

const readConcerned = fixedQuery<
  { buyerId: string; orderNo: string },
  [buyerIds: readonly string[], orderNos: readonly string[], shopIds: readonly string[]]
>(
  `select asked.buyer_id, asked.order_no from unnest($1::uuid[], $2::text[], $3::uuid[]) as asked (buyer_id, order_no, shop_id)
   where exists (select from distribution.binding b where b.buyer_id = asked.buyer_id and b.shop_id = asked.shop_id)
     or exists (select from distribution.attribution a where a.buyer_id = asked.buyer_id and a.order_no = asked.order_no)`,
);

export function createCommissions(
  deps: Deps,
  { program, roster, bindings, accounts }: { program: Program; roster: Roster; bindings: Bindings; accounts: Accounts },
) {
  const { clock, policies, outbox, orderOf, hasOpenCase, windowDays, categoriesOf } = deps;

  const lock = (tx: Tx, buyerId: string, orderNo: string): Promise<Attribution | undefined> =>
    tx
      .selectFrom('distribution.attribution')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .where('orderNo', '=', orderNo)
      .forUpdate()
      .executeTakeFirst();

  async function payees(db: Executor, customerId: string, order: FollowedOrder) {
    const { shopId } = order;
    const levels = program.levels(shopId);
    const boundTo = (await bindings.at(db, customerId, shopId, order.createdAt))?.distributorId;
    const mayBeSelf = program.countsOwnPurchases(shopId);
    if (boundTo === undefined && !mayBeSelf) return undefined;
    const active = await roster.activeAmong(db, shopId, boundTo === undefined ? [customerId] : [customerId, boundTo]);
    const isSelf = mayBeSelf && active.has(customerId);
    const firstParent = active.get(isSelf ? customerId : (boundTo ?? '')) ?? undefined;
    const parents =
      levels < 2 || firstParent === undefined ? new Map() : await roster.activeAmong(db, shopId, [firstParent]);
    return payeesOf({
      customerId,
      boundTo: boundTo !== undefined && active.has(boundTo) ? boundTo : undefined,
      isSelf,
      parentOf: () => (firstParent !== undefined && parents.has(firstParent) ? firstParent : undefined),
      levels,
    });
  }

  /** Keeps who earns and at which rates; nothing when nobody does. */
  async function agree(tx: Tx, customerId: string, order: FollowedOrder): Promise<void> {
    const { shopId, orderNo, lines, createdAt } = order;
    if (!program.isOn(shopId)) return;
    const found = await payees(tx, customerId, order);
    if (!found) return;
    const rules = await program.rules(tx, shopId);
    const categories = await categoriesOf(
      tx,
      lines.map(({ skuId }) => skuId),
    );
    const [levels, cap] = [program.levels(shopId), program.rateCap()];
    const agreed: LineShare[] = lines.map(({ lineId, spuId, skuId }) => ({
      lineId,
      ...rateFor({ spuId, categoryIds: categories.get(skuId) ?? [] }, rules, levels, cap),
    }));
    const touches = await bindings.touches(tx, customerId, shopId, createdAt);
    await tx
      .insertInto('distribution.attribution')
      .values({
        buyerId: customerId,
        orderNo,
        shopId,
        ...found,
        firstChannel: touches.first,
        lastChannel: touches.last,
        lines: JSON.stringify(agreed),
        status: 'placed',
        kept: 0,
        placedAt: createdAt,
        settleAt: null,
        settledAt: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Brings everything kept of the order in line with the order as it is. */
  async function follow(tx: Tx, row: Attribution, order: FollowedOrder, settledAt = row.settledAt): Promise<void> {
    const { buyerId, orderNo, shopId, firstId, secondId } = row;
    const isPaid = !['pending_payment', 'deposit_paid', 'cancelled'].includes(order.status);
    const shares = isPaid ? sharesOf(order.lines, row.lines) : { kept: 0, first: 0, second: 0 };
    const status = statusAfter(order.status, shares.kept, settledAt !== null);
    const windowEnd = order.completedAt && new Date(order.completedAt.getTime() + windowDays(shopId) * dayMs);
    // Put off once, it stays put off.
    const settleAt = windowEnd && row.settleAt && row.settleAt > windowEnd ? row.settleAt : windowEnd;
    const version = row.version + 1;
    await tx
      .updateTable('distribution.attribution')
      .set({ status, kept: shares.kept, settleAt, settledAt, version })
      .where('buyerId', '=', buyerId)
      .where('orderNo', '=', orderNo)
      .execute();
    if (status === 'placed') return;
    const parts = [
      { level: 1 as const, payeeId: firstId, amount: shares.first },
      ...(secondId === null ? [] : [{ level: 2 as const, payeeId: secondId, amount: shares.second }]),
    ];
    // Accounts are locked in one order, whoever stands on which level.
    parts.sort((one, other) => (one.payeeId < other.payeeId ? -1 : 1));
    for (const { level, payeeId, amount } of parts) {
      const known = await tx
        .selectFrom('distribution.commission')
        .select('booked')
        .where('buyerId', '=', payeeId)
        .where('orderNo', '=', orderNo)
        .where('level', '=', level)
        .forUpdate()
        .executeTakeFirst();
      // Cancelled before it was paid: it never was anybody's.
      if (!known && status === 'void' && settledAt === null && !isPaid) continue;
      const booked = settledAt === null ? 0 : amount;
      const facts = { kept: shares.kept, amount, booked, status, settleAt, settledAt };
      const [first] = order.lines;
      if (!first) continue;
      await tx
        .insertInto('distribution.commission')
        .values({
          ...{ buyerId: payeeId, orderNo, level, shopId, customerId: buyerId, orderedAt: order.createdAt, ...facts },
          title: order.lines.length > 1 ? `${first.title} 等 ${order.lines.length} 件` : first.title,
          picture: JSON.stringify(first.picture),
        })
        .onConflict((conflict) => conflict.columns(['buyerId', 'orderNo', 'level']).doUpdateSet(facts))
        .execute();
      const difference = booked - (known?.booked ?? 0);
      if (difference === 0) continue;
      // Settled now, not corrected later: this is what its earner waits to hear of.
      if (row.settledAt === null && settledAt !== null)
        await outbox.publish(tx, 'distribution.commission_settled', { buyerId: payeeId, shopId, amount: booked });
      await accounts.book(
        tx,
        { buyerId: payeeId, shopId },
        {
          amount: difference,
          kind: difference > 0 ? 'commission' : 'claw_back',
          sourceKey: `order:${orderNo}:${level}:${version}`,
          orderNo,
        },
      );
    }
  }

  return {
    /**
     * Of orders placed or paid, those somebody may earn by: followed already, of a shop where distributors earn by their own
     * purchases, or of a buyer who is or was bound to somebody in that shop. Any other is nobody's, whenever it is looked at.
     */
    async concerned<Order extends { buyerId: string; orderNo: string; shopId: string }>(
      db: Executor,
      orders: readonly Order[],
    ): Promise<Order[]> {
      const rows = await readConcerned(
        db,
        orders.map(({ buyerId }) => buyerId),
        orders.map(({ orderNo }) => orderNo),
        orders.map(({ shopId }) => shopId),
      );
      const found = new Set(rows.map(({ buyerId, orderNo }) => `${buyerId} ${orderNo}`));
      return orders.filter(
        ({ buyerId, orderNo, shopId }) => found.has(`${buyerId} ${orderNo}`) || program.countsOwnPurchases(shopId),
      );
    },

    /** The order was placed, paid, received, cancelled or partly given back. */
    async heard(tx: Tx, buyerId: string, orderNo: string, what: 'placed' | 'paid' | 'changed'): Promise<void> {
      let row = await lock(tx, buyerId, orderNo);
      // Only a new order is agreed upon: an old one does not become somebody's because a refund is heard of.
      if (!row && what === 'changed') return;
      const order = await orderOf(tx, buyerId, orderNo);
      if (!order) return;
      if (!row) {
        await agree(tx, buyerId, order);
        row = await lock(tx, buyerId, orderNo);
      }
      if (row) await follow(tx, row, order);
    },

    /** Settles one whose window is over. @returns false when none is due */
    async settleNext(tx: Tx): Promise<boolean> {
      const now = clock.now();
      const row = await tx
        .selectFrom('distribution.attribution')
        .selectAll()
        .where('status', '=', 'frozen')
        .where('settleAt', '<=', now)
        .orderBy('settleAt')
        .limit(1)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
      if (!row) return false;
      const { buyerId, orderNo } = row;
      if (await hasOpenCase(tx, buyerId, orderNo)) {
        await tx
          .updateTable('distribution.attribution')
          .set({ settleAt: new Date(now.getTime() + policies.get(lookAgainHours) * hourMs) })
          .where('buyerId', '=', buyerId)
          .where('orderNo', '=', orderNo)
          .execute();
        return true;
      }
      const order = await orderOf(tx, buyerId, orderNo);
      if (!order) throw new Error(`an attribution without its order ${orderNo}`);
      await follow(tx, row, order, now);
      return true;
    },
  };
}
