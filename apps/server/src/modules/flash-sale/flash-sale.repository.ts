import type { Executor, Tx } from '#platform/database/database.ts';
import type { Sale } from './flash-sale.domain.ts';
import type {} from './flash-sale.tables.ts';

const columns = [
  'saleId',
  'shopId',
  'spuId',
  'skuId',
  'poolId',
  'name',
  'flashPrice',
  'poolSize',
  'buyerLimit',
  'holdMs',
  'startsAt',
  'endsAt',
  'status',
  'createdBy',
  'tiers',
  'templateId',
] as const;

/** Live ones, and those that ended since: the list shows them for a while. */
export const recentSales = (db: Executor, endedSince: Date, limit: number): Promise<Sale[]> =>
  db
    .selectFrom('flashSale.sale')
    .select(columns)
    .where('endsAt', '>', endedSince)
    .orderBy('startsAt')
    .orderBy('saleId')
    .limit(limit)
    .execute();

export async function insertSale(tx: Tx, sale: Sale, createdAt: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('flashSale.sale')
    .values({ ...sale, createdAt })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** @returns the sale that this call ended */
export const endSale = (tx: Tx, saleId: string, at: Date, shopId?: string): Promise<Sale | undefined> =>
  tx
    .updateTable('flashSale.sale')
    .set({ status: 'ended', endedAt: at })
    .where('saleId', '=', saleId)
    .where('status', '=', 'live')
    .$if(shopId !== undefined, (query) => query.where('shopId', '=', shopId as string))
    .returning(columns)
    .executeTakeFirst();

export const saleOfShop = (db: Executor, shopId: string, saleId: string): Promise<Sale | undefined> =>
  db
    .selectFrom('flashSale.sale')
    .select(columns)
    .where('saleId', '=', saleId)
    .where('shopId', '=', shopId)
    .executeTakeFirst();

/** The first share that brought a buyer counts. */
export const noteArrival = (
  db: Executor,
  arrival: { buyerId: string; saleId: string; fromBuyerId: string; at: Date },
) =>
  db
    .insertInto('flashSale.arrival')
    .values(arrival)
    .onConflict((conflict) => conflict.doNothing())
    .execute();

export async function arrivalsOf(db: Executor, saleIds: string[]): Promise<Map<string, number>> {
  if (saleIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('flashSale.arrival')
    .select(({ fn }) => ['saleId', fn.countAll<number>().as('count')])
    .where('saleId', 'in', saleIds)
    .groupBy('saleId')
    .execute();
  return new Map(rows.map(({ saleId, count }) => [saleId, count]));
}

export const salesToEnd = (db: Executor, now: Date, limit: number) =>
  db
    .selectFrom('flashSale.sale')
    .select(['saleId', 'shopId'])
    .where('status', '=', 'live')
    .where('endsAt', '<=', now)
    .orderBy('endsAt')
    .limit(limit)
    .execute();

export async function pageOfShop(db: Executor, shopId: string, offset: number, limit: number) {
  const items = await db
    .selectFrom('flashSale.sale')
    .select(columns)
    .where('shopId', '=', shopId)
    .orderBy('startsAt', 'desc')
    .orderBy('saleId')
    .offset(offset)
    .limit(limit)
    .execute();
  const { total } = await db
    .selectFrom('flashSale.sale')
    .where('shopId', '=', shopId)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { items, total };
}
