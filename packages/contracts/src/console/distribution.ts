/** Console: distributors, rules, commissions, withdrawals and what it all brings. */
import { type Static, Type } from 'typebox';
import { CalendarDate, Fen, Id, Instant, Nullable, NumberedPage, OrderNo, PageQuery } from '../common.ts';
import { CommissionStatus, DistributionChannel, ProgramTerms, TaxRule, WithdrawalStatus } from '../distribution.ts';

const BasisPoints = Type.Integer({ minimum: 0, maximum: 10_000 });

export const DistributorState = Type.Enum(['applied', 'active', 'refused', 'suspended']);
export type DistributorState = Static<typeof DistributorState>;

export const ConsoleProgram = Type.Object({
  isOn: Type.Boolean(),
  terms: ProgramTerms,
  /** Both levels together, at most. */
  rateCap: BasisPoints,
});
export type ConsoleProgram = Static<typeof ConsoleProgram>;
export const SaveProgram = Type.Object({
  isOn: Type.Boolean(),
  levels: Type.Integer({ minimum: 1, maximum: 2 }),
  bindingRule: Type.Enum(['first_link', 'last_link', 'only_unbound']),
  protectionDays: Type.Integer({ minimum: 1, maximum: 3_650 }),
  ownPurchases: Type.Boolean(),
  firstRate: BasisPoints,
  secondRate: BasisPoints,
  minimumWithdrawal: Fen,
  reviewFrom: Fen,
  secondFactorFrom: Type.Optional(Type.Integer({ minimum: 30, maximum: 20_000_000 })),
  tax: Type.Optional(TaxRule),
  withholdingNote: Type.String({ maxLength: 200 }),
});
export type SaveProgram = Static<typeof SaveProgram>;

const RateScope = Type.Enum(['category', 'product']);
export const CommissionRate = Type.Object({
  scope: RateScope,
  targetId: Id,
  name: Type.String(),
  firstRate: BasisPoints,
  secondRate: BasisPoints,
  changedBy: Type.String(),
  changedAt: Instant,
});
export type CommissionRate = Static<typeof CommissionRate>;
export const CommissionRateList = Type.Object({ items: Type.Array(CommissionRate) });
export type CommissionRateList = Static<typeof CommissionRateList>;
export const SaveCommissionRate = Type.Object({
  scope: RateScope,
  targetId: Id,
  firstRate: BasisPoints,
  secondRate: BasisPoints,
});
export type SaveCommissionRate = Static<typeof SaveCommissionRate>;
export const RateTarget = Type.Object({ scope: RateScope, targetId: Id });
export type RateTarget = Static<typeof RateTarget>;

export const DistributorQuery = Type.Intersect([PageQuery, Type.Object({ state: Type.Optional(DistributorState) })]);
export type DistributorQuery = Static<typeof DistributorQuery>;
export const ConsoleDistributor = Type.Object({
  distributorId: Id,
  nickname: Type.String(),
  /** Masked. */
  realName: Type.String(),
  idNumber: Type.String(),
  phone: Nullable(Type.String()),
  state: DistributorState,
  parentName: Nullable(Type.String()),
  customers: Type.Integer(),
  orders: Type.Integer(),
  sales: Fen,
  commission: Fen,
  balance: Type.Integer(),
  reason: Type.String(),
  appliedAt: Instant,
  decidedAt: Nullable(Instant),
  decidedBy: Nullable(Type.String()),
});
export type ConsoleDistributor = Static<typeof ConsoleDistributor>;
export const ConsoleDistributorPage = NumberedPage(ConsoleDistributor);
export type ConsoleDistributorPage = Static<typeof ConsoleDistributorPage>;
export const DecideDistributor = Type.Object({
  decision: Type.Enum(['approve', 'refuse', 'suspend', 'resume']),
  reason: Type.Optional(Type.String({ maxLength: 100 })),
});
export type DecideDistributor = Static<typeof DecideDistributor>;

