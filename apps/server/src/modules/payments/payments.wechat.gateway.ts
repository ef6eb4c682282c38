/** What the shop asks of WeChat Pay v3, product by product; how a call is signed and verified is `payments.wechat.client.ts`. */
import { problemOf } from './payments.channels.ts';
import {
  createWechatPayClient,
  type GatewayDeps,
  type NoticeRefusal,
  WechatPayError,
} from './payments.wechat.client.ts';
import {
  authorizationOf,
  newNonce,
  openFieldText,
  openSealed,
  payParamsOf,
  type SealedResource,
  sealText,
} from './payments.wechat.signature.ts';
import type { CombinedTransaction, Notice, Transaction, WechatRefund } from './payments.wechat.types.ts';

export interface Trade {
  appId: string;
  outTradeNo: string;
  description: string;
  amount: number;
  timeExpire: Date;
  attach: string;
  /** The money stays frozen at WeChat until it is shared with partners or set free. */
  isShared?: boolean;
}
export interface Prepay extends Trade {
  openid: string;
}
export interface RefundRequest {
  outTradeNo: string;
  outRefundNo: string;
  amount: number;
  total: number;
  reason: string;
  /** Of a combined trade's part. */
  subMchId?: string | null;
}
export interface BillTicket {
  hash_type: 'SHA1';
  hash_value: string;
  download_url: string;
}
export interface CombinedTrade {
  appId: string;
  outTradeNo: string;
  timeExpire: Date;
  description: string;
  parts: { outTradeNo: string; orderNo: string; subMchId: string; amount: number }[];
  /** Payer or scene, by product. */
  more: object;
}
export type WechatPayGateway = ReturnType<typeof createWechatPayGateway>;

