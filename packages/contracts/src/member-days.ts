/** Member days (会员日): on days of the calendar some goods cost less for members. */
import { type Static, Type } from 'typebox';
import { Id, Instant } from './common.ts';

export const MemberDay = Type.Object({
  dayId: Id,
  shopId: Id,
  shopName: Type.String(),
  name: Type.String(),
  payRate: Type.Integer({ description: 'still paid, basis points: 8800 = 8.8折' }),
  /** Empty: every member. */
  tiers: Type.Array(Type.String()),
  /** Empty: everything in the shop. */
  spuIds: Type.Array(Id),
  text: Type.String({ description: '每月 8、18、28 日 全店 8.8 折' }),
  /** The day it runs now, or next. */
  startsAt: Instant,
  endsAt: Instant,
  isRunning: Type.Boolean(),
});
export type MemberDay = Static<typeof MemberDay>;
export const MemberDayList = Type.Object({ serverTime: Instant, items: Type.Array(MemberDay) });
export type MemberDayList = Static<typeof MemberDayList>;
