/** All SQL on shelves. Those of one store are locked in sku_id order, stores in their own. */
import { CompiledQuery, sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import { sendLater } from '#platform/database/dialect.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
import type { Level, Step } from './inventory.domain.ts';
import { ledgerColumns } from './inventory.repository.ts';
import type {} from './inventory.tables.ts';

/** A shelf as the stock rules see it: it has no safety stock of its own. */
export interface ShelfLevel extends Level {
  storeId: string;
}
export type ShelfLevels = ReadonlyMap<string, ShelfLevel>;

const columns = ['skuId', 'storeId', 'spuId', 'shopId', 'onHand', 'reserved', 'sequence'] as const;

const readAndLock = fixedQuery<Omit<ShelfLevel, 'safetyStock' | 'isLow'>, [storeId: string, skuIds: readonly string[]]>(
  `select sku_id, store_id, spu_id, shop_id, on_hand, reserved, sequence
   from inventory.shelf where store_id = $1::uuid and sku_id = any($2::uuid[]) order by sku_id for update`,
);

/** By SKU. */
export const lockShelves = async (tx: Tx, storeId: string, skuIds: readonly string[]): Promise<ShelfLevels> =>
  new Map((await readAndLock(tx, storeId, skuIds)).map((row) => [row.skuId, { ...row, safetyStock: 0, isLow: false }]));

export const shelvesOf = (db: Executor, skuIds: readonly string[], storeIds: readonly string[]) =>
  db
    .selectFrom('inventory.shelf')
    .select(columns)
    .where('skuId', '=', sql<string>`any(${[...skuIds]}::uuid[])`)
    .where('storeId', '=', sql<string>`any(${[...storeIds]}::uuid[])`)
    .execute();

/** Shelves of one store and their ledger rows, in one statement. */
export async function storeSteps(
  tx: Tx,
  at: Date,
  changed: readonly ShelfLevel[],
  steps: readonly Step[],
): Promise<void> {
  const [first] = changed;
  if (!first) return;
  await sendLater(
    tx,
    CompiledQuery.raw(storeText, [
      at,
      first.storeId,
      changed.map((level) => level.skuId),
      changed.map((level) => level.onHand),
      changed.map((level) => level.reserved),
      changed.map((level) => level.sequence),
      ...ledgerColumns(steps),
    ]),
  );
}

const storeText = `
  with shelf as (
    update inventory.shelf as l
    set on_hand = i.on_hand, reserved = i.reserved, sequence = i.sequence, updated_at = $1::timestamptz
    from unnest($3::uuid[], $4::int[], $5::int[], $6::int[]) as i (sku_id, on_hand, reserved, sequence)
    where l.store_id = $2::uuid and l.sku_id = i.sku_id
  )
  insert into inventory.shelf_entry (
    sku_id, sequence, entry_id, kind, on_hand_delta, reserved_delta, on_hand_after, reserved_after, reference, actor, note,
    request_id, store_id, at
  )
  select i.*, $2::uuid, $1::timestamptz
  from unnest(
    $7::uuid[], $8::int[], $9::uuid[], $10::text[], $11::int[], $12::int[], $13::int[], $14::int[], $15::text[], $16::text[],
    $17::text[], $18::uuid[]
  ) as i`;

export const findByRequest = (tx: Tx, storeId: string, skuIds: readonly string[], requestId: string) =>
  tx
    .selectFrom('inventory.shelfEntry')
    .select(['skuId', 'onHandDelta'])
    .where('skuId', '=', sql<string>`any(${[...skuIds]}::uuid[])`)
    .where('storeId', '=', storeId)
    .where('requestId', '=', requestId)
    .execute();

export async function insertShelves(
  tx: Tx,
  at: Date,
  rows: readonly { skuId: string; storeId: string; spuId: string; shopId: string; onHand: number }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    with shelf as (
      insert into inventory.shelf (sku_id, store_id, spu_id, shop_id, on_hand, sequence, updated_at)
      select i.*, 1, ${at}::timestamptz from unnest(
        ${rows.map((row) => row.skuId)}::uuid[], ${rows.map((row) => row.storeId)}::uuid[],
        ${rows.map((row) => row.spuId)}::uuid[], ${rows.map((row) => row.shopId)}::uuid[],
        ${rows.map((row) => row.onHand)}::int[]) as i
      on conflict (sku_id, store_id) do nothing
      returning sku_id, store_id, on_hand
    )
    insert into inventory.shelf_entry (
      sku_id, store_id, sequence, entry_id, kind, on_hand_delta, reserved_delta, on_hand_after, reserved_after, reference, actor, at
    )
    select sku_id, store_id, 1, gen_random_uuid(), 'opening', on_hand, 0, on_hand, 0, '', '系统', ${at}::timestamptz
    from shelf`.execute(tx);
}

const maxCount = 10_000;

/** What a store has, scarcest first. Two statements. */
export async function listShelf(
  db: Executor,
  shopId: string,
  storeId: string,
  { skuIds, offset, limit }: { skuIds?: readonly string[] | undefined; offset: number; limit: number },
) {
  let query = db.selectFrom('inventory.shelf').where('shopId', '=', shopId).where('storeId', '=', storeId);
  if (skuIds !== undefined) query = query.where('skuId', '=', sql<string>`any(${[...skuIds]}::uuid[])`);
  const rows = await query
    .select(columns)
    .orderBy(sql`on_hand - reserved`)
    .orderBy('skuId')
    .offset(offset)
    .limit(limit)
    .execute();
  const { total } = await db
    .selectFrom(query.select('skuId').limit(maxCount).as('counted'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows, total };
}
