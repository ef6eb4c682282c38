import { type Kysely, sql } from 'kysely';

const channels = `('wechat_jsapi', 'wechat_h5', 'wechat_native', 'paypal', 'alipay')`;

export async function up(db: Kysely<never>): Promise<void> {
  // What a try asks for, in the channel's own currency and in its smallest unit, at the rate of that moment.
  await sql`
    alter table payments.attempt
      add column channel text not null default 'wechat_jsapi' check (channel in ${sql.raw(channels)}),
      add column merchant_id text not null default '',
      add column currency text not null default 'CNY',
      add column asked bigint check (asked > 0),
      add column rate bigint check (rate > 0),
      add column payer_ip text not null default '',
      add column channel_trade_id text,
      add column is_shared boolean not null default false`.execute(db);
  await sql`
    alter table payments.payment
      add column channel text check (channel in ${sql.raw(channels)}),
      add column paid_currency text not null default 'CNY',
      add column paid_total bigint check (paid_total > 0),
      add column paid_rate bigint check (paid_rate > 0),
      add column is_shared boolean not null default false`.execute(db);
  await sql`
    alter table payments.refund
      add column channel text not null default 'wechat_jsapi' check (channel in ${sql.raw(channels)}),
      add column sent_amount bigint check (sent_amount >= 0),
      add column surplus_trade_no text,
      add column surplus_transaction_id text,
      add column awaits_approval boolean not null default false`.execute(db);
  await sql`
    alter table payments.anomaly
      add column refund_no text,
      add column out_trade_no text,
      add column transaction_id text,
      add column paid_at timestamptz,
      add column currency text not null default 'CNY',
      add column decision text`.execute(db);
}
