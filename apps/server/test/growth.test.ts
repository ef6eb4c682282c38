/** Tiers, points and paid membership in the whole shop, with the sandbox's money. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayMs } from '../src/platform/clock.ts';
import { openTestShop, type TestBuyer, type TestShop } from './shop.ts';
import { findProduct, pay, placeOrder, untilOrder } from './story.ts';

describe('growth in the whole shop', () => {
  let world: TestShop;
  let buyer: TestBuyer;
  beforeAll(async () => {
    world = await openTestShop();
    buyer = await world.buyer('lin-xia');
  }, 120_000);
  afterAll(() => world?.close());

  async function until<T>(read: () => Promise<T>, isThere: (value: T) => boolean): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      await world.shop.settle();
      const value = await read();
      if (isThere(value) || tries > 60) return value;
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  it('C13-SUB-04 C13-SUB-05 goes from trial to paid plan to reminder to its end, paid through the sandbox', async () => {
    const { subscription } = buyer.api;
    expect((await subscription.get()).canTry).toBe(true);
    expect((await subscription.startTrial()).current).toMatchObject({ planId: 'basic', isTrial: true });
    await world.advance(3 * dayMs + 1_000);
    expect(await subscription.get()).toMatchObject({ current: null, canTry: false });
    await expect(subscription.startTrial()).rejects.toMatchObject({ code: 'subscriptions.trial_taken' });

    const { paymentId, amount } = await subscription.buy({ planId: 'basic' });
    expect(amount).toBe(990);
    await pay(world, buyer, 'lin-xia', paymentId);
    const paid = await until(subscription.get, ({ current }) => current !== null);
    expect(paid.current).toMatchObject({ planId: 'basic', isTrial: false, wantsReminder: true });
    expect((await buyer.api.membership.get()).plan?.name).toBe('小铺会员月卡');
    await expect(buyer.api.payments.start(paymentId, { client: 'mp-weixin' })).resolves.toMatchObject({
      status: 'succeeded',
    });

    const until_ = new Date(paid.current?.until ?? '').getTime();
    await world.advance(until_ - world.clock.now().getTime() - 5 * dayMs + 1_000);
    const { rows } = await world.database.pool.query(
      `select count(*)::int as count from platform.outbox where name = 'subscriptions.renewal_due' and payload->>'buyerId' = $1`,
      [buyer.buyerId],
    );
    expect(rows[0].count).toBe(1);
    await world.advance(5 * dayMs);
    buyer = await world.buyer('lin-xia'); // the session of a month ago is over too
    expect((await buyer.api.subscription.get()).current).toBeNull();
    expect((await buyer.api.membership.get()).plan).toBeNull();
  }, 60_000);

  it('gives the unused days back through WeChat when a plan is refunded', async () => {
    const { subscription } = buyer.api;
    const { paymentId } = await subscription.buy({ planId: 'senior' });
    await pay(world, buyer, 'lin-xia', paymentId);
    const paid = await until(subscription.get, ({ current }) => current !== null);
    expect(paid.current?.refundable?.amount).toBeGreaterThan(19_800);
    expect((await subscription.refund()).current).toBeNull();
    const status = await until(
      async () => {
        const found = await world.database.pool.query(
          'select status, refunded from subscriptions.purchase where payment_id = $1',
          [paymentId],
        );
        return found.rows[0] as { status: string; refunded: number };
      },
      (row) => row.status === 'refunded',
    );
    expect(status).toEqual({ status: 'refunded', refunded: paid.current?.refundable?.amount });
    await expect(subscription.refund()).rejects.toMatchObject({ code: 'subscriptions.not_refundable' });
  }, 60_000);

  it('C06-PTS-05 pays half an order with points and gives them back when the money goes back', async () => {
    const member = await world.buyer('chen-mo');
    const { points } = member.api;
    const first = await points.signIn();
    expect(first).toMatchObject({ isNew: true, points: 5, streak: 1 });
    expect((await points.signIn()).isNew).toBe(false);
    const product = await findProduct(member);
    const { orderNos, paymentId, addressId, skuId } = await placeOrder(member, product);
    await pay(world, member, 'chen-mo', paymentId);
    await untilOrder(world, member, orderNos[0] ?? '', ({ status }) => status === 'paid');
    // Now a patron of that shop: the console sees the member and adds points with a reason.
    const headers = await world.staff('admin', product.shop.shopId);
    const list = await world.inject({ method: 'GET', url: '/api/console/members', headers });
    expect(list).toMatchObject({ status: 200, body: { items: [{ buyerId: member.buyerId, orders: 1 }] } });
    const adjust = await world.inject({
      method: 'POST',
      url: `/api/console/members/${member.buyerId}/points`,
      headers,
      body: { points: 100, reason: '活动补偿' },
    });
    expect(adjust.status).toBe(204);
    const preview = await member.api.checkout.preview({
      source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] },
      addressId,
      points: 'max',
    });
    const saved = 105;
    const plain = await member.api.checkout.preview({
      source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] },
      addressId,
    });
    expect(plain.payable - preview.payable).toBe(saved);
    expect(plain.points).toMatchObject({ balance: saved, used: 0, usable: saved, usableSaving: saved });
    const placed = await member.api.orders.place(
      { source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] }, addressId, points: 'max' },
      randomUUID(),
    );
    expect(await points.get()).toMatchObject({ balance: 0, frozen: saved });
    await pay(world, member, 'chen-mo', placed.paymentId);
    const [orderNo = ''] = placed.orderNos;
    await untilOrder(world, member, orderNo, ({ status }) => status === 'paid');
    expect(await points.get()).toMatchObject({ balance: 0, frozen: 0 });
    await member.api.orders.refund(orderNo, { reason: '不想要了' });
    const back = await until(points.get, ({ balance }) => balance === saved);
    expect(back.balance).toBe(saved);
  }, 60_000);

  it('verifies the member code at the counter once, and draws from the demo’s lottery and mall', async () => {
    const headers = await world.staff('admin');
    const { code } = await buyer.api.membership.code();
    const scan = () => world.inject({ method: 'POST', url: '/api/console/members/scan', headers, body: { code } });
    expect(await scan()).toMatchObject({ status: 200, body: { buyerId: buyer.buyerId } });
    expect((await scan()).status).toBe(422);
    await buyer.api.points.signIn();
    const { lottery } = await buyer.api.points.lottery();
    expect(lottery?.prizes.reduce((sum, { odds }) => sum + odds, 0)).toBe(1_000_000);
    await expect(buyer.api.points.draw(lottery?.lotteryId ?? '', randomUUID())).rejects.toMatchObject({
      code: 'points.insufficient',
    });
    const { items } = await buyer.api.points.mall();
    expect(items.length).toBeGreaterThan(2);
    for (const url of [
      '/api/console/points/report',
      '/api/console/plans',
      '/api/console/points/lotteries',
      '/api/console/points/mall-items',
    ])
      expect((await world.inject({ method: 'GET', url, headers })).status).toBe(200);
  });
});
