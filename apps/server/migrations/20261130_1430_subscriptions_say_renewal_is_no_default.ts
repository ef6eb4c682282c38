import { type Kysely, sql } from 'kysely';

/** Since a plan may be renewed by itself for those who sign, "never charges by itself" is no promise any more. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    update subscriptions.plan
    set benefits = array_replace(benefits, '到期提醒，不自动扣费', '到期提醒，不默认续费')`.execute(db);
}
