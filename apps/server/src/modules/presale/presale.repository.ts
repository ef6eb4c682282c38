import { type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import type { Activity } from './presale.domain.ts';
import type {} from './presale.tables.ts';

export type Booking = Selectable<Tables['presale.booking']>;

const columns = [
  'activityId',
  'shopId',
  'spuId',
  'skuId',
  'name',
  'price',
  'deposit',
  'depositWorth',
  'quota',
  'buyerLimit',
  'startsAt',
  'endsAt',
  'balanceOpensAt',
  'balanceClosesAt',
  'shipsBy',
  'forfeits',
  'status',
  'overrideReason',
  'createdBy',
] as const;

export const liveActivities = (db: Executor, now: Date, limit: number): Promise<Activity[]> =>
  db
    .selectFrom('presale.activity')
    .select(columns)
    .where('status', '=', 'live')
    .where('endsAt', '>', now)
    .orderBy('startsAt')
    .orderBy('activityId')
    .limit(limit)
    .execute();

/** Of a shop, with a part of their time (deposit to balance) in a window. */
export const activitiesWithin = (
  db: Executor,
  shopId: string,
  from: Date,
  until: Date,
  only?: string,
): Promise<Activity[]> =>
  db
    .selectFrom('presale.activity')
    .select(columns)
    .where('shopId', '=', shopId)
    .where('startsAt', '<', until)
    .where('balanceClosesAt', '>', from)
    .$if(only !== undefined, (rows) => rows.where('activityId', '=', only ?? ''))
    .orderBy('startsAt')
    .limit(200)
    .execute();

export async function insertActivity(tx: Tx, activity: Activity, createdAt: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('presale.activity')
    .values({ ...activity, createdAt })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export const closeActivity = (tx: Tx, shopId: string, activityId: string, to: 'ended' | 'cancelled') =>
  tx
    .updateTable('presale.activity')
    .set({ status: to })
    .where('activityId', '=', activityId)
    .where('shopId', '=', shopId)
    .where('status', 'in', to === 'cancelled' ? ['live', 'ended'] : ['live'])
    .returning(['activityId', 'name'])
    .executeTakeFirst();

/** Deposits are taken no more: what nobody has goes back to general stock. */
export const activitiesToEnd = (db: Executor, now: Date, limit: number) =>
  db
    .selectFrom('presale.activity')
    .select(['activityId', 'shopId'])
    .where('status', '=', 'live')
    .where('endsAt', '<=', now)
    .limit(limit)
    .execute();

/** @returns false when the buyer has a live order of this presale */
export async function insertBooking(tx: Tx, booking: Omit<Booking, 'toldOpenedAt' | 'toldEndingAt'>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('presale.booking')
    .values(booking)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export const findBooking = (db: Executor, buyerId: string, orderNo: string): Promise<Booking | undefined> =>
  db
    .selectFrom('presale.booking')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .executeTakeFirst();

export const moveBooking = async (
  tx: Tx,
  buyerId: string,
  orderNo: string,
  from: readonly Booking['status'][],
  to: Booking['status'],
): Promise<boolean> => {
  const { numUpdatedRows } = await tx
    .updateTable('presale.booking')
    .set({ status: to })
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .where('status', 'in', [...from])
    .executeTakeFirst();
  return numUpdatedRows === 1n;
};

/** Claims reminders that are due: the window has opened, or is about to end. Each is told once. */
export async function claimReminders(tx: Tx, now: Date, limit: number) {
  const claim = async (which: 'opened' | 'ending') => {
    const [column, due] =
      which === 'opened'
        ? [sql.raw('told_opened_at'), sql.raw('balance_opens_at')]
        : [sql.raw('told_ending_at'), sql.raw('ending_at')];
    const { rows } = await sql<Pick<Booking, 'buyerId' | 'orderNo' | 'shopId' | 'balanceClosesAt'>>`
      update presale.booking b set ${column} = ${now}
      from (select buyer_id, order_no from presale.booking
        where status = 'kept' and ${column} is null and ${due} <= ${now} and balance_closes_at > ${now}
        limit ${limit} for update skip locked) d
      where b.buyer_id = d.buyer_id and b.order_no = d.order_no
      returning b.buyer_id, b.order_no, b.shop_id, b.balance_closes_at`.execute(tx);
    return rows.map((row) => ({ ...row, isEnding: which === 'ending' }));
  };
  return [...(await claim('opened')), ...(await claim('ending'))];
}

/** Orders of presales the shop gave up that still keep a deposit. */
export const depositsToReturn = (db: Executor, limit: number) =>
  db
    .selectFrom('presale.booking as b')
    .innerJoin('presale.activity as a', 'a.activityId', 'b.activityId')
    .select(['b.buyerId', 'b.orderNo', 'b.shopId'])
    .where('a.status', '=', 'cancelled')
    .where('b.status', '=', 'kept')
    .limit(limit)
    .execute();

export async function pageOfShop(db: Executor, shopId: string, offset: number, limit: number) {
  const items = await db
    .selectFrom('presale.activity')
    .select(columns)
    .where('shopId', '=', shopId)
    .orderBy('startsAt', 'desc')
    .orderBy('activityId')
    .offset(offset)
    .limit(limit)
    .execute();
  const { total } = await db
    .selectFrom('presale.activity')
    .where('shopId', '=', shopId)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { items, total };
}

export async function resultsOf(db: Executor, activityIds: string[]) {
  const { rows } = await sql<{
    activityId: string;
    placed: number;
    kept: number;
    bought: number;
    lost: number;
    returned: number;
    deposits: number;
    forfeited: number;
  }>`
    select activity_id, count(*)::int as placed, count(*) filter (where status = 'kept')::int as kept,
      count(*) filter (where status = 'bought')::int as bought, count(*) filter (where status = 'lost')::int as lost,
      count(*) filter (where status = 'returned')::int as returned,
      coalesce(sum(deposit * quantity) filter (where status in ('kept', 'bought', 'lost', 'returned')), 0)::bigint as deposits,
      coalesce(sum(deposit * quantity) filter (where status = 'lost'), 0)::bigint as forfeited
    from presale.booking where activity_id = any(${activityIds}) group by activity_id`.execute(db);
  return new Map(rows.map(({ activityId, ...row }) => [activityId, row]));
}
