/** Positions, and the physical stores around one. */
import { type Static, Type } from 'typebox';
import { Id, Nullable } from './common.ts';

const lat = Type.Number({ minimum: -90, maximum: 90 });
const lng = Type.Number({ minimum: -180, maximum: 180 });

/** GCJ-02, as WeChat gives it. Asked for, used for the answer, not kept. */
export const Position = Type.Object({ lat, lng });
export type Position = Static<typeof Position>;
export const position = { lat: Type.Optional(lat), lng: Type.Optional(lng) };
export const PositionQuery = Type.Object(position);
export type PositionQuery = Static<typeof PositionQuery>;

export const distance = Nullable(
  Type.Integer({ description: 'metres as the crow flies; null when the shopper gave no position' }),
);

export const StoreCard = Type.Object({
  storeId: Id,
  name: Type.String(),
  address: Type.String(),
  phone: Type.String(),
  hours: Type.String(),
  lat: Type.Number(),
  lng: Type.Number(),
});
export type StoreCard = Static<typeof StoreCard>;

/** By position, or by a city that was picked; with neither, only the cities are answered. */
export const NearbyQuestion = Type.Object({
  at: Type.Optional(Position),
  city: Type.Optional(Type.String({ minLength: 1, maxLength: 20 })),
});
export type NearbyQuestion = Static<typeof NearbyQuestion>;

export const NearbyStore = Type.Object({
  shopId: Id,
  shopName: Type.String(),
  store: StoreCard,
  distance,
  /** Within the distance that counts as near. */
  isNear: Type.Boolean(),
});
export type NearbyStore = Static<typeof NearbyStore>;
export const NearbyStores = Type.Object({
  nearMetres: Type.Integer({ description: 'what counts as near' }),
  /** Nearest first; of a city by name. */
  items: Type.Array(NearbyStore),
  cities: Type.Array(Type.Object({ city: Type.String(), stores: Type.Integer() })),
});
export type NearbyStores = Static<typeof NearbyStores>;
