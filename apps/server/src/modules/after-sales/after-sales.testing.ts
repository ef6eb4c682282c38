/** The trade core with after-sale on it; tests say what WeChat answered. */

import { createFieldCipher } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import type { PictureRef } from '#platform/picture.ts';
import { toPicture } from '../../../test/trade.ts';
import { openTradeApp } from '../../../test/trade-app.ts';
import {
  afterSalesRoutes,
  afterSalesSubscribers,
  afterSalesSweep,
  consoleAfterSalesRoutes,
  createAfterSales,
} from './index.ts';

export type World = Awaited<ReturnType<typeof openWorld>>;

export async function openWorld() {
  const uploads = new Map<string, { buyerId: string; ref: PictureRef }>();
  const audited: { action: string; target: string; shopId: string }[] = [];
  /** Buyers who return for nothing. */
  const diamonds = new Set<string>();
  let made: ReturnType<typeof createAfterSales> | undefined;
  const trade = await openTradeApp({
    extend(app, core) {
      const { clock, messaging, policies, orders, inventory, database } = core;
      const afterSales = createAfterSales({
        clock,
        outbox: messaging.outbox,
        policies,
        fieldCipher: createFieldCipher('k1:0123456789abcdeffedcba9876543210'),
        orders,
        inventory,
        hasFreeReturns: async (_db, buyerId) => diamonds.has(buyerId),
        logistics: {
          carriers: [],
          findCarrier: (code) =>
            code === 'SF'
              ? {
                  code,
                  name: '顺丰速运',
                  wechatCode: 'SF',
                  kdniaoCode: 'SF',
                  waybillPattern: '^SF',
                  hotline: '',
                  isHeavy: false,
                }
              : undefined,
          fitsCarrier: (_code, waybillNo) => waybillNo.startsWith('SF'),
          track: async () => ({ nodes: [{ at: clock.now().toISOString(), text: '运输中', place: '杭州' }] }),
        },
        picturesOfBuyer: async (_db, buyerId, mediaIds) =>
          new Map(
            mediaIds.flatMap((id) => {
              const upload = uploads.get(id);
              return upload?.buyerId === buyerId ? [[id, upload.ref] as const] : [];
            }),
          ),
        buyerNames: async (_db, ids) =>
          new Map(ids.map((id) => [id, { nickname: '小满', maskedPhone: '138****1234' }])),
        shops: async (_db, ids) =>
          new Map(ids.map((id) => [id, { name: '栖木家居', servicePhone: '4008000000', shipsFrom: '浙江省杭州市' }])),
        toPicture,
        toPreview: (ref) => ({ ...toPicture(ref), url: `/preview/${ref.hash}` }),
      });
      afterSalesSubscribers(messaging.subscribers, { afterSales });
      afterSalesRoutes(app, { database, afterSales });
      consoleAfterSalesRoutes(app, {
        database,
        afterSales,
        audit: async (_tx, { action, target, shopId }) => void audited.push({ action, target, shopId }),
      });
      made = afterSales;
    },
  });
  const afterSales = made as ReturnType<typeof createAfterSales>;
  const sweep = afterSalesSweep(afterSales, trade.database);

  return {
    ...trade,
    afterSales,
    uploads,
    audited,
    diamonds,
    /** Due deadlines, then every event until none is left. */
    async runDue(): Promise<number> {
      let handled = 0;
      for (let round = await sweep.run(); round > 0; round = await sweep.run()) handled += round;
      await trade.messaging.relay.drain();
      return handled;
    },
    givenPicture(buyerId: string): string {
      const mediaId = newId();
      uploads.set(mediaId, { buyerId, ref: { mediaId, hash: 'b'.repeat(32), width: 600, height: 600, alt: '凭证' } });
      return mediaId;
    },
    /** A paid order; shipped and received when asked. */
    async givenOrder({
      lines = [{ salePrice: 5_000, quantity: 1 }],
      ship = false,
      receive = false,
    }: {
      lines?: { salePrice: number; quantity: number; returnable?: boolean; stock?: number }[];
      ship?: boolean;
      receive?: boolean;
    } = {}) {
      const buyerId = newId();
      const wanted = [];
      for (const { quantity, ...sku } of lines) wanted.push({ skuId: await trade.givenSku(sku), quantity });
      const placed = await trade.placeAndPay(buyerId, wanted);
      const orderNo = placed.orderNos[0] as string;
      const detail = await trade.orders.get(trade.db, buyerId, orderNo);
      const shopId = detail.shopId;
      if (ship || receive)
        await trade.inTransaction((tx) =>
          trade.fulfilment.ship(tx, shopId, {
            orderNo,
            carrierCode: 'SF',
            waybillNo: `SF${orderNo.slice(-10)}`,
            staffName: '小陈',
          }),
        );
      if (receive) await trade.inTransaction((tx) => trade.orders.confirmReceipt(tx, buyerId, orderNo));
      const lineOf = new Map(detail.lines.map((line) => [line.skuId, line.lineId]));
      return {
        buyerId,
        orderNo,
        shopId,
        payable: placed.payable,
        skuIds: wanted.map(({ skuId }) => skuId),
        lineIds: wanted.map(({ skuId }) => lineOf.get(skuId) as string),
      };
    },
    refundsOf: (buyerId: string) => trade.callsNamed('requestRefund').filter((call) => call.buyerId === buyerId),
    async settleRefunds(buyerId: string, outcome: 'succeeded' | 'failed' = 'succeeded'): Promise<void> {
      for (const call of trade.callsNamed('requestRefund').filter((each) => each.buyerId === buyerId)) {
        const { paymentId, refundNo, orderNo, amount } = call as Record<
          'paymentId' | 'refundNo' | 'orderNo',
          string
        > & {
          amount: number;
        };
        const payload = { buyerId, paymentId, refundNo, orderNo, amount, outcome };
        await trade.inTransaction((tx) => trade.messaging.outbox.publish(tx, 'payments.refund_settled', payload));
      }
      await trade.messaging.relay.drain();
    },
  };
}
