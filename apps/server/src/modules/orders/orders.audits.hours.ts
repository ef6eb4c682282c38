/** What each hour of each shop came to, counted once more from the orders: set beside the hours that analytics keeps. */
import { sql } from 'kysely';
import type { AuditBook } from '#platform/books.ts';
import { dayMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';

/** As far back as hours are kept. */
const days = 14;

/**
 * `state` is JSON: what is compared as text, and `lateAt`: when a payment of that Shanghai day, up to this hour, was last told
 * after its own hour was over. A sum made before that moment could not know of it.
 */
export const orderHourBook: AuditBook = (now) => {
  const from = startOfShanghaiDay(shanghaiDay(new Date(now.getTime() - (days - 1) * dayMs)));
  return sql`
    with paid as (
      select shop_id, buyer_id, order_no, payable, paid_at, date_trunc('hour', paid_at, 'UTC') as hour,
        (paid_at at time zone 'Asia/Shanghai')::date as day
      from orders.order where paid_at >= ${from}
    ), moments as (
      select buyer_id, order_no, at from orders.order_event
      where at >= ${from} and (text like '%成功%' or text like '%自动退回%')
      union all
      select buyer_id, order_no, requested_at from orders.refund where requested_at >= ${from} and requested_by = '系统'
    ), told as (
      select p.shop_id, p.day, p.hour, min(m.at) as at
      from paid p join moments m on m.buyer_id = p.buyer_id and m.order_no = p.order_no and m.at >= p.paid_at
      group by p.shop_id, p.day, p.hour, p.buyer_id, p.order_no having min(m.at) >= p.hour + interval '1 hour'
    ), sums as (
      select shop_id, hour, sum(payable) as gmv, count(*) as orders from paid group by 1, 2
    ), payers as (
      select shop_id, hour, count(*) as payers from (
        select shop_id, buyer_id, min(hour) as hour from paid group by shop_id, buyer_id, day) firsts group by 1, 2
    ), plays as (
      select shop_id, hour, jsonb_object_agg(play, jsonb_build_object('gmv', gmv, 'orders', orders)) as plays from (
        select p.shop_id, p.hour, coalesce(l.activity ->> 'kind', 'normal') as play, sum(l.payable) as gmv, count(distinct l.order_no) as orders
        from paid p join orders.order_line l using (buyer_id, order_no) group by 1, 2, 3) sold group by 1, 2
    ), returned as (
      select shop_id, date_trunc('hour', settled_at, 'UTC') as hour, sum(amount) as refunds
      from orders.refund where status = 'succeeded' and settled_at >= ${from} group by 1, 2
    )
    select (shop_id || ' ' || to_char(hour at time zone 'UTC', 'YYYY-MM-DD"T"HH24')) collate "C" as key, amount,
      jsonb_build_object('figures', figures, 'lateAt', (
        select max(at) from told t where t.shop_id = h.shop_id and t.hour <= h.hour
          and t.day = (h.hour at time zone 'Asia/Shanghai')::date))::text as state
    from (
      select shop_id, hour, coalesce(gmv, 0)::bigint as amount,
        format('%s orders, %s payers, %s back, %s', coalesce(orders, 0), coalesce(payers, 0), coalesce(refunds, 0), coalesce(plays, '{}')) as figures
      from sums full join payers using (shop_id, hour) full join plays using (shop_id, hour) full join returned using (shop_id, hour)
    ) h order by 1`;
};
