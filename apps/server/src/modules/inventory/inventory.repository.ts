/** All SQL on the inventory schema. Levels are always locked in sku_id order, so that two orders wait instead of deadlocking. */
import { CompiledQuery, sql } from 'kysely';

import type { Executor, Tx } from '#platform/database/database.ts';
import { sendLater } from '#platform/database/dialect.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
import { ownPart, sharedRead } from '#platform/database/shared-reads.ts';
import { newId } from '#platform/ids.ts';
import type { Level, Step, StockLine } from './inventory.domain.ts';
import type {} from './inventory.tables.ts';

const columns = ['skuId', 'spuId', 'shopId', 'onHand', 'reserved', 'safetyStock', 'sequence', 'isLow'] as const;
const byId = (levels: Level[]): Map<string, Level> => new Map(levels.map((level) => [level.skuId, level]));

const readAndLock = fixedQuery<Level, [skuIds: readonly string[]]>(
  `select sku_id, spu_id, shop_id, on_hand, reserved, safety_stock, sequence, is_low
   from inventory.stock_level where sku_id = any($1::uuid[]) order by sku_id for update`,
);

export const lockLevels = async (tx: Tx, skuIds: readonly string[]): Promise<Map<string, Level>> =>
  byId(await readAndLock(tx, skuIds));

const readAndLockFree = fixedQuery<Level, [skuIds: readonly string[]]>(
  `select sku_id, spu_id, shop_id, on_hand, reserved, safety_stock, sequence, is_low
   from inventory.stock_level where sku_id = any($1::uuid[]) order by sku_id for update skip locked`,
);

/** Those that nobody holds; it waits for none. */
export const lockFreeLevels = async (tx: Tx, skuIds: readonly string[]): Promise<Map<string, Level>> =>
  byId(await readAndLockFree(tx, skuIds));

export async function lockLevelsOfReservation(tx: Tx, reservationId: string): Promise<Map<string, Level>> {
  const rows = await tx
    .selectFrom('inventory.stockLevel')
    .select(columns)
    .where('skuId', 'in', (from) =>
      from
        .selectFrom('inventory.reservationLine')
        .select('skuId')
        .where('reservationId', '=', reservationId)
        .where('storeId', 'is', null),
    )
    .orderBy('skuId')
    .forUpdate()
    .execute();
  return byId(rows);
}

const readLevels = fixedQuery<Level, [skuIds: readonly string[]]>(
  `select sku_id, spu_id, shop_id, on_hand, reserved, safety_stock, sequence, is_low
   from inventory.stock_level where sku_id = any($1::uuid[])`,
);

const levelsOfMany = sharedRead(async (db, asked: readonly (readonly string[])[]) => {
  const found = byId(await readLevels(db, [...new Set(asked.flat())]));
  return asked.map((skuIds) => ownPart(found, skuIds));
});

export const levelsOf = async (db: Executor, skuIds: readonly string[]): Promise<Map<string, Level>> =>
  skuIds.length === 0 ? new Map() : levelsOfMany(db, skuIds);

export interface HoldLine extends StockLine {
  reservationId: string;
  buyerId: string;
  until: Date;
}
export interface Hold {
  lines: readonly HoldLine[];
  /** Its reservation ids were made a moment ago: nothing can be in the way, so nobody waits for the answer. */
  isNew: boolean;
}

/** Ledger rows column by column, for `unnest`: the warehouse's and a shelf's have the same twelve, from `sku_id` to `request_id`. */
export const ledgerColumns = (steps: readonly Step[]): unknown[][] => {
  const movements = steps.map(({ movement }) => movement);
  return [
    movements.map((movement) => movement.skuId),
    steps.map((step) => step.sequence),
    steps.map(() => newId()),
    movements.map((movement) => movement.kind),
    movements.map((movement) => movement.onHandDelta),
    movements.map((movement) => movement.reservedDelta),
    steps.map((step) => step.onHandAfter),
    steps.map((step) => step.reservedAfter),
    movements.map((movement) => movement.reference),
    movements.map((movement) => movement.actor),
    movements.map((movement) => movement.note ?? ''),
    movements.map((movement) => movement.requestId ?? null),
  ];
};

