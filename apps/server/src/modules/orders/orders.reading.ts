/** Reads for shoppers and the shop: lists in one statement with their lines, details in one with everything orders own. */
import type { LineDiscount, OrderStatus, OrderTab, RefundView, ShippingHold } from '@xiaopu/contracts';
import { type SelectQueryBuilder, sql } from 'kysely';
import type { Executor, Tables } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';
import { type Position, statusText } from './orders.domain.ts';
import type { Order } from './orders.repository.ts';

export interface ReadLine {
  lineId: string;
  spuId: string;
  skuId: string;
  skuCode: string;
  title: string;
  specText: string;
  picture: PictureRef;
  quantity: number;
  shippedQuantity: number;
  salePrice: number;
  payable: number;
  discounts: LineDiscount[];
  reviewed: boolean;
}

export interface ReadEvent {
  at: string;
  text: string;
  actor: string;
}

export interface ReadRefund {
  refundNo: string;
  status: RefundView['status'];
  amount: number;
  reason: string;
  requestedAt: string;
  settledAt: string | null;
}

export type ListedOrder = Order & { lines: ReadLine[] };
export type DetailedOrder = ListedOrder & { events: ReadEvent[]; refunds: ReadRefund[] };

const lines = sql<ReadLine[]>`(
  select coalesce(json_agg(json_build_object(
    'lineId', l.line_id, 'spuId', l.spu_id, 'skuId', l.sku_id, 'skuCode', l.sku_code, 'title', l.title, 'specText', l.spec_text,
    'picture', l.picture, 'quantity', l.quantity, 'shippedQuantity', l.shipped_quantity, 'salePrice', l.sale_price,
    'payable', l.payable, 'discounts', l.discounts, 'reviewed', l.reviewed_at is not null) order by l.line_id), '[]'::json)
  from orders.order_line l where l.buyer_id = o.buyer_id and l.order_no = o.order_no)`;

const events = sql<ReadEvent[]>`(
  select coalesce(json_agg(json_build_object('at', e.at, 'text', e.text, 'actor', e.actor) order by e.at desc, e.event_id desc), '[]'::json)
  from orders.order_event e where e.buyer_id = o.buyer_id and e.order_no = o.order_no)`;

const refunds = sql<ReadRefund[]>`(
  select coalesce(json_agg(json_build_object('refundNo', r.refund_no, 'status', r.status, 'amount', r.amount, 'reason', r.reason,
    'requestedAt', r.requested_at, 'settledAt', r.settled_at) order by r.requested_at desc), '[]'::json)
  from orders.refund r where r.buyer_id = o.buyer_id and r.order_no = o.order_no)`;

type OrderQueryBuilder = SelectQueryBuilder<Tables & { o: Tables['orders.order'] }, 'o', object>;

const inTab: Record<OrderTab, (query: OrderQueryBuilder) => OrderQueryBuilder> = {
  all: (query) => query,
  // A balance that is waited for is a payment to be made, too.
  pending_payment: (query) => query.where('o.status', 'in', ['pending_payment', 'deposit_paid']),
  paid: (query) => query.where('o.status', '=', 'paid'),
  shipped: (query) => query.where('o.status', 'in', ['shipped', 'ready_for_pickup', 'to_use']),
  to_review: (query) => query.where('o.status', '=', 'completed').where('o.unreviewedLines', '>', 0),
  refund: (query) => query.where('o.status', 'in', ['refunding', 'refunded']),
};

export async function listOfBuyer(
  db: Executor,
  buyerId: string,
  { tab, after, limit }: { tab: OrderTab; after: Position | undefined; limit: number },
): Promise<ListedOrder[]> {
  let query = inTab[tab](db.selectFrom('orders.order as o').where('o.buyerId', '=', buyerId));
  if (after)
    query = query.where(sql<boolean>`(o.created_at, o.order_no) < (${after.at}::timestamptz, ${after.orderNo})`);
  return query
    .selectAll('o')
    .select(lines.as('lines'))
    .orderBy('o.createdAt', 'desc')
    .orderBy('o.orderNo', 'desc')
    .limit(limit)
    .execute();
}

export interface BuyerCounts {
  pendingPayment: number;
  paid: number;
  shipped: number;
  toReview: number;
  refund: number;
}

