import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema media`.execute(db);
  // A reference table: a picture's URL knows its hash and neither buyer nor shop.
  await sql`
    create table media.asset (
      media_id uuid primary key,
      hash text not null unique check (hash ~ '^[0-9a-f]{32}$'),
      owner_kind text not null check (owner_kind in ('shop', 'buyer', 'install')),
      owner_id uuid,
      origin text not null check (origin in ('upload', 'drawing')),
      content_type text not null,
      width integer not null check (width > 0),
      height integer not null check (height > 0),
      bytes integer not null check (bytes > 0),
      name text not null,
      state text not null check (state in ('pending', 'passed', 'rejected')),
      created_at timestamptz not null,
      check ((owner_kind = 'install') = (owner_id is null))
    )`.execute(db);
  await sql`create index asset_owner on media.asset (owner_kind, owner_id, created_at desc, media_id desc)`.execute(db);
  // What the install drew itself, gzipped: rendered when first asked for.
  await sql`
    create table media.drawing (
      media_id uuid primary key references media.asset on delete cascade,
      svg_gzip bytea not null
    )`.execute(db);
  await sql`alter table media.drawing alter column svg_gzip set storage external`.execute(db);
}
