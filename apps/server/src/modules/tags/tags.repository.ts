import type { SaveTag, TagGroup, TagRule } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { DayFact } from './tags.domain.ts';
import type {} from './tags.tables.ts';

export interface DayChange extends DayFact {
  buyerId: string;
  shopId: string;
}
const sums = ['views', 'lookedMs', 'carts', 'favourites', 'units', 'orders', 'couponOrders', 'spent'] as const;

/** Sums only grow, in the order of the keys; whoever did something is due to be looked at. */
export async function addDays(tx: Tx, changes: readonly DayChange[], now: Date): Promise<void> {
  if (changes.length === 0) return;
  const keyOf = ({ buyerId, shopId, day, rootCategoryId }: DayChange) => buyerId + shopId + day + rootCategoryId;
  const sorted = changes.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const ids = <Key extends 'buyerId' | 'shopId' | 'day' | 'rootCategoryId'>(key: Key) => sorted.map((one) => one[key]);
  const counts = sums.map((key) => sql`${sorted.map((one) => one[key])}::bigint[]`);
  await sql`
    insert into tags.day as d (buyer_id, shop_id, day, root_category_id, views, looked_ms, carts, favourites, units, orders,
      coupon_orders, spent)
    select * from unnest(${ids('buyerId')}::uuid[], ${ids('shopId')}::uuid[], ${ids('day')}::date[],
      ${ids('rootCategoryId')}::uuid[], ${sql.join(counts)})
    on conflict (buyer_id, shop_id, day, root_category_id) do update set views = d.views + excluded.views,
      looked_ms = d.looked_ms + excluded.looked_ms, carts = d.carts + excluded.carts,
      favourites = d.favourites + excluded.favourites, units = d.units + excluded.units,
      orders = d.orders + excluded.orders, coupon_orders = d.coupon_orders + excluded.coupon_orders,
      spent = d.spent + excluded.spent`.execute(tx);
  const people = [...new Map(sorted.map((one) => [one.buyerId + one.shopId, one])).values()];
  await sql`
    insert into tags.person as p (buyer_id, shop_id, due_at, seen_at)
    select *, ${now}::timestamptz, ${now}::timestamptz from unnest(${people.map(({ buyerId }) => buyerId)}::uuid[],
      ${people.map(({ shopId }) => shopId)}::uuid[])
    on conflict (buyer_id, shop_id) do update set due_at = least(p.due_at, excluded.due_at),
      seen_at = greatest(p.seen_at, excluded.seen_at)`.execute(tx);
}

export async function merge(tx: Tx, guestId: string, buyerId: string, now: Date): Promise<void> {
  const rows = await daysOf(tx, [guestId]);
  await addDays(
    tx,
    rows.map((row) => ({ ...row, buyerId })),
    now,
  );
  await forget(tx, guestId);
}

export async function forget(tx: Tx, buyerId: string): Promise<void> {
  await tx.deleteFrom('tags.day').where('buyerId', '=', buyerId).execute();
  await tx.deleteFrom('tags.person').where('buyerId', '=', buyerId).execute();
  // What people noted of their customer is the shop's own note; what rules worked out goes.
  await tx.deleteFrom('tags.holding').where('buyerId', '=', buyerId).where('source', '=', 'rule').execute();
}

/** People to look at; two workers share them. */
export async function claim(tx: Tx, now: Date, limit: number): Promise<{ buyerId: string; shopId: string }[]> {
  return tx
    .selectFrom('tags.person')
    .select(['buyerId', 'shopId'])
    .where('dueAt', '<=', now)
    .orderBy('dueAt')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
}

export async function daysOf(db: Executor, buyerIds: readonly string[]): Promise<DayChange[]> {
  const { rows } = await sql<DayChange>`
    select buyer_id, shop_id, to_char(day, 'YYYY-MM-DD') as day, root_category_id, views, looked_ms, carts, favourites, units,
      orders, coupon_orders, spent
    from tags.day where buyer_id = any(${[...buyerIds]}::uuid[]) order by buyer_id, shop_id, day`.execute(db);
  return rows;
}

export interface RuleRow {
  shopId: string;
  tagId: string;
  rule: TagRule;
}
export const rulesOf = (db: Executor, shopIds: readonly string[]): Promise<RuleRow[]> =>
  db
    .selectFrom('tags.tag')
    .select(['shopId', 'tagId', 'rule'])
    .where('shopId', 'in', [...shopIds])
    .where('isOn', '=', true)
    .where('rule', 'is not', null)
    .execute() as Promise<RuleRow[]>;

