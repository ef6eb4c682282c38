import { randomUUID } from 'node:crypto';
import type { InboxKind } from '@xiaopu/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock, dayMs, hourMs, minuteMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createPolicies } from '#platform/policy.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createCampaigns, createMessages, createNotices, demoTemplates, subscribeMessaging } from './index.ts';
import { decide, nextOpening, type Waiting } from './messaging.decide.ts';

describe('deciding on what is said unasked', () => {
  let database: TestDatabase;
  const noon = '2026-11-23T04:00:00.000Z'; // a Monday, 12:00 in Shanghai
  const clock = createFixedClock(noon);
  const messages = createMessages({ templates: demoTemplates, clock });
  const isTrue = new Map<string, boolean>();
  const gifts: string[] = [];
  let notices: ReturnType<typeof createNotices>;
  let messaging: ReturnType<typeof createMessaging>;
  let policies: ReturnType<typeof createPolicies>;

  beforeAll(async () => {
    database = await createTestDatabase(12);
    messaging = createMessaging({ database, clock, log: createLogger('silent') });
    policies = createPolicies({ database, clock });
    notices = createNotices({
      clock,
      policies,
      messages,
      templates: demoTemplates,
      checks: {
        cart_idle: async (_db, { buyerId }) => isTrue.get(buyerId) ?? true,
        dormant: async (_db, { buyerId }) => isTrue.get(buyerId) ?? true,
      },
      canReach: async () => false,
      giftOf: async (_tx, { noticeId }) => {
        gifts.push(noticeId);
        return { name: '回购券', expiresAt: noon };
      },
    });
    subscribeMessaging(messaging.subscribers, {
      messages,
      notices,
      orderFacts: async () => undefined,
      balanceOf: async () => undefined,
      tierName: (tier) => tier,
      tierRank: () => 0,
    });
  });
  afterAll(() => database.close());

  const inTx = <T>(work: Parameters<typeof database.inTransaction<T>>[0]) => database.inTransaction(work);
  const propose = (buyerId: string, kind: InboxKind, over: Partial<Parameters<typeof notices.propose>[1]> = {}) =>
    inTx((tx) =>
      notices.propose(tx, {
        buyerId,
        kind,
        sourceKey: `${kind}/${newId()}`,
        title: kind,
        body: kind,
        page: 'pages/cart/index',
        facts: { at: noon, name: 'x', title: 'x', hint: 'x', until: noon },
        ...over,
      }),
    );
  const decideAll = async () => {
    while ((await notices.decideDue(database)) > 0);
  };
  const settle = async (ms = 2 * minuteMs) => {
    clock.advance(ms);
    await decideAll();
  };
  const rows = (buyerId: string) =>
    database.db
      .selectFrom('messaging.notice')
      .select(['kind', 'state', 'reason', 'channel', 'noticeId', 'page'])
      .where('buyerId', '=', buyerId)
      .orderBy('noticeId')
      .execute();
  const accept = (buyerId: string, kind: keyof typeof demoTemplates) =>
    inTx((tx) =>
      messages.recordSubscriptions(tx, buyerId, {
        askId: newId(),
        results: [{ templateId: demoTemplates[kind].templateId, result: 'accept' }],
      }),
    );
  const inbox = async (buyerId: string) =>
    (await messages.list(database.db, buyerId, { limit: 50 })).items.map(({ kind }) => kind);

  it('C07-OA-09 with a cap of 1 a day three scenes at once send the most important, the others are recorded with why', async () => {
    clock.set(noon);
    const buyerId = randomUUID();
    await propose(buyerId, 'dormant');
    await propose(buyerId, 'lapsed');
    await propose(buyerId, 'cart_idle');
    await settle();
    expect((await rows(buyerId)).map(({ kind, state, reason }) => [kind, state, reason])).toEqual([
      ['dormant', 'suppressed', 'day_cap'],
      ['lapsed', 'suppressed', 'day_cap'],
      ['cart_idle', 'sent', null],
    ]);
    expect(await inbox(buyerId)).toEqual(['cart_idle']);
  });

  it('X-34 tells of 7 days away once, in the morning when it became due at night, and not when they came meanwhile', async () => {
    clock.set('2026-11-23T16:30:00.000Z'); // half past midnight in Shanghai
    const [away, back] = [randomUUID(), randomUUID()];
    isTrue.set(back, false);
    for (const buyerId of [away, away, back])
      await inTx((tx) =>
        messaging.outbox.publish(tx, 'visits.dormant', { buyerId, since: '2026-11-16T16:30:00.000Z' }),
      );
    await messaging.relay.drain();
    await settle();
    expect(await inbox(away)).toEqual([]);
    clock.set('2026-11-24T00:01:00.000Z');
    await decideAll();
    expect([await inbox(away), await inbox(back)]).toEqual([['dormant'], []]);
    expect((await rows(back)).map(({ state, reason }) => [state, reason])).toEqual([['suppressed', 'no_longer_true']]);
  });

  it('C07-OA-09 counts seven days: three sent, the fourth is held back until one of them is a week old', async () => {
    clock.set(noon);
    const buyerId = randomUUID();
    for (let day = 0; day < 4; day += 1) {
      clock.set(new Date(Date.parse(noon) + day * dayMs));
      await propose(buyerId, 'campaign');
      await settle();
    }
    expect((await rows(buyerId)).map(({ reason }) => reason)).toEqual([null, null, null, 'week_cap']);
    clock.set(new Date(Date.parse(noon) + 7 * dayMs + hourMs));
    await propose(buyerId, 'campaign');
    await settle();
    expect((await rows(buyerId)).at(-1)).toMatchObject({ state: 'sent' });
  });

  it('never passes the cap with many events and many deciders at once, and a cause told twice is one notice', async () => {
    clock.set(noon);
    const buyerId = randomUUID();
    const kinds: InboxKind[] = ['cart_idle', 'lapsed', 'dormant', 'campaign', 'points_expiring'];
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        propose(buyerId, kinds[index % kinds.length] as InboxKind, { sourceKey: `same/${index % 20}` }),
      ),
    );
    clock.advance(2 * minuteMs);
    await Promise.all(Array.from({ length: 8 }, () => notices.decideDue(database)));
    await decideAll();
    const all = await rows(buyerId);
    expect(all).toHaveLength(20);
    const counted = all.filter(({ state, kind }) => state === 'sent' && kind !== 'points_expiring');
    expect(counted).toHaveLength(1);
    expect(counted[0]).toMatchObject({ kind: 'cart_idle' });
    expect(all.some(({ state }) => state === 'waiting')).toBe(false);
  });

  it('C01-ECO-05 C07-OA-06 an idle cart is told once by the held accept, and not when it was bought meanwhile', async () => {
    clock.set(noon);
    const [idle, bought, checked] = [randomUUID(), randomUUID(), randomUUID()];
    const since = new Date(Date.parse(noon) - 2 * hourMs).toISOString();
    for (const buyerId of [idle, bought, checked]) {
      await accept(buyerId, 'cart_idle');
      for (let times = 0; times < 2; times += 1)
        await inTx((tx) =>
          messaging.outbox.publish(tx, 'cart.cart_idle', {
            buyerId,
            shopId: newId(),
            title: '亚麻四件套',
            lines: 2,
            since,
          }),
        );
    }
    const order = { buyerId: bought, orderNo: '26112312000000000001', shopId: newId(), payable: 100 };
    await inTx((tx) => messaging.outbox.publish(tx, 'orders.order_placed', order));
    isTrue.set(checked, false);
    await messaging.relay.drain();
    await settle();
    expect(await rows(idle)).toMatchObject([{ state: 'sent', channel: 'wechat' }]);
    expect(await rows(bought)).toMatchObject([{ state: 'suppressed', reason: 'no_longer_true' }]);
    expect(await rows(checked)).toMatchObject([{ state: 'suppressed', reason: 'no_longer_true' }]);
    const deliveries = await database.db
      .selectFrom('messaging.delivery')
      .select(['facts'])
      .where('buyerId', '=', idle)
      .execute();
    const [notice] = await rows(idle);
    expect(deliveries.map(({ facts }) => facts.page)).toEqual([`pages/cart/index?notice=${notice?.noticeId}`]);
  });

  it('C04-INT-11 a coupon about to end is pushed once with a held accept, else it stands in the inbox only and uses up no cap', async () => {
    clock.set(noon);
    const [subscribed, other] = [randomUUID(), randomUUID()];
    await accept(subscribed, 'coupon_expiring');
    for (const buyerId of [subscribed, other]) {
      await propose(buyerId, 'coupon_expiring', { sourceKey: 'coupon/1' });
      await propose(buyerId, 'coupon_expiring', { sourceKey: 'coupon/1' });
      await propose(buyerId, 'campaign');
    }
    await settle();
    expect(await rows(subscribed)).toMatchObject([
      { kind: 'coupon_expiring', state: 'sent', channel: 'wechat' },
      { kind: 'campaign', state: 'suppressed', reason: 'day_cap' },
    ]);
    expect(await rows(other)).toMatchObject([
      { kind: 'coupon_expiring', state: 'sent', channel: 'inbox' },
      { kind: 'campaign', state: 'sent' },
    ]);
    expect((await inbox(other)).sort()).toEqual(['campaign', 'coupon_expiring']);
    expect(await inbox(subscribed)).toEqual(['coupon_expiring']);
  });

  it('C02-BEH-06 a message for 20:00–23:00 that is due at 23:01 waits for the next evening', async () => {
    clock.set('2026-11-23T15:01:00.000Z'); // 23:01
    const buyerId = randomUUID();
    const validUntil = new Date(Date.parse(noon) + 3 * dayMs);
    await propose(buyerId, 'campaign', { window: { from: 20, until: 23 }, validUntil });
    await settle();
    expect(await rows(buyerId)).toMatchObject([{ state: 'waiting' }]);
    clock.set('2026-11-24T11:59:59.000Z');
    await decideAll();
    expect(await rows(buyerId)).toMatchObject([{ state: 'waiting' }]);
    clock.set('2026-11-24T12:00:00.000Z'); // 20:00
    await decideAll();
    expect(await rows(buyerId)).toMatchObject([{ state: 'sent' }]);
    clock.set('2026-11-23T15:01:00.000Z');
    const late = randomUUID();
    await propose(late, 'campaign', { window: { from: 20, until: 23 }, validUntil: new Date('2026-11-24T10:00:00Z') });
    await settle();
    expect(await rows(late)).toMatchObject([{ state: 'suppressed', reason: 'no_window' }]);
  });

  it('C13-SUB-05 the renewal reminder waits for the morning, and no marketing cap touches it or an order', async () => {
    clock.set('2026-11-23T16:00:00.000Z'); // midnight
    const buyerId = randomUUID();
    await accept(buyerId, 'plan');
    await policies.refresh();
    await inTx((tx) => policies.set(tx, { key: 'messaging.day_cap', value: 0, shopId: newId(), by: 't' }));
    const until = '2026-11-29T00:00:00.000Z';
    for (let times = 0; times < 2; times += 1)
      await inTx((tx) =>
        messaging.outbox.publish(tx, 'subscriptions.renewal_due', { buyerId, planName: '小铺会员月卡', until }),
      );
    const order = { buyerId, orderNo: '26112400000000000001', shopId: newId(), payable: 100 };
    await inTx((tx) => messaging.outbox.publish(tx, 'orders.order_paid', order));
    await messaging.relay.drain();
    await settle();
    expect(await rows(buyerId)).toMatchObject([
      { kind: 'plan', state: 'waiting' },
      { kind: 'order_paid', state: 'sent' },
    ]);
    clock.set('2026-11-24T00:00:00.000Z'); // 08:00
    await decideAll();
    expect((await rows(buyerId))[0]).toMatchObject({ state: 'sent', channel: 'wechat' });
    await inTx((tx) => policies.set(tx, { key: 'messaging.day_cap', value: 1, shopId: newId(), by: 't' }));
  });

  it('C07-OA-07 what comes with a message is given when it is opened, once; nobody else can open it', async () => {
    clock.set(noon);
    const buyerId = randomUUID();
    await propose(buyerId, 'cart_idle');
    await settle();
    const [notice] = await rows(buyerId);
    const noticeId = notice?.noticeId ?? '';
    await expect(inTx((tx) => notices.opened(tx, randomUUID(), noticeId))).rejects.toMatchObject({
      code: 'messaging.notice_not_found',
    });
    const opened = await Promise.all(
      Array.from({ length: 6 }, () => inTx((tx) => notices.opened(tx, buyerId, noticeId))),
    );
    expect(opened.filter(({ coupon }) => coupon !== null)).toHaveLength(1);
    expect(gifts).toEqual([noticeId]);
  });

  it('does not send what the shopper has turned off; what an order needs cannot be turned off', async () => {
    clock.set(noon);
    const buyerId = randomUUID();
    await inTx((tx) => notices.setPreference(tx, buyerId, { what: 'campaign', isOn: false }));
    await propose(buyerId, 'campaign');
    await settle();
    expect(await rows(buyerId)).toMatchObject([{ state: 'suppressed', reason: 'opted_out' }]);
    await expect(
      inTx((tx) => notices.setPreference(tx, buyerId, { what: 'order_paid', isOn: false })),
    ).rejects.toMatchObject({ code: 'messaging.preference_fixed' });
  });

  it('goes through a campaign member by member once, and stopping it takes back what waits', async () => {
    clock.set('2026-11-23T02:00:00.000Z'); // 10:00
    const shopId = newId();
    const people = Array.from({ length: 450 }, () => randomUUID()).sort();
    const campaigns = createCampaigns({
      clock,
      notices,
      membersOf: async (_db, _shopId, { after, limit }) =>
        people.filter((buyerId) => after === null || buyerId > after).slice(0, limit),
    });
    const campaign = {
      campaignId: newId(),
      name: '夜间上新',
      body: '八点开抢',
      page: '/pages/home/index',
      tiers: [],
      startsAt: clock.now().toISOString(),
      endsAt: new Date(clock.now().getTime() + 2 * dayMs).toISOString(),
      hourFrom: 20,
      hourUntil: 23,
    };
    const author = { shopId, staffName: '小陈' };
    await inTx((tx) => campaigns.create(tx, author, campaign));
    await inTx((tx) => campaigns.create(tx, author, campaign));
    await Promise.all(Array.from({ length: 4 }, () => inTx((tx) => campaigns.proposeDue(tx))));
    while ((await inTx((tx) => campaigns.proposeDue(tx))) > 0);
    const { items } = await campaigns.page(database.db, shopId, { page: 1, pageSize: 10 });
    expect(items).toMatchObject([{ state: 'done', proposed: 450, sent: 0 }]);
    await expect(inTx((tx) => campaigns.stop(tx, newId(), campaign.campaignId))).rejects.toMatchObject({
      code: 'messaging.campaign_not_found',
    });
    await inTx((tx) => campaigns.stop(tx, shopId, campaign.campaignId));
    expect((await campaigns.page(database.db, shopId, { page: 1, pageSize: 10 })).items).toMatchObject([
      { state: 'stopped', suppressed: 450 },
    ]);
  });
});

