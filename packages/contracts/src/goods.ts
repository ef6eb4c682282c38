/** Kinds of goods: what is sent, what is delivered by itself, and what is booked and used in a place. */
import { type Static, Type } from 'typebox';
import { Instant, Nullable } from './common.ts';

export const GoodsKind = Type.Enum(['physical', 'virtual', 'service']);
export type GoodsKind = Static<typeof GoodsKind>;

const clockTime = Type.String({ pattern: '^([01]\\d|2[0-4]):[0-5]\\d$' });

/** Delivered by itself once paid: a card code of the stock each, or access for a time. */
export const VirtualTerms = Type.Object({
  kind: Type.Literal('virtual'),
  delivery: Type.Enum(['code', 'access']),
  /** How long it can be used from then on; null: without end. */
  days: Nullable(Type.Integer({ minimum: 1, maximum: 3_650 })),
  /** What the buyer is given with it, and nobody else reads: an address, how to redeem. */
  content: Type.String({ maxLength: 1_000 }),
});
export type VirtualTerms = Static<typeof VirtualTerms>;

export const ServicePlace = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 30 }),
  address: Type.String({ maxLength: 100 }),
});
/** Booked for a window of a day in a place, which takes so many at once. */
export const ServiceTerms = Type.Object({
  kind: Type.Literal('service'),
  places: Type.Array(ServicePlace, { minItems: 1, maxItems: 20 }),
  weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
    minItems: 1,
    maxItems: 7,
    description: '1 Monday … 7 Sunday',
  }),
  opens: clockTime,
  closes: clockTime,
  minutes: Type.Integer({ minimum: 15, maximum: 720, description: 'length of a window' }),
  capacity: Type.Integer({ minimum: 1, maximum: 1_000 }),
  daysAhead: Type.Integer({ minimum: 0, maximum: 60 }),
  leadHours: Type.Integer({ minimum: 0, maximum: 720, description: 'booked so long before it begins at the latest' }),
  refundHours: Type.Integer({
    minimum: 0,
    maximum: 720,
    description: 'given back for the asking until so long before',
  }),
});
export type ServiceTerms = Static<typeof ServiceTerms>;

/** Of goods that are not sent; null or absent: physical goods. */
export const GoodsTerms = Type.Union([VirtualTerms, ServiceTerms]);
export type GoodsTerms = Static<typeof GoodsTerms>;

/** What the product page says of goods that are not sent. */
export const GoodsNotes = Type.Object({
  kind: GoodsKind,
  notes: Type.Array(Type.String(), { description: '付款后自动发放, 购买后不支持退换 …' }),
});
export type GoodsNotes = Static<typeof GoodsNotes>;

/** What a buyer agrees to with the order; sent back by key and version, and kept with the text. */
export const ConsentKey = Type.Enum(['virtual_no_return', 'excepted_no_reason', 'service_refund']);
export type ConsentKey = Static<typeof ConsentKey>;
export const ConsentAsked = Type.Object({
  key: ConsentKey,
  version: Type.String(),
  text: Type.String(),
  titles: Type.Array(Type.String(), { description: 'of the goods it is asked for' }),
});
export type ConsentAsked = Static<typeof ConsentAsked>;
export const ConsentGiven = Type.Object({ key: ConsentKey, version: Type.String({ maxLength: 20 }) });
export type ConsentGiven = Static<typeof ConsentGiven>;

export const BookingWindow = Type.Object({
  from: Instant,
  until: Instant,
  text: Type.String({ description: '今天 14:00–15:00' }),
  left: Type.Integer(),
  isFull: Type.Boolean(),
});
export type BookingWindow = Static<typeof BookingWindow>;
export const BookingOffers = Type.Object({
  places: Type.Array(Type.Object({ name: Type.String(), address: Type.String(), windows: Type.Array(BookingWindow) })),
});
export type BookingOffers = Static<typeof BookingOffers>;
export const BookingChoice = Type.Object({
  skuId: Type.String({ format: 'uuid' }),
  place: Type.String({ minLength: 1, maxLength: 30 }),
  from: Instant,
});
export type BookingChoice = Static<typeof BookingChoice>;
export const ChosenBooking = Type.Object({
  place: Type.String(),
  address: Type.String(),
  /** null: it is no longer on offer, or has too few places left. */
  window: Nullable(BookingWindow),
});
export type ChosenBooking = Static<typeof ChosenBooking>;

export const OrderBooking = Type.Object({
  place: Type.String(),
  address: Type.String(),
  from: Instant,
  until: Instant,
  windowText: Type.String(),
  quantity: Type.Integer(),
  /** The buyer can give it back until then. */
  refundUntil: Instant,
});
export type OrderBooking = Static<typeof OrderBooking>;

/** What a virtual order gave. Asked for by its buyer alone. */
export const Deliveries = Type.Object({
  items: Type.Array(
    Type.Object({
      title: Type.String(),
      specText: Type.String(),
      codes: Type.Array(Type.String()),
      content: Type.String(),
      expiresAt: Nullable(Instant),
      isOver: Type.Boolean({ description: 'expired, or given back' }),
    }),
  ),
});
export type Deliveries = Static<typeof Deliveries>;
