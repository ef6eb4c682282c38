/**
 * PayPal Orders v2 as a way to pay, outside WeChat only (X-19). The payer agrees on PayPal's page; the money moves when we
 * capture, which happens while asking how things stand, so that notice, poll and sweep lead to the same end.
 */
import { formatYuan, parseYuan } from '@xiaopu/money';
import type { Clock } from '#platform/clock.ts';
import { leanFetch } from '#platform/http/lean-fetch.ts';
import { type ChannelAdapter, ChannelError, type ChannelProblem } from './payments.channels.ts';
import { cutBytes, prepayLifeMs } from './payments.domain.ts';
import type { Attempt } from './payments.repository.ts';
import type { Transaction, WechatRefund } from './payments.wechat.types.ts';

export interface PaypalConfig {
  clientId: string;
  clientSecret: string;
  /** The account the money goes to, as an order's payee names it. */
  merchantId: string;
  webhookId: string;
  baseUrl: string;
  currency: 'USD' | 'EUR';
}

interface Money {
  currency_code: string;
  value: string;
}
interface Capture {
  id: string;
  status: 'COMPLETED' | 'PENDING' | 'DECLINED' | 'FAILED' | 'PARTIALLY_REFUNDED' | 'REFUNDED';
  amount: Money;
  create_time?: string;
}
interface Order {
  id: string;
  status: 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'SAVED' | 'APPROVED' | 'VOIDED' | 'COMPLETED';
  purchase_units: { invoice_id?: string; payee?: { merchant_id?: string }; payments?: { captures?: Capture[] } }[];
  links?: { rel: string; href: string }[];
}
interface Refund {
  id: string;
  status: 'COMPLETED' | 'PENDING' | 'FAILED' | 'CANCELLED';
  amount: Money;
  create_time?: string;
}
/** One movement of the account, as the transaction search tells it. */
export interface PaypalMove {
  transaction_id: string;
  transaction_event_code: string;
  transaction_initiation_date: string;
  transaction_amount: Money;
  fee_amount?: Money;
  transaction_status: string;
  invoice_id?: string;
}
export interface PaypalMoves {
  transaction_details: { transaction_info: PaypalMove }[];
  total_pages: number;
  /** Nothing after it is in yet. */
  last_refreshed_datetime: string;
}

const timeoutMs = 8_000;
const descriptionBytes = 127;
/** A token is dropped this long before it dies. */
const tokenMarginMs = 60_000;

const problems: Record<string, ChannelProblem> = {
  INVALID_RESOURCE_ID: 'absent',
  ORDER_ALREADY_CAPTURED: 'paid',
  PAYPAL_REQUEST_ID_PREVIOUSLY_USED: 'number_used',
  INSUFFICIENT_FUNDS: 'short_of_funds',
};
const tradeStates: Record<Capture['status'], Transaction['trade_state']> = {
  COMPLETED: 'SUCCESS',
  PENDING: 'USERPAYING',
  DECLINED: 'PAYERROR',
  FAILED: 'PAYERROR',
  PARTIALLY_REFUNDED: 'REFUND',
  REFUNDED: 'REFUND',
};
const refundStates: Record<Refund['status'], WechatRefund['status']> = {
  COMPLETED: 'SUCCESS',
  PENDING: 'PROCESSING',
  FAILED: 'ABNORMAL',
  CANCELLED: 'CLOSED',
};

/** USD and EUR have hundredths as the yuan has fen, and are written alike. */
function minorOf(value: string): number {
  const minor = parseYuan(value);
  if (minor === undefined) throw new ChannelError('unverified', 'BAD_REPLY', 'not an amount');
  return minor;
}

