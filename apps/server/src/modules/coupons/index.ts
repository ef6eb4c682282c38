import './coupons.tables.ts';

export { couponAudits } from './coupons.audits.ts';
export { couponsWithin } from './coupons.calendar.ts';
export { couponsConsoleRoutes } from './coupons.console.routes.ts';
export type { MerchantCoupon } from './coupons.domain.ts';
export { couponsRoutes } from './coupons.routes.ts';
export { type Coupons, type CouponsDeps, createCoupons } from './coupons.service.ts';
export { couponsSubscribers, couponsSweeps } from './coupons.subscribers.ts';
export { traceOfCoupons } from './coupons.trace.ts';
