/** Pay Score (支付分, 先享后付): the buyer agrees first and is debited when the service is complete. Invited merchants only. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable } from './common.ts';

export const ScoreStatus = Type.Union([
  Type.Literal('requested'), // stored, not yet known to WeChat
  Type.Literal('awaiting_confirmation'),
  Type.Literal('agreed'), // the buyer confirmed: goods may go out
  Type.Literal('collecting'), // completed, WeChat debits
  Type.Literal('paid'),
  Type.Literal('revoked'),
  Type.Literal('expired'), // never confirmed
  Type.Literal('refused'), // WeChat would not open it
  Type.Literal('held_for_review'),
]);
export type ScoreStatus = Static<typeof ScoreStatus>;

export const ScoreView = Type.Object({
  scoreId: Id,
  status: ScoreStatus,
  /** The most the buyer agreed to. */
  limit: Fen,
  total: Nullable(Fen),
  /** For wx.openBusinessView wxpayScoreUse, only while it awaits the confirmation. */
  package: Nullable(Type.String()),
  requestedAt: Instant,
  paidAt: Nullable(Instant),
});
export type ScoreView = Static<typeof ScoreView>;
