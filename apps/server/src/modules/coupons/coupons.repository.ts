/** Coupons are the buyer's: every call leads with the buyer. A state changes only from the state it must have. */
import type { CouponTab } from '@xiaopu/contracts';
import type { CouponResults } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import { fixedQuery, fixedWrite } from '#platform/database/hot-query.ts';
import { sharedRead } from '#platform/database/shared-reads.ts';
import { newId } from '#platform/ids.ts';
import { type CouponRow, type Template, termsOf, validityOf } from './coupons.domain.ts';
import type {} from './coupons.tables.ts';

/** Takes one place of the total. @returns undefined when it is gone, paused or not open */
export const takePlace = (
  tx: Tx,
  which: { templateId: string } | { code: string },
  now: Date,
): Promise<Template | undefined> => {
  const query = tx
    .updateTable('coupons.template')
    .set(({ eb }) => ({ claimed: eb('claimed', '+', 1) }))
    .where('paused', '=', false)
    .where('claimFrom', '<=', now)
    .where('claimUntil', '>', now)
    .where(sql<boolean>`(total_limit is null or claimed < total_limit)`)
    .returningAll();
  return (
    'code' in which
      ? query.where(sql<boolean>`upper(code) = upper(${which.code})`)
      : query.where('templateId', '=', which.templateId)
  ).executeTakeFirst();
};

/** A place that was taken and not used. */
export const freePlace = async (tx: Tx, templateId: string): Promise<void> => {
  await tx
    .updateTable('coupons.template')
    .set(({ eb }) => ({ claimed: eb('claimed', '-', 1) }))
    .where('templateId', '=', templateId)
    .execute();
};

export const findTemplate = (
  db: Executor,
  which: { templateId: string } | { code: string },
): Promise<Template | undefined> => {
  const query = db.selectFrom('coupons.template').selectAll();
  return (
    'code' in which
      ? query.where(sql<boolean>`upper(code) = upper(${which.code})`)
      : query.where('templateId', '=', which.templateId)
  ).executeTakeFirst();
};

/** After `takePlace`, whose row lock makes the count true. @returns undefined when the buyer has all he may have */
export async function insertCoupon(
  tx: Tx,
  template: Template,
  {
    buyerId,
    source,
    now,
    layers,
    sourceRef,
  }: {
    buyerId: string;
    source: CouponRow['source'];
    now: Date;
    layers: readonly string[];
    sourceRef: string | undefined;
  },
): Promise<CouponRow | undefined> {
  const { validFrom, expiresAt } = validityOf(template, now);
  const { templateId, shopId, perUserLimit } = template;
  const { rows } = await sql<CouponRow>`
    insert into coupons.coupon (buyer_id, coupon_id, template_id, shop_id, serial, status, source, source_ref, terms, valid_from, expires_at, claimed_at)
    select ${buyerId}::uuid, ${newId()}::uuid, ${templateId}::uuid, ${shopId}::uuid, n.held + 1, 'held', ${source}, ${sourceRef ?? null}::uuid,
      ${JSON.stringify(termsOf(template, layers))}::jsonb, ${validFrom}::timestamptz, ${expiresAt}::timestamptz, ${now}::timestamptz
    from (select count(*)::int as held from coupons.coupon where buyer_id = ${buyerId} and template_id = ${templateId}) n
    where n.held < ${perUserLimit}
    returning *`.execute(tx);
  return rows[0];
}

/** The newest template of a channel that can be given out now. */
const readShared = fixedQuery<{ shopId: string; templateId: string }, [shopIds: readonly string[], now: Date]>(
  `select distinct on (shop_id) shop_id, template_id from coupons.template
   where shop_id = any($1::uuid[]) and channel = 'share' and not paused and claim_from <= $2 and claim_until > $2
     and (total_limit is null or claimed < total_limit)
   order by shop_id, template_id desc`,
);
/** What each shop gives out to share with paid orders, the newest; shops that give nothing are left out. */
export const sharedBy = async (db: Executor, shopIds: readonly string[], now: Date): Promise<Map<string, string>> =>
  new Map((await readShared(db, shopIds, now)).map(({ shopId, templateId }) => [shopId, templateId]));

const writePackets = fixedWrite<
  [
    packetIds: readonly string[],
    sharerIds: readonly string[],
    orderNos: readonly string[],
    shopIds: readonly string[],
    templateIds: readonly string[],
    expiresAt: readonly Date[],
    createdAt: readonly Date[],
    places: number,
  ]
