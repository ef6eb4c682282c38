import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock, dayMs, secondMs } from '#platform/clock.ts';
import { createFieldCipher } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createPolicies } from '#platform/policy.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createMembership, type Membership } from './index.ts';
import { birthdayOf, birthdaysOn, longId, shortId, tierOf } from './membership.domain.ts';
import { createTierBook } from './membership.tiers.ts';

const shopId = newId();

describe('membership', () => {
  let database: TestDatabase;
  let membership: Membership;
  const agentNames = new Map<string, string>();
  const clock = createFixedClock('2026-11-22T08:00:00.000Z');
  beforeAll(async () => {
    database = await createTestDatabase(10);
    const messaging = createMessaging({ database, clock, log: createLogger('silent') });
    membership = createMembership({
      clock,
      outbox: messaging.outbox,
      policies: createPolicies({ database, clock }),
      cipher: createFieldCipher('k1:000102030405060708090a0b0c0d0e0f'),
      faces: async () => new Map(),
      pointsOf: async (_db, buyerIds) => new Map(buyerIds.map((buyerId) => [buyerId, 1_200])),
      agentNamesOf: async () => agentNames,
      couponsOf: async () => 3,
    });
  });
  afterAll(() => database.close());

  const inTx = <T>(work: Parameters<typeof database.inTransaction<T>>[0]) => database.inTransaction(work);
  const paid = (buyerId: string, orderNo: string, payable: number) =>
    inTx((tx) => membership.ordersPaid(tx, [{ buyerId, orderNo, shopId, payable }]));
  const completed = (buyerId: string, orderNo: string) =>
    inTx((tx) => membership.orderCompleted(tx, { buyerId, orderNo, shopId }));
  const refunded = (buyerId: string, orderNo: string, refundNo: string, amount: number) =>
    inTx((tx) => membership.orderRefunded(tx, { buyerId, orderNo, shopId, refundNo, amount }));
  const buy = async (buyerId: string, orderNo: string, payable: number) => {
    await paid(buyerId, orderNo, payable);
    await completed(buyerId, orderNo);
  };
  const centre = (buyerId: string) => membership.centre(database.db, buyerId);
  const benefits = async (buyerId: string, at: Date) =>
    (await membership.offers(database.db, { buyerId, at, lines: [] })).benefits;

  it('C06-MEM-01 C08-LTV-01 has four tiers, right at −1, 0 and +1 of each border', () => {
    const rules = createTierBook({ get: (policy: { defaultValue: number }) => policy.defaultValue } as never).rules();
    expect(rules.map(({ tier }) => tier)).toEqual(['bronze', 'silver', 'gold', 'diamond']);
    for (const [index, rule] of rules.entries()) {
      const below = rules[index - 1]?.tier ?? 'bronze';
      expect([-1, 0, 1].map((by) => tierOf(rule.growth + by, rules))).toEqual([below, rule.tier, rule.tier]);
    }
  });

  it('C06-MEM-02 C08-LTV-03 sums spend, active days and interaction with caps, and a refund takes its part back', async () => {
    const buyerId = newId();
    await completed(buyerId, 'A'); // told before it was paid
    await paid(buyerId, 'A', 60_099);
    await paid(buyerId, 'A', 60_099);
    expect(await centre(buyerId)).toMatchObject({
      growth: 600,
      tier: 'silver',
      spent: 60_099,
      next: { tier: 'gold', missing: 1_400 },
    });
    for (const day of ['2026-11-22', '2026-11-22', '2026-11-23'])
      await inTx((tx) => membership.activeDay(tx, buyerId, day));
    expect(await centre(buyerId)).toMatchObject({ growth: 604, activeDays: 2 });
    for (let index = 0; index < 5; index += 1)
      await inTx((tx) => membership.interaction(tx, buyerId, `review:${Math.min(index, 3)}`, '发表评价'));
    expect(await centre(buyerId)).toMatchObject({ growth: 619, interactions: 3 });
    await refunded(buyerId, 'A', 'R1', 20_000);
    await refunded(buyerId, 'A', 'R1', 20_000);
    expect(await centre(buyerId)).toMatchObject({ growth: 419, tier: 'bronze', spent: 40_099 });
    const history = await sql<{ move: string }>`
      select from_tier || '>' || to_tier as move from membership.tier_change where buyer_id = ${buyerId} order by change_id`.execute(
      database.db,
    );
    expect(history.rows.map(({ move }) => move)).toEqual(['bronze>silver', 'silver>bronze']);
    const { rows } = await sql<{ total: number }>`
      select sum(amount)::bigint as total from membership.growth_entry where buyer_id = ${buyerId}`.execute(
      database.db,
    );
    expect(rows[0]?.total).toBe(419);
    const first = await membership.growth(database.db, buyerId, { limit: 4 });
    expect(first.items).toHaveLength(4);
    const rest = await membership.growth(database.db, buyerId, { limit: 10, cursor: first.nextCursor ?? '' });
    expect(first.items.length + rest.items.length).toBe(7);
  });

  it('counts an order once under 20 parallel deliveries of the same words', async () => {
    const buyerId = newId();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? paid(buyerId, 'P', 10_000) : completed(buyerId, 'P'))),
    );
    expect(await centre(buyerId)).toMatchObject({ growth: 100, spent: 10_000 });
    expect(await membership.detail(database.db, shopId, buyerId)).toMatchObject({ orders: 1, spent: 10_000 });
  });

  it('C06-MEM-03 C13-SUB-01 offers tier, plan and birthday prices with one statement; diamond pays 80 %', async () => {
    const buyerId = newId();
    expect(await benefits(buyerId, clock.now())).toEqual([]);
    await buy(buyerId, 'B', 900_000);
    await inTx((tx) =>
      membership.setPlan(tx, buyerId, {
        planId: 'basic',
        name: '月卡',
        payRate: 9_500,
        until: new Date(clock.now().getTime() + dayMs),
      }),
    );
    await inTx((tx) => membership.setBirthday(tx, buyerId, { month: 11, day: 22 }));
    const statements = await database.statementsOf(async () => {
      const found = await benefits(buyerId, clock.now());
      expect(found.map(({ kind, payRate }) => [kind, payRate])).toEqual([
        ['tier', 8_000],
        ['plan', 9_500],
        ['birthday', 8_800],
      ]);
    });
    expect(statements).toHaveLength(1);
    const later = new Date(clock.now().getTime() + dayMs);
    expect((await benefits(buyerId, later)).map(({ kind }) => kind)).toEqual(['tier']);
    expect(await membership.hasFreeReturns(database.db, buyerId)).toBe(true);
    expect(await membership.hasFreeReturns(database.db, newId())).toBe(false);
  });

  it('C03-SCN-07 C06-WCM-02 gives diamonds their own agent, and a concierge above 20,000 yuan', async () => {
    const buyerId = newId();
    await buy(buyerId, 'C1', 1_999_999);
    expect((await centre(buyerId)).agent).toEqual({ name: '专属客服', isConcierge: false });
    await buy(buyerId, 'C2', 1);
    agentNames.set(buyerId, '小周');
    expect((await centre(buyerId)).agent).toEqual({ name: '小周', isConcierge: true });
    expect(await membership.agentRightOf(database.db, buyerId)).toEqual({ isConcierge: true });
    expect(await membership.agentRightOf(database.db, newId())).toBeNull();
  });

  it('C03-SCN-07 unlocks the concierge with the last fen and keeps it to the end of its period when refunds go below', async () => {
    const buyerId = newId();
    await buy(buyerId, 'K1', 1_999_999);
    expect((await centre(buyerId)).agent?.isConcierge).toBe(false);
    await buy(buyerId, 'K2', 1);
    expect((await centre(buyerId)).agent?.isConcierge).toBe(true);
    await refunded(buyerId, 'K1', 'K1R', 1_999_999);
    expect(await centre(buyerId)).toMatchObject({ spent: 1, agent: { isConcierge: true } });
    const start = clock.now();
    clock.advance(365 * dayMs - 1);
    expect((await centre(buyerId)).agent?.isConcierge).toBe(true);
    clock.advance(1);
    expect((await centre(buyerId)).agent?.isConcierge ?? false).toBe(false);
    clock.set(start);
  });

  it('C06-MEM-03 C02-CPT-04 says which goods take no member price, and which layers a buyer is in', async () => {
    const buyerId = newId();
    const [kept, other] = [newId(), newId()];
    await inTx((tx) => membership.setKeptOut(tx, { shopId, staffName: '小陈' }, kept, true));
    const lines = [{ spuId: kept }, { spuId: other }];
    const offers = (who: string, at = clock.now()) => membership.offers(database.db, { buyerId: who, at, lines });
    expect(await offers(buyerId)).toEqual({ benefits: [], audiences: ['新客'], memberExcluded: new Set() });
    await buy(buyerId, 'L1', 900_000);
    expect(await offers(buyerId)).toMatchObject({ audiences: ['VIP'], memberExcluded: new Set([kept]) });
    const small = newId();
    await buy(small, 'L2', 100);
    const after = (ms: number) => new Date(clock.now().getTime() + ms);
    expect((await offers(small, after(30 * dayMs - 1))).audiences).toEqual([]);
    expect((await offers(small, after(30 * dayMs))).audiences).toEqual(['沉默']);
    await inTx((tx) => membership.setKeptOut(tx, { shopId, staffName: '小陈' }, kept, false));
    expect((await offers(buyerId)).memberExcluded).toEqual(new Set());
  });

  it('C02-CPT-08 a gold member finds points, coupons and their own agent in one place', async () => {
    const buyerId = newId();
    expect(await centre(buyerId)).toMatchObject({ agent: null });
    await buy(buyerId, 'G1', 200_000);
    expect(await centre(buyerId)).toMatchObject({
      tier: 'gold',
      points: 1_200,
      coupons: 3,
      agent: { name: '专属客服', isConcierge: false },
    });
  });

  it('C02-CPT-10 the birthday price is one day a year, even when the birthday is changed after it', async () => {
    const buyerId = newId();
    const start = clock.now();
    clock.set('2026-02-10T04:00:00.000Z');
    await inTx((tx) => membership.setBirthday(tx, buyerId, { month: 3, day: 6 }));
    const birthday = async (at: string) =>
      (await benefits(buyerId, new Date(at))).filter(({ kind }) => kind === 'birthday').length;
    clock.set('2027-03-06T04:00:00.000Z');
    await inTx((tx) => membership.giveBirthdayPacks(tx));
    expect(await birthday('2027-03-06T05:00:00.000Z')).toBe(1);
    await inTx((tx) => membership.setBirthday(tx, buyerId, { month: 8, day: 8 }));
    expect(await birthday('2027-08-08T05:00:00.000Z')).toBe(0);
    expect(await birthday('2028-08-08T05:00:00.000Z')).toBe(1);
    clock.set(start);
  });

  it('X-34 tells of 30 days without a purchase once: not at 29, and again only after another purchase', async () => {
    const buyerId = newId();
    const start = clock.now();
    clock.set('2026-06-01T04:00:00.000Z');
    await paid(buyerId, 'S1', 1_000);
    const told = async () => {
      await Promise.all(Array.from({ length: 3 }, () => inTx((tx) => membership.tellLapsed(tx))));
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from platform.outbox
        where name = 'membership.lapsed' and payload->>'buyerId' = ${buyerId}`.execute(database.db);
      return rows[0]?.count;
    };
    clock.set('2026-07-01T03:59:59.000Z');
    expect(await told()).toBe(0);
    clock.set('2026-07-01T04:00:00.000Z');
    expect([await told(), await told()]).toEqual([1, 1]);
    await paid(buyerId, 'S2', 1_000);
    expect(await told()).toBe(1);
    clock.set('2026-07-31T04:00:00.000Z');
    expect(await told()).toBe(2);
    clock.set(start);
  });

  it('C13-SUB-03 gives senior paid members their own agent while the plan runs', async () => {
    const buyerId = newId();
    const until = new Date(clock.now().getTime() + dayMs);
    await inTx((tx) => membership.setPlan(tx, buyerId, { planId: 'basic', name: '月卡', payRate: 9_500, until }));
    expect((await centre(buyerId)).agent).toBeNull();
    await inTx((tx) => membership.setPlan(tx, buyerId, { planId: 'senior', name: '年卡', payRate: 9_000, until }));
    expect((await centre(buyerId)).agent).toEqual({ name: '专属客服', isConcierge: false });
    await inTx((tx) => membership.setPlan(tx, buyerId, null));
    expect((await centre(buyerId)).agent).toBeNull();
  });

  it('C06-MEM-04 gives one birthday pack a year, whoever runs the job and whatever is edited', async () => {
    const buyerId = newId();
    clock.set('2026-03-05T16:30:00.000Z'); // 6 March in Shanghai
    await inTx((tx) => membership.setBirthday(tx, buyerId, { month: 3, day: 6 }));
    const packs = () =>
      sql<{
        year: number;
      }>`select year from membership.birthday_pack where buyer_id = ${buyerId} order by year`.execute(database.db);
    await Promise.all(Array.from({ length: 4 }, () => inTx((tx) => membership.giveBirthdayPacks(tx))));
    await expect(inTx((tx) => membership.setBirthday(tx, buyerId, { month: 3, day: 7 }))).rejects.toMatchObject({
      code: 'membership.birthday_fixed',
    });
    clock.advance(dayMs);
    await inTx((tx) => membership.giveBirthdayPacks(tx));
    expect((await packs()).rows).toHaveLength(1);
    clock.set('2027-03-06T02:00:00.000Z');
    await inTx((tx) => membership.giveBirthdayPacks(tx));
    await inTx((tx) => membership.setBirthday(tx, buyerId, { month: 3, day: 7 }));
    clock.advance(dayMs);
    await inTx((tx) => membership.giveBirthdayPacks(tx));
    expect((await packs()).rows.map(({ year }) => year)).toEqual([2026, 2027]);
    const told = await sql<{ count: number }>`
      select count(*)::int as count from platform.outbox
      where name = 'membership.birthday_given' and payload->>'buyerId' = ${buyerId}`.execute(database.db);
    expect(told.rows[0]?.count).toBe(2);
    clock.set('2026-11-22T08:00:00.000Z');
  });

  it('knows every day of the year and nothing else; 29 February is kept on the 28th of common years', () => {
    expect(birthdayOf(2, 29)).toBe('02-29');
    expect(birthdayOf(2, 30)).toBeUndefined();
    expect(birthdayOf(13, 1)).toBeUndefined();
    expect(birthdaysOn('2026-02-28')).toEqual(['02-28', '02-29']);
    expect(birthdaysOn('2028-02-28')).toEqual(['02-28']);
    const id = newId();
    expect(longId(shortId(id))).toBe(id);
  });

  it('C03-SCN-06 verifies the card’s rotating code once, within its time, and makes the member a patron of the scanning shop', async () => {
    const buyerId = newId();
    const otherShop = newId();
    const { code, rows, refreshAt } = membership.code(buyerId);
    expect(new Date(refreshAt).getTime() - clock.now().getTime()).toBeLessThanOrEqual(30 * secondMs);
    expect(rows.every((row) => row.length === rows.length)).toBe(true);
    const scan = (text: string) => inTx((tx) => membership.scan(tx, otherShop, text));
    const forged = `${code.slice(0, 22)}${code.slice(22) === '00000000' ? '11111111' : '00000000'}`;
    await expect(scan(forged)).rejects.toMatchObject({ code: 'membership.code_invalid' });
    await expect(membership.detail(database.db, otherShop, buyerId)).rejects.toMatchObject({
      code: 'membership.member_not_found',
    });
    const outcomes = await Promise.allSettled([scan(code), scan(code), scan(code)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await membership.detail(database.db, otherShop, buyerId)).toMatchObject({ buyerId, orders: 0 });
    clock.advance(61 * secondMs);
    await expect(scan(code)).rejects.toMatchObject({ code: 'membership.code_invalid' });
    const list = await membership.list(database.db, otherShop, { page: 1, pageSize: 10 });
    expect(list.total).toBe(1);
  });
});
