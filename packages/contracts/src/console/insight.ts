/** From looking to paying, as the merchant reads it. */
import { type Static, Type } from 'typebox';
import { CalendarDate } from '../common.ts';

/** Unique people who came so far, each step after the one before. `cart`: put in the cart, or set about buying at once. */
const steps = { visit: Type.Integer(), browse: Type.Integer(), cart: Type.Integer(), pay: Type.Integer() };
export const FunnelReport = Type.Object({
  /** Over the whole time: who looked on Monday and paid on Friday is in it. */
  total: Type.Object(steps),
  /** All within one Shanghai day. */
  days: Type.Array(Type.Object({ day: CalendarDate, ...steps })),
});
export type FunnelReport = Static<typeof FunnelReport>;
