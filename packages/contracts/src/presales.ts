/** Presale with a deposit (定金预售): some money now, the rest in a window later; the deposit may count for more than it is. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Picture } from './common.ts';

export const PresaleState = Type.Enum(['upcoming', 'running', 'sold_out', 'ended']);
export type PresaleState = Static<typeof PresaleState>;

export const Presale = Type.Object({
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
  /** Before the deposit grows. */
  price: Fen,
  /** What is paid in the end: deposit and balance, without coupons. */
  finalPrice: Fen,
  deposit: Fen,
  depositWorth: Fen,
  balance: Fen,
  /** Places in all, and how many nobody has: true numbers, moments old. */
  quota: Type.Integer(),
  left: Type.Integer(),
  buyerLimit: Type.Integer(),
  startsAt: Instant,
  endsAt: Instant,
  balanceOpensAt: Instant,
  balanceClosesAt: Instant,
  shipsBy: Instant,
  /** A missed balance loses the deposit; the checkout asks for consent to exactly this. */
  forfeits: Type.Boolean(),
  state: PresaleState,
});
export type Presale = Static<typeof Presale>;
export const PresaleList = Type.Object({ serverTime: Instant, items: Type.Array(Presale) });
export type PresaleList = Static<typeof PresaleList>;
