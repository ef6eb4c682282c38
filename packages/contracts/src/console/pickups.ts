/** The store clerk's work: what to get ready, what waits to be picked up, codes to check off, what stands on the shelf. */
import { type Static, Type } from 'typebox';
import { CalendarDate, Fen, Id, Instant, Nullable, NumberedPage, OrderNo, PageQuery, Picture } from '../common.ts';
import { OrderStatus } from '../orders.ts';
import { StoreCard } from '../places.ts';

export const PickupTab = Type.Enum(['to_prepare', 'ready', 'carried', 'done', 'returned']);
export type PickupTab = Static<typeof PickupTab>;
export const PickupQuery = Type.Intersect([
  PageQuery,
  Type.Object({
    storeId: Type.Optional(Id),
    tab: PickupTab,
    /** Order number or its tail, or a phone's last four digits. */
    q: Type.Optional(Type.String({ maxLength: 20 })),
    day: Type.Optional(CalendarDate),
  }),
]);
export type PickupQuery = Static<typeof PickupQuery>;

export const PickupRow = Type.Object({
  orderNo: OrderNo,
  storeId: Id,
  storeName: Type.String(),
  status: OrderStatus,
  statusText: Type.String(),
  contact: Type.String({ description: 'masked' }),
  lines: Type.Array(
    Type.Object({
      title: Type.String(),
      specText: Type.String(),
      skuCode: Type.String(),
      picture: Picture,
      quantity: Type.Integer({ description: 'pieces to hand over' }),
    }),
  ),
  unitCount: Type.Integer(),
  payable: Fen,
  remark: Type.String(),
  windowText: Type.String(),
  /** Scanned and paid in the store: only the exit is left. */
  isCarried: Type.Boolean(),
  until: Instant,
  expiresAt: Instant,
  isLate: Type.Boolean({ description: 'its window is over' }),
  paidAt: Nullable(Instant),
  readyAt: Nullable(Instant),
  pickedUpAt: Nullable(Instant),
  pickedUpBy: Nullable(Type.String()),
});
export type PickupRow = Static<typeof PickupRow>;
export const PickupPage = NumberedPage(PickupRow);
export type PickupPage = Static<typeof PickupPage>;

/** Stores the caller serves, with how much waits in each. */
export const PickupDesk = Type.Object({
  stores: Type.Array(Type.Object({ ...StoreCard.properties, toPrepare: Type.Integer(), ready: Type.Integer() })),
});
export type PickupDesk = Static<typeof PickupDesk>;

export const CheckPickupCode = Type.Object({ code: Type.String({ minLength: 8, maxLength: 40 }) });
export type CheckPickupCode = Static<typeof CheckPickupCode>;

/** Who serves which store; staff without one who may manage serve them all. */
export const StoreTeam = Type.Object({
  stores: Type.Array(
    Type.Object({
      storeId: Id,
      name: Type.String(),
      clerks: Type.Array(Type.Object({ staffId: Id, name: Type.String() })),
    }),
  ),
});
export type StoreTeam = Static<typeof StoreTeam>;
export const SetStoreTeam = Type.Object({ staffIds: Type.Array(Id, { maxItems: 200 }) });
export type SetStoreTeam = Static<typeof SetStoreTeam>;

export const ShelfQuery = Type.Intersect([
  PageQuery,
  Type.Object({ storeId: Id, q: Type.Optional(Type.String({ maxLength: 60 })) }),
]);
export type ShelfQuery = Static<typeof ShelfQuery>;
export const ShelfRow = Type.Object({
  skuId: Id,
  title: Type.String(),
  specText: Type.String(),
  skuCode: Type.String(),
  picture: Type.Optional(Picture),
  onHand: Type.Integer(),
  reserved: Type.Integer(),
  available: Type.Integer(),
});
export const ShelfPage = NumberedPage(ShelfRow);
export type ShelfPage = Static<typeof ShelfPage>;
export const AdjustShelf = Type.Object({
  storeId: Id,
  requestId: Id,
  delta: Type.Integer({ minimum: -100_000, maximum: 100_000 }),
  reason: Type.Enum(['till', 'transfer', 'purchase', 'count', 'damage', 'other']),
  note: Type.String({ maxLength: 100, default: '' }),
});
export type AdjustShelf = Static<typeof AdjustShelf>;
export const ShelfLevel = Type.Object({
  onHand: Type.Integer(),
  reserved: Type.Integer(),
  available: Type.Integer(),
});
export type ShelfLevel = Static<typeof ShelfLevel>;