describe('decide', () => {
  const rule = (over: Partial<Waiting['rule']>): Waiting['rule'] => ({
    messageClass: 'marketing',
    priority: 50,
    isOn: true,
    window: { from: 0, until: 24 },
    isAlwaysInInbox: false,
    ...over,
  });
  const hour = fc.integer({ min: 0, max: 23 });
  const window = fc.record({ from: hour, until: fc.integer({ min: 1, max: 24 }) });
  const waiting = fc.record({
    priority: fc.integer({ min: 0, max: 100 }),
    messageClass: fc.constantFrom('marketing' as const, 'service' as const, 'transaction' as const),
    window,
    own: fc.option(window, { nil: undefined }),
    isOn: fc.boolean(),
    isOptedOut: fc.boolean(),
    isStillTrue: fc.boolean(),
    validHours: fc.integer({ min: -5, max: 60 }),
  });

  it('keeps to the caps, sends in order of priority, never sends in quiet hours, and never holds an order back', () => {
    fc.assert(
      fc.property(
        fc.array(waiting, { maxLength: 12 }),
        fc.record({
          dayCap: fc.integer({ min: 0, max: 4 }),
          weekCap: fc.integer({ min: 0, max: 6 }),
          today: fc.integer({ min: 0, max: 5 }),
          thisWeek: fc.integer({ min: 0, max: 7 }),
          quiet: fc.record({ from: hour, until: hour }),
        }),
        fc.integer({ min: 0, max: 24 * 60 - 1 }),
        (given, pace, minute) => {
          const now = new Date(Date.parse('2026-11-22T16:00:00Z') + minute * minuteMs);
          const list = given.map(
            ({ priority, messageClass, window: of, own, isOn, validHours, ...rest }, index): Waiting => ({
              noticeId: String(index).padStart(2, '0'),
              rule: rule({ priority, messageClass, isOn, window: of }),
              window: own,
              createdAt: now,
              validUntil: new Date(now.getTime() + validHours * hourMs),
              ...rest,
            }),
          );
          const rulings = decide(now, list, pace);
          const of = (id: string) => list.find(({ noticeId }) => noticeId === id) as Waiting;
          expect(rulings).toHaveLength(list.length);
          const sent = rulings.filter(({ verdict }) => verdict === 'send').map(({ noticeId }) => of(noticeId));
          const marketing = sent.filter(({ rule: { messageClass } }) => messageClass === 'marketing');
          expect(marketing.length).toBeLessThanOrEqual(Math.max(0, pace.dayCap - pace.today));
          expect(marketing.length).toBeLessThanOrEqual(Math.max(0, pace.weekCap - pace.thisWeek));
          for (const one of marketing) expect(one.isOptedOut || !one.isStillTrue || !one.rule.isOn).toBe(false);
          for (const one of list) if (one.rule.messageClass === 'transaction') expect(sent).toContainEqual(one);
          const capped = rulings.filter((one) => one.verdict === 'suppress' && one.reason.endsWith('_cap'));
          for (const { noticeId } of capped)
            for (const one of marketing) expect(one.rule.priority).toBeGreaterThanOrEqual(of(noticeId).rule.priority);
          const hourNow = new Date(now.getTime() + 8 * hourMs).getUTCHours();
          const { from, until } = pace.quiet;
          const isQuiet =
            from < until ? hourNow >= from && hourNow < until : from > until && (hourNow >= from || hourNow < until);
          if (isQuiet) expect(sent.every(({ rule: { messageClass } }) => messageClass === 'transaction')).toBe(true);
        },
      ),
    );
  });

  it('finds the next opening, or says that there is none', () => {
    const none = { from: 0, until: 0 };
    const at = new Date('2026-11-23T15:01:00Z'); // 23:01
    expect(nextOpening(at, [{ from: 20, until: 23 }], none)?.toISOString()).toBe('2026-11-24T12:00:00.000Z');
    expect(nextOpening(at, [{ from: 22, until: 2 }], none)).toEqual(at);
    expect(nextOpening(at, [{ from: 20, until: 22 }], { from: 20, until: 23 })).toBeUndefined();
    expect(nextOpening(at, [], { from: 23, until: 8 })?.toISOString()).toBe('2026-11-24T00:00:00.000Z');
  });
});