export interface Held {
  buyerId: string;
  shopId: string;
  tagId: string;
  reason: string;
}
/** What rules say of these people from now on: kept ones keep their beginning; what people gave is not touched. */
export async function replaceHeld(
  tx: Tx,
  people: readonly { buyerId: string; shopId: string }[],
  held: readonly Held[],
  { now, nextAt }: { now: Date; nextAt: Date },
): Promise<void> {
  const column = <Key extends keyof Held>(key: Key) => held.map((one) => one[key]);
  const [buyers, shops] = [people.map(({ buyerId }) => buyerId), people.map(({ shopId }) => shopId)];
  await sql`
    delete from tags.holding h using unnest(${buyers}::uuid[], ${shops}::uuid[]) as p (buyer_id, shop_id)
    where h.buyer_id = p.buyer_id and h.shop_id = p.shop_id
      and ((h.source = 'rule' and not exists (
          select 1 from unnest(${column('buyerId')}::uuid[], ${column('shopId')}::uuid[], ${column('tagId')}::uuid[])
            as k (buyer_id, shop_id, tag_id)
          where k.buyer_id = h.buyer_id and k.shop_id = h.shop_id and k.tag_id = h.tag_id))
        or h.until <= ${now})`.execute(tx);
  await sql`
    insert into tags.holding as h (buyer_id, shop_id, tag_id, source, reason, since)
    select k.buyer_id, k.shop_id, k.tag_id, 'rule', k.reason, ${now} from unnest(${column('buyerId')}::uuid[],
      ${column('shopId')}::uuid[], ${column('tagId')}::uuid[], ${column('reason')}::text[])
      as k (buyer_id, shop_id, tag_id, reason)
    on conflict (buyer_id, shop_id, tag_id) do update set reason = excluded.reason where h.source = 'rule'`.execute(tx);
  await sql`
    update tags.person p set due_at = ${nextAt} from unnest(${buyers}::uuid[], ${shops}::uuid[]) as k (buyer_id, shop_id)
    where p.buyer_id = k.buyer_id and p.shop_id = k.shop_id`.execute(tx);
}

/** What the tags of these people say to the recommender, of every shop. */
export async function liftsOf(db: Executor, buyerIds: readonly string[]) {
  const { rows } = await sql<{ buyerId: string; liftCategoryId: string | null; liftPrice: 'low' | 'high' | null }>`
    select distinct h.buyer_id, t.lift_category_id, t.lift_price from tags.holding h join tags.tag t using (shop_id, tag_id)
    where h.buyer_id = any(${[...buyerIds]}::uuid[]) and t.is_on
      and (t.lift_category_id is not null or t.lift_price is not null)`.execute(db);
  return rows;
}

export const dueAll = (tx: Tx, shopId: string, now: Date): Promise<unknown> =>
  tx.updateTable('tags.person').set({ dueAt: now }).where('shopId', '=', shopId).execute();

