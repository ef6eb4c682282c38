import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema reviews`.execute(db);
  await sql`
    create table reviews.review (
      shop_id uuid not null,
      review_id uuid not null,
      spu_id uuid not null,
      sku_id uuid,
      buyer_id uuid,
      order_no text,
      line_id uuid,
      product_title text not null,
      spec_text text not null,
      nickname text not null,
      avatar_url text,
      rating smallint not null check (rating between 1 and 5),
      text text not null,
      pictures jsonb not null,
      picture_count smallint not null,
      status text not null check (status in ('held', 'shown', 'rejected')),
      verdict text not null check (verdict in ('pass', 'hold')),
      reject_reason text,
      decided_by text,
      decided_at timestamptz,
      reply text,
      replied_at timestamptz,
      created_at timestamptz not null,
      primary key (shop_id, review_id)
    )`.execute(db);
  // One review an order line, also when two requests race.
  await sql`create unique index review_line on reviews.review (shop_id, order_no, line_id) where line_id is not null`.execute(
    db,
  );
  await sql`create index review_shown on reviews.review (spu_id, created_at desc, review_id desc) where status = 'shown'`.execute(
    db,
  );
  await sql`create index review_shop on reviews.review (shop_id, status, created_at desc, review_id desc)`.execute(db);
}
