/** What accounts, ledger, commissions and withdrawals must add up to. */
import { sql } from 'kysely';
import type { AuditCheck } from '#platform/books.ts';

export const distributionAudits: AuditCheck[] = [
  {
    name: 'distribution.balances',
    says: 'a distributor’s balance is the sum of the ledger, and each row’s balance the sum up to it',
    query: () => sql`
      select buyer_id || '/' || shop_id as key, ledger::text as expected, balance::text as actual
      from (
        select a.buyer_id, a.shop_id, a.balance, coalesce(sum(l.amount), 0) as ledger,
          coalesce(bool_or(l.balance <> l.running or l.entry_no <> l.place), false) as is_broken
        from distribution.account a
        left join (
          select *, sum(amount) over own as running, row_number() over own as place from distribution.ledger
          window own as (partition by buyer_id, shop_id order by entry_no)
        ) l on l.buyer_id = a.buyer_id and l.shop_id = a.shop_id
        group by a.buyer_id, a.shop_id, a.balance
      ) books where balance <> ledger or is_broken`,
  },
  {
    name: 'distribution.commissions_booked',
    says: 'what the ledger has of an order is its settled commission',
    query: () => sql`
      select c.order_no || '/' || c.buyer_id as key, (case when c.settled then c.amount else 0 end)::text as expected,
        coalesce(l.amount, 0)::text as actual
      from (
        select buyer_id, shop_id, order_no, sum(amount) as amount, sum(booked) as booked,
          bool_and(settled_at is not null) as settled
        from distribution.commission group by 1, 2, 3
      ) c
      left join (
        select buyer_id, shop_id, order_no, sum(amount) as amount from distribution.ledger
        where order_no is not null group by 1, 2, 3
      ) l on l.buyer_id = c.buyer_id and l.shop_id = c.shop_id and l.order_no = c.order_no
      where coalesce(l.amount, 0) <> (case when c.settled then c.amount else 0 end) or c.booked <> coalesce(l.amount, 0)`,
  },
  {
    name: 'distribution.withdrawals_booked',
    says: 'a withdrawal is debited once, and credited back once when it came to nothing',
    query: () => sql`
      select w.withdrawal_id::text as key,
        (case when w.status in ('refused', 'failed') then 0 else -w.amount end)::text as expected,
        coalesce(l.amount, 0)::text as actual
      from distribution.withdrawal w
      left join (
        select buyer_id, withdrawal_id, sum(amount) as amount from distribution.ledger
        where withdrawal_id is not null group by 1, 2
      ) l on l.buyer_id = w.buyer_id and l.withdrawal_id = w.withdrawal_id
      where coalesce(l.amount, 0) <> (case when w.status in ('refused', 'failed') then 0 else -w.amount end)`,
  },
];
