import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  // What was taxed by which rule, as it stood when it was asked for; null: the shop had no rule then.
  await sql`
    alter table distribution.withdrawal
      add column taxable bigint check (taxable >= 0),
      add column tax_deduction bigint not null default 0,
      add column tax_rate integer not null default 0,
      add column withheld bigint not null default 0 check (withheld >= 0 and withheld < amount)`.execute(db);
  await sql`
    create table distribution.challenge (
      buyer_id uuid not null,
      shop_id uuid not null,
      code_digest text not null,
      sent_at timestamptz not null,
      expires_at timestamptz not null,
      tries integer not null default 0,
      sent_today integer not null,
      passed_at timestamptz,
      primary key (buyer_id, shop_id)
    )`.execute(db);
}
