/** Wires after-sale: cases, their routes, what they hear and their timer. */
import {
  type AfterSalesDeps,
  afterSalesRoutes,
  afterSalesSubscribers,
  afterSalesSweep,
  consoleAfterSalesRoutes,
  createAfterSales,
} from '../modules/after-sales/index.ts';
import type { Identity } from '../modules/identity/index.ts';
import type { Media } from '../modules/media/index.ts';
import type { Stores } from '../modules/stores/index.ts';
import type { RouteApp } from '../platform/http/app.ts';
import type { Infrastructure } from './infrastructure.ts';

export function composeAfterSales({
  infrastructure: { clock, database, messaging, sweeps, policies, cipher },
  orders,
  inventory,
  logistics,
  media,
  identity,
  stores,
  hasFreeReturns,
}: Pick<AfterSalesDeps, 'orders' | 'inventory' | 'logistics' | 'hasFreeReturns'> & {
  infrastructure: Infrastructure;
  media: Pick<Media, 'refsForBuyer' | 'toPicture' | 'toPreview'>;
  identity: Pick<Identity, 'buyers' | 'audit'>;
  stores: Pick<Stores, 'shops'>;
}) {
  const afterSales = createAfterSales({
    clock,
    outbox: messaging.outbox,
    policies,
    fieldCipher: cipher,
    orders,
    inventory,
    logistics,
    picturesOfBuyer: media.refsForBuyer,
    buyerNames: identity.buyers,
    shops: stores.shops,
    hasFreeReturns,
    toPicture: media.toPicture,
    toPreview: media.toPreview,
  });
  afterSalesSubscribers(messaging.subscribers, { afterSales });
  sweeps.add(afterSalesSweep(afterSales, database));
  return {
    afterSales,
    mount(app: RouteApp): void {
      afterSalesRoutes(app, { database, afterSales });
      consoleAfterSalesRoutes(app, { database, afterSales, audit: identity.audit });
    },
  };
}
