/**
 * WeChat Pay v3 over HTTP: signs each request, verifies each 2xx reply, maps refusals by code. Never call it inside a
 * transaction. Only reads are repeated here; what moves money is repeated by its caller, with the same number.
 */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';
import { leanFetch } from '#platform/http/lean-fetch.ts';
import { ChannelError, type ChannelProblem, problemOf } from './payments.channels.ts';
import { createPlatformKeys } from './payments.wechat.keys.ts';
import {
  authorizationOf,
  judgeHeaders,
  newNonce,
  openSealed,
  payParamsOf,
  readMerchantKey,
  readSignatureHeaders,
  type SealedResource,
  sealText,
  verifySigned,
} from './payments.wechat.signature.ts';
import type { CombinedTransaction, Notice, Transaction, WechatRefund } from './payments.wechat.types.ts';

export interface WechatPayConfig {
  mchId: string;
  merchantSerial: string;
  merchantPrivateKey: string;
  apiV3Key: string;
  publicKeyId: string | undefined;
  publicKey: string | undefined;
  payBaseUrl: string;
}

export interface GatewayDeps {
  config: WechatPayConfig;
  /** Where WeChat reaches this install, without a trailing slash. */
  publicBaseUrl: string;
  clock: Clock;
  timeoutMs?: number;
  fetch?: typeof fetch;
  /** Must hand the body on as it comes. */
  fetchBill?: typeof fetch;
  readPublicKey?: (publicKeyId: string) => Promise<string | undefined>;
}

export class WechatPayError extends ChannelError {
  override readonly name = 'WechatPayError';
}

/** Spellings differ from page to page of the documents; all of them count. */
const problems: Record<string, ChannelProblem> = {
  ORDERPAID: 'paid',
  ORDER_PAID: 'paid',
  ORDER_CLOSED: 'closed',
  ORDERCLOSED: 'closed',
  ORDER_NOT_EXIST: 'absent',
  ORDERNOTEXIST: 'absent',
  RESOURCE_NOT_EXISTS: 'absent',
  NOT_FOUND: 'absent',
  OUT_TRADE_NO_USED: 'number_used',
  ALREADY_EXISTS: 'number_used',
  NOT_ENOUGH: 'short_of_funds',
  NOTENOUGH: 'short_of_funds',
};

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
export type NoticeRefusal = 'unsigned' | 'stale' | 'probe' | 'unknown_serial' | 'forged' | 'unreadable';

export type WechatPayGateway = ReturnType<typeof createWechatPayGateway>;

