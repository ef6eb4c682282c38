/** Wires complaints of WeChat Pay to what proves the shop's side: the order, its parcels, its refunds. */
import type { ComplaintEvidence } from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import type { RouteApp } from '#platform/http/app.ts';
import {
  complaintRoutes,
  createComplaintFlow,
  createComplaintGateway,
  createComplaints,
} from '../modules/complaints/index.ts';
import type { Fulfilment } from '../modules/fulfilment/index.ts';
import type { Identity } from '../modules/identity/index.ts';
import type { Orders } from '../modules/orders/index.ts';
import { problemOf, shareOfTrade } from '../modules/payments/index.ts';
import type { Stores } from '../modules/stores/index.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Outside } from './outside.ts';

const mostEvents = 50;
const dayTime = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  ...{ month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false },
});
const refundTexts: Record<string, string> = { succeeded: '已退款', failed: '退款未成功' };

export function composeComplaints({
  infrastructure,
  outside,
  orders,
  fulfilment,
  stores,
  identity,
  reportLate,
}: {
  infrastructure: Infrastructure;
  outside: Outside;
  orders: Pick<Orders, 'getOfShop'>;
  fulfilment: Pick<Fulfilment, 'tracksOfShopOrder'>;
  stores: Pick<Stores, 'shops'>;
  identity: Pick<Identity, 'audit'>;
  reportLate(count: number): Promise<void>;
}) {
  const { config, log, clock, database, sweeps, policies, cipher } = infrastructure;

  async function evidenceOf(shopId: string, orderNo: string): Promise<ComplaintEvidence> {
    const order = await orders.getOfShop(database.db, shopId, orderNo);
    const tracks =
      order.parcels.length > 0 ? await fulfilment.tracksOfShopOrder(database.db, shopId, orderNo) : undefined;
    const { paidAt } = order.payment;
    return {
      orderNo,
      facts: [
        {
          name: '商品',
          value: order.lines
            .map(({ title, quantity }) => `${title}×${quantity}`)
            .join('、')
            .slice(0, 60),
        },
        { name: '实付', value: `${formatYuan(order.payable)} 元` },
        ...(paidAt ? [{ name: '付款于', value: dayTime.format(new Date(paidAt)) }] : []),
        { name: '状态', value: order.statusText },
        ...order.consents.map(({ text, version }) => ({ name: '买家下单前确认', value: `${text}（版本 ${version}）` })),
      ],
      timeline: order.timeline.slice(0, mostEvents),
      parcels: order.parcels.map(({ parcelId, carrierName, waybillNo }) => ({
        carrier: carrierName,
        waybillNo,
        nodes: (tracks?.get(parcelId) ?? []).slice(0, mostEvents).map(({ at, text }) => ({ at, text })),
      })),
      refunds: order.refunds.map(({ requestedAt, amount, status }) => ({
        at: requestedAt,
        text: `${refundTexts[status] ?? '退款处理中'} ${formatYuan(amount)} 元`,
      })),
    };
  }

  const complaints = createComplaints({ clock, policies, cipher });
  const flow = createComplaintFlow({
    ...{ database, policies, cipher, clock, log, problemOf, evidenceOf, reportLate },
    gateway: createComplaintGateway({ client: outside.pay, publicBaseUrl: config.publicBaseUrl, problemOf }),
    tradeOf: shareOfTrade,
    // Shop ids grow with time: the smallest is the shop the install began with.
    firstShop: async (db) => [...(await stores.shops(db)).keys()].sort()[0] ?? '',
  });
  for (const sweep of flow.sweeps) sweeps.add(sweep);
  return {
    countWaiting: complaints.countWaiting,
    mount: (app: RouteApp) => complaintRoutes(app, { database, complaints, flow, audit: identity.audit }),
  };
}
