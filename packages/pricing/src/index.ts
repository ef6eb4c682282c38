export { activityOrder, activityUnitPrice, defaultAllows, groupStep } from './activities.ts';
export { bestCoupons } from './best-coupons.ts';
export type * from './best-coupons.types.ts';
export {
  type CouponAnswer,
  type CouponQuestion,
  type CouponState,
  chooseCoupons,
  couponStates,
} from './choose-coupons.ts';
export { areExclusive, byCouponOrder, couponGroup } from './coupons.ts';
export { levelName } from './explain.ts';
export type * from './input.types.ts';
export { lineFloor, uncoveredShortfall } from './margin.ts';
export { price } from './pipeline.ts';
export {
  type PlanConflict,
  type PlanMargin,
  type PlannedGoods,
  type PlannedKind,
  type PlannedOffer,
  type PlannedWindow,
  planConflicts,
  planMargins,
  planReaches,
} from './plan.ts';
export { refundShare } from './refund.ts';
export type * from './refund.types.ts';
export type * from './result.types.ts';
export { type PriceStep, priceSteps } from './result.types.ts';
