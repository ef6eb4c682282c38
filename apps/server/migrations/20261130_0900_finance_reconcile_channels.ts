import { type Kysely, sql } from 'kysely';

/** Alipay's bill and PayPal's report beside WeChat Pay's two. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table finance.difference
      drop constraint difference_bill_check,
      add constraint difference_bill_check check (bill in ('trade', 'fund_flow', 'alipay', 'paypal')),
      add column currency text not null default 'CNY'`.execute(db);
  await sql`
    create table finance.channel_day (
      bill_date date not null,
      bill text not null check (bill in ('alipay', 'paypal')),
      currency text not null,
      presence text not null check (presence in ('read', 'absent')),
      our_count bigint not null,
      our_paid bigint not null,
      our_refunded bigint not null,
      their_count bigint not null,
      their_paid bigint not null,
      their_refunded bigint not null,
      fee bigint not null,
      read_at timestamptz not null,
      primary key (bill_date, bill)
    )`.execute(db);
  await sql`comment on column finance.channel_day.fee is 'in 1/1000 of the smallest unit'`.execute(db);
  // A day of second payments that were given back, by keyset as the other books.
  await sql`
    create index anomaly_given_back on payments.anomaly (paid_at, out_trade_no)
    where kind = 'paid_twice' and decision = 'give_back'`.execute(db);
}
