/** What a shop's coupons may still cost: worst case, by past use, and what runs out when. Counted from the coupons themselves. */
import type { CouponLiability } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import { dayMs } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import type {} from './coupons.tables.ts';

export const soonDays = 7;
const outlookDays = 30;
/** Below so many that came to an end, a template's own rate says little: the shop's stands in. */
const leastEnded = 20;

interface TemplateRow {
  templateId: string;
  name: string;
  issued: number;
  held: number;
  locked: number;
  used: number;
  expired: number;
  /** Out there, of those whose worth has no bound how many. */
  worst: number;
  unbounded: number;
  soon: number;
  soonWorth: number;
  spent: number;
}

export const useRateOf = (rows: readonly Pick<TemplateRow, 'used' | 'expired'>[]): number | null => {
  const [used, ended] = rows.reduce(([u, e], row) => [u + row.used, e + row.used + row.expired], [0, 0] as [
    number,
    number,
  ]);
  return ended === 0 ? null : used / ended;
};

/** @returns basis points; null while nothing has come to an end anywhere */
export function rateFor(row: Pick<TemplateRow, 'used' | 'expired'>, shopRate: number | null): number | null {
  const own = row.used + row.expired >= leastEnded ? useRateOf([row]) : shopRate;
  return own === null ? null : Math.round(own * 10_000);
}

/** Two statements. What is past its day counts as expired, swept or not. */
export async function couponLiability(db: Executor, shopId: string, now: Date): Promise<CouponLiability> {
  const [soon, outlook] = [new Date(now.getTime() + soonDays * dayMs), new Date(now.getTime() + outlookDays * dayMs)];
  const worth = sql`case c.terms -> 'rule' ->> 'kind' when 'percent' then (c.terms -> 'rule' ->> 'cap')::bigint
    when 'exchange' then null else (c.terms -> 'rule' ->> 'off')::bigint end`;
  const { rows } = await sql<TemplateRow>`
    with coupon as (
      select c.template_id, c.saving, ${worth} as worth, c.expires_at,
        case when c.status = 'held' and c.expires_at <= ${now} then 'expired' else c.status end as status
      from coupons.coupon c where c.template_id in (select template_id from coupons.template where shop_id = ${shopId})
    )
    select t.template_id, t.name, count(c.*)::int as issued,
      count(*) filter (where c.status = 'held')::int as held, count(*) filter (where c.status = 'locked')::int as locked,
      count(*) filter (where c.status = 'used')::int as used, count(*) filter (where c.status = 'expired')::int as expired,
      coalesce(sum(c.worth) filter (where c.status in ('held', 'locked')), 0)::bigint as worst,
      count(*) filter (where c.status in ('held', 'locked') and c.worth is null)::int as unbounded,
      count(*) filter (where c.status = 'held' and c.expires_at <= ${soon})::int as soon,
      coalesce(sum(c.worth) filter (where c.status = 'held' and c.expires_at <= ${soon}), 0)::bigint as soon_worth,
      coalesce(sum(c.saving) filter (where c.status = 'used'), 0)::bigint as spent
    from coupons.template t left join coupon c using (template_id)
    where t.shop_id = ${shopId} group by t.template_id order by worst desc, issued desc, t.template_id limit 500`.execute(
    db,
  );
  const { rows: expiry } = await sql<{ day: string; coupons: number; worth: number }>`
    select to_char(c.expires_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as day, count(*)::int as coupons,
      coalesce(sum(${worth}), 0)::bigint as worth
    from coupons.coupon c where c.template_id in (select template_id from coupons.template where shop_id = ${shopId})
      and c.status = 'held' and c.expires_at > ${now} and c.expires_at <= ${outlook}
    group by 1 order by 1`.execute(db);

  const shopRate = useRateOf(rows);
  const templates = rows.map((row) => {
    const useRate = rateFor(row, shopRate);
    // Without any past the worst case is all one can say.
    return { ...row, useRate, expected: useRate === null ? row.worst : Math.round((row.worst * useRate) / 10_000) };
  });
  const total = (
    key:
      | 'issued'
      | 'held'
      | 'locked'
      | 'used'
      | 'expired'
      | 'worst'
      | 'unbounded'
      | 'soon'
      | 'soonWorth'
      | 'expected'
      | 'spent',
  ) => templates.reduce((sum, row) => sum + row[key], 0);
  return {
    totals: {
      ...{ issued: total('issued'), held: total('held'), locked: total('locked'), used: total('used') },
      ...{
        expired: total('expired'),
        worst: total('worst'),
        unbounded: total('unbounded'),
        expected: total('expected'),
      },
      ...{ soon: total('soon'), soonWorth: total('soonWorth'), spent: total('spent') },
      useRate: shopRate === null ? null : Math.round(shopRate * 10_000),
    },
    soonDays,
    templates,
    expiry,
    serverTime: now.toISOString(),
  };
}
