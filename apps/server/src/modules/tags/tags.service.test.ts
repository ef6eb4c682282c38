import type { SaveTag, TagCondition, TagRule } from '@xiaopu/contracts/console';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFixedClock, dayMs, hourMs, shanghaiDay } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createTags, type Tags } from './index.ts';
import { type DayFact, decide, measure, wholeOrders } from './tags.domain.ts';

const noon = '2026-11-18T04:00:00.000Z';

describe('tags', () => {
  let database: TestDatabase;
  let tags: Tags;
  const clock = createFixedClock(noon);
  const [shopId, otherShop] = [newId(), newId()];
  const [baby, home] = [
    { categoryId: newId(), name: '母婴' },
    { categoryId: newId(), name: '居家' },
  ];
  const [babyGood, homeGood] = [newId(), newId()];
  const off = new Set<string>();
  const lifts = new Map<string, object>();

  beforeAll(async () => {
    database = await createTestDatabase(8);
    tags = createTags({
      ...{ database, clock },
      marks: async (_db, ids) =>
        new Map(
          ids.flatMap((id) =>
            id === babyGood || id === homeGood
              ? [[id, { shopId, rootCategoryId: (id === babyGood ? baby : home).categoryId }] as const]
              : [],
          ),
        ),
      rootCategories: async () => [baby, home],
      shopIds: async () => [shopId],
      isPatron: async (_db, of) => of === shopId,
      nicknames: async (_db, ids) => new Map(ids.map((id) => [id, { nickname: '小满' }])),
      whoIsOff: async (_db, ids) => new Set(ids.filter((id) => off.has(id))),
      lift: async (_tx, people) => {
        for (const { buyerId, boosts } of people) lifts.set(buyerId, boosts);
      },
    });
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    clock.set(noon);
    await sql`truncate tags.tag, tags.day, tags.person, tags.holding`.execute(database.db);
  });

  const inTx = <T>(work: Parameters<typeof database.inTransaction<T>>[0]) => database.inTransaction(work);
  const act = (buyerId: string, kind: string, spuId = babyGood, amount: number | null = null) =>
    inTx((tx) => tags.noteActs(tx, [{ buyerId, shopId, spuId, kind, amount, at: clock.now() }]));
  const paid = (buyerId: string, payable: number, { hasCoupons = false, spuId = homeGood } = {}) =>
    inTx((tx) =>
      tags.ordersPaid(tx, [{ buyerId, shopId, payable, hasCoupons, lines: [{ spuId, quantity: 1 }], at: clock.now() }]),
    );
  const rule = (...conditions: TagCondition[]): TagRule => ({ match: 'all', conditions });
  const when = (metric: TagCondition['metric'], op: 'gte' | 'lte', value: number, days = 30): TagCondition => ({
    ...{ metric, op, value, days },
  });
  const tag = (name: string, of: TagRule | null, more: Partial<SaveTag> = {}): SaveTag => ({
    ...{ name, group: 'custom', rule: of, isOn: true, liftCategoryId: null, liftPrice: null, ...more },
  });
  async function make(of: SaveTag): Promise<string> {
    const tagId = newId();
    await inTx((tx) => tags.create(tx, shopId, tagId, of));
    return tagId;
  }
  const settle = async () => {
    while ((await tags.work()) > 0);
  };
  const namesOf = async (buyerId: string) =>
    (await tags.ofMember(database.db, shopId, buyerId)).items.map(({ name }) => name);

  it('C02-CPT-07 tags by rule with the reason, lifts the category, and lets go as the days pass', async () => {
    const buyerId = newId();
    const tagId = await make(
      tag('母婴偏好', rule({ ...when('category_share', 'gte', 60, 10), categoryId: baby.categoryId }), {
        liftCategoryId: baby.categoryId,
      }),
    );
    for (let times = 0; times < 3; times += 1) await act(buyerId, 'view');
    await act(buyerId, 'view', homeGood);
    await settle();
    const [held] = (await tags.ofMember(database.db, shopId, buyerId)).items;
    expect(held).toMatchObject({ tagId, source: 'rule', reason: '近 10 天「母婴」兴趣占 75 %' });
    expect(lifts.get(buyerId)).toEqual({ categories: { [baby.categoryId]: 1 } });
    expect((await tags.list(database.db, shopId)).items).toMatchObject([{ name: '母婴偏好', holders: 1 }]);
    // Still so the next day, with its own beginning; gone when the days are over, though nothing more was done.
    clock.set(new Date(clock.now().getTime() + dayMs));
    await settle();
    expect((await tags.ofMember(database.db, shopId, buyerId)).items[0]?.since).toBe(held?.since);
    clock.set(new Date(clock.now().getTime() + 10 * dayMs));
    await settle();
    expect(await namesOf(buyerId)).toEqual([]);
    expect(lifts.get(buyerId)).toEqual({ categories: {} });
  });

  it('C02-CPT-07 lays the presets once a shop, and they tell bands of spending, price and life cycle', async () => {
    await tags.layPresets();
    await tags.layPresets();
    const { items } = await tags.list(database.db, shopId);
    expect(items).toHaveLength(23 + 2 * 3);
    const [loyal, browsing] = [newId(), newId()];
    for (let times = 0; times < 5; times += 1) await paid(loyal, 32_000, { hasCoupons: true });
    await act(browsing, 'view');
    await act(browsing, 'cart');
    await settle();
    expect(await namesOf(loyal)).toEqual(
      expect.arrayContaining([
        '消费 500–2000 元',
        '近期高消费',
        '高客单价敏感型',
        '价格敏感',
        '忠实客户',
        '复购客',
        '常买居家',
      ]),
    );
    expect(await namesOf(browsing)).toEqual(expect.arrayContaining(['潜在客户', '加购未买', '低活跃']));
    // High and low at once: what they say of the price is nothing.
    expect(lifts.get(loyal)).not.toHaveProperty('price');
    expect(await namesOf(loyal)).not.toContain('新客');
  });

  it('keeps what people gave whatever rules say, until it is taken away or its time is over', async () => {
    const buyerId = newId();
    const tagId = await make(tag('大客户', rule(when('spent', 'gte', 100_000))));
    const byHand = await make(tag('老街坊', null));
    await act(buyerId, 'view');
    for (const id of [tagId, byHand])
      await inTx((tx) => tags.give(tx, { shopId, buyerId, tagId: id }, { reason: '店里常来', days: 7 }));
    await settle();
    expect(await namesOf(buyerId)).toEqual(['大客户', '老街坊']);
    await inTx((tx) => tags.takeAway(tx, { shopId, buyerId, tagId }));
    expect(await namesOf(buyerId)).toEqual(['老街坊']);
    clock.set(new Date(clock.now().getTime() + 8 * dayMs));
    expect(await namesOf(buyerId)).toEqual([]);
    await expect(
      inTx((tx) => tags.give(tx, { shopId: otherShop, buyerId, tagId }, { reason: '' })),
    ).rejects.toMatchObject({
      code: 'tags.not_found',
    });
  });

  it('C06-REC-03 says nothing of who is off, and forgets what rules said', async () => {
    const buyerId = newId();
    await make(tag('看过', rule(when('views', 'gte', 1))));
    await act(buyerId, 'view');
    await settle();
    expect(await namesOf(buyerId)).toEqual(['看过']);
    await inTx((tx) => tags.forget(tx, buyerId));
    off.add(buyerId);
    await paid(buyerId, 9_900);
    await settle();
    expect(await tags.ofMember(database.db, shopId, buyerId)).toEqual({ items: [], isOff: true });
  });

  it('two workers share who is due; a changed rule is worked out anew; a switched-off one is nobody’s', async () => {
    const people = Array.from({ length: 30 }, () => newId());
    const once = tag('看过', rule(when('views', 'gte', 1)));
    const tagId = await make(once);
    await Promise.all(people.map((buyerId) => act(buyerId, 'view')));
    const worked = await Promise.all([tags.work(), tags.work(), tags.work()]);
    expect(worked.reduce((sum, count) => sum + count, 0)).toBe(30);
    expect((await tags.list(database.db, shopId)).items[0]?.holders).toBe(30);
    expect(await tags.tryRule(database.db, shopId, rule(when('views', 'gte', 2)))).toEqual({ holds: 0, of: 30 });
    await inTx((tx) => tags.update(tx, shopId, tagId, { ...once, rule: rule(when('views', 'gte', 2)) }));
    await settle();
    expect((await tags.list(database.db, shopId)).items[0]?.holders).toBe(0);
    await inTx((tx) => tags.update(tx, shopId, tagId, once));
    await settle();
    await inTx((tx) => tags.update(tx, shopId, tagId, { ...once, isOn: false }));
    expect((await tags.list(database.db, shopId)).items[0]?.holders).toBe(0);
  });

  it('takes money given back off what was spent, and a refund is no visit', async () => {
    const buyerId = newId();
    await make(tag('花过', rule(when('spent', 'gte', 10_000, 60))));
    await make(tag('来过', rule(when('days_since_seen', 'lte', 5, 60))));
    await paid(buyerId, 12_000);
    await settle();
    expect(await namesOf(buyerId)).toEqual(['花过', '来过']);
    clock.set(new Date(clock.now().getTime() + 10 * dayMs));
    await inTx((tx) => tags.refunded(tx, { buyerId, shopId, amount: 3_000, at: clock.now() }));
    await settle();
    expect(await namesOf(buyerId)).toEqual([]);
  });

  it('C02-CPT-07 holds what a slow look at everything says, in whatever order and batches acts came', async () => {
    const metrics = [
      'spent',
      'orders',
      'views',
      'carts',
      'active_days',
      'coupon_share',
      'category_share',
      'days_since_order',
      'average_order',
    ] as const;
    const condition = fc.record({
      metric: fc.constantFrom(...metrics),
      op: fc.constantFrom('gte' as const, 'lte' as const),
      value: fc.integer({ min: 0, max: 60 }),
      days: fc.constantFrom(1, 5, 30),
      not: fc.boolean(),
    });
    const did = fc.record({
      who: fc.integer({ min: 0, max: 2 }),
      kind: fc.constantFrom('view', 'cart', 'favourite', 'pay'),
      good: fc.constantFrom(babyGood, homeGood),
      hoursAgo: fc.integer({ min: 0, max: 24 * 40 }),
      fen: fc.integer({ min: 1, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(did, { maxLength: 25 }),
        fc.array(
          fc.record({
            match: fc.constantFrom('all' as const, 'any' as const),
            conditions: fc.array(condition, { minLength: 1, maxLength: 3 }),
          }),
          { minLength: 1, maxLength: 3 },
        ),
        async (acts, rules) => {
          await sql`truncate tags.tag, tags.day, tags.person, tags.holding`.execute(database.db);
          const people = [newId(), newId(), newId()];
          const made = new Map<string, TagRule>();
          for (const of of rules) made.set(await make(tag('x', of)), of);
          const facts = people.map((): DayFact[] => []);
          for (const { who, kind, good, hoursAgo, fen } of acts) {
            const [buyerId, at] = [people[who] as string, new Date(clock.now().getTime() - hoursAgo * hourMs)];
            const none = {
              views: 0,
              lookedMs: 0,
              carts: 0,
              favourites: 0,
              units: 0,
              orders: 0,
              couponOrders: 0,
              spent: 0,
            };
            const own = { ...none, day: shanghaiDay(at), rootCategoryId: (good === babyGood ? baby : home).categoryId };
            if (kind === 'pay') {
              const order = {
                buyerId,
                shopId,
                payable: fen,
                hasCoupons: fen % 2 === 0,
                lines: [{ spuId: good, quantity: 1 }],
                at,
              };
              await inTx((tx) => tags.ordersPaid(tx, [order]));
              facts[who]?.push({ ...own, units: 1 });
              facts[who]?.push({
                ...own,
                rootCategoryId: wholeOrders,
                orders: 1,
                couponOrders: fen % 2 === 0 ? 1 : 0,
                spent: fen,
              });
            } else {
              await inTx((tx) => tags.noteActs(tx, [{ buyerId, shopId, spuId: good, kind, amount: null, at }]));
              facts[who]?.push({
                ...own,
                views: kind === 'view' ? 1 : 0,
                carts: kind === 'cart' ? 1 : 0,
                favourites: kind === 'favourite' ? 1 : 0,
              });
            }
            // Some are worked out in between, some not.
            if (fen % 5 === 0) await tags.work();
          }
          await settle();
          for (const [who, buyerId] of people.entries()) {
            const held = (
              await database.db.selectFrom('tags.holding').select('tagId').where('buyerId', '=', buyerId).execute()
            ).map(({ tagId }) => tagId);
            const expected =
              (facts[who]?.length ?? 0) === 0
                ? []
                : [...made]
                    .filter(([, of]) => decide(of, facts[who] ?? [], shanghaiDay(clock.now()), () => '').holds)
                    .map(([tagId]) => tagId);
            expect(held.sort()).toEqual(expected.sort());
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('measures nothing where there is nothing to measure', () => {
    const of = (metric: TagCondition['metric']) => measure({ metric, days: 30 }, [], '2026-11-18');
    expect([
      of('spent'),
      of('average_order'),
      of('coupon_share'),
      of('days_since_order'),
      of('category_share'),
    ]).toEqual([...[0, undefined, undefined, undefined, undefined]]);
    const never = rule({ ...when('days_since_order', 'gte', 30), not: true });
    expect(decide(never, [], '2026-11-18', () => '').holds).toBe(false);
  });
});
