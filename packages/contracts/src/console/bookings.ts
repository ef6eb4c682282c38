/** Booked services and card codes as the shop works with them. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, OrderNo } from '../common.ts';
import { OrderStatus } from '../orders.ts';

export const BookingRow = Type.Object({
  orderNo: OrderNo,
  status: OrderStatus,
  statusText: Type.String(),
  title: Type.String(),
  specText: Type.String(),
  place: Type.String(),
  from: Instant,
  until: Instant,
  windowText: Type.String(),
  quantity: Type.Integer(),
  payable: Fen,
  remark: Type.String(),
  contact: Type.String({ description: 'masked' }),
  phone: Type.String({ description: 'masked' }),
  state: Type.Enum(['booked', 'released', 'redeemed']),
  redeemedAt: Nullable(Instant),
  redeemedBy: Nullable(Type.String()),
});
export type BookingRow = Static<typeof BookingRow>;
export const BookingDay = Type.Object({ items: Type.Array(BookingRow) });
export type BookingDay = Static<typeof BookingDay>;

/** How many codes a SKU has, and how many paid orders wait for more. */
export const CodeStock = Type.Object({
  items: Type.Array(
    Type.Object({
      skuId: Id,
      specText: Type.String(),
      free: Type.Integer(),
      sold: Type.Integer(),
      void: Type.Integer(),
    }),
  ),
});
export type CodeStock = Static<typeof CodeStock>;
export const AddCodes = Type.Object({
  skuId: Id,
  codes: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 2_000 }),
});
export type AddCodes = Static<typeof AddCodes>;
export const AddedCodes = Type.Object({
  added: Type.Integer(),
  known: Type.Integer({ description: 'left out: named twice, or there already' }),
});
export type AddedCodes = Static<typeof AddedCodes>;
