import type { CampaignLink, ChannelReport, VisitChannel } from '@xiaopu/contracts/console';
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import type { Touch } from './visits.domain.ts';
import type {} from './visits.tables.ts';

/** @returns true when this member was never here before */
export async function seen(tx: Tx, buyerId: string, now: Date, month: string): Promise<boolean> {
  const { rows } = await sql<{ isFirst: boolean }>`
    insert into visits.presence as p (buyer_id, first_seen_at, last_seen_at) values (${buyerId}, ${now}, ${now})
    on conflict (buyer_id) do update set last_seen_at = greatest(p.last_seen_at, excluded.last_seen_at)
    returning xmax = 0 as is_first`.execute(tx);
  await tx
    .insertInto('visits.activeMonth')
    .values({ buyerId, month })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return rows[0]?.isFirst === true;
}

export const findLink = (db: Executor, code: string) =>
  db
    .selectFrom('visits.link')
    .select(['code', 'shopId', 'channel'])
    .where('code', '=', code)
    .where('isOpen', '=', true)
    .executeTakeFirst();

export interface NewArrival {
  buyerId: string;
  source: string;
  channel: VisitChannel;
  code: string | null;
  shopId: string | null;
  /** Undefined: a guest, of whom only earlier arrivals can be known. */
  isFirstAsMember: boolean | undefined;
}

/** Coming back by the same way within `pause` is one visit. */
export async function arrive(
  tx: Tx,
  { buyerId, source, channel, code, shopId, isFirstAsMember }: NewArrival,
  { at, pauseMs }: { at: Date; pauseMs: number },
): Promise<void> {
  const before = new Date(at.getTime() - pauseMs);
  await sql`
    insert into visits.arrival as a
      (buyer_id, source, channel, code, shop_id, first_at, last_at, visits, is_new, joined_at)
    values (${buyerId}, ${source}, ${channel}, ${code}, ${shopId}, ${at}, ${at}, 1,
      ${isFirstAsMember ?? true} and not exists (select 1 from visits.arrival where buyer_id = ${buyerId}),
      ${isFirstAsMember === true ? at : null})
    on conflict (buyer_id, source) do update set
      visits = a.visits + case when a.last_at < ${before} then 1 else 0 end,
      last_at = greatest(a.last_at, excluded.last_at)`.execute(tx);
}

/**
 * What a guest did belongs to the member they became. Whoever came both ways keeps the earlier beginning, and only the first way
 * of all brought a newcomer: the member's own first visit may be noted before this is heard of.
 */
export async function merge(tx: Tx, guestId: string, buyerId: string, at: Date): Promise<void> {
  await sql`
    insert into visits.arrival as a
      (buyer_id, source, channel, code, shop_id, first_at, last_at, visits, is_new, joined_at)
    select ${buyerId}, g.source, g.channel, g.code, g.shop_id, g.first_at, g.last_at, g.visits,
      g.is_new and k.since is null, case when k.since is null then ${at}::timestamptz end
    from visits.arrival g
    left join (select first_seen_at as since from visits.presence where buyer_id = ${buyerId} and first_seen_at < ${at}) k
      on true
    where g.buyer_id = ${guestId}
    on conflict (buyer_id, source) do update set
      first_at = least(a.first_at, excluded.first_at), last_at = greatest(a.last_at, excluded.last_at),
      visits = a.visits + excluded.visits, is_new = a.is_new or excluded.is_new,
      joined_at = coalesce(a.joined_at, excluded.joined_at)`.execute(tx);
  await tx.deleteFrom('visits.arrival').where('buyerId', '=', guestId).execute();
  await sql`
    update visits.arrival a set is_new = a.source = f.source and f.any_new,
      joined_at = case when a.source = f.source then f.joined end
    from (select (array_agg(source order by first_at, source))[1] as source, bool_or(is_new) as any_new,
        min(joined_at) as joined from visits.arrival where buyer_id = ${buyerId}) f
    where a.buyer_id = ${buyerId}`.execute(tx);
}

export const touchesOf = (db: Executor, buyerIds: string[]): Promise<(Touch & { buyerId: string })[]> =>
  db
    .selectFrom('visits.arrival')
    .select(['buyerId', 'source', 'channel', 'shopId', 'firstAt', 'lastAt'])
    .where('buyerId', 'in', buyerIds)
    .execute();

type NewOrder = Omit<Selectable<Tables['visits.orderSource']>, 'paidAt' | 'amount' | 'returned'>;

