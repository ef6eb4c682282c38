/** All SQL on the cart schema; the buyer comes first, so that no call can reach another buyer's line. */
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
import { newId } from '#platform/ids.ts';
import { maxQuantity } from './cart.domain.ts';
import type { StoredLine } from './cart.tables.ts';

const columns = ['lineId', 'spuId', 'skuId', 'quantity', 'selected', 'priceWhenAdded', 'addedAt'] as const;

export const linesOf = fixedQuery<StoredLine, [buyerId: string]>(
  `select line_id, spu_id, sku_id, quantity, selected, price_when_added, added_at
   from cart.line where buyer_id = $1 order by added_at desc, line_id desc`,
);

/** The carts of several buyers at once, each newest first. */
export async function linesOfBuyers(db: Executor, buyerIds: readonly string[]): Promise<Map<string, StoredLine[]>> {
  const lines = new Map<string, StoredLine[]>();
  for (const { buyerId, ...line } of await readLinesOfBuyers(db, [...new Set(buyerIds)]))
    lines.set(buyerId, [...(lines.get(buyerId) ?? []), line]);
  return lines;
}

const readLinesOfBuyers = fixedQuery<StoredLine & { buyerId: string }, [buyerIds: readonly string[]]>(
  `select buyer_id, line_id, spu_id, sku_id, quantity, selected, price_when_added, added_at
   from cart.line where buyer_id = any($1::uuid[]) order by buyer_id, added_at desc, line_id desc`,
);

const newestFirst = (a: StoredLine, b: StoredLine): number =>
  b.addedAt.getTime() - a.addedAt.getTime() || (a.lineId < b.lineId ? 1 : -1);

/** Locks the buyer's lines, in one order, so that two changes of one cart wait for each other. Newest first, as shown. */
export const lockLines = async (tx: Tx, buyerId: string): Promise<StoredLine[]> => {
  const lines = await tx
    .selectFrom('cart.line')
    .select(columns)
    .where('buyerId', '=', buyerId)
    .orderBy('lineId')
    .forUpdate()
    .execute();
  return lines.sort(newestFirst);
};

export interface NewLine {
  spuId: string;
  skuId: string;
  quantity: number;
  priceWhenAdded: number;
  at: Date;
}

/**
 * Puts a line in, or adds to the one with that SKU; the unique key settles two at once, and the limit is judged by the
 * sum, which counts what another tab has added meanwhile. One statement: it needs no transaction around it.
 * @returns the line as it is now; undefined, and nothing written, when it would pass `atMost`
 */
export async function addQuantity(
  db: Executor,
  buyerId: string,
  { spuId, skuId, quantity, priceWhenAdded, at }: NewLine,
  atMost: number,
): Promise<StoredLine | undefined> {
  const added = Math.min(maxQuantity, quantity);
  const rows = await insertOrAdd(db, buyerId, newId(), spuId, skuId, added, priceWhenAdded, at, atMost, maxQuantity);
  return rows[0];
}

const insertOrAdd = fixedQuery<
  StoredLine,
  [
    buyerId: string,
    lineId: string,
    spuId: string,
    skuId: string,
    added: number,
    priceWhenAdded: number,
    at: Date,
    atMost: number,
    maxQuantity: number,
  ]
>(
  `insert into cart.line as mine (buyer_id, line_id, spu_id, sku_id, quantity, selected, price_when_added, added_at)
   select $1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::int, true, $6::int, $7::timestamptz where $5::int <= $8::int
   on conflict (buyer_id, sku_id) do update
     set quantity = least($9::int, mine.quantity + excluded.quantity), selected = true, added_at = excluded.added_at
     where least($9::int, mine.quantity + excluded.quantity) <= $8::int
   returning line_id, spu_id, sku_id, quantity, selected, price_when_added, added_at`,
);

/**
 * Puts in lines of SKUs that are new to their carts, of any buyers, in one statement. A SKU that is there by now, from another
 * tab or from the same call, is left as it is: this must neither wait for a cart that somebody is changing, nor add twice.
 * @returns the lines it wrote, by line id
 */
