import type { PromotionInput } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { openTrade, shopA, type Trade } from '../../../test/trade.ts';
import type { OfferSource } from '../checkout/index.ts';
import { createPromotions } from './index.ts';
import { progressOf, textOf, toTag } from './promotions.domain.ts';

describe('reductions', () => {
  let trade: Trade;
  let promotions: ReturnType<typeof createPromotions>;
  const offerSources: OfferSource[] = [];
  beforeAll(async () => {
    trade = await openTrade({ offerSources });
    promotions = createPromotions({
      clock: trade.clock,
      outbox: trade.messaging.outbox,
      goodsOfShop: async () => [...trade.skus.values()],
      minMarginRateOf: () => 0,
    });
    offerSources.push({ name: 'promotions', offers: promotions.offers, take: promotions.take });
  });
  afterAll(() => trade.close());
  beforeEach(async () => {
    await trade.db.deleteFrom('promotions.rule').execute();
    await trade.db.deleteFrom('promotions.marginOverride').execute();
    promotions.forget();
  });

  const days = (count: number) => new Date(trade.clock.now().getTime() + count * 86_400_000).toISOString();
  const rule = async (input: Partial<PromotionInput> = {}) => {
    const saved = await trade.inTransaction((tx) =>
      promotions.save(
        tx,
        { shopId: shopA, staffName: '小陈' },
        {
          name: '满199减30',
          body: { kind: 'amount', steps: [{ threshold: 19_900, off: 3_000 }] },
          scope: {},
          startsAt: days(-1),
          endsAt: days(7),
          priority: 100,
          stacks: false,
          audiences: [],
          ...input,
        },
      ),
    );
    promotions.forget();
    return saved;
  };
  const preview = (lines: { skuId: string; quantity: number }[]) => {
    const buyerId = newId();
    return trade.checkout.preview(trade.db, buyerId, {
      source: { kind: 'lines', lines },
      addressId: trade.givenAddress(buyerId),
    });
  };

  it('C08-LTV-06 takes nothing off at 198.99 and 30 off at 199.00', async () => {
    await rule();
    const [below, at] = [await trade.givenSku({ salePrice: 19_899 }), await trade.givenSku({ salePrice: 19_900 })];
    expect((await preview([{ skuId: below, quantity: 1 }])).payable).toBe(19_899);
    const page = await preview([{ skuId: at, quantity: 1 }]);
    expect([page.payable, page.breakdown.reduction]).toEqual([16_900, 3_000]);
    expect(page.notes).toContainEqual(expect.objectContaining({ step: 'reduction', amount: 3_000 }));
  });

  it('keeps the parts with the order lines, to the fen', async () => {
    await rule();
    const [a, b] = [await trade.givenSku({ salePrice: 10_001 }), await trade.givenSku({ salePrice: 9_999 })];
    const buyerId = newId();
    const { orderNos } = await trade.place(buyerId, [
      { skuId: a, quantity: 1 },
      { skuId: b, quantity: 1 },
    ]);
    const order = await trade.orders.getOfShop(trade.db, shopA, orderNos[0] as string);
    expect(order).toMatchObject({
      goodsTotal: 20_000,
      discount: 3_000,
      payable: 17_000,
      breakdown: { reduction: 3_000 },
    });
    expect(order.lines.map(({ payable }) => payable).toSorted((x, y) => y - x)).toEqual([8_501, 8_499]);
    expect(order.lines.flatMap(({ discounts }) => discounts.map(({ amount }) => amount)).reduce((x, y) => x + y)).toBe(
      3_000,
    );
  });

  it('C08-LTV-06 搭配购: a set of products at one price, only on their own pages, each of its parts refused alone', async () => {
    const [cup, tea, pot] = [
      await trade.givenSku({ salePrice: 8_000 }),
      await trade.givenSku({ salePrice: 3_000 }),
      await trade.givenSku({ salePrice: 5_000 }),
    ];
    const spuOf = (skuId: string) => trade.skus.get(skuId)?.spuId ?? '';
    const items = [
      { spuId: spuOf(cup), quantity: 1 },
      { spuId: spuOf(tea), quantity: 2 },
    ];
    const body = { kind: 'bundle' as const, price: 9_900, items };
    const saved = await rule({ name: '晨间套装', body });
    expect(saved.scope).toEqual({ spuIds: items.map(({ spuId }) => spuId) });
    const lines = [
      { skuId: cup, quantity: 1 },
      { skuId: tea, quantity: 2 },
      { skuId: pot, quantity: 1 },
    ];
    const page = await preview(lines);
    expect(page.breakdown.reduction).toBe(8_000 + 2 * 3_000 - 9_900);
    expect(page.notes.map(({ text }) => text)).toContain('「晨间套装」99.00元一组，共1组，减41.00元');
    expect((await preview(lines.slice(1))).breakdown.reduction).toBe(0);
    expect(toTag({ ...saved, shopId: shopA, startsAt: new Date(), endsAt: new Date(), paused: false })).toMatchObject({
      label: '搭配购',
      set: { price: 9_900, items },
    });
    const wrong = { ...body, items: [{ spuId: spuOf(cup), quantity: 1 }] };
    await expect(rule({ body: wrong })).rejects.toMatchObject({ code: 'promotions.invalid' });
  });

  it('asks the database once while rules do not change, and at once after the event', async () => {
    await rule();
    const skuId = await trade.givenSku({ salePrice: 20_000 });
    await preview([{ skuId, quantity: 1 }]);
    const statements = await trade.database.statementsOf(() => preview([{ skuId, quantity: 1 }]));
    expect(statements.filter((statement) => statement.includes('promotions.'))).toEqual([]);
  });

  it('leaves out what is paused, over, not begun or for other goods', async () => {
    const skuId = await trade.givenSku({ salePrice: 20_000 });
    const { ruleId } = await rule();
    await trade.inTransaction((tx) => promotions.setPaused(tx, shopA, ruleId, true));
    await rule({ startsAt: days(1) });
    await rule({ startsAt: days(-5), endsAt: days(-1) });
    await rule({ scope: { spuIds: [newId()] } });
    expect((await preview([{ skuId, quantity: 1 }])).discount).toBe(0);
  });

  it('C07-GRP-03 gives no reduction that sells below the floor, unless somebody with a name lets it, and logs who', async () => {
    await rule({ name: '5折', body: { kind: 'percent', steps: [{ minQuantity: 1, payRate: 5_000 }] } });
    const skuId = await trade.givenSku({ salePrice: 10_000, cost: 6_000 });
    expect((await preview([{ skuId, quantity: 1 }])).payable).toBe(10_000);
    await trade.inTransaction((tx) =>
      promotions.override(tx, { shopId: shopA, staffName: '李经理' }, { reason: '换季清仓', until: days(3) }),
    );
    promotions.forget();
    const page = await preview([{ skuId, quantity: 1 }]);
    expect([page.payable, page.canSubmit]).toEqual([5_000 + page.freight, true]);
    expect(page.notes.filter(({ step }) => step === 'margin')).toEqual([]);
    const buyerId = newId();
    const { paymentId } = await trade.place(buyerId, [{ skuId, quantity: 1 }]);
    const uses = await trade.db
      .selectFrom('promotions.marginUse')
      .selectAll()
      .where('paymentId', '=', paymentId)
      .execute();
    expect(uses).toMatchObject([{ by: '李经理', reason: '换季清仓', shortfall: 1_000, shopId: shopA }]);
    expect(await promotions.overrides(trade.db, shopA)).toMatchObject([{ by: '李经理', uses: 1 }]);
  });

  it('warns of overlapping rules and of goods that would fall below their floor', async () => {
    const first = await rule();
    trade.skus.clear();
    await trade.givenSku({ salePrice: 10_000, cost: 9_000, title: '薄利杯' });
    const draft: PromotionInput = {
      name: '8折',
      body: { kind: 'percent', steps: [{ minQuantity: 1, payRate: 8_000 }] },
      scope: {},
      startsAt: days(0),
      endsAt: days(2),
      priority: 100,
      stacks: false,
      audiences: [],
    };
    const { conflicts, margins } = await promotions.check(trade.db, shopA, draft);
    expect(conflicts).toEqual([{ ruleId: first.ruleId, name: '满199减30', text: expect.stringContaining('时间重叠') }]);
    expect(margins).toMatchObject([{ title: '薄利杯', price: 8_000, floor: 9_000 }]);
  });

  it('refuses a rule that makes no sense, and another shop’s, writing nothing', async () => {
    await expect(rule({ body: { kind: 'amount', steps: [{ threshold: 1_000, off: 2_000 }] } })).rejects.toMatchObject({
      code: 'promotions.invalid',
    });
    const { ruleId } = await rule();
    await expect(trade.inTransaction((tx) => promotions.setPaused(tx, newId(), ruleId, true))).rejects.toMatchObject({
      code: 'promotions.not_found',
    });
    const { items } = await promotions.page(trade.db, shopA, { page: 1, pageSize: 20 });
    expect(items.map(({ phase }) => phase)).toEqual(['running']);
  });

  it('says how far a cart is from the next step', () => {
    const of = (body: PromotionInput['body'], amount: number, quantity = 1) => {
      const goods = { skuId: 'k', spuId: 'p', shopId: shopA, categoryIds: [], quantity, amount };
      const dates = { startsAt: new Date(0), endsAt: new Date(1) };
      const base = {
        ruleId: 'r',
        shopId: shopA,
        name: '满199减30',
        scope: {},
        priority: 1,
        stacks: false,
        audiences: [],
        paused: false,
      };
      return progressOf({ ...base, ...dates, body }, [goods]);
    };
    const steps = [
      { threshold: 19_900, off: 3_000 },
      { threshold: 39_900, off: 8_000 },
    ];
    expect(of({ kind: 'amount', steps }, 17_899)).toMatchObject({
      reached: 0,
      short: 2_001,
      nextOff: 3_000,
      percent: 89,
      text: '再买 ¥20.01 减 ¥30',
    });
    expect(of({ kind: 'amount', steps }, 20_000)).toMatchObject({
      reached: 3_000,
      short: 19_900,
      nextOff: 8_000,
      text: '已减 ¥30，再买 ¥199.00 可减 ¥80',
    });
    expect(of({ kind: 'amount', steps }, 40_000)).toMatchObject({
      reached: 8_000,
      short: 0,
      percent: 100,
      name: '满399减80',
      text: '已满足，减 ¥80',
    });
    expect(of({ kind: 'nth', nth: 2, payRate: 5_000 }, 100, 1)?.text).toBe('再选 1 件享「第2件半价」');
    expect(textOf({ kind: 'percent', steps: [{ minQuantity: 3, payRate: 8_000 }], cap: 10_000 })).toBe(
      '满3件8折，最多减100',
    );
  });
});
