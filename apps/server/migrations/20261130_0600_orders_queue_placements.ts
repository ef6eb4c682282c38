import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table orders.placement
      add column intake json,
      add column refusal json,
      add constraint placement_one_state check (num_nonnulls(intake, reply, refusal) <= 1)`.execute(db);
  // Short: only what waits right now.
  await sql`create index placement_waiting on orders.placement (created_at) where intake is not null`.execute(db);
}
