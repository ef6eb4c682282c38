/** Sums for the dashboard, by Shanghai day and hour. A shop's day is one index range; no figure is kept twice. */
import type { Dashboard } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import { dayMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';
import type { OrdersDeps } from './orders.ports.ts';

export interface DayFigures {
  day: string;
  gmv: number;
  orders: number;
  payers: number;
  refunds: number;
}

export interface HourFigures {
  hour: number;
  today: number;
  yesterday: number;
}

export interface BestSeller {
  spuId: string;
  title: string;
  picture: PictureRef;
  units: number;
  sales: number;
}

/** `play`: the activity a line was sold by, `normal` for none, `freight` for what is no line's. */
export interface PlayFigures {
  play: Dashboard['byPlay'][number]['play'];
  gmv: number;
  orders: number;
}

const bestSellerDays = 7;

export function createFigures({ clock }: Pick<OrdersDeps, 'clock'>) {
  const dayStart = (back: number): Date =>
    startOfShanghaiDay(shanghaiDay(new Date(clock.now().getTime() - back * dayMs)));

  return {
    /** The last `days` days, oldest first, today last; quiet days are zeros. What was paid counts, refunded or not. */
    async figuresByDay(db: Executor, shopId: string, days: number): Promise<DayFigures[]> {
      const from = dayStart(days - 1);
      const { rows } = await sql<DayFigures>`
        with paid as (
          select (paid_at at time zone 'Asia/Shanghai')::date as day, sum(payable) as gmv, count(*) as orders,
                 count(distinct buyer_id) as payers
          from orders.order where shop_id = ${shopId} and paid_at >= ${from} group by 1
        ), returned as (
          select (settled_at at time zone 'Asia/Shanghai')::date as day, sum(amount) as refunds
          from orders.refund where shop_id = ${shopId} and status = 'succeeded' and settled_at >= ${from} group by 1
        )
        select to_char(coalesce(p.day, r.day), 'YYYY-MM-DD') as day, coalesce(p.gmv, 0)::bigint as gmv, coalesce(p.orders, 0)::int as orders,
               coalesce(p.payers, 0)::int as payers, coalesce(r.refunds, 0)::bigint as refunds
        from paid p full join returned r on r.day = p.day`.execute(db);
      const byDay = new Map(rows.map((row) => [row.day, row]));
      return Array.from({ length: days }, (_, index) => {
        const day = shanghaiDay(dayStart(days - 1 - index));
        return byDay.get(day) ?? { day, gmv: 0, orders: 0, payers: 0, refunds: 0 };
      });
    },

    /** 24 hours, today beside yesterday. */
    async figuresByHour(db: Executor, shopId: string): Promise<HourFigures[]> {
      const today = dayStart(0);
      const { rows } = await sql<HourFigures>`
        select extract(hour from paid_at at time zone 'Asia/Shanghai')::int as hour,
               coalesce(sum(payable) filter (where paid_at >= ${today}), 0)::bigint as today,
               coalesce(sum(payable) filter (where paid_at < ${today}), 0)::bigint as yesterday
        from orders.order where shop_id = ${shopId} and paid_at >= ${dayStart(1)} group by 1`.execute(db);
      const byHour = new Map(rows.map((row) => [row.hour, row]));
      return Array.from({ length: 24 }, (_, hour) => byHour.get(hour) ?? { hour, today: 0, yesterday: 0 });
    },

    /** Of the last seven days, by units; refunded orders are left out. */
    async bestSellers(db: Executor, shopId: string, limit: number): Promise<BestSeller[]> {
      const { rows } = await sql<BestSeller>`
        select l.spu_id, (array_agg(l.title order by o.paid_at desc))[1] as title, (array_agg(l.picture order by o.paid_at desc))[1] as picture,
               sum(l.quantity)::int as units, sum(l.payable)::bigint as sales
        from orders.order o join orders.order_line l using (buyer_id, order_no)
        where o.shop_id = ${shopId} and o.paid_at >= ${dayStart(bestSellerDays - 1)} and o.status in ('paid', 'ready_for_pickup', 'shipped', 'completed')
        group by l.spu_id order by units desc, sales desc, l.spu_id limit ${limit}`.execute(db);
      return rows;
    },

    /** What was paid in the last days by how it was sold; freight stands apart, so the parts sum to what was paid. */
    async gmvByPlay(db: Executor, shopId: string, days: number): Promise<PlayFigures[]> {
      const { rows } = await sql<PlayFigures>`
        with paid as (
          select buyer_id, order_no, payable from orders.order where shop_id = ${shopId} and paid_at >= ${dayStart(days - 1)}
        ), lines as (
          select coalesce(l.activity ->> 'kind', 'normal') as play, l.order_no, l.payable from paid p join orders.order_line l using (buyer_id, order_no)
        )
        select play, sum(payable)::bigint as gmv, count(distinct order_no)::int as orders from lines group by play
        union all
        select 'freight', ((select coalesce(sum(payable), 0) from paid) - (select coalesce(sum(payable), 0) from lines))::bigint, 0
        order by gmv desc, play`.execute(db);
      return rows.filter(({ gmv }) => gmv > 0);
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
