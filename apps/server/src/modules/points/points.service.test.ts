import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock, dayMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createPolicies } from '#platform/policy.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createPoints, type Points, pointsAudits } from './index.ts';

const shopId = newId();
const order = (buyerId: string, orderNo: string) => ({ buyerId, orderNo, shopId });
const address = {
  name: '林夏',
  phone: '13800001234',
  province: '浙江省',
  city: '杭州市',
  district: '西湖区',
  detail: '一号',
};

describe('points', () => {
  let database: TestDatabase;
  let points: Points;
  let policies: ReturnType<typeof createPolicies>;
  const clock = createFixedClock('2026-11-22T08:00:00.000Z');
  let nextRoll = 0;
  const people = new Map<string, string>(); // buyer → person

  beforeAll(async () => {
    database = await createTestDatabase();
    const messaging = createMessaging({ database, clock, log: createLogger('silent') });
    policies = createPolicies({ database, clock });
    points = createPoints({
      clock,
      outbox: messaging.outbox,
      policies,
      cipher: {
        blindIndex: (purpose, value) => `${purpose}/${value}`,
        encrypt: (plain) => `sealed:${Buffer.from(plain).toString('base64')}`,
        decrypt: (sealed) => Buffer.from(sealed.slice(7), 'base64').toString(),
      },
      kinship: async (_db, a, b) => (!people.has(b) ? 'unknown' : people.get(a) === people.get(b) ? 'same' : 'other'),
      findAddress: async (_db, _buyer, addressId) => (addressId === shopId ? address : undefined),
      isPatron: async (_db, shop) => shop === shopId,
      roll: () => nextRoll,
    });
  });
  afterAll(() => database.close());

  const someone = (person = newId()) => {
    const buyerId = newId();
    people.set(buyerId, person);
    return buyerId;
  };
  const inTx = <T>(work: Parameters<typeof database.inTransaction<T>>[0]) => database.inTransaction(work);
  const give = (buyerId: string, amount: number, key = newId(), expiresAt?: Date) =>
    inTx((tx) =>
      points.accounts.credit(tx, buyerId, amount, { sourceKey: key, kind: 'adjust', note: '测试' }, expiresAt),
    );
  const spend = (buyerId: string, amount: number, key = newId()) =>
    inTx((tx) => points.accounts.debit(tx, buyerId, amount, { sourceKey: key, kind: 'redeem', note: '测试' }));
  async function books(buyerId: string) {
    const { rows } = await sql<{
      balance: number;
      frozen: number;
      owed: number;
      ledger: number;
      frozenLedger: number;
      lots: number;
    }>`
      select a.balance, a.frozen, a.owed,
        (select coalesce(sum(amount), 0)::bigint from points.ledger where buyer_id = a.buyer_id) as ledger,
        (select coalesce(sum(frozen), 0)::bigint from points.ledger where buyer_id = a.buyer_id) as frozen_ledger,
        (select coalesce(sum(remaining), 0)::bigint from points.lot where buyer_id = a.buyer_id) as lots
      from points.account a where buyer_id = ${buyerId}`.execute(database.db);
    const [row] = rows;
    if (!row) throw new Error('no account');
    expect(row.ledger).toBe(row.balance);
    expect(row.lots).toBe(row.balance);
    expect(row.frozenLedger).toBe(row.frozen);
    return { balance: row.balance, frozen: row.frozen, owed: row.owed };
  }
  const take = (buyerId: string, orderNo: string, used: number) =>
    inTx((tx) =>
      points.orders.take(tx, {
        buyerId,
        orders: [{ orderNo, shopId }],
        result: { shops: [{ shopId, pointsUsed: used }] } as never,
      }),
    );

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

  it('C06-PTS-03 pays the inviter nothing for a share, 100 once after the friend’s first received order, within the cap', async () => {
    const inviter = someone();
    const code = (await points.referrals.view(database.db, inviter)).code;
    const friends = Array.from({ length: 6 }, () => someone());
    for (const friend of friends) await inTx((tx) => points.referrals.bind(tx, friend, code));
    expect(await points.referrals.view(database.db, inviter)).toMatchObject({ invited: 6, rewarded: 0 });
    expect((await points.home(database.db, inviter)).balance).toBe(0);
    for (const [index, friend] of friends.entries()) {
      await inTx((tx) => points.orders.paid(tx, [{ ...order(friend, `F${index}`), payable: 10_000 }]));
      await inTx((tx) => points.orders.completed(tx, order(friend, `F${index}`)));
      await inTx((tx) => points.orders.completed(tx, order(friend, `F${index}`)));
    }
    expect((await books(inviter)).balance).toBe(500); // five a day, the sixth is past the cap
    expect((await books(friends[0] ?? '')).balance).toBe(2 * 100 + 50); // double on the first order
    await inTx((tx) => points.orders.paid(tx, [{ ...order(friends[0] ?? '', 'F-next'), payable: 10_000 }]));
    await inTx((tx) => points.orders.completed(tx, order(friends[0] ?? '', 'F-next')));
    expect((await books(friends[0] ?? '')).balance).toBe(350);
  });

  it('C08-COM-05 old brings new: both sides get twice the invite points, once; a whole refund takes both back, once', async () => {
    const set = (value: number) =>
      inTx((tx) => policies.set(tx, { key: 'points.old_brings_new', value, shopId, by: 't' }));
    await set(1);
    const [inviter, friend] = [someone(), someone()];
    const { code, reward, friendReward } = await points.referrals.view(database.db, inviter);
    expect([reward, friendReward]).toEqual([200, 200]);
    await inTx((tx) => points.referrals.bind(tx, friend, code, 'device-of-a-friend'));
    await inTx((tx) => points.orders.paid(tx, [{ ...order(friend, 'D1'), payable: 10_000 }]));
    for (let times = 0; times < 2; times += 1) await inTx((tx) => points.orders.completed(tx, order(friend, 'D1')));
    expect((await books(inviter)).balance).toBe(200);
    expect((await books(friend)).balance).toBe(2 * 100 + 50 + 200);
    const refund = (refundNo: string, amount: number) =>
      inTx((tx) => points.orders.refunded(tx, { ...order(friend, 'D1'), refundNo, amount }));
    await refund('DR1', 4_000);
    expect((await books(inviter)).balance).toBe(200);
    for (let times = 0; times < 2; times += 1) await refund('DR2', 6_000);
    expect([(await books(inviter)).balance, (await books(friend)).balance]).toEqual([0, 50]);
    await set(0);
  });

  it('C08-COM-05 refuses an invitation accepted on the inviter’s own phone', async () => {
    const [inviter, second] = [someone(), someone()];
    const { code } = await points.referrals.view(database.db, inviter);
    await inTx((tx) => points.referrals.sawDevice(tx, inviter, 'one-and-the-same-phone'));
    const bind = (deviceId: string) => inTx((tx) => points.referrals.bind(tx, second, code, deviceId));
    await expect(bind('one-and-the-same-phone')).rejects.toMatchObject({ code: 'points.referral_self' });
    await expect(bind('another-phone-altogether')).resolves.toBeUndefined();
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

  it('refuses one’s own invitation: same buyer, same person, the other way round, and old customers', async () => {
    const me = someone('me');
    const myOther = someone('me');
    const friend = someone();
    const code = async (buyerId: string) => (await points.referrals.view(database.db, buyerId)).code;
    const bind = async (who: string, whose: string) => {
      const text = await code(whose);
      return inTx((tx) => points.referrals.bind(tx, who, text));
    };
    await expect(bind(me, me)).rejects.toMatchObject({ code: 'points.referral_self' });
    await expect(bind(me, myOther)).rejects.toMatchObject({ code: 'points.referral_self' });
    await expect(bind(me, newId())).rejects.toMatchObject({ code: 'points.referral_unknown' });
    await bind(friend, me);
    await bind(friend, me);
    await expect(bind(me, friend)).rejects.toMatchObject({ code: 'points.referral_self' });
    await expect(bind(friend, someone())).rejects.toMatchObject({ code: 'points.referral_taken' });
    const old = someone();
    await inTx((tx) => points.orders.paid(tx, [{ ...order(old, 'O1'), payable: 100 }]));
    await expect(bind(old, me)).rejects.toMatchObject({ code: 'points.referral_late' });
    expect(await points.referrals.view(database.db, me)).toMatchObject({ invited: 1, hasInviter: false });
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

  const prize = (odds: number, change: object = {}) => ({
    name: '奖',
    kind: 'goods' as const,
    points: 0,
    value: 1_000,
    odds,
    stock: 1,
    ...change,
  });
  const none = (odds: number) => prize(odds, { name: '谢谢参与', kind: 'none', stock: 0, value: 0 });
  const lottery = (prizes: ReturnType<typeof prize>[], dailyLimit = 100) =>
    inTx((tx) =>
      points.lottery.open(tx, shopId, {
        name: '转盘',
        cost: 10,
        dailyLimit,
        startsAt: '2026-11-01T00:00:00.000Z',
        endsAt: '2026-12-01T00:00:00.000Z',
        prizes,
      }),
    );

  it('C06-PTS-06 refuses odds that do not sum to 100 %, a prize above 50,000 yuan, and no consolation', async () => {
    await expect(lottery([prize(1_000), none(998_999)])).rejects.toMatchObject({ code: 'points.odds_wrong' });
    await expect(lottery([prize(1_000, { value: 5_000_001 }), none(999_000)])).rejects.toMatchObject({
      code: 'points.prize_too_dear',
    });
    await expect(lottery([prize(1_000), prize(999_000)])).rejects.toMatchObject({ code: 'points.consolation_missing' });
  });

  it('C06-PTS-06 gives the last prize to one of 30 who hit it at once, and keeps roll and odds of each draw', async () => {
    const lotteryId = await lottery([prize(500_000), none(500_000)]);
    const buyers = Array.from({ length: 30 }, () => someone());
    for (const buyerId of buyers) await give(buyerId, 25);
    nextRoll = 499_999;
    const results = await Promise.all(
      buyers.map((buyerId) => inTx((tx) => points.lottery.draw(tx, buyerId, lotteryId, 'same-key-1'))),
    );
    expect(results.filter(({ kind }) => kind === 'goods')).toHaveLength(1);
    const again = await inTx((tx) => points.lottery.draw(tx, buyers[0] ?? '', lotteryId, 'same-key-1'));
    expect(again.drawId).toBe(results[0]?.drawId);
    expect((await books(buyers[0] ?? '')).balance).toBe(15);
    nextRoll = 500_000;
    const edge = await inTx((tx) => points.lottery.draw(tx, buyers[0] ?? '', lotteryId, 'edge-key-1'));
    expect(edge.kind).toBe('none');
    await expect(inTx((tx) => points.lottery.draw(tx, buyers[0] ?? '', lotteryId, 'poor-key-1'))).rejects.toMatchObject(
      { code: 'points.insufficient' },
    );
    const { items } = await points.lottery.listOfShop(database.db, shopId, { page: 1, pageSize: 10 });
    const shown = items.find((each) => each.lotteryId === lotteryId);
    expect(shown).toMatchObject({ draws: 31 });
    expect(shown?.prizes.map(({ won, hits }) => [won, hits])).toEqual([
      [1, 30],
      [0, 1],
    ]);
    const { rows } = await sql<{ roll: number; odds: { odds: number }[] }>`
      select roll, odds from points.draw where lottery_id = ${lotteryId} and roll = 500000`.execute(database.db);
    expect(rows[0]).toMatchObject({ roll: 500_000, odds: [{ odds: 500_000 }, { odds: 500_000 }] });
  });

  it('stops at the daily limit and when the lottery is over', async () => {
    const lotteryId = await lottery([prize(0), none(1_000_000)], 2);
    const buyerId = someone();
    await give(buyerId, 100);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) =>
        inTx((tx) => points.lottery.draw(tx, buyerId, lotteryId, `limit-${index}-x`)),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect((await books(buyerId)).balance).toBe(80);
    await inTx((tx) => points.lottery.stop(tx, shopId, lotteryId));
    await expect(inTx((tx) => points.lottery.draw(tx, buyerId, lotteryId, 'late-key-1'))).rejects.toMatchObject({
      code: 'points.lottery_closed',
    });
    await expect(inTx((tx) => points.lottery.stop(tx, newId(), lotteryId))).rejects.toMatchObject({
      code: 'points.lottery_not_found',
    });
  });

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

describe('points report', () => {
  it('C06-PTS-07 issued 100, used 60, expired 10: rate 60 % and 30 still out there', async () => {
    const database = await createTestDatabase(4);
    const clock = createFixedClock('2026-11-22T08:00:00.000Z');
    const messaging = createMessaging({ database, clock, log: createLogger('silent') });
    const points = createPoints({
      clock,
      outbox: messaging.outbox,
      policies: createPolicies({ database, clock }),
      cipher: { encrypt: String, decrypt: String, blindIndex: String },
      kinship: async () => 'other',
      findAddress: async () => undefined,
      isPatron: async () => true,
    });
    const buyerId = newId();
    const move = (sourceKey: string, kind: string) => ({ sourceKey, kind, note: '' });
    const tomorrow = new Date(clock.now().getTime() + dayMs);
    await database.inTransaction((tx) => points.accounts.credit(tx, buyerId, 30, move('a', 'order'), tomorrow));
    await database.inTransaction((tx) => points.accounts.credit(tx, buyerId, 70, move('b', 'sign_in')));
    await database.inTransaction((tx) => points.accounts.debit(tx, buyerId, 20, move('c', 'redeem')));
    clock.advance(2 * dayMs);
    await database.inTransaction((tx) => points.expireDue(tx));
    const result = { shops: [{ shopId, pointsUsed: 40 }] } as never;
    await database.inTransaction((tx) =>
      points.orders.take(tx, { buyerId, orders: [{ orderNo: 'X', shopId }], result }),
    );
    await database.inTransaction((tx) => points.orders.paid(tx, [{ buyerId, orderNo: 'X', shopId, payable: 100 }]));
    const report = await points.desk.report(database.db);
    // What may still expire is what is out there, less what is frozen for orders.
    expect(report.outlook.reduce((sum, month) => sum + month.points, 0)).toBe(30);
    expect(report.sources.map(({ kind, earned, spent }) => [kind, earned, spent])).toEqual(
      expect.arrayContaining([
        ['order', 30, 0],
        ['sign_in', 70, 0],
        ['redeem', 0, 20],
        ['expire', 0, 10],
      ]),
    );
    // Everything that came in and went out, whatever for, is what is left.
    expect(report.sources.reduce((sum, { earned, spent }) => sum + earned - spent, 0)).toBe(30);
    for (const { query } of pointsAudits) expect((await query(clock.now()).execute(database.db)).rows).toEqual([]);
    expect(report).toMatchObject({
      issued: 100,
      used: 60,
      expired: 10,
      liability: 30,
      liabilityWorth: 30,
      redemptionRate: 6_000,
      accounts: 1,
    });
    await database.close();
  });
});
