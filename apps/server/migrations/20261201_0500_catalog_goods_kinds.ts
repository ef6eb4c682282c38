import { type Kysely, sql } from 'kysely';

/** Goods that are not sent say how they reach the buyer: delivered by themselves, or booked. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    alter table catalog.spu
      add column goods jsonb,
      add constraint spu_goods check (goods is null or goods ->> 'kind' in ('virtual', 'service'))`.execute(db);
}
