import { type Kysely, sql } from 'kysely';

/** Whom the end of which points was told to: once for each day on which some of theirs end. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table points.expiry_notice (
      buyer_id uuid not null,
      day date not null,
      noticed_at timestamptz not null,
      primary key (buyer_id, day)
    )`.execute(db);
}
