/** Presales as the merchant sets them up and follows them. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, NumberedPage } from '../common.ts';

export const NewPresale = Type.Object({
  /** Chosen by the client, so that a repeated request makes one presale. */
  activityId: Id,
  skuId: Id,
  name: Type.String({ minLength: 1, maxLength: 40 }),
  price: Type.Integer({ minimum: 1 }),
  deposit: Type.Integer({ minimum: 1 }),
  /** 定金膨胀: what the deposit counts for; at least the deposit. */
  depositWorth: Type.Integer({ minimum: 1 }),
  quota: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  buyerLimit: Type.Integer({ minimum: 1, maximum: 99, default: 1 }),
  startsAt: Instant,
  endsAt: Instant,
  balanceOpensAt: Instant,
  balanceClosesAt: Instant,
  shipsBy: Instant,
  forfeits: Type.Boolean(),
  /** Sells below the margin floor in the name of whoever creates it; needs `promotions.override`. */
  overrideReason: Type.Optional(Type.String({ minLength: 2, maxLength: 100 })),
});
export type NewPresale = Static<typeof NewPresale>;

export const ConsolePresale = Type.Object({
  activityId: Id,
  skuId: Id,
  spuId: Id,
  name: Type.String(),
  title: Type.String(),
  specText: Type.String(),
  salePrice: Fen,
  price: Fen,
  finalPrice: Fen,
  deposit: Fen,
  depositWorth: Fen,
  quota: Type.Integer(),
  left: Type.Integer(),
  buyerLimit: Type.Integer(),
  startsAt: Instant,
  endsAt: Instant,
  balanceOpensAt: Instant,
  balanceClosesAt: Instant,
  shipsBy: Instant,
  forfeits: Type.Boolean(),
  overrideReason: Nullable(Type.String()),
  state: Type.Enum(['upcoming', 'running', 'sold_out', 'waiting', 'balance', 'ended', 'cancelled']),
  createdBy: Type.String(),
  results: Type.Object({
    /** Orders: all that were placed; deposit in, balance open; both paid; deposit lost; money back. */
    placed: Type.Integer(),
    kept: Type.Integer(),
    bought: Type.Integer(),
    lost: Type.Integer(),
    returned: Type.Integer(),
    /** Deposits that came in, and those of them that stayed without a sale. */
    deposits: Fen,
    forfeited: Fen,
  }),
});
export type ConsolePresale = Static<typeof ConsolePresale>;
export const ConsolePresalePage = NumberedPage(ConsolePresale);
export type ConsolePresalePage = Static<typeof ConsolePresalePage>;