export async function countsOfBuyer(db: Executor, buyerId: string): Promise<BuyerCounts> {
  const { rows } = await sql<BuyerCounts>`
    select count(*) filter (where status in ('pending_payment', 'deposit_paid'))::int as pending_payment,
           count(*) filter (where status = 'paid')::int as paid,
           count(*) filter (where status in ('shipped', 'ready_for_pickup', 'to_use'))::int as shipped,
           count(*) filter (where status = 'completed' and unreviewed_lines > 0)::int as to_review,
           count(*) filter (where status = 'refunding')::int as refund
    from orders.order where buyer_id = ${buyerId}`.execute(db);
  return rows[0] as BuyerCounts;
}

export const findOfBuyer = (db: Executor, buyerId: string, orderNo: string): Promise<DetailedOrder | undefined> =>
  db
    .selectFrom('orders.order as o')
    .where('o.buyerId', '=', buyerId)
    .where('o.orderNo', '=', orderNo)
    .selectAll('o')
    .select([lines.as('lines'), events.as('events'), refunds.as('refunds')])
    .executeTakeFirst();

export const findOfShop = (db: Executor, shopId: string, orderNo: string): Promise<DetailedOrder | undefined> =>
  db
    .selectFrom('orders.order as o')
    .where('o.shopId', '=', shopId)
    .where('o.orderNo', '=', orderNo)
    .selectAll('o')
    .select([lines.as('lines'), events.as('events'), refunds.as('refunds')])
    .executeTakeFirst();

export interface ShopOrderFilter {
  status?: OrderStatus | undefined;
  /** Paid ones only: those that wait for it. Left out with `paid`: those that can be shipped. */
  hold?: ShippingHold | undefined;
  delivery?: 'express' | 'pickup' | 'virtual' | 'service' | undefined;
  text?: string | undefined;
  phoneTailIndex?: string | undefined;
  from?: Date | undefined;
  until?: Date | undefined;
  /** Only these. */
  orderNos?: string[] | undefined;
  offset: number;
  limit: number;
}

const maxCount = 10_000;
const likeText = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;

function shopOrders(
  db: Executor,
  shopId: string,
  { status, hold, delivery, text, phoneTailIndex, from, until, orderNos }: Omit<ShopOrderFilter, 'offset' | 'limit'>,
) {
  let query = db.selectFrom('orders.order as o').where('o.shopId', '=', shopId);
  if (status) query = query.where('o.status', '=', status);
  if (hold) query = query.where('o.status', '=', 'paid').where('o.shippingHold', '=', hold);
  else if (status === 'paid') query = query.where('o.shippingHold', 'is', null);
  if (delivery === 'virtual' || delivery === 'service') query = query.where('o.goods', '=', delivery);
  else if (delivery)
    query = query.where('o.storeId', delivery === 'pickup' ? 'is not' : 'is', null).where('o.goods', '=', 'physical');
  if (orderNos) query = query.where(sql<boolean>`o.order_no = any(${orderNos}::text[])`);
  if (from) query = query.where('o.createdAt', '>=', from);
  if (until) query = query.where('o.createdAt', '<', until);
  if (text)
    query = query.where(sql<boolean>`o.order_no = any(${found(shopId, text, { phoneTailIndex, from, until })})`);
  return query;
}

/** Words and number endings are looked for in so many of the newest orders of the time asked for: no index knows them. */
const searchedOrders = 5_000;
const foundOrders = 1_000;

/** A number or a phone's ending by index, whatever its age; a title, or the ending of a number, in the newest orders. */
function found(
  shopId: string,
  text: string,
  { phoneTailIndex, from, until }: Pick<ShopOrderFilter, 'phoneTailIndex' | 'from' | 'until'>,
) {
  const isNumber = /^\d{4,20}$/.test(text);
  if (isNumber && text.length === 20) return sql`array[${text}]`;
  const byPhone = phoneTailIndex
    ? sql`union all (select order_no from orders.order where shop_id = ${shopId} and phone_tail_index = ${phoneTailIndex} limit ${foundOrders})`
    : sql``;
  const byNumber = isNumber ? sql`newest.order_no like ${`%${text}`} or` : sql``;
  const since = from ? sql`and created_at >= ${from}` : sql``;
  const before = until ? sql`and created_at < ${until}` : sql``;
  // Line by line of those orders: as a plain EXISTS the planner would rather read the lines of all time once.
  return sql`array(
    (select newest.order_no from (
      select buyer_id, order_no from orders.order where shop_id = ${shopId} ${since} ${before}
      order by created_at desc, order_no desc limit ${searchedOrders}) as newest
    cross join lateral (
      select bool_or(l.title ilike ${likeText(text)}) as is_named from orders.order_line l
      where l.buyer_id = newest.buyer_id and l.order_no = newest.order_no) as goods
    where ${byNumber} goods.is_named limit ${foundOrders})
    ${byPhone})`;
}

