import { type Kysely, sql } from 'kysely';

const channels = `('wechat_jsapi', 'wechat_h5', 'wechat_native', 'paypal', 'alipay', 'wechat_papay')`;

/** Contracts by which a shopper lets the shop deduct (委托代扣), and the renewals made under them. */
export async function up(db: Kysely<never>): Promise<void> {
  for (const table of ['attempt', 'payment', 'refund'])
    await sql`
      alter table ${sql.raw(`payments.${table}`)}
        drop constraint ${sql.raw(`${table}_channel_check`)},
        add constraint ${sql.raw(`${table}_channel_check`)} check (channel in ${sql.raw(channels)})`.execute(db);
  await sql`create schema contracts`.execute(db);
  await sql`
    create table contracts.contract (
      buyer_id uuid not null,
      contract_no text not null,
      purpose text not null,
      openid text not null,
      ceiling bigint not null check (ceiling > 0),
      display text not null,
      description text not null,
      first_on text not null check (first_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
      status text not null check (status in ('requested', 'signing', 'signed', 'ending', 'ended', 'refused')),
      wechat_contract_id text,
      redirect_app_id text,
      redirect_path text,
      agreed_text text not null,
      end_reason text,
      last_error text,
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      claimed_until timestamptz,
      requested_at timestamptz not null,
      signed_at timestamptz,
      ended_at timestamptz,
      primary key (buyer_id, contract_no)
    )`.execute(db);
  // Notices quote only the number, whose digits 13–14 are the buyer's shard.
  await sql`create index contract_no on contracts.contract (contract_no)`.execute(db);
  await sql`create index contract_due on contracts.contract (next_attempt_at) where next_attempt_at is not null`.execute(
    db,
  );
  await sql`
    create table contracts.notice (
      notice_id text primary key,
      event_type text not null,
      contract_no text not null,
      received_at timestamptz not null
    )`.execute(db);
  await sql`
    create table subscriptions.renewal (
      buyer_id uuid not null,
      until timestamptz not null,
      contract_no text not null,
      plan_id text not null,
      amount bigint not null,
      status text not null check (status in ('planned', 'announced', 'charging', 'paid', 'skipped', 'failed')),
      payment_id uuid,
      charge_from timestamptz,
      reason text,
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      claimed_until timestamptz,
      planned_at timestamptz not null,
      settled_at timestamptz,
      primary key (buyer_id, until)
    )`.execute(db);
  await sql`
    create index renewal_due on subscriptions.renewal (next_attempt_at) where next_attempt_at is not null`.execute(db);
  await sql`create index renewal_payment on subscriptions.renewal (buyer_id, payment_id)`.execute(db);
}
