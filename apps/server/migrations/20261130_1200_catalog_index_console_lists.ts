import { type Kysely, sql } from 'kysely';

/** A merchant's list by sales and by price, what runs short first, and codes by their beginning, without reading the whole shop. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create index spu_shop_sold on catalog.spu (shop_id, sold_count desc, spu_id desc)`.execute(db);
  await sql`create index spu_shop_price on catalog.spu (shop_id, sale_price, spu_id desc)`.execute(db);
  // Not by how many are left: that changes with every order, and an index of it would make each such change a new entry in all.
  await sql`
    create index spu_shop_short on catalog.spu (shop_id, in_stock, spu_id desc) where not in_stock or scarce`.execute(
    db,
  );
  await sql`create index spu_shop_code on catalog.spu (shop_id, lower(spu_code) text_pattern_ops)`.execute(db);
  await sql`create index sku_shop_code on catalog.sku (shop_id, lower(sku_code) text_pattern_ops)`.execute(db);
  await sql`create index sku_shop_barcode on catalog.sku (shop_id, barcode) where barcode <> ''`.execute(db);
}
