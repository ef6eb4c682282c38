/** C10-DSP-06 C12-LAW-05: what is kept, what goes, and that the books still add up afterwards. */
import { randomUUID } from 'node:crypto';
import type { RetentionView } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditAll } from '../src/main/audit.ts';
import { keptForGood, retentionRules } from '../src/main/retention.ts';
import { createFixedClock, dayMs } from '../src/platform/clock.ts';
import { createFieldCipher } from '../src/platform/field-cipher.ts';
import { newId } from '../src/platform/ids.ts';
import { createLogger } from '../src/platform/logger.ts';
import { createPolicies } from '../src/platform/policy.ts';
import { createRetention } from '../src/platform/retention.ts';
import { openTestShop, type TestShop } from './shop.ts';
import { findProduct, pay, placeOrder, untilOrder } from './story.ts';
import { openTrade, shopA, shopB, type Trade } from './trade.ts';

const threeYears = 1_095;

describe('the purge by its rules', () => {
  let trade: Trade;
  let end: Date;
  beforeAll(async () => {
    trade = await openTrade();
    end = new Date(trade.start);
  });
  afterAll(() => trade.close());

  const cipher = createFieldCipher('k1:0123456789abcdeffedcba9876543210');
  const forgotten: string[] = [];
  const retentionAt = (days: number) => {
    const clock = createFixedClock(new Date(end.getTime() + days * dayMs));
    const database = { db: trade.db, inTransaction: trade.inTransaction } as never;
    const policies = createPolicies({ database, clock });
    const rules = retentionRules({ cipher, clock }, async (_tx, guests) => void forgotten.push(...guests));
    return { policies, ...createRetention({ database, clock, policies, rules, log: createLogger('silent') }) };
  };
  /** An order that came to its end at the start of the trade. */
  async function endedOrder() {
    const buyerId = newId();
    const skuId = await trade.givenSku({ stock: 5 });
    const { orderNos } = await trade.place(buyerId, [{ skuId, quantity: 1 }]);
    const orderNo = orderNos[0] as string;
    await trade.db
      .updateTable('orders.order')
      .set({ status: 'completed', completedAt: end, remark: '放门卫' })
      .where('orderNo', '=', orderNo)
      .execute();
    const event = { eventId: newId(), text: '顾客确认收货', actor: '顾客', at: end };
    await trade.db
      .insertInto('orders.orderEvent')
      .values({ buyerId, orderNo, ...event })
      .execute();
    const events = async () =>
      (await trade.db.selectFrom('orders.orderEvent').select('text').where('orderNo', '=', orderNo).execute()).length;
    const row = () =>
      trade.db.selectFrom('orders.order').selectAll().where('orderNo', '=', orderNo).executeTakeFirstOrThrow();
    return { buyerId, orderNo, events, row };
  }

  it('C10-DSP-06 C12-LAW-05 keeps an event 179 days old, and an order that ended two years and 364 days ago', async () => {
    const order = await endedOrder();
    for (const days of [179, threeYears - 1, threeYears]) {
      await retentionAt(days).run();
      expect(await order.events()).toBeGreaterThan(0);
      expect(await order.row()).toMatchObject({ remark: '放门卫', strippedAt: null });
    }
  });

  it('strips it of people after three years, once, and leaves its sums', async () => {
    const order = await endedOrder();
    const before = await order.row();
    // Beside itself: two workers take what there is once.
    const both = await Promise.all([retentionAt(threeYears + 1).run(), retentionAt(threeYears + 1).run()]);
    expect(both.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0);
    await retentionAt(threeYears + 1).run();
    expect(await order.events()).toBe(0);
    const after = await order.row();
    expect(after).toMatchObject({ remark: '', recipientLabel: '已过保存期', phoneTailIndex: '' });
    expect(after.payable).toBe(before.payable);
    const view = await trade.orders.get(trade.db, order.buyerId, order.orderNo);
    expect(view.recipient).toMatchObject({ name: '已过保存期', text: '' });
    expect(await retentionAt(threeYears + 1).run()).toBe(0);
  });

  it('C12-LAW-05 a hold overrides: an order in dispute loses nothing until it is released', async () => {
    const { legalHolds } = await import('../src/modules/orders/index.ts');
    const holds = legalHolds(createFixedClock(end));
    const order = await endedOrder();
    const hold = (shopId: string) =>
      trade.inTransaction((tx) => holds.hold(tx, shopId, { orderNo: order.orderNo, reason: '监管调取', by: '小周' }));
    await expect(hold(shopB)).rejects.toMatchObject({ code: 'orders.not_found_to_hold' });
    await hold(shopA);
    await hold(shopA);
    expect(await holds.list(trade.db, shopB)).toEqual([]);
    await retentionAt(threeYears * 2).run();
    expect(await order.events()).toBeGreaterThan(0);
    const release = (shopId: string) => trade.inTransaction((tx) => holds.release(tx, shopId, order.orderNo));
    await expect(release(shopB)).rejects.toMatchObject({ code: 'orders.not_held' });
    await release(shopA);
    await retentionAt(threeYears * 2).run();
    expect(await order.events()).toBe(0);
    await expect(hold(shopA)).rejects.toMatchObject({ code: 'orders.past_keeping' });
  });

  it('never an order that is still at work, or whose refund is on its way, however old', async () => {
    const [open, refunding] = [await endedOrder(), await endedOrder()];
    await trade.db.updateTable('orders.order').set({ status: 'shipped' }).where('orderNo', '=', open.orderNo).execute();
    const { paymentId } = await refunding.row();
    const refund = {
      refundNo: `R${refunding.orderNo}`,
      amount: 1,
      reason: '协商',
      requestedBy: '小周',
      status: 'processing',
    };
    await trade.db
      .insertInto('orders.refund')
      .values({
        ...refund,
        buyerId: refunding.buyerId,
        orderNo: refunding.orderNo,
        shopId: shopA,
        paymentId,
        lines: null,
        requestedAt: end,
        settledAt: null,
      } as never)
      .execute();
    await retentionAt(threeYears * 3).run();
    expect([await open.events(), await refunding.events()].every((count) => count > 0)).toBe(true);
  });

  it('a limit may be raised, or lowered to its floor, and no further', async () => {
    const { policies, lines } = retentionAt(0);
    const set = (value: number) =>
      trade.inTransaction((tx) => policies.set(tx, { key: 'retention.trade_days', value, shopId: shopA, by: '小周' }));
    await set(2_000);
    expect((await lines(trade.db)).find(({ key }) => key === 'orders.people')).toMatchObject({
      days: 2_000,
      floorDays: threeYears,
    });
    await expect(set(threeYears - 1)).rejects.toMatchObject({ code: 'policy.out_of_range' });
    await set(threeYears);
    expect((await lines(trade.db))[0]?.days).toBe(threeYears);
  });

  it('forgets guests whom no session is left of, and nobody else', async () => {
    const [gone, still, member] = [newId(), newId(), newId()];
    for (const [buyerId, isGuest] of [
      [gone, true],
      [still, true],
      [member, false],
    ] as const)
      await trade.db
        .insertInto('identity.buyer')
        .values({
          buyerId,
          isGuest,
          phoneSealed: null,
          phoneIndex: null,
          mergedInto: null,
          mergedAt: null,
          createdAt: end,
        })
        .execute();
    await trade.db
      .insertInto('identity.buyerSession')
      .values({ tokenHash: randomUUID(), buyerId: still, isGuest: true, createdAt: end, expiresAt: end })
      .execute();
    await retentionAt(179).run();
    expect(forgotten).toEqual([]);
    await retentionAt(181).run();
    expect(forgotten).toEqual([gone]);
    const { rows } = await sql<{ buyerId: string }>`
      select buyer_id from identity.buyer where buyer_id = any(${[gone, still, member]}::uuid[])`.execute(trade.db);
    expect(rows.map(({ buyerId }) => buyerId).sort()).toEqual([still, member].sort());
  });

  it('a mark by which a repeat is known stays while the message may come again', async () => {
    const [waiting, over] = [newId(), newId()];
    for (const eventId of [waiting, over])
      await trade.db.insertInto('platform.inbox').values({ consumer: 'kept', eventId, handledAt: end }).execute();
    await sql`
      insert into platform.dead_letter (event_id, name, payload, published_at, error, attempts, died_at, state)
      values (${waiting}, 'orders.order_paid', '{}', ${end}, 'other: no', 12, ${end}, 'waiting')`.execute(trade.db);
    await retentionAt(60).run();
    const left = await trade.db.selectFrom('platform.inbox').select('eventId').where('consumer', '=', 'kept').execute();
    expect(left).toEqual([{ eventId: waiting }]);
  });

  it('counts what went by rule and day, and a rule that fails holds no other up', async () => {
    const order = await endedOrder();
    const clock = createFixedClock(new Date('2035-11-21T04:00:00.000Z'));
    const database = { db: trade.db, inTransaction: trade.inTransaction } as never;
    const policies = createPolicies({ database, clock });
    const [first, ...others] = retentionRules({ cipher, clock }, async () => {});
    const broken = {
      ...(first as NonNullable<typeof first>),
      key: 'test.broken',
      purge: () => Promise.reject(new Error('no')),
    };
    const rules = [broken, first as NonNullable<typeof first>, ...others];
    const retention = createRetention({ database, clock, policies, rules, log: createLogger('silent') });
    expect(await retention.run()).toBeGreaterThan(0);
    expect(await order.events()).toBe(0);
    const lines = await retention.lines(trade.db);
    expect(lines[0]).toMatchObject({ key: 'test.broken', error: 'no', purged: 0 });
    expect(lines[1]).toMatchObject({ error: null, lookedAt: clock.now() });
    const { rows } = await sql<{ purged: number }>`
      select purged from platform.retention_day where rule = 'orders.people' and day = '2035-11-21'`.execute(trade.db);
    expect(rows).toEqual([{ purged: 1 }]);
  });
});

