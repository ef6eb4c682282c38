/** Orders that are picked up in a store: set aside there, handed over once, given back when nobody comes. */
import type { OrderStatus } from '@xiaopu/contracts';
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import { canGetReady, canPickUp, isCarried } from './orders.domain.ts';
import * as dueRepository from './orders.due.repository.ts';
import { cannotPickUp, notReadyable, orderUnknown } from './orders.errors.ts';
import { createMoves } from './orders.moves.ts';
import type { OrdersDeps } from './orders.ports.ts';
import type { ReadLine } from './orders.reading.ts';
import type { Receiving } from './orders.receive.ts';
import type { Order } from './orders.repository.ts';
import * as repository from './orders.repository.ts';

export type PickingUp = ReturnType<typeof createPickingUp>;

/** What was handed over, for whoever tells WeChat. */
export interface HandOver {
  buyerId: string;
  paymentId: string;
  lines: { lineId: string; quantity: number; title: string; specText: string }[];
  recipientPhone: string;
}

export type StoreOrder = Order & { lines: (ReadLine & { withdrawnQuantity: number })[] };

export function createPickingUp(deps: OrdersDeps, { complete }: Pick<Receiving, 'complete'>) {
  const { clock, outbox, inventory, fieldCipher, pickups } = deps;
  const moves = createMoves(deps);

  async function lockOfStores(tx: Tx, shopId: string, orderNo: string, storeIds: readonly string[]): Promise<Order> {
    const order = await repository.lockShopOrder(tx, shopId, orderNo);
    if (!order?.storeId || !storeIds.includes(order.storeId)) throw orderUnknown();
    return order;
  }

  async function getReady(tx: Tx, order: Order, staffName: string): Promise<Order> {
    const { shopId, pickup } = order;
    if (!canGetReady(order) || !pickup) throw notReadyable({ status: order.status });
    const readyAt = clock.now();
    const pickupExpiresAt = pickups.expiryOf(shopId, pickup, readyAt);
    await repository.moveOrder(tx, order, 'ready_for_pickup', { readyAt, pickupExpiresAt });
    await repository.addEvent(tx, order, { text: `${pickup.name}已备好货，等待取货`, actor: staffName, at: readyAt });
    return { ...order, status: 'ready_for_pickup', readyAt, pickupExpiresAt };
  }

  /** It was never set aside: the buyer took it off the shelf. */
  async function carry(tx: Tx, order: Order): Promise<Order> {
    const readyAt = clock.now();
    await repository.moveOrder(tx, order, 'ready_for_pickup', { readyAt });
    return { ...order, status: 'ready_for_pickup', readyAt };
  }

  return {
    /** Set aside: the buyer is told to come. Another store's order is not found. */
    async markReady(
      tx: Tx,
      {
        shopId,
        orderNo,
        storeIds,
        staffName,
      }: { shopId: string; orderNo: string; storeIds: string[]; staffName: string },
    ): Promise<void> {
      const order = await lockOfStores(tx, shopId, orderNo, storeIds);
      const { buyerId, pickup, pickupExpiresAt } = await getReady(tx, order, staffName);
      await outbox.publish(tx, 'orders.order_ready', {
        ...{ buyerId, orderNo, shopId },
        storeName: pickup?.name ?? '',
        expiresAt: (pickupExpiresAt as Date).toISOString(),
      });
    },

    /**
     * Handed over at the counter: the units leave the store and the order is received, once. Whoever comes before it was set
     * aside gets it, too.
     */
    async pickUp(
      tx: Tx,
      {
        shopId,
        orderNo,
        storeIds,
        parcelId,
        staffName,
      }: { shopId: string; orderNo: string; storeIds: string[]; parcelId: string; staffName: string },
    ): Promise<HandOver> {
      const found = await lockOfStores(tx, shopId, orderNo, storeIds);
      if (!canPickUp(found)) throw cannotPickUp({ status: found.status });
      const order =
        found.status === 'ready_for_pickup'
          ? found
          : isCarried(found)
            ? await carry(tx, found)
            : await getReady(tx, found, staffName);
      const { buyerId, paymentId, reservationId, storeId } = order;
      const lines = (await repository.linesOf(tx, buyerId, [orderNo])).flatMap((line) => {
        const quantity = line.quantity - line.shippedQuantity - line.withdrawnQuantity;
        return quantity > 0 ? [{ ...line, quantity }] : [];
      });
      if (lines.length === 0 || !(await repository.addShipped(tx, buyerId, orderNo, lines)))
        throw cannotPickUp({ status: order.status });
      await inventory.ship(tx, {
        reservationId,
        parcelId,
        storeId: storeId as string,
        lines: lines.map(({ skuId, quantity }) => ({ skuId, quantity })),
        actor: staffName,
      });
      await repository.changeOrder(tx, order, { shippedAt: clock.now() });
      await complete(
        tx,
        order,
        staffName,
        `${isCarried(order) ? '已核验出门：' : '已取货：'}${order.pickup?.name ?? '门店'}`,
      );
      const { phone } = JSON.parse(fieldCipher.decrypt(order.recipient)) as { phone: string };
      return {
        buyerId,
        paymentId,
        lines: lines.map(({ lineId, quantity, title, specText }) => ({ lineId, quantity, title, specText })),
        recipientPhone: phone,
      };
    },

    /** Nobody came in time: the money goes back, and with it the units to their store. */
    async giveUpPickups(tx: Tx, limit: number): Promise<number> {
      const orders = await dueRepository.lockPickupsExpired(tx, clock.now(), limit);
      for (const order of orders)
        await moves.refund(tx, order, { reason: '超时未取货，自动退款', requestedBy: '系统' });
      return orders.length;
    },

    /** Scanned, paid, and never shown at the exit: since then. One statement. */
    carriedSince: (
      db: Executor,
      before: Date,
      limit: number,
    ): Promise<{ shopId: string; orderNo: string; storeId: string | null }[]> =>
      db
        .selectFrom('orders.order')
        .select(['shopId', 'orderNo', 'storeId'])
        .where('storeId', 'is not', null)
        .where('status', '=', 'paid')
        .where(sql<boolean>`pickup ->> 'now' = 'true'`)
        .where('paidAt', '<=', before)
        .limit(limit)
        .execute(),

    /** What the orders of a payment still are to WeChat: any that is sent, any that waits in a store or to be used. */
    async deliveriesOf(db: Executor, buyerId: string, paymentId: string): Promise<{ sent: number; waiting: number }> {
      const { rows } = await sql<{ sent: number; waiting: number }>`
        select count(*) filter (where store_id is null and goods = 'physical' and status <> 'cancelled')::int as sent,
          count(*) filter (where (store_id is not null or goods <> 'physical')
            and status in ('pending_payment', 'paid', 'ready_for_pickup', 'to_use'))::int as waiting
        from orders.order where buyer_id = ${buyerId} and payment_id = ${paymentId}`.execute(db);
      return rows[0] ?? { sent: 0, waiting: 0 };
    },

    /** One page of stores' orders with their lines, the most urgent first, and the count up to 10,000: two statements. */
    async ofStores(
      db: Executor,
      shopId: string,
      filter: {
        storeIds: readonly string[];
        statuses: readonly OrderStatus[];
        orderNo?: string | undefined;
        numberTail?: string | undefined;
        /** Those carried out of the store, or those set aside for their buyer. */
        carried?: boolean | undefined;
        newestFirst: boolean;
        offset: number;
        limit: number;
      },
    ): Promise<{ rows: StoreOrder[]; total: number }> {
      const { storeIds, statuses, orderNo, numberTail, carried, newestFirst, offset, limit } = filter;
      let query = db
        .selectFrom('orders.order as o')
        .where('o.shopId', '=', shopId)
        .where('o.storeId', '=', sql<string>`any(${[...storeIds]}::uuid[])`)
        .where('o.status', 'in', [...statuses])
        .where('o.shippingHold', 'is', null);
      if (carried !== undefined)
        query = query.where(sql<boolean>`coalesce(o.pickup ->> 'now', 'false') = ${String(carried)}`);
      if (orderNo) query = query.where('o.orderNo', '=', orderNo);
      if (numberTail) {
        const tailIndex = fieldCipher.blindIndex('orders.phone_tail', numberTail.slice(-4));
        query = query.where((eb) =>
          eb.or([eb('o.orderNo', 'like', `%${numberTail}`), eb('o.phoneTailIndex', '=', tailIndex)]),
        );
      }
      const rows = await query
        .selectAll('o')
        .select(
          sql<StoreOrder['lines']>`(
            select coalesce(json_agg(json_build_object('lineId', l.line_id, 'spuId', l.spu_id, 'skuId', l.sku_id,
              'skuCode', l.sku_code, 'title', l.title, 'specText', l.spec_text, 'picture', l.picture, 'quantity', l.quantity,
              'withdrawnQuantity', l.withdrawn_quantity) order by l.line_id), '[]'::json)
            from orders.order_line l where l.buyer_id = o.buyer_id and l.order_no = o.order_no)`.as('lines'),
        )
        .orderBy(newestFirst ? sql`o.created_at desc` : sql`o.pickup_expires_at`)
        .orderBy('o.orderNo')
        .offset(offset)
        .limit(limit)
        .execute();
      const { total } = await db
        .selectFrom(query.select('o.orderNo').limit(10_000).as('counted'))
        .select(({ fn }) => fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      return { rows, total };
    },

    /** What waits in each store. One statement. */
    async countsOfStores(
      db: Executor,
      shopId: string,
      storeIds: readonly string[],
    ): Promise<Map<string, { toPrepare: number; ready: number }>> {
      const { rows } = await sql<{ storeId: string; toPrepare: number; ready: number }>`
        select store_id, count(*) filter (where status = 'paid' and pickup ->> 'now' is null)::int as to_prepare,
          count(*) filter (where status = 'ready_for_pickup')::int as ready
        from orders.order where shop_id = ${shopId} and store_id = any(${[...storeIds]}::uuid[])
          and status in ('paid', 'ready_for_pickup') and shipping_hold is null
        group by store_id`.execute(db);
      return new Map(rows.map(({ storeId, ...counts }) => [storeId, counts]));
    },
  };
}
