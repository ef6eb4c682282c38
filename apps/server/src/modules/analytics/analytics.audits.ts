/** The hours that are kept of large shops (ADR 27), to be set beside what the orders say. */
import { sql } from 'kysely';
import type { AuditBook, BookRow } from '#platform/books.ts';
import { dayStart, sparkDays } from './analytics.figures.domain.ts';
import type {} from './analytics.tables.ts';

/**
 * Every hour that is answered from what is kept, those without trade too, and those that must not be kept. Left out: what was
 * summed within a minute of its end, for a payment may have been on its way to its commit; the next sweep sums it again.
 */
export const keptHourBook: AuditBook = (now) => {
  const from = dayStart(now, sparkDays - 1);
  return sql`
    with expected as (
      select shop_id, hour, recounted_at from analytics.rolled r, generate_series(
        greatest(r.hours_from, ${from}), r.until - interval '1 hour', interval '1 hour') as hour
      where r.until <= ${now} and hour + interval '61 minutes' <= r.rolled_at
    ), kept as (
      select h.*, hour >= r.until as is_beyond from analytics.shop_hour h join analytics.rolled r using (shop_id)
      where hour >= ${from} and r.until <= ${now}
    )
    select (shop_id || ' ' || to_char(hour at time zone 'UTC', 'YYYY-MM-DD"T"HH24')) collate "C" as key, coalesce(gmv, 0)::bigint as amount,
      jsonb_build_object(
        'figures', format('%s orders, %s payers, %s back, %s', coalesce(orders, 0), coalesce(new_payers, 0), coalesce(refunds, 0), coalesce(plays, '{}')),
        'recountedAt', recounted_at)::text as state
    from expected full join kept using (shop_id, hour)
    where recounted_at is not null or is_beyond
    order by 1`;
};

const nothing = { figures: '0 orders, 0 payers, 0 back, {}', lateAt: null };

/** A shop's other hours are not kept at all: only what is kept can be wrong. */
export function judgeKeptHour(
  kept: BookRow | undefined,
  orders: BookRow | undefined,
): { expected: string; actual: string } | undefined {
  if (!kept) return undefined;
  const { figures, recountedAt } = JSON.parse(kept.state) as { figures: string; recountedAt: string | null };
  if (recountedAt === null) return { expected: 'nothing kept of an hour that was not over', actual: figures };
  const real = orders ? (JSON.parse(orders.state) as { figures: string; lateAt: string | null }) : nothing;
  const amount = orders?.amount ?? 0;
  if (kept.amount === amount && figures === real.figures) return undefined;
  // Told after everything was last recounted: it enters with the next recount, the day's first sweep.
  if (real.lateAt !== null && new Date(real.lateAt) > new Date(recountedAt)) return undefined;
  return { expected: `${amount} fen, ${real.figures}`, actual: `${kept.amount} fen, ${figures}` };
}
