/** All SQL on the fulfilment schema. */
import { type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import type { UploadState } from './fulfilment.tables.ts';

export type Parcel = Selectable<Tables['fulfilment.parcel']>;

export interface NewParcel
  extends Omit<Parcel, 'uploadState' | 'uploadAttempts' | 'uploadError' | 'uploadedAt' | 'claimedUntil'> {}

/** @returns false when the order has a parcel with that number already */
export async function insertParcel(tx: Tx, parcel: NewParcel): Promise<boolean> {
  const row = await tx
    .insertInto('fulfilment.parcel')
    .values({ ...parcel, lines: JSON.stringify(parcel.lines), uploadError: null, uploadedAt: null, claimedUntil: null })
    .onConflict((conflict) => conflict.columns(['buyerId', 'orderNo', 'carrierCode', 'waybillNo']).doNothing())
    .returning('parcelId')
    .executeTakeFirst();
  return row !== undefined;
}

export const parcelsOfOrder = (db: Executor, buyerId: string, orderNo: string): Promise<Parcel[]> =>
  db
    .selectFrom('fulfilment.parcel')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .orderBy('shippedAt')
    .orderBy('parcelId')
    .execute();

export const parcelsOfShopOrder = (db: Executor, shopId: string, orderNo: string): Promise<Parcel[]> =>
  db
    .selectFrom('fulfilment.parcel')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('orderNo', '=', orderNo)
    .orderBy('shippedAt')
    .orderBy('parcelId')
    .execute();

export async function worstUploadStates(
  db: Executor,
  shopId: string,
  orderNos: readonly string[],
): Promise<{ orderNo: string; state: UploadState }[]> {
  if (orderNos.length === 0) return [];
  const { rows } = await sql<{ orderNo: string; state: UploadState }>`
    select order_no, case when bool_or(upload_state = 'failed') then 'failed'
                          when bool_or(upload_state = 'pending') then 'pending'
                          when bool_or(upload_state = 'uploaded') then 'uploaded' else 'not_required' end as state
    from fulfilment.parcel where shop_id = ${shopId} and order_no = any(${[...orderNos]}::text[]) group by order_no`.execute(
    db,
  );
  return rows;
}

/**
 * Claims due uploads. Of one payment only the earliest pending parcel is due: WeChat takes a trade's parcels in order,
 * and after "all delivered" it takes none.
 */
export async function claimDue(tx: Tx, now: Date, claimedUntil: Date, limit: number): Promise<Parcel[]> {
  const due = await tx
    .selectFrom('fulfilment.parcel as p')
    .selectAll('p')
    .where('p.uploadState', '=', 'pending')
    .where('p.nextUploadAt', '<=', now)
    .where((where) => where.or([where('p.claimedUntil', 'is', null), where('p.claimedUntil', '<=', now)]))
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('fulfilment.parcel as e')
            .select(sql`1`.as('one'))
            .whereRef('e.buyerId', '=', 'p.buyerId')
            .whereRef('e.paymentId', '=', 'p.paymentId')
            .where('e.uploadState', '=', 'pending')
            .where(sql<boolean>`(e.shipped_at, e.parcel_id) < (p.shipped_at, p.parcel_id)`),
        ),
      ),
    )
    .orderBy('p.nextUploadAt')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { buyerId, parcelId } of due) {
    await tx
      .updateTable('fulfilment.parcel')
      .set({ claimedUntil })
      .where('buyerId', '=', buyerId)
      .where('parcelId', '=', parcelId)
      .execute();
  }
  return due;
}

/** The other parcels of a payment: whether this one is the only, and whether it is the last to tell. */
export async function siblingsOf(
  db: Executor,
  { buyerId, paymentId, parcelId }: Parcel,
  orderNo?: string,
): Promise<{ count: number; pending: number }> {
  const { rows } = await sql<{ count: number; pending: number }>`
    select count(*)::int as count, count(*) filter (where upload_state = 'pending')::int as pending
    from fulfilment.parcel where buyer_id = ${buyerId} and payment_id = ${paymentId} and parcel_id <> ${parcelId}
      and carrier_code <> 'PICKUP' ${orderNo === undefined ? sql`` : sql`and order_no = ${orderNo}`}`.execute(db);
  return rows[0] ?? { count: 0, pending: 0 };
}

export const changeParcel = async (
  tx: Tx,
  { buyerId, parcelId }: Pick<Parcel, 'buyerId' | 'parcelId'>,
  change: Partial<
    Pick<Parcel, 'uploadState' | 'uploadError' | 'uploadedAt' | 'nextUploadAt' | 'claimedUntil' | 'uploadAttempts'>
  >,
): Promise<void> => {
  await tx
    .updateTable('fulfilment.parcel')
    .set(change)
    .where('buyerId', '=', buyerId)
    .where('parcelId', '=', parcelId)
    .execute();
};

/** Counts the try; a result that comes after the parcel was uploaded changes nothing. */
export const recordTry = async (
  tx: Tx,
  { buyerId, parcelId }: Pick<Parcel, 'buyerId' | 'parcelId'>,
  change: Partial<Pick<Parcel, 'uploadState' | 'uploadError' | 'uploadedAt' | 'nextUploadAt'>>,
): Promise<void> => {
  await tx
    .updateTable('fulfilment.parcel')
    .set({ ...change, claimedUntil: null, uploadAttempts: sql<number>`upload_attempts + 1` })
    .where('buyerId', '=', buyerId)
    .where('parcelId', '=', parcelId)
    .where('uploadState', '<>', 'uploaded')
    .execute();
};

/** Few at any time: each waits for somebody to send it again. */
export async function failedUploads(db: Executor, shopId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('fulfilment.parcel')
    .select('orderNo')
    .distinct()
    .where('shopId', '=', shopId)
    .where('uploadState', '=', 'failed')
    .limit(1_000)
    .execute();
  return rows.map(({ orderNo }) => orderNo);
}

export async function countFailedUploads(db: Executor, shopId: string): Promise<number> {
  const { count } = await db
    .selectFrom('fulfilment.parcel')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('shopId', '=', shopId)
    .where('uploadState', '=', 'failed')
    .executeTakeFirstOrThrow();
  return count;
}
