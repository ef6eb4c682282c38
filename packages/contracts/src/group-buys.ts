/** Group purchases (拼团): people buy together by a deadline, and how many they became decides the price for all of them. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, OrderNo, Picture } from './common.ts';

/** So many people, this price: a rate of the sale price in basis points (7折 = 7000), or fen. Exactly one of the two. */
export const GroupStep = Type.Object(
  {
    size: Type.Integer({ minimum: 2, maximum: 100 }),
    payRate: Type.Optional(Type.Integer({ minimum: 100, maximum: 9_900 })),
    price: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);
export type GroupStep = Static<typeof GroupStep>;

export const GroupActivityState = Type.Enum(['upcoming', 'running', 'sold_out', 'ended']);
export type GroupActivityState = Static<typeof GroupActivityState>;

/** A step as it is shown: what one SKU costs when so many have paid. */
export const GroupStepPrice = Type.Object({ size: Type.Integer(), price: Fen });
export type GroupStepPrice = Static<typeof GroupStepPrice>;

export const GroupSku = Type.Object({
  skuId: Id,
  specText: Type.String(),
  salePrice: Fen,
  /** Smallest group first; the first is what everybody pays on joining. */
  steps: Type.Array(GroupStepPrice),
});
export type GroupSku = Static<typeof GroupSku>;

export const GroupOffer = Type.Object({
  activityId: Id,
  shopId: Id,
  shopName: Type.String(),
  spuId: Id,
  name: Type.String(),
  title: Type.String(),
  picture: Picture,
  skus: Type.Array(GroupSku),
  /** Of the SKU that costs least: what lists show. */
  salePrice: Fen,
  listPrice: Fen,
  steps: Type.Array(GroupStepPrice),
  /** Places: one buyer, one piece. */
  quota: Type.Integer(),
  left: Type.Integer(),
  /** Places one buyer may take in this activity. */
  buyerLimit: Type.Integer(),
  /** How long one group stays open. */
  hours: Type.Integer(),
  /** Whether the goods can also be bought alone, at the normal price. */
  allowsSolo: Type.Boolean(),
  startsAt: Instant,
  endsAt: Instant,
  state: GroupActivityState,
});
export type GroupOffer = Static<typeof GroupOffer>;
export const GroupOfferList = Type.Object({ serverTime: Instant, items: Type.Array(GroupOffer) });
export type GroupOfferList = Static<typeof GroupOfferList>;

/** opening: its opener has not paid yet; open: people can join; settling: the deadline is over and a last payment may still arrive. */
export const GroupStatus = Type.Enum(['opening', 'open', 'settling', 'succeeded', 'failed']);
export type GroupStatus = Static<typeof GroupStatus>;

export const GroupMember = Type.Object({
  nickname: Type.String({ description: 'masked: 林*' }),
  avatarUrl: Nullable(Type.String()),
  isOpener: Type.Boolean(),
  at: Instant,
});
export type GroupMember = Static<typeof GroupMember>;

/** held: an order waits for payment; paid; settled: it succeeded; refunded: it failed and the money goes back; left: gave the place up. */
export const GroupPlaceStatus = Type.Enum(['held', 'paid', 'settled', 'refunded', 'left']);
export type GroupPlaceStatus = Static<typeof GroupPlaceStatus>;

export const GroupPlace = Type.Object({
  orderNo: OrderNo,
  status: GroupPlaceStatus,
  /** What was paid for the piece, and what it cost in the end; null until that is known. */
  paidPrice: Fen,
  finalPrice: Nullable(Fen),
  /** Stands in the path of a shared card: who invited. */
  invite: Id,
});
export type GroupPlace = Static<typeof GroupPlace>;

export const Group = Type.Object({
  groupId: Id,
  activityId: Id,
  offer: GroupOffer,
  status: GroupStatus,
  /** People who have paid, and places whose orders wait for payment. */
  paid: Type.Integer(),
  held: Type.Integer(),
  /** Fewest people it needs, and most it takes. */
  leastSize: Type.Integer(),
  size: Type.Integer(),
  /** The step that is reached now, or was at the end; null: none. */
  reachedSize: Nullable(Type.Integer()),
  deadline: Nullable(Instant),
  endedAt: Nullable(Instant),
  openerName: Type.String({ description: 'masked' }),
  members: Type.Array(GroupMember),
  /** Of the asking shopper. */
  mine: Nullable(GroupPlace),
  serverTime: Instant,
});
export type Group = Static<typeof Group>;

/** An open group that a shopper may join from the product page. */
export const OpenGroup = Type.Object({
  groupId: Id,
  openerName: Type.String({ description: 'masked' }),
  openerAvatarUrl: Nullable(Type.String()),
  paid: Type.Integer(),
  /** To the next step. */
  missing: Type.Integer(),
  deadline: Instant,
});
export type OpenGroup = Static<typeof OpenGroup>;
export const OpenGroups = Type.Object({ serverTime: Instant, offer: GroupOffer, items: Type.Array(OpenGroup) });
export type OpenGroups = Static<typeof OpenGroups>;

export const GroupRow = Type.Object({
  groupId: Id,
  orderNo: OrderNo,
  title: Type.String(),
  picture: Nullable(Picture),
  status: GroupStatus,
  place: GroupPlaceStatus,
  paid: Type.Integer(),
  leastSize: Type.Integer(),
  size: Type.Integer(),
  paidPrice: Fen,
  finalPrice: Nullable(Fen),
  deadline: Nullable(Instant),
});
export type GroupRow = Static<typeof GroupRow>;
export const MyGroups = Type.Object({ serverTime: Instant, items: Type.Array(GroupRow) });
export type MyGroups = Static<typeof MyGroups>;

/** Somebody looks at a group's page; `invite` stands in the path of the card that led there. */
export const GroupVisit = Type.Object({ invite: Type.Optional(Id) });
export type GroupVisit = Static<typeof GroupVisit>;
