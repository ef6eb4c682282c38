import { type Kysely, sql } from 'kysely';

/** Who looked at an activity, once a person: what funnels begin with. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table analytics.sighting (
      buyer_id uuid not null,
      activity_id uuid not null,
      at timestamptz not null,
      primary key (buyer_id, activity_id)
    )`.execute(db);
  await sql`create index sighting_activity on analytics.sighting (activity_id)`.execute(db);
}
