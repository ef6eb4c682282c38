/** Orders of goods that are not sent: delivered by themselves once paid, or a booking that stands until it is used. */
import type { OrderStatus } from '@xiaopu/contracts';
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import { maskName, maskPhone } from '#platform/field-cipher.ts';
import { statusTextOf } from './orders.domain.ts';
import { cannotRedeem, orderUnknown } from './orders.errors.ts';
import type { Moves } from './orders.moves.ts';
import type { HandOver } from './orders.pickup.ts';
import type { OrdersDeps } from './orders.ports.ts';
import type { Receiving } from './orders.receive.ts';
import type { Order, OrderLineRow } from './orders.repository.ts';
import * as repository from './orders.repository.ts';
import type { KeptConsent } from './orders.tables.ts';

export type Unsent = ReturnType<typeof createUnsent>;

/** A paid virtual order under its lock: what is still to be given to its buyer. */
export interface ToDeliver {
  order: Order;
  lines: OrderLineRow[];
}

export interface BookedOrder {
  status: OrderStatus;
  statusText: string;
  title: string;
  specText: string;
  payable: number;
  remark: string;
  /** Masked. */
  contact: string;
  phone: string;
}
const waiting = { shippingHold: null, storeId: null };

export interface ConsentRow extends KeptConsent {
  orderNo: string;
  buyerId: string;
}

