/** A cart that rests: told once for each rest, and only while nothing newer lies in it (C07-OA-06). */
import { sql } from 'kysely';
import { type Clock, dayMs, hourMs, minuteMs } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { definePolicy, type Policies } from '#platform/policy.ts';
import type { FindSkus } from './cart.ports.ts';

export const idleHours = definePolicy({
  key: 'cart.idle_hours',
  scope: 'install',
  title: '加购后多久未下单提醒',
  unit: '小时',
  defaultValue: 2,
  minimum: 1,
  maximum: 72,
});

/** A cart that has rested longer is no news: the first run of a new shop does not tell of last year's. */
const stopAfterMs = 3 * dayMs;
const batch = 100;

export interface IdleDeps {
  clock: Clock;
  policies: Policies;
  outbox: Outbox;
  findSkus: FindSkus;
  /** Those of them who have an account; a guest has no inbox. */
  membersAmong(db: Executor, buyerIds: string[]): Promise<ReadonlySet<string>>;
}

export function createCartIdle({ clock, policies, outbox, findSkus, membersAmong }: IdleDeps) {
  async function tellDue(tx: Tx): Promise<number> {
    const now = clock.now();
    const restedSince = new Date(now.getTime() - policies.get(idleHours) * hourMs);
    const oldest = new Date(restedSince.getTime() - stopAfterMs);
    // The newest line says since when a cart rests; a line as old as the limit may have newer ones beside it.
    const { rows } = await sql<{ buyerId: string; since: Date }>`
      select l.buyer_id, max(l.added_at) as since from cart.line l
      where l.buyer_id in (
        select buyer_id from cart.line where added_at <= ${restedSince} and added_at > ${oldest} order by added_at desc)
      group by l.buyer_id
      having max(l.added_at) <= ${restedSince} and not exists (
        select 1 from cart.reminder r where r.buyer_id = l.buyer_id and r.told_for >= max(l.added_at))
      limit ${batch}`.execute(tx);
    const members = await membersAmong(
      tx,
      rows.map(({ buyerId }) => buyerId),
    );
    for (const { buyerId, since } of rows) {
      // Two workers at once: the row decides which of them tells.
      const { rows: mine } = await sql`
        insert into cart.reminder as r (buyer_id, told_for) values (${buyerId}, ${since})
        on conflict (buyer_id) do update set told_for = excluded.told_for where r.told_for < excluded.told_for
        returning buyer_id`.execute(tx);
      if (mine.length > 0 && members.has(buyerId)) await tell(tx, buyerId, since);
    }
    return rows.length;
  }

  async function tell(tx: Tx, buyerId: string, since: Date): Promise<void> {
    const lines = await tx
      .selectFrom('cart.line')
      .select(['skuId', 'quantity'])
      .where('buyerId', '=', buyerId)
      .orderBy('addedAt', 'desc')
      .orderBy('lineId', 'desc')
      .execute();
    const skus = await findSkus(
      tx,
      lines.map(({ skuId }) => skuId),
    );
    const known = lines.flatMap(({ skuId }) => {
      const sku = skus.get(skuId);
      return sku?.onSale ? [sku] : [];
    });
    const [newest] = known;
    if (!newest) return;
    await outbox.publish(tx, 'cart.cart_idle', {
      buyerId,
      shopId: newest.shopId,
      title: newest.title,
      lines: known.length,
      since: since.toISOString(),
    });
  }

  return {
    tellDue,
    /** Nothing was added since, and something is still there. Buying takes lines out in the order's own transaction. */
    async isStillIdle(db: Executor, buyerId: string, since: Date): Promise<boolean> {
      const { newest } = await db
        .selectFrom('cart.line')
        .select(({ fn }) => fn.max('addedAt').as('newest'))
        .where('buyerId', '=', buyerId)
        .executeTakeFirstOrThrow();
      return newest !== null && new Date(newest).getTime() <= since.getTime();
    },
  };
}
export type CartIdle = ReturnType<typeof createCartIdle>;

export const cartIdleSweep = (idle: CartIdle, { inTransaction }: Pick<Database, 'inTransaction'>): Sweep => ({
  name: 'cart.idle',
  everyMs: minuteMs,
  run: () => inTransaction(idle.tellDue),
});
