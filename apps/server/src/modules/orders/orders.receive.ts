/** After payment: parcels leave, the buyer receives, lines get reviewed. */
import { dayMs } from '#platform/clock.ts';
import type { Tx } from '#platform/database/database.ts';
import {
  alreadyReviewed,
  cannotReceive,
  cannotReview,
  cannotShip,
  isNotSent,
  isPickup,
  orderLineUnknown,
  orderUnknown,
  shipTooMany,
  waitingForGroup,
} from './orders.errors.ts';
import { autoReceiveDays } from './orders.policies.ts';
import type { OrdersDeps } from './orders.ports.ts';
import type { Order } from './orders.repository.ts';
import * as repository from './orders.repository.ts';

export interface Shipment {
  buyerId: string;
  paymentId: string;
  lines: { lineId: string; quantity: number; title: string; specText: string }[];
  recipientPhone: string;
  isOrderShipped: boolean;
}

export type Receiving = ReturnType<typeof createReceiving>;

export function createReceiving({ clock, policies, outbox, inventory, fieldCipher }: OrdersDeps) {
  async function complete(
    tx: Tx,
    order: Order,
    actor: string,
    text = actor === '系统' ? '到期自动确认收货' : '确认收货',
  ): Promise<void> {
    const { buyerId, orderNo, shopId } = order;
    const now = clock.now();
    const lines = await repository.linesOf(tx, buyerId, [orderNo]);
    const kept = lines.filter((line) => line.refundedQuantity < line.quantity && line.reviewedAt === null);
    await repository.moveOrder(tx, order, 'completed', { completedAt: now, unreviewedLines: kept.length });
    await repository.addEvent(tx, order, { text, actor, at: now });
    await outbox.publish(tx, 'orders.order_completed', { buyerId, orderNo, shopId });
  }

  return {
    complete,

    /**
     * A parcel leaves: counts what it carries, takes it off the shelf, and once everything has left the order is shipped.
     * `lines` left out: everything not yet shipped.
     */
    async recordShipment(
      tx: Tx,
      shopId: string,
      {
        orderNo,
        parcelId,
        lines: wanted,
        actor,
        text,
      }: {
        orderNo: string;
        parcelId: string;
        lines?: { lineId: string; quantity: number }[] | undefined;
        actor: string;
        text: string;
      },
    ): Promise<Shipment> {
      const order = await repository.lockShopOrder(tx, shopId, orderNo);
      if (!order) throw orderUnknown();
      const { buyerId, paymentId, status, reservationId } = order;
      if (status !== 'paid') throw cannotShip({ status });
      if (order.shippingHold) throw waitingForGroup();
      if (order.storeId) throw isPickup();
      if (order.goods !== 'physical') throw isNotSent();
      const lines = await repository.linesOf(tx, buyerId, [orderNo]);
      const remaining = new Map(
        lines.map((line) => [line.lineId, line.quantity - line.shippedQuantity - line.withdrawnQuantity]),
      );
      const chosen = wanted
        ? mergeLines(wanted)
        : [...remaining].filter(([, quantity]) => quantity > 0).map(([lineId, quantity]) => ({ lineId, quantity }));
      if (chosen.length === 0) throw cannotShip({ status });
      for (const { lineId, quantity } of chosen) {
        const left = remaining.get(lineId);
        if (left === undefined) throw orderLineUnknown();
        if (quantity > left) throw shipTooMany({ lineId, remaining: left });
        remaining.set(lineId, left - quantity);
      }
      if (!(await repository.addShipped(tx, buyerId, orderNo, chosen))) throw cannotShip({ status });
      const byId = new Map(lines.map((line) => [line.lineId, line]));
      const carried = chosen.flatMap(({ lineId, quantity }) => {
        const line = byId.get(lineId);
        return line ? [{ lineId, quantity, skuId: line.skuId, title: line.title, specText: line.specText }] : [];
      });
      await inventory.ship(tx, {
        reservationId,
        parcelId,
        lines: carried.map(({ skuId, quantity }) => ({ skuId, quantity })),
        actor,
      });
      const now = clock.now();
      const isOrderShipped = [...remaining.values()].every((left) => left === 0);
      const parcelCount = order.parcelCount + 1;
      if (isOrderShipped) {
        const autoReceiveAt = new Date(now.getTime() + policies.get(autoReceiveDays, shopId) * dayMs);
        await repository.moveOrder(tx, order, 'shipped', { shippedAt: now, autoReceiveAt, parcelCount });
        await outbox.publish(tx, 'orders.order_shipped', { buyerId, orderNo, shopId });
      } else {
        await repository.changeOrder(tx, order, { parcelCount });
      }
      await repository.addEvent(tx, order, { text, actor, at: now });
      const { phone } = JSON.parse(fieldCipher.decrypt(order.recipient)) as { phone: string };
      return {
        buyerId,
        paymentId,
        lines: carried.map(({ lineId, quantity, title, specText }) => ({ lineId, quantity, title, specText })),
        recipientPhone: phone,
        isOrderShipped,
      };
    },

    async confirmReceipt(tx: Tx, buyerId: string, orderNo: string): Promise<void> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      if (!order) throw orderUnknown();
      if (order.status !== 'shipped') throw cannotReceive({ status: order.status });
      await complete(tx, order, '买家');
    },

    /** Claims a line for its one review. @returns what the review shows of it */
    async takeLineForReview(
      tx: Tx,
      buyerId: string,
      orderNo: string,
      lineId: string,
    ): Promise<{ shopId: string; spuId: string; skuId: string; specText: string; title: string }> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      if (!order) throw orderUnknown();
      if (order.status !== 'completed') throw cannotReview({ status: order.status });
      const line = (await repository.linesOf(tx, buyerId, [orderNo])).find((candidate) => candidate.lineId === lineId);
      if (!line) throw orderLineUnknown();
      if (line.refundedQuantity === line.quantity) throw cannotReview({ status: 'refunded' });
      if (!(await repository.markReviewed(tx, buyerId, orderNo, lineId, clock.now()))) throw alreadyReviewed();
      await repository.changeOrder(tx, order, { unreviewedLines: order.unreviewedLines - 1 });
      const { shopId, spuId, skuId, specText, title } = line;
      return { shopId, spuId, skuId, specText, title };
    },
  };
}

function mergeLines(lines: readonly { lineId: string; quantity: number }[]): { lineId: string; quantity: number }[] {
  const merged = new Map<string, number>();
  for (const { lineId, quantity } of lines) merged.set(lineId, (merged.get(lineId) ?? 0) + quantity);
  return [...merged].map(([lineId, quantity]) => ({ lineId, quantity }));
}
