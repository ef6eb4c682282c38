import { type Kysely, sql } from 'kysely';

/** One index for what is gone and one for what runs low, each counted without passing over the other. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    create index stock_level_gone on inventory.stock_level (shop_id, updated_at desc, sku_id) where on_hand = reserved`.execute(
    db,
  );
  await sql`
    create index stock_level_low on inventory.stock_level (shop_id, updated_at desc, sku_id)
    where on_hand > reserved and on_hand - reserved < safety_stock`.execute(db);
  await sql`drop index inventory.stock_level_alert`.execute(db);
}
