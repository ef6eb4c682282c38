/**
 * Groups and the places in them. Locks are taken in one order: group, activity, the buyer's count, places; so two who race
 * for the last place wait for each other and never deadlock.
 */
import { type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import type {} from './group-buy.tables.ts';

export type GroupRecord = Selectable<Tables['groupBuy.group']>;
export type PlaceRecord = Selectable<Tables['groupBuy.place']>;
export type NewPlace = Pick<
  PlaceRecord,
  | 'groupId'
  | 'buyerId'
  | 'activityId'
  | 'orderNo'
  | 'skuId'
  | 'salePrice'
  | 'cost'
  | 'paidPrice'
  | 'invite'
  | 'joinedAt'
>;
/** What of a place was to be had. */
export interface Taken {
  unit: boolean;
  count: boolean;
  place: boolean;
}

const insertPlace = (place: NewPlace, after: string) => sql`
  insert into group_buy.place (group_id, buyer_id, activity_id, order_no, sku_id, sale_price, cost, paid_price, status, invite, joined_at)
  select ${place.groupId}::uuid, ${place.buyerId}::uuid, ${place.activityId}::uuid, ${place.orderNo}, ${place.skuId}::uuid,
    ${place.salePrice}::int, ${place.cost}::int, ${place.paidPrice}::int, 'held', ${place.invite}::uuid, ${place.joinedAt}::timestamptz
  where exists (select from ${sql.ref(after)})`;

const countBuyer = ({ buyerId, activityId }: Pick<NewPlace, 'buyerId' | 'activityId'>, limit: number) => sql`
  insert into group_buy.buyer_count (buyer_id, activity_id, taken)
  select ${buyerId}::uuid, ${activityId}::uuid, 1 where exists (select from unit)
  on conflict (buyer_id, activity_id) do update set taken = buyer_count.taken + 1 where buyer_count.taken < ${limit}
  returning 1`;

/** A new group with its opener's place, not yet paid. One statement; what could not be had is false, and nothing is kept then. */
export async function openGroup(
  tx: Tx,
  place: NewPlace,
  { leastSize, size, buyerLimit }: { leastSize: number; size: number; buyerLimit: number },
): Promise<Taken> {
  const { groupId, buyerId, activityId, joinedAt } = place;
  const { rows } = await sql<Taken>`
    with unit as (
      update group_buy.activity set taken = taken + 1
      where activity_id = ${activityId} and status = 'live' and starts_at <= ${joinedAt} and ends_at > ${joinedAt}
        and quota - taken >= ${leastSize}
      returning 1
    ), count as (${countBuyer(place, buyerLimit)}),
    opened as (
      insert into group_buy.group (group_id, activity_id, opener_id, least_size, size, held, paid, status, created_at)
      select ${groupId}::uuid, ${activityId}::uuid, ${buyerId}::uuid, ${leastSize}::int, ${size}::int, 1, 0, 'opening', ${joinedAt}::timestamptz
      where exists (select from count)
    ), place as (${insertPlace(place, 'count')} returning 1)
    select exists (select from unit) as unit, exists (select from count) as count, exists (select from place) as place`.execute(
    tx,
  );
  return rows[0] as Taken;
}

/** One more place of an open group, if it has one. The row stays locked, so the last place goes to one. */
export async function holdInGroup(tx: Tx, groupId: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('groupBuy.group')
    .set(({ eb }) => ({ held: eb('held', '+', 1) }))
    .where('groupId', '=', groupId)
    .where('status', '=', 'open')
    .where('deadline', '>', at)
    .where(({ eb }) => eb(eb('held', '+', eb.ref('paid')), '<', eb.ref('size')))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** After `holdInGroup`: the unit of the activity, the buyer's count, the place. A place that was left can be taken again. */
export async function joinGroup(tx: Tx, place: NewPlace, buyerLimit: number): Promise<Taken> {
  const { rows } = await sql<Taken>`
    with unit as (
      update group_buy.activity set taken = taken + 1 where activity_id = ${place.activityId} and taken < quota returning 1
    ), count as (${countBuyer(place, buyerLimit)}),
    place as (
      ${insertPlace(place, 'count')}
      on conflict (group_id, buyer_id) do update set order_no = excluded.order_no, sku_id = excluded.sku_id,
        sale_price = excluded.sale_price, cost = excluded.cost, paid_price = excluded.paid_price, status = 'held',
        joined_at = excluded.joined_at, paid_at = null
      where place.status = 'left'
      returning 1
    )
    select exists (select from unit) as unit, exists (select from count) as count, exists (select from place) as place`.execute(
    tx,
  );
  return rows[0] as Taken;
}

/** Late money of a place that was left: the unit and the count again. False: not to be had, and nothing is kept. */
export async function retakeUnit(
  tx: Tx,
  { buyerId, activityId }: Pick<PlaceRecord, 'buyerId' | 'activityId'>,
  buyerLimit: number,
): Promise<boolean> {
  const { rows } = await sql<{ unit: boolean; count: boolean }>`
    with unit as (
      update group_buy.activity set taken = taken + 1 where activity_id = ${activityId} and taken < quota returning 1
    ), count as (${countBuyer({ buyerId, activityId }, buyerLimit)})
    select exists (select from unit) as unit, exists (select from count) as count`.execute(tx);
  const { unit = false, count = false } = rows[0] ?? {};
  if (unit && !count)
    await sql`update group_buy.activity set taken = taken - 1 where activity_id = ${activityId}`.execute(tx);
  return count;
}

/** Units and counts of places that were given up. */
export async function returnUnits(tx: Tx, activityId: string, buyerIds: readonly string[]): Promise<void> {
  if (buyerIds.length === 0) return;
  await sql`
    with unit as (update group_buy.activity set taken = taken - ${buyerIds.length} where activity_id = ${activityId})
    update group_buy.buyer_count set taken = taken - 1
    where activity_id = ${activityId} and buyer_id = any(${[...buyerIds].sort()}::uuid[])`.execute(tx);
}

export const findGroup = (db: Executor, groupId: string): Promise<GroupRecord | undefined> =>
  db.selectFrom('groupBuy.group').selectAll().where('groupId', '=', groupId).executeTakeFirst();

export const lockGroup = (tx: Tx, groupId: string): Promise<GroupRecord | undefined> =>
  tx.selectFrom('groupBuy.group').selectAll().where('groupId', '=', groupId).forUpdate().executeTakeFirst();

/** Claimed by one worker; undefined: another has it, or it is decided. */
export const claimOpenGroup = (tx: Tx, groupId: string): Promise<GroupRecord | undefined> =>
  tx
    .selectFrom('groupBuy.group')
    .selectAll()
    .where('groupId', '=', groupId)
    .where('status', '=', 'open')
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();

export const changeGroup = async (
  tx: Tx,
  groupId: string,
  change: Partial<
    Pick<GroupRecord, 'held' | 'paid' | 'status' | 'openedAt' | 'deadline' | 'endedAt' | 'reachedSize' | 'openerId'>
  >,
): Promise<void> => {
  await tx.updateTable('groupBuy.group').set(change).where('groupId', '=', groupId).execute();
};

export const placeOfOrder = (db: Executor, buyerId: string, orderNo: string): Promise<PlaceRecord | undefined> =>
  db
    .selectFrom('groupBuy.place')
    .selectAll()
    .where('orderNo', '=', orderNo)
    .where('buyerId', '=', buyerId)
    .executeTakeFirst();

export const changePlace = async (
  tx: Tx,
  { groupId, buyerId }: Pick<PlaceRecord, 'groupId' | 'buyerId'>,
  change: Partial<Pick<PlaceRecord, 'status' | 'paidAt'>>,
): Promise<void> => {
  await tx
    .updateTable('groupBuy.place')
    .set(change)
    .where('groupId', '=', groupId)
    .where('buyerId', '=', buyerId)
    .execute();
};

/** Held and paid ones, first who paid first. The group's lock is held. */
export const livePlaces = (tx: Tx, groupId: string): Promise<PlaceRecord[]> =>
  tx
    .selectFrom('groupBuy.place')
    .selectAll()
    .where('groupId', '=', groupId)
    .where('status', 'in', ['held', 'paid'])
    .orderBy('paidAt')
    .orderBy('joinedAt')
    .execute();

export type Decision = Pick<PlaceRecord, 'buyerId' | 'status' | 'finalPrice' | 'refundNo'>;
export async function decidePlaces(tx: Tx, groupId: string, decisions: readonly Decision[]): Promise<void> {
  if (decisions.length === 0) return;
  await sql`
    update group_buy.place p set status = d.status, final_price = d."finalPrice", refund_no = d."refundNo"
    from jsonb_to_recordset(${JSON.stringify(decisions)}::jsonb) as d ("buyerId" uuid, status text, "finalPrice" int, "refundNo" text)
    where p.group_id = ${groupId} and p.buyer_id = d."buyerId"`.execute(tx);
}

export const dueGroups = (db: Executor, now: Date, graceMs: number, limit: number): Promise<{ groupId: string }[]> =>
  db
    .selectFrom('groupBuy.group')
    .select('groupId')
    .where('status', '=', 'open')
    .where('deadline', '<=', now)
    .where(({ or, eb }) => or([eb('held', '=', 0), eb('deadline', '<=', new Date(now.getTime() - 2 * graceMs))]))
    .orderBy('deadline')
    .limit(limit)
    .execute();

export interface ReadPlace {
  buyerId: string;
  orderNo: string;
  status: PlaceRecord['status'];
  paidPrice: number;
  finalPrice: number | null;
  invite: string;
  joinedAt: string;
  paidAt: string | null;
}
/** A group with all its places. One statement. */
export const readGroup = (
  db: Executor,
  groupId: string,
): Promise<(GroupRecord & { places: ReadPlace[] }) | undefined> =>
  db
    .selectFrom('groupBuy.group as g')
    .selectAll('g')
    .select(
      sql<ReadPlace[]>`(
        select coalesce(json_agg(json_build_object('buyerId', p.buyer_id, 'orderNo', p.order_no, 'status', p.status,
          'paidPrice', p.paid_price, 'finalPrice', p.final_price, 'invite', p.invite, 'joinedAt', p.joined_at, 'paidAt', p.paid_at)
          order by p.paid_at, p.joined_at), '[]'::json)
        from group_buy.place p where p.group_id = g.group_id)`.as('places'),
    )
    .where('g.groupId', '=', groupId)
    .executeTakeFirst();

/** With room left, soonest ending first. */
export const openGroupsOf = (db: Executor, activityId: string, now: Date, limit: number): Promise<GroupRecord[]> =>
  db
    .selectFrom('groupBuy.group')
    .selectAll()
    .where('activityId', '=', activityId)
    .where('status', '=', 'open')
    .where('deadline', '>', now)
    .where(({ eb }) => eb(eb('held', '+', eb.ref('paid')), '<', eb.ref('size')))
    .orderBy('deadline')
    .limit(limit)
    .execute();

export const groupsOfActivity = (db: Executor, activityId: string, limit: number): Promise<GroupRecord[]> =>
  db
    .selectFrom('groupBuy.group')
    .selectAll()
    .where('activityId', '=', activityId)
    .where('openedAt', 'is not', null)
    .orderBy('createdAt', 'desc')
    .limit(limit)
    .execute();

export const placesOfBuyer = (db: Executor, buyerId: string, limit: number) =>
  db
    .selectFrom('groupBuy.place as p')
    .innerJoin('groupBuy.group as g', 'g.groupId', 'p.groupId')
    .select([
      'p.groupId',
      'p.orderNo',
      'p.skuId',
      'p.status as place',
      'p.paidPrice',
      'p.finalPrice',
      'g.status',
      'g.paid',
      'g.leastSize',
      'g.size',
      'g.deadline',
    ])
    .where('p.buyerId', '=', buyerId)
    .orderBy('p.joinedAt', 'desc')
    .limit(limit)
    .execute();

/** Once a visitor; members are no visitors. An invitation is kept, also one that comes later. */
export async function insertVisit(
  tx: Tx,
  { groupId, visitorId, invite, at }: { groupId: string; visitorId: string; invite: string | undefined; at: Date },
): Promise<void> {
  await sql`
    insert into group_buy.visit as visit (group_id, visitor_id, activity_id, invited_by, at)
    select g.group_id, ${visitorId}::uuid, g.activity_id,
      (select p.buyer_id from group_buy.place p where p.group_id = g.group_id and p.invite = ${invite ?? null}::uuid),
      ${at}::timestamptz
    from group_buy.group g
    where g.group_id = ${groupId} and g.opened_at is not null
      and not exists (select from group_buy.place p where p.group_id = g.group_id and p.buyer_id = ${visitorId}::uuid)
    on conflict (group_id, visitor_id) do update set invited_by = coalesce(visit.invited_by, excluded.invited_by)`.execute(
    tx,
  );
}
