/** Wires goods that are not sent: booked services, which checkout and orders ask ahead of them, and virtual goods behind orders. */
import { minuteMs, secondMs } from '#platform/clock.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { bookingRoutes, bookingSubscribers, createBookingDesk, createBookings } from '../modules/bookings/index.ts';
import type { Catalog } from '../modules/catalog/index.ts';
import type { Fulfilment } from '../modules/fulfilment/index.ts';
import type { Identity } from '../modules/identity/index.ts';
import type { Inventory } from '../modules/inventory/index.ts';
import { consentRoutes, type Orders } from '../modules/orders/index.ts';
import { createVirtualGoods, virtualGoodsRoutes, virtualGoodsSubscribers } from '../modules/virtual-goods/index.ts';
import type { Infrastructure } from './infrastructure.ts';

interface UnsentNeeds {
  infrastructure: Pick<Infrastructure, 'clock' | 'policies' | 'cipher' | 'database' | 'messaging' | 'sweeps'>;
  catalog: Pick<Catalog, 'sellableSkus' | 'goods' | 'skuIdsOf'>;
}

export function composeUnsent({ infrastructure, catalog }: UnsentNeeds) {
  const { clock, policies, cipher: fieldCipher, database, messaging, sweeps } = infrastructure;
  const bookings = createBookings({
    ...{ clock, policies, fieldCipher },
    termsOf: async (db, spuId) => {
      const goods = await catalog.goods(db, { spuId }, 1);
      const [sku] = (
        await catalog.sellableSkus(
          db,
          goods.map(({ skuId }) => skuId),
        )
      ).values();
      return sku?.goods?.kind === 'service' ? sku.goods : undefined;
    },
  });

  return {
    bookings,
    mount(
      app: RouteApp,
      {
        orders,
        fulfilment,
        inventory,
        identity,
      }: { orders: Orders; fulfilment: Fulfilment; inventory: Inventory; identity: Pick<Identity, 'audit'> },
    ) {
      const { audit } = identity;
      const desk = createBookingDesk({ clock, policies, fieldCipher, bookings, orders, fulfilment });
      bookingSubscribers(messaging.subscribers, bookings, orders);
      consentRoutes(app, { database, orders, audit });
      bookingRoutes(app, { database, bookings, desk, audit });
      const virtualGoods = createVirtualGoods({
        ...{ clock, fieldCipher, orders, fulfilment, inventory },
        skusOf: catalog.sellableSkus,
        skuIdsOfProduct: catalog.skuIdsOf,
      });
      virtualGoodsSubscribers(messaging.subscribers, virtualGoods);
      virtualGoodsRoutes(app, { database, virtualGoods, audit });
      sweeps.add({ name: 'bookings.expire', everyMs: minuteMs, run: () => desk.expire(database) });
      sweeps.add({
        name: 'virtual_goods.deliver_due',
        everyMs: 10 * secondMs,
        run: () => virtualGoods.deliverDue(database),
      });
      return { virtualGoods };
    },
  };
}
