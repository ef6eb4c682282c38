import type { ProductCard, RecommendationQuery } from '@xiaopu/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock, dayMs, minuteMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createRecommendation, type Recommendation } from './index.ts';
import { growth } from './recommendation.domain.ts';

interface Goods {
  spuId: string;
  shopId: string;
  categoryId: string;
  rootCategoryId: string;
  categoryName: string;
  salePrice: number;
  soldCount: number;
  isBuyable: boolean;
}
const home: RecommendationQuery = { scene: 'home', limit: 10 };

describe('recommendation', () => {
  let database: TestDatabase;
  let recommendation: Recommendation;
  const clock = createFixedClock('2026-11-18T04:00:00.000Z');
  const shops = [newId(), newId()];
  /** Two kinds of goods; of each the first sells best, baby goods less than all others. */
  const goods: Goods[] = ['居家', '母婴'].flatMap((categoryName, kind) => {
    const rootCategoryId = newId();
    return Array.from({ length: 20 }, (_, at) => ({
      ...{ spuId: newId(), shopId: shops[at % 2] as string, categoryId: rootCategoryId, rootCategoryId, categoryName },
      ...{ salePrice: 1_000 + at * 100, soldCount: (kind === 0 ? 1_000 : 100) - at, isBuyable: true },
    }));
  });
  const bySpu = new Map(goods.map((one) => [one.spuId, one]));
  const [homeware, baby] = [goods.slice(0, 20), goods.slice(20)];
  const forgotten: string[] = [];
  let isBroken = false;
  let answersIn = 0;

  const card = ({ spuId, shopId, salePrice, soldCount, categoryName }: Goods): ProductCard => ({
    ...{
      spuId,
      shopId,
      title: `${categoryName}好物`,
      brief: '',
      picture: {} as never,
      salePrice,
      listPrice: salePrice,
    },
    ...{ soldCount, inStock: true, tags: [], soleSkuId: null },
  });

  beforeAll(async () => {
    database = await createTestDatabase(8);
    recommendation = createRecommendation({
      ...{ database, clock, log: createLogger('silent') },
      guard: { timeoutMs: 300, failures: 5, openMs: 60_000 },
      marks: async (_db, spuIds) =>
        new Map(spuIds.flatMap((id) => (bySpu.has(id) ? [[id, bySpu.get(id) as Goods]] : []))),
      goodsOnSale: async () => goods.map(({ isBuyable: _isBuyable, ...one }) => one),
      async buyableCards(_db, spuIds, known) {
        if (isBroken) throw new Error('down');
        if (answersIn > 0) await new Promise((done) => setTimeout(done, answersIn));
        const found = spuIds.flatMap((id) => bySpu.get(id) ?? []).filter(({ isBuyable }) => isBuyable);
        return {
          cards: new Map(found.map((one) => [one.spuId, card(one)])),
          titles: new Map(known.map((id) => [id, '一件好物'])),
        };
      },
      bestSellers: async (_db, { shopId, limit }) =>
        goods
          .filter((one) => one.isBuyable && (shopId === undefined || one.shopId === shopId))
          .toSorted((a, b) => b.soldCount - a.soldCount)
          .slice(0, limit)
          .map(card),
      forget: [async (_tx, buyerId) => void forgotten.push(buyerId)],
    });
    await recommendation.training.refreshItems();
  });
  afterAll(() => database.close());

  const inTx = <T>(work: Parameters<typeof database.inTransaction<T>>[0]) => database.inTransaction(work);
  const told = (
    buyerId: string,
    one: Goods | undefined,
    kind: string,
    amount: number | null = null,
    at = clock.now(),
  ) => inTx((tx) => recommendation.noteActs(tx, [{ buyerId, spuId: one?.spuId ?? '', kind, amount, at }]));
  const idsOf = async (buyerId: string, query: Partial<RecommendationQuery> = {}) =>
    (await recommendation.recommend(buyerId, { ...home, ...query })).items.map(({ product }) => product.spuId);
  const share = (ids: string[], kind: Goods[]) => ids.filter((id) => kind.some(({ spuId }) => spuId === id)).length;

  it('C02-CPT-05 puts goods of what a shopper dwelt on and carted before those a fresh shopper sees', async () => {
    const [fresh, parent] = [newId(), newId()];
    expect(share(await idsOf(fresh), baby)).toBe(0);
    await told(parent, baby[3], 'view');
    await told(parent, baby[3], 'dwell', 90_000);
    await told(parent, baby[5], 'cart', 1);
    const page = await recommendation.recommend(parent, home);
    const ids = page.items.map(({ product }) => product.spuId);
    expect(page.basis).toBe('personal');
    expect(ids.slice(0, 5).every((id) => baby.some(({ spuId }) => spuId === id))).toBe(true);
    // A list is no echo: something of another kind is among them.
    expect(share(ids, homeware)).toBeGreaterThan(0);
    expect(page.items.find(({ product }) => product.spuId === baby[5]?.spuId)).toMatchObject({
      reason: 'carted',
      reasonText: '你加购过',
    });
    expect(page.items.find(({ reason }) => reason === 'category')?.reasonText).toBe('你常看母婴');
  });

  it('C02-CPT-05 ranks by how often goods were carted: more often is higher', async () => {
    const buyerId = newId();
    for (let times = 0; times < 3; times += 1) await told(buyerId, baby[9], 'cart', 1);
    await told(buyerId, baby[8], 'cart', 1);
    const ids = await idsOf(buyerId);
    expect(ids.indexOf(baby[9]?.spuId ?? '')).toBeLessThan(ids.indexOf(baby[8]?.spuId ?? ''));
  });

  it('C06-REC-03 gives who is off the list everybody gets, and forgets what was known at once', async () => {
    const buyerId = newId();
    await told(buyerId, baby[0], 'cart', 1);
    expect((await recommendation.recommend(buyerId, home)).basis).toBe('personal');
    await inTx((tx) => recommendation.setOff(tx, buyerId, true));
    const off = await recommendation.recommend(buyerId, home);
    const other = await recommendation.recommend(newId(), home);
    expect(off).toEqual({ ...other, isOff: true });
    expect(forgotten).toContain(buyerId);
    expect([...(await recommendation.whoIsOff(database.db, [buyerId, newId()]))]).toEqual([buyerId]);
    // On again, it begins anew.
    await inTx((tx) => recommendation.setOff(tx, buyerId, false));
    expect(await recommendation.recommend(buyerId, home)).toEqual(other);
  });

  it('C06-REC-02 learns that goods go together, and says because of which', async () => {
    const together = [homeware[15], homeware[16]] as Goods[];
    for (let people = 0; people < 12; people += 1) {
      const buyerId = newId();
      for (const one of together) await told(buyerId, one, 'cart', 1);
      await told(buyerId, goods[people], 'view');
    }
    await recommendation.training.train();
    const buyerId = newId();
    await told(buyerId, together[0], 'view');
    const { items } = await recommendation.recommend(buyerId, home);
    const found = items.find(({ product }) => product.spuId === together[1]?.spuId);
    expect(found).toMatchObject({ reason: 'alike', reasonText: '因为你看过「一件好物」' });
    expect(items.indexOf(found as never)).toBeLessThan(3);
  });

  it('C06-REC-03 never shows what cannot be bought, was bought lately, or is on screen; a shop’s page has only its own', async () => {
    const buyerId = newId();
    await told(buyerId, baby[1], 'view');
    const [gone, bought, shown] = [baby[0], baby[2], baby[4]] as [Goods, Goods, Goods];
    gone.isBuyable = false;
    await inTx((tx) => recommendation.ordersPaid(tx, [{ buyerId, spuIds: [bought.spuId], at: clock.now() }]));
    let cursor: string | null = null;
    const ids: string[] = [];
    do {
      const page = await recommendation.recommend(buyerId, {
        ...home,
        except: shown.spuId,
        ...(cursor ? { cursor } : {}),
      });
      ids.push(...page.items.map(({ product }) => product.spuId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(ids.length).toBeGreaterThan(20);
    expect(new Set(ids).size).toBe(ids.length);
    for (const one of [gone, bought, shown]) expect(ids).not.toContain(one.spuId);
    const ofShop = await idsOf(buyerId, { scene: 'shop', shopId: shops[1] as string, limit: 20 });
    expect(ofShop.length).toBeGreaterThan(5);
    expect(new Set(ofShop.map((id) => bySpu.get(id)?.shopId))).toEqual(new Set([shops[1]]));
    gone.isBuyable = true;
  });

  it('gives a guest’s interest to the member they became; told again, nothing is added', async () => {
    const [guest, member] = [newId(), newId()];
    await told(guest, baby[6], 'cart', 1);
    await told(member, baby[6], 'view');
    for (let round = 0; round < 2; round += 1) await inTx((tx) => recommendation.merged(tx, guest, member));
    const rows = await database.db
      .selectFrom('recommendation.taste')
      .select(['weight', 'carts'])
      .where('buyerId', 'in', [guest, member])
      .execute();
    expect(rows).toHaveLength(1);
    expect(rows[0]?.carts).toBe(1);
    expect((rows[0]?.weight ?? 0) / growth(clock.now())).toBeCloseTo(6, 9);
  });

  it('interest fades by half in a fortnight, and acts told late count what they would have then', async () => {
    const [early, late] = [newId(), newId()];
    const before = new Date(clock.now().getTime() - 14 * dayMs);
    await told(early, baby[0], 'view', null, before);
    await told(early, baby[0], 'view');
    await told(late, baby[0], 'view');
    await told(late, baby[0], 'view', null, before);
    const rows = await database.db
      .selectFrom('recommendation.taste')
      .select(['weight'])
      .where('buyerId', 'in', [early, late])
      .execute();
    for (const { weight } of rows) expect(weight / growth(clock.now())).toBeCloseTo(1.5, 9);
  });

  it('what tags say lifts a kind before anything was looked at', async () => {
    const buyerId = newId();
    await inTx((tx) =>
      recommendation.setBoosts(tx, [{ buyerId, boosts: { categories: { [baby[0]?.categoryId ?? '']: 1 } } }]),
    );
    const page = await recommendation.recommend(buyerId, home);
    expect(page.items[0]).toMatchObject({ reason: 'tag' });
    expect(share(page.items.map(({ product }) => product.spuId).slice(0, 5), baby)).toBe(5);
  });

  it('costs at most two statements', async () => {
    const buyerId = newId();
    await told(buyerId, baby[0], 'cart', 1);
    // The cards are the second; here they are not asked of the database.
    expect(await database.statementsOf(() => recommendation.recommend(buyerId, home))).toHaveLength(1);
  });

  it('C04-TECH-07 opens its breaker after five failures and serves the hot list; a slow answer is no answer', async () => {
    const buyerId = newId();
    await told(buyerId, baby[0], 'cart', 1);
    answersIn = 2_000;
    expect((await recommendation.recommend(buyerId, home)).basis).toBe('hot');
    answersIn = 0;
    expect((await recommendation.recommend(buyerId, home)).basis).toBe('personal');
    isBroken = true;
    for (let times = 0; times < 5; times += 1) {
      const page = await recommendation.recommend(buyerId, home);
      expect(page.basis).toBe('hot');
      expect(page.items).toHaveLength(10);
    }
    expect(recommendation.state()).toMatchObject({ name: 'recommender', state: 'open' });
    isBroken = false;
    // Left alone while it is open, though it would answer again.
    expect((await recommendation.recommend(buyerId, home)).basis).toBe('hot');
    expect(recommendation.state().refused).toBe(1);
  });

  it('trains when there is something new and time has passed, and not otherwise', async () => {
    const runAll = async () => {
      for (const sweep of recommendation.sweeps()) await sweep.run();
      return (await database.db.selectFrom('recommendation.training').select('trainedAt').executeTakeFirst())
        ?.trainedAt;
    };
    const first = await runAll();
    clock.set(new Date(clock.now().getTime() + 7 * 60 * minuteMs));
    expect(await runAll()).toEqual(first);
    await told(newId(), baby[0], 'view');
    expect(await runAll()).toEqual(clock.now());
  });
});
