import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type {} from './recommendation.tables.ts';

export interface ItemRow {
  spuId: string;
  shopId: string;
  categoryId: string;
  rootCategoryId: string;
  categoryName: string;
  salePrice: number;
  hot: number;
}

/** What may be recommended from now on; what is no longer among them is gone. */
export async function replaceItems(tx: Tx, items: readonly ItemRow[]): Promise<void> {
  const column = <Key extends keyof ItemRow>(key: Key) => items.map((item) => item[key]);
  await sql`
    insert into recommendation.item (spu_id, shop_id, category_id, root_category_id, category_name, sale_price, hot)
    select * from unnest(${column('spuId')}::uuid[], ${column('shopId')}::uuid[], ${column('categoryId')}::uuid[],
      ${column('rootCategoryId')}::uuid[], ${column('categoryName')}::text[], ${column('salePrice')}::integer[],
      ${column('hot')}::float8[])
    on conflict (spu_id) do update set shop_id = excluded.shop_id, category_id = excluded.category_id,
      root_category_id = excluded.root_category_id, category_name = excluded.category_name,
      sale_price = excluded.sale_price, hot = excluded.hot`.execute(tx);
  await sql`delete from recommendation.item where spu_id <> all(${column('spuId')}::uuid[])`.execute(tx);
}

/** One trainer at a time, whichever worker it is. */
export async function claim(tx: Tx, what: string): Promise<boolean> {
  const { rows } = await sql<{ isMine: boolean }>`
    select pg_try_advisory_xact_lock(hashtext(${`recommendation.${what}`})) as is_mine`.execute(tx);
  return rows[0]?.isMine === true;
}

export const lastTraining = (db: Executor) => db.selectFrom('recommendation.training').selectAll().executeTakeFirst();

export async function hasTasteSince(db: Executor, since: Date): Promise<boolean> {
  const { rows } = await sql`select 1 from recommendation.taste where last_at > ${since} limit 1`.execute(db);
  return rows.length > 0;
}

/** A page of people with what they had to do with, in the order of their ids. At most `each` goods a person, the dearest ones. */
export async function pageOfTastes(db: Executor, after: string, people: number, each: number) {
  const { rows } = await sql<{ buyerId: string; spuIds: string[] }>`
    select p.buyer_id, array(select t.spu_id from recommendation.taste t where t.buyer_id = p.buyer_id
      order by t.weight desc limit ${each}) as spu_ids
    from (select distinct buyer_id from recommendation.taste where buyer_id > ${after} order by buyer_id limit ${people}) p
    order by p.buyer_id`.execute(db);
  return rows;
}

export interface NeighbourRow {
  spuId: string;
  otherId: string;
  weight: number;
}
/** Replaces what these goods say; each stays whole, and a trainer that dies leaves old ones beside new ones. */
export async function replaceNeighbours(tx: Tx, spuIds: readonly string[], rows: readonly NeighbourRow[]) {
  await sql`delete from recommendation.neighbour where spu_id = any(${[...spuIds]}::uuid[])`.execute(tx);
  await sql`
    insert into recommendation.neighbour (spu_id, other_id, weight)
    select * from unnest(${rows.map(({ spuId }) => spuId)}::uuid[], ${rows.map(({ otherId }) => otherId)}::uuid[],
      ${rows.map(({ weight }) => weight)}::real[])`.execute(tx);
}
export async function dropNeighboursOfOthers(tx: Tx, spuIds: readonly string[]): Promise<void> {
  await sql`delete from recommendation.neighbour where spu_id <> all(${[...spuIds]}::uuid[])`.execute(tx);
}

export const saveTraining = (
  tx: Tx,
  row: { trainedAt: Date; people: number; goods: number; pairs: number; tookMs: number },
): Promise<unknown> =>
  tx
    .insertInto('recommendation.training')
    .values(row)
    .onConflict((conflict) => conflict.column('isLast').doUpdateSet(row))
    .execute();
