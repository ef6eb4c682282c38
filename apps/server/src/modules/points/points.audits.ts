/** What points must add up to: the account beside its ledger and its lots. */
import { sql } from 'kysely';
import type { AuditCheck } from '#platform/books.ts';

export const pointsAudits: AuditCheck[] = [
  {
    name: 'points.ledger',
    says: 'a balance and what is frozen are exactly the sums of the ledger',
    query: () => sql`
      select a.buyer_id::text as key, a.balance || ' free, ' || a.frozen || ' frozen' as expected,
        coalesce(l.amount, 0) || ' free, ' || coalesce(l.frozen, 0) || ' frozen' as actual
      from points.account a left join (
        select buyer_id, sum(amount) as amount, sum(frozen) as frozen from points.ledger group by 1
      ) l using (buyer_id)
      where a.balance <> coalesce(l.amount, 0) or a.frozen <> coalesce(l.frozen, 0)`,
  },
  {
    name: 'points.lots',
    says: 'a balance is exactly what is left of its lots, so every point has a day on which it expires',
    query: () => sql`
      select a.buyer_id::text as key, a.balance::text as expected, coalesce(l.remaining, 0)::text as actual
      from points.account a left join (
        select buyer_id, sum(remaining) as remaining from points.lot group by 1
      ) l using (buyer_id)
      where a.balance <> coalesce(l.remaining, 0)`,
  },
];