const defaultTimeoutMs = 4_000;
const billTimeoutMs = 600_000;
const noticePaths = { payment: '/api/notify/wechat-pay/payment', refund: '/api/notify/wechat-pay/refund' };
const rfc3339 = (at: Date) => `${new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;

export function createWechatPayGateway(deps: GatewayDeps) {
  const { config, publicBaseUrl, clock, timeoutMs = defaultTimeoutMs } = deps;
  const merchant = readMerchantKey(config.mchId, config.merchantSerial, config.merchantPrivateKey);
  const base = config.payBaseUrl.replace(/\/+$/, '');
  const nowSeconds = () => Math.floor(clock.now().getTime() / 1000);
  const { readPublicKey } = deps;
  const keys = createPlatformKeys({ ...config, clock, readPublicKey, fetchCertificates: () => downloadCertificates() });

  interface Call {
    method: 'GET' | 'POST';
    path: string;
    body?: unknown;
    timeoutMs?: number;
    /** The key that sealed fields of the body were sealed with. */
    serial?: string;
  }
  interface Reply {
    status: number;
    text: string;
    headers: Headers;
  }

  async function exchange(request: Call): Promise<Reply> {
    const { method, path, body, timeoutMs: limit = timeoutMs, serial = config.publicKeyId } = request;
    const url = new URL(base + path);
    const text = body === undefined ? '' : JSON.stringify(body);
    const authorization = await authorizationOf(
      { method, path: url.pathname + url.search, body: text, timestamp: nowSeconds(), nonce: newNonce() },
      merchant,
    );
    let reply: Reply;
    try {
      const response = await (deps.fetch ?? leanFetch)(url, {
        method,
        headers: {
          authorization,
          accept: 'application/json',
          'user-agent': 'xiaopu-server',
          // Chooses the key that signs the reply while a merchant moves from certificates to the public key.
          ...(serial ? { 'wechatpay-serial': serial } : {}),
          ...(text ? { 'content-type': 'application/json' } : {}),
        },
        ...(text ? { body: text } : {}),
        redirect: 'error',
        signal: AbortSignal.timeout(limit),
      });
      reply = { status: response.status, text: await response.text(), headers: response.headers };
    } catch (error) {
      throw new WechatPayError('unreachable', 'NO_ANSWER', error instanceof Error ? error.name : 'failed');
    }
    if (reply.status >= 200 && reply.status < 300 && reply.status !== 202) return reply;
    throw refusalOf(reply);
  }

  function refusalOf({ status, text }: Reply): WechatPayError {
    const { code = `HTTP_${status}`, message = '' } = (parseObject(text) ?? {}) as { code?: string; message?: string };
    if (status >= 500 || status === 429 || status === 202) return new WechatPayError('unreachable', code, message);
    return new WechatPayError(problems[code] ?? 'refused', code, message);
  }

  /** @returns why the text is not provably WeChat's, undefined when it is */
  async function findFault(
    text: string,
    header: (name: string) => string | undefined,
    findKey: (serial: string) => Promise<KeyObject | undefined>,
  ): Promise<NoticeRefusal | undefined> {
    const headers = readSignatureHeaders(header);
    if (!headers) return 'unsigned';
    const quick = judgeHeaders(headers, nowSeconds());
    if (quick) return quick;
    const key = await findKey(headers.serial);
    if (!key) return 'unknown_serial';
    const verdict = verifySigned(text, headers, key, nowSeconds());
    return verdict === 'genuine' ? undefined : verdict;
  }

  async function call<T>(request: Call): Promise<T> {
    const reply = await exchange(request);
    const fault = await findFault(reply.text, (name) => reply.headers.get(name) ?? undefined, keys.find);
    if (fault) throw new WechatPayError('unverified', 'BAD_REPLY_SIGNATURE', fault);
    if (reply.text === '') return undefined as T;
    const parsed = parseObject(reply.text);
    if (!parsed) throw new WechatPayError('unverified', 'BAD_REPLY', 'not a JSON object');
    return parsed as T;
  }

  /** For calls whose repetition changes nothing: a second try when the first met silence or a probe. */
  async function callTwice<T>(request: Call): Promise<T> {
    try {
      return await call<T>(request);
    } catch (error) {
      const problem = problemOf(error);
      if (problem !== 'unreachable' && problem !== 'unverified') throw error;
      return call<T>(request);
    }
  }

  /** Its reply is signed by a key it carries itself: open first, then verify with what was opened (A2). */
  async function downloadCertificates() {
    const path = '/v3/certificates?algorithm_type=RSA';
    const reply = await exchange({ method: 'GET', path, timeoutMs: Math.min(timeoutMs, 2_000) });
    const { data = [] } = (parseObject(reply.text) ?? {}) as {
      data?: { serial_no: string; encrypt_certificate: SealedResource }[];
    };
    const certificates = data.map(({ serial_no, encrypt_certificate }) => ({
      serial: serial_no,
      pem: openSealed(encrypt_certificate, config.apiV3Key),
    }));
    // The seal proves the sender knows our APIv3 key; the signature proves it is WeChat and that nothing was cut.
    const fault = await findFault(
      reply.text,
      (name) => reply.headers.get(name) ?? undefined,
      async (serial) => {
        if (serial === config.publicKeyId && config.publicKey) return createPublicKey(config.publicKey);
        const own = certificates.find((certificate) => certificate.serial.toUpperCase() === serial.toUpperCase());
        return own && new X509Certificate(own.pem).publicKey;
      },
    );
    if (fault) throw new WechatPayError('unverified', 'BAD_REPLY_SIGNATURE', fault);
    return certificates;
  }

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
      const fault = await findFault(rawBody, header, keys.find);
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

function parseObject(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
