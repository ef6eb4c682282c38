/** Notices are what WeChat Pay told us of each payment: proofs, kept as long as trade. Payments and refunds themselves stay. */
import { sql } from 'kysely';
import { definePolicy } from '#platform/policy.ts';
import type { RetentionRule } from '#platform/retention.ts';
import type {} from './payments.tables.ts';

const noticeDays = definePolicy({
  key: 'retention.payment_notice_days',
  scope: 'install',
  title: '支付通知凭证保留',
  unit: '天',
  defaultValue: 1_095,
  minimum: 1_095,
  maximum: 10_950,
});

export const paymentRetention: RetentionRule[] = [
  {
    key: 'payments.notices',
    title: '支付通知凭证',
    basis: '与交易同期，不少于三年；支付单、退款单与流水号长期留账',
    limit: noticeDays,
    async purge(tx, before, most) {
      const { rows } = await sql`
        delete from payments.notice where notice_id in (
          select notice_id from payments.notice where received_at < ${before} limit ${most}) returning 1`.execute(tx);
      return rows.length;
    },
  },
];
