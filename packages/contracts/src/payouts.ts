/** Money to a buyer: WeChat holds it until the buyer confirms in the mini program (transfers since 2025). */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable } from './common.ts';

export const PayoutStatus = Type.Union([
  Type.Literal('requested'), // stored, not yet known to WeChat
  Type.Literal('processing'), // WeChat took it and waits, usually for the merchant's funds
  Type.Literal('awaiting_confirmation'), // the buyer must confirm, within a day
  Type.Literal('transferring'), // confirmed, on its way
  Type.Literal('cancelling'), // people took it back; WeChat may still say it was paid
  Type.Literal('blocked'), // WeChat refused to take it: people must look
  Type.Literal('held_for_review'), // WeChat tells of another amount or payee
  Type.Literal('succeeded'),
  Type.Literal('failed'),
]);
export type PayoutStatus = Static<typeof PayoutStatus>;

/** What wx.requestMerchantTransfer takes. */
export const PayoutConfirmation = Type.Object({
  mchId: Type.String(),
  appId: Type.String(),
  package: Type.String(),
});
export type PayoutConfirmation = Static<typeof PayoutConfirmation>;

export const PayoutView = Type.Object({
  payoutId: Id,
  status: PayoutStatus,
  statusText: Type.String({ description: '待确认收款, 已到账 …' }),
  amount: Fen,
  reason: Type.String(),
  failReason: Nullable(Type.String({ description: 'Chinese, fit to show' })),
  /** Only while it awaits the confirmation. */
  confirmation: Nullable(PayoutConfirmation),
  /** The sandbox's confirmation page, only when the sandbox serves as WeChat; for H5. */
  confirmUrl: Nullable(Type.String()),
  confirmBefore: Nullable(Instant),
  requestedAt: Instant,
  settledAt: Nullable(Instant),
});
export type PayoutView = Static<typeof PayoutView>;
