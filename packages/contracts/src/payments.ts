/** Paying: one payment covers all orders of a checkout. Only a verified notice or query makes it paid. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, OrderNo } from './common.ts';

export const PaymentChannel = Type.Union([
  Type.Literal('wechat_jsapi'), // mini program, and pages inside WeChat
  Type.Literal('wechat_h5'), // a phone's browser outside WeChat
  Type.Literal('wechat_native'), // a QR code on a big screen
  Type.Literal('paypal'), // outside WeChat only
  Type.Literal('alipay'), // outside WeChat only
  Type.Literal('wechat_papay'), // taken by the shop under a contract the shopper signed: never offered to choose
]);
export type PaymentChannel = Static<typeof PaymentChannel>;
export const PaymentStatus = Type.Union([
  Type.Literal('created'), // no prepay yet
  Type.Literal('prepaid'), // WeChat knows it, the shopper has not paid
  Type.Literal('succeeded'), // verified notice or query
  Type.Literal('closed'), // closed at WeChat first, then here
  Type.Literal('held_for_review'), // an amount differed: people must look
]);
export type PaymentStatus = Static<typeof PaymentStatus>;

/** Which of the buyer's WeChat identities pays: the mini program's openid or the official account's (H5). */
export const StartPayment = Type.Object({
  client: Type.Union([Type.Literal('mp-weixin'), Type.Literal('h5')]),
  /** One of those offered to this client; without it the first. */
  channel: Type.Optional(PaymentChannel),
});
export type StartPayment = Static<typeof StartPayment>;

/** Where the shopper sits, as the server sees it from the request: it decides which channels there are. */
export const ClientKind = Type.Union([
  Type.Literal('mini_program'),
  Type.Literal('wechat_browser'),
  Type.Literal('phone_browser'),
  Type.Literal('pc'),
]);
export type ClientKind = Static<typeof ClientKind>;
export const ChannelQuery = Type.Object({ client: StartPayment.properties.client });
export type ChannelQuery = Static<typeof ChannelQuery>;
export const PaymentChannels = Type.Object({
  kind: ClientKind,
  /** The first one is taken when none is named. */
  items: Type.Array(
    Type.Object({ channel: PaymentChannel, title: Type.String(), note: Type.String(), isCrossBorder: Type.Boolean() }),
  ),
});
export type PaymentChannels = Static<typeof PaymentChannels>;

export const PayParams = Type.Object({
  appId: Type.String(),
  timeStamp: Type.String(),
  nonceStr: Type.String(),
  package: Type.String(),
  signType: Type.Literal('RSA'),
  paySign: Type.String(),
});
export type PayParams = Static<typeof PayParams>;
export const StartedPayment = Type.Object({
  paymentId: Id,
  status: PaymentStatus,
  /** For wx.requestPayment / WeixinJSBridge; null when already paid. */
  params: Nullable(PayParams),
  channel: PaymentChannel,
  /** A page of WeChat, PayPal or Alipay to go to; it leads back to the result page. Null when there is none to go to. */
  redirectUrl: Nullable(Type.String()),
  /** A QR code to be scanned with WeChat: its text, and its rows of 0 and 1. */
  code: Nullable(Type.Object({ text: Type.String(), rows: Type.Array(Type.String()) })),
  /** The sandbox's cashier page, only when the sandbox serves as WeChat and the client is H5; beside a code: its scanner. */
  cashierUrl: Nullable(Type.String()),
});
export type StartedPayment = Static<typeof StartedPayment>;

export const PaymentView = Type.Object({
  paymentId: Id,
  status: PaymentStatus,
  amount: Fen,
  orderNos: Type.Array(OrderNo),
  paidAt: Nullable(Instant),
  expiresAt: Instant,
  /** What it was paid with; null until paid, and for nothing to pay. */
  channel: Nullable(PaymentChannel),
  /** What a channel of another currency took, at the rate of that moment (fen for a hundred of it). */
  foreign: Nullable(Type.Object({ currency: Type.String(), amount: Type.String(), rate: Type.Integer() })),
});
export type PaymentView = Static<typeof PaymentView>;