/** One page and the count up to 10,000: two statements. */
export async function listOfShop(
  db: Executor,
  shopId: string,
  filter: ShopOrderFilter,
): Promise<{ rows: ListedOrder[]; total: number }> {
  const query = shopOrders(db, shopId, filter);
  const rows = await query
    .selectAll('o')
    .select(lines.as('lines'))
    .orderBy('o.createdAt', 'desc')
    .orderBy('o.orderNo', 'desc')
    .offset(filter.offset)
    .limit(filter.limit)
    .execute();
  const { total } = await db
    .selectFrom(query.select('o.orderNo').limit(maxCount).as('counted'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows, total };
}

/** More than this is shown as "999+": nobody counts further, and counting a merchant's history would read all of it. */
const countedOrders = 1_000;

/**
 * Up to {@link countedOrders} each. By status; paid orders that wait for something are counted under that (`waiting_group`), not
 * as to be shipped.
 */
export async function countsOfShop(
  db: Executor,
  shopId: string,
): Promise<Partial<Record<OrderStatus | `waiting_${ShippingHold}`, number>>> {
  // Counted in the index alone: what waits is few, and taken off afterwards instead of being looked for in each order.
  const { rows } = await sql<{ standing: string; count: number }>`
    with waiting as materialized (
      select shipping_hold, count(*)::int as count from (
        select shipping_hold from orders.order where shop_id = ${shopId} and status = 'paid' and shipping_hold is not null
        limit ${countedOrders}) as held
      group by 1
    ), apart as (
      select coalesce(sum(count), 0)::int as count from waiting
    )
    select s.status as standing, c.count - case when s.status = 'paid' then (select count from apart) else 0 end as count
    from unnest(${Object.keys(statusText)}::text[]) as s (status),
      lateral (select count(*)::int as count from (
        select 1 from orders.order o where o.shop_id = ${shopId} and o.status = s.status
        limit ${countedOrders} + (select count from apart)) as counted) as c
    union all
    select 'waiting_' || shipping_hold, count from waiting`.execute(db);
  return Object.fromEntries(rows.filter(({ count }) => count > 0).map(({ standing, count }) => [standing, count]));
}

export interface RefundFilter {
  /** `open`: every refund whose money is not back yet, and not rejected. */
  status?: RefundView['status'] | 'open' | undefined;
  text?: string | undefined;
  offset: number;
  limit: number;
}

export async function listRefunds(db: Executor, shopId: string, { status, text, offset, limit }: RefundFilter) {
  let query = db
    .selectFrom('orders.refund as r')
    .innerJoin('orders.order as o', (join) =>
      join.onRef('o.buyerId', '=', 'r.buyerId').onRef('o.orderNo', '=', 'r.orderNo'),
    )
    .where('r.shopId', '=', shopId);
  if (status === 'open') query = query.where('r.status', 'in', ['requested', 'processing', 'failed']);
  else if (status) query = query.where('r.status', '=', status);
  if (text)
    query = query.where((where) =>
      where.or([where('r.orderNo', 'like', `%${text}`), where('r.refundNo', 'like', `%${text}`)]),
    );
  const rows = await query
    .selectAll('r')
    .select('o.status as orderStatus')
    .orderBy('r.requestedAt', 'desc')
    .orderBy('r.refundNo', 'desc')
    .offset(offset)
    .limit(limit)
    .execute();
  const { total } = await db
    .selectFrom(query.select('r.refundNo').limit(maxCount).as('counted'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows, total };
}

/**
 * Whether every order to be sent under the payment has left or will never leave: what WeChat's `is_all_delivered` means.
 * @param orderNo that order alone, where each is a trade of its own
 */
export async function isPaymentShipped(
  db: Executor,
  buyerId: string,
  paymentId: string,
  orderNo?: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('orders.order')
    .select('orderNo')
    .where('buyerId', '=', buyerId)
    .where('paymentId', '=', paymentId)
    .where('status', 'in', ['pending_payment', 'deposit_paid', 'paid'])
    .where('storeId', 'is', null)
    .where('goods', '=', 'physical')
    .$if(orderNo !== undefined, (query) => query.where('orderNo', '=', orderNo as string))
    .limit(1)
    .executeTakeFirst();
  return row === undefined;
}
