/**
 * Deductions under a contract the shopper signed (委托代扣) as a way to pay that only the shop starts. Apply, notice and query
 * end as with any trade. Unverified against the real host: that the ordinary query finds such a trade.
 */
import { type ChannelAdapter, ChannelError } from './payments.channels.ts';
import { cutBytes } from './payments.domain.ts';
import type { WechatPayGateway } from './payments.wechat.gateway.ts';

const descriptionBytes = 127;
/** Sending it again under its number is safe, and needless while it is under way. */
const applyLifeMs = 24 * 3_600_000;

export const papayChannel = (gateway: WechatPayGateway, publicBaseUrl: string): ChannelAdapter => ({
  merchantId: gateway.mchId,
  handleMs: applyLifeMs,
  async open({ attempt, total, description }) {
    await gateway.ask({
      method: 'POST',
      path: '/v3/papay/pay/transactions/apply',
      body: {
        appid: attempt.appId,
        out_trade_no: attempt.outTradeNo,
        description: cutBytes(description, descriptionBytes),
        transaction_notify_url: `${publicBaseUrl}/api/notify/wechat-pay/payment`,
        contract_id: attempt.channelTradeId,
        attach: attempt.paymentId,
        amount: { total, currency: 'CNY' },
      },
    });
    return { handle: 'applied', channelTradeId: attempt.channelTradeId ?? '' };
  },
  query: ({ outTradeNo }) => gateway.query(outTradeNo),
  // Nobody can stop a deduction that was accepted: it ends by itself, and until then it may still be paid.
  async close({ outTradeNo }) {
    const { trade_state: state } = await gateway.query(outTradeNo);
    if (state === 'SUCCESS' || state === 'REFUND') throw new ChannelError('paid', 'ORDERPAID', 'deducted');
    if (state !== 'CLOSED' && state !== 'PAYERROR' && state !== 'REVOKED')
      throw new ChannelError('unreachable', 'DEDUCTION_UNDER_WAY', 'not settled yet');
  },
  refund: ({ outTradeNo, outRefundNo, amount, total, reason }) =>
    gateway.refund({ outTradeNo, outRefundNo, amount, total, reason }),
  queryRefund: ({ outRefundNo }) => gateway.queryRefund(outRefundNo),
});
