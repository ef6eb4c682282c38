/** What payments tell and ask: may it be paid now, it was paid, it was closed, money went back. */
import type { EventPayloads } from '@xiaopu/contracts';
import { formatYuan } from '@xiaopu/money';
import type { Tx } from '#platform/database/database.ts';
import { newTradeNo } from '#platform/ids.ts';
import { isBalanceOpen, isHeld } from './orders.domain.ts';
import { balanceOver, notPayable, orderUnknown, paymentWindowOver } from './orders.errors.ts';
import type { Moves } from './orders.moves.ts';
import * as paidWrites from './orders.paid.repository.ts';
import { holdUntil } from './orders.policies.ts';
import type { OrdersDeps } from './orders.ports.ts';
import type { RefundRow } from './orders.refund.repository.ts';
import * as refundRepository from './orders.refund.repository.ts';
import type { Order } from './orders.repository.ts';
import * as repository from './orders.repository.ts';
import { createPartSettling } from './orders.returns.ts';

export const closedUnpaid = '超时未支付，订单自动关闭';
/** Money for an order in any of these makes it paid, or goes back. */
const payable: ReadonlySet<string> = new Set(['pending_payment', 'deposit_paid', 'cancelled']);

export function createPaying({ clock, policies, outbox, inventory, payments, pickups }: OrdersDeps, moves: Moves) {
  const settlePart = createPartSettling({ clock, outbox, inventory });

  /** The balance of a presale: its stock is the order's already, so its payment may be opened anew until the window ends. */
  async function prepareBalance(tx: Tx, order: Order, atLeastUntil?: Date): Promise<{ prepayUntil: Date }> {
    const now = clock.now();
    const { buyerId, paymentId, balanceClosesAt, heldUntil, depositPaymentId } = order;
    if (depositPaymentId === null || !isBalanceOpen(order, now)) throw balanceOver();
    if (heldUntil && heldUntil >= (atLeastUntil ?? now)) return { prepayUntil: heldUntil };
    const prepayUntil = holdUntil(policies, now, balanceClosesAt as Date);
    await repository.changeOrder(tx, order, { heldUntil: prepayUntil });
    await payments.extend(tx, { buyerId, paymentId, prepayUntil });
    return { prepayUntil };
  }

  /** The deposit is in: the stock stays the order's, and the balance is waited for. */
  async function depositSucceeded(tx: Tx, order: Order, paidAt: Date): Promise<void> {
    const { buyerId, orderNo, shopId, deposit, status, cancelledBy } = order;
    if (status !== 'pending_payment' && status !== 'cancelled') return;
    const requestedBy = '系统';
    if (status === 'cancelled' && cancelledBy === 'buyer')
      return moves.refund(tx, order, { reason: '订单已取消，定金自动退回', requestedBy, paidAt });
    if (!(await moves.keepForPaid(tx, order)))
      return moves.refund(tx, order, { reason: '付款时预售名额已满，定金自动退回', requestedBy, paidAt });
    await repository.moveOrder(tx, order, 'deposit_paid', {
      depositPaidAt: paidAt,
      heldUntil: null,
      closeRequestedAt: null,
      cancelledAt: null,
      cancelledBy: null,
      cancelReason: null,
    });
    const text = `定金支付成功 ¥${formatYuan(deposit)}`;
    await repository.addEvent(tx, order, { text, actor: '买家', at: clock.now() });
    await outbox.publish(tx, 'orders.deposit_paid', { buyerId, orderNo, shopId, amount: deposit });
  }

  /** A balance that was paid although the order is on its way back: it goes back too. */
  async function returnBalance(tx: Tx, order: Order, paidAt: Date): Promise<void> {
    const amount = order.payable - order.deposit;
    const { buyerId, orderNo, shopId } = order;
    const refundNo = newTradeNo(buyerId, clock.now());
    const reason = '订单已退款，尾款自动退回';
    await repository.changeOrder(tx, order, { paidAt, refundedAmount: order.refundedAmount + amount });
    await outbox.publish(tx, 'orders.refund_requested', { buyerId, orderNo, shopId, refundNo, amount });
    // Drawn on the balance alone: the deposit went, or is going, by its own refund.
    await moves.sendBack(
      tx,
      { ...order, paidAt, refundedAmount: 0 },
      { refundNo, amount, reason, requestedBy: '系统' },
    );
  }

  /** @returns whether this money was a presale's deposit, or its balance come too late: nothing more is to be done */
  async function stageSucceeded(tx: Tx, order: Order, paidAt: Date = clock.now()): Promise<boolean> {
    if (order.deposit === 0) return false;
    if (order.depositPaidAt === null) {
      await depositSucceeded(tx, order, paidAt);
      return true;
    }
    if (order.paidAt !== null || (order.status !== 'refunding' && order.status !== 'refunded')) return false;
    await returnBalance(tx, order, paidAt);
    return true;
  }

  return {
    /**
     * Before each try to pay: the orders must be open and their stock held at least until `atLeastUntil`. A hold that has
     * ended (or would end too soon for a prepay) must be won anew, never past closing; short stock refuses it.
     */
    async preparePayment(
      tx: Tx,
      { buyerId, paymentId, atLeastUntil }: { buyerId: string; paymentId: string; atLeastUntil?: Date },
    ): Promise<{ prepayUntil: Date }> {
      const now = clock.now();
      const orders = await repository.lockOrdersOfPayment(tx, buyerId, paymentId);
      const [first] = orders;
      if (!first) throw orderUnknown();
      if (first.status === 'deposit_paid') return prepareBalance(tx, first, atLeastUntil);
      const settled = orders.find(({ status }) => status !== 'pending_payment');
      if (settled) throw notPayable({ status: settled.status });
      const { closesAt } = first;
      if (now >= closesAt || orders.some(({ closeRequestedAt }) => closeRequestedAt !== null))
        throw paymentWindowOver();

      const needed = atLeastUntil ?? now;
      const isEnough = orders.every((order) => isHeld(order, now) && (order.heldUntil as Date) >= needed);
      if (isEnough)
        return { prepayUntil: new Date(Math.min(...orders.map(({ heldUntil }) => (heldUntil as Date).getTime()))) };

      const prepayUntil = holdUntil(policies, now, closesAt);
      const lost = [];
      for (const order of orders) {
        // What the sweep has not given back yet is still ours: it only lasts longer.
        if (!(order.heldUntil && (await inventory.extend(tx, order.reservationId, prepayUntil)))) lost.push(order);
      }
      await moves.hold(tx, lost, prepayUntil);
      for (const order of orders) {
        await repository.changeOrder(tx, order, { heldUntil: prepayUntil });
        await repository.addEvent(tx, order, { text: '重新为你保留了库存', actor: '系统', at: now });
      }
      await payments.extend(tx, { buyerId, paymentId, prepayUntil });
      return { prepayUntil };
    },

    /**
     * Money is in. Any order of arrival, any number of times: each order is paid once, or its money goes back. Those whose
     * stock is still held, nearly all, go together: a handful of statements however many.
     */
    async paymentsSucceeded(tx: Tx, payloads: readonly EventPayloads['payments.payment_succeeded'][]): Promise<void> {
      const paidAtOf = new Map(payloads.map(({ paymentId, paidAt }) => [paymentId, new Date(paidAt)]));
      const orders = await paidWrites.lockOrdersOfPayments(tx, payloads);
      const staged = new Set<Order>();
      for (const order of orders) if (await stageSucceeded(tx, order, paidAtOf.get(order.paymentId))) staged.add(order);
      const whole = orders.filter((order) => !staged.has(order));
      const pending = whole.filter(({ status }) => status === 'pending_payment');
      // Places before stock, as placing takes them.
      const placeless = new Set<Order>();
      for (const order of whole) if (!isGivenUp(order) && !(await moves.keepPlace(tx, order))) placeless.add(order);
      const held = await inventory.confirmAll(
        tx,
        pending.map(({ reservationId }) => reservationId),
      );
      const now = clock.now();
      const atOnce = pending.filter(({ reservationId }) => held.has(reservationId));
      const paid = atOnce.map((order) => ({ ...order, paidAt: paidAtOf.get(order.paymentId) ?? now }));
      for (const order of whole) {
        const { buyerId, orderNo, status } = order;
        const paidAt = paidAtOf.get(order.paymentId) ?? now;
        if (!payable.has(status) || held.has(order.reservationId)) continue;
        if (isGivenUp(order)) {
          await moves.refund(tx, order, { reason: '订单已取消，款项自动退回', requestedBy: '系统', paidAt });
        } else if (placeless.has(order)) {
          await moves.refund(tx, order, { reason: '付款时取货时段已约满，款项自动退回', requestedBy: '系统', paidAt });
        } else if (await moves.keepForPaid(tx, order)) {
          paid.push({ ...order, paidAt });
        } else {
          if (order.storeId !== null) await pickups.release(tx, buyerId, orderNo);
          await moves.refund(tx, order, { reason: '付款时商品已售罄，款项自动退回', requestedBy: '系统', paidAt });
        }
      }
      if (paid.length === 0) return;
      const facts = await paidWrites.markPaid(
        tx,
        paid.map((order) => ({ ...order, text: paidText(order) })),
        now,
      );
      await outbox.publishAll(
        tx,
        paid.map(({ buyerId, orderNo, shopId, payable, coupons, shippingHold, pickup, goods }) => ({
          name: 'orders.order_paid',
          payload: {
            ...{ buyerId, orderNo, shopId, payable, ...(shippingHold && { shippingHold }) },
            ...(pickup && { storeName: pickup.name }),
            ...(goods !== 'physical' && { goods }),
            facts: { ...paidWrites.factsOf(facts.get(orderNo) ?? []), hasCoupons: coupons.length > 0 },
          },
        })),
      );
    },

    /** Closed at WeChat: nothing can be paid any more, so the orders close here (C10-PAY-10). */
    async paymentClosed(tx: Tx, { buyerId, paymentId }: EventPayloads['payments.payment_closed']): Promise<void> {
      for (const order of await repository.lockOrdersOfPayment(tx, buyerId, paymentId)) {
        if (order.status === 'pending_payment') await moves.cancel(tx, order, { reason: closedUnpaid, by: 'timer' });
        if (order.status === 'deposit_paid' && order.closeRequestedAt !== null) await moves.missBalance(tx, order);
      }
    },

    /** A failed refund keeps the order in refunding until people retry it; success gives the stock back. */
    async refundSettled(
      tx: Tx,
      { buyerId, orderNo, refundNo, outcome }: EventPayloads['payments.refund_settled'],
    ): Promise<void> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      const refund = await refundRepository.lockRefund(tx, buyerId, refundNo);
      if (!order || !refund || refund.orderNo !== orderNo || refund.status === 'succeeded') return;
      const now = clock.now();
      if (outcome === 'failed') {
        await refundRepository.changeRefund(tx, refund, {
          status: 'failed',
          settledAt: null,
          note: '微信支付退款异常，请核实后重试',
        });
        await repository.addEvent(tx, order, { text: '退款暂未成功，商家正在处理', actor: '系统', at: now });
        return;
      }
      await refundRepository.changeRefund(tx, refund, { status: 'succeeded', settledAt: now, note: '' });
      // A presale's refund may come in two parts, one a payment: it has settled with the second of them.
      const group =
        order.deposit > 0 ? await refundRepository.refundGroup(tx, buyerId, refund.partOf ?? refundNo) : [refund];
      const main = group.find(({ partOf }) => partOf === null) ?? refund;
      if (group.some((part) => part.refundNo !== refundNo && part.status !== 'succeeded')) {
        const text = `退款 ¥${formatYuan(refund.amount)} 已到账，其余在路上`;
        await repository.addEvent(tx, order, { text, actor: '系统', at: now });
        return;
      }
      await settle(tx, order, { ...main, amount: group.reduce((sum, { amount }) => sum + amount, 0) });
    },
  };

  async function settle(tx: Tx, order: Order, refund: RefundRow): Promise<void> {
    const { buyerId, orderNo, shopId } = order;
    const { refundNo, amount, lines } = refund;
    const now = clock.now();
    if (lines) return settlePart(tx, order, { ...refund, lines });
    // A balance that came late goes back by a refund of its own, perhaps after the order has.
    if (order.status !== 'refunded') await repository.moveOrder(tx, order, 'refunded', { refundedAt: now });
    await inventory.restock(tx, order.reservationId, '退款成功');
    await repository.addEvent(tx, order, { text: `退款 ¥${formatYuan(amount)} 已到账`, actor: '系统', at: now });
    await outbox.publish(tx, 'orders.order_refunded', { buyerId, orderNo, shopId, refundNo, amount });
  }
}

/** The buyer does not want it any more. */
const isGivenUp = ({ status, cancelledBy }: Order): boolean => status === 'cancelled' && cancelledBy === 'buyer';

const paidText = ({ deposit, payable: whole }: Order): string =>
  deposit > 0 ? `尾款支付成功 ¥${formatYuan(whole - deposit)}` : `付款成功 ¥${formatYuan(whole)}`;
