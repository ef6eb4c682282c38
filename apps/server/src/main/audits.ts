/**
 * Every check of every module, and the books that two modules keep of one thing. A module that joins adds its `…Audits` to
 * `checks`; a figure kept on two sides becomes a pair.
 */
import { judgeKeptHour, keptHourBook } from '../modules/analytics/index.ts';
import { couponAudits } from '../modules/coupons/index.ts';
import { distributionAudits } from '../modules/distribution/index.ts';
import { financeAudits } from '../modules/finance/index.ts';
import { groupBuyAudits } from '../modules/group-buy/index.ts';
import { inventoryAudits, reservationBook } from '../modules/inventory/index.ts';
import {
  orderAudits,
  orderHourBook,
  orderPaymentBook,
  orderRefundBook,
  orderReservationBook,
} from '../modules/orders/index.ts';
import { paymentAudits, paymentBook, paymentRefundBook } from '../modules/payments/index.ts';
import { pointsAudits } from '../modules/points/index.ts';
import type { AuditCheck, AuditPair } from '../platform/books.ts';
import { messagingAudits } from '../platform/messaging/messaging.audits.ts';

export const auditChecks: AuditCheck[] = [
  ...messagingAudits,
  ...inventoryAudits,
  ...orderAudits,
  ...paymentAudits,
  ...financeAudits,
  ...distributionAudits,
  ...groupBuyAudits,
  ...couponAudits,
  ...pointsAudits,
];

const yuan = (fen: number) => (fen / 100).toFixed(2);

/** @param moving keys that an event still on its way speaks of: the two sides may differ until it arrives */
export function auditPairs(moving: ReadonlySet<string>): AuditPair[] {
  const settled = <Row extends { key: string }>(row: Row | undefined) => row && !moving.has(row.key);
  return [
    {
      name: 'orders_and_payments',
      says: 'no payment without its order, no order without its payment, both of one amount and both paid or neither',
      left: orderPaymentBook,
      right: paymentBook,
      judge(orders, payment) {
        if (!orders) return payment && { expected: 'an order', actual: `only a payment of ${yuan(payment.amount)}` };
        if (!payment) return { expected: `a payment of ${yuan(orders.amount)}`, actual: 'none' };
        if (orders.amount !== payment.amount)
          return { expected: `orders of ${yuan(orders.amount)}`, actual: `a payment of ${yuan(payment.amount)}` };
        const isPaid = payment.state === 'succeeded';
        if (isPaid === (orders.state === 'paid') || !settled(payment)) return undefined;
        return { expected: isPaid ? 'orders paid' : `orders unpaid (payment ${payment.state})`, actual: orders.state };
      },
    },
    {
      name: 'orders_and_refunds',
      says: 'every refund of an order is one of its payment, of the same amount and with the same end',
      left: orderRefundBook,
      right: paymentRefundBook,
      judge(order, refund) {
        if (!order) return refund && { expected: 'a refund of an order', actual: `only money: ${yuan(refund.amount)}` };
        // Not approved, or refused: no money was asked for.
        if (!refund)
          return settled(order) && ['processing', 'succeeded', 'failed'].includes(order.state)
            ? { expected: `money back: ${yuan(order.amount)}`, actual: 'none' }
            : undefined;
        if (order.amount !== refund.amount) return { expected: yuan(order.amount), actual: yuan(refund.amount) };
        const isOver = (state: string) => state === 'succeeded' || state === 'failed';
        if (!settled(order) || (!isOver(order.state) && !isOver(refund.state)) || order.state === refund.state)
          return undefined;
        return { expected: `the order says ${order.state}`, actual: `the money is ${refund.state}` };
      },
    },
    {
      name: 'orders_and_reservations',
      says: 'no order without its stock, no stock kept for an order that does not need it',
      left: orderReservationBook,
      right: reservationBook,
      judge(order, reservation) {
        const kept = reservation?.amount ?? 0;
        if (!order) return kept > 0 ? { expected: 'an order', actual: `${kept} kept for none` } : undefined;
        if (order.state === 'refunding' || order.amount === kept) return undefined;
        return { expected: `${order.amount} for ${order.state}`, actual: `${kept} kept` };
      },
    },
    {
      name: 'analytics_and_orders',
      says: 'an hour that is kept as a sum is what its orders and refunds add up to',
      left: keptHourBook,
      right: orderHourBook,
      judge: judgeKeptHour,
    },
  ];
}
