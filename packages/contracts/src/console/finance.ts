/** Reconciliation: a day's bills of WeChat Pay against our ledger, and what differs. */
import { type Static, Type } from 'typebox';
import { CalendarDate, Fen, Id, Instant, Nullable, NumberedPage, OrderNo, PageQuery } from '../common.ts';

export const BillKind = Type.Enum(['trade', 'fund_flow', 'alipay', 'paypal']);
export type BillKind = Static<typeof BillKind>;
export const BillSide = Type.Enum(['payment', 'refund']);
export type BillSide = Static<typeof BillSide>;
export const DifferenceKind = Type.Enum([
  'missing_here',
  'missing_there',
  'amount_differs',
  'state_differs',
  'refund_differs',
]);
export type DifferenceKind = Static<typeof DifferenceKind>;
/** cleared: a later run found it gone, or in the bill of the day beside. */
export const DifferenceState = Type.Enum(['open', 'resolved', 'cleared']);
export type DifferenceState = Static<typeof DifferenceState>;
export const ReconciliationState = Type.Enum(['waiting', 'running', 'balanced', 'differs', 'failed']);
export type ReconciliationState = Static<typeof ReconciliationState>;

/** Alipay's and PayPal's part of a day; amounts in the smallest unit of the currency. */
export const ChannelDay = Type.Object({
  bill: Type.Enum(['alipay', 'paypal']),
  title: Type.String(),
  currency: Type.String(),
  hasBill: Type.Boolean(),
  ourPaid: Type.Integer(),
  ourRefunded: Type.Integer(),
  theirPaid: Type.Integer(),
  theirRefunded: Type.Integer(),
  difference: Type.Integer({ description: 'theirs − ours' }),
  fee: Type.Integer(),
});
export type ChannelDay = Static<typeof ChannelDay>;

/** WeChat Pay's sums; what came in other ways stands beside them. */
export const ReconciliationDay = Type.Object({
  day: CalendarDate,
  state: ReconciliationState,
  stateText: Type.String(),
  /** Whether WeChat had a bill that day: none is made when nothing happened. */
  hasBill: Type.Boolean(),
  ourCount: Type.Integer(),
  ourPaid: Fen,
  ourRefunded: Fen,
  theirCount: Type.Integer(),
  theirPaid: Fen,
  theirRefunded: Fen,
  difference: Type.Integer({ description: 'theirs − ours, paid less refunded, fen' }),
  flowIn: Fen,
  flowOut: Fen,
  fee: Type.Integer({ description: 'fen, rounded from WeChat’s five decimals' }),
  openDifferences: Type.Integer(),
  differences: Type.Integer(),
  runs: Type.Integer(),
  nextAttemptAt: Nullable(Instant),
  finishedAt: Nullable(Instant),
  error: Nullable(Type.String()),
  channels: Type.Array(ChannelDay),
});
export type ReconciliationDay = Static<typeof ReconciliationDay>;
export const ReconciliationDays = Type.Object({ items: Type.Array(ReconciliationDay) });
export type ReconciliationDays = Static<typeof ReconciliationDays>;
export const ReconciliationDaysQuery = Type.Object({
  from: Type.Optional(CalendarDate),
  to: Type.Optional(CalendarDate),
});
export type ReconciliationDaysQuery = Static<typeof ReconciliationDaysQuery>;

export const Difference = Type.Object({
  differenceId: Id,
  day: CalendarDate,
  bill: BillKind,
  side: BillSide,
  kind: DifferenceKind,
  kindText: Type.String({ description: '本地缺单, 金额不符 …' }),
  tradeKey: Type.String({ description: 'out_trade_no or out_refund_no' }),
  wechatNo: Nullable(Type.String()),
  currency: Type.String({ description: 'of the two amounts, in its smallest unit' }),
  ours: Nullable(Type.Integer()),
  ourState: Nullable(Type.String()),
  theirs: Nullable(Type.Integer()),
  theirState: Nullable(Type.String()),
  orderNos: Type.Array(OrderNo),
  bookedAt: Instant,
  state: DifferenceState,
  foundAt: Instant,
  settledAt: Nullable(Instant),
  settledBy: Nullable(Type.String()),
  note: Nullable(Type.String()),
});
export type Difference = Static<typeof Difference>;
export const DifferencePage = NumberedPage(Difference);
export type DifferencePage = Static<typeof DifferencePage>;
export const DifferenceQuery = Type.Intersect([
  PageQuery,
  Type.Object({
    day: Type.Optional(CalendarDate),
    kind: Type.Optional(DifferenceKind),
    bill: Type.Optional(BillKind),
    state: Type.Optional(DifferenceState),
    q: Type.Optional(Type.String({ maxLength: 64, description: 'start of a trade or refund number' })),
  }),
]);
export type DifferenceQuery = Static<typeof DifferenceQuery>;

export const DifferenceHistory = Type.Object({
  items: Type.Array(
    Type.Object({
      action: Type.Enum(['found', 'resolved', 'reopened', 'cleared']),
      actionText: Type.String(),
      by: Type.String(),
      note: Type.String(),
      at: Instant,
    }),
  ),
});
export type DifferenceHistory = Static<typeof DifferenceHistory>;
export const ResolveDifference = Type.Object({ note: Type.String({ minLength: 2, maxLength: 500 }) });
export type ResolveDifference = Static<typeof ResolveDifference>;
