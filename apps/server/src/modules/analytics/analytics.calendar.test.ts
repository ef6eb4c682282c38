import type {
  ActivityCalendar,
  ActivityCheck,
  ActivityPlan,
  ActivityWarnings,
  CalendarEntry,
} from '@xiaopu/contracts/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayMs, hourMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { openTestShop, type TestShop } from '../../../test/shop.ts';

describe('activity calendar', () => {
  let world: TestShop;
  let staff: Record<string, string>;
  let otherShopId: string;
  let skuId: string;
  let spuId: string;
  let shopId: string;
  let salePrice: number;
  let tomorrow: Date;
  beforeAll(async () => {
    world = await openTestShop();
    const sku = await world.database.db
      .selectFrom('catalog.sku')
      .innerJoin('catalog.spu', 'catalog.spu.spuId', 'catalog.sku.spuId')
      .select(['skuId', 'catalog.sku.spuId', 'catalog.sku.shopId', 'catalog.sku.salePrice', 'cost'])
      .where('catalog.spu.status', '=', 'on_sale')
      .where('retiredAt', 'is', null)
      .where('catalog.sku.salePrice', '>', 5_000)
      .where('cost', '>', 1_000)
      .orderBy('skuId', 'desc')
      .executeTakeFirstOrThrow();
    ({ skuId, spuId, shopId, salePrice } = sku);
    const other = await world.database.db
      .selectFrom('catalog.sku')
      .select('shopId')
      .where('shopId', '!=', shopId)
      .executeTakeFirstOrThrow();
    staff = await world.staff('admin', shopId);
    otherShopId = other.shopId;
    tomorrow = new Date(startOfShanghaiDay(shanghaiDay(world.clock.now())).getTime() + dayMs);
  }, 120_000);
  afterAll(() => world?.close());

  const at = (ms: number) => new Date(tomorrow.getTime() + ms).toISOString();
  const console = (method: string, path: string, body?: object, headers = staff) =>
    world.inject({ method, url: `/api/console/${path}`, headers, body });
  const calendar = async (headers = staff, days = 7): Promise<CalendarEntry[]> => {
    const query = `from=${shanghaiDay(tomorrow)}&to=${shanghaiDay(new Date(tomorrow.getTime() + (days - 1) * dayMs))}`;
    const { status, body } = await console('GET', `activity-calendar?${query}`, undefined, headers);
    expect(status, JSON.stringify(body)).toBe(200);
    return (body as ActivityCalendar).entries;
  };
  const made = async (path: string, body: object) => {
    const reply = await console('POST', path, body);
    expect(reply.status, reply.text).toBeLessThan(300);
    return reply.body as Record<string, string>;
  };
  const half = () => Math.floor(salePrice * 0.9);
  const flash = (from: number, until: number, name: string) => ({
    ...{ saleId: newId(), skuId, name, flashPrice: half(), poolSize: 1, buyerLimit: 1, holdSeconds: 300, tiers: [] },
    ...{ startsAt: at(from), endsAt: at(until) },
  });

  it('C08-COM-04 lays every kind beside the others: rules with each of their times, made or not', async () => {
    const window = { startsAt: at(0), endsAt: at(3 * dayMs) };
    await made('flash-sales', flash(10 * hourMs, 12 * hourMs, '早场秒杀'));
    await made('flash-sale-templates', {
      ...{ skuId, name: '每晚秒杀', flashPrice: half(), poolSize: 1, buyerLimit: 1, holdSeconds: 300, tiers: [] },
      ...{ monthDays: [], weekdays: [], startMinute: 20 * 60, minutes: 60, startsAt: at(0), endsAt: at(30 * dayMs) },
    });
    const steps = [
      { size: 2, payRate: 9_500 },
      { size: 5, payRate: 9_200 },
    ];
    const group = {
      spuId,
      skuIds: [skuId],
      name: '茶友团',
      steps,
      quota: 10,
      buyerLimit: 1,
      hours: 24,
      allowsSolo: true,
    };
    await made('group-buys', { ...group, activityId: newId(), ...window });
    await made('member-days', {
      ...{ name: '周末会员日', payRate: 9_900, tiers: [], spuIds: [spuId], monthDays: [], weekdays: [], ...window },
    });
    await made('promotions', {
      ...{ name: '两件九折', body: { kind: 'percent', steps: [{ minQuantity: 2, payRate: 9_000 }] } },
      ...{ scope: { spuIds: [spuId] }, priority: 100, stacks: false, audiences: [], ...window },
    });
    await made('coupons', {
      ...{ name: '春茶券', kind: 'amount', threshold: 10_000, off: 500, scope: {}, rollingDays: 7, channel: 'public' },
      ...{ audiences: [], layerOffs: [], perUserLimit: 1, platformShare: 0, exclusive: false, returnsOnRefund: true },
      ...{ claimFrom: window.startsAt, claimUntil: window.endsAt },
    });
    const entries = await calendar();
    const of = (name: string) => entries.find((entry) => entry.name === name) as CalendarEntry;
    for (const [name, kind] of [
      ['早场秒杀', 'flash'],
      ['每晚秒杀', 'flash'],
      ['茶友团', 'group'],
      ['周末会员日', 'memberDay'],
      ['两件九折', 'reduction'],
      ['春茶券', 'coupon'],
    ])
      expect(of(name as string), name).toMatchObject({ kind, state: 'upcoming' });
    const nights = of('每晚秒杀').windows;
    expect(nights.map(({ startsAt }) => startsAt)).toEqual(
      Array.from({ length: 7 }, (_, index) => at(index * dayMs + 20 * hourMs)),
    );
    expect(nights.every(({ activityId }) => activityId === null)).toBe(true);
    // Days that follow each other are one bar.
    expect(of('周末会员日').windows).toHaveLength(1);

    // The sweep makes the first night: it stays one bar, now with a sale behind it.
    world.clock.advance(Math.max(0, tomorrow.getTime() - hourMs - world.clock.now().getTime()));
    staff = await world.staff('admin', shopId);
    await world.shop.settle();
    await world.shop.flashTemplates.sweep();
    const after = (await calendar()).find(({ name }) => name === '每晚秒杀');
    expect(after?.windows).toHaveLength(7);
    expect(after?.windows.filter(({ activityId }) => activityId !== null).length).toBeGreaterThan(0);
  });

  it('says which price the pipeline will take where two meet', async () => {
    const entries = await calendar();
    const early = entries.find(({ name }) => name === '早场秒杀') as CalendarEntry;
    const texts = early.conflicts.map(({ severity, withName }) => `${severity} ${withName}`);
    expect(texts).toEqual(expect.arrayContaining(['warn 茶友团', 'warn 周末会员日', 'info 两件九折']));
    const day = early.conflicts.find(({ withName }) => withName === '周末会员日');
    expect(day?.text).toContain('从「早场秒杀」进入');
    // They do not meet in time.
    expect(texts.join()).not.toContain('每晚秒杀');
  });

  it('C07-GRP-03 shows what would sell below its floor, before it is saved too', async () => {
    const plan: ActivityPlan = {
      ...{ kind: 'memberDay', name: '清仓', scope: { spuIds: [spuId] }, payRate: 100, stacks: false },
      ...{ startsAt: at(0), endsAt: at(dayMs), monthDays: [], weekdays: [] },
    };
    const found = (await console('POST', 'activity-plan', plan)).body as ActivityWarnings;
    expect(found.belowFloor).toBeGreaterThan(0);
    expect(found.margins[0]).toMatchObject({ price: expect.any(Number), floor: expect.any(Number) });
    expect(found.conflicts.map(({ withName }) => withName)).toContain('早场秒杀');
    // Only Mondays of a span without one: nothing is met.
    const none = { ...plan, weekdays: [((tomorrow.getDay() + 3) % 7) + 1] };
    expect(((await console('POST', 'activity-plan', none)).body as ActivityWarnings).conflicts).toEqual([]);
    const sku = { kind: 'flash', skuId, price: 1, startsAt: at(0), endsAt: at(dayMs) };
    const { warnings } = (await console('POST', 'activity-check', sku)).body as ActivityCheck;
    expect(warnings.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['margin', 'conflict', 'kept_out']));
  });

  it('C07-GRP-03 C08-LTV-06 a set is laid beside the others with its own goods, and says what it sells below their floor', async () => {
    const mate = await world.database.db
      .selectFrom('catalog.sku')
      .innerJoin('catalog.spu', 'catalog.spu.spuId', 'catalog.sku.spuId')
      .select(['skuId'])
      .where('catalog.sku.shopId', '=', shopId)
      .where('catalog.sku.spuId', '!=', spuId)
      .where('catalog.spu.status', '=', 'on_sale')
      .where('retiredAt', 'is', null)
      .where('cost', '>', 0)
      .executeTakeFirstOrThrow();
    const items = [
      { spuId, quantity: 1 },
      { skuId: mate.skuId, quantity: 1 },
    ];
    await made('promotions', {
      ...{ name: '一元套装', body: { kind: 'bundle', price: 100, items }, scope: {}, priority: 100, stacks: false },
      ...{ audiences: [], startsAt: at(0), endsAt: at(dayMs) },
    });
    const set = (await calendar()).find(({ name }) => name === '一元套装') as CalendarEntry;
    expect(set.goodsText).toMatch(/等 2 种商品$/);
    expect(set.belowFloor).toBeGreaterThan(1);
    expect(set.margins.every(({ price, floor }) => price < floor && price < 100)).toBe(true);
  });

  it('costs at most two statements a kind and shows nothing of another shop', async () => {
    const statements = await world.database.statementsOf(() => calendar());
    const count = (table: RegExp) => statements.filter((statement) => table.test(statement)).length;
    for (const schema of [
      'flash_sale',
      'group_buy',
      'bargain',
      'presale',
      'member_day',
      'promotions',
      'coupons',
      'catalog',
    ])
      expect(count(new RegExp(`"?${schema}"?\\.`)), schema).toBeLessThanOrEqual(2);
    const names = (await calendar(await world.staff('admin', otherShopId))).map(({ name }) => name);
    expect(names).not.toContain('早场秒杀');
    const { status } = await console('GET', 'activity-calendar?from=2026-01-01&to=2026-06-01');
    expect(status).toBe(422);
  });
});
