/** The door of orders: use cases by name, each in its own file. */
import type { EventPayloads, OrderCardPage, OrderCounts, OrderDetail, OrderQuery, RefundView } from '@xiaopu/contracts';
import type {
  ConsoleOrder,
  ConsoleOrderPage,
  ConsoleOrderQuery,
  RefundPage,
  RefundQuery,
} from '@xiaopu/contracts/console';
import { dayMs, startOfShanghaiDay } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { maskName } from '#platform/field-cipher.ts';
import { createBalance } from './orders.balance.ts';
import { createCancelling } from './orders.cancel.ts';
import { canPickUp, decodeCursor, encodeCursor, statusTextOf } from './orders.domain.ts';
import { orderUnknown } from './orders.errors.ts';
import { createFigures } from './orders.figures.ts';
import { createHolding } from './orders.hold.ts';
import { keptOf } from './orders.kept.ts';
import { createMoves } from './orders.moves.ts';
import { createPaying } from './orders.pay.ts';
import { createPickingUp } from './orders.pickup.ts';
import { phoneTailPurpose } from './orders.place.rows.ts';
import { createPlaceTogether } from './orders.place.together.ts';
import { createPlace } from './orders.place.ts';
import type { OrdersDeps } from './orders.ports.ts';
import { createOrderQueue } from './orders.queue.ts';
import * as reading from './orders.reading.ts';
import { createReceiving } from './orders.receive.ts';
import * as repository from './orders.repository.ts';
import { createReturns } from './orders.returns.ts';
import { createUnsent } from './orders.unsent.ts';
import { consoleOrder, consoleOrderRow, orderCard, orderDetail } from './orders.view.ts';

export type Orders = ReturnType<typeof createOrders>;

