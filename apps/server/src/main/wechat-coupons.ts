/** Wires own coupons to WeChat's card bag. */
import type { Coupons, MerchantCoupon } from '../modules/coupons/index.ts';
import type { Identity } from '../modules/identity/index.ts';
import { problemOf } from '../modules/payments/index.ts';
import {
  createWechatCouponGateway,
  createWechatCoupons,
  wechatCouponRoutes,
  wechatCouponsSweep,
} from '../modules/wechat-coupons/index.ts';
import type { RouteApp } from '../platform/http/app.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Outside } from './outside.ts';

export function composeWechatCoupons({
  infrastructure,
  outside,
  identity,
  coupons,
}: {
  infrastructure: Infrastructure;
  outside: Outside;
  identity: Pick<Identity, 'openidOf'>;
  coupons: Pick<Coupons, 'asMerchantCoupon'>;
}) {
  const { config, clock, policies, log, database, messaging, sweeps } = infrastructure;
  const shown = createWechatCoupons({
    clock,
    policies,
    gateway: createWechatCouponGateway({
      client: outside.pay,
      appId: outside.wechat.miniAppId,
      publicBaseUrl: config.publicBaseUrl,
    }),
    stockOrderOf: (db, templateId): Promise<MerchantCoupon | undefined> => coupons.asMerchantCoupon(db, templateId),
    openidOf: (db, buyerId) => identity.openidOf(db, buyerId, 'mini'),
    problemOf,
    log,
  });
  messaging.subscribers.on('coupons.coupon_claimed', 'wechat_coupons', (tx, { payload }) => shown.claimed(tx, payload));
  messaging.subscribers.on('coupons.coupon_moved', 'wechat_coupons', (tx, { payload }) => shown.moved(tx, payload));
  sweeps.add(wechatCouponsSweep(shown, database));
  return { routes: (app: RouteApp) => wechatCouponRoutes(app, { database, coupons: shown }) };
}
