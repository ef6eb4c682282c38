/** What of the activities a page shows beside its own matter: a few of each, true when they were read. */
import { type Static, Type } from 'typebox';
import { BargainOffer } from './bargains.ts';
import { FlashSale } from './flash-sales.ts';
import { GroupOffer } from './group-buys.ts';
import { MemberDay } from './member-days.ts';
import { Presale } from './presales.ts';

export const ActivityZone = Type.Object({
  sales: Type.Array(FlashSale),
  groups: Type.Array(GroupOffer),
  bargains: Type.Array(BargainOffer),
  days: Type.Array(MemberDay),
  presales: Type.Array(Presale),
});
export type ActivityZone = Static<typeof ActivityZone>;