const billTimeoutMs = 600_000;
const noticePaths = { payment: '/api/notify/wechat-pay/payment', refund: '/api/notify/wechat-pay/refund' };
const rfc3339 = (at: Date) => `${new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;

export function createWechatPayGateway(deps: GatewayDeps) {
  const { config, publicBaseUrl } = deps;
  const client = createWechatPayClient(deps);
  const { call, callTwice, downloadCertificates, keys, merchant, nowSeconds, refusalOf } = client;

  const place = <T>(product: 'jsapi' | 'h5' | 'native', trade: Trade, more: object): Promise<T> =>
    callTwice<T>({
      method: 'POST',
      path: `/v3/pay/transactions/${product}`,
      body: {
        appid: trade.appId,
        mchid: config.mchId,
        description: trade.description,
        out_trade_no: trade.outTradeNo,
        time_expire: rfc3339(trade.timeExpire),
        attach: trade.attach,
        notify_url: publicBaseUrl + noticePaths.payment,
        amount: { total: trade.amount, currency: 'CNY' },
        ...(trade.isShared ? { settle_info: { profit_sharing: true } } : {}),
        ...more,
      },
    });

  return {
    mchId: config.mchId,

    /**
     * One harmless signed question: do merchant number, serial, private key and, with certificates, the APIv3 key fit
     * together in WeChat's eyes? `unknown` when WeChat does not answer: that is no reason to stay closed.
     */
    async checkKeys(): Promise<'fit' | 'mismatched' | 'unknown'> {
      try {
        if (config.publicKeyId === undefined) await downloadCertificates();
        else
          await callTwice({ method: 'GET', path: `/v3/pay/transactions/out-trade-no/KEYCHECK?mchid=${config.mchId}` });
        return 'fit';
      } catch (error) {
        const problem = problemOf(error);
        if (problem === 'absent') return 'fit';
        return problem === 'unreachable' ? 'unknown' : 'mismatched';
      }
    },

    /** For the products beside payment and refund: one signed call, its reply verified. Not repeated here. */
    call,
    /** The same for reads and for calls whose repetition changes nothing. */
    ask: callTwice,
    /** A personal field sealed for WeChat, and the serial of the key used, which must go along as `serial`. */
    async seal(plain: string): Promise<{ serial: string; sealed: string }> {
      const sealing = await keys.sealingKey();
      if (!sealing) throw new WechatPayError('unreachable', 'NO_PLATFORM_KEY', 'no key to seal with');
      return { serial: sealing.serial, sealed: sealText(plain, sealing.key) };
    },

    /** A personal field that WeChat sealed for this merchant. */
    openField: (sealed: string): string => openFieldText(sealed, merchant.privateKey),

    /** Same number and same params give a fresh prepay_id while unpaid, so a second try is safe. */
    async prepay({ openid, ...trade }: Prepay): Promise<string> {
      const { prepay_id } = await place<{ prepay_id: string }>('jsapi', trade, { payer: { openid } });
      return prepay_id;
    },

    /** The page of a phone's browser that opens WeChat; it lives five minutes. The same address must be told each time. */
    async prepayH5({ payerIp, ...trade }: Trade & { payerIp: string }): Promise<string> {
      const scene = { payer_client_ip: payerIp, h5_info: { type: 'Wap' } };
      const { h5_url } = await place<{ h5_url: string }>('h5', trade, { scene_info: scene });
      return h5_url;
    },

    /** The text of a QR code, to be scanned with WeChat. */
    async prepayNative(trade: Trade): Promise<string> {
      const { code_url } = await place<{ code_url: string }>('native', trade, {});
      return code_url;
    },

    /** One sheet for several sub-merchants' orders (A8). The whole is all-or-nothing. */
    async combine<T>(product: 'jsapi' | 'h5' | 'native', trade: CombinedTrade): Promise<T> {
      return callTwice<T>({
        method: 'POST',
        path: `/v3/combine-transactions/${product}`,
        body: {
          combine_appid: trade.appId,
          combine_mchid: config.mchId,
          combine_out_trade_no: trade.outTradeNo,
          time_expire: rfc3339(trade.timeExpire),
          notify_url: publicBaseUrl + noticePaths.payment,
          sub_orders: trade.parts.map((part) => ({
            mchid: config.mchId,
            sub_mchid: part.subMchId,
            out_trade_no: part.outTradeNo,
            attach: part.orderNo,
            description: trade.description,
            amount: { total_amount: part.amount, currency: 'CNY' },
          })),
          ...trade.more,
        },
      });
    },
    queryCombined: (outTradeNo: string): Promise<CombinedTransaction> =>
      callTwice({
        method: 'GET',
        path: `/v3/combine-transactions/out-trade-no/${encodeURIComponent(outTradeNo)}`,
      }),
    /** Must name exactly the parts it was placed with. */
    closeCombined: (outTradeNo: string, appId: string, parts: CombinedTrade['parts']): Promise<void> =>
      callTwice({
        method: 'POST',
        path: `/v3/combine-transactions/out-trade-no/${encodeURIComponent(outTradeNo)}/close`,
        body: {
          combine_appid: appId,
          sub_orders: parts.map((part) => ({
            mchid: config.mchId,
            sub_mchid: part.subMchId,
            out_trade_no: part.outTradeNo,
          })),
        },
      }),

    query: (outTradeNo: string): Promise<Transaction> =>
      callTwice({
        method: 'GET',
        path: `/v3/pay/transactions/out-trade-no/${encodeURIComponent(outTradeNo)}?mchid=${config.mchId}`,
      }),

    /** Closing a closed order is fine; `paid` and `absent` come as errors. */
    close: (outTradeNo: string): Promise<void> =>
      callTwice({
        method: 'POST',
        path: `/v3/pay/transactions/out-trade-no/${encodeURIComponent(outTradeNo)}/close`,
        body: { mchid: config.mchId },
      }),

    /** Sent once: when no answer comes, ask with {@link queryRefund} before sending again (A4). */
    refund: ({ outTradeNo, outRefundNo, amount, total, reason, subMchId }: RefundRequest): Promise<WechatRefund> =>
      call({
        method: 'POST',
        path: '/v3/refund/domestic/refunds',
        body: {
          ...(subMchId ? { sub_mchid: subMchId } : {}),
          out_trade_no: outTradeNo,
          out_refund_no: outRefundNo,
          ...(reason ? { reason } : {}),
          notify_url: publicBaseUrl + noticePaths.refund,
          amount: { refund: amount, total, currency: 'CNY' },
        },
      }),

    queryRefund: (outRefundNo: string, subMchId: string | null = null): Promise<WechatRefund> =>
      callTwice({
        method: 'GET',
        path: `/v3/refund/domestic/refunds/${encodeURIComponent(outRefundNo)}${subMchId ? `?sub_mchid=${subMchId}` : ''}`,
      }),

    /** Where a day's bill lies, for five minutes. NO_STATEMENT_EXIST and STATEMENT_CREATING come as errors with that code. */
    applyBill: (kind: 'trade' | 'fund_flow', day: string): Promise<BillTicket> =>
      callTwice({
        method: 'GET',
        path:
          kind === 'trade'
            ? `/v3/bill/tradebill?bill_date=${day}&bill_type=ALL&tar_type=GZIP`
            : `/v3/bill/fundflowbill?bill_date=${day}&account_type=BASIC&tar_type=GZIP`,
      }),

    /** The bill's bytes as they come. The one answer WeChat does not sign: the ticket's hash stands for it (A7). */
    async downloadBill(downloadUrl: string): Promise<ReadableStream<Uint8Array>> {
      const url = new URL(downloadUrl);
      const about = { method: 'GET' as const, path: url.pathname + url.search, body: '' };
      const authorization = await authorizationOf({ ...about, timestamp: nowSeconds(), nonce: newNonce() }, merchant);
      let response: Response;
      try {
        response = await (deps.fetchBill ?? fetch)(url, {
          headers: { authorization, accept: '*/*', 'user-agent': 'xiaopu-server' },
          redirect: 'error',
          signal: AbortSignal.timeout(billTimeoutMs),
        });
      } catch (error) {
        throw new WechatPayError('unreachable', 'NO_ANSWER', error instanceof Error ? error.name : 'failed');
      }
      if (response.ok && response.body) return response.body;
      throw refusalOf({ status: response.status, text: await response.text(), headers: response.headers });
    },

    payParams: (appId: string, prepayId: string) =>
      payParamsOf({ appId, prepayId, timestamp: nowSeconds(), nonce: newNonce() }, merchant),

    /** Verifies and opens a notice; a string says why it is refused. */
    async openNotice(rawBody: string, header: (name: string) => string | undefined): Promise<Notice | NoticeRefusal> {
      const fault = await client.faultOf(rawBody, header);
      if (fault) return fault;
      try {
        const { id, event_type, resource } = JSON.parse(rawBody) as {
          id: string;
          event_type: string;
          resource: SealedResource;
        };
        if (typeof id !== 'string' || typeof event_type !== 'string') return 'unreadable';
        return { id, eventType: event_type, resource: JSON.parse(openSealed(resource, config.apiV3Key)) } as Notice;
      } catch {
        return 'unreadable';
      }
    },
  };
}
