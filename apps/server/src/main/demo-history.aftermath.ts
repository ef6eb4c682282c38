/** What becomes of the demo's orders in the days after: they leave, arrive, are reviewed, or come back. */
import type { BuyerApi, ConsoleApi } from '@xiaopu/api-client';
import type { OrderDetail } from '@xiaopu/contracts';
import type { Random } from '@xiaopu/demo-data';
import { dayMs } from '#platform/clock.ts';
import type { HistoryCalls } from './demo-history.calls.ts';
import type { Customer } from './demo-history.people.ts';

/** An order so far, and what its people still mean to do. */
export interface Running {
  customer: Customer;
  orderNo: string;
  shopId: string;
  placedAt: number;
  isShipped: boolean;
  plan: 'keep' | 'review' | 'return' | 'cancel';
}

const receiptAfterMs = 3 * dayMs;
const praise = ['和图片一样，家里人都说好。', '做工细致，发货也快。', '第二次买了，质量稳定。', '大小合适，颜色耐看。'];
const blame = ['包装有点压，东西没坏。', '颜色比页面上深一点，还能接受。'];

/** A morning at the shops: yesterday's orders leave; what arrived days ago is received, reviewed, or sent back. */
export async function followUp(
  calls: HistoryCalls,
  running: Running[],
  random: Random,
  { at, now }: { at: number; now: number },
): Promise<void> {
  const sign = await calls.staff();
  for (const entry of [...running]) {
    const { customer, orderNo, plan, placedAt } = entry;
    const shop = sign(entry.shopId);
    if (!entry.isShipped && plan === 'cancel') {
      await customer.api.orders.refund(orderNo, { reason: '拍错了，重新买' });
      running.splice(running.indexOf(entry), 1);
    } else if (!entry.isShipped && now - placedAt > dayMs) {
      const { status, waitingFor } = await customer.api.orders.get(orderNo);
      // Who bought together waits for the others; what came to nothing has been paid back.
      if (status === 'paid' && waitingFor === null) {
        await shop.orders.ship(orderNo, { carrierCode: 'SF', waybillNo: waybillNo(random) });
        entry.isShipped = true;
      } else if (status === 'refunded' || status === 'refunding') running.splice(running.indexOf(entry), 1);
    } else if (entry.isShipped && at - placedAt > receiptAfterMs) {
      const order = await customer.api.orders.confirmReceipt(orderNo);
      if (plan === 'review') await review(shop, customer.api, order, random, now - at > 2 * dayMs);
      if (plan === 'return') await sendBack(shop, customer.api, order, random, now - at > 3 * dayMs);
      running.splice(running.indexOf(entry), 1);
    }
  }
}

async function review(shop: ConsoleApi, api: BuyerApi, order: OrderDetail, random: Random, isModerated: boolean) {
  const [line] = order.lines;
  if (!line) return;
  const isHappy = random.chance(0.85);
  await api.orders.review(order.orderNo, {
    lineId: line.lineId,
    rating: isHappy ? 5 : 3,
    text: random.pick(isHappy ? praise : blame),
    mediaIds: [],
    anonymous: random.chance(0.3),
  });
  if (!isModerated) return; // The newest wait for somebody at the console.
  const { items } = await shop.reviews.list({ status: 'held', page: 1, pageSize: 10 });
  for (const { reviewId } of items) await shop.reviews.moderate(reviewId, { decision: 'show' });
}

async function sendBack(shop: ConsoleApi, api: BuyerApi, order: OrderDetail, random: Random, isOver: boolean) {
  const [line] = order.lines;
  if (!line) return;
  const { caseNo } = await api.afterSales.apply({
    orderNo: order.orderNo,
    kind: 'return',
    reason: 'quality',
    lines: [{ lineId: line.lineId, quantity: 1 }],
    description: '边角有点瑕疵，想退。',
    mediaIds: [],
  });
  if (!isOver) return; // The newest wait for somebody at the console.
  await shop.afterSales.agree(caseNo);
  await api.afterSales.shipBack(caseNo, { carrierCode: 'SF', waybillNo: waybillNo(random) });
  await shop.afterSales.receive(caseNo, { restock: true });
}

const waybillNo = (random: Random) => `SF${String(random.integer(100_000_000_000, 999_999_999_999))}`;
