/** Profit sharing of WeChat Pay for one merchant. Every call repeats safely under its own number. */
import type { WechatPayClient } from './payouts.gateway.ts';

export interface WechatShare {
  out_order_no: string;
  state: 'PROCESSING' | 'FINISHED';
  receivers: { account: string; amount: number; result: 'PENDING' | 'SUCCESS' | 'CLOSED'; fail_reason?: string }[];
}
export interface WechatReturn {
  out_return_no: string;
  amount: number;
  result: 'PROCESSING' | 'SUCCESS' | 'FAILED';
  fail_reason?: string;
}
export type ShareGateway = ReturnType<typeof createShareGateway>;

const root = '/v3/profitsharing';

export function createShareGateway({ client, appId }: { client: WechatPayClient; appId: string }) {
  return {
    async addReceiver(account: string, name: string): Promise<void> {
      const { serial, sealed } = await client.seal(name);
      const body = { appid: appId, type: 'MERCHANT_ID', account, name: sealed, relation_type: 'PARTNER' };
      await client.ask({ method: 'POST', path: `${root}/receivers/add`, serial, body });
    },
    async removeReceiver(account: string): Promise<void> {
      const body = { appid: appId, type: 'MERCHANT_ID', account };
      await client.ask({ method: 'POST', path: `${root}/receivers/delete`, body });
    },
    share: (order: {
      transactionId: string;
      outOrderNo: string;
      unfreezes: boolean;
      parts: { account: string; amount: number; description: string }[];
    }): Promise<WechatShare> =>
      client.call({
        method: 'POST',
        path: `${root}/orders`,
        body: {
          appid: appId,
          transaction_id: order.transactionId,
          out_order_no: order.outOrderNo,
          receivers: order.parts.map(({ account, amount, description }) => ({
            type: 'MERCHANT_ID',
            account,
            amount,
            description,
          })),
          unfreeze_unsplit: order.unfreezes,
        },
      }),
    /** Nothing more is shared of this trade: what is frozen becomes ours. Its number is a share's number. */
    unfreeze: (order: { transactionId: string; outOrderNo: string }): Promise<WechatShare> =>
      client.call({
        method: 'POST',
        path: `${root}/orders/unfreeze`,
        body: { transaction_id: order.transactionId, out_order_no: order.outOrderNo, description: '解冻全部剩余资金' },
      }),
    queryShare: (outOrderNo: string, transactionId: string): Promise<WechatShare> =>
      client.ask({
        method: 'GET',
        path: `${root}/orders/${encodeURIComponent(outOrderNo)}?transaction_id=${encodeURIComponent(transactionId)}`,
      }),
    giveBack: (given: {
      outOrderNo: string;
      outReturnNo: string;
      account: string;
      amount: number;
    }): Promise<WechatReturn> =>
      client.call({
        method: 'POST',
        path: `${root}/return-orders`,
        body: {
          out_order_no: given.outOrderNo,
          out_return_no: given.outReturnNo,
          return_mchid: given.account,
          amount: given.amount,
          description: '用户退款',
        },
      }),
    queryReturn: (outReturnNo: string, outOrderNo: string): Promise<WechatReturn> =>
      client.ask({
        method: 'GET',
        path: `${root}/return-orders/${encodeURIComponent(outReturnNo)}?out_order_no=${encodeURIComponent(outOrderNo)}`,
      }),
  };
}