export function createPaypal(
  config: PaypalConfig,
  { clock, fetch: send = leanFetch as typeof fetch }: { clock: Clock; fetch?: typeof fetch },
) {
  const base = config.baseUrl.replace(/\/+$/, '');
  let token: { value: string; until: number } | undefined;

  async function exchange(path: string, init: RequestInit): Promise<{ status: number; text: string }> {
    try {
      const reply = await send(base + path, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
      return { status: reply.status, text: await reply.text() };
    } catch (error) {
      throw new ChannelError('unreachable', 'NO_ANSWER', error instanceof Error ? error.name : 'failed');
    }
  }
  const parsed = <T>(text: string): T => {
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new ChannelError('unverified', 'BAD_REPLY', 'not JSON');
    }
  };

  async function bearer(): Promise<string> {
    const now = clock.now().getTime();
    if (token && token.until > now) return token.value;
    const { status, text } = await exchange('/v1/oauth2/token', {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${config.clientId}:${config.clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    if (status !== 200) throw new ChannelError('unreachable', `HTTP_${status}`, 'no access token');
    const { access_token, expires_in } = parsed<{ access_token: string; expires_in: number }>(text);
    token = { value: access_token, until: now + expires_in * 1000 - tokenMarginMs };
    return access_token;
  }

  async function call<T>(
    method: 'GET' | 'POST',
    path: string,
    { body, requestId }: { body?: string; requestId?: string } = {},
    isSecondTry = false,
  ): Promise<T> {
    const { status, text } = await exchange(path, {
      method,
      headers: {
        authorization: `Bearer ${await bearer()}`,
        accept: 'application/json',
        // Without it a reply names only ids.
        prefer: 'return=representation',
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
        ...(requestId ? { 'paypal-request-id': requestId } : {}),
      },
      ...(method === 'POST' ? { body: body ?? '{}' } : {}),
    });
    if (status >= 200 && status < 300) return parsed<T>(text);
    if (status === 401 && !isSecondTry) {
      token = undefined;
      return call<T>(method, path, { ...(body ? { body } : {}), ...(requestId ? { requestId } : {}) }, true);
    }
    const refusal = status < 500 ? parsed<{ name?: string; details?: { issue?: string }[] }>(text) : {};
    const code = refusal.details?.[0]?.issue ?? refusal.name ?? `HTTP_${status}`;
    const isUnknown = status >= 500 || status === 429 || status === 401;
    throw new ChannelError(isUnknown ? 'unreachable' : (problems[code] ?? 'refused'), code, 'PayPal refused');
  }

  const orderOf = (id: string) => call<Order>('GET', `/v2/checkout/orders/${encodeURIComponent(id)}`);

  function toTransaction(order: Order, attempt: Attempt): Transaction {
    const [unit] = order.purchase_units;
    const [capture] = unit?.payments?.captures ?? [];
    const common = {
      appid: attempt.appId,
      mchid: unit?.payee?.merchant_id ?? '',
      out_trade_no: unit?.invoice_id ?? '',
    };
    if (!capture) return { ...common, trade_state: order.status === 'VOIDED' ? 'CLOSED' : 'NOTPAY' };
    return {
      ...common,
      transaction_id: capture.id,
      trade_state: tradeStates[capture.status],
      ...(capture.create_time ? { success_time: capture.create_time } : {}),
      amount: { total: minorOf(capture.amount.value), currency: capture.amount.currency_code },
    };
  }

  /** Asking again under its own number gives the first answer, so a lost reply charges nobody twice. */
  async function capture(attempt: Attempt, id: string): Promise<Order> {
    try {
      return await call<Order>('POST', `/v2/checkout/orders/${encodeURIComponent(id)}/capture`, {
        requestId: `${attempt.outTradeNo}-capture`,
      });
    } catch (error) {
      // Captured by another of us meanwhile, or the payer's card was declined: the order tells.
      if (error instanceof ChannelError && (error.problem === 'paid' || error.problem === 'refused'))
        return orderOf(id);
      throw error;
    }
  }

  const toRefund = (said: Refund, { outRefundNo, total }: { outRefundNo: string; total: number }): WechatRefund => ({
    refund_id: said.id,
    out_refund_no: outRefundNo,
    out_trade_no: '',
    status: refundStates[said.status],
    // PayPal books it under the moment it was made, however long it was pending.
    ...(said.create_time ? { success_time: said.create_time } : {}),
    amount: { refund: minorOf(said.amount.value), total },
  });

  const adapter: ChannelAdapter = {
    merchantId: config.merchantId,
    currency: config.currency,
    handleMs: prepayLifeMs,
    async open({ attempt, total, description, returnUrl }) {
      const order = await call<Order>('POST', '/v2/checkout/orders', {
        requestId: attempt.outTradeNo,
        body: JSON.stringify({
          intent: 'CAPTURE',
          purchase_units: [
            {
              invoice_id: attempt.outTradeNo,
              custom_id: attempt.paymentId,
              description: cutBytes(description, descriptionBytes),
              amount: { currency_code: attempt.currency, value: formatYuan(total) },
            },
          ],
          payment_source: {
            paypal: {
              experience_context: {
                return_url: returnUrl,
                cancel_url: returnUrl,
                user_action: 'PAY_NOW',
                shipping_preference: 'NO_SHIPPING',
              },
            },
          },
        }),
      });
      const page = order.links?.find(({ rel }) => rel === 'payer-action' || rel === 'approve');
      if (!page) throw new ChannelError('unverified', 'NO_APPROVAL_LINK', order.status);
      return { handle: page.href, channelTradeId: order.id };
    },
    async query(attempt) {
      const { channelTradeId: id } = attempt;
      if (!id) throw new ChannelError('absent', 'NOT_OPENED', 'no order there');
      const order = await orderOf(id);
      // A try that is closed here must never be charged, though PayPal has no call to close it.
      const mayCapture = attempt.state === 'prepaid' || attempt.state === 'sending';
      return toTransaction(order.status === 'APPROVED' && mayCapture ? await capture(attempt, id) : order, attempt);
    },
    async close({ channelTradeId: id }) {
      if (!id) throw new ChannelError('absent', 'NOT_OPENED', 'no order there');
      const { status } = await orderOf(id);
      if (status === 'COMPLETED') throw new ChannelError('paid', 'ORDER_ALREADY_CAPTURED', 'captured');
    },
    async refund({ transactionId, outRefundNo, amount, total, currency, reason }) {
      const said = await call<Refund>('POST', `/v2/payments/captures/${encodeURIComponent(transactionId)}/refund`, {
        requestId: outRefundNo,
        body: JSON.stringify({
          amount: { currency_code: currency, value: formatYuan(amount) },
          invoice_id: outRefundNo,
          ...(reason ? { note_to_payer: reason } : {}),
        }),
      });
      return toRefund(said, { outRefundNo, total });
    },
    async queryRefund({ wechatRefundId, outRefundNo, amount }) {
      // PayPal knows refunds by its own id only; without one, sending it again under its number is the question.
      if (!wechatRefundId) throw new ChannelError('absent', 'NO_REFUND_ID', 'never answered');
      const said = await call<Refund>('GET', `/v2/payments/refunds/${encodeURIComponent(wechatRefundId)}`);
      return toRefund(said, { outRefundNo, total: amount });
    },
  };

  return {
    adapter,
    currency: config.currency,
    /** What moved in a time, a page at a time (Transaction Search v1; field meanings from general knowledge, unverified). */
    moves(from: Date, until: Date, page: number): Promise<PaypalMoves> {
      const query = new URLSearchParams({
        start_date: from.toISOString(),
        end_date: until.toISOString(),
        fields: 'transaction_info',
        page_size: '500',
        page: String(page),
      });
      return call<PaypalMoves>('GET', `/v1/reporting/transactions?${query}`);
    },
    /** By PayPal's own check; the event goes along as the bytes it came in. */
    async isGenuine(rawEvent: string, header: (name: string) => string | undefined): Promise<boolean> {
      const fields = {
        auth_algo: header('paypal-auth-algo'),
        cert_url: header('paypal-cert-url'),
        transmission_id: header('paypal-transmission-id'),
        transmission_sig: header('paypal-transmission-sig'),
        transmission_time: header('paypal-transmission-time'),
        webhook_id: config.webhookId,
      };
      if (Object.values(fields).some((value) => !value)) return false;
      const body = `${JSON.stringify(fields).slice(0, -1)},"webhook_event":${rawEvent}}`;
      const { verification_status } = await call<{ verification_status: string }>(
        'POST',
        '/v1/notifications/verify-webhook-signature',
        { body },
      );
      return verification_status === 'SUCCESS';
    },
  };
}
export type Paypal = ReturnType<typeof createPaypal>;
