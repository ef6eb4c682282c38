/** Pure rules of a bargain: the schedule of cuts, the state of an activity, the id of a bargain. */
import { createHash } from 'node:crypto';
import type { BargainOffer, BargainStatus } from '@xiaopu/contracts';
import type { PictureRef } from '#platform/picture.ts';

export interface Activity {
  activityId: string;
  shopId: string;
  spuId: string;
  skuId: string;
  name: string;
  floorPrice: number;
  helpsNeeded: number;
  quota: number;
  taken: number;
  hours: number;
  startsAt: Date;
  endsAt: Date;
  status: 'live' | 'ended';
  overrideReason: string | null;
  createdBy: string;
}

export interface BargainGoods {
  shopId: string;
  shopName: string;
  spuId: string;
  title: string;
  specText: string;
  picture: PictureRef;
  salePrice: number;
  listPrice: number;
  cost: number;
  onSale: boolean;
}

/**
 * `helps` cuts that sum to `total`, none below one fen, each at most the one before (C07-BRG-02, -05).
 * `random(n)`: a whole number below n; the caller brings a cryptographic one.
 */
export function drawCuts(total: number, helps: number, random: (below: number) => number): number[] {
  if (helps < 1 || total < helps) throw new RangeError('every cut needs at least one fen');
  // Earlier friends weigh up to four times what the last ones do, each with a throw of its own.
  const weights = Array.from({ length: helps }, (_, seat) => (1 + random(1_000)) * (4 * helps - 3 * seat));
  weights.sort((a, b) => b - a);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const spare = total - helps;
  const cuts = weights.map((weight) => 1 + Math.floor((spare * weight) / sum));
  const left = total - cuts.reduce((all, cut) => all + cut, 0);
  // Fewer fen than friends are left over; given to the first ones the order stays.
  for (let seat = 0; seat < left; seat += 1) cuts[seat] = (cuts[seat] as number) + 1;
  return cuts;
}

export function stateOf({ status, startsAt, endsAt, quota, taken }: Activity, now: Date): BargainOffer['state'] {
  if (status === 'ended' || now >= endsAt) return 'ended';
  if (now < startsAt) return 'upcoming';
  return taken < quota ? 'running' : 'sold_out';
}

export function bargainStatus(
  { status, expiresAt }: { status: 'open' | 'ordered' | 'bought' | 'returned'; expiresAt: Date },
  now: Date,
): BargainStatus {
  if (status === 'returned') return 'over';
  return status === 'open' && now >= expiresAt ? 'over' : status;
}

/** One bargain a buyer and activity: opening it again finds it, and nobody can guess another's. */
export function bargainIdOf(activityId: string, buyerId: string): string {
  const bytes = createHash('sha256').update(`bargain\n${activityId}\n${buyerId}`).digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
