import type { ConsoleOrder } from '@xiaopu/contracts/console';
import { describe, expect, it } from 'vitest';
import { stepsOf } from './progress.ts';

const at = '2026-03-01T02:00:00Z';
const parcel = { shippedAt: at } as ConsoleOrder['parcels'][number];
function order(status: ConsoleOrder['status'], change: Partial<ConsoleOrder> = {}) {
  const isPaid = status !== 'pending_payment' && status !== 'cancelled';
  const payment = { paidAt: isPaid ? at : null } as ConsoleOrder['payment'];
  return { status, createdAt: at, payment, parcels: [], refunds: [], ...change };
}
const shown = (...args: Parameters<typeof order>) =>
  stepsOf(order(...args)).map(({ title, state }) => `${title} ${state}`);

describe('steps of an order', () => {
  it('waits for payment, then for shipping, then for the buyer', () => {
    expect(shown('pending_payment')).toEqual(['买家下单 done', '等待付款 now', '等待发货 todo', '买家收货 todo']);
    expect(shown('paid')).toEqual(['买家下单 done', '付款 done', '等待发货 now', '买家收货 todo']);
    expect(shown('shipped', { parcels: [parcel] })).toEqual([
      '买家下单 done',
      '付款 done',
      '发货 done',
      '买家收货 now',
    ]);
    expect(shown('completed', { parcels: [parcel] })).toEqual([
      '买家下单 done',
      '付款 done',
      '发货 done',
      '已完成 done',
    ]);
  });

  it('says when only part has left', () => {
    expect(shown('paid', { parcels: [parcel] })[2]).toBe('部分发货 now');
  });

  it('ends early when cancelled or paid back', () => {
    expect(shown('cancelled')).toEqual(['买家下单 done', '已取消 stopped']);
    expect(shown('refunding')).toEqual(['买家下单 done', '付款 done', '申请退款 done', '等待退款到账 now']);
    expect(shown('refunded')[3]).toBe('已退款 stopped');
  });
});
