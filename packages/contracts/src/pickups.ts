/** Picking up in a physical store: which store, which window, and the code that is shown there. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, Picture } from './common.ts';
import { distance, StoreCard } from './places.ts';

export const PickupWindow = Type.Object({
  from: Instant,
  until: Instant,
  text: Type.String({ description: '今天 14:00–15:00' }),
  isFull: Type.Boolean(),
});
export type PickupWindow = Static<typeof PickupWindow>;

/** A store of the shop with what it has of the wanted goods, nearest first. */
export const PickupOffer = Type.Object({
  store: StoreCard,
  distance,
  /** Everything is there in the wanted number. */
  isComplete: Type.Boolean(),
  lines: Type.Array(
    Type.Object({ skuId: Id, title: Type.String(), wanted: Type.Integer(), available: Type.Integer() }),
  ),
  windows: Type.Array(PickupWindow),
});
export type PickupOffer = Static<typeof PickupOffer>;
export const PickupOffers = Type.Object({ items: Type.Array(PickupOffer) });
export type PickupOffers = Static<typeof PickupOffers>;

/** Stock of a product in the shop's stores (门店库存), nearest first. */
export const StoreStock = Type.Object({
  items: Type.Array(
    Type.Object({
      store: StoreCard,
      distance,
      skus: Type.Array(Type.Object({ skuId: Id, specText: Type.String(), available: Type.Integer() })),
    }),
  ),
});
export type StoreStock = Static<typeof StoreStock>;

/** Chosen at checkout, by shop; `from`: the window's beginning. `now`: scanned in the store and carried out of it at once. */
export const PickupChoice = Type.Object({
  shopId: Id,
  storeId: Id,
  from: Type.Optional(Instant),
  now: Type.Optional(Type.Boolean()),
});
export type PickupChoice = Static<typeof PickupChoice>;
/** Who comes for it; left out, the address's person. */
export const PickupContact = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 30 }),
  phone: Type.String({ pattern: '^1[3-9]\\d{9}$' }),
});
export type PickupContact = Static<typeof PickupContact>;

/** The choice as the checkout page shows it. */
export const ChosenPickup = Type.Object({ store: StoreCard, window: Nullable(PickupWindow) });
export type ChosenPickup = Static<typeof ChosenPickup>;

/** Of an order that is picked up. */
export const OrderPickup = Type.Object({
  ...StoreCard.properties,
  from: Instant,
  until: Instant,
  windowText: Type.String(),
  /** Scanned and bought in the store: the code is the proof at its exit. */
  isCarried: Type.Boolean(),
  readyAt: Nullable(Instant),
  /** Not picked up by then: the money goes back by itself. */
  expiresAt: Instant,
});
export type OrderPickup = Static<typeof OrderPickup>;
/** What a barcode on a store's shelf stands for. */
export const ScannedSku = Type.Object({
  skuId: Id,
  spuId: Id,
  shopId: Id,
  title: Type.String(),
  specText: Type.String(),
  picture: Picture,
  salePrice: Fen,
  available: Type.Integer({ description: 'in this store' }),
});
export type ScannedSku = Static<typeof ScannedSku>;
/** Stores where one can scan and buy, nearest first. */
export const ScanStores = Type.Object({
  items: Type.Array(Type.Object({ shopId: Id, store: StoreCard, distance })),
});
export type ScanStores = Static<typeof ScanStores>;

/** Shown at the counter: once, by the shop's staff. */
export const PickupCode = Type.Object({
  digits: Type.String(),
  rows: Type.Array(Type.String(), { description: 'QR code, 0 and 1' }),
  /** The proof at the exit changes by itself: when the next one is to be asked for. */
  refreshAt: Nullable(Instant),
});
export type PickupCode = Static<typeof PickupCode>;
