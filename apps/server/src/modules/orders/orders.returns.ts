/** What after-sale asks of an order: its refundable pieces under the lock, and money back for some of them. */
import type { GoodsKind, OrderStatus } from '@xiaopu/contracts';
import { formatYuan } from '@xiaopu/money';
import { sql } from 'kysely';
import { dayMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';
import type { Moves } from './orders.moves.ts';
import { autoReceiveDays } from './orders.policies.ts';
import type { OrdersDeps } from './orders.ports.ts';
import type { RefundRow } from './orders.refund.repository.ts';
import * as refundRepository from './orders.refund.repository.ts';
import type { Order, OrderLineRow } from './orders.repository.ts';
import * as repository from './orders.repository.ts';
import type { RefundedPieces } from './orders.tables.ts';

export interface ReturnableLine {
  lineId: string;
  spuId: string;
  skuId: string;
  title: string;
  specText: string;
  picture: PictureRef;
  quantity: number;
  shippedQuantity: number;
  withdrawnQuantity: number;
  refundedQuantity: number;
  refundedAmount: number;
  payable: number;
  returnable: boolean;
}

export interface ReturnableOrder {
  buyerId: string;
  orderNo: string;
  shopId: string;
  shopName: string;
  paymentId: string;
  status: OrderStatus;
  /** Set when it is fetched, or (`now`) was carried out of a store. */
  pickup: { now?: boolean } | null;
  goods: GoodsKind;
  payable: number;
  refundedAmount: number;
  shippedAt: Date | null;
  completedAt: Date | null;
  recipient: { name: string; phone: string; province: string; city: string; district: string; detail: string };
  lines: ReturnableLine[];
}

export interface PartRefund {
  refundNo: string;
  reason: string;
  requestedBy: string;
  freight: number;
  lines: readonly { lineId: string; quantity: number; amount: number; withdrawn: number }[];
  /** How the timeline names it. */
  kind?: '售后退款' | '退还差价';
}

type Deps = Pick<OrdersDeps, 'clock' | 'policies' | 'outbox' | 'fieldCipher'>;

export function createReturns({ clock, policies, outbox, fieldCipher }: Deps, moves: Pick<Moves, 'sendBack'>) {
  const toReturnable = (order: Order, lines: OrderLineRow[]): ReturnableOrder => ({
    ...order,
    recipient: JSON.parse(fieldCipher.decrypt(order.recipient)),
    lines,
  });

  /** Nothing left to ship: an order with parcels is shipped, one without is on its way back to the buyer. */
  async function followLines(tx: Tx, order: Order): Promise<void> {
    if (order.status !== 'paid' && order.status !== 'ready_for_pickup') return;
    const lines = await repository.linesOf(tx, order.buyerId, [order.orderNo]);
    if (lines.some((line) => line.quantity > line.shippedQuantity + line.withdrawnQuantity)) return;
    const { buyerId, orderNo, shopId } = order;
    if (lines.every(({ shippedQuantity }) => shippedQuantity === 0)) {
      await repository.moveOrder(tx, order, 'refunding', {});
      return;
    }
    const now = clock.now();
    const autoReceiveAt = new Date(now.getTime() + policies.get(autoReceiveDays, shopId) * dayMs);
    await repository.moveOrder(tx, order, 'shipped', { shippedAt: now, autoReceiveAt });
    await repository.addEvent(tx, order, { text: '其余商品已退款，全部包裹均已发出', actor: '系统', at: now });
    await outbox.publish(tx, 'orders.order_shipped', { buyerId, orderNo, shopId });
  }

  return {
    /** One statement. */
    async returnable(db: Executor, buyerId: string, orderNo: string): Promise<ReturnableOrder | undefined> {
      const row = await db
        .selectFrom('orders.order as o')
        .selectAll('o')
        .select(
          sql<OrderLineRow[]>`(
            select json_agg(json_build_object('lineId', l.line_id, 'spuId', l.spu_id, 'skuId', l.sku_id, 'title', l.title,
              'specText', l.spec_text, 'picture', l.picture, 'quantity', l.quantity, 'shippedQuantity', l.shipped_quantity,
              'withdrawnQuantity', l.withdrawn_quantity, 'refundedQuantity', l.refunded_quantity,
              'refundedAmount', l.refunded_amount, 'payable', l.payable, 'returnable', l.returnable) order by l.line_id)
            from orders.order_line l where l.buyer_id = o.buyer_id and l.order_no = o.order_no)`.as('lines'),
        )
        .where('o.buyerId', '=', buyerId)
        .where('o.orderNo', '=', orderNo)
        .executeTakeFirst();
      return row && toReturnable(row, row.lines);
    },

    /** The same under the order's row lock: whoever changes what may be refunded holds it. */
    async lockReturnable(tx: Tx, buyerId: string, orderNo: string): Promise<ReturnableOrder | undefined> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      return order && toReturnable(order, await repository.linesOf(tx, buyerId, [orderNo]));
    },

    /**
     * Sends money back for some pieces; the caller holds the order's lock. Lines count it at once, so that no two refunds
     * are given for one piece; the table's checks refuse more than was paid. A failed refund is retried under its number.
     */
    async refundPart(tx: Tx, buyerId: string, orderNo: string, part: PartRefund): Promise<void> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      if (!order) throw new Error(`no order ${orderNo} of that buyer`);
      const { shopId } = order;
      const { refundNo, reason, requestedBy, freight, lines, kind = '售后退款' } = part;
      const skus = new Map((await repository.linesOf(tx, buyerId, [orderNo])).map((line) => [line.lineId, line.skuId]));
      const amount = lines.reduce((sum, line) => sum + line.amount, freight);
      const now = clock.now();
      await refundRepository.addRefunded(tx, order, lines, amount);
      await repository.addEvent(tx, order, {
        text: `${kind} ¥${formatYuan(amount)}：${reason}`,
        actor: requestedBy,
        at: now,
      });
      await followLines(tx, order);
      await outbox.publish(tx, 'orders.refund_requested', { buyerId, orderNo, shopId, refundNo, amount });
      await moves.sendBack(tx, order, {
        ...{ refundNo, amount, reason, requestedBy, freight },
        lines: lines.map((line) => ({ ...line, skuId: skus.get(line.lineId) ?? '' })),
      });
    },

    /** While a case is open the order does not receive by itself; afterwards its days begin anew. */
    async pauseReceipt(tx: Tx, buyerId: string, orderNo: string, isPaused: boolean): Promise<void> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      if (order?.status !== 'shipped') return;
      const next = new Date(clock.now().getTime() + policies.get(autoReceiveDays, order.shopId) * dayMs);
      await repository.changeOrder(tx, order, { autoReceiveAt: isPaused ? null : next });
    },
  };
}