export interface TagRow {
  tagId: string;
  name: string;
  group: TagGroup;
  rule: TagRule | null;
  liftCategoryId: string | null;
  liftPrice: 'low' | 'high' | null;
  isOn: boolean;
  isPreset: boolean;
  holders: number;
  updatedAt: Date;
}
export async function list(db: Executor, shopId: string): Promise<TagRow[]> {
  const { rows } = await sql<TagRow>`
    select t.tag_id, t.name, t.group_key as "group", t.rule, t.lift_category_id, t.lift_price, t.is_on, t.is_preset, t.updated_at,
      coalesce(h.holders, 0) as holders
    from tags.tag t left join (
      select tag_id, count(*)::int as holders from tags.holding where shop_id = ${shopId} group by tag_id) h using (tag_id)
    where t.shop_id = ${shopId} order by t.sort, t.tag_id`.execute(db);
  return rows;
}
export async function countWaiting(db: Executor, shopId: string, now: Date): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (
      select 1 from tags.person where due_at <= ${now} and shop_id = ${shopId} limit 10000) w`.execute(db);
  return rows[0]?.n ?? 0;
}

const rowOf = ({ name, group, rule, isOn, liftCategoryId, liftPrice }: SaveTag, updatedAt: Date) => ({
  ...{ name, groupKey: group, isOn, liftCategoryId, liftPrice, updatedAt },
  rule: rule === null ? null : JSON.stringify(rule),
});
export async function insert(
  tx: Tx,
  rows: readonly { shopId: string; tagId: string; tag: SaveTag; isPreset: boolean; sort: number }[],
  now: Date,
): Promise<number> {
  if (rows.length === 0) return 0;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('tags.tag')
    .values(rows.map(({ tag, ...row }) => ({ ...row, ...rowOf(tag, now) })))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return Number(numInsertedOrUpdatedRows ?? 0n);
}
export const update = (tx: Tx, shopId: string, tagId: string, tag: SaveTag, now: Date) =>
  tx
    .updateTable('tags.tag')
    .set(rowOf(tag, now))
    .where('shopId', '=', shopId)
    .where('tagId', '=', tagId)
    .returning('isPreset')
    .executeTakeFirst();
export const find = (db: Executor, shopId: string, tagId: string) =>
  db
    .selectFrom('tags.tag')
    .select(['name', 'isPreset', 'isOn'])
    .where('shopId', '=', shopId)
    .where('tagId', '=', tagId)
    .executeTakeFirst();
export const countTags = async (db: Executor, shopId: string): Promise<number> =>
  (
    await db
      .selectFrom('tags.tag')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('shopId', '=', shopId)
      .executeTakeFirstOrThrow()
  ).n;
export async function remove(tx: Tx, shopId: string, tagId: string): Promise<void> {
  await tx.deleteFrom('tags.holding').where('shopId', '=', shopId).where('tagId', '=', tagId).execute();
  await tx.deleteFrom('tags.tag').where('shopId', '=', shopId).where('tagId', '=', tagId).execute();
}
export const dropHoldings = (tx: Tx, shopId: string, tagId: string): Promise<unknown> =>
  tx
    .deleteFrom('tags.holding')
    .where('shopId', '=', shopId)
    .where('tagId', '=', tagId)
    .where('source', '=', 'rule')
    .execute();

export const tagsOf = (db: Executor, shopId: string, buyerId: string, now: Date) =>
  db
    .selectFrom('tags.holding as h')
    .innerJoin('tags.tag as t', (join) => join.onRef('t.shopId', '=', 'h.shopId').onRef('t.tagId', '=', 'h.tagId'))
    .select(['h.tagId', 't.name', 't.groupKey as group', 'h.source', 'h.reason', 'h.since', 'h.until'])
    .where('h.buyerId', '=', buyerId)
    .where('h.shopId', '=', shopId)
    .where('t.isOn', '=', true)
    .where(({ eb, or }) => or([eb('h.until', 'is', null), eb('h.until', '>', now)]))
    .orderBy('t.sort')
    .execute();

export async function give(
  tx: Tx,
  row: { buyerId: string; shopId: string; tagId: string; reason: string; since: Date; until: Date | null },
): Promise<void> {
  const { reason, until } = row;
  await tx
    .insertInto('tags.holding')
    .values({ ...row, source: 'staff' })
    .onConflict((conflict) =>
      conflict.columns(['buyerId', 'shopId', 'tagId']).doUpdateSet({ source: 'staff', reason, until }),
    )
    .execute();
}
export const take = (tx: Tx, { buyerId, shopId, tagId }: { buyerId: string; shopId: string; tagId: string }) =>
  tx
    .deleteFrom('tags.holding')
    .where('buyerId', '=', buyerId)
    .where('shopId', '=', shopId)
    .where('tagId', '=', tagId)
    .executeTakeFirst();

export const holders = (db: Executor, shopId: string, tagId: string, offset: number, limit: number) =>
  db
    .selectFrom('tags.holding')
    .select(['buyerId', 'reason', 'since'])
    .where('shopId', '=', shopId)
    .where('tagId', '=', tagId)
    .orderBy('since', 'desc')
    .orderBy('buyerId')
    .offset(offset)
    .limit(limit)
    .execute();
export const countHolders = async (db: Executor, shopId: string, tagId: string): Promise<number> =>
  (
    await db
      .selectFrom('tags.holding')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('shopId', '=', shopId)
      .where('tagId', '=', tagId)
      .executeTakeFirstOrThrow()
  ).n;

/** Who did something last, for trying a rule. */
export const lastSeen = async (db: Executor, shopId: string, limit: number): Promise<string[]> =>
  (
    await db
      .selectFrom('tags.person')
      .select('buyerId')
      .where('shopId', '=', shopId)
      .orderBy('seenAt', 'desc')
      .limit(limit)
      .execute()
  ).map(({ buyerId }) => buyerId);

export async function dropDaysBefore(db: Executor, day: string): Promise<void> {
  await sql`delete from tags.day where day < ${day}::date`.execute(db);
}

/** From the day it was given back; a sum over a longer time never falls below nothing. */
export async function takeBack(
  tx: Tx,
  { buyerId, shopId, amount, day }: { buyerId: string; shopId: string; amount: number; day: string },
  now: Date,
): Promise<void> {
  const { rows } = await sql`select 1 from tags.person where buyer_id = ${buyerId} and shop_id = ${shopId}`.execute(tx);
  if (rows.length === 0) return; // forgotten, or never noted
  const none = { views: 0, lookedMs: 0, carts: 0, favourites: 0, units: 0, orders: 0, couponOrders: 0 };
  const zero = '00000000-0000-0000-0000-000000000000';
  await addDays(tx, [{ buyerId, shopId, day, rootCategoryId: zero, ...none, spent: -amount }], now);
}
