/** Bargains (砍价): the whole schedule of cuts is drawn at the start, so what help is needed and what it leads to is known. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, Picture } from './common.ts';

export const BargainOffer = Type.Object({
  activityId: Id,
  shopId: Id,
  shopName: Type.String(),
  spuId: Id,
  skuId: Id,
  name: Type.String(),
  title: Type.String(),
  specText: Type.String(),
  picture: Picture,
  salePrice: Fen,
  listPrice: Fen,
  floorPrice: Fen,
  /** So many friends, and the price is the floor: always. */
  helpsNeeded: Type.Integer(),
  quota: Type.Integer(),
  left: Type.Integer(),
  /** How long one bargain runs. */
  hours: Type.Integer(),
  startsAt: Instant,
  endsAt: Instant,
  state: Type.Enum(['upcoming', 'running', 'sold_out', 'ended']),
});
export type BargainOffer = Static<typeof BargainOffer>;
export const BargainOfferList = Type.Object({ serverTime: Instant, items: Type.Array(BargainOffer) });
export type BargainOfferList = Static<typeof BargainOfferList>;

export const OpenBargain = Type.Object({ activityId: Id });
export type OpenBargain = Static<typeof OpenBargain>;

export const BargainHelper = Type.Object({
  nickname: Type.String({ description: 'masked: 林*' }),
  avatarUrl: Nullable(Type.String()),
  amount: Fen,
  at: Instant,
});
export type BargainHelper = Static<typeof BargainHelper>;

/** open: friends can help and it can be bought; ordered: an order waits for payment; bought; over: its time ran out. */
export const BargainStatus = Type.Enum(['open', 'ordered', 'bought', 'over']);
export type BargainStatus = Static<typeof BargainStatus>;

export const Bargain = Type.Object({
  bargainId: Id,
  activityId: Id,
  offer: BargainOffer,
  startPrice: Fen,
  /** What it can be bought at now. */
  price: Fen,
  floorPrice: Fen,
  helpsNeeded: Type.Integer(),
  helped: Type.Integer(),
  status: BargainStatus,
  expiresAt: Instant,
  orderNo: Nullable(Type.String()),
  ownerName: Type.String({ description: 'masked' }),
  ownerAvatarUrl: Nullable(Type.String()),
  isMine: Type.Boolean(),
  /** What the asking shopper took off; null: has not helped. */
  myCut: Nullable(Fen),
  helpers: Type.Array(BargainHelper),
  serverTime: Instant,
});
export type Bargain = Static<typeof Bargain>;

export const BargainRow = Type.Object({
  bargainId: Id,
  activityId: Id,
  title: Type.String(),
  picture: Nullable(Picture),
  price: Fen,
  floorPrice: Fen,
  helpsNeeded: Type.Integer(),
  helped: Type.Integer(),
  status: BargainStatus,
  expiresAt: Instant,
});
export type BargainRow = Static<typeof BargainRow>;
export const MyBargains = Type.Object({ serverTime: Instant, items: Type.Array(BargainRow) });
export type MyBargains = Static<typeof MyBargains>;
