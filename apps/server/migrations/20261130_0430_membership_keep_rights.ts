import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table membership.standing add column concierge_until timestamptz`.execute(db);
  // A refund or a scan touches last_at too; layers and recall ask for the last purchase.
  await sql`alter table membership.patron add column last_bought_at timestamptz, add column lapse_told_for timestamptz`.execute(
    db,
  );
  await sql`update membership.patron set last_bought_at = last_at where orders > 0`.execute(db);
  await sql`create index patron_lapsed on membership.patron (last_bought_at)`.execute(db);
  await sql`
    create table membership.kept_out (
      shop_id uuid not null,
      spu_id uuid not null,
      kept_by text not null,
      kept_at timestamptz not null,
      primary key (shop_id, spu_id)
    )`.execute(db);
  await sql`create index kept_out_spu on membership.kept_out (spu_id)`.execute(db);
}
