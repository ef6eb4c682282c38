import { type Kysely, sql } from 'kysely';

/** Trades paid outside the mini program have no shipping upload. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table fulfilment.parcel drop constraint parcel_upload_state_check`.execute(db);
  await sql`
    alter table fulfilment.parcel add constraint parcel_upload_state_check
    check (upload_state in ('pending', 'uploaded', 'failed', 'not_required'))`.execute(db);
}
