/** Flash sales, bargains and member days for home and product pages: asked once a moment, by whoever comes first. */
import type { BargainOffer, FlashSale, MemberDay } from '@xiaopu/contracts';
import { api } from '@/platform/request';

export interface Activities {
  sales: FlashSale[];
  bargains: BargainOffer[];
  days: MemberDay[];
}

const freshMs = 15_000;
let kept: { at: number; all: Promise<Activities> } | undefined;

/** A part that fails is empty: these zones decorate a page, they never break it. */
async function read(): Promise<Activities> {
  const [sales, bargains, days] = await Promise.all([
    api.flashSales.list().then(
      ({ items }) => items,
      () => [],
    ),
    api.bargains.offers().then(
      ({ items }) => items,
      () => [],
    ),
    api.memberDays().then(
      ({ items }) => items,
      () => [],
    ),
  ]);
  return { sales, bargains, days };
}

export function activities(): Promise<Activities> {
  const now = Date.now();
  if (kept === undefined || now - kept.at > freshMs) kept = { at: now, all: read() };
  return kept.all;
}
export function forgetActivities(): void {
  kept = undefined;
}
