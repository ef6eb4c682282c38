/** Money that leaves the shop: transfers to buyers, shares to partners. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, NumberedPage, PageQuery } from '../common.ts';
import { PayoutStatus } from '../payouts.ts';

export const PayoutScene = Type.Union([Type.Literal('commission'), Type.Literal('reward')]);
export type PayoutScene = Static<typeof PayoutScene>;

export const ConsolePayout = Type.Object({
  payoutId: Id,
  outBillNo: Type.String(),
  transferBillNo: Nullable(Type.String()),
  scene: PayoutScene,
  amount: Fen,
  reason: Type.String(),
  status: PayoutStatus,
  statusText: Type.String(),
  failReason: Nullable(Type.String()),
  lastError: Nullable(Type.String()),
  attempts: Type.Integer(),
  nextAttemptAt: Nullable(Instant),
  requestedAt: Instant,
  acceptedAt: Nullable(Instant),
  settledAt: Nullable(Instant),
});
export type ConsolePayout = Static<typeof ConsolePayout>;
export const ConsolePayoutPage = NumberedPage(ConsolePayout);
export type ConsolePayoutPage = Static<typeof ConsolePayoutPage>;
export const ConsolePayoutQuery = Type.Intersect([PageQuery, Type.Object({ status: Type.Optional(PayoutStatus) })]);
export type ConsolePayoutQuery = Static<typeof ConsolePayoutQuery>;

export const PayoutStep = Type.Object({
  at: Instant,
  from: Nullable(PayoutStatus),
  to: PayoutStatus,
  by: Type.String({ description: 'request, reply, query, notice, or who in the console' }),
  detail: Type.String(),
});
export const ConsolePayoutDetail = Type.Object({ payout: ConsolePayout, steps: Type.Array(PayoutStep) });
export type ConsolePayoutDetail = Static<typeof ConsolePayoutDetail>;

export const ShareReceiverStatus = Type.Union([
  Type.Literal('adding'),
  Type.Literal('active'),
  Type.Literal('refused'),
  Type.Literal('removing'),
  Type.Literal('removed'),
]);
export const ShareReceiver = Type.Object({
  receiverId: Id,
  account: Type.String(),
  name: Type.String({ description: 'masked' }),
  rate: Type.Integer({ description: 'ten-thousandths of what an order brought in' }),
  status: ShareReceiverStatus,
  lastError: Nullable(Type.String()),
  createdAt: Instant,
});
export type ShareReceiver = Static<typeof ShareReceiver>;
export const ShareReceiverList = Type.Object({ items: Type.Array(ShareReceiver) });
export type ShareReceiverList = Static<typeof ShareReceiverList>;
export const AddShareReceiver = Type.Object({
  account: Type.String({ pattern: '^[0-9]{8,10}$', description: 'merchant number of the partner' }),
  name: Type.String({ minLength: 2, maxLength: 64, description: 'full name of the merchant' }),
  rate: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000, description: 'ten-thousandths; 0 without' })),
});
export type AddShareReceiver = Static<typeof AddShareReceiver>;

export const SetShareRate = Type.Object({ rate: Type.Integer({ minimum: 0, maximum: 10_000 }) });
export type SetShareRate = Static<typeof SetShareRate>;

export const ShareStatus = Type.Union([
  Type.Literal('requested'),
  Type.Literal('processing'),
  Type.Literal('finished'),
  Type.Literal('refused'),
]);
export const ShareOrder = Type.Object({
  shareId: Id,
  transactionId: Type.String(),
  outOrderNo: Type.String(),
  status: ShareStatus,
  amount: Fen,
  succeeded: Fen,
  returned: Fen,
  lastError: Nullable(Type.String()),
  requestedAt: Instant,
});
export type ShareOrder = Static<typeof ShareOrder>;
export const ShareOrderPage = NumberedPage(ShareOrder);
export type ShareOrderPage = Static<typeof ShareOrderPage>;
