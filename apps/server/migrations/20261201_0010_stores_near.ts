import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  // Where no position is given, stores are chosen by city: 浙江省杭州市… is 杭州市, 上海市… is 上海市.
  await sql`
    alter table stores.physical_store add column city text not null
      generated always as (
        coalesce(substring(regexp_replace(address, '^.{2,6}?(省|自治区)', '') from '^.{1,10}?(?:市|自治州|地区|盟)'), '')
      ) stored`.execute(db);
  await sql`create index physical_store_city on stores.physical_store (city, store_id)`.execute(db);
  await sql`create index physical_store_place on stores.physical_store (lat, lng)`.execute(db);

  // 到店券: claimed near a store, good for hours. The fence is part of the template; positions are never written down.
  await sql`
    alter table coupons.template
      add column fence jsonb,
      add column rolling_hours integer check (rolling_hours between 1 and 168),
      drop constraint template_channel_check,
      add constraint template_channel_check
        check (channel in ('public', 'code', 'grant', 'share', 'recall', 'nearby')),
      drop constraint template_check2,
      add constraint template_validity_check
        check (num_nonnulls(rolling_days, rolling_hours, valid_until) = 1),
      add constraint template_fence_check check ((channel = 'nearby') = (fence is not null))`.execute(db);
  await sql`drop index coupons.template_open`.execute(db);
  await sql`
    create index template_open on coupons.template (claim_until)
      where channel in ('public', 'nearby') and not paused`.execute(db);
  await sql`
    create table coupons.offered (
      buyer_id uuid not null,
      template_id uuid not null,
      offered_at timestamptz not null,
      primary key (buyer_id, template_id)
    )`.execute(db);
  // How often a buyer's position was asked about, by hour; not where it was.
  await sql`
    create table coupons.position_ask (
      buyer_id uuid not null,
      hour timestamptz not null,
      asks integer not null check (asks > 0),
      primary key (buyer_id, hour)
    )`.execute(db);
  await sql`create index position_ask_hour on coupons.position_ask (hour)`.execute(db);
}
