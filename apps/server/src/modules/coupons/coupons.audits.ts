/** What coupons must add up to. */
import { sql } from 'kysely';
import type { AuditCheck } from '#platform/books.ts';

export const couponAudits: AuditCheck[] = [
  {
    name: 'coupons.claimed',
    says: 'a template has given away exactly the coupons that there are of it',
    query: () => sql`
      select t.template_id::text as key, t.claimed::text as expected, count(c.coupon_id)::text as actual
      from coupons.template t left join coupons.coupon c on c.template_id = t.template_id
      group by t.template_id having t.claimed <> count(c.coupon_id)`,
  },
];
