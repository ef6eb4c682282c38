/** Distribution (分销): buyers who bring buyers and earn a part of what those really paid and kept. Two levels at most. */
import { type Static, Type } from 'typebox';
import { CalendarDate, Cursor, CursorPage, Fen, Id, Instant, Nullable, OrderNo, Picture } from './common.ts';

/** Where a link is meant to be met; each has a code of its own, so that what it brings can be told apart. */
export const DistributionChannel = Type.Enum(['chat', 'group', 'moments', 'poster', 'official']);
export type DistributionChannel = Static<typeof DistributionChannel>;

/** estimated: paid; frozen: received, the return window runs; settled: in the balance; void: nothing of the order is kept. */
export const CommissionStatus = Type.Enum(['estimated', 'frozen', 'settled', 'void']);
export type CommissionStatus = Static<typeof CommissionStatus>;

/** reviewing: people look first; paying: asked of WeChat, the payee confirms; failed and refused: back in the balance. */
export const WithdrawalStatus = Type.Enum(['reviewing', 'paying', 'paid', 'refused', 'failed']);
export type WithdrawalStatus = Static<typeof WithdrawalStatus>;

export const LinkCode = Type.String({ pattern: '^[0-9a-z]{10}$', description: 'ten characters; fits a code’s scene' });
/** May be below zero: what was settled and came back is earned again first. */
const SignedFen = Type.Integer({ description: 'integer fen, may be negative' });
const MaskedName = Type.String({ description: 'masked: 林*' });
const BasisPoints = Type.Integer({ minimum: 0, maximum: 10_000, description: '10,000 = 100 %' });

/** A shopper came through a link. */
export const VisitLink = Type.Object({ code: LinkCode });
export type VisitLink = Static<typeof VisitLink>;
export const LinkLanding = Type.Object({
  shopId: Id,
  shopName: Type.String(),
  spuId: Nullable(Id),
  guideName: MaskedName,
  /** Whether this shopper now is a customer of whoever shared the link; a guest is once logged in. */
  isBound: Type.Boolean(),
});
export type LinkLanding = Static<typeof LinkLanding>;

/** none: never applied. */
export const MyDistributorState = Type.Enum(['none', 'applied', 'active', 'refused', 'suspended']);
export type MyDistributorState = Static<typeof MyDistributorState>;

/** The shop's own rule; off at first. Taxed is what of a payout is above the deduction. */
export const TaxRule = Type.Object({
  isOn: Type.Boolean(),
  deduction: Type.Integer({ minimum: 0, maximum: 10_000_000 }),
  rate: Type.Integer({ minimum: 0, maximum: 5_000, description: 'basis points' }),
});
export type TaxRule = Static<typeof TaxRule>;

export const ProgramTerms = Type.Object({
  levels: Type.Integer({ minimum: 1, maximum: 2 }),
  firstRate: BasisPoints,
  secondRate: BasisPoints,
  bindingRule: Type.Enum(['first_link', 'last_link', 'only_unbound']),
  protectionDays: Type.Integer(),
  ownPurchases: Type.Boolean(),
  /** Days after receipt until a commission can be withdrawn. */
  windowDays: Type.Integer(),
  minimumWithdrawal: Fen,
  /** From here on the shop looks at a withdrawal first. */
  reviewFrom: Fen,
  /** From here on a code goes to the bound phone first, where the install can send one. */
  secondFactorFrom: Fen,
  tax: TaxRule,
  withholdingNote: Type.String(),
});
export type ProgramTerms = Static<typeof ProgramTerms>;

export const MyProgram = Type.Object({
  shopId: Id,
  shopName: Type.String(),
  isOn: Type.Boolean(),
  state: MyDistributorState,
  /** Why the shop refused or suspended. */
  reason: Type.String(),
  /** My own code in this shop, once active. */
  code: Nullable(LinkCode),
  terms: ProgramTerms,
});
export type MyProgram = Static<typeof MyProgram>;
export const MyPrograms = Type.Object({ items: Type.Array(MyProgram) });
export type MyPrograms = Static<typeof MyPrograms>;

export const ApplyDistributor = Type.Object({
  realName: Type.String({ minLength: 2, maxLength: 30 }),
  idNumber: Type.String({ minLength: 18, maxLength: 18 }),
  /** To the agreement, and to keeping name and identity number for payment and tax. */
  consent: Type.Boolean(),
});
export type ApplyDistributor = Static<typeof ApplyDistributor>;

export const DistributionCentre = Type.Object({
  program: MyProgram,
  /** Can be withdrawn now; below zero it is covered by the next earnings. */
  balance: SignedFen,
  estimated: Fen,
  frozen: Fen,
  /** On its way to WeChat, or waiting for the shop. */
  withdrawing: Fen,
  withdrawn: Fen,
  today: Type.Object({ orders: Type.Integer(), commission: Fen, customers: Type.Integer() }),
  total: Type.Object({ orders: Type.Integer(), sales: Fen, commission: Fen, customers: Type.Integer() }),
  /** Fourteen days, oldest first, as earned by day of order. */
  trend: Type.Array(Type.Object({ day: CalendarDate, commission: Fen, orders: Type.Integer() })),
  serverTime: Instant,
});
export type DistributionCentre = Static<typeof DistributionCentre>;

