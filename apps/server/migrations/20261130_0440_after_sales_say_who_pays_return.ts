import { type Kysely, sql } from 'kysely';

/** Who pays the way back, as it was promised when the case was asked. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table after_sales."case" add column return_freight_by text
      check (return_freight_by in ('shop', 'buyer'))`.execute(db);
}
