/** Members, points, lottery and paid plans as the merchant works with them. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, NumberedPage, PageQuery } from '../common.ts';
import { GrowthEntry, PlanId, PointsEntry, PrizeKind, Tier } from '../growth.ts';

export const MemberQuery = Type.Intersect([
  PageQuery,
  Type.Object({ tier: Type.Optional(Tier), paid: Type.Optional(Type.Literal('1')) }),
]);
export type MemberQuery = Static<typeof MemberQuery>;
export const ConsoleMember = Type.Object({
  buyerId: Id,
  nickname: Type.String(),
  maskedPhone: Nullable(Type.String()),
  tier: Tier,
  tierName: Type.String(),
  growth: Type.Integer(),
  points: Type.Integer(),
  orders: Type.Integer({ description: 'in this shop' }),
  spent: Fen,
  planName: Nullable(Type.String()),
  isConcierge: Type.Boolean(),
  agentName: Type.String(),
  lastAt: Instant,
});
export type ConsoleMember = Static<typeof ConsoleMember>;
export const MemberPage = NumberedPage(ConsoleMember);
export type MemberPage = Static<typeof MemberPage>;
export const MemberDetail = Type.Intersect([
  ConsoleMember,
  Type.Object({
    activeDays: Type.Integer(),
    interactions: Type.Integer(),
    birthday: Nullable(Type.String()),
    planUntil: Nullable(Instant),
    tierSince: Instant,
    growthEntries: Type.Array(GrowthEntry),
    tierChanges: Type.Array(Type.Object({ from: Tier, to: Tier, growth: Type.Integer(), at: Instant })),
  }),
]);
export type MemberDetail = Static<typeof MemberDetail>;
export const ScanMember = Type.Object({ code: Type.String({ minLength: 30, maxLength: 40 }) });
export type ScanMember = Static<typeof ScanMember>;
/** null: nobody of their own any more. */
export const SetAgent = Type.Object({ staffId: Nullable(Id) });
export type SetAgent = Static<typeof SetAgent>;

const ChatUrl = Type.String({
  maxLength: 300,
  pattern: '^(https://work\\.weixin\\.qq\\.com/kfid/[\\w-]+(\\?[\\w=&%.-]*)?)?$',
  description: 'link of a WeCom customer service account (微信客服); empty: none',
});
/** 专属客服: who looks after members of this shop. */
export const ConsoleAgent = Type.Object({
  staffId: Id,
  name: Type.String({ description: 'what shoppers read' }),
  chatUrl: Type.String(),
  capacity: Type.Integer(),
  load: Type.Integer({ description: 'members they look after' }),
  isAway: Type.Boolean(),
  /** Works for the shop no more: their members wait to be handed over. */
  isGone: Type.Boolean(),
});
export type ConsoleAgent = Static<typeof ConsoleAgent>;
export const SaveServiceDesk = Type.Object({
  corpId: Type.String({ maxLength: 64, pattern: '^[\\w-]*$' }),
  chatUrl: ChatUrl,
  hours: Type.String({ maxLength: 60 }),
});
export type SaveServiceDesk = Static<typeof SaveServiceDesk>;
export const ServiceDesk = Type.Object({
  desk: SaveServiceDesk,
  agents: Type.Array(ConsoleAgent),
  /** Staff who are no agents yet. */
  candidates: Type.Array(Type.Object({ staffId: Id, name: Type.String() })),
  /** The agent who asks is one of them. */
  me: Nullable(Id),
});
export type ServiceDesk = Static<typeof ServiceDesk>;
export const SaveAgent = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 20 }),
  chatUrl: ChatUrl,
  capacity: Type.Integer({ minimum: 1, maximum: 10_000 }),
});
export type SaveAgent = Static<typeof SaveAgent>;
export const SetAway = Type.Object({ isAway: Type.Boolean() });
export type SetAway = Static<typeof SetAway>;
export const HandOver = Type.Object({ to: Id });
export type HandOver = Static<typeof HandOver>;
export const HandedOver = Type.Object({ moved: Type.Integer() });
export type HandedOver = Static<typeof HandedOver>;
export const AgentMember = Type.Object({
  buyerId: Id,
  nickname: Type.String(),
  maskedPhone: Nullable(Type.String()),
  since: Instant,
  givenBy: Type.String({ description: 'empty: by the rule of the least load' }),
});
export type AgentMember = Static<typeof AgentMember>;
export const AgentMembers = NumberedPage(AgentMember);
export type AgentMembers = Static<typeof AgentMembers>;

