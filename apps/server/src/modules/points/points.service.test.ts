import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { dayMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { openPointsWorld, shopId } from './points.testing.ts';

const order = (buyerId: string, orderNo: string) => ({ buyerId, orderNo, shopId });
const { books, clock, database, give, inTx, points, someone, spend, take } = await openPointsWorld();
afterAll(() => database.close());

describe('points', () => {
  it('C06-PTS-01 credits 99 points for 99.90 on completion, once however often and in whatever order it is told', async () => {
    const buyerId = someone();
    await inTx((tx) => points.orders.completed(tx, order(buyerId, 'A1')));
    await inTx((tx) => points.orders.paid(tx, [{ ...order(buyerId, 'A1'), payable: 9_990 }]));
    await inTx((tx) => points.orders.paid(tx, [{ ...order(buyerId, 'A1'), payable: 9_990 }]));
    await inTx((tx) => points.orders.completed(tx, order(buyerId, 'A1')));
    expect((await books(buyerId)).balance).toBe(99 + 50); // and the first order's task, once
    const refund = { ...order(buyerId, 'A1'), refundNo: 'R1', amount: 3_000 };
    await inTx((tx) => points.orders.refunded(tx, refund));
    await inTx((tx) => points.orders.refunded(tx, refund));
    expect((await books(buyerId)).balance).toBe(69 + 50);
  });

  it('takes back what is spent already as a debt that the next credit pays', async () => {
    const buyerId = someone();
    await inTx((tx) => points.orders.paid(tx, [{ ...order(buyerId, 'D1'), payable: 20_000 }]));
    await inTx((tx) => points.orders.completed(tx, order(buyerId, 'D1')));
    await spend(buyerId, 240);
    await inTx((tx) => points.orders.refunded(tx, { ...order(buyerId, 'D1'), refundNo: 'R', amount: 20_000 }));
    expect(await books(buyerId)).toEqual({ balance: 0, frozen: 0, owed: 190 });
    await give(buyerId, 200);
    expect(await books(buyerId)).toEqual({ balance: 10, frozen: 0, owed: 0 });
  });

  it('C06-PTS-02 signs in once a Shanghai day, with a streak that a missed day ends', async () => {
    const buyerId = someone();
    clock.set('2026-11-22T15:59:00.000Z'); // 23:59 in Shanghai
    const replies = await Promise.all(Array.from({ length: 8 }, () => inTx((tx) => points.signIn(tx, buyerId))));
    expect(replies.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(replies[0]).toMatchObject({ points: 5, streak: 1 });
    clock.advance(2 * 60_000);
    expect(await inTx((tx) => points.signIn(tx, buyerId))).toMatchObject({
      isNew: true,
      points: 7,
      streak: 2,
      balance: 12,
    });
    clock.advance(2 * dayMs);
    expect(await inTx((tx) => points.signIn(tx, buyerId))).toMatchObject({ isNew: true, points: 5, streak: 1 });
    expect((await books(buyerId)).balance).toBe(17);
    const home = await points.home(database.db, buyerId);
    expect(home).toMatchObject({
      balance: 17,
      signIn: { isSigned: true, streak: 1, days: ['2026-11-25', '2026-11-23', '2026-11-22'] },
    });
    clock.set('2026-11-22T08:00:00.000Z');
  });

  it('C06-PTS-07 tells of points about to end once for each day of theirs, however many workers look', async () => {
    const buyerId = someone();
    const inDays = (days: number) => new Date(clock.now().getTime() + days * 86_400_000);
    await give(buyerId, 30, newId(), inDays(3));
    await give(buyerId, 20, newId(), inDays(3));
    await give(buyerId, 50, newId(), inDays(30));
    await Promise.all(Array.from({ length: 4 }, () => inTx((tx) => points.noticeExpiring(tx))));
    await inTx((tx) => points.noticeExpiring(tx));
    const { rows } = await sql<{ points: number }>`
      select (payload->>'points')::int as points from platform.outbox
      where name = 'points.expiring' and payload->>'buyerId' = ${buyerId}`.execute(database.db);
    expect(rows).toEqual([{ points: 50 }]);
  });

  it('C06-PTS-04 lets one of two redeem the last item, and 50 spends of one balance stop at zero', async () => {
    const itemId = await inTx((tx) =>
      points.mall.saveItem(tx, shopId, {
        name: '杯子',
        detail: '',
        icon: 'cup',
        points: 800,
        stock: 1,
        perBuyer: 5,
        marketPrice: 0,
        isOn: true,
      }),
    );
    const pair = [someone(), someone()];
    for (const buyerId of pair) await give(buyerId, 1_000);
    const redeem = (buyerId: string, requestKey = newId()) =>
      inTx((tx) => points.mall.redeem(tx, buyerId, { itemId, requestKey, addressId: shopId, quantity: 1 }));
    const outcomes = await Promise.allSettled(pair.map((buyerId) => redeem(buyerId)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const balances = await Promise.all(pair.map(async (buyerId) => (await books(buyerId)).balance));
    expect(balances.sort()).toEqual([1_000, 200]);

    const buyerId = someone();
    await give(buyerId, 1_000);
    const spends = await Promise.allSettled(Array.from({ length: 50 }, () => spend(buyerId, 30)));
    expect(spends.filter(({ status }) => status === 'fulfilled')).toHaveLength(33);
    expect((await books(buyerId)).balance).toBe(10);
  });

  it('C08-COM-06 redeems once a request key and no more than the limit of one buyer', async () => {
    const itemId = await inTx((tx) =>
      points.mall.saveItem(tx, shopId, {
        name: '耳机',
        detail: '',
        icon: 'headphones',
        points: 100,
        stock: 9,
        perBuyer: 2,
        marketPrice: 99_900,
        isOn: true,
      }),
    );
    const buyerId = someone();
    await give(buyerId, 1_000);
    const redeem = (requestKey: string) =>
      inTx((tx) => points.mall.redeem(tx, buyerId, { itemId, requestKey, addressId: shopId, quantity: 1 }));
    const same = await Promise.all(Array.from({ length: 5 }, () => redeem('one-key-0001')));
    expect(new Set(same.map(({ redemptionId }) => redemptionId)).size).toBe(1);
    await redeem('two-key-0002');
    await expect(redeem('three-key-003')).rejects.toMatchObject({ code: 'points.item_limit' });
    expect((await books(buyerId)).balance).toBe(800);
    const { items } = await points.mall.redemptionsOfShop(database.db, shopId, { page: 1, pageSize: 10 });
    expect(items[0]).toMatchObject({ itemName: '耳机', recipient: '林* 138****1234 浙江省杭州市西湖区一号' });
  });

  it('C06-PTS-05 freezes at placing, spends at paying, gives back when cancelled or refunded in proportion', async () => {
    const buyerId = someone();
    await give(buyerId, 2_000);
    const offer = await points.orders.offer(database.db, buyerId, 'max');
    expect(offer).toMatchObject({ balance: 2_000, perYuan: 100, capRate: 5_000 });
    expect(await points.orders.offer(database.db, buyerId, undefined)).toBeUndefined();
    await take(buyerId, 'P1', 500);
    expect(await books(buyerId)).toMatchObject({ balance: 1_500, frozen: 500 });
    await inTx((tx) => points.orders.cancelled(tx, order(buyerId, 'P1')));
    await inTx((tx) => points.orders.cancelled(tx, order(buyerId, 'P1')));
    expect(await books(buyerId)).toMatchObject({ balance: 2_000, frozen: 0 });

    await take(buyerId, 'P2', 500);
    await inTx((tx) => points.orders.paid(tx, [{ ...order(buyerId, 'P2'), payable: 3_000 }]));
    await inTx((tx) => points.orders.cancelled(tx, order(buyerId, 'P2')));
    expect(await books(buyerId)).toMatchObject({ balance: 1_500, frozen: 0 });
    for (const [refundNo, amount, balance] of [
      ['Q1', 1_000, 1_666],
      ['Q1', 1_000, 1_666],
      ['Q2', 2_000, 2_000],
    ] as const) {
      await inTx((tx) => points.orders.refunded(tx, { ...order(buyerId, 'P2'), refundNo, amount }));
      expect(await books(buyerId)).toMatchObject({ balance, frozen: 0 });
    }
    await expect(take(buyerId, 'P3', 2_001)).rejects.toMatchObject({ code: 'points.insufficient' });
    expect(await books(buyerId)).toMatchObject({ balance: 2_000, frozen: 0 });
  });

  it('uses lots first to expire first, drops what is past its day, and revives given-back points with a grace', async () => {
    const buyerId = someone();
    const inDays = (days: number) => new Date(clock.now().getTime() + days * dayMs);
    await give(buyerId, 100, newId(), inDays(30));
    await give(buyerId, 100, newId(), inDays(10));
    await take(buyerId, 'L1', 120);
    const lots = await sql<{ remaining: number }>`
      select remaining from points.lot where buyer_id = ${buyerId} order by expires_at`.execute(database.db);
    expect(lots.rows.map(({ remaining }) => remaining)).toEqual([0, 80]);
    clock.advance(11 * dayMs);
    await inTx((tx) => points.orders.cancelled(tx, order(buyerId, 'L1')));
    expect(await points.accounts.usable(database.db, buyerId)).toBe(200);
    clock.advance(20 * dayMs);
    expect(await points.accounts.usable(database.db, buyerId)).toBe(100); // the graced part is left
    await inTx((tx) => points.expireDue(tx));
    expect((await books(buyerId)).balance).toBe(100);
    expect(await inTx((tx) => points.expireDue(tx))).toBe(0);
    clock.set('2026-11-22T08:00:00.000Z');
  });

  it('keeps balance = ledger = lots under any interleaving of credits, spends, holds and refunds', async () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('give' as const),
        n: fc.integer({ min: 1, max: 200 }),
        key: fc.integer({ min: 0, max: 4 }),
      }),
      fc.record({
        do: fc.constant('spend' as const),
        n: fc.integer({ min: 1, max: 150 }),
        key: fc.integer({ min: 0, max: 4 }),
      }),
      fc.record({
        do: fc.constant('hold' as const),
        n: fc.integer({ min: 1, max: 100 }),
        key: fc.integer({ min: 0, max: 2 }),
      }),
      fc.record({
        do: fc.constant('pay' as const),
        n: fc.integer({ min: 100, max: 9_000 }),
        key: fc.integer({ min: 0, max: 2 }),
      }),
      fc.record({ do: fc.constant('cancel' as const), n: fc.constant(0), key: fc.integer({ min: 0, max: 2 }) }),
      fc.record({ do: fc.constant('complete' as const), n: fc.constant(0), key: fc.integer({ min: 0, max: 2 }) }),
      fc.record({
        do: fc.constant('refund' as const),
        n: fc.integer({ min: 1, max: 9_000 }),
        key: fc.integer({ min: 0, max: 2 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const buyerId = someone();
        await give(buyerId, 50);
        // All at once: the database decides the order.
        await Promise.allSettled(
          steps.map(({ do: what, n, key }) => {
            const no = `${key}`;
            const told = order(buyerId, no);
            if (what === 'give') return give(buyerId, n, `g${key}`);
            if (what === 'spend') return spend(buyerId, n, `s${key}`);
            if (what === 'hold') return take(buyerId, no, n);
            if (what === 'pay') return inTx((tx) => points.orders.paid(tx, [{ ...told, payable: n }]));
            if (what === 'cancel') return inTx((tx) => points.orders.cancelled(tx, told));
            if (what === 'complete') return inTx((tx) => points.orders.completed(tx, told));
            return inTx((tx) => points.orders.refunded(tx, { ...told, refundNo: `r${key}`, amount: n }));
          }),
        );
        const { balance, frozen, owed } = await books(buyerId);
        expect(Math.min(balance, frozen, owed)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('adjusts by hand only the members of the shop, never below zero', async () => {
    const buyerId = someone();
    const adjust = (shop: string, amount: number) =>
      inTx((tx) => points.desk.adjust(tx, shop, buyerId, { points: amount, reason: '补偿', adjustmentId: newId() }));
    await expect(adjust(newId(), 10)).rejects.toMatchObject({ code: 'points.member_not_found' });
    await adjust(shopId, 30);
    await expect(adjust(shopId, -31)).rejects.toMatchObject({ code: 'points.insufficient' });
    await adjust(shopId, -30);
    expect((await books(buyerId)).balance).toBe(0);
    expect((await points.desk.ledgerOf(database.db, shopId, buyerId, { page: 1, pageSize: 10 })).total).toBe(2);
  });
});
