/**
 * What orders say of an activity, a reduction or coupons: every line that one of them priced, with what came back since. Read from
 * the lines themselves; no figure is kept twice, so none can drift.
 */
import { sql } from 'kysely';
import type { Executor } from '#platform/database/database.ts';

export interface SourceFigures {
  /** Orders and people, as far as they came. `kept`: paid, and something of it was not given back. */
  orders: number;
  buyers: number;
  paidOrders: number;
  payers: number;
  keptOrders: number;
  pieces: number;
  /** Money in, less what went back. */
  income: number;
  refunded: number;
  /** What it took off what was kept. */
  given: number;
  cost: number;
  hasUnknownCost: boolean;
}
export interface SourceDay extends Pick<SourceFigures, 'paidOrders' | 'income' | 'given'> {
  day: string;
}

type Row = SourceFigures & { day: string | null; isTotal: boolean };
const noFigures: SourceFigures = {
  ...{ orders: 0, buyers: 0, paidOrders: 0, payers: 0, keptOrders: 0, pieces: 0 },
  ...{ income: 0, refunded: 0, given: 0, cost: 0, hasUnknownCost: false },
};

/**
 * @param sourceIds what lines name as the cause of their price: activities, groups, bargains, rules, coupons
 * One statement over the shop's orders since `from`.
 */
export async function figuresOfSources(
  db: Executor,
  shopId: string,
  { sourceIds, from }: { sourceIds: readonly string[]; from: Date },
): Promise<SourceFigures & { days: SourceDay[] }> {
  if (sourceIds.length === 0) return { ...noFigures, days: [] };
  const { rows } = await sql<Row>`
    with hit as (
      select o.buyer_id, o.order_no, coalesce(o.paid_at, o.deposit_paid_at) as paid_at, o.paid_at is not null as is_whole, o.deposit,
        l.quantity, l.quantity - l.refunded_quantity as kept, l.refunded_amount, l.payable, l.cost, d.given,
        l.activity ->> 'kind' = 'group' as is_group
      from orders.order o join orders.order_line l using (buyer_id, order_no)
      cross join lateral (
        select count(*) as hits, coalesce(sum((each ->> 'amount')::bigint), 0) as given
        from jsonb_array_elements(l.discounts) each where each ->> 'sourceId' = any(${[...sourceIds]}::text[])
      ) d
      where o.shop_id = ${shopId} and o.created_at >= ${from} and (d.hits > 0 or l.activity ->> 'id' = any(${[...sourceIds]}::text[]))
    ), line as (
      select hit.*, (paid_at at time zone 'Asia/Shanghai')::date as day,
        case when paid_at is null then 0 when is_whole then payable else least(deposit, payable) end - refunded_amount as income,
        -- What a group gave back to its members because more of them came was given away too.
        case when is_whole then given * kept / quantity
          + case when is_group then greatest(0, payable * kept / quantity - (payable - refunded_amount)) else 0 end else 0 end as given_kept
      from hit
    )
    select to_char(day, 'YYYY-MM-DD') as day, grouping(day) = 1 as is_total,
      count(distinct order_no)::int as orders, count(distinct buyer_id)::int as buyers,
      count(distinct order_no) filter (where paid_at is not null)::int as paid_orders,
      count(distinct buyer_id) filter (where paid_at is not null)::int as payers,
      count(distinct order_no) filter (where paid_at is not null and kept > 0)::int as kept_orders,
      coalesce(sum(kept) filter (where is_whole), 0)::int as pieces,
      coalesce(sum(income) filter (where paid_at is not null), 0)::bigint as income,
      coalesce(sum(refunded_amount), 0)::bigint as refunded, coalesce(sum(given_kept), 0)::bigint as given,
      coalesce(sum(cost * kept) filter (where is_whole), 0)::bigint as cost,
      coalesce(bool_or(cost = 0 and kept > 0) filter (where is_whole), false) as has_unknown_cost
    from line group by grouping sets ((), (day)) order by day`.execute(db);
  const total = rows.find(({ isTotal }) => isTotal);
  const { day: _day, isTotal: _total, ...figures } = total ?? { day: null, isTotal: true, ...noFigures };
  return {
    ...figures,
    days: rows.flatMap(({ day, isTotal, paidOrders, income, given }) =>
      isTotal || day === null ? [] : [{ day, paidOrders, income, given }],
    ),
  };
}