export const MemberPointsPage = NumberedPage(PointsEntry);
export type MemberPointsPage = Static<typeof MemberPointsPage>;
export const AdjustPoints = Type.Object({
  points: Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 }),
  reason: Type.String({ minLength: 2, maxLength: 100 }),
});
export type AdjustPoints = Static<typeof AdjustPoints>;
export const PointsReport = Type.Object({
  issued: Type.Integer(),
  used: Type.Integer(),
  expired: Type.Integer(),
  liability: Type.Integer({ description: 'points out there, frozen ones included' }),
  liabilityWorth: Fen,
  redemptionRate: Type.Integer({ description: 'used of issued, basis points' }),
  accounts: Type.Integer(),
  months: Type.Array(
    Type.Object({ month: Type.String(), issued: Type.Integer(), used: Type.Integer(), expired: Type.Integer() }),
  ),
  /** What will expire when, if nobody uses it: the months to come, later ones in the last. */
  outlook: Type.Array(Type.Object({ month: Type.String(), points: Type.Integer(), worth: Fen })),
  /** What came in and went out by where from and what for, the largest first. */
  sources: Type.Array(
    Type.Object({ kind: Type.String(), title: Type.String(), earned: Type.Integer(), spent: Type.Integer() }),
  ),
});
export type PointsReport = Static<typeof PointsReport>;

export const MallItemInput = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 60 }),
  detail: Type.String({ maxLength: 300 }),
  icon: Type.String({ maxLength: 20 }),
  points: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
  stock: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  perBuyer: Type.Integer({ minimum: 1, maximum: 1000 }),
  marketPrice: Fen,
  isOn: Type.Boolean(),
});
export type MallItemInput = Static<typeof MallItemInput>;
export const ConsoleMallItem = Type.Intersect([
  MallItemInput,
  Type.Object({ itemId: Id, redeemed: Type.Integer(), createdAt: Instant }),
]);
export type ConsoleMallItem = Static<typeof ConsoleMallItem>;
export const MallItemPage = NumberedPage(ConsoleMallItem);
export type MallItemPage = Static<typeof MallItemPage>;
export const ConsoleRedemptionPage = NumberedPage(
  Type.Object({
    redemptionId: Id,
    itemName: Type.String(),
    quantity: Type.Integer(),
    points: Type.Integer(),
    recipient: Type.String({ description: 'masked name and phone, whole address' }),
    status: Type.Union([Type.Literal('to_ship'), Type.Literal('shipped')]),
    waybill: Type.String(),
    createdAt: Instant,
  }),
);
export type ConsoleRedemptionPage = Static<typeof ConsoleRedemptionPage>;
export const ShipRedemption = Type.Object({ waybill: Type.String({ minLength: 4, maxLength: 40 }) });
export type ShipRedemption = Static<typeof ShipRedemption>;

