/** Alipay's web payment as a way to pay, outside WeChat only: the old gateway with RSA2, sums in yuan. */
import { createPrivateKey, createPublicKey, sign as rsaSign, verify as rsaVerify } from 'node:crypto';
import { formatYuan, parseYuan } from '@xiaopu/money';
import type { Clock } from '#platform/clock.ts';
import { leanFetch } from '#platform/http/lean-fetch.ts';
import { type ChannelAdapter, ChannelError, type ChannelProblem } from './payments.channels.ts';
import { cutBytes, prepayLifeMs } from './payments.domain.ts';
import type { Transaction } from './payments.wechat.types.ts';

export interface AlipayConfig {
  appId: string;
  sellerId: string;
  appPrivateKey: string;
  alipayPublicKey: string;
  gatewayUrl: string;
  /** The same as a payer's browser reaches it. */
  pageUrl: string;
}

const timeoutMs = 8_000;
const billTimeoutMs = 60_000;
const subjectBytes = 256;
const problems: Record<string, ChannelProblem> = {
  'ACQ.TRADE_NOT_EXIST': 'absent',
  'ACQ.SELLER_BALANCE_NOT_ENOUGH': 'short_of_funds',
  'ACQ.TRADE_HAS_CLOSE': 'closed',
};
const tradeStates: Record<string, Transaction['trade_state']> = {
  WAIT_BUYER_PAY: 'NOTPAY',
  TRADE_SUCCESS: 'SUCCESS',
  TRADE_FINISHED: 'SUCCESS',
  TRADE_CLOSED: 'CLOSED',
};

const beijing = (at: Date): string =>
  new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
/** Every non-empty parameter but those named, sorted, raw. */
const signedText = (params: Record<string, string>, without: readonly string[] = []): string =>
  Object.keys(params)
    .filter((name) => params[name] !== '' && !without.includes(name))
    .sort()
    .map((name) => `${name}=${params[name]}`)
    .join('&');

