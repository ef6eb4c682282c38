import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock, dayMs, hourMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createPolicies } from '#platform/policy.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createVisits, type Visits } from './index.ts';
import { channelOf, monthBefore } from './visits.domain.ts';

const author = (shopId: string) => ({ shopId, staffName: '小陈' });

describe('visits', () => {
  let database: TestDatabase;
  let visits: Visits;
  const withPoints = new Set<string>();
  const clock = createFixedClock('2026-11-10T04:00:00.000Z');
  beforeAll(async () => {
    database = await createTestDatabase(8);
    const messaging = createMessaging({ database, clock, log: createLogger('silent') });
    visits = createVisits({
      ...{ clock, outbox: messaging.outbox, policies: createPolicies({ database, clock }) },
      publicBaseUrl: 'https://shop.example',
      pointsMoved: async (_db, buyerIds) => new Set(buyerIds.filter((id) => withPoints.has(id))),
    });
  });
  afterAll(() => database.close());

  const inTx = <T>(work: Parameters<typeof database.inTransaction<T>>[0]) => database.inTransaction(work);
  const later = (ms: number) => clock.set(new Date(clock.now().getTime() + ms));
  const come = (buyerId: string, by: { code?: string; scene?: number } = {}, isGuest = false) =>
    inTx((tx) => visits.note(tx, { buyerId, isGuest }, by));
  const place = (buyerId: string, orderNo: string, shopId: string) =>
    inTx((tx) => visits.ordersPlaced(tx, [{ buyerId, orderNo, shopId, at: clock.now().toISOString() }]));
  const pay = (buyerId: string, orderNo: string, amount: number) =>
    inTx((tx) => visits.ordersPaid(tx, [{ buyerId, orderNo, amount, at: clock.now().toISOString() }]));
  async function link(shopId: string, name: string, channel: 'oa_article' | 'community' = 'oa_article', cost = 0) {
    const code = visits.newCode();
    await inTx((tx) => visits.createLink(tx, author(shopId), { code, channel, name, page: 'pages/home/index', cost }));
    return code;
  }
  const reportOf = async (shopId: string) =>
    new Map((await visits.links(database.db, shopId, { page: 1, pageSize: 20 })).items.map((one) => [one.name, one]));
  const toldOf = async (buyerId: string) => {
    const [sweep] = visits.sweeps(database);
    // Two workers at once: the row decides which of them tells.
    await Promise.all([sweep?.run(), sweep?.run()]);
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from platform.outbox
      where name = 'visits.dormant' and payload->>'buyerId' = ${buyerId}`.execute(database.db);
    return rows[0]?.count;
  };

  it('C03-SCN-03 splits new users, orders and money between two tagged links', async () => {
    const shopId = newId();
    const [article, community] = [
      await link(shopId, '推文', 'oa_article', 5_000),
      await link(shopId, '一群', 'community'),
    ];
    const [first, second, third] = [newId(), newId(), newId()];
    await come(first, { code: article });
    await come(second, { code: article });
    await come(third, { code: community });
    await place(first, 'A1', shopId);
    await pay(first, 'A1', 9_900);
    await pay(first, 'A1', 9_900); // told twice
    await place(third, 'C1', shopId);
    await inTx((tx) => visits.orderRefunded(tx, first, 'A1', 1_900));
    const report = await reportOf(shopId);
    expect(report.get('推文')).toMatchObject({
      ...{ visitors: 2, newcomers: 2, joined: 2, orders: 1, paidOrders: 1, payers: 1 },
      ...{ amount: 9_900, returned: 1_900, cost: 5_000 },
      url: `https://shop.example/#/pages/home/index?l=${article}`,
    });
    expect(report.get('一群')).toMatchObject({ visitors: 1, newcomers: 1, orders: 1, paidOrders: 0, amount: 0 });
    // Another shop sees none of it, and its order is owed to none of these links.
    const other = newId();
    await place(first, 'O1', other);
    expect((await reportOf(other)).size).toBe(0);
    expect((await visits.channels(database.db, other, 30)).items).toEqual([]);
  });

  it('C01-ECO-01 keeps first and last touch for three channels, through to sign-up and order', async () => {
    const shopId = newId();
    const [menu, group] = [await link(shopId, '推文'), await link(shopId, '群', 'community')];
    const [guestId, buyerId] = [newId(), newId()];
    await come(guestId, { code: menu }, true);
    later(hourMs);
    // They log in; their own first visit as a member may be noted before the merge is heard of.
    await come(buyerId);
    await inTx((tx) => visits.merged(tx, guestId, buyerId, new Date(clock.now().getTime() - 1_000)));
    later(dayMs);
    await come(buyerId, { code: group });
    later(dayMs);
    await come(buyerId, { scene: 1155 });
    later(hourMs);
    await come(buyerId); // by oneself: takes nothing from Moments
    await place(buyerId, 'T1', shopId);
    await pay(buyerId, 'T1', 5_000);
    const { items } = await visits.channels(database.db, shopId, 30);
    const of = (channel: string) => items.find((item) => item.channel === channel);
    expect(of('oa_article')).toMatchObject({ newcomers: 1, joined: 1, paidFirst: 1, orders: 0 });
    expect(of('community')).toMatchObject({ newcomers: 0, joined: 0, paidFirst: 0 });
    expect(of('moments')).toMatchObject({ orders: 1, paidOrders: 1, paidFirst: 0, kept: 5_000 });
    // Beyond the window only coming back by oneself is left.
    later(8 * dayMs);
    await come(buyerId);
    await place(buyerId, 'T2', shopId);
    const after = (await visits.channels(database.db, shopId, 30)).items.find(({ channel }) => channel === 'direct');
    expect(after).toMatchObject({ orders: 1 });
  });

  it('the same way again within half an hour is one visit; ten at once are one arrival', async () => {
    const shopId = newId();
    const code = await link(shopId, '推文');
    const buyerId = newId();
    await Promise.all(Array.from({ length: 10 }, () => come(buyerId, { code })));
    expect((await reportOf(shopId)).get('推文')).toMatchObject({ visits: 1, visitors: 1, newcomers: 1, joined: 1 });
    later(31 * 60_000);
    await come(buyerId, { code });
    expect((await reportOf(shopId)).get('推文')).toMatchObject({ visits: 2, visitors: 1 });
    await inTx((tx) => visits.setOpen(tx, shopId, code, false));
    later(hourMs);
    await come(buyerId, { code });
    expect((await reportOf(shopId)).get('推文')).toMatchObject({ visits: 2, isOpen: false });
    await expect(inTx((tx) => visits.setOpen(tx, newId(), code, true))).rejects.toMatchObject({
      code: 'visits.link_not_found',
    });
  });

  it('X-34 tells of 7 days away once an absence: not a second early, not of guests, and again after another visit', async () => {
    const [buyerId, guestId] = [newId(), newId()];
    await come(buyerId);
    await come(guestId, {}, true);
    const since = clock.now();
    later(7 * dayMs - 1_000);
    expect(await toldOf(buyerId)).toBe(0);
    later(1_000);
    expect(await visits.isStillAway(database.db, buyerId, since)).toBe(true);
    expect([await toldOf(buyerId), await toldOf(buyerId), await toldOf(guestId)]).toEqual([1, 1, 0]);
    await come(buyerId);
    expect(await visits.isStillAway(database.db, buyerId, since)).toBe(false);
    later(7 * dayMs);
    expect(await toldOf(buyerId)).toBe(2);
    // Away for much longer than that when the shop looks for the first time: let them be.
    const longGone = newId();
    await come(longGone);
    later(20 * dayMs);
    expect(await toldOf(longGone)).toBe(0);
  });

  it('C01-CMP-06 shows monthly-active retention of those who use points and of the others', async () => {
    await sql`truncate visits.active_month`.execute(database.db);
    const members = Array.from({ length: 6 }, () => newId());
    for (const id of members.slice(0, 3)) withPoints.add(id);
    clock.set('2027-01-05T04:00:00.000Z');
    for (const id of members) await come(id);
    clock.set('2027-02-03T04:00:00.000Z');
    for (const id of [members[0], members[1], members[3]]) await come(id as string);
    const { months } = await visits.retention(database.db);
    expect(months).toEqual([
      { month: '2027-01', isRunning: true, withPoints: { active: 3, back: 2 }, others: { active: 3, back: 1 } },
    ]);
  });

  it('knows WeChat’s doors by their numbers, and the month before January', () => {
    expect([1035, 1058, 1155, 1007, 1044, 1089, undefined].map(channelOf)).toEqual([
      ...['oa_menu', 'oa_article', 'moments', 'chat', 'community', 'direct', 'direct'],
    ]);
    expect([monthBefore('2027-01-01'), monthBefore('2026-12-01')]).toEqual(['2026-12-01', '2026-11-01']);
  });
});
