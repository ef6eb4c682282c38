/** Pure rules of group purchases: the price of a step, what a group has come to, when it ends. */
import type { GroupActivityState, GroupStatus, GroupStep, GroupStepPrice } from '@xiaopu/contracts';
import { activityUnitPrice, groupStep } from '@xiaopu/pricing';
import type { PictureRef } from '#platform/picture.ts';

export interface Activity {
  activityId: string;
  shopId: string;
  spuId: string;
  skuIds: string[];
  name: string;
  steps: GroupStep[];
  quota: number;
  taken: number;
  buyerLimit: number;
  hours: number;
  allowsSolo: boolean;
  startsAt: Date;
  endsAt: Date;
  status: 'live' | 'ended';
  overrideReason: string | null;
  createdBy: string;
}

export interface GroupGoods {
  skuId: string;
  shopId: string;
  shopName: string;
  spuId: string;
  title: string;
  specText: string;
  picture: PictureRef;
  salePrice: number;
  listPrice: number;
  /** 0: not known. */
  cost: number;
  onSale: boolean;
}

export interface GroupFacts {
  status: 'opening' | 'open' | 'succeeded' | 'failed' | 'dropped';
  held: number;
  paid: number;
  size: number;
  deadline: Date | null;
}

/** Of one piece whose sale price was `salePrice` when it was ordered; never above that. */
export const priceOfStep = ({ payRate, price }: GroupStep, salePrice: number): number =>
  Math.min(
    salePrice,
    activityUnitPrice(
      {
        id: '',
        kind: 'group',
        name: '',
        ...(price === undefined ? {} : { unitPrice: price }),
        ...(payRate === undefined ? {} : { payRate }),
      },
      salePrice,
    ),
  );

export const pricesOf = (steps: readonly GroupStep[], salePrice: number): GroupStepPrice[] =>
  steps.map((step) => ({ size: step.size, price: priceOfStep(step, salePrice) }));

export const firstOf = (steps: readonly GroupStep[]): GroupStep => steps[0] as GroupStep;
export const lastOf = (steps: readonly GroupStep[]): GroupStep => steps.at(-1) as GroupStep;

/** Why these steps cannot be; undefined: they can. Sizes grow, prices fall, one kind of step, nothing above the sale price. */
export function faultOfSteps(steps: readonly GroupStep[], salePrices: readonly number[]): string | undefined {
  const kinds = new Set(steps.map(({ payRate, price }) => `${payRate !== undefined}${price !== undefined}`));
  if (kinds.has('truetrue') || kinds.has('falsefalse') || kinds.size !== 1)
    return '每一档填折扣或价格其中一种，各档要一致';
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    if (before && step.size <= before.size) return '人数要一档比一档多';
    if (before && salePrices.some((sale) => priceOfStep(step, sale) >= priceOfStep(before, sale)))
      return '人数越多价格要越低';
  }
  if (salePrices.some((sale) => priceOfStep(firstOf(steps), sale) >= sale)) return '拼团价要低于售价';
  return undefined;
}

export function stateOf({ status, startsAt, endsAt, quota, taken, steps }: Activity, now: Date): GroupActivityState {
  if (status === 'ended' || now >= endsAt) return 'ended';
  if (now < startsAt) return 'upcoming';
  // Whoever opens a group needs company: the last places are for groups that are already open.
  return quota - taken >= firstOf(steps).size ? 'running' : 'sold_out';
}

/** The most people a group of this activity takes is its last step: reaching it ends the group at once. */
export const reached = (steps: readonly GroupStep[], paid: number): GroupStep | undefined => groupStep(steps, paid);

/** People missing to the next step; 0 when the last is reached. */
export function missingOf(steps: readonly GroupStep[], paid: number): number {
  const next = steps.find(({ size }) => size > paid);
  return next ? next.size - paid : 0;
}

/**
 * Whether a group is to be decided now. At its deadline, but a place whose payment is under way is waited for; those close
 * within `graceMs`, and twice that is waited at most, whatever WeChat says or does not say.
 */
export function isDue({ status, held, paid, size, deadline }: GroupFacts, now: Date, graceMs: number): boolean {
  if (status !== 'open' || deadline === null) return false;
  if (paid >= size) return true;
  return held === 0 ? now >= deadline : now.getTime() >= deadline.getTime() + 2 * graceMs;
}

export const statusOf = ({ status, deadline }: Pick<GroupFacts, 'status' | 'deadline'>, now: Date): GroupStatus => {
  if (status === 'dropped') return 'failed';
  return status === 'open' && deadline !== null && now >= deadline ? 'settling' : status;
};

/** What everybody who has paid pays in the end, and what goes back to them: exactly the difference. */
export function settle(
  steps: readonly GroupStep[],
  paid: number,
  place: { salePrice: number; paidPrice: number },
): { finalPrice: number; backAmount: number } | undefined {
  const step = reached(steps, paid);
  if (!step) return undefined;
  const finalPrice = Math.min(place.paidPrice, priceOfStep(step, place.salePrice));
  return { finalPrice, backAmount: place.paidPrice - finalPrice };
}
