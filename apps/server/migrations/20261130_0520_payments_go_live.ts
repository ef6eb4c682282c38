import { type Kysely, sql } from 'kysely';

/** Of the install, not of a shop: one merchant number serves all shops. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table payments.go_live_step (
      step text primary key,
      note text not null,
      done_by text not null,
      done_at timestamptz not null
    )`.execute(db);
  await sql`
    create table payments.go_live (
      is_live boolean primary key check (is_live),
      live_since timestamptz not null,
      by_whom text not null
    )`.execute(db);
}