export function createUnsent(
  deps: OrdersDeps,
  { complete }: Pick<Receiving, 'complete'>,
  moves: Pick<Moves, 'refund'>,
) {
  const { clock, inventory, fieldCipher } = deps;

  /** The units leave, and the order is done, in one go. */
  async function finish(
    tx: Tx,
    order: Order,
    { parcelId, actor, text }: { parcelId: string; actor: string; text: string },
  ): Promise<HandOver> {
    const { buyerId, orderNo, paymentId, reservationId } = order;
    const lines = (await repository.linesOf(tx, buyerId, [orderNo])).flatMap((line) => {
      const quantity = line.quantity - line.shippedQuantity - line.withdrawnQuantity;
      return quantity > 0 ? [{ ...line, quantity }] : [];
    });
    if (lines.length === 0 || !(await repository.addShipped(tx, buyerId, orderNo, lines)))
      throw cannotRedeem({ status: order.status });
    await inventory.ship(tx, {
      ...{ reservationId, parcelId, actor },
      lines: lines.map(({ skuId, quantity }) => ({ skuId, quantity })),
    });
    await complete(tx, order, actor, text);
    const { phone } = JSON.parse(fieldCipher.decrypt(order.recipient)) as { phone: string };
    return {
      ...{ buyerId, paymentId, recipientPhone: phone },
      lines: lines.map(({ lineId, quantity, title, specText }) => ({ lineId, quantity, title, specText })),
    };
  }

  return {
    /** Whoever comes second waits here, and finds it done: undefined. */
    async lockToDeliver(tx: Tx, buyerId: string, orderNo: string): Promise<ToDeliver | undefined> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      if (order?.goods !== 'virtual' || order.status !== 'paid') return undefined;
      const lines = (await repository.linesOf(tx, buyerId, [orderNo])).map((line) => ({
        ...line,
        quantity: line.quantity - line.withdrawnQuantity,
      }));
      return { order, lines: lines.filter(({ quantity }) => quantity > 0) };
    },

    /** The caller holds the lock of `lockToDeliver` and has kept what the buyer gets, in this transaction. */
    completeDelivery: (tx: Tx, { order }: ToDeliver, parcelId: string): Promise<HandOver> =>
      finish(tx, order, { parcelId, actor: '系统', text: '已自动发放' }),

    /** Paid virtual orders that still wait, the oldest first. One statement. */
    undelivered: (
      db: Executor,
      paidBefore: Date,
      limit: number,
    ): Promise<{ buyerId: string; orderNo: string; shopId: string }[]> =>
      db
        .selectFrom('orders.order')
        .select(['buyerId', 'orderNo', 'shopId'])
        .where('goods', '=', 'virtual')
        .where('status', '=', 'paid')
        .where('paidAt', '<=', paidBefore)
        .orderBy('paidAt')
        .limit(limit)
        .execute(),

    /** The booking stands: from now on its code is shown. Asked again nothing happens. */
    async confirmBooking(tx: Tx, buyerId: string, orderNo: string): Promise<void> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      if (order?.goods !== 'service' || order.status !== 'paid' || !order.booking) return;
      await repository.moveOrder(tx, order, 'to_use', {});
      const text = `预约成功：${order.booking.place}`;
      await repository.addEvent(tx, order, { text, actor: '系统', at: clock.now() });
    },

    /** Paid too late: its window is full by now, or over. The money goes back. */
    async refuseBooking(tx: Tx, buyerId: string, orderNo: string, reason: string): Promise<void> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      if (order?.goods !== 'service' || order.status !== 'paid') return;
      await moves.refund(tx, order, { reason, requestedBy: '系统' });
    },

    /** The code was shown where it is used: once. Another shop's order is not found. */
    async redeem(
      tx: Tx,
      {
        shopId,
        orderNo,
        parcelId,
        staffName,
      }: { shopId: string; orderNo: string; parcelId: string; staffName: string },
    ): Promise<HandOver> {
      const order = await repository.lockShopOrder(tx, shopId, orderNo);
      if (order?.goods !== 'service') throw orderUnknown();
      if (order.status !== 'to_use') throw cannotRedeem({ status: order.status });
      const text = `已核销：${order.booking?.place ?? ''}`;
      return finish(tx, order, { parcelId, actor: staffName, text });
    },

    /** Nobody came, and the time for that is long over. @returns undefined when it is no longer waiting */
    async expireBooking(tx: Tx, buyerId: string, orderNo: string, parcelId: string): Promise<HandOver | undefined> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      if (order?.status !== 'to_use') return undefined;
      return finish(tx, order, { parcelId, actor: '系统', text: '预约时间已过，没有到店，订单自动完成' });
    },

    /** What the desk shows of orders by their number. One statement. */
    async bookedOf(db: Executor, shopId: string, orderNos: readonly string[]): Promise<Map<string, BookedOrder>> {
      if (orderNos.length === 0) return new Map();
      const rows = await db
        .selectFrom('orders.order as o')
        .innerJoin('orders.orderLine as l', (join) =>
          join.onRef('l.buyerId', '=', 'o.buyerId').onRef('l.orderNo', '=', 'o.orderNo'),
        )
        .where('o.shopId', '=', shopId)
        .where('o.orderNo', '=', sql<string>`any(${[...orderNos]}::text[])`)
        .select(['o.orderNo', 'o.status', 'o.goods', 'o.recipient', 'o.remark', 'o.payable', 'l.title', 'l.specText'])
        .execute();
      return new Map(
        rows.map(({ orderNo, status, goods, recipient, ...rest }) => {
          const { name, phone } = JSON.parse(fieldCipher.decrypt(recipient)) as { name: string; phone: string };
          const person = { contact: maskName(name), phone: maskPhone(phone) };
          return [orderNo, { ...rest, ...person, status, statusText: statusTextOf({ ...waiting, status, goods }) }];
        }),
      );
    },

    /** What buyers of the shop agreed to between two days, for whoever has to prove it. One statement. */
    async consentsOfShop(
      db: Executor,
      shopId: string,
      { from, until, limit }: { from: Date; until: Date; limit: number },
    ): Promise<ConsentRow[]> {
      const { rows } = await sql<ConsentRow>`
        select o.order_no, o.buyer_id, c.key, c.version, c.text, c.at
        from orders.order o cross join lateral jsonb_to_recordset(o.consents) as c (key text, version text, text text, at text)
        where o.shop_id = ${shopId} and o.consents <> '[]' and o.created_at >= ${from} and o.created_at < ${until}
        order by o.created_at, o.order_no limit ${limit}`.execute(db);
      return rows;
    },
  };
}