/**
 * Levels, ledger rows and (when reserving) reservation lines in one statement: the shorter the level stays locked, the
 * more buyers a hot SKU serves. @returns how many reservation lines were written
 */
export async function storeSteps(
  tx: Tx,
  at: Date,
  changed: readonly Level[],
  steps: readonly Step[],
  hold?: Hold,
): Promise<number> {
  const lines = hold?.lines ?? [];
  const values = [
    at,
    changed.map((level) => level.skuId),
    changed.map((level) => level.onHand),
    changed.map((level) => level.reserved),
    changed.map((level) => level.sequence),
    changed.map((level) => level.isLow),
    ...ledgerColumns(steps),
    lines.map((line) => line.buyerId),
    lines.map((line) => line.until),
    lines.map((line) => line.skuId),
    lines.map((line) => line.reservationId),
    lines.map((line) => line.quantity),
    lines.map((line) => line.pool?.poolId ?? null),
    lines.map((line) => line.pool?.requestId ?? null),
    lines.map((line) => line.storeId ?? null),
  ];
  const store = CompiledQuery.raw(storeText, values);
  if (hold?.isNew) {
    await sendLater(tx, store);
    return lines.length;
  }
  const { rows } = await tx.executeQuery<{ written: number }>(store);
  return rows[0]?.written ?? 0;
}

const storeText = `
  with level as (
    update inventory.stock_level as l
    set on_hand = i.on_hand, reserved = i.reserved, sequence = i.sequence, is_low = i.is_low, updated_at = $1::timestamptz
    from unnest($2::uuid[], $3::int[], $4::int[], $5::int[], $6::bool[]) as i (sku_id, on_hand, reserved, sequence, is_low)
    where l.sku_id = i.sku_id
  ), ledger as (
    insert into inventory.ledger_entry (
      sku_id, sequence, entry_id, kind, on_hand_delta, reserved_delta, on_hand_after, reserved_after, reference, actor, note, request_id, at
    )
    select i.*, $1::timestamptz
    from unnest(
      $7::uuid[], $8::int[], $9::uuid[], $10::text[], $11::int[], $12::int[], $13::int[], $14::int[], $15::text[], $16::text[],
      $17::text[], $18::uuid[]
    ) as i
  ), line as (
    insert into inventory.reservation_line as r (
      sku_id, reservation_id, buyer_id, quantity, status, held_until, pool_id, pool_request_id, store_id
    )
    select i.sku_id, i.reservation_id, i.buyer_id, i.quantity, 'held', i.held_until, i.pool_id, i.pool_request_id, i.store_id
    from unnest($19::uuid[], $20::timestamptz[], $21::uuid[], $22::uuid[], $23::int[], $24::uuid[], $25::uuid[], $26::uuid[])
      as i (buyer_id, held_until, sku_id, reservation_id, quantity, pool_id, pool_request_id, store_id)
    on conflict (sku_id, reservation_id) do update
      set status = 'held', held_until = excluded.held_until, quantity = excluded.quantity,
        pool_id = excluded.pool_id, pool_request_id = excluded.pool_request_id, store_id = excluded.store_id
      where r.status = 'released'
    returning 1
  )
  select count(*)::int as written from line`;

export interface ReleasedLine {
  skuId: string;
  quantity: number;
  poolId: string | null;
  poolRequestId: string | null;
  storeId: string | null;
}

/** Marks lines released; only those that were in one of `from`, so that a second release finds nothing. */
export async function releaseLines(
  tx: Tx,
  reservationId: string,
  from: readonly ('held' | 'confirmed')[],
): Promise<ReleasedLine[]> {
  return (
    tx
      .updateTable('inventory.reservationLine')
      .set({ status: 'released' })
      .where('reservationId', '=', reservationId)
      .where('status', 'in', [...from])
      // What has left the shelf cannot go back on it by a release.
      .where('shippedQuantity', '=', 0)
      .returning(['skuId', 'quantity', 'poolId', 'poolRequestId', 'storeId'])
      .execute()
  );
}