export const PrizeInput = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 30 }),
  kind: PrizeKind,
  points: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  value: Type.Integer({ minimum: 0, description: 'fen; the law caps a prize at 50,000 yuan' }),
  odds: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  stock: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
});
export type PrizeInput = Static<typeof PrizeInput>;
export const LotteryInput = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 30 }),
  cost: Type.Integer({ minimum: 0, maximum: 100_000 }),
  dailyLimit: Type.Integer({ minimum: 1, maximum: 100 }),
  startsAt: Instant,
  endsAt: Instant,
  prizes: Type.Array(PrizeInput, { minItems: 2, maxItems: 8 }),
});
export type LotteryInput = Static<typeof LotteryInput>;
export const ConsoleLottery = Type.Object({
  lotteryId: Id,
  name: Type.String(),
  cost: Type.Integer(),
  dailyLimit: Type.Integer(),
  startsAt: Instant,
  endsAt: Instant,
  isOn: Type.Boolean(),
  draws: Type.Integer(),
  prizes: Type.Array(
    Type.Intersect([PrizeInput, Type.Object({ prizeId: Id, won: Type.Integer(), hits: Type.Integer() })]),
  ),
});
export type ConsoleLottery = Static<typeof ConsoleLottery>;
export const LotteryPage = NumberedPage(ConsoleLottery);
export type LotteryPage = Static<typeof LotteryPage>;

export const ConsolePlan = Type.Object({
  planId: PlanId,
  name: Type.String(),
  price: Fen,
  months: Type.Integer(),
  payRate: Type.Integer(),
  benefits: Type.Array(Type.String()),
  isOn: Type.Boolean(),
  members: Type.Integer({ description: 'with a running entitlement, trials included' }),
  trials: Type.Integer(),
  income: Fen,
});
export type ConsolePlan = Static<typeof ConsolePlan>;
export const PlanList = Type.Object({ plans: Type.Array(ConsolePlan) });
export type PlanList = Static<typeof PlanList>;
export const PlanInput = Type.Object({
  name: Type.String({ minLength: 2, maxLength: 20 }),
  price: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
  payRate: Type.Integer({ minimum: 5000, maximum: 10_000 }),
  benefits: Type.Array(Type.String({ minLength: 1, maxLength: 30 }), { maxItems: 8 }),
  isOn: Type.Boolean(),
});
export type PlanInput = Static<typeof PlanInput>;

/** 特例商品: goods of the shop that take no member price. */
export const KeptOutGoods = Type.Object({
  items: Type.Array(Type.Object({ spuId: Id, title: Type.String(), keptBy: Type.String(), keptAt: Instant })),
});
export type KeptOutGoods = Static<typeof KeptOutGoods>;
export const SetKeptOut = Type.Object({ isKeptOut: Type.Boolean() });
export type SetKeptOut = Static<typeof SetKeptOut>;

export const NewTrial = Type.Object({
  /** Chosen by the client, so that a repeated request makes one trial. */
  trialId: Id,
  spuId: Id,
  text: Type.String({ minLength: 1, maxLength: 200 }),
  places: Type.Integer({ minimum: 1, maximum: 10_000 }),
  tiers: Type.Array(Tier, { minItems: 1, uniqueItems: true }),
  opensAt: Instant,
  closesAt: Instant,
});
export type NewTrial = Static<typeof NewTrial>;
export const ConsoleTrial = Type.Intersect([
  NewTrial,
  Type.Object({
    title: Type.String(),
    taken: Type.Integer(),
    sent: Type.Integer(),
    state: Type.Enum(['upcoming', 'open', 'gone', 'over']),
    createdBy: Type.String(),
  }),
]);
export type ConsoleTrial = Static<typeof ConsoleTrial>;
export const ConsoleTrialPage = NumberedPage(ConsoleTrial);
export type ConsoleTrialPage = Static<typeof ConsoleTrialPage>;
export const TrialApplication = Type.Object({
  buyerId: Id,
  nickname: Type.String(),
  recipient: Type.Object({ name: Type.String(), phone: Type.String(), text: Type.String() }),
  appliedAt: Instant,
  waybill: Type.String(),
});
export const TrialApplications = Type.Object({ items: Type.Array(TrialApplication) });
export type TrialApplications = Static<typeof TrialApplications>;
export const SendTrial = Type.Object({ waybill: Type.String({ minLength: 4, maxLength: 40 }) });
export type SendTrial = Static<typeof SendTrial>;
