/** Sums of a shop's trade by hour and by product, as they stand now. What is kept of them is analytics' affair. */
import type { Dashboard } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import { shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';

/** What one hour of a shop came to. Hours add up to days and weeks, distinct payers too. */
export interface HourFigures {
  hour: Date;
  /** What was paid in it, refunded since or not. */
  gmv: number;
  orders: number;
  /** Who paid in it and not yet earlier that Shanghai day. */
  newPayers: number;
  /** Settled in it. */
  refunds: number;
  /** By how lines were sold; `normal`: by no activity. What no line has of `gmv` is freight. */
  plays: Partial<Record<Play, { gmv: number; orders: number }>>;
}
export type Play = Exclude<Dashboard['byPlay'][number]['play'], 'freight'>;

export interface Sold {
  spuId: string;
  title: string;
  picture: PictureRef;
  units: number;
  sales: number;
}

/** `until` left out: to the end. */
export interface Span {
  from: Date;
  until?: Date | undefined;
}

export function createFigures() {
  return {
    /** Hours in which something was paid or settled, in no order. `from` is the beginning of an hour. */
    async figuresByHour(db: Executor, shopId: string, { from, until }: Span): Promise<HourFigures[]> {
      const day = startOfShanghaiDay(shanghaiDay(from));
      const ends = (column: string) => (until ? sql`and ${sql.ref(column)} < ${until}` : sql``);
      const { rows } = await sql<HourFigures>`
        with paid as (
          select buyer_id, order_no, payable, date_trunc('hour', paid_at, 'UTC') as hour,
                 (paid_at at time zone 'Asia/Shanghai')::date as day
          from orders.order where shop_id = ${shopId} and paid_at >= ${from} ${ends('paid_at')}
        ), firsts as (
          select buyer_id, min(hour) as hour, day = (${from}::timestamptz at time zone 'Asia/Shanghai')::date as is_begun
          from paid group by buyer_id, day
        ), payers as (
          select hour, count(*) as new_payers from firsts f
          where not (is_begun and exists (
            select 1 from orders.order e
            where e.buyer_id = f.buyer_id and e.shop_id = ${shopId} and e.paid_at >= ${day} and e.paid_at < ${from}))
          group by hour
        ), sums as (
          select hour, sum(payable) as gmv, count(*) as orders from paid group by hour
        ), sold as (
          select p.hour, coalesce(l.activity ->> 'kind', 'normal') as play, sum(l.payable) as gmv, count(distinct l.order_no) as orders
          from paid p join orders.order_line l using (buyer_id, order_no) group by 1, 2
        ), plays as (
          select hour, jsonb_object_agg(play, jsonb_build_object('gmv', gmv, 'orders', orders)) as plays from sold group by hour
        ), returned as (
          select date_trunc('hour', settled_at, 'UTC') as hour, sum(amount) as refunds
          from orders.refund where shop_id = ${shopId} and status = 'succeeded' and settled_at >= ${from} ${ends('settled_at')} group by 1
        )
        select hour, coalesce(s.gmv, 0)::bigint as gmv, coalesce(s.orders, 0)::int as orders, coalesce(p.new_payers, 0)::int as new_payers,
               coalesce(r.refunds, 0)::bigint as refunds, coalesce(l.plays, '{}') as plays
        from sums s full join returned r using (hour) left join payers p using (hour) left join plays l using (hour)`.execute(
        db,
      );
      return rows;
    },

    /** Units and money by product of what was paid, refunded orders left out; the most sold first. */
    async soldByProduct(db: Executor, shopId: string, { from, until }: Span, limit: number): Promise<Sold[]> {
      const ends = until ? sql`and o.paid_at < ${until}` : sql``;
      const { rows } = await sql<Sold>`
        select l.spu_id, (array_agg(l.title order by o.paid_at desc))[1] as title, (array_agg(l.picture order by o.paid_at desc))[1] as picture,
               sum(l.quantity)::int as units, sum(l.payable)::bigint as sales
        from orders.order o join orders.order_line l using (buyer_id, order_no)
        where o.shop_id = ${shopId} and o.paid_at >= ${from} ${ends} and o.status in ('paid', 'ready_for_pickup', 'shipped', 'completed')
        group by l.spu_id order by units desc, sales desc, l.spu_id limit ${limit}`.execute(db);
      return rows;
    },

    /** How many orders were paid since, up to a limit. */
    async countPaid(db: Executor, shopId: string, from: Date, limit: number): Promise<number> {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from (
          select 1 from orders.order where shop_id = ${shopId} and paid_at >= ${from} limit ${limit}) as counted`.execute(
        db,
      );
      return rows[0]?.count ?? 0;
    },

    /** Up to 1,000 to ship: more is shown as "999+". */
    async todoOfShop(db: Executor, shopId: string): Promise<{ toShip: number; refunds: number }> {
      const { rows } = await sql<{ toShip: number; refunds: number }>`
        select (select count(*) from (
                 select 1 from orders.order where shop_id = ${shopId} and status = 'paid' and shipping_hold is null limit 1000) as counted)::int as to_ship,
               (select count(*) from orders.refund where shop_id = ${shopId} and status in ('requested', 'processing', 'failed'))::int as refunds`.execute(
        db,
      );
      return rows[0] ?? { toShip: 0, refunds: 0 };
    },
  };
}