export async function insertLines(
  db: Executor,
  lines: readonly (NewLine & { buyerId: string; lineId: string })[],
): Promise<Map<string, StoredLine>> {
  // In the order of the key: two processes that put in the same lines wait for each other instead of deadlocking.
  const keyOf = ({ buyerId, skuId }: { buyerId: string; skuId: string }) => `${buyerId}${skuId}`;
  const sorted = [...lines].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const written = await insertUnlessThere(
    db,
    sorted.map(({ buyerId }) => buyerId),
    sorted.map(({ lineId }) => lineId),
    sorted.map(({ spuId }) => spuId),
    sorted.map(({ skuId }) => skuId),
    sorted.map(({ quantity }) => quantity),
    sorted.map(({ priceWhenAdded }) => priceWhenAdded),
    sorted.map(({ at }) => at),
  );
  return new Map(written.map((line) => [line.lineId, line]));
}

const insertUnlessThere = fixedQuery<
  StoredLine,
  [
    buyerIds: readonly string[],
    lineIds: readonly string[],
    spuIds: readonly string[],
    skuIds: readonly string[],
    quantities: readonly number[],
    prices: readonly number[],
    at: readonly Date[],
  ]
>(
  `insert into cart.line (buyer_id, line_id, spu_id, sku_id, quantity, selected, price_when_added, added_at)
   select buyer_id, line_id, spu_id, sku_id, quantity, true, price, at
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::int[], $7::timestamptz[])
     as new (buyer_id, line_id, spu_id, sku_id, quantity, price, at)
   on conflict (buyer_id, sku_id) do nothing
   returning line_id, spu_id, sku_id, quantity, selected, price_when_added, added_at`,
);

export const updateLine = (
  tx: Tx,
  buyerId: string,
  { lineId, skuId, quantity, selected, priceWhenAdded }: StoredLine,
) =>
  tx
    .updateTable('cart.line')
    .set({ skuId, quantity, selected, priceWhenAdded })
    .where('buyerId', '=', buyerId)
    .where('lineId', '=', lineId)
    .execute();

export const selectLines = (tx: Tx, buyerId: string, lineIds: readonly string[], selected: boolean) =>
  tx
    .updateTable('cart.line')
    .set({ selected })
    .where('buyerId', '=', buyerId)
    .where('lineId', '=', sql<string>`any(${[...lineIds]}::uuid[])`)
    .execute();

export const deleteLines = (tx: Tx, buyerId: string, lineIds: readonly string[]) =>
  tx
    .deleteFrom('cart.line')
    .where('buyerId', '=', buyerId)
    .where('lineId', '=', sql<string>`any(${[...lineIds]}::uuid[])`)
    .execute();

export const deleteCarts = async (tx: Tx, buyerIds: readonly string[]): Promise<void> => {
  await sql`delete from cart.line where buyer_id = any(${buyerIds}::uuid[])`.execute(tx);
  await sql`delete from cart.reminder where buyer_id = any(${buyerIds}::uuid[])`.execute(tx);
};

/**
 * Moves every line of the guest to the buyer in one statement: what the delete returns can be returned to one caller
 * only, so two merges at once (or one event twice) add nothing twice, and no line is lost between them.
 */
export async function moveLines(tx: Tx, fromBuyerId: string, toBuyerId: string): Promise<void> {
  await sql`
    with moved as (
      delete from cart.line where buyer_id = ${fromBuyerId} returning line_id, spu_id, sku_id, quantity, selected, price_when_added, added_at
    )
    insert into cart.line as mine (buyer_id, line_id, spu_id, sku_id, quantity, selected, price_when_added, added_at)
    select ${toBuyerId}::uuid, line_id, spu_id, sku_id, quantity, selected, price_when_added, added_at from moved
    on conflict (buyer_id, sku_id) do update
      set quantity = least(${maxQuantity}, mine.quantity + excluded.quantity),
          selected = mine.selected or excluded.selected,
          added_at = greatest(mine.added_at, excluded.added_at)`.execute(tx);
}
