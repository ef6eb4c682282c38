import { type Kysely, sql } from 'kysely';

/**
 * For a million SKUs. `prominence` says how far up the scale of popularity a product on sale stands: tier t holds the best
 * quarter to the power of t. A word that is in a tenth of all titles is then looked for in a small index of the best alone.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`alter table catalog.spu add column prominence smallint not null default 0 check (prominence between 0 and 3)`.execute(
    db,
  );
  await sql`create index spu_prominent on catalog.spu (prominence, score) where prominence > 0`.execute(db);
  for (const tier of ['1', '2', '3']) {
    await sql`
      create index ${sql.id(`spu_search_${tier}`)} on catalog.spu using gin (search_vector)
      where status = 'on_sale' and prominence >= ${sql.raw(tier)}`.execute(db);
  }
  // Lists of a category by sales and by age, and all goods by price, without sorting the category.
  const onSale = sql`where status = 'on_sale'`;
  await sql`create index spu_leaf_sold on catalog.spu (category_id, sold_count, spu_id) ${onSale}`.execute(db);
  await sql`create index spu_leaf_newest on catalog.spu (category_id, published_at, spu_id) ${onSale}`.execute(db);
  await sql`create index spu_price on catalog.spu (sale_price, spu_id) ${onSale}`.execute(db);
  // Suggestions fold case, so the index of their beginnings does too.
  await sql`drop index catalog.spu_title`.execute(db);
  await sql`create index spu_title on catalog.spu (lower(title) text_pattern_ops) ${onSale}`.execute(db);
}