>(
  `insert into coupons.packet (packet_id, sharer_id, order_no, shop_id, template_id, expires_at, created_at, places, is_over)
   select *, $8::int, false
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::timestamptz[])
     as packet (packet_id, sharer_id, order_no, shop_id, template_id, expires_at, created_at)
   order by order_no
   on conflict (order_no) do nothing`,
);
export interface NewPacket {
  packetId: string;
  sharerId: string;
  orderNo: string;
  shopId: string;
  templateId: string;
  expiresAt: Date;
  createdAt: Date;
}
export const insertPackets = (tx: Tx, packets: readonly NewPacket[], places: number): Promise<void> =>
  writePackets(
    tx,
    packets.map(({ packetId }) => packetId),
    packets.map(({ sharerId }) => sharerId),
    packets.map(({ orderNo }) => orderNo),
    packets.map(({ shopId }) => shopId),
    packets.map(({ templateId }) => templateId),
    packets.map(({ expiresAt }) => expiresAt),
    packets.map(({ createdAt }) => createdAt),
    places,
  );

export const runningOf = (
  db: Executor,
  shopId: string,
  channel: Template['channel'],
  now: Date,
): Promise<Template | undefined> =>
  db
    .selectFrom('coupons.template')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('channel', '=', channel)
    .where('paused', '=', false)
    .where('claimFrom', '<=', now)
    .where('claimUntil', '>', now)
    .where(sql<boolean>`(total_limit is null or claimed < total_limit)`)
    .orderBy('templateId', 'desc')
    .limit(1)
    .executeTakeFirst();

export const isHeld = async (db: Executor, buyerId: string, couponId: string, now: Date): Promise<boolean> =>
  (await db
    .selectFrom('coupons.coupon')
    .select('couponId')
    .where('buyerId', '=', buyerId)
    .where('couponId', '=', couponId)
    .where('status', '=', 'held')
    .where('expiresAt', '>', now)
    .executeTakeFirst()) !== undefined;

/** Whether one of these waits to be used: a second one would double it. */
export const holdsOne = async (db: Executor, buyerId: string, templateId: string, now: Date): Promise<boolean> =>
  (await db
    .selectFrom('coupons.coupon')
    .select('couponId')
    .where('buyerId', '=', buyerId)
    .where('templateId', '=', templateId)
    .where('status', 'in', ['held', 'locked'])
    .where('expiresAt', '>', now)
    .limit(1)
    .executeTakeFirst()) !== undefined;

export async function countUsable(db: Executor, buyerId: string, now: Date): Promise<number> {
  const { count } = await db
    .selectFrom('coupons.coupon')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('buyerId', '=', buyerId)
    .where('status', '=', 'held')
    .where('expiresAt', '>', now)
    .executeTakeFirstOrThrow();
  return count;
}

/** Most coupons a checkout looks at: those that end soonest. */
const maxOffered = 50;

export type UsableCoupon = Pick<CouponRow, 'couponId' | 'terms' | 'validFrom' | 'expiresAt'>;

const readUsable = fixedQuery<
  UsableCoupon & { position: number },
  [buyerIds: readonly string[], now: readonly Date[], limit: number]
>(
  `select position, coupon_id, terms, valid_from, expires_at
   from unnest($1::uuid[], $2::timestamptz[]) with ordinality as asked (buyer_id, now, position)
   cross join lateral (
     select coupon_id, terms, valid_from, expires_at from coupons.coupon
     where buyer_id = asked.buyer_id and status = 'held' and expires_at > asked.now
     order by expires_at, coupon_id limit $3
   ) own order by position, expires_at, coupon_id`,
);
/** Coupons that can be used, soonest to end first. Each row says which of those who asked it belongs to. */
export const usableOf = sharedRead(async (db, asked: readonly { buyerId: string; now: Date }[]) => {
  const own = asked.map((): UsableCoupon[] => []);
  const rows = await readUsable(
    db,
    asked.map(({ buyerId }) => buyerId),
    asked.map(({ now }) => now),
    maxOffered,
  );
  for (const { position, ...coupon } of rows) own[position - 1]?.push(coupon);
  return own;
});

