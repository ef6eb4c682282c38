import { type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import type { Activity } from './bargain.domain.ts';
import type {} from './bargain.tables.ts';

export type BargainRecord = Selectable<Tables['bargain.bargain']>;

const columns = [
  'activityId',
  'shopId',
  'spuId',
  'skuId',
  'name',
  'floorPrice',
  'helpsNeeded',
  'quota',
  'taken',
  'hours',
  'startsAt',
  'endsAt',
  'status',
  'overrideReason',
  'createdBy',
] as const;

export const recentActivities = (db: Executor, endedSince: Date, limit: number): Promise<Activity[]> =>
  db
    .selectFrom('bargain.activity')
    .select(columns)
    .where('endsAt', '>', endedSince)
    .orderBy('startsAt')
    .orderBy('activityId')
    .limit(limit)
    .execute();

export const findActivity = (db: Executor, activityId: string): Promise<Activity | undefined> =>
  db.selectFrom('bargain.activity').select(columns).where('activityId', '=', activityId).executeTakeFirst();

export async function insertActivity(tx: Tx, activity: Activity, createdAt: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('bargain.activity')
    .values({ ...activity, createdAt })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export const endActivity = (tx: Tx, shopId: string, activityId: string) =>
  tx
    .updateTable('bargain.activity')
    .set({ status: 'ended' })
    .where('activityId', '=', activityId)
    .where('shopId', '=', shopId)
    .where('status', '=', 'live')
    .returning(['activityId', 'name'])
    .executeTakeFirst();

/** @returns false when no unit is left */
export async function takeUnit(tx: Tx, activityId: string): Promise<boolean> {
  const row = await tx
    .updateTable('bargain.activity')
    .set(({ eb }) => ({ taken: eb('taken', '+', 1) }))
    .where('activityId', '=', activityId)
    .whereRef('taken', '<', 'quota')
    .returning('taken')
    .executeTakeFirst();
  return row !== undefined;
}

export const returnUnit = (tx: Tx, activityId: string) =>
  tx
    .updateTable('bargain.activity')
    .set(({ eb }) => ({ taken: eb('taken', '-', 1) }))
    .where('activityId', '=', activityId)
    .execute();

export const insertBargain = (tx: Tx, row: Omit<BargainRecord, 'helped' | 'orderNo'>) =>
  tx
    .insertInto('bargain.bargain')
    .values({ ...row, orderNo: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();

export const findBargain = (db: Executor, bargainId: string): Promise<BargainRecord | undefined> =>
  db.selectFrom('bargain.bargain').selectAll().where('bargainId', '=', bargainId).executeTakeFirst();

export const lockBargain = (tx: Tx, bargainId: string): Promise<BargainRecord | undefined> =>
  tx.selectFrom('bargain.bargain').selectAll().where('bargainId', '=', bargainId).forUpdate().executeTakeFirst();

export const bargainsOf = (db: Executor, buyerId: string, limit: number): Promise<BargainRecord[]> =>
  db
    .selectFrom('bargain.bargain')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .orderBy('createdAt', 'desc')
    .limit(limit)
    .execute();

export const helpsOf = (db: Executor, bargainId: string) =>
  db.selectFrom('bargain.help').selectAll().where('bargainId', '=', bargainId).orderBy('seat', 'desc').execute();

export const findHelp = (db: Executor, bargainId: string, helperId: string) =>
  db
    .selectFrom('bargain.help')
    .select('amount')
    .where('bargainId', '=', bargainId)
    .where('helperId', '=', helperId)
    .executeTakeFirst();

/** @returns whether it is the helper's first help ever; undefined when today's are used up. */
export async function countHelp(tx: Tx, buyerId: string, day: string, limit: number): Promise<boolean | undefined> {
  const { rows } = await sql<{ isFirst: boolean }>`
    insert into bargain.help_day (buyer_id, day, helps) values (${buyerId}, ${day}, 1)
    on conflict (buyer_id, day) do update set helps = help_day.helps + 1 where help_day.helps < ${limit}
    returning helps = 1 and not exists
      (select 1 from bargain.help_day earlier where earlier.buyer_id = ${buyerId} and earlier.day < ${day}) as is_first`.execute(
    tx,
  );
  return rows[0]?.isFirst;
}

export async function recordHelp(
  tx: Tx,
  help: { bargainId: string; helperId: string; seat: number; amount: number; isFirst: boolean; at: Date },
): Promise<void> {
  await tx.insertInto('bargain.help').values(help).execute();
  await tx
    .updateTable('bargain.bargain')
    .set(({ eb }) => ({ helped: eb('helped', '+', 1), price: eb('price', '-', help.amount) }))
    .where('bargainId', '=', help.bargainId)
    .execute();
}

/** The order takes it at exactly this price, or not at all. */
export const markOrdered = (
  tx: Tx,
  {
    bargainId,
    buyerId,
    price,
    orderNo,
    at,
  }: { bargainId: string; buyerId: string; price: number; orderNo: string; at: Date },
) =>
  tx
    .updateTable('bargain.bargain')
    .set({ status: 'ordered', orderNo })
    .where('bargainId', '=', bargainId)
    .where('buyerId', '=', buyerId)
    .where('status', '=', 'open')
    .where('expiresAt', '>', at)
    .where('price', '=', price)
    .returning('activityId')
    .executeTakeFirst();

export const bargainOfOrder = (tx: Tx, buyerId: string, orderNo: string): Promise<BargainRecord | undefined> =>
  tx
    .selectFrom('bargain.bargain')
    .selectAll()
    .where('orderNo', '=', orderNo)
    .where('buyerId', '=', buyerId)
    .forUpdate()
    .executeTakeFirst();

export const setStatus = (
  tx: Tx,
  bargainId: string,
  from: readonly BargainRecord['status'][],
  change: { status: BargainRecord['status']; orderNo?: null },
) =>
  tx
    .updateTable('bargain.bargain')
    .set(change)
    .where('bargainId', '=', bargainId)
    .where('status', 'in', [...from])
    .returning('activityId')
    .executeTakeFirst();

export async function pageOfShop(db: Executor, shopId: string, offset: number, limit: number) {
  const items = await db
    .selectFrom('bargain.activity')
    .select(columns)
    .where('shopId', '=', shopId)
    .orderBy('startsAt', 'desc')
    .orderBy('activityId')
    .offset(offset)
    .limit(limit)
    .execute();
  const { total } = await db
    .selectFrom('bargain.activity')
    .where('shopId', '=', shopId)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { items, total };
}

export interface Results {
  activityId: string;
  opened: number;
  helps: number;
  newHelpers: number;
  reachedFloor: number;
  bought: number;
  income: number;
}
export async function resultsOf(db: Executor, activityIds: string[]): Promise<Results[]> {
  const { rows } = await sql<Results>`
    select b.activity_id, count(*) as opened, sum(b.helped)::int as helps,
      (select count(*) from bargain.help h join bargain.bargain o on o.bargain_id = h.bargain_id
        where o.activity_id = b.activity_id and h.is_first) as new_helpers,
      count(*) filter (where b.price = b.floor_price) as reached_floor,
      count(*) filter (where b.status = 'bought') as bought,
      coalesce(sum(b.price) filter (where b.status = 'bought'), 0)::bigint as income
    from bargain.bargain b where b.activity_id = any(${activityIds}) group by b.activity_id`.execute(db);
  return rows;
}
