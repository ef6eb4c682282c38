/** Tiers, points and paid membership as the shopper sees them. Points are whole numbers, never money. */
import { type Static, Type } from 'typebox';
import { ProductCard } from './catalog.ts';
import { CalendarDate, Cursor, CursorPage, Fen, Id, Instant, Nullable } from './common.ts';

export const Tier = Type.Union([
  Type.Literal('bronze'),
  Type.Literal('silver'),
  Type.Literal('gold'),
  Type.Literal('diamond'),
]);
export type Tier = Static<typeof Tier>;

const Points = Type.Integer({ minimum: 0, description: 'points' });
const PayRate = Type.Integer({ minimum: 1, maximum: 10_000, description: 'basis points still paid: 8000 = 8折' });

export const TierStep = Type.Object({
  tier: Tier,
  name: Type.String(),
  growth: Type.Integer({ description: 'growth value that reaches it' }),
  payRate: PayRate,
  benefits: Type.Array(Type.String()),
});
export const MemberCentre = Type.Object({
  tier: Tier,
  tierName: Type.String(),
  payRate: PayRate,
  growth: Type.Integer(),
  next: Nullable(Type.Object({ tier: Tier, name: Type.String(), growth: Type.Integer(), missing: Type.Integer() })),
  tiers: Type.Array(TierStep),
  spent: Fen,
  activeDays: Type.Integer(),
  interactions: Type.Integer(),
  birthday: Nullable(Type.String({ pattern: '^\\d\\d-\\d\\d$' })),
  /** Own service agent (gold, diamond, or above the concierge line). */
  agent: Nullable(Type.Object({ name: Type.String(), isConcierge: Type.Boolean() })),
  points: Points,
  /** Coupons that can be used now. */
  coupons: Type.Integer(),
  plan: Nullable(Type.Object({ name: Type.String(), until: Instant, payRate: PayRate })),
});
export type MemberCentre = Static<typeof MemberCentre>;
export const SetBirthday = Type.Object({
  month: Type.Integer({ minimum: 1, maximum: 12 }),
  day: Type.Integer({ minimum: 1, maximum: 31 }),
});
export type SetBirthday = Static<typeof SetBirthday>;
export const MemberCode = Type.Object({
  code: Type.String({ description: 'what the QR code says; the console scans it' }),
  digits: Type.String({ description: 'for people to read aloud' }),
  refreshAt: Instant,
  rows: Type.Array(Type.String({ pattern: '^[01]+$' }), { description: 'the QR code, row by row, 1 is dark' }),
});
export type MemberCode = Static<typeof MemberCode>;
export const GrowthEntry = Type.Object({ amount: Type.Integer(), note: Type.String(), at: Instant });
export const GrowthPage = CursorPage(GrowthEntry);
export type GrowthPage = Static<typeof GrowthPage>;

export const PointsTask = Type.Object({
  task: Type.String(),
  title: Type.String(),
  hint: Type.String(),
  points: Points,
  done: Type.Integer(),
  limit: Type.Integer({ description: 'of today, or ever for tasks done once' }),
});
export const PointsHome = Type.Object({
  balance: Points,
  frozen: Points,
  worth: Type.Object({ amount: Fen, perYuan: Type.Integer() }),
  expiring: Nullable(Type.Object({ points: Points, at: Instant })),
  signIn: Type.Object({
    today: CalendarDate,
    isSigned: Type.Boolean(),
    streak: Type.Integer(),
    /** Days of this month that are signed. */
    days: Type.Array(CalendarDate),
    /** Points of the next sign-ins, today's first when it is still open. */
    coming: Type.Array(Points),
  }),
  tasks: Type.Array(PointsTask),
});
export type PointsHome = Static<typeof PointsHome>;
export const SignedIn = Type.Object({
  isNew: Type.Boolean({ description: 'false: this day was signed before' }),
  points: Points,
  streak: Type.Integer(),
  balance: Points,
});
export type SignedIn = Static<typeof SignedIn>;
export const PointsEntry = Type.Object({
  entryId: Id,
  kind: Type.String(),
  amount: Type.Integer(),
  balanceAfter: Points,
  note: Type.String(),
  at: Instant,
});
export const PointsPage = CursorPage(PointsEntry);
export type PointsPage = Static<typeof PointsPage>;