/** An after-sale refund has settled: unshipped pieces go back on the shelf, and an order without a kept piece is refunded. */
export function createPartSettling({ clock, outbox, inventory }: Pick<OrdersDeps, 'clock' | 'outbox' | 'inventory'>) {
  return async (tx: Tx, order: Order, refund: RefundRow & { lines: RefundedPieces[] }): Promise<void> => {
    const { buyerId, orderNo, shopId } = order;
    const { refundNo, amount, lines: pieces } = refund;
    const now = clock.now();
    const withdrawn = pieces.filter((piece) => piece.withdrawn > 0);
    if (withdrawn.length > 0)
      await inventory.withdraw(tx, {
        reservationId: order.reservationId,
        requestId: requestIdOf(refundNo),
        lines: withdrawn.map(({ skuId, withdrawn: quantity }) => ({ skuId, quantity })),
        reason: '售后退款成功',
      });
    const lines = await repository.linesOf(tx, buyerId, [orderNo]);
    const isWhole = lines.every(({ quantity, refundedQuantity }) => refundedQuantity === quantity);
    const isLast = isWhole && !(await refundRepository.hasOpenRefund(tx, buyerId, orderNo));
    if (isLast && order.status !== 'refunded') {
      await repository.moveOrder(tx, order, 'refunded', { refundedAt: now, unreviewedLines: 0, autoReceiveAt: null });
    } else if (order.status === 'completed') {
      const unreviewed = lines.filter((line) => line.refundedQuantity < line.quantity && line.reviewedAt === null);
      await repository.changeOrder(tx, order, { unreviewedLines: unreviewed.length });
    }
    await repository.addEvent(tx, order, { text: `退款 ¥${formatYuan(amount)} 已到账`, actor: '系统', at: now });
    await outbox.publish(tx, 'orders.order_refunded', {
      buyerId,
      orderNo,
      shopId,
      refundNo,
      amount,
      freight: refund.freight,
      lines: pieces.map(({ lineId, quantity, amount: paid }) => ({ lineId, quantity, amount: paid })),
      isLast,
    });
  };
}

/** The ledger's request ids are UUIDs; a refund number is 20 digits. The same number always gives the same id. */
const requestIdOf = (refundNo: string): string =>
  `${refundNo.slice(0, 8)}-${refundNo.slice(8, 12)}-8000-8000-${refundNo.slice(12).padStart(12, '0')}`;
