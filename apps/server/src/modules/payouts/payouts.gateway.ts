/** The payout products of WeChat Pay. Signing, verifying and sealing belong to the client passed in. Never in a transaction. */
import type { PayoutScene } from '@xiaopu/contracts/console';
import { perceptionOf, remarkOf, reportsOf, type TransferState } from './payouts.domain.ts';

export interface WechatCall {
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  serial?: string;
}
/** What payouts need of the WeChat Pay gateway. */
export interface WechatPayClient {
  mchId: string;
  call<T>(request: WechatCall): Promise<T>;
  /** Tried a second time when the first met silence. */
  ask<T>(request: WechatCall): Promise<T>;
  seal(plain: string): Promise<{ serial: string; sealed: string }>;
  openNotice(
    rawBody: string,
    header: (name: string) => string | undefined,
  ): Promise<{ id: string; eventType: string; resource: unknown } | string>;
}
/** Why a call failed, in the words of the WeChat Pay gateway; undefined: not its error. */
export type ProblemOf = (error: unknown) => string | undefined;

export interface TransferBill {
  out_bill_no: string;
  transfer_bill_no: string;
  state: TransferState;
  package_info?: string;
  fail_reason?: string;
  /** Absent in the reply to a creation. */
  transfer_amount?: number;
  openid?: string;
  mch_id?: string;
}
export interface TransferOrder {
  appId: string;
  outBillNo: string;
  scene: PayoutScene;
  sceneId: string;
  openid: string;
  amount: number;
  reason: string;
  payeeName: string | null;
}

export type PayoutGateway = ReturnType<typeof createPayoutGateway>;

const bills = '/v3/fund-app/mch-transfer/transfer-bills';
export const transferNoticePath = '/api/notify/wechat-pay/transfer';

export function createPayoutGateway({ client, publicBaseUrl }: { client: WechatPayClient; publicBaseUrl: string }) {
  return {
    mchId: client.mchId,
    openNotice: client.openNotice,

    /** Same number and same params answer the same bill, so that its package can be fetched again. */
    async transfer(order: TransferOrder): Promise<TransferBill> {
      const name = order.payeeName === null ? undefined : await client.seal(order.payeeName);
      return client.call({
        method: 'POST',
        path: bills,
        ...(name ? { serial: name.serial } : {}),
        body: {
          appid: order.appId,
          out_bill_no: order.outBillNo,
          transfer_scene_id: order.sceneId,
          openid: order.openid,
          ...(name ? { user_name: name.sealed } : {}),
          transfer_amount: order.amount,
          transfer_remark: remarkOf(order.reason),
          notify_url: publicBaseUrl + transferNoticePath,
          user_recv_perception: perceptionOf[order.scene],
          transfer_scene_report_infos: reportsOf(order.scene, order.reason),
        },
      });
    },
    queryTransfer: (outBillNo: string): Promise<TransferBill> =>
      client.ask({ method: 'GET', path: `${bills}/out-bill-no/${encodeURIComponent(outBillNo)}` }),
    cancelTransfer: (outBillNo: string): Promise<TransferBill> =>
      client.ask({ method: 'POST', path: `${bills}/out-bill-no/${encodeURIComponent(outBillNo)}/cancel` }),
  };
}
