import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
import type { Boosts, Candidate, Mine } from './recommendation.domain.ts';
import type {} from './recommendation.tables.ts';

export interface TasteChange {
  buyerId: string;
  spuId: string;
  categoryId: string;
  rootCategoryId: string;
  weight: number;
  lookedMs: number;
  carts: number;
  lastAt: Date;
  boughtAt: Date | null;
}

/** Sums only grow: what comes late or out of order adds up to the same. In the order of the keys, so that no two wait for each other. */
export async function addTastes(tx: Tx, changes: readonly TasteChange[]): Promise<void> {
  if (changes.length === 0) return;
  const sorted = changes.toSorted((a, b) => (a.buyerId + a.spuId < b.buyerId + b.spuId ? -1 : 1));
  const column = <Key extends keyof TasteChange>(key: Key) => sorted.map((change) => change[key]);
  await sql`
    insert into recommendation.taste as t
      (buyer_id, spu_id, category_id, root_category_id, weight, looked_ms, carts, last_at, bought_at)
    select * from unnest(${column('buyerId')}::uuid[], ${column('spuId')}::uuid[], ${column('categoryId')}::uuid[],
      ${column('rootCategoryId')}::uuid[], ${column('weight')}::float8[], ${column('lookedMs')}::bigint[],
      ${column('carts')}::integer[], ${column('lastAt')}::timestamptz[], ${column('boughtAt')}::timestamptz[])
    on conflict (buyer_id, spu_id) do update set weight = t.weight + excluded.weight,
      looked_ms = t.looked_ms + excluded.looked_ms, carts = t.carts + excluded.carts,
      last_at = greatest(t.last_at, excluded.last_at), bought_at = greatest(t.bought_at, excluded.bought_at)`.execute(
    tx,
  );
}

export async function merge(tx: Tx, guestId: string, buyerId: string): Promise<void> {
  await sql`
    insert into recommendation.person as p (buyer_id, is_off, changed_at)
    select ${buyerId}::uuid, is_off, changed_at from recommendation.person where buyer_id = ${guestId}
    on conflict (buyer_id) do update set is_off = p.is_off or excluded.is_off,
      changed_at = greatest(p.changed_at, excluded.changed_at)`.execute(tx);
  await sql`
    insert into recommendation.taste as t
      (buyer_id, spu_id, category_id, root_category_id, weight, looked_ms, carts, last_at, bought_at)
    select ${buyerId}::uuid, spu_id, category_id, root_category_id, weight, looked_ms, carts, last_at, bought_at
    from recommendation.taste where buyer_id = ${guestId}
      and not exists (select 1 from recommendation.person where buyer_id = ${buyerId} and is_off)
    order by spu_id
    on conflict (buyer_id, spu_id) do update set weight = t.weight + excluded.weight,
      looked_ms = t.looked_ms + excluded.looked_ms, carts = t.carts + excluded.carts,
      last_at = greatest(t.last_at, excluded.last_at), bought_at = greatest(t.bought_at, excluded.bought_at)`.execute(
    tx,
  );
  await tx.deleteFrom('recommendation.taste').where('buyerId', '=', guestId).execute();
  await tx.deleteFrom('recommendation.person').where('buyerId', '=', guestId).execute();
}

/** @returns whether it is another than before */
export async function setOff(tx: Tx, buyerId: string, isOff: boolean, at: Date): Promise<void> {
  await tx
    .insertInto('recommendation.person')
    .values({ buyerId, isOff, changedAt: at })
    .onConflict((conflict) =>
      conflict.column('buyerId').doUpdateSet({ isOff, changedAt: at, ...(isOff ? { boosts: sql`'{}'::jsonb` } : {}) }),
    )
    .execute();
  if (isOff) await tx.deleteFrom('recommendation.taste').where('buyerId', '=', buyerId).execute();
}

/** Each buyer once; in the order of their keys, so that two callers wait for each other instead of deadlocking. */
export async function setBoosts(tx: Tx, people: readonly { buyerId: string; boosts: Boosts }[]): Promise<void> {
  await sql`
    insert into recommendation.person as p (buyer_id, changed_at, boosts)
    select buyer_id, null, boosts from unnest(
      ${people.map(({ buyerId }) => buyerId)}::uuid[], ${people.map(({ boosts }) => JSON.stringify(boosts))}::jsonb[]
    ) as said (buyer_id, boosts) order by buyer_id
    on conflict (buyer_id) do update set boosts = excluded.boosts where not p.is_off`.execute(tx);
}

