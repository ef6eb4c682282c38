/**
 * Tiers of popularity: tier t holds the best 4⁻ᵗ of what is on sale and in stock. Looking for a common word among the best alone
 * costs the same in a shop of a million SKUs as in one of ten thousand. A small shop has no tiers.
 */
import { sql } from 'kysely';
import type { Database, Executor, Tx } from '#platform/database/database.ts';

/** Each tier has so many times fewer products than the one above. */
const tierFactor = 4;
const lastTier = 3;
/** Fewer products than this are looked through as they are. */
const leastProducts = 8_000;
/** Moved in one transaction: a sale of one of them waits that long. */
const usualBatch = 1_000;

/** The deepest tier that still has `wanted` of `matches` matches; 0: all products. */
export const tierFor = (matches: number, wanted: number): number =>
  Math.max(0, Math.min(lastTier, Math.floor(Math.log(Math.max(1, matches) / wanted) / Math.log(tierFactor))));

/** What a tier holds of all products. */
export const shareOf = (tier: number): number => tierFactor ** -tier;

/** The tier with about `leastProducts` of so many products. */
export const popularTier = (products: number): number =>
  Math.max(0, Math.min(lastTier, Math.ceil(Math.log(Math.max(1, products) / leastProducts) / Math.log(tierFactor))));

/** @returns the least score of tiers 1, 2, 3; undefined: the shop is too small for tiers */
async function cutsOf(db: Executor): Promise<[number, number, number] | undefined> {
  const { rows: counted } = await sql<{ total: number }>`
    select count(*)::int as total from catalog.spu where status = 'on_sale' and in_stock`.execute(db);
  const total = counted[0]?.total ?? 0;
  if (total < leastProducts) return undefined;
  const cuts: number[] = [];
  for (let tier = 1; tier <= lastTier; tier += 1) {
    const { rows } = await sql<{ score: number }>`
      select score from catalog.spu where status = 'on_sale' and in_stock
      order by in_stock desc, score desc offset ${Math.floor(total / tierFactor ** tier)}::int limit 1`.execute(db);
    cuts.push(rows[0]?.score ?? Number.MAX_VALUE);
  }
  return cuts as [number, number, number];
}

/** @returns how many products changed their tier */
async function moveSome(tx: Tx, cuts: readonly [number, number, number] | undefined, batch: number): Promise<number> {
  const [first, second, third] = cuts ?? [Number.MAX_VALUE, Number.MAX_VALUE, Number.MAX_VALUE];
  const { rows } = await sql<{ spuId: string }>`
    with wanted as (
      (select spu_id, case when score >= ${third} then 3 when score >= ${second} then 2 else 1 end as tier from catalog.spu
        where status = 'on_sale' and in_stock and score >= ${first}
          and prominence <> case when score >= ${third} then 3 when score >= ${second} then 2 else 1 end
        limit ${batch})
      union all
      (select spu_id, 0 from catalog.spu
        where prominence > 0 and (status <> 'on_sale' or not in_stock or score < ${first}) limit ${batch})
    ), locked as (
      -- In one order and only what is free, so that no sale waits.
      select spu.spu_id, wanted.tier from catalog.spu join wanted using (spu_id) order by spu.spu_id for update of spu skip locked
    )
    update catalog.spu set prominence = locked.tier from locked where spu.spu_id = locked.spu_id
    returning spu.spu_id`.execute(tx);
  return rows.length;
}

/** Puts every product into its tier, some at a time. @returns how many moved */
export async function rankProducts(
  { db, inTransaction }: Pick<Database, 'db' | 'inTransaction'>,
  batch = usualBatch,
): Promise<number> {
  const cuts = await cutsOf(db);
  let moved = 0;
  for (;;) {
    const some = await inTransaction((tx) => moveSome(tx, cuts, batch));
    moved += some;
    if (some === 0) return moved;
  }
}