export const MallItem = Type.Object({
  shopId: Id,
  itemId: Id,
  name: Type.String(),
  detail: Type.String(),
  icon: Type.String(),
  points: Points,
  stock: Type.Integer(),
  perBuyer: Type.Integer(),
  marketPrice: Fen,
});
export type MallItem = Static<typeof MallItem>;
export const Mall = Type.Object({ balance: Points, items: Type.Array(MallItem) });
export type Mall = Static<typeof Mall>;
export const Redeem = Type.Object({ addressId: Id, quantity: Type.Integer({ minimum: 1, maximum: 20 }) });
export type Redeem = Static<typeof Redeem>;
export const Redemption = Type.Object({
  redemptionId: Id,
  itemName: Type.String(),
  quantity: Type.Integer(),
  points: Points,
  status: Type.Union([Type.Literal('to_ship'), Type.Literal('shipped')]),
  waybill: Type.String(),
  createdAt: Instant,
});
export type Redemption = Static<typeof Redemption>;
export const RedemptionPage = CursorPage(Redemption);
export type RedemptionPage = Static<typeof RedemptionPage>;

export const PrizeKind = Type.Union([Type.Literal('none'), Type.Literal('points'), Type.Literal('goods')]);
export type PrizeKind = Static<typeof PrizeKind>;
export const LotteryPrize = Type.Object({
  prizeId: Id,
  name: Type.String(),
  kind: PrizeKind,
  points: Points,
  odds: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'of a million' }),
  left: Type.Integer(),
});
export const LotteryView = Type.Object({
  lotteryId: Id,
  shopId: Id,
  name: Type.String(),
  cost: Points,
  dailyLimit: Type.Integer(),
  drawnToday: Type.Integer(),
  endsAt: Instant,
  balance: Points,
  prizes: Type.Array(LotteryPrize),
});
export type LotteryView = Static<typeof LotteryView>;
export const CurrentLottery = Type.Object({ lottery: Nullable(LotteryView) });
export type CurrentLottery = Static<typeof CurrentLottery>;
export const DrawResult = Type.Object({
  drawId: Id,
  prizeId: Id,
  prizeName: Type.String(),
  kind: PrizeKind,
  points: Points,
  balance: Points,
});
export type DrawResult = Static<typeof DrawResult>;
export const DrawPage = CursorPage(
  Type.Object({ drawId: Id, prizeName: Type.String(), kind: PrizeKind, cost: Points, at: Instant }),
);
export type DrawPage = Static<typeof DrawPage>;

export const Referral = Type.Object({
  code: Type.String(),
  invited: Type.Integer(),
  rewarded: Type.Integer(),
  reward: Points,
  /** What the friend gets beside the first order's own points. */
  friendReward: Points,
  hasInviter: Type.Boolean(),
});
export type Referral = Static<typeof Referral>;
/** Made once by the client and kept on the phone, whoever logs in there. */
const DeviceId = Type.String({ minLength: 16, maxLength: 64, pattern: '^[\\w-]+$' });
export const SawDevice = Type.Object({ deviceId: DeviceId });
export type SawDevice = Static<typeof SawDevice>;
export const BindReferral = Type.Object({
  code: Type.String({ minLength: 22, maxLength: 22 }),
  deviceId: Type.Optional(DeviceId),
});
export type BindReferral = Static<typeof BindReferral>;