export const CommissionQuery = Type.Object({
  status: Type.Optional(CommissionStatus),
  cursor: Type.Optional(Cursor),
  limit: Type.Integer({ minimum: 1, maximum: 50, default: 20 }),
});
export type CommissionQuery = Static<typeof CommissionQuery>;
export const CommissionRow = Type.Object({
  orderNo: OrderNo,
  level: Type.Integer({ minimum: 1, maximum: 2 }),
  title: Type.String(),
  picture: Picture,
  customerName: MaskedName,
  /** Paid for goods and kept. */
  kept: Fen,
  amount: Fen,
  status: CommissionStatus,
  orderedAt: Instant,
  /** When it is settled, once received. */
  settleAt: Nullable(Instant),
});
export type CommissionRow = Static<typeof CommissionRow>;
export const CommissionPage = CursorPage(CommissionRow);
export type CommissionPage = Static<typeof CommissionPage>;

export const EarningsEntry = Type.Object({
  entryNo: Type.Integer(),
  kind: Type.Enum(['commission', 'claw_back', 'withdrawal', 'withdrawal_back']),
  amount: SignedFen,
  balance: SignedFen,
  orderNo: Nullable(OrderNo),
  at: Instant,
});
export type EarningsEntry = Static<typeof EarningsEntry>;
export const EarningsPage = CursorPage(EarningsEntry);
export type EarningsPage = Static<typeof EarningsPage>;

export const DistributionCustomer = Type.Object({
  bindingId: Id,
  name: MaskedName,
  avatarUrl: Nullable(Type.String()),
  boundAt: Instant,
  protectedUntil: Instant,
  orders: Type.Integer(),
  sales: Fen,
  commission: Fen,
  /** The customer lets this guide see what they look at. */
  allowsLook: Type.Boolean(),
});
export type DistributionCustomer = Static<typeof DistributionCustomer>;
export const DistributionCustomerPage = CursorPage(DistributionCustomer);
export type DistributionCustomerPage = Static<typeof DistributionCustomerPage>;

export const InterestGoods = Type.Object({
  spuId: Id,
  title: Type.String(),
  picture: Picture,
  salePrice: Fen,
  inStock: Type.Boolean(),
  at: Instant,
});
export type InterestGoods = Static<typeof InterestGoods>;
/** Guide's workbench: this shop's goods only, of an own customer who allowed it. */
export const CustomerInterests = Type.Object({
  name: MaskedName,
  days: Type.Integer(),
  viewed: Type.Array(InterestGoods),
  favourites: Type.Array(InterestGoods),
});
export type CustomerInterests = Static<typeof CustomerInterests>;

export const GoodsToPromote = Type.Object({
  spuId: Id,
  title: Type.String(),
  picture: Picture,
  salePrice: Fen,
  inStock: Type.Boolean(),
  soldCount: Type.Integer(),
  firstRate: BasisPoints,
  /** Of one piece at today's price, before discounts. */
  commission: Fen,
});
export type GoodsToPromote = Static<typeof GoodsToPromote>;
export const GoodsToPromoteList = Type.Object({ items: Type.Array(GoodsToPromote) });
export type GoodsToPromoteList = Static<typeof GoodsToPromoteList>;

export const MakeLink = Type.Object({ spuId: Nullable(Id), channel: DistributionChannel });
export type MakeLink = Static<typeof MakeLink>;
export const DistributionLink = Type.Object({
  code: LinkCode,
  /** Page of the mini program with the code in its query. */
  path: Type.String(),
  /** Where the poster is drawn, only for goods. */
  posterUrl: Nullable(Type.String()),
});
export type DistributionLink = Static<typeof DistributionLink>;

export const Withdraw = Type.Object({
  /** The client's own UUID: the same one is the same withdrawal. */
  withdrawalId: Id,
  /** What the page showed: the server pays out the balance, and refuses when it is another by now. */
  expectedAmount: Fen,
  /** From the second factor's line on: what came to the bound phone. */
  code: Type.Optional(Type.String({ pattern: '^\\d{6}$' })),
});
export type Withdraw = Static<typeof Withdraw>;
export const WithdrawalCode = Type.Object({ maskedPhone: Type.String(), expiresAt: Instant });
export type WithdrawalCode = Static<typeof WithdrawalCode>;
export const Withdrawal = Type.Object({
  /** Also the payout's id: GET /api/payouts/:payoutId has the confirmation. */
  withdrawalId: Id,
  amount: Fen,
  /** Of it, kept back by the shop's tax rule; the rest arrives. */
  withheld: Fen,
  status: WithdrawalStatus,
  statusText: Type.String(),
  reason: Type.String(),
  requestedAt: Instant,
  endedAt: Nullable(Instant),
});
export type Withdrawal = Static<typeof Withdrawal>;
export const WithdrawalList = Type.Object({
  /** What a withdrawal would pay out now. */
  available: Fen,
  withheld: Fen,
  /** From this amount on a code is needed; null: this install sends none. */
  secondFactor: Nullable(Type.Object({ from: Fen, maskedPhone: Nullable(Type.String()) })),
  minimum: Fen,
  reviewFrom: Fen,
  withholdingNote: Type.String(),
  payeeName: MaskedName,
  items: Type.Array(Withdrawal),
});
export type WithdrawalList = Static<typeof WithdrawalList>;

/** The customer's side: who serves me, and what they may see of me. */
export const MyGuide = Type.Object({
  shopId: Id,
  shopName: Type.String(),
  guideName: MaskedName,
  guideAvatarUrl: Nullable(Type.String()),
  boundAt: Instant,
  allowsLook: Type.Boolean(),
  /** How often it was looked at in the last days, and when last. */
  looks: Type.Integer(),
  lastLookAt: Nullable(Instant),
});
export type MyGuide = Static<typeof MyGuide>;
export const MyGuides = Type.Object({ interestDays: Type.Integer(), items: Type.Array(MyGuide) });
export type MyGuides = Static<typeof MyGuides>;
export const AllowLook = Type.Object({ allow: Type.Boolean() });
export type AllowLook = Static<typeof AllowLook>;
