/** All SQL on the virtual_goods schema. */
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import type {} from './virtual-goods.tables.ts';

export type Delivery = Selectable<Tables['virtualGoods.delivery']>;
export type NewCode = Pick<
  Insertable<Tables['virtualGoods.code']>,
  'skuId' | 'codeId' | 'shopId' | 'code' | 'codeIndex' | 'addedAt' | 'addedBy'
>;

/** @returns how many were new */
export async function addCodes(tx: Tx, codes: readonly NewCode[]): Promise<number> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('virtualGoods.code')
    .values(codes.map((code) => ({ ...code, state: 'free' as const, buyerId: null, orderNo: null, soldAt: null })))
    .onConflict((conflict) => conflict.columns(['skuId', 'codeIndex']).doNothing())
    .executeTakeFirst();
  return Number(numInsertedOrUpdatedRows ?? 0);
}

/** Free codes under their lock, the oldest first; what another order is taking is passed over. */
export const lockFree = (tx: Tx, skuId: string, limit: number): Promise<{ codeId: string; code: string }[]> =>
  tx
    .selectFrom('virtualGoods.code')
    .select(['codeId', 'code'])
    .where('skuId', '=', skuId)
    .where('state', '=', 'free')
    .orderBy('codeId')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();

export async function sell(
  tx: Tx,
  {
    skuId,
    codeIds,
    buyerId,
    orderNo,
    at,
  }: { skuId: string; codeIds: string[]; buyerId: string; orderNo: string; at: Date },
): Promise<void> {
  await tx
    .updateTable('virtualGoods.code')
    .set({ state: 'sold', buyerId, orderNo, soldAt: at })
    .where('skuId', '=', skuId)
    .where('codeId', 'in', codeIds)
    .where('state', '=', 'free')
    .execute();
}

export const insertDeliveries = async (
  tx: Tx,
  deliveries: readonly Omit<Delivery, 'revokedAt' | 'seenAt'>[],
): Promise<void> => {
  await tx
    .insertInto('virtualGoods.delivery')
    .values(deliveries.map((delivery) => ({ ...delivery, revokedAt: null, seenAt: null })))
    .execute();
};

export const deliveriesOf = (db: Executor, buyerId: string, orderNo: string): Promise<Delivery[]> =>
  db
    .selectFrom('virtualGoods.delivery')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .orderBy('lineId')
    .execute();

export const markSeen = async (tx: Tx, buyerId: string, orderNo: string, at: Date): Promise<void> => {
  await tx
    .updateTable('virtualGoods.delivery')
    .set({ seenAt: at })
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .where('seenAt', 'is', null)
    .execute();
};

/** The money went back: access ends, and the codes are never sold again. */
export async function revoke(
  tx: Tx,
  { buyerId, orderNo, lineIds, at }: { buyerId: string; orderNo: string; lineIds: string[] | null; at: Date },
): Promise<void> {
  await sql`
    with ended as (
      update virtual_goods.delivery set revoked_at = ${at}
      where buyer_id = ${buyerId} and order_no = ${orderNo} and revoked_at is null
        and (${lineIds}::uuid[] is null or line_id = any(${lineIds}::uuid[]))
      returning sku_id
    )
    update virtual_goods.code c set state = 'void' from ended
    where c.sku_id = ended.sku_id and c.order_no = ${orderNo} and c.buyer_id = ${buyerId} and c.state = 'sold'`.execute(
    tx,
  );
}

export interface CodeCount {
  skuId: string;
  free: number;
  sold: number;
  void: number;
}
export async function countCodes(db: Executor, shopId: string, skuIds: readonly string[]): Promise<CodeCount[]> {
  const { rows } = await sql<CodeCount>`
    select sku_id, count(*) filter (where state = 'free')::int as free, count(*) filter (where state = 'sold')::int as sold,
      count(*) filter (where state = 'void')::int as void
    from virtual_goods.code where shop_id = ${shopId} and sku_id = any(${[...skuIds]}::uuid[]) group by sku_id`.execute(
    db,
  );
  return rows;
}
