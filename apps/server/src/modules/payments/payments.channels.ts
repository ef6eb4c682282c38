/**
 * Ways to pay and who is offered which. Inside WeChat only WeChat Pay works, so the server decides by what it sees
 * of the client, and a client cannot ask for what its kind does not have.
 */
import type { ClientKind, PaymentChannel, StartPayment } from '@xiaopu/contracts';
import type { Attempt, Refund } from './payments.repository.ts';
import type { Transaction, WechatRefund } from './payments.wechat.types.ts';

export type ChannelProblem =
  | 'unreachable' // no answer, 5xx, 429: what happened there is unknown
  | 'unverified' // answered, but not provably them: what happened there is unknown
  | 'paid'
  | 'closed'
  | 'absent' // trade, refund or bill not known there
  | 'number_used' // same number, other params
  | 'short_of_funds'
  | 'refused'; // anything else: repeating does not help

export class ChannelError extends Error {
  readonly problem: ChannelProblem;
  readonly code: string;
  constructor(problem: ChannelProblem, code: string, message: string) {
    super(`${code}: ${message}`);
    this.name = 'ChannelError';
    this.problem = problem;
    this.code = code;
  }
}
export const problemOf = (error: unknown): ChannelProblem | undefined =>
  error instanceof ChannelError ? error.problem : undefined;

export interface OpenTrade {
  attempt: Attempt;
  /** In the smallest unit of the attempt's currency. */
  total: number;
  description: string;
  kind: ClientKind;
  /** Where the shopper lands afterwards. */
  returnUrl: string;
}
export interface SendRefund {
  outTradeNo: string;
  transactionId: string;
  outRefundNo: string;
  /** In the smallest unit of the currency the payment was taken in. */
  amount: number;
  total: number;
  currency: string;
  reason: string;
  /** Of a combined trade's part: whose it is. */
  subMchId?: string | null;
}

/** One way to pay. Answers are told in WeChat's words, which the states here are made of. Never called in a transaction. */
export interface ChannelAdapter {
  /** The account that a genuine answer names. */
  merchantId: string;
  /** Set: asks in this currency instead of yuan. */
  currency?: string | undefined;
  /** How long what `open` gave may be handed out again. */
  handleMs: number;
  /** Repeating it under the same number changes nothing. */
  open(trade: OpenTrade): Promise<{ handle: string; channelTradeId?: string }>;
  query(attempt: Attempt): Promise<Transaction>;
  /** `paid` and `absent` come as errors. */
  close(attempt: Attempt): Promise<void>;
  refund(request: SendRefund): Promise<WechatRefund>;
  queryRefund(refund: Refund): Promise<WechatRefund>;
}
export type Channels = Partial<Record<PaymentChannel, ChannelAdapter>>;

export const channelTexts: Record<PaymentChannel, { title: string; note: string }> = {
  wechat_jsapi: { title: '微信支付', note: '' },
  wechat_h5: { title: '微信支付', note: '打开微信完成付款' },
  wechat_native: { title: '微信扫码', note: '用手机微信扫一扫付款' },
  paypal: { title: 'PayPal', note: '' },
  alipay: { title: '支付宝', note: '' },
  wechat_papay: { title: '微信自动续费', note: '' },
};
/** Money that leaves the country: never refunded without people (C10-DSP-08). */
export const isCrossBorder = (channel: PaymentChannel | null): boolean => channel === 'paypal';

const matrix: Record<ClientKind, readonly PaymentChannel[]> = {
  mini_program: ['wechat_jsapi'],
  wechat_browser: ['wechat_jsapi'],
  phone_browser: ['wechat_h5', 'alipay', 'paypal'],
  pc: ['wechat_native', 'alipay', 'paypal'],
};

export function clientKindOf(client: StartPayment['client'], userAgent: string): ClientKind {
  if (client === 'mp-weixin') return 'mini_program';
  if (/MicroMessenger/i.test(userAgent)) return 'wechat_browser';
  return /Mobile|Android|iPhone|iPad|HarmonyOS/i.test(userAgent) ? 'phone_browser' : 'pc';
}

/**
 * What this kind of client may pay with, the usual one first. `isWechatPlayed`: the sandbox's login page plays WeChat's own
 * browser whatever browser it is, so pages in it may also pay as inside WeChat.
 */
export function offeredChannels(kind: ClientKind, channels: Channels, isWechatPlayed = false): PaymentChannel[] {
  const offered = matrix[kind].filter((channel) => channels[channel] !== undefined);
  const plays = isWechatPlayed && (kind === 'phone_browser' || kind === 'pc') && channels.wechat_jsapi !== undefined;
  return plays ? ['wechat_jsapi', ...offered] : offered;
}