export function createAlipay(
  config: AlipayConfig,
  {
    clock,
    publicBaseUrl,
    fetch: send = leanFetch as typeof fetch,
    fetchBill = fetch,
  }: { clock: Clock; publicBaseUrl: string; fetch?: typeof fetch; fetchBill?: typeof fetch },
) {
  const appKey = createPrivateKey(config.appPrivateKey);
  const alipayKey = createPublicKey(config.alipayPublicKey);
  const notifyUrl = `${publicBaseUrl}/api/notify/alipay`;
  const isSigned = (text: string, signature: string): boolean =>
    rsaVerify('sha256', Buffer.from(text), alipayKey, Buffer.from(signature, 'base64'));

  function paramsOf(method: string, content: object, more: Record<string, string> = {}): URLSearchParams {
    const params: Record<string, string> = {
      app_id: config.appId,
      method,
      format: 'JSON',
      charset: 'utf-8',
      sign_type: 'RSA2',
      timestamp: beijing(clock.now()),
      version: '1.0',
      ...more,
      biz_content: JSON.stringify(content),
    };
    const signature = rsaSign('sha256', Buffer.from(signedText(params)), appKey).toString('base64');
    return new URLSearchParams({ ...params, sign: signature });
  }

  async function call<T>(method: string, content: object): Promise<T> {
    let reply: { status: number; text: string };
    try {
      const response = await send(config.gatewayUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
        body: paramsOf(method, content).toString(),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      reply = { status: response.status, text: await response.text() };
    } catch (error) {
      throw new ChannelError('unreachable', 'NO_ANSWER', error instanceof Error ? error.name : 'failed');
    }
    if (reply.status !== 200) throw new ChannelError('unreachable', `HTTP_${reply.status}`, 'gateway');
    // The signature covers the node exactly as it was written, not as a parser would write it again.
    const found = new RegExp(`"${method.replaceAll('.', '_')}_response":(\\{.*\\}),"sign":"([^"]+)"`, 's').exec(
      reply.text,
    );
    const [, text = '', signature = ''] = found ?? [];
    if (!found || !isSigned(text, signature)) throw new ChannelError('unverified', 'BAD_REPLY_SIGNATURE', method);
    const node = JSON.parse(text) as T & { code: string; sub_code?: string; sub_msg?: string };
    if (node.code === '10000') return node;
    const code = node.sub_code ?? node.code;
    const problem = node.code === '20000' || code.endsWith('SYSTEM_ERROR') ? 'unreachable' : problems[code];
    throw new ChannelError(problem ?? 'refused', code, node.sub_msg ?? '');
  }

  interface Trade {
    out_trade_no: string;
    trade_no: string;
    trade_status: string;
    total_amount: string;
    send_pay_date?: string;
  }
  const tradeOf = (outTradeNo: string) => call<Trade>('alipay.trade.query', { out_trade_no: outTradeNo });

  const adapter: ChannelAdapter = {
    merchantId: config.sellerId,
    handleMs: prepayLifeMs,
    async open({ attempt, total, description, kind, returnUrl }) {
      const isPhone = kind === 'phone_browser';
      const content = {
        out_trade_no: attempt.outTradeNo,
        total_amount: formatYuan(total),
        subject: cutBytes(description, subjectBytes),
        product_code: isPhone ? 'QUICK_WAP_WAY' : 'FAST_INSTANT_TRADE_PAY',
        time_expire: beijing(attempt.timeExpire),
      };
      const method = isPhone ? 'alipay.trade.wap.pay' : 'alipay.trade.page.pay';
      // Nothing is asked of Alipay yet: the trade begins when the payer opens this page.
      const params = paramsOf(method, content, { notify_url: notifyUrl, return_url: returnUrl });
      return { handle: `${config.pageUrl}?${params.toString()}` };
    },
    async query(attempt) {
      const said = await tradeOf(attempt.outTradeNo);
      const state = tradeStates[said.trade_status] ?? 'NOTPAY';
      // Closed after payment means given back as a whole: it was paid all the same.
      const isPaid = state === 'SUCCESS' || (state === 'CLOSED' && said.send_pay_date !== undefined);
      return {
        appid: attempt.appId,
        mchid: config.sellerId,
        out_trade_no: said.out_trade_no,
        trade_state: isPaid && state === 'CLOSED' ? 'REFUND' : state,
        transaction_id: said.trade_no,
        amount: { total: parseYuan(said.total_amount) ?? 0, currency: 'CNY' },
        ...(isPaid && said.send_pay_date ? { success_time: `${said.send_pay_date.replace(' ', 'T')}+08:00` } : {}),
      };
    },
    async close({ outTradeNo }) {
      try {
        await call('alipay.trade.close', { out_trade_no: outTradeNo });
      } catch (error) {
        if (!(error instanceof ChannelError) || error.code !== 'ACQ.TRADE_STATUS_ERROR') throw error;
        const { trade_status } = await tradeOf(outTradeNo);
        if (trade_status === 'TRADE_CLOSED') return;
        throw new ChannelError('paid', error.code, trade_status);
      }
    },
    async refund({ outTradeNo, outRefundNo, amount, total, reason }) {
      const { gmt_refund_pay: at } = await call<{ gmt_refund_pay?: string }>('alipay.trade.refund', {
        out_trade_no: outTradeNo,
        refund_amount: formatYuan(amount),
        out_request_no: outRefundNo,
        ...(reason ? { refund_reason: reason } : {}),
      });
      return {
        refund_id: `${outTradeNo}/${outRefundNo}`,
        out_refund_no: outRefundNo,
        out_trade_no: outTradeNo,
        status: 'SUCCESS',
        // The day it stands under in Alipay's bill, though its reply may come to us on the next one.
        ...(at ? { success_time: `${at.replace(' ', 'T')}+08:00` } : {}),
        amount: { refund: amount, total },
      };
    },
    async queryRefund() {
      // The same request number never pays twice, so sending it again is the question.
      throw new ChannelError('absent', 'ASK_BY_SENDING', 'idempotent');
    },
  };

  return {
    adapter,
    /** Where the day's 业务明细 lies, for half a minute. A day on which nothing moved has none, and says so by its code. */
    async billUrl(day: string): Promise<string> {
      const method = 'alipay.data.dataservice.bill.downloadurl.query';
      const said = await call<{ bill_download_url: string }>(method, { bill_type: 'trade', bill_date: day });
      return said.bill_download_url;
    },
    async downloadBill(url: string): Promise<Uint8Array> {
      let reply: Response;
      try {
        reply = await fetchBill(url, { redirect: 'error', signal: AbortSignal.timeout(billTimeoutMs) });
      } catch (error) {
        throw new ChannelError('unreachable', 'NO_ANSWER', error instanceof Error ? error.name : 'failed');
      }
      if (!reply.ok) throw new ChannelError('unreachable', `HTTP_${reply.status}`, 'bill');
      return new Uint8Array(await reply.arrayBuffer());
    },
    /** A genuine notice's parameters; undefined when it is not provably Alipay's, or about another app. */
    openNotice(rawForm: string): Record<string, string> | undefined {
      const params = Object.fromEntries(new URLSearchParams(rawForm));
      const signature = params.sign ?? '';
      // Most notices leave sign_type out of the signed text, some keep it.
      const isGenuine =
        isSigned(signedText(params, ['sign', 'sign_type']), signature) ||
        isSigned(signedText(params, ['sign']), signature);
      const isOurs = params.app_id === config.appId && (params.seller_id ?? config.sellerId) === config.sellerId;
      return isGenuine && isOurs ? params : undefined;
    },
  };
}
export type Alipay = ReturnType<typeof createAlipay>;
