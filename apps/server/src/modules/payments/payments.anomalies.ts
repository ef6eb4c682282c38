/** The merchant's list of money that went wrong, and its resolution. Scope: the shop comes first. */
import type { PaymentAnomaly, PaymentAnomalyPage, PaymentAnomalyQuery } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { possibleDecisions } from './payments.decisions.ts';
import { anomalyNotFound, anomalyResolved } from './payments.errors.ts';
import type { AnomalyKind } from './payments.raise.ts';

const kindTexts: Record<AnomalyKind, string> = {
  amount_differs: '实付金额不符',
  merchant_differs: '收款商户不符',
  paid_twice: '重复付款',
  refund_amount_differs: '退款金额不符',
  refund_abnormal: '退款异常，资金未到账',
  refund_closed: '退款被支付机构关闭',
  refund_refused: '退款被拒绝',
  refund_needs_approval: '跨境退款待人工审核',
};
const countedAtMost = 10_000;

export type Anomalies = ReturnType<typeof createAnomalies>;

export function createAnomalies({ clock }: { clock: Clock }) {
  const ofShop = (db: Executor, shopId: string, state: PaymentAnomalyQuery['state']) =>
    db
      .selectFrom('payments.anomaly as anomaly')
      .where((eb) => eb(eb.val(shopId), '=', eb.fn.any('anomaly.shopIds')))
      .$if(state === 'open', (query) => query.where('anomaly.resolvedAt', 'is', null))
      .$if(state === 'resolved', (query) => query.where('anomaly.resolvedAt', 'is not', null));

  return {
    async list(
      db: Executor,
      shopId: string,
      { state, page, pageSize }: PaymentAnomalyQuery,
    ): Promise<PaymentAnomalyPage> {
      const rows = await ofShop(db, shopId, state)
        .innerJoin('payments.payment as payment', (join) =>
          join.onRef('payment.buyerId', '=', 'anomaly.buyerId').onRef('payment.paymentId', '=', 'anomaly.paymentId'),
        )
        .selectAll('anomaly')
        .select(['payment.status as paymentStatus', 'payment.orderNos'])
        .orderBy('anomaly.foundAt', 'desc')
        .orderBy('anomaly.anomalyId', 'desc')
        .limit(pageSize)
        .offset((page - 1) * pageSize)
        .execute();
      const { total } = await db
        .selectFrom(ofShop(db, shopId, state).select('anomaly.anomalyId').limit(countedAtMost).as('counted'))
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      const items = rows.map(
        (row): PaymentAnomaly => ({
          anomalyId: row.anomalyId,
          paymentId: row.paymentId,
          paymentStatus: row.paymentStatus,
          orderNos: row.orderNos,
          kind: row.kind as AnomalyKind,
          kindText: kindTexts[row.kind as AnomalyKind],
          expected: row.expected,
          actual: row.actual,
          detail: row.detail,
          currency: row.currency,
          decisions: row.resolvedAt ? [] : [...possibleDecisions[row.kind as AnomalyKind]],
          decision: row.decision as PaymentAnomaly['decision'],
          foundAt: row.foundAt.toISOString(),
          resolvedAt: row.resolvedAt?.toISOString() ?? null,
          resolvedBy: row.resolvedBy,
          note: row.note,
        }),
      );
      return { items, total, page, pageSize };
    },

    /** Writes down what people did about it, once. */
    async resolve(
      tx: Tx,
      shopId: string,
      { anomalyId, note, by }: { anomalyId: string; note: string; by: string },
    ): Promise<void> {
      const { numUpdatedRows } = await tx
        .updateTable('payments.anomaly')
        .set({ resolvedAt: clock.now(), resolvedBy: by, note })
        .where('anomalyId', '=', anomalyId)
        .where((eb) => eb(eb.val(shopId), '=', eb.fn.any('shopIds')))
        .where('resolvedAt', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 1n) return;
      const known = await ofShop(tx, shopId, undefined)
        .select('anomaly.anomalyId')
        .where('anomaly.anomalyId', '=', anomalyId)
        .executeTakeFirst();
      throw known ? anomalyResolved() : anomalyNotFound();
    },
  };
}