export const PlanId = Type.Union([Type.Literal('basic'), Type.Literal('senior')]);
export type PlanId = Static<typeof PlanId>;
export const PlanView = Type.Object({
  planId: PlanId,
  name: Type.String(),
  price: Fen,
  months: Type.Integer(),
  payRate: PayRate,
  benefits: Type.Array(Type.String()),
  /** What this buyer would pay now: an upgrade takes the unused part of the running plan off. */
  due: Nullable(Fen),
});
/** Renewal by itself under a contract signed in WeChat; never on unless the shopper signed. */
export const AutoRenewal = Type.Object({
  state: Type.Enum(['off', 'opening', 'signing', 'on', 'ending']),
  amount: Fen,
  nextChargeOn: Nullable(CalendarDate),
  terms: Type.String({ description: 'what the shopper agrees to' }),
  /** WeChat's own mini program, to sign in. */
  redirect: Nullable(Type.Object({ appId: Type.String(), path: Type.String() })),
  /** The sandbox's page in its stead. */
  pageUrl: Nullable(Type.String()),
});
export type AutoRenewal = Static<typeof AutoRenewal>;
export const AgreeToRenewal = Type.Object({ agreed: Type.Literal(true) });
export type AgreeToRenewal = Static<typeof AgreeToRenewal>;
export const PaidMembership = Type.Object({
  plans: Type.Array(PlanView),
  current: Nullable(
    Type.Object({
      planId: PlanId,
      name: Type.String(),
      isTrial: Type.Boolean(),
      until: Instant,
      wantsReminder: Type.Boolean(),
      refundable: Nullable(Type.Object({ purchaseNo: Type.String(), amount: Fen })),
    }),
  ),
  /** null: not offered. */
  autoRenewal: Nullable(AutoRenewal),
  trialDays: Type.Integer(),
  canTry: Type.Boolean(),
  pending: Nullable(Type.Object({ paymentId: Id, planName: Type.String(), amount: Fen })),
});
export type PaidMembership = Static<typeof PaidMembership>;
export const BuyPlan = Type.Object({ planId: PlanId });
export type BuyPlan = Static<typeof BuyPlan>;
export const PlanPurchase = Type.Object({ paymentId: Id, purchaseNo: Type.String(), amount: Fen, payUntil: Instant });
export type PlanPurchase = Static<typeof PlanPurchase>;
export const SetReminder = Type.Object({ wantsReminder: Type.Boolean() });
export type SetReminder = Static<typeof SetReminder>;

export const GrowthQuery = Type.Object({
  cursor: Type.Optional(Cursor),
  limit: Type.Integer({ minimum: 1, maximum: 50, default: 20 }),
});
export type GrowthQuery = Static<typeof GrowthQuery>;

/** The code by which a member adds their own agent in WeCom; null once they have. */
export const AgentInvitation = Type.Object({ qrCode: Nullable(Type.String()), hasAdded: Type.Boolean() });
export type AgentInvitation = Static<typeof AgentInvitation>;

/**
 * 专属客服通道: how somebody reaches a shop's service now. An own agent's queue comes first; while they are away another of the
 * shop's agents answers, then the shop's public queue, then its phone.
 */
export const ServiceChannel = Type.Object({
  shopId: Id,
  shopName: Type.String(),
  /** null: no right to an own agent, or the shop has nobody free; the public queue answers. */
  agent: Nullable(Type.Object({ name: Type.String(), isConcierge: Type.Boolean(), isAway: Type.Boolean() })),
  /** Who answers instead of the agent who is away. */
  coveredBy: Nullable(Type.String()),
  /** WeCom's customer service (微信客服); null when the shop has none, then the mini program's own contact button answers. */
  chat: Nullable(Type.Object({ corpId: Type.String(), url: Type.String() })),
  /** Handed to the contact button, so that whoever answers sees whose member this is. */
  sessionFrom: Type.String({ maxLength: 200 }),
  phone: Type.String(),
  hours: Type.String(),
});
export type ServiceChannel = Static<typeof ServiceChannel>;
export const ServiceShops = Type.Object({
  shops: Type.Array(Type.Object({ shopId: Id, name: Type.String(), agentName: Nullable(Type.String()) })),
});
export type ServiceShops = Static<typeof ServiceShops>;

/** 新品试用: so many places for some tiers, first come first served. */
export const TrialState = Type.Enum(['upcoming', 'open', 'applied', 'gone', 'not_for_you', 'over']);
export type TrialState = Static<typeof TrialState>;
export const Trial = Type.Object({
  trialId: Id,
  shopId: Id,
  product: ProductCard,
  text: Type.String(),
  places: Type.Integer(),
  left: Type.Integer(),
  tiers: Type.Array(Tier),
  opensAt: Instant,
  closesAt: Instant,
  /** For whoever asks. */
  state: TrialState,
  /** Of the own application, once it was sent. */
  waybill: Type.String(),
});
export type Trial = Static<typeof Trial>;
export const TrialList = Type.Object({ trials: Type.Array(Trial) });
export type TrialList = Static<typeof TrialList>;
export const ApplyTrial = Type.Object({ addressId: Id });
export type ApplyTrial = Static<typeof ApplyTrial>;