export const usableNamed = (db: Executor, buyerId: string, couponIds: readonly string[], now: Date) =>
  db
    .selectFrom('coupons.coupon')
    .select(['couponId', 'terms', 'validFrom', 'expiresAt'])
    .where('buyerId', '=', buyerId)
    .where('couponId', '=', sql<string>`any(${[...couponIds]}::uuid[])`)
    .where('status', '=', 'held')
    .where('expiresAt', '>', now)
    .execute();

export interface Locking {
  couponId: string;
  saving: number;
  shopCost: number;
  orderAmount: number;
  orderNos: string[];
}

/** One statement; rows in one order, so that two placements wait for each other. @returns how many were still to be had */
export async function lockCoupons(
  tx: Tx,
  buyerId: string,
  { paymentId, at, coupons }: { paymentId: string; at: Date; coupons: readonly Locking[] },
): Promise<string[]> {
  const { rows } = await sql<{ couponId: string }>`
    with mine as (
      select coupon_id from coupons.coupon
      where buyer_id = ${buyerId} and coupon_id = any(${coupons.map(({ couponId }) => couponId)}::uuid[])
        and status = 'held' and expires_at > ${at} and valid_from <= ${at}
      order by coupon_id for update
    )
    update coupons.coupon c set status = 'locked', payment_id = ${paymentId}, locked_at = ${at}, saving = i.saving,
      shop_cost = i."shopCost", order_amount = i."orderAmount", returned_order_nos = '{}',
      order_nos = array(select jsonb_array_elements_text(i."orderNos"))
    from mine, jsonb_to_recordset(${JSON.stringify(coupons)}::jsonb) as i (
      "couponId" uuid, saving int, "shopCost" int, "orderAmount" int, "orderNos" jsonb)
    where c.buyer_id = ${buyerId} and c.coupon_id = mine.coupon_id and i."couponId" = mine.coupon_id
    returning c.coupon_id`.execute(tx);
  return rows.map(({ couponId }) => couponId);
}

const touches = (orderNo: string) => sql<boolean>`${orderNo} = any(order_nos)`;

/** Coupons that a call moved. */
export type Moved = Pick<CouponRow, 'couponId' | 'shopId'>;

/** Paid: locked → used. Money that came after closing takes the coupon back, unless another order has it by then. */
export async function markUsed(tx: Tx, buyerId: string, orderNo: string, at: Date): Promise<Moved[]> {
  return tx
    .updateTable('coupons.coupon')
    .set({ status: 'used', usedAt: at })
    .where('buyerId', '=', buyerId)
    .where('status', '!=', 'used')
    .where(touches(orderNo))
    .returning(['couponId', 'shopId'])
    .execute();
}

/**
 * Closed unpaid: locked → held, or over when its time has passed. Orders of one payment close together. Which orders those
 * were stays, for money that comes late.
 */
export async function unlock(tx: Tx, buyerId: string, orderNo: string, now: Date): Promise<void> {
  await tx
    .updateTable('coupons.coupon')
    .set({ status: sql`case when expires_at > ${now} then 'held' else 'expired' end`, lockedAt: null })
    .where('buyerId', '=', buyerId)
    .where('status', '=', 'locked')
    .where(touches(orderNo))
    .execute();
}

/** Refunded whole: once all its orders are, a coupon that may comes back; what is over stays over. */
export async function returnRefunded(tx: Tx, buyerId: string, orderNo: string, now: Date): Promise<Moved[]> {
  await tx
    .updateTable('coupons.coupon')
    .set({ returnedOrderNos: sql`array_append(returned_order_nos, ${orderNo})` })
    .where('buyerId', '=', buyerId)
    .where('status', '=', 'used')
    .where(touches(orderNo))
    .where(sql<boolean>`not ${orderNo} = any(returned_order_nos)`)
    .execute();
  const back = await tx
    .updateTable('coupons.coupon')
    .set({
      status: sql`case when expires_at > ${now} then 'held' else 'expired' end`,
      paymentId: null,
      lockedAt: null,
      usedAt: null,
      orderNos: sql`'{}'`,
      returnedOrderNos: sql`'{}'`,
      saving: 0,
      shopCost: 0,
      orderAmount: 0,
    })
    .where('buyerId', '=', buyerId)
    .where('status', '=', 'used')
    .where(touches(orderNo))
    .where(sql<boolean>`returned_order_nos @> order_nos`)
    .where(sql<boolean>`(terms ->> 'returnsOnRefund')::boolean`)
    .returning(['couponId', 'shopId', 'status'])
    .execute();
  return back.filter(({ status }) => status === 'held');
}