export async function insertOrders(tx: Tx, rows: NewOrder[]): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insertInto('visits.orderSource')
    .values(rows.map((row) => ({ ...row, paidAt: null })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Orders without a known way have no row, and need none. */
export async function ordersPaid(
  tx: Tx,
  paid: { buyerId: string; orderNo: string; amount: number; at: string }[],
): Promise<void> {
  await sql`
    update visits.order_source o set paid_at = p.at, amount = p.amount
    from unnest(${paid.map(({ buyerId }) => buyerId)}::uuid[], ${paid.map(({ orderNo }) => orderNo)}::text[],
      ${paid.map(({ amount }) => amount)}::bigint[], ${paid.map(({ at }) => at)}::timestamptz[])
      as p (buyer_id, order_no, amount, at)
    where o.buyer_id = p.buyer_id and o.order_no = p.order_no and o.paid_at is null`.execute(tx);
}

export const orderRefunded = (tx: Tx, buyerId: string, orderNo: string, amount: number): Promise<unknown> =>
  tx
    .updateTable('visits.orderSource')
    .set(({ eb }) => ({ returned: eb('returned', '+', amount) }))
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .execute();

/** Away since before `until`, and not told of this absence yet. The row decides which of two workers tells. */
export async function takeDormant(tx: Tx, { until, from, limit }: { until: Date; from: Date; limit: number }) {
  const { rows } = await sql<{ buyerId: string; since: Date }>`
    update visits.presence p set told_for = p.last_seen_at
    from (select buyer_id from visits.presence
      where last_seen_at <= ${until} and last_seen_at > ${from} and told_for is distinct from last_seen_at
      order by last_seen_at limit ${limit} for update skip locked) due
    where p.buyer_id = due.buyer_id
    returning p.buyer_id, p.last_seen_at as since`.execute(tx);
  return rows;
}

export const lastSeen = async (db: Executor, buyerId: string): Promise<Date | undefined> =>
  (await db.selectFrom('visits.presence').select('lastSeenAt').where('buyerId', '=', buyerId).executeTakeFirst())
    ?.lastSeenAt;

export const insertLink = async (tx: Tx, link: Insertable<Tables['visits.link']>): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('visits.link')
    .values(link)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
};

export const setOpen = (tx: Tx, shopId: string, code: string, isOpen: boolean) =>
  tx
    .updateTable('visits.link')
    .set({ isOpen })
    .where('code', '=', code)
    .where('shopId', '=', shopId)
    .returning('name')
    .executeTakeFirst();

type LinkRow = Omit<CampaignLink, 'url' | 'miniPath' | 'createdAt'> & { createdAt: Date };

/** Each link with what came of it: visits, and orders that are owed to it as the last way. */
export async function linksOfShop(db: Executor, shopId: string, offset: number, limit: number): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`
    with shown as (
      select code, channel, name, page, cost, is_open, created_by, created_at from visits.link
      where shop_id = ${shopId} order by created_at desc, code offset ${offset} limit ${limit}),
    came as (
      select code, sum(visits)::int as visits, count(*)::int as visitors,
        count(*) filter (where is_new)::int as newcomers, count(joined_at)::int as joined
      from visits.arrival where code in (select code from shown) group by code),
    bought as (
      select last_source, count(*)::int as orders, count(paid_at)::int as paid_orders,
        count(distinct buyer_id) filter (where paid_at is not null)::int as payers,
        coalesce(sum(amount), 0)::bigint as amount, coalesce(sum(least(returned, amount)), 0)::bigint as returned
      from visits.order_source
      where shop_id = ${shopId} and last_source in (select 'link:' || code from shown) group by last_source)
    select s.*, coalesce(c.visits, 0) as visits, coalesce(c.visitors, 0) as visitors, coalesce(c.newcomers, 0) as newcomers,
      coalesce(c.joined, 0) as joined, coalesce(b.orders, 0) as orders, coalesce(b.paid_orders, 0) as paid_orders,
      coalesce(b.payers, 0) as payers, coalesce(b.amount, 0)::bigint as amount, coalesce(b.returned, 0)::bigint as returned
    from shown s left join came c on c.code = s.code left join bought b on b.last_source = 'link:' || s.code
    order by s.created_at desc, s.code`.execute(db);
  return rows;
}

export const countLinks = async (db: Executor, shopId: string): Promise<number> =>
  (
    await db
      .selectFrom('visits.link')
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .where('shopId', '=', shopId)
      .executeTakeFirstOrThrow()
  ).total;

/** By channel: orders of the shop, first and last way apart. */
export async function channelsOfShop(db: Executor, shopId: string, from: Date): Promise<ChannelReport['items']> {
  const { rows } = await sql<ChannelReport['items'][number]>`
    with by_last as (
      select last_channel as channel, count(*)::int as orders, count(paid_at)::int as paid_orders,
        coalesce(sum(amount - least(returned, amount)), 0)::bigint as kept
      from visits.order_source where shop_id = ${shopId} and placed_at >= ${from} group by last_channel),
    by_first as (
      select first_channel as channel, count(paid_at)::int as paid_first
      from visits.order_source where shop_id = ${shopId} and placed_at >= ${from} group by first_channel),
    came as (
      select channel, count(*)::int as visitors, count(*) filter (where is_new)::int as newcomers, count(joined_at)::int as joined
      from visits.arrival where (shop_id = ${shopId} or shop_id is null) and last_at >= ${from} group by channel)
    select channel, coalesce(visitors, 0) as visitors, coalesce(newcomers, 0) as newcomers, coalesce(joined, 0) as joined,
      coalesce(orders, 0) as orders, coalesce(paid_orders, 0) as paid_orders, coalesce(paid_first, 0) as paid_first,
      coalesce(kept, 0)::bigint as kept
    from came full join by_last using (channel) full join by_first using (channel)
    order by visitors desc, channel`.execute(db);
  return rows;
}

/** Members active in a month, a page of them by their ids. */
export const activeIn = async (db: Executor, month: string, after: string, limit: number): Promise<string[]> =>
  (
    await sql<{ buyerId: string }>`
      select buyer_id from visits.active_month where month = ${month} and buyer_id > ${after}
      order by buyer_id limit ${limit}`.execute(db)
  ).rows.map(({ buyerId }) => buyerId);

export const alsoActiveIn = async (db: Executor, month: string, buyerIds: string[]): Promise<Set<string>> =>
  new Set(
    (
      await sql<{ buyerId: string }>`
        select buyer_id from visits.active_month where month = ${month} and buyer_id = any(${buyerIds})`.execute(db)
    ).rows.map(({ buyerId }) => buyerId),
  );
