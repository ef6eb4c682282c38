import { type Kysely, sql } from 'kysely';

/** SKUs that run short or are gone, for the list's filters and the counts of the first page: without reading the others. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    create index stock_level_alert on inventory.stock_level (shop_id, updated_at desc, sku_id)
    where on_hand = reserved or on_hand - reserved < safety_stock`.execute(db);
}