export const ConsoleCommissionQuery = Type.Intersect([
  PageQuery,
  Type.Object({ status: Type.Optional(CommissionStatus), distributorId: Type.Optional(Id) }),
]);
export type ConsoleCommissionQuery = Static<typeof ConsoleCommissionQuery>;
export const ConsoleCommission = Type.Object({
  orderNo: OrderNo,
  level: Type.Integer(),
  distributorName: Type.String(),
  customerName: Type.String(),
  title: Type.String(),
  kept: Fen,
  amount: Fen,
  status: CommissionStatus,
  orderedAt: Instant,
  settleAt: Nullable(Instant),
  settledAt: Nullable(Instant),
});
export type ConsoleCommission = Static<typeof ConsoleCommission>;
export const ConsoleCommissionPage = NumberedPage(ConsoleCommission);
export type ConsoleCommissionPage = Static<typeof ConsoleCommissionPage>;

export const ConsoleWithdrawalQuery = Type.Intersect([
  PageQuery,
  Type.Object({ status: Type.Optional(WithdrawalStatus) }),
]);
export type ConsoleWithdrawalQuery = Static<typeof ConsoleWithdrawalQuery>;
export const ConsoleWithdrawal = Type.Object({
  withdrawalId: Id,
  distributorId: Id,
  distributorName: Type.String(),
  /** Masked. */
  payeeName: Type.String(),
  payeeIdNumber: Type.String(),
  amount: Fen,
  /** By the shop's rule of that moment; null: it had none. */
  taxable: Nullable(Fen),
  taxDeduction: Fen,
  taxRate: BasisPoints,
  withheld: Fen,
  status: WithdrawalStatus,
  statusText: Type.String(),
  reason: Type.String(),
  requestedAt: Instant,
  decidedBy: Nullable(Type.String()),
  decidedAt: Nullable(Instant),
  endedAt: Nullable(Instant),
});
export type ConsoleWithdrawal = Static<typeof ConsoleWithdrawal>;
export const ConsoleWithdrawalPage = NumberedPage(ConsoleWithdrawal);
export type ConsoleWithdrawalPage = Static<typeof ConsoleWithdrawalPage>;
export const DecideWithdrawal = Type.Object({
  decision: Type.Enum(['approve', 'refuse']),
  reason: Type.Optional(Type.String({ maxLength: 100 })),
});
export type DecideWithdrawal = Static<typeof DecideWithdrawal>;

export const ResultsQuery = Type.Object({ from: CalendarDate, to: CalendarDate });
export type ResultsQuery = Static<typeof ResultsQuery>;
const ByChannel = Type.Object({
  channel: DistributionChannel,
  visits: Type.Integer(),
  visitors: Type.Integer(),
  bound: Type.Integer(),
  /** By the last link before the order. */
  orders: Type.Integer(),
  sales: Fen,
  /** By the first. */
  firstTouchOrders: Type.Integer(),
});
export const DistributionResults = Type.Object({
  orders: Type.Integer(),
  /** Paid for goods and kept; each order once, whichever levels earn of it. */
  sales: Fen,
  commission: Fen,
  /** Sales a yuan of commission brought; null without commission. */
  roi: Nullable(Type.Number()),
  customers: Type.Integer(),
  newCustomers: Type.Integer(),
  distributors: Type.Object({ active: Type.Integer(), applied: Type.Integer() }),
  /** In the accounts of distributors now, and asked for. */
  owed: Type.Object({ balance: Type.Integer(), reviewing: Fen, paying: Fen }),
  paidOut: Fen,
  channels: Type.Array(ByChannel),
  days: Type.Array(Type.Object({ day: CalendarDate, sales: Fen, commission: Fen })),
  top: Type.Array(Type.Object({ name: Type.String(), orders: Type.Integer(), sales: Fen, commission: Fen })),
});
export type DistributionResults = Static<typeof DistributionResults>;

export const TaxRecordInput = Type.Object({ month: Type.String({ pattern: '^20\\d{2}-(0[1-9]|1[0-2])$' }) });
export type TaxRecordInput = Static<typeof TaxRecordInput>;
/** Names and numbers in full: only by a right of its own, and every reading is in the audit trail. */
export const TaxRecord = Type.Object({
  month: Type.String(),
  items: Type.Array(
    Type.Object({
      realName: Type.String(),
      idNumber: Type.String(),
      payments: Type.Integer(),
      amount: Fen,
      taxable: Fen,
      withheld: Fen,
    }),
  ),
});
export type TaxRecord = Static<typeof TaxRecord>;
