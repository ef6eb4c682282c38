/** What shoppers do on the pages (埋点, C06-REC-01), as their clients tell. Nothing of money rests on it: clients may lie, lose and repeat. */
import { type Static, type TSchema, Type } from 'typebox';
import { Id, Instant } from './common.ts';

/** Longer looks are a phone left lying. */
export const longestLookMs = 30 * 60_000;

const act = <Kind extends string, Facts extends Record<string, TSchema>>(kind: Kind, facts: Facts) =>
  Type.Object(
    {
      /** Made by the client, kept with the act until it is taken: what is sent again is known by it. */
      eventId: Id,
      at: Instant,
      kind: Type.Literal(kind),
      ...facts,
    },
    // A field nobody declared is refused, not ignored.
    { additionalProperties: false },
  );
const origin = Type.Optional(
  Type.String({ pattern: '^[a-z_]{1,20}$', description: 'where on the page, e.g. recommended, search, list' }),
);

export const ShopperAct = Type.Union([
  act('visit', {}),
  act('view', { spuId: Id, origin }),
  act('dwell', { spuId: Id, ms: Type.Integer({ minimum: 1, maximum: longestLookMs }) }),
  act('cart', { spuId: Id, quantity: Type.Integer({ minimum: 1, maximum: 999 }), origin }),
  act('buy_now', { spuId: Id }),
  act('favourite', { spuId: Id }),
  act('share', { spuId: Id }),
  act('zoom', { spuId: Id }),
  /** That somebody searched; the words are the search's own. */
  act('search', {}),
]);
export type ShopperAct = Static<typeof ShopperAct>;
export type ActKind = ShopperAct['kind'];

export const mostActs = 50;
export const SendActs = Type.Object(
  { acts: Type.Array(ShopperAct, { minItems: 1, maxItems: mostActs }) },
  { additionalProperties: false },
);
export type SendActs = Static<typeof SendActs>;

export const ActsTaken = Type.Object({
  /** New ones; acts known by their id, too old or of goods that are not there are taken without a trace. */
  stored: Type.Integer({ minimum: 0 }),
  /** The shopper has switched personalisation off: nothing was kept, and nothing need be sent. */
  isOff: Type.Boolean(),
});
export type ActsTaken = Static<typeof ActsTaken>;
