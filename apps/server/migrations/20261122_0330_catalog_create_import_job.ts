import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table catalog.import_job (
      job_id uuid primary key,
      shop_id uuid not null,
      file_name text not null,
      state text not null check (state in ('checking', 'checked', 'importing', 'done', 'failed')),
      content jsonb not null,
      errors jsonb not null,
      row_count integer not null,
      valid_rows integer not null,
      processed_rows integer not null default 0,
      next_product integer not null default 0,
      products integer not null default 0,
      claimed_until timestamptz,
      created_at timestamptz not null,
      finished_at timestamptz
    )`.execute(db);
  await sql`create index import_job_shop on catalog.import_job (shop_id, created_at desc)`.execute(db);
  await sql`create index import_job_due on catalog.import_job (created_at) where state = 'importing'`.execute(db);
}
