/** The door of Pay Score: writes down what to do; the sweep tells WeChat and follows it. */
import type { ScoreStatus, ScoreView } from '@xiaopu/contracts';
import type { Selectable } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { newTradeNo } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import { isOver } from './pay-score.domain.ts';
import * as errors from './pay-score.errors.ts';
import { payScoreOn } from './pay-score.policies.ts';

export type ServiceOrder = Selectable<Tables['payScore.serviceOrder']>;
export interface OpenScore {
  scoreId: string;
  buyerId: string;
  shopId: string;
  openid: string;
  /** Shown to the buyer, at most 20 characters. */
  introduction: string;
  limit: number;
}
interface ScoreKey {
  buyerId: string;
  scoreId: string;
}
export type PayScore = ReturnType<typeof createPayScore>;

export const findOrder = (db: Executor, { buyerId, scoreId }: ScoreKey): Promise<ServiceOrder | undefined> =>
  db
    .selectFrom('payScore.serviceOrder')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('scoreId', '=', scoreId)
    .executeTakeFirst();
export const lockOrder = (tx: Tx, { buyerId, scoreId }: ScoreKey): Promise<ServiceOrder | undefined> =>
  tx
    .selectFrom('payScore.serviceOrder')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('scoreId', '=', scoreId)
    .forUpdate()
    .executeTakeFirst();

export function createPayScore({
  clock,
  policies,
  isSandbox,
}: {
  clock: Clock;
  policies: Policies;
  isSandbox: boolean;
}) {
  const want = (tx: Tx, { buyerId, scoreId }: ScoreKey, change: Partial<ServiceOrder>) =>
    tx
      .updateTable('payScore.serviceOrder')
      .set({ ...change, nextAttemptAt: clock.now() })
      .where('buyerId', '=', buyerId)
      .where('scoreId', '=', scoreId)
      .execute();

  return {
    isOpen: (): boolean => isSandbox || policies.get(payScoreOn) === 1,

    /** Idempotent by scoreId. Result: pay_score.agreed, or pay_score.ended. */
    async open(tx: Tx, { scoreId, buyerId, shopId, openid, introduction, limit }: OpenScore): Promise<void> {
      if (!Number.isSafeInteger(limit) || limit <= 0) throw new RangeError(`not an amount in fen: ${limit}`);
      if (!this.isOpen()) throw errors.scoreOff();
      const now = clock.now();
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('payScore.serviceOrder')
        .values({
          buyerId,
          scoreId,
          shopId,
          outOrderNo: newTradeNo(buyerId, now),
          openid,
          introduction: [...introduction].slice(0, 20).join(''),
          ceiling: limit,
          total: null,
          status: 'requested',
          wanted: null,
          reason: null,
          package: null,
          transactionId: null,
          nextAttemptAt: now,
          claimedUntil: null,
          lastError: null,
          requestedAt: now,
          paidAt: null,
        })
        .onConflict((conflict) => conflict.columns(['buyerId', 'scoreId']).doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 1n) return;
      const existing = await findOrder(tx, { buyerId, scoreId });
      if (existing?.ceiling !== limit || existing.openid !== openid) throw errors.scoreNumberTaken();
    },

    /** The service is done: WeChat debits `total`. Idempotent; another total is refused. Result: pay_score.paid. */
    async complete(tx: Tx, { buyerId, scoreId, total }: ScoreKey & { total: number }): Promise<void> {
      const order = await lockOrder(tx, { buyerId, scoreId });
      if (!order) throw errors.scoreNotFound();
      if (order.wanted === 'complete') {
        if (order.total !== total) throw errors.scoreNumberTaken();
        return;
      }
      if (order.status !== 'agreed' || order.wanted !== null) throw errors.scoreNotAgreed();
      if (!Number.isSafeInteger(total) || total < 0) throw new RangeError(`not an amount in fen: ${total}`);
      if (total > order.ceiling) throw errors.scoreOverLimit({ limit: order.ceiling, total });
      await want(tx, order, { wanted: 'complete', total });
    },

    async cancel(tx: Tx, { buyerId, scoreId, reason }: ScoreKey & { reason: string }): Promise<void> {
      const order = await lockOrder(tx, { buyerId, scoreId });
      if (!order) throw errors.scoreNotFound();
      if (order.wanted === 'cancel' || order.status === 'revoked') return;
      const cancellable: ScoreStatus[] = ['requested', 'awaiting_confirmation', 'agreed'];
      if (order.wanted !== null || !cancellable.includes(order.status)) throw errors.scoreNotCancellable();
      await want(tx, order, { wanted: 'cancel', reason: [...reason].slice(0, 50).join('') });
    },

    /** @throws pay_score.not_found, also for another buyer's */
    async view(db: Executor, buyerId: string, scoreId: string): Promise<ScoreView> {
      const order = await findOrder(db, { buyerId, scoreId });
      if (!order) throw errors.scoreNotFound();
      return {
        scoreId,
        status: order.status,
        limit: order.ceiling,
        total: order.total,
        package: order.status === 'awaiting_confirmation' && order.wanted === null ? order.package : null,
        requestedAt: order.requestedAt.toISOString(),
        paidAt: order.paidAt?.toISOString() ?? null,
      };
    },
    isOver: (order: ServiceOrder) => isOver(order.status),
  };
}
