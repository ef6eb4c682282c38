import { type Kysely, sql } from 'kysely';

/**
 * A whole shelf (a first-level category) in each order. Without these a large shop walks all its goods in that order and leaves
 * out the other shelves', or fetches and sorts all matches of a filter (docs/benchmarks/scale.md).
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  const onSale = sql`where status = 'on_sale'`;
  await sql`create index spu_root_sold on catalog.spu (root_category_id, sold_count, spu_id) ${onSale}`.execute(db);
  await sql`create index spu_root_newest on catalog.spu (root_category_id, published_at, spu_id) ${onSale}`.execute(db);
  await sql`create index spu_root_price on catalog.spu (root_category_id, sale_price, spu_id) ${onSale}`.execute(db);
}
