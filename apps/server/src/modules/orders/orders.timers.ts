/** The two timers of X-10 and the automatic receipt. Each asks the database what is due, so a restart loses nothing. */
import type { Database } from '#platform/database/database.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import * as dueRepository from './orders.due.repository.ts';
import type { Moves } from './orders.moves.ts';
import type { PickingUp } from './orders.pickup.ts';
import type { OrdersDeps } from './orders.ports.ts';
import type { Receiving } from './orders.receive.ts';
import * as repository from './orders.repository.ts';

const batchSize = 50;
const everyMs = 1_000;

export function createOrderSweeps(
  { clock, inventory, payments }: Pick<OrdersDeps, 'clock' | 'inventory' | 'payments'>,
  moves: Pick<Receiving, 'complete'> & Pick<Moves, 'missBalance'> & Pick<PickingUp, 'giveUpPickups'>,
  database: Database,
): Sweep[] {
  const { db, inTransaction } = database;

  /** One transaction a payment; one that fails does not stop the others. */
  async function forEach(
    due: dueRepository.DuePayment[],
    act: (payment: dueRepository.DuePayment) => Promise<number>,
  ): Promise<number> {
    const outcomes = [];
    for (const payment of due) outcomes.push(await act(payment).catch((error: unknown) => ({ error })));
    const failed = outcomes.find((outcome) => typeof outcome === 'object');
    const handled = outcomes.reduce<number>((sum, outcome) => sum + (typeof outcome === 'number' ? outcome : 0), 0);
    // Only when nothing moved: otherwise the next round tries the failed ones again by itself.
    if (failed && handled === 0) throw failed.error;
    return handled;
  }

  return [
    {
      /** T+15:00: stock goes back, the order stays and shows that it is no longer kept. */
      name: 'orders.release_holds',
      everyMs,
      run: async () =>
        forEach(await dueRepository.paymentsWithHoldDue(db, clock.now(), batchSize), ({ buyerId, paymentId }) =>
          inTransaction(async (tx) => {
            const now = clock.now();
            const due = (await repository.lockOrdersOfPayment(tx, buyerId, paymentId)).filter(
              ({ status, heldUntil }) => status === 'pending_payment' && heldUntil !== null && heldUntil <= now,
            );
            for (const order of due) {
              await inventory.release(tx, order.reservationId, '超时未付款');
              await repository.changeOrder(tx, order, { heldUntil: null });
              await repository.addEvent(tx, order, { text: '库存保留时间已到', actor: '系统', at: now });
            }
            return due.length;
          }),
        ),
    },
    {
      /** T+30:00: closed at WeChat first; payments.payment_closed then closes the orders (C10-PAY-10). */
      name: 'orders.close_unpaid',
      everyMs,
      run: async () =>
        forEach(await dueRepository.paymentsToClose(db, clock.now(), batchSize), ({ buyerId, paymentId }) =>
          inTransaction(async (tx) => {
            const now = clock.now();
            const due = (await repository.lockOrdersOfPayment(tx, buyerId, paymentId)).filter(
              ({ status, closeRequestedAt, closesAt }) =>
                status === 'pending_payment' && closeRequestedAt === null && closesAt <= now,
            );
            if (due.length === 0) return 0;
            for (const order of due) await repository.changeOrder(tx, order, { closeRequestedAt: now });
            await payments.requestClose(tx, { buyerId, paymentId });
            return due.length;
          }),
        ),
    },
    {
      /** A balance that was asked for is closed at WeChat first, as an order is; payments.payment_closed then comes here. */
      name: 'orders.miss_balances',
      everyMs,
      run: async () =>
        forEach(await dueRepository.balancesMissed(db, clock.now(), batchSize), ({ buyerId, paymentId }) =>
          inTransaction(async (tx) => {
            const now = clock.now();
            const [order] = (await repository.lockOrdersOfPayment(tx, buyerId, paymentId)).filter(
              ({ status, closeRequestedAt, balanceClosesAt }) =>
                status === 'deposit_paid' &&
                closeRequestedAt === null &&
                balanceClosesAt !== null &&
                balanceClosesAt <= now,
            );
            if (!order) return 0;
            await repository.changeOrder(tx, order, { closeRequestedAt: now });
            if (order.depositPaymentId === null) await moves.missBalance(tx, { ...order, closeRequestedAt: now });
            else await payments.requestClose(tx, { buyerId, paymentId });
            return 1;
          }),
        ),
    },
    {
      name: 'orders.expire_pickups',
      everyMs: 10 * everyMs,
      run: () => inTransaction((tx) => moves.giveUpPickups(tx, batchSize)),
    },
    {
      name: 'orders.auto_receive',
      everyMs: 10 * everyMs,
      run: () =>
        inTransaction(async (tx) => {
          const orders = await dueRepository.lockOrdersToReceive(tx, clock.now(), batchSize);
          for (const order of orders) await moves.complete(tx, order, '系统');
          return orders.length;
        }),
    },
  ];
}