export async function extendLines(tx: Tx, reservationId: string, until: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('inventory.reservationLine')
    .set({ heldUntil: until })
    .where('reservationId', '=', reservationId)
    .where('status', '=', 'held')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Both the confirmed and those that were not held any more. */
export const confirmLines = fixedQuery<{ reservationId: string; status: string }, [reservationIds: readonly string[]]>(
  `with confirmed as (
     update inventory.reservation_line set status = 'confirmed'
     where reservation_id = any($1::uuid[]) and status = 'held'
     returning reservation_id, sku_id, 'confirmed' as status
   )
   select r.reservation_id, coalesce(c.status, r.status) as status
   from inventory.reservation_line r left join confirmed c using (reservation_id, sku_id)
   where r.reservation_id = any($1::uuid[])`,
);

export async function shipLines(tx: Tx, reservationId: string, lines: readonly StockLine[]): Promise<number> {
  const { rows } = await sql<{ skuId: string }>`
    update inventory.reservation_line r
    set shipped_quantity = r.shipped_quantity + i.quantity
    from unnest(${lines.map((line) => line.skuId)}::uuid[], ${lines.map((line) => line.quantity)}::int[]) as i (sku_id, quantity)
    where r.reservation_id = ${reservationId} and r.sku_id = i.sku_id and r.status = 'confirmed'
      and r.shipped_quantity + i.quantity <= r.quantity
    returning r.sku_id`.execute(tx);
  return rows.length;
}

/** Where a reservation's units stand, if in a store. */
export async function storeOfReservation(tx: Tx, reservationId: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('inventory.reservationLine')
    .select('storeId')
    .where('reservationId', '=', reservationId)
    .limit(1)
    .executeTakeFirst();
  return row?.storeId ?? undefined;
}

/** Takes pieces that have not left out of a paid reservation; one that is given back already has none. */
export async function withdrawLines(tx: Tx, reservationId: string, lines: readonly StockLine[]): Promise<StockLine[]> {
  const { rows } = await sql<StockLine>`
    update inventory.reservation_line r
    set quantity = case when r.quantity > i.quantity then r.quantity - i.quantity else r.quantity end,
        status = case when r.quantity > i.quantity then r.status else 'released' end
    from unnest(${lines.map((line) => line.skuId)}::uuid[], ${lines.map((line) => line.quantity)}::int[]) as i (sku_id, quantity)
    where r.reservation_id = ${reservationId} and r.sku_id = i.sku_id and r.status = 'confirmed'
      and r.quantity - r.shipped_quantity >= i.quantity
    returning r.sku_id, i.quantity`.execute(tx);
  return rows;
}

export const findByRequest = (tx: Tx, skuIds: readonly string[], requestId: string) =>
  tx
    .selectFrom('inventory.ledgerEntry')
    .select(['skuId', 'onHandDelta'])
    .where('skuId', '=', sql<string>`any(${[...skuIds]}::uuid[])`)
    .where('requestId', '=', requestId)
    .execute();

export async function insertLevels(
  tx: Tx,
  at: Date,
  rows: readonly {
    skuId: string;
    spuId: string;
    shopId: string;
    onHand: number;
    safetyStock: number;
    isLow: boolean;
  }[],
): Promise<string[]> {
  if (rows.length === 0) return [];
  const { rows: made } = await sql<{ skuId: string }>`
    with level as (
      insert into inventory.stock_level (sku_id, spu_id, shop_id, on_hand, reserved, safety_stock, sequence, is_low, updated_at)
      select i.sku_id, i.spu_id, i.shop_id, i.on_hand, 0, i.safety_stock, 1, i.is_low, ${at}::timestamptz
      from unnest(
        ${rows.map((row) => row.skuId)}::uuid[], ${rows.map((row) => row.spuId)}::uuid[], ${rows.map((row) => row.shopId)}::uuid[],
        ${rows.map((row) => row.onHand)}::int[], ${rows.map((row) => row.safetyStock)}::int[], ${rows.map((row) => row.isLow)}::bool[]
      ) as i (sku_id, spu_id, shop_id, on_hand, safety_stock, is_low)
      on conflict (sku_id) do nothing
      returning sku_id, on_hand
    ), ledger as (
      insert into inventory.ledger_entry (
        sku_id, sequence, entry_id, kind, on_hand_delta, reserved_delta, on_hand_after, reserved_after, reference, actor, at
      )
      select level.sku_id, 1, i.entry_id, 'opening', level.on_hand, 0, level.on_hand, 0, '', '系统', ${at}::timestamptz
      from level
      join unnest(${rows.map((row) => row.skuId)}::uuid[], ${rows.map(() => newId())}::uuid[]) as i (sku_id, entry_id)
        on i.sku_id = level.sku_id
    )
    select sku_id from level`.execute(tx);
  return made.map(({ skuId }) => skuId);
}

export async function setSafetyStock(tx: Tx, shopId: string, skuId: string, safetyStock: number): Promise<void> {
  await tx
    .updateTable('inventory.stockLevel')
    .set({ safetyStock })
    .where('shopId', '=', shopId)
    .where('skuId', '=', skuId)
    .execute();
}

export interface StockFilter {
  state?: 'low' | 'out' | undefined;
  /** SKUs a text search found; undefined: no text given. */
  skuIds?: readonly string[] | undefined;
  offset: number;
  limit: number;
}

const maxCount = 10_000;

export async function listLevels(db: Executor, shopId: string, { state, skuIds, offset, limit }: StockFilter) {
  let query = db.selectFrom('inventory.stockLevel').where('shopId', '=', shopId);
  if (skuIds !== undefined) query = query.where('skuId', '=', sql<string>`any(${[...skuIds]}::uuid[])`);
  if (state === 'out') query = query.where(sql<boolean>`on_hand = reserved`);
  if (state === 'low') query = query.where(sql<boolean>`on_hand > reserved and on_hand - reserved < safety_stock`);
  // SKUs that were named are few: found by their key and then sorted. By age, the planner would walk the shop until it met twenty of them.
  const newest = skuIds === undefined ? sql`updated_at` : sql`updated_at + interval '0'`;
  const [rows, [counted]] = await Promise.all([
    query
      .select([...columns, 'updatedAt'])
      .orderBy(newest, 'desc')
      .orderBy('skuId')
      .offset(offset)
      .limit(limit)
      .execute(),
    db
      .selectFrom(query.select('skuId').limit(maxCount).as('counted'))
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .execute(),
  ]);
  return { rows, total: counted?.total ?? 0 };
}

export async function listLedger(db: Executor, shopId: string, skuId: string, offset: number, limit: number) {
  const level = await db
    .selectFrom('inventory.stockLevel')
    .select('sequence')
    .where('shopId', '=', shopId)
    .where('skuId', '=', skuId)
    .executeTakeFirst();
  if (!level) return undefined;
  const rows = await db
    .selectFrom('inventory.ledgerEntry')
    .selectAll()
    .where('skuId', '=', skuId)
    .orderBy('sequence', 'desc')
    .offset(offset)
    .limit(limit)
    .execute();
  // Sequences have no gaps, so the newest number is the count.
  return { rows, total: level.sequence };
}

/** More is shown as "999+". */
const countedAlerts = 1_000;

/** Up to {@link countedAlerts} each. The conditions are those of the indexes stock_level_low and stock_level_gone. */
export async function countAlerts(db: Executor, shopId: string): Promise<{ lowStock: number; outOfStock: number }> {
  const { rows } = await sql<{ lowStock: number; outOfStock: number }>`
    select (select count(*) from (
              select 1 from inventory.stock_level where shop_id = ${shopId} and on_hand > reserved
                and on_hand - reserved < safety_stock limit ${countedAlerts}) as low)::int as low_stock,
           (select count(*) from (
              select 1 from inventory.stock_level where shop_id = ${shopId} and on_hand = reserved limit ${countedAlerts}) as gone)::int
             as out_of_stock`.execute(db);
  return rows[0] ?? { lowStock: 0, outOfStock: 0 };
}
