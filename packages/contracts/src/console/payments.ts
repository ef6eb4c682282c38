/** Money that did not come or go as asked: people look and write down what they did. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, NumberedPage, OrderNo, PageQuery } from '../common.ts';
import { PaymentStatus } from '../payments.ts';

export const PaymentAnomalyKind = Type.Union([
  Type.Literal('amount_differs'), // paid another amount than asked
  Type.Literal('merchant_differs'), // another merchant or app than the prepay's
  Type.Literal('paid_twice'), // a second trade paid the same payment
  Type.Literal('refund_amount_differs'),
  Type.Literal('refund_abnormal'), // accepted by WeChat, but the money cannot reach the payer
  Type.Literal('refund_closed'),
  Type.Literal('refund_refused'), // never accepted by WeChat
  Type.Literal('refund_needs_approval'), // money that leaves the country waits for people
]);
export const AnomalyDecision = Type.Union([
  Type.Literal('accept'), // the order counts as paid by what came
  Type.Literal('give_back'), // what came goes back, the order closes
  Type.Literal('turn_away'), // not our money: the order closes
  Type.Literal('retry'), // the refund goes out again
  Type.Literal('approve'), // the refund goes out
  Type.Literal('refuse'), // the refund does not go out
]);
export type AnomalyDecision = Static<typeof AnomalyDecision>;
export const PaymentAnomaly = Type.Object({
  anomalyId: Id,
  paymentId: Id,
  paymentStatus: PaymentStatus,
  orderNos: Type.Array(OrderNo),
  kind: PaymentAnomalyKind,
  kindText: Type.String({ description: '金额不符, 退款异常 …' }),
  expected: Fen,
  actual: Fen,
  detail: Type.String(),
  /** Of `actual`: CNY in fen, another currency in its hundredth. */
  currency: Type.String(),
  /** What people may decide about it; empty: a note only. */
  decisions: Type.Array(AnomalyDecision),
  decision: Nullable(AnomalyDecision),
  foundAt: Instant,
  resolvedAt: Nullable(Instant),
  resolvedBy: Nullable(Type.String()),
  note: Nullable(Type.String()),
});
export type PaymentAnomaly = Static<typeof PaymentAnomaly>;
export const PaymentAnomalyPage = NumberedPage(PaymentAnomaly);
export type PaymentAnomalyPage = Static<typeof PaymentAnomalyPage>;

export const PaymentAnomalyQuery = Type.Intersect([
  PageQuery,
  Type.Object({ state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('resolved')])) }),
]);
export type PaymentAnomalyQuery = Static<typeof PaymentAnomalyQuery>;
export const ResolveAnomaly = Type.Object({ note: Type.String({ minLength: 2, maxLength: 500 }) });
export type ResolveAnomaly = Static<typeof ResolveAnomaly>;
export const DecideAnomaly = Type.Object({
  decision: AnomalyDecision,
  note: Type.String({ minLength: 2, maxLength: 500 }),
});
export type DecideAnomaly = Static<typeof DecideAnomaly>;

/** What must be true before real money is taken. */
export const GoLiveStepId = Type.Union([
  Type.Literal('licence'),
  Type.Literal('legal_person'),
  Type.Literal('merchant_review'),
  Type.Literal('app_bound'),
  Type.Literal('mini_review'),
  Type.Literal('credentials'),
  Type.Literal('https'),
  Type.Literal('field_keys'),
]);
export type GoLiveStepId = Static<typeof GoLiveStepId>;
export const GoLiveStep = Type.Object({
  step: GoLiveStepId,
  title: Type.String(),
  about: Type.String(),
  isSeen: Type.Boolean({ description: 'the server sees it; people cannot tick it' }),
  isDone: Type.Boolean(),
  doneBy: Nullable(Type.String()),
  doneAt: Nullable(Instant),
  note: Type.String(),
});
export type GoLiveStep = Static<typeof GoLiveStep>;
export const GoLive = Type.Object({
  isSandbox: Type.Boolean(),
  /** null: the real WeChat takes no payment here yet. */
  liveSince: Nullable(Instant),
  items: Type.Array(GoLiveStep),
});
export type GoLive = Static<typeof GoLive>;
export const MarkGoLiveStep = Type.Object({ isDone: Type.Boolean(), note: Type.String({ maxLength: 200 }) });
export type MarkGoLiveStep = Static<typeof MarkGoLiveStep>;

/** The shop's own merchant number, by which a combined payment gives it its part. */
export const ShopMerchant = Type.Object({
  subMchId: Nullable(Type.String()),
  setBy: Nullable(Type.String()),
  setAt: Nullable(Instant),
  /** Whether orders of several shops are paid combined at all (the policy `payments.combined`). */
  isCombining: Type.Boolean(),
});
export type ShopMerchant = Static<typeof ShopMerchant>;
export const SetShopMerchant = Type.Object({ subMchId: Nullable(Type.String({ pattern: '^[0-9]{8,32}$' })) });
export type SetShopMerchant = Static<typeof SetShopMerchant>;
