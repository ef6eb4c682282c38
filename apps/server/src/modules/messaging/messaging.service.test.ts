import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '#platform/clock.ts';
import { createApp } from '#platform/http/app.ts';
import { newId, newTradeNo } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createPolicies } from '#platform/policy.ts';
import type { WechatReply } from '#platform/wechat-api.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import {
  createMessages,
  createNotices,
  deliverySweep,
  demoTemplates,
  messagingRoutes,
  type Notices,
  subscribeMessaging,
} from './index.ts';

const log = createLogger('silent');
const { templateId } = demoTemplates.order_paid;

describe('messages', () => {
  let database: TestDatabase;
  let app: Awaited<ReturnType<typeof createApp>>;
  const clock = createFixedClock('2026-11-22T04:00:00Z');
  const messages = createMessages({ templates: demoTemplates, clock });
  const sent: { body: unknown }[] = [];
  const wechat: { reply: WechatReply } = { reply: { kind: 'ok', body: {} } };
  let messaging: ReturnType<typeof createMessaging>;
  let notices: Notices;
  let sweep: ReturnType<typeof deliverySweep>;
  let hasOpenid = true;

  beforeAll(async () => {
    database = await createTestDatabase();
    messaging = createMessaging({ database, clock, log });
    const orderFacts = async () => ({ title: '亚麻四件套', carrierName: '顺丰速运', waybillNo: 'SF1234567890123' });
    notices = createNotices({
      clock,
      policies: createPolicies({ database, clock }),
      messages,
      templates: demoTemplates,
      checks: {},
      canReach: async () => false,
      giftOf: async () => undefined,
    });
    subscribeMessaging(messaging.subscribers, {
      messages,
      notices,
      orderFacts,
      balanceOf: async () => 8_000,
      tierName: (tier) => ({ silver: '银卡会员' })[tier] ?? tier,
      tierRank: (tier) => ['bronze', 'silver'].indexOf(tier),
    });
    sweep = deliverySweep({
      database,
      templates: demoTemplates,
      openidOf: async (_db, buyerId) => (hasOpenid ? `o-${buyerId}` : undefined),
      pageOf: (orderNo) => `orders/detail?orderNo=${orderNo}`,
      api: {
        post: async (_path, body) => {
          sent.push({ body });
          return wechat.reply;
        },
      },
      clock,
      log,
    });
    app = await createApp({
      log,
      version: 'test',
      rateLimitPerMinute: 0,
      authenticators: {
        buyer: async ({ headers }) => {
          const [buyerId, guest] = (headers.authorization ?? '').replace('Bearer ', '').split('/');
          return buyerId ? { buyerId, isGuest: guest === 'guest' } : undefined;
        },
        staff: async () => undefined,
      },
    });
    messagingRoutes(app, { database, messages, notices });
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });
  beforeEach(async () => {
    wechat.reply = { kind: 'ok', body: {} };
    hasOpenid = true;
    sent.length = 0;
    await database.db.deleteFrom('messaging.delivery').execute();
  });

  const accept = (buyerId: string, askId = newId(), result: 'accept' | 'reject' = 'accept') =>
    app.inject({
      method: 'POST',
      url: '/api/messages/subscriptions',
      headers: { authorization: `Bearer ${buyerId}` },
      payload: { askId, results: [{ templateId, result }] },
    });
  const get = (path: string, buyerId?: string) =>
    app.inject({ url: path, headers: buyerId ? { authorization: `Bearer ${buyerId}` } : {} });
  const remaining = async (buyerId: string) =>
    (await get('/api/messages/subscriptions', buyerId))
      .json()
      .templates.find((one: { templateId: string }) => one.templateId === templateId).remaining;
  async function orderPaid(buyerId: string, orderNo = newTradeNo(buyerId, clock.now()), times = 1) {
    for (let i = 0; i < times; i += 1) {
      await database.inTransaction((tx) =>
        messaging.outbox.publish(tx, 'orders.order_paid', { buyerId, orderNo, shopId: newId(), payable: 8_990 }),
      );
    }
    await messaging.relay.drain();
    return orderNo;
  }
  const deliveries = (buyerId: string) =>
    database.db.selectFrom('messaging.delivery').selectAll().where('buyerId', '=', buyerId).execute();
  const drain = async () => {
    while ((await sweep.run()) > 0);
  };

  it('C01-ECO-05 one accept, one event told twice: exactly one message, and the quota falls to 0', async () => {
    const buyerId = randomUUID();
    await accept(buyerId);
    expect(await remaining(buyerId)).toBe(1);
    const orderNo = await orderPaid(buyerId, undefined, 2);
    await Promise.all([sweep.run(), sweep.run()]);
    await drain();
    expect(sent).toEqual([
      {
        body: {
          touser: `o-${buyerId}`,
          template_id: templateId,
          page: `orders/detail?orderNo=${orderNo}`,
          data: {
            character_string1: { value: orderNo },
            thing2: { value: '亚麻四件套' },
            amount3: { value: '¥89.90' },
            time4: { value: '2026年11月22日 12:00' },
          },
        },
      },
    ]);
    expect(await remaining(buyerId)).toBe(0);
    expect((await get('/api/messages', buyerId)).json().items).toHaveLength(1);
    await orderPaid(buyerId);
    await drain();
    expect(sent).toHaveLength(1);
    expect((await get('/api/messages', buyerId)).json().items).toHaveLength(2);
  });

  it('C01-ECO-05 paid orders of one batch: every one is told of, and each accept sends one message, of its own shopper only', async () => {
    const [twice, once, none] = [randomUUID(), randomUUID(), randomUUID()];
    for (const buyerId of [twice, twice, once]) await accept(buyerId);
    const orders = [twice, once, twice, none, twice, once].map((buyerId) => ({
      buyerId,
      orderNo: newTradeNo(buyerId, clock.now()),
      shopId: newId(),
      payable: 8_990,
    }));
    await database.inTransaction(async (tx) => {
      for (const order of orders) await messaging.outbox.publish(tx, 'orders.order_paid', order);
    });
    await messaging.relay.drain();
    const told = await Promise.all(
      [twice, once, none].map(async (buyerId) => (await get('/api/messages', buyerId)).json().items.length),
    );
    expect(told).toEqual([3, 2, 1]);
    const pushed = await Promise.all([twice, once, none].map(async (buyerId) => (await deliveries(buyerId)).length));
    expect(pushed).toEqual([2, 1, 0]);
    expect(await Promise.all([twice, once, none].map(remaining))).toEqual([0, 0, 0]);
    const channels = await database.db
      .selectFrom('messaging.notice')
      .select(({ fn }) => ['channel', fn.countAll<number>().as('count')])
      .where('buyerId', 'in', [twice, once, none])
      .groupBy('channel')
      .orderBy('channel')
      .execute();
    expect(channels).toEqual([
      { channel: 'inbox', count: 3 },
      { channel: 'wechat', count: 3 },
    ]);
  });

  it('without an accept the message stays in the inbox', async () => {
    const buyerId = randomUUID();
    await accept(buyerId, newId(), 'reject');
    const orderNo = await orderPaid(buyerId);
    await drain();
    expect(sent).toEqual([]);
    expect((await get('/api/messages', buyerId)).json()).toMatchObject({
      items: [
        { kind: 'order_paid', title: '支付成功', body: '已收到 ¥89.90，我们会尽快发货。', orderNo, readAt: null },
      ],
      nextCursor: null,
    });
  });

  it('tells of shipping with carrier and number, and of each refund of an order', async () => {
    const buyerId = randomUUID();
    const order = { buyerId, orderNo: newTradeNo(buyerId, clock.now()), shopId: newId() };
    await database.inTransaction(async (tx) => {
      await messaging.outbox.publish(tx, 'orders.order_shipped', order);
      await messaging.outbox.publish(tx, 'orders.order_refunded', { ...order, refundNo: 'R1', amount: 100 });
      await messaging.outbox.publish(tx, 'orders.order_refunded', { ...order, refundNo: 'R2', amount: 250 });
    });
    await messaging.relay.drain();
    const { items } = (await get('/api/messages', buyerId)).json();
    expect(items.map(({ body }: { body: string }) => body)).toEqual([
      '¥2.50 已原路退回，到账时间以银行为准。',
      '¥1.00 已原路退回，到账时间以银行为准。',
      '您的宝贝已经上路，顺丰速运 SF1234567890123。',
    ]);
  });

  it('tells in the inbox of cases, coupons, tiers, birthdays and plans, each once', async () => {
    const buyerId = randomUUID();
    const orderNo = newTradeNo(buyerId, clock.now());
    const tell = () =>
      database.inTransaction(async (tx) => {
        const { publish } = messaging.outbox;
        const until = '2026-11-30T16:00:00Z';
        const coupon = { couponId: 'c', shopId: newId(), name: '满100减20' };
        await publish(tx, 'coupons.coupon_expiring', { buyerId, ...coupon, expiresAt: until });
        await publish(tx, 'membership.birthday_given', { buyerId, year: 2026, tier: 'silver', points: 100 });
        await publish(tx, 'subscriptions.renewal_due', { buyerId, planName: '小铺会员月卡', until });
        const missed = { buyerId, planName: '小铺会员月卡', until, why: 'not_deducted' as const };
        await publish(tx, 'subscriptions.renewal_missed', missed);
      });
    await tell();
    await tell();
    await database.inTransaction(async (tx) => {
      const moved = { buyerId, caseNo: '1', orderNo, shopId: newId() };
      await messaging.outbox.publish(tx, 'after_sales.case_moved', { ...moved, status: 'refused' });
      await messaging.outbox.publish(tx, 'after_sales.case_moved', { ...moved, status: 'refunding' });
      await messaging.outbox.publish(tx, 'membership.tier_changed', {
        buyerId,
        from: 'bronze',
        to: 'silver',
        growth: 500,
      });
      await messaging.outbox.publish(tx, 'subscriptions.ended', { buyerId, planName: '小铺会员月卡' });
    });
    await messaging.relay.drain();
    const { items } = (await get('/api/messages', buyerId)).json();
    const told = items.map(({ kind, title, orderNo: of }: { kind: string; title: string; orderNo: string | null }) => [
      kind,
      title,
      of,
    ]);
    expect(told.toSorted()).toEqual(
      [
        ['after_sale', '售后申请未通过', orderNo],
        ['coupon_expiring', '优惠券快到期了', null],
        ['membership', '恭喜升级为银卡会员', null],
        ['membership', '生日快乐', null],
        ['plan', '付费会员已结束', null],
        ['plan', '付费会员快到期了', null],
        ['plan', '付费会员没有自动续费', null],
      ].toSorted(),
    );
    expect(items.find(({ kind }: { kind: string }) => kind === 'coupon_expiring').body).toBe(
      '「满100减20」将在12月1日到期，过期就不能用了。',
    );
  });

  it('counts an accept once however often the client reports the dialog, and 20 accepts at once as 20', async () => {
    const buyerId = randomUUID();
    const askId = newId();
    await Promise.all(Array.from({ length: 8 }, () => accept(buyerId, askId)));
    expect(await remaining(buyerId)).toBe(1);
    await Promise.all(Array.from({ length: 20 }, () => accept(buyerId)));
    expect(await remaining(buyerId)).toBe(21);
  });

  it('passes over templates that are not ours', async () => {
    const buyerId = randomUUID();
    const payload = { askId: newId(), results: [{ templateId: 'not-ours', result: 'accept' }] };
    const reply = await app.inject({
      method: 'POST',
      url: '/api/messages/subscriptions',
      headers: { authorization: `Bearer ${buyerId}` },
      payload,
    });
    expect(reply.statusCode).toBe(200);
    expect(
      await database.db.selectFrom('messaging.wallet').selectAll().where('buyerId', '=', buyerId).execute(),
    ).toEqual([]);
  });

  it.each([
    ['WeChat says it is used up (43101)', { kind: 'refused', errcode: 43101, message: 'x' }, 'refused', 0, 1],
    [
      'WeChat refuses the data: the accept still stands',
      { kind: 'refused', errcode: 47003, message: 'x' },
      'refused',
      2,
      1,
    ],
    [
      'no answer came: it may have arrived, so it is not repeated',
      { kind: 'silent', message: 'x', wasSent: true },
      'unsure',
      1,
      1,
    ],
    ['it never left for want of a token: later', { kind: 'silent', message: 'x', wasSent: false }, 'queued', 1, 1],
    ['WeChat is busy: later', { kind: 'refused', errcode: -1, message: 'x' }, 'queued', 1, 1],
  ] as const)('%s', async (_name, reply, state, left, calls) => {
    const buyerId = randomUUID();
    await accept(buyerId);
    await accept(buyerId);
    await orderPaid(buyerId);
    wechat.reply = reply;
    await drain();
    expect((await deliveries(buyerId)).map((row) => row.state)).toEqual([state]);
    expect(await remaining(buyerId)).toBe(left);
    expect(sent).toHaveLength(calls);
    if (state !== 'queued') return;
    wechat.reply = { kind: 'ok', body: {} };
    clock.advance(10_000);
    await drain();
    expect((await deliveries(buyerId)).map((row) => row.state)).toEqual(['sent']);
  });

  it('gives up after eight tries', async () => {
    const buyerId = randomUUID();
    await accept(buyerId);
    await orderPaid(buyerId);
    wechat.reply = { kind: 'refused', errcode: -1, message: 'busy' };
    for (let i = 0; i < 12; i += 1) {
      await drain();
      clock.advance(600_000);
    }
    expect(sent).toHaveLength(8);
    expect(await deliveries(buyerId)).toMatchObject([{ state: 'refused', attempts: 8, lastError: 'busy' }]);
  });

  it('a process that died while sending does not send again', async () => {
    const buyerId = randomUUID();
    await accept(buyerId);
    await orderPaid(buyerId);
    await database.db
      .updateTable('messaging.delivery')
      .set({ state: 'sending', claimedUntil: new Date(0) })
      .where('buyerId', '=', buyerId)
      .execute();
    await drain();
    expect(sent).toEqual([]);
    expect(await deliveries(buyerId)).toMatchObject([{ state: 'unsure' }]);
  });

  it('sends nothing to a buyer without a mini program identity', async () => {
    const buyerId = randomUUID();
    await accept(buyerId);
    await orderPaid(buyerId);
    hasOpenid = false;
    await drain();
    expect(sent).toEqual([]);
    expect(await deliveries(buyerId)).toMatchObject([{ state: 'refused', lastError: 'no mini program openid' }]);
  });

  describe('routes', () => {
    it('GET /api/messages pages by cursor without a gap, newest first, in one statement', async () => {
      const buyerId = randomUUID();
      const orders: string[] = [];
      for (let i = 0; i < 5; i += 1) orders.unshift(await orderPaid(buyerId));
      const seen: string[] = [];
      for (let cursor = ''; ; ) {
        const page = (await get(`/api/messages?limit=2${cursor && `&cursor=${cursor}`}`, buyerId)).json();
        seen.push(...page.items.map(({ orderNo }: { orderNo: string }) => orderNo));
        if (!page.nextCursor) break;
        cursor = page.nextCursor;
      }
      expect(seen).toEqual(orders);
      expect(await database.statementsOf(() => get('/api/messages', buyerId))).toHaveLength(1);
    });
    it('unread falls to 0 when read; another buyer sees and changes nothing', async () => {
      const [buyerId, other] = [randomUUID(), randomUUID()];
      await orderPaid(buyerId);
      expect((await get('/api/messages/unread', buyerId)).json()).toEqual({ unread: 1 });
      expect((await get('/api/messages', other)).json().items).toEqual([]);
      const read = (who: string) =>
        app.inject({ method: 'POST', url: '/api/messages/read', headers: { authorization: `Bearer ${who}` } });
      expect((await read(other)).statusCode).toBe(204);
      expect((await get('/api/messages/unread', buyerId)).json()).toEqual({ unread: 1 });
      expect((await read(buyerId)).statusCode).toBe(204);
      expect((await get('/api/messages/unread', buyerId)).json()).toEqual({ unread: 0 });
    });
    it('400 for a bad cursor, limit or body', async () => {
      const buyerId = randomUUID();
      const bad = await get('/api/messages?cursor=nonsense', buyerId);
      expect([bad.statusCode, bad.json().error.code]).toEqual([400, 'messaging.cursor_invalid']);
      expect((await get('/api/messages?limit=0', buyerId)).statusCode).toBe(400);
      const headers = { authorization: `Bearer ${buyerId}` };
      for (const payload of [
        {},
        { askId: newId(), results: [] },
        { askId: 'x', results: [{ templateId, result: 'accept' }] },
        { askId: newId(), results: [{ templateId, result: 'maybe' }] },
      ]) {
        expect(
          (await app.inject({ method: 'POST', url: '/api/messages/subscriptions', headers, payload })).statusCode,
        ).toBe(400);
      }
      expect(await remaining(buyerId)).toBe(0);
    });
    it('401 without session and for a guest', async () => {
      for (const [method, url] of [
        ['GET', '/api/messages'],
        ['GET', '/api/messages/unread'],
        ['POST', '/api/messages/read'],
        ['GET', '/api/messages/subscriptions'],
        ['POST', '/api/messages/subscriptions'],
      ] as const) {
        const payload =
          method === 'POST' ? { payload: { askId: newId(), results: [{ templateId, result: 'accept' }] } } : {};
        expect((await app.inject({ method, url, ...payload })).statusCode, url).toBe(401);
        const guest = await app.inject({
          method,
          url,
          headers: { authorization: `Bearer ${randomUUID()}/guest` },
          ...payload,
        });
        expect([guest.statusCode, guest.json().error.code], url).toEqual([401, 'identity.login_required']);
      }
    });
  });
});