describe('the shop after a purge', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await openTestShop();
  });
  afterAll(() => shop.close());

  it('adds up: four years on, everything due has gone and the audit finds 0 differences', async () => {
    const buyer = await shop.buyer('lin-xia');
    const placed = await placeOrder(buyer, await findProduct(buyer));
    await pay(shop, buyer, 'lin-xia', placed.paymentId);
    const order = await untilOrder(shop, buyer, placed.orderNos[0] ?? '', ({ status }) => status === 'paid');
    // Placed and never paid: closed by itself.
    const unpaid = (await placeOrder(buyer, await findProduct(buyer))).orderNos[0] ?? '';
    const refund = { method: 'POST', url: `/api/orders/${order.orderNo}/refund`, headers: buyer.headers };
    await shop.inject({ ...refund, body: { reason: '不想要了' } });
    const look = async () =>
      (
        await shop.inject({
          method: 'GET',
          url: '/api/console/record-keeping',
          headers: await shop.staff('admin', order.shopId),
        })
      ).body as RetentionView;
    const before = await look();
    expect(before.lines.map(({ key }) => key)).toContain('orders.people');
    expect(before.lines.every(({ days, floorDays }) => days >= floorDays)).toBe(true);
    expect(before.keptForGood).toEqual(keptForGood);
    await shop.advance(30 * dayMs);
    await shop.advance(4 * 366 * dayMs);
    const after = await look();
    const line = (key: string) => after.lines.find((each) => each.key === key);
    for (const key of ['orders.people', 'orders.placements', 'payments.notices', 'platform.messages'])
      expect([key, line(key)?.error, Number(line(key)?.purged) > 0]).toEqual([key, null, true]);
    const { results, differences } = await auditAll(shop.database, shop.clock.now());
    expect(results.filter((each) => each.differences > 0)).toEqual([]);
    expect(differences).toBe(0);
    const { rows } = await sql<{ label: string; payable: number }>`
      select recipient_label as label, payable from orders."order" where order_no = ${unpaid}`.execute(
      shop.database.db,
    );
    expect(rows).toEqual([{ label: '已过保存期', payable: expect.any(Number) }]);
  });
});
