/** WeChat Pay's three doors as ways to pay: one gateway, one number space, one kind of query, close and refund. */

import type { ChannelAdapter, Channels, OpenTrade } from './payments.channels.ts';
import { cutBytes, prepayLifeMs } from './payments.domain.ts';
import type { WechatPayGateway } from './payments.wechat.gateway.ts';

const descriptionBytes = 127;
/** An h5_url dies after five minutes. */
const h5LifeMs = 4 * 60_000;

export function wechatChannels(gateway: WechatPayGateway): Channels {
  const tradeOf = ({ attempt, total, description }: OpenTrade) => ({
    appId: attempt.appId,
    outTradeNo: attempt.outTradeNo,
    timeExpire: attempt.timeExpire,
    description: cutBytes(description, descriptionBytes),
    amount: total,
    attach: attempt.paymentId,
    isShared: attempt.isShared,
  });
  const common = {
    merchantId: gateway.mchId,
    query: ({ outTradeNo }) => gateway.query(outTradeNo),
    close: ({ outTradeNo }) => gateway.close(outTradeNo),
    refund: ({ outTradeNo, outRefundNo, amount, total, reason }) =>
      gateway.refund({ outTradeNo, outRefundNo, amount, total, reason }),
    queryRefund: ({ outRefundNo }) => gateway.queryRefund(outRefundNo),
  } satisfies Partial<ChannelAdapter>;
  return {
    wechat_jsapi: {
      ...common,
      handleMs: prepayLifeMs,
      open: async (trade) => ({
        handle: await gateway.prepay({ ...tradeOf(trade), openid: trade.attempt.openid }),
      }),
    },
    wechat_h5: {
      ...common,
      handleMs: h5LifeMs,
      open: async (trade) => ({
        handle: await gateway.prepayH5({ ...tradeOf(trade), payerIp: trade.attempt.payerIp }),
      }),
    },
    wechat_native: {
      ...common,
      handleMs: prepayLifeMs,
      open: async (trade) => ({ handle: await gateway.prepayNative(tradeOf(trade)) }),
    },
  };
}
