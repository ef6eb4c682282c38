/**
 * What becomes of old orders. Three years after its end an order loses what speaks of people: where it went, remarks, its log. Sums,
 * lines and refunds stay, for payments, stock and the books add up to them. On hold for a dispute it loses nothing (C12-LAW-05).
 */
import { sql } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { defineError } from '#platform/errors.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import { definePolicy } from '#platform/policy.ts';
import type { RetentionRule } from '#platform/retention.ts';
import type {} from './orders.tables.ts';

/** 《电子商务法》第三十一条: at least three years from completion; X-33: the longest rule wins over the 180 days of logs. */
const tradeDays = definePolicy({
  key: 'retention.trade_days',
  scope: 'install',
  title: '订单的收货信息、备注与操作记录，结束后保留',
  unit: '天',
  defaultValue: 1_095,
  minimum: 1_095,
  maximum: 10_950,
});

const placementDays = definePolicy({
  key: 'retention.placement_days',
  scope: 'install',
  title: '下单防重记录保留',
  unit: '天',
  defaultValue: 30,
  minimum: 7,
  maximum: 365,
});

export const strippedLabel = '已过保存期';

export function orderRetention({ fieldCipher, clock }: { fieldCipher: FieldCipher; clock: Clock }): RetentionRule[] {
  return [
    {
      key: 'orders.people',
      title: '订单的收货信息、备注与操作记录',
      basis:
        '《电子商务法》第三十一条：交易完成之日起不少于三年。到期清除个人信息；金额、商品与退款长期留账。留证的订单不清除',
      limit: tradeDays,
      async purge(tx, before, most) {
        const blank = { name: strippedLabel, phone: '', province: '', city: '', district: '', detail: '' };
        const { rows } = await sql<{ orderNo: string }>`
          with due as (
            select o.buyer_id, o.order_no from orders."order" o
            where greatest(o.completed_at, o.cancelled_at, o.refunded_at) < ${before} and o.stripped_at is null
              and greatest(o.completed_at, o.cancelled_at, o.refunded_at) is not null
              and o.status in ('completed', 'cancelled', 'refunded')
              and not exists (
                select 1 from orders.legal_hold h where h.buyer_id = o.buyer_id and h.order_no = o.order_no)
              and not exists (
                select 1 from orders.refund r where r.buyer_id = o.buyer_id and r.order_no = o.order_no
                and r.settled_at is null and r.status in ('requested', 'processing'))
            order by greatest(o.completed_at, o.cancelled_at, o.refunded_at)
            limit ${most} for update of o skip locked
          ), told as (
            delete from orders.order_event e using due where e.buyer_id = due.buyer_id and e.order_no = due.order_no
          )
          update orders."order" o set recipient = ${fieldCipher.encrypt(JSON.stringify(blank))},
            recipient_label = ${strippedLabel}, phone_tail_index = '', remark = '', shop_remark = '',
            stripped_at = ${clock.now()}
          from due where o.buyer_id = due.buyer_id and o.order_no = due.order_no returning o.order_no`.execute(tx);
        return rows.length;
      },
    },
    {
      key: 'orders.placements',
      title: '下单防重记录',
      basis: '防止同一次提交下两单；手机端早已不再重发，排队中的不清除',
      limit: placementDays,
      async purge(tx, before, most) {
        const { rows } = await sql`
          delete from orders.placement where (buyer_id, idempotency_key) in (
            select buyer_id, idempotency_key from orders.placement
            where created_at < ${before} and (reply is not null or refusal is not null) limit ${most}) returning 1`.execute(
          tx,
        );
        return rows.length;
      },
    },
  ];
}

const heldOrderNotFound = defineError('orders.not_found_to_hold', 'not_found', '没有这个订单');
const notHeld = defineError('orders.not_held', 'not_found', '这个订单没有留证');
const strippedAlready = defineError(
  'orders.past_keeping',
  'conflict',
  '这个订单的收货信息与操作记录已过保存期，不能再留证',
);

export interface LegalHold {
  orderNo: string;
  reason: string;
  heldBy: string;
  heldAt: Date;
}

/** Orders that lose nothing however old they are; of one shop. */
export const legalHolds = (clock: Clock) => ({
  async hold(tx: Tx, shopId: string, { orderNo, reason, by }: { orderNo: string; reason: string; by: string }) {
    // Locked, so that a purge under way either sees the hold or is done before it is promised.
    const order = await tx
      .selectFrom('orders.order')
      .select(['buyerId', 'strippedAt'])
      .where('shopId', '=', shopId)
      .where('orderNo', '=', orderNo)
      .forUpdate()
      .executeTakeFirst();
    if (!order) throw heldOrderNotFound();
    if (order.strippedAt) throw strippedAlready();
    const hold = { reason, heldBy: by, heldAt: clock.now() };
    await tx
      .insertInto('orders.legalHold')
      .values({ buyerId: order.buyerId, orderNo, shopId, ...hold })
      .onConflict((conflict) => conflict.columns(['buyerId', 'orderNo']).doUpdateSet(hold))
      .execute();
  },

  async release(tx: Tx, shopId: string, orderNo: string): Promise<void> {
    const { numDeletedRows } = await tx
      .deleteFrom('orders.legalHold')
      .where('shopId', '=', shopId)
      .where('orderNo', '=', orderNo)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw notHeld();
  },

  /** Newest first; a shop has few. */
  list: (db: Executor, shopId: string): Promise<LegalHold[]> =>
    db
      .selectFrom('orders.legalHold')
      .select(['orderNo', 'reason', 'heldBy', 'heldAt'])
      .where('shopId', '=', shopId)
      .orderBy('heldAt', 'desc')
      .limit(500)
      .execute(),
});
export type LegalHolds = ReturnType<typeof legalHolds>;
