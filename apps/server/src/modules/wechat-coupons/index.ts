import './wechat-coupons.tables.ts';

export { createWechatCouponGateway } from './wechat-coupons.gateway.ts';
export { wechatCouponRoutes } from './wechat-coupons.routes.ts';
export { createWechatCoupons, type WechatCoupons, wechatCouponsSweep } from './wechat-coupons.service.ts';
