/** What groups must add up to: counters beside the places they count. */
import { sql } from 'kysely';
import type { AuditCheck } from '#platform/books.ts';

export const groupBuyAudits: AuditCheck[] = [
  {
    name: 'group_buy.members',
    says: 'a group counts exactly the places its members hold and have paid',
    query: () => sql`
      select g.group_id::text as key, g.held || ' held, ' || g.paid || ' paid' as expected,
        count(p.*) filter (where p.status = 'held') || ' held, ' ||
        count(p.*) filter (where p.status in ('paid', 'settled', 'refunded')) || ' paid' as actual
      from group_buy.group g left join group_buy.place p on p.group_id = g.group_id
      group by g.group_id
      having g.held <> count(p.*) filter (where p.status = 'held')
        or g.paid <> count(p.*) filter (where p.status in ('paid', 'settled', 'refunded'))`,
  },
  {
    name: 'group_buy.units',
    says: 'an activity has given away one unit for each place that is held, paid or bought',
    query: () => sql`
      select a.activity_id::text as key, a.taken::text as expected, coalesce(p.count, 0)::text as actual
      from group_buy.activity a left join (
        select p.activity_id, count(*) as count from group_buy.place p join group_buy.group g on g.group_id = p.group_id
        where p.status in ('held', 'paid', 'settled') or (p.status = 'refunded' and g.status = 'succeeded') group by 1
      ) p on p.activity_id = a.activity_id
      where a.taken <> coalesce(p.count, 0)`,
  },
];
