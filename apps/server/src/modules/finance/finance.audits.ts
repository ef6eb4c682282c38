import { sql } from 'kysely';
import type { AuditCheck } from '#platform/books.ts';

export const financeAudits: AuditCheck[] = [
  {
    name: 'finance.bills',
    says: "no difference with WeChat Pay's bills is open",
    query: () => sql`
      select bill_date || ' ' || bill || ' ' || trade_key as key, coalesce(theirs::text, 'none') || ' ' || kind as expected,
        coalesce(ours::text, 'none') as actual
      from finance.difference where state = 'open' order by bill_date, trade_key`,
  },
];
