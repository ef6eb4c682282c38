/** Paying: one payment covers all orders of a checkout. Only a verified notice or query makes it paid. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, OrderNo } from './common.ts';

export const PaymentChannel = Type.Union([Type.Literal('wechat_jsapi')]);
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
});
export type StartPayment = Static<typeof StartPayment>;

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
  /** The sandbox's cashier page, only when the sandbox serves as WeChat and the client is H5. */
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
});
export type PaymentView = Static<typeof PaymentView>;