/** Claimed by SKIP LOCKED: a second worker takes others. */
export async function expireDue(tx: Tx, now: Date, limit: number): Promise<number> {
  const { rows } = await sql`
    with due as (
      select buyer_id, coupon_id from coupons.coupon where status = 'held' and expires_at <= ${now}
      order by expires_at limit ${limit} for update skip locked
    )
    update coupons.coupon c set status = 'expired' from due
    where c.buyer_id = due.buyer_id and c.coupon_id = due.coupon_id returning c.coupon_id`.execute(tx);
  return rows.length;
}

export async function remindDue(
  tx: Tx,
  { now, until, limit }: { now: Date; until: Date; limit: number },
): Promise<Pick<CouponRow, 'buyerId' | 'couponId' | 'shopId' | 'terms' | 'expiresAt'>[]> {
  const { rows } = await sql<Pick<CouponRow, 'buyerId' | 'couponId' | 'shopId' | 'terms' | 'expiresAt'>>`
    with due as (
      select buyer_id, coupon_id from coupons.coupon
      where status = 'held' and reminded_at is null and expires_at > ${now} and expires_at <= ${until}
      order by expires_at limit ${limit} for update skip locked
    )
    update coupons.coupon c set reminded_at = ${now} from due
    where c.buyer_id = due.buyer_id and c.coupon_id = due.coupon_id
    returning c.buyer_id, c.coupon_id, c.shop_id, c.terms, c.expires_at`.execute(tx);
  return rows;
}

export function pageOf(
  db: Executor,
  buyerId: string,
  { tab, now, after, limit }: { tab: CouponTab; now: Date; after: string | undefined; limit: number },
): Promise<CouponRow[]> {
  let query = db.selectFrom('coupons.coupon').selectAll().where('buyerId', '=', buyerId);
  if (tab === 'usable') query = query.where('status', '=', 'held').where('expiresAt', '>', now);
  if (tab === 'used') query = query.where('status', 'in', ['used', 'locked']);
  if (tab === 'expired')
    query = query.where((where) =>
      where.or([
        where('status', '=', 'expired'),
        where.and([where('status', '=', 'held'), where('expiresAt', '<=', now)]),
      ]),
    );
  if (after) query = query.where('couponId', '<', after);
  // Ids are made in time order: newest first.
  return query.orderBy('couponId', 'desc').limit(limit).execute();
}

export async function heldCounts(
  db: Executor,
  buyerId: string,
  templateIds: readonly string[],
): Promise<Map<string, number>> {
  if (templateIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('coupons.coupon')
    .select(({ fn }) => ['templateId', fn.countAll<number>().as('count')])
    .where('buyerId', '=', buyerId)
    .where('templateId', '=', sql<string>`any(${[...templateIds]}::uuid[])`)
    .groupBy('templateId')
    .execute();
  return new Map(rows.map(({ templateId, count }) => [templateId, count]));
}

export async function resultsOf(db: Executor, templateIds: readonly string[]): Promise<Map<string, CouponResults>> {
  if (templateIds.length === 0) return new Map();
  const { rows } = await sql<CouponResults & { templateId: string }>`
    select t.template_id, t.claimed,
      count(*) filter (where c.status = 'held')::int as held, count(*) filter (where c.status = 'locked')::int as locked,
      count(*) filter (where c.status = 'used')::int as used, count(*) filter (where c.status = 'expired')::int as expired,
      coalesce(sum(c.saving) filter (where c.status = 'used'), 0)::int as cost,
      coalesce(sum(c.shop_cost) filter (where c.status = 'used'), 0)::int as shop_cost,
      coalesce(sum(c.order_amount) filter (where c.status = 'used'), 0)::int as order_amount,
      (case when t.kind in ('amount', 'freight') then t.off when t.kind = 'percent' then t.cap end
        * count(*) filter (where c.status in ('held', 'locked')))::int as liability
    from coupons.template t left join coupons.coupon c on c.template_id = t.template_id
    where t.template_id = any(${[...templateIds]}::uuid[]) group by t.template_id`.execute(db);
  return new Map(rows.map(({ templateId, ...results }) => [templateId, results]));
}
