/** What silence decides: the shop's agrees or receives, the buyer's closes. The database says what is due. */
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { AppError } from '#platform/errors.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { exchangeOutOfStock } from './after-sales.errors.ts';
import { type Held, type Moves, system } from './after-sales.moves.ts';
import type { AfterSalesDeps } from './after-sales.ports.ts';
import * as repository from './after-sales.repository.ts';

type Key = { buyerId: string; caseNo: string; orderNo: string };

const batchSize = 50;
const everyMs = 5_000;

export function createTimers(
  { clock }: Pick<AfterSalesDeps, 'clock'>,
  moves: Moves,
  hold: (tx: Tx, key: Key) => Promise<Held>,
) {
  return {
    due: (db: Executor): Promise<Key[]> => repository.dueCases(db, clock.now(), batchSize),

    /** @returns 1 when the case moved; looked at again under the lock, so that it moves once */
    async timeOut(tx: Tx, key: Key): Promise<number> {
      const held = await hold(tx, key);
      const { found } = held;
      if (!found.deadline || found.deadline > clock.now()) return 0;
      switch (found.status) {
        case 'applied':
          // What was delivered or used goes back only if somebody says so (C12-CON-02).
          if (held.order.goods !== 'physical' && held.order.status === 'completed')
            await moves.step(tx, found, 'escalated', {
              ...{ text: '商家逾期未处理，平台介入', actor: system, escalatedAt: clock.now() },
            });
          else await agreeBySilence(tx, held);
          break;
        case 'returned':
          await moves.receive(tx, held, { actor: system, text: '商家逾期未处理，自动确认收货', restock: true });
          break;
        case 'exchanging':
          await turnIntoRefund(tx, held, '商家逾期未寄出，自动退款');
          break;
        case 'sent':
          await moves.step(tx, found, 'completed', { text: '逾期自动确认收到新商品', actor: system });
          break;
        case 'returning':
          await moves.close(tx, found, { text: '买家逾期未寄回，售后关闭', actor: system });
          break;
        case 'refused':
        case 'offered':
          await moves.close(tx, found, { text: '买家逾期未回应，售后关闭', actor: system });
          break;
        default:
          await repository.changeCase(tx, found, { deadline: null });
      }
      return 1;
    },
  };

  async function agreeBySilence(tx: Tx, held: Held): Promise<void> {
    const text = '商家逾期未处理，自动同意';
    try {
      await moves.agree(tx, held, { actor: system, text });
    } catch (error) {
      if (!(error instanceof AppError && error.code === exchangeOutOfStock.code)) throw error;
      // Nothing to exchange for: the goods come back for money instead.
      const found = await moves.asReturn(tx, held);
      await moves.agree(
        tx,
        { order: held.order, found },
        { actor: system, text: `${text}；换货商品缺货，改为退货退款` },
      );
    }
  }

  async function turnIntoRefund(tx: Tx, held: Held, text: string): Promise<void> {
    await moves.giveExchangeBack(tx, held.found, text);
    const found = await moves.asReturn(tx, held);
    await moves.refund(tx, { order: held.order, found }, { actor: system, text });
  }
}

/** One transaction a case; one that fails does not stop the others. */
export function afterSalesSweep(
  afterSales: ReturnType<typeof createTimers>,
  { db, inTransaction }: Pick<Database, 'db' | 'inTransaction'>,
): Sweep {
  return {
    name: 'after_sales.deadlines',
    everyMs,
    async run() {
      let handled = 0;
      let failure: unknown;
      for (const key of await afterSales.due(db)) {
        try {
          handled += await inTransaction((tx) => afterSales.timeOut(tx, key));
        } catch (error) {
          failure = error;
        }
      }
      // Only when nothing moved: otherwise the next round tries the failed ones again by itself.
      if (failure && handled === 0) throw failure;
      return handled;
    },
  };
}