export function createOrders(deps: OrdersDeps) {
  const { clock, fieldCipher, toPicture, parcelsOf, uploadStates, failedUploads, buyerNames, payments } = deps;
  const placing = createPlace(deps);
  const moves = createMoves(deps);
  const receiving = createReceiving(deps);
  const phoneTail = (q: string | undefined) =>
    q && /^\d{4}$/.test(q) ? fieldCipher.blindIndex(phoneTailPurpose, q) : undefined;

  return {
    place: placing.place,
    /** For edges: opens its own transaction, shared with others who place in the same moment where that can be. */
    placeIn: (database: Pick<Database, 'shared' | 'inTransaction'>) => createPlaceTogether(deps, placing, database),
    queue: createOrderQueue(deps, placing),
    ...createPaying(deps, moves),
    ...createCancelling(deps, moves),
    ...receiving,
    ...createReturns(deps, moves),
    ...createBalance(deps),
    missBalance: moves.missBalance,
    ...createHolding(deps, moves),
    ...createPickingUp(deps, receiving),
    ...createUnsent(deps, receiving, moves),
    ...createFigures(),
    isPaymentShipped: reading.isPaymentShipped,
    keptOf,

    /** One statement. */
    async list(db: Executor, buyerId: string, { tab = 'all', cursor, limit }: OrderQuery): Promise<OrderCardPage> {
      const rows = await reading.listOfBuyer(db, buyerId, { tab, after: decodeCursor(cursor), limit: limit + 1 });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const now = clock.now();
      return {
        items: page.map((order) => orderCard(order, now, toPicture)),
        nextCursor: rows.length > limit && last ? encodeCursor({ at: last.createdAt, orderNo: last.orderNo }) : null,
      };
    },

    counts: (db: Executor, buyerId: string): Promise<OrderCounts> => reading.countsOfBuyer(db, buyerId),

    /** Two statements: the order with all it owns, and its parcels. */
    async get(db: Executor, buyerId: string, orderNo: string): Promise<OrderDetail> {
      const order = await reading.findOfBuyer(db, buyerId, orderNo);
      if (!order) throw orderUnknown();
      // What is picked up has a code where others have parcels.
      const isSent = order.storeId === null && order.goods === 'physical';
      const parcels = isSent ? await parcelsOf(db, buyerId, orderNo) : [];
      const desk =
        order.storeId !== null && canPickUp(order) ? deps.pickups : order.status === 'to_use' ? deps.bookings : null;
      const pickupCode = desk && (await desk.codeOf(db, buyerId, orderNo));
      return orderDetail(order, parcels, { now: clock.now(), toPicture, fieldCipher, pickupCode });
    },

    async listOfShop(db: Executor, shopId: string, query: ConsoleOrderQuery): Promise<ConsoleOrderPage> {
      const { page, pageSize, status, q, from, to, upload, hold, delivery } = query;
      const { rows, total } = await reading.listOfShop(db, shopId, {
        status,
        hold,
        delivery,
        text: q?.trim() || undefined,
        phoneTailIndex: phoneTail(q?.trim()),
        from: from ? startOfShanghaiDay(from) : undefined,
        orderNos: upload === 'failed' ? await failedUploads(db, shopId) : undefined,
        until: to ? new Date(startOfShanghaiDay(to).getTime() + dayMs) : undefined,
        offset: (page - 1) * pageSize,
        limit: pageSize,
      });
      const buyers = await buyerNames(db, [...new Set(rows.map(({ buyerId }) => buyerId))]);
      const uploads = await uploadStates(
        db,
        shopId,
        rows.map(({ orderNo }) => orderNo),
      );
      const items = rows.map((order) =>
        consoleOrderRow(order, {
          buyer: buyers.get(order.buyerId),
          upload: uploads.get(order.orderNo) ?? null,
          toPicture,
        }),
      );
      return { items, total, page, pageSize };
    },

    countsOfShop: reading.countsOfShop,

    async getOfShop(db: Executor, shopId: string, orderNo: string): Promise<ConsoleOrder> {
      const order = await reading.findOfShop(db, shopId, orderNo);
      if (!order) throw orderUnknown();
      const { buyerId, paymentId } = order;
      const parcels = await parcelsOf(db, buyerId, orderNo);
      const buyer = (await buyerNames(db, [buyerId])).get(buyerId);
      const payment = await payments.view(db, buyerId, paymentId);
      return consoleOrder(order, { buyer, parcels, payment, toPicture, fieldCipher });
    },

    async setShopRemark(tx: Tx, shopId: string, orderNo: string, remark: string): Promise<void> {
      const order = await repository.lockShopOrder(tx, shopId, orderNo);
      if (!order) throw orderUnknown();
      await repository.changeOrder(tx, order, { shopRemark: remark });
    },

    async listRefunds(db: Executor, shopId: string, { page, pageSize, status, q }: RefundQuery): Promise<RefundPage> {
      const { rows, total } = await reading.listRefunds(db, shopId, {
        status: status as RefundView['status'] | 'open' | undefined,
        text: q?.replaceAll(/\D/g, '') || undefined,
        offset: (page - 1) * pageSize,
        limit: pageSize,
      });
      const buyers = await buyerNames(db, [...new Set(rows.map(({ buyerId }) => buyerId))]);
      return {
        items: rows.map((row) => ({
          refundNo: row.refundNo,
          status: row.status,
          amount: row.amount,
          reason: row.reason,
          requestedAt: row.requestedAt.toISOString(),
          settledAt: row.settledAt?.toISOString() ?? null,
          orderNo: row.orderNo,
          buyerName: maskName(buyers.get(row.buyerId)?.nickname || '微信用户'),
          orderStatus: row.orderStatus,
          note: row.note,
        })),
        total,
        page,
        pageSize,
      };
    },

    /** Global search of the console: number, number tail, phone tail or title. */
    async search(
      db: Executor,
      shopId: string,
      q: string,
    ): Promise<{ orderNo: string; statusText: string; payable: number }[]> {
      const { rows } = await reading.listOfShop(db, shopId, {
        text: q,
        phoneTailIndex: phoneTail(q),
        offset: 0,
        limit: 8,
      });
      return rows.map((order) => ({
        orderNo: order.orderNo,
        statusText: statusTextOf(order),
        payable: order.payable,
      }));
    },

    /** What a message to the buyer says of the order. */
    async messageFacts(
      db: Executor,
      buyerId: string,
      orderNo: string,
    ): Promise<{ title: string; carrierName?: string; waybillNo?: string } | undefined> {
      const lines = await repository.linesOf(db, buyerId, [orderNo]);
      const [line] = lines;
      if (!line) return undefined;
      const parcel = (await parcelsOf(db, buyerId, orderNo)).at(-1);
      return {
        title: lines.length > 1 ? `${line.title} 等 ${lines.length} 件商品` : line.title,
        ...(parcel && { carrierName: parcel.carrierName, waybillNo: parcel.waybillNo }),
      };
    },

    /** Sold counts follow payment: called when orders are paid. */
    async countSales(tx: Tx, paid: readonly EventPayloads['orders.order_paid'][]): Promise<void> {
      const lines = paid.flatMap(({ facts }) => facts?.lines ?? []);
      for (const { buyerId, orderNo, facts } of paid)
        if (!facts) lines.push(...(await repository.linesOf(tx, buyerId, [orderNo])));
      await deps.recordSales(
        tx,
        lines.map(({ spuId, quantity }) => ({ spuId, quantity })),
      );
    },
  };
}