export async function whoIsOff(db: Executor, buyerIds: readonly string[]): Promise<Set<string>> {
  if (buyerIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('recommendation.person')
    .select('buyerId')
    .where('buyerId', 'in', [...buyerIds])
    .where('isOff', '=', true)
    .execute();
  return new Set(rows.map(({ buyerId }) => buyerId));
}

export interface Found {
  isOff: boolean;
  boosts: Boosts;
  mine: Mine[];
  candidates: Candidate[];
}
const mostMine = 80;
/** Speakers, what they speak for, goods of the categories liked most, and of all. */
const [mostSaid, mostLiked, perCategory, mostHot] = [150, 8, 30, 60];

/** Everything an order is made from, in one statement. @param shopId only of this shop; null for all */
const findAll = fixedQuery<
  { isOff: boolean; boosts: Boosts; mine: Mine[]; candidates: Candidate[] },
  [buyerId: string, fading: number, shopId: string | null]
>(`
  with person as (select is_off, boosts from recommendation.person where buyer_id = $1),
  mine as materialized (
    select spu_id, category_id, root_category_id, weight * $2::float8 as weight, carts, bought_at from recommendation.taste
    where buyer_id = $1 and not exists (select 1 from person where is_off) order by taste.weight desc limit ${mostMine}),
  said as (
    select n.other_id as spu_id, sum(ln(1 + m.weight) * n.weight) as said,
      (array_agg(m.spu_id order by ln(1 + m.weight) * n.weight desc))[1] as because
    from mine m join recommendation.neighbour n on n.spu_id = m.spu_id
    group by 1 order by 2 desc limit ${mostSaid}),
  liked as (
    (select category_id from mine group by 1 order by sum(weight) desc limit ${mostLiked})
    union select key::uuid from person, jsonb_each(coalesce(boosts -> 'categories', '{}'))),
  chosen as (
    select spu_id from said
    union select spu_id from mine
    union select near.spu_id from liked l cross join lateral (
      (select i.spu_id from recommendation.item i where i.category_id = l.category_id and ($3::uuid is null or i.shop_id = $3)
        order by i.hot desc limit ${perCategory})
      union all
      (select i.spu_id from recommendation.item i where i.root_category_id = l.category_id and ($3::uuid is null or i.shop_id = $3)
        order by i.hot desc limit ${perCategory})) near
    union (select spu_id from recommendation.item where $3::uuid is null or shop_id = $3 order by hot desc limit ${mostHot}))
  select coalesce((select is_off from person), false) as is_off, coalesce((select boosts from person), '{}') as boosts,
    coalesce((select jsonb_agg(jsonb_build_object('spuId', spu_id, 'categoryId', category_id, 'rootCategoryId', root_category_id,
      'weight', weight, 'carts', carts, 'boughtAt', bought_at)) from mine), '[]') as mine,
    coalesce((select jsonb_agg(jsonb_build_object('spuId', i.spu_id, 'categoryId', i.category_id,
      'rootCategoryId', i.root_category_id, 'categoryName', i.category_name, 'salePrice', i.sale_price, 'hot', i.hot,
      'said', s.said, 'because', s.because))
      from chosen c join recommendation.item i using (spu_id) left join said s using (spu_id)
      where $3::uuid is null or i.shop_id = $3), '[]') as candidates`);

export async function find(
  db: Executor,
  { buyerId, fading, shopId }: { buyerId: string; fading: number; shopId: string | null },
): Promise<Found> {
  const [found] = await findAll(db, buyerId, fading, shopId);
  return found ?? { isOff: false, boosts: {}, mine: [], candidates: [] };
}

/** Keeps the rows a shopper was with last; the others have faded. */
export async function trimTastes(db: Executor, before: Date): Promise<void> {
  await db.deleteFrom('recommendation.taste').where('lastAt', '<', before).execute();
}
