import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema logistics`.execute(db);
  await sql`
    create table logistics.track_cache (
      waybill_no text not null,
      carrier_code text not null,
      state text not null check (state in ('none', 'collected', 'in_transit', 'delivering', 'signed', 'problem')),
      nodes jsonb not null,
      fetched_at timestamptz,
      claimed_until timestamptz,
      primary key (waybill_no, carrier_code)
    )`.execute(db);
}
