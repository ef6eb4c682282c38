import { type Kysely, sql } from 'kysely';

/** Reference tables: small, read by everyone, copied to every node of a cluster. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema catalog`.execute(db);
  await sql`
    create table catalog.category (
      category_id uuid primary key,
      parent_id uuid references catalog.category,
      name text not null,
      icon text not null,
      sort integer not null,
      picture jsonb,
      -- json, not jsonb: the order of the properties is the order of the form and of the product page
      attribute_schema json not null,
      returnable boolean not null
    )`.execute(db);
  await sql`
    create table catalog.spu (
      spu_id uuid primary key,
      shop_id uuid not null,
      spu_code text not null,
      category_id uuid not null references catalog.category,
      root_category_id uuid not null references catalog.category,
      status text not null check (status in ('draft', 'on_sale', 'off_sale')),
      title text not null,
      brief text not null,
      keywords text[] not null,
      gallery jsonb not null,
      video jsonb,
      spec_names text[] not null,
      attributes jsonb not null,
      services text[] not null,
      detail jsonb not null,
      ships_from text not null,
      returnable boolean not null,
      version integer not null,
      sku_count integer not null,
      sole_sku_id uuid,
      sale_price integer not null check (sale_price > 0),
      sale_price_max integer not null check (sale_price_max >= sale_price),
      list_price integer not null check (list_price > 0),
      sold_count integer not null default 0 check (sold_count >= 0),
      available integer not null default 0 check (available >= 0),
      in_stock boolean not null default false,
      scarce boolean not null default false,
      score double precision not null default 0,
      review_head jsonb,
      search_vector tsvector not null,
      published_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      unique (shop_id, spu_code)
    )`.execute(db);
  await sql`
    create table catalog.sku (
      spu_id uuid not null references catalog.spu,
      sku_id uuid not null unique,
      shop_id uuid not null,
      sku_code text not null,
      position integer not null,
      specs text[] not null,
      sale_price integer not null check (sale_price > 0),
      list_price integer not null check (list_price > 0),
      cost integer not null check (cost >= 0),
      weight_grams integer not null check (weight_grams >= 0),
      barcode text not null,
      picture jsonb,
      retired_at timestamptz,
      primary key (spu_id, sku_id),
      unique (shop_id, sku_code)
    )`.execute(db);
  await sql`
    create table catalog.banner (
      banner_id uuid primary key,
      title text not null,
      subtitle text not null,
      picture jsonb not null,
      link jsonb not null,
      sort integer not null
    )`.execute(db);

  const onSale = sql`where status = 'on_sale'`;
  for (const [name, scope] of [
    ['all', sql``],
    ['root', sql`root_category_id,`],
    ['leaf', sql`category_id,`],
    ['shop', sql`shop_id,`],
  ] as const) {
    await sql`create index ${sql.id(`spu_${name}_score`)} on catalog.spu (${scope} in_stock, score, spu_id) ${onSale}`.execute(
      db,
    );
  }
  await sql`create index spu_newest on catalog.spu (published_at, spu_id) ${onSale}`.execute(db);
  await sql`create index spu_sold on catalog.spu (sold_count, spu_id) ${onSale}`.execute(db);
  await sql`create index spu_leaf_price on catalog.spu (category_id, sale_price, spu_id) ${onSale}`.execute(db);
  await sql`create index spu_attributes on catalog.spu using gin (attributes jsonb_path_ops)`.execute(db);
  await sql`create index spu_search on catalog.spu using gin (search_vector)`.execute(db);
  await sql`create index spu_title on catalog.spu (title text_pattern_ops) ${onSale}`.execute(db);
  await sql`create index spu_console on catalog.spu (shop_id, updated_at desc, spu_id desc)`.execute(db);
}
