/** Orders that are paid and must wait: let go once what they wait for has come, or given back when it never will. */
import type { Tx } from '#platform/database/database.ts';
import { canRefund } from './orders.domain.ts';
import type { Moves } from './orders.moves.ts';
import type { OrdersDeps } from './orders.ports.ts';
import * as repository from './orders.repository.ts';
import { createReturns } from './orders.returns.ts';

const paidAndKept: readonly string[] = ['paid', 'ready_for_pickup', 'shipped', 'completed'];

export function createHolding(deps: OrdersDeps, moves: Moves) {
  const { clock } = deps;
  const { refundPart } = createReturns(deps, moves);

  return {
    /** Whether it is paid, unrefunded and still waiting, under the order's lock. */
    async isHeld(tx: Tx, buyerId: string, orderNo: string): Promise<boolean> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      return order?.status === 'paid' && order.shippingHold !== null;
    },

    /** From now on it can be shipped. Asked again, or of an order that is on its way back: nothing happens. */
    async releaseShipping(tx: Tx, buyerId: string, orderNo: string, text: string): Promise<void> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      if (!order?.shippingHold) return;
      await repository.changeOrder(tx, order, { shippingHold: null });
      if (order.status === 'paid') await repository.addEvent(tx, order, { text, actor: '系统', at: clock.now() });
    },

    /** What it waited for will not come: the whole rest of its money goes back, once. @returns false when there was none to */
    async refundHeld(tx: Tx, buyerId: string, orderNo: string, reason: string): Promise<boolean> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      if (!order?.shippingHold || !canRefund(order)) return false;
      await moves.refund(tx, order, { reason, requestedBy: '系统' });
      return true;
    },

    /**
     * The price fell after it was paid: the difference of its one line goes back and the goods are kept. Never more than is
     * left of the line, and nothing of an order that already went back. @returns fen that are on their way
     */
    async refundDifference(
      tx: Tx,
      buyerId: string,
      orderNo: string,
      { refundNo, amount, reason }: { refundNo: string; amount: number; reason: string },
    ): Promise<number> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      if (!order || !paidAndKept.includes(order.status)) return 0;
      const [line] = await repository.linesOf(tx, buyerId, [orderNo]);
      const left = line ? Math.min(amount, line.payable - line.refundedAmount) : 0;
      if (!line || left <= 0) return 0;
      await refundPart(tx, buyerId, orderNo, {
        refundNo,
        reason,
        requestedBy: '系统',
        freight: 0,
        lines: [{ lineId: line.lineId, quantity: 0, amount: left, withdrawn: 0 }],
        kind: '退还差价',
      });
      return left;
    },
  };
}
