/** WeChat Pay's three doors as ways to pay: one gateway, one number space, one kind of query, close and refund. */

import type { ChannelAdapter, Channels, OpenTrade } from './payments.channels.ts';
import { wholeOf } from './payments.combine.ts';
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
  const combinedOf = (trade: OpenTrade, more: object) => {
    const { appId, outTradeNo, timeExpire, description } = tradeOf(trade);
    return { appId, outTradeNo, timeExpire, description, parts: trade.attempt.parts ?? [], more };
  };
  const payerOf = ({ attempt }: OpenTrade) => ({ combine_payer_info: { openid: attempt.openid } });
  const sceneOf = ({ attempt }: OpenTrade) => ({
    scene_info: { payer_client_ip: attempt.payerIp, h5_info: { type: 'Wap' } },
  });
  const common = {
    merchantId: gateway.mchId,
    query: async ({ outTradeNo, parts }) =>
      parts ? wholeOf(await gateway.queryCombined(outTradeNo)) : gateway.query(outTradeNo),
    close: ({ outTradeNo, appId, parts }) =>
      parts ? gateway.closeCombined(outTradeNo, appId, parts) : gateway.close(outTradeNo),
    refund: ({ outTradeNo, outRefundNo, amount, total, reason, subMchId }) =>
      gateway.refund({ outTradeNo, outRefundNo, amount, total, reason, ...(subMchId ? { subMchId } : {}) }),
    queryRefund: ({ outRefundNo, subMchId }) => gateway.queryRefund(outRefundNo, subMchId),
  } satisfies Partial<ChannelAdapter>;
  return {
    wechat_jsapi: {
      ...common,
      handleMs: prepayLifeMs,
      open: async (trade) => ({
        handle: trade.attempt.parts
          ? (await gateway.combine<{ prepay_id: string }>('jsapi', combinedOf(trade, payerOf(trade)))).prepay_id
          : await gateway.prepay({ ...tradeOf(trade), openid: trade.attempt.openid }),
      }),
    },
    wechat_h5: {
      ...common,
      handleMs: h5LifeMs,
      open: async (trade) => ({
        handle: trade.attempt.parts
          ? (await gateway.combine<{ h5_url: string }>('h5', combinedOf(trade, sceneOf(trade)))).h5_url
          : await gateway.prepayH5({ ...tradeOf(trade), payerIp: trade.attempt.payerIp }),
      }),
    },
    wechat_native: {
      ...common,
      handleMs: prepayLifeMs,
      open: async (trade) => ({
        handle: trade.attempt.parts
          ? (await gateway.combine<{ code_url: string }>('native', combinedOf(trade, {}))).code_url
          : await gateway.prepayNative(tradeOf(trade)),
      }),
    },
  };
}
