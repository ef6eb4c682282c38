import type { MemberDayList, ProductDetail } from '@xiaopu/contracts';
import type { ConsoleMemberDay } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestShop, type TestBuyer, type TestShop } from '../../../test/shop.ts';
import { address, findProduct } from '../../../test/story.ts';
import { isRunning, nextWindow, textOf } from './member-day.domain.ts';

const day = 86_400_000;

describe('the calendar of member days', () => {
  const rule = {
    dayId: 'd',
    shopId: 's',
    name: '会员日',
    payRate: 8_800,
    tiers: [],
    spuIds: [],
    monthDays: [8, 28],
    weekdays: [],
    startsAt: new Date('2026-01-01T00:00:00Z'),
    endsAt: new Date('2026-12-31T00:00:00Z'),
    paused: false,
    updatedBy: '',
  };
  it('counts days in Shanghai, to the second', () => {
    const running = (at: string) => isRunning(rule, new Date(at));
    expect([running('2026-11-07T15:59:59Z'), running('2026-11-07T16:00:00Z')]).toEqual([false, true]);
    expect([running('2026-11-08T15:59:59Z'), running('2026-11-08T16:00:00Z')]).toEqual([true, false]);
    expect(isRunning({ ...rule, paused: true }, new Date('2026-11-08T02:00:00Z'))).toBe(false);
    // 2026-11-23 is a Monday in Shanghai.
    expect(isRunning({ ...rule, monthDays: [], weekdays: [1] }, new Date('2026-11-23T01:00:00Z'))).toBe(true);
    expect(isRunning({ ...rule, monthDays: [], weekdays: [7] }, new Date('2026-11-23T01:00:00Z'))).toBe(false);
  });
  it('finds the next day and says the rule in words', () => {
    expect(nextWindow(rule, new Date('2026-11-10T00:00:00Z'))).toEqual({
      startsAt: new Date('2026-11-27T16:00:00Z'),
      endsAt: new Date('2026-11-28T16:00:00Z'),
    });
    expect(nextWindow(rule, new Date('2026-12-30T00:00:00Z'))).toBeUndefined();
    expect(textOf(rule)).toBe('每月 8、28 日全店 8.8 折');
    expect(textOf({ ...rule, monthDays: [], weekdays: [5], spuIds: ['x'] })).toBe('每周五部分商品 8.8 折');
  });
});

describe('member days in the shop', () => {
  let world: TestShop;
  let buyer: TestBuyer;
  let product: ProductDetail;
  let staff: Record<string, string>;
  beforeAll(async () => {
    world = await openTestShop();
    buyer = await world.buyer('lin-xia');
    product = await findProduct(buyer);
    staff = await world.staff('admin', product.shop.shopId);
    await buyer.api.addresses.create(address);
  }, 120_000);
  afterAll(() => world?.close());

  const at = (ms: number) => new Date(world.clock.now().getTime() + ms).toISOString();
  const create = async (changes: object = {}) => {
    const body = { name: '会员日', payRate: 9_500, startsAt: at(-day), endsAt: at(day), ...changes };
    const reply = await world.inject({ method: 'POST', url: '/api/console/member-days', headers: staff, body });
    expect(reply.status, reply.text).toBe(201);
    return reply.body as ConsoleMemberDay;
  };
  const pause = (dayId: string, paused = true) =>
    world.inject({
      method: 'POST',
      url: `/api/console/member-days/${dayId}/state`,
      headers: staff,
      body: { paused },
    });
  const preview = () =>
    buyer.api.checkout.preview({
      source: { kind: 'lines', lines: [{ skuId: product.skus[0]?.skuId ?? '', quantity: 1 }] },
      coupons: 'none',
    });

  it('C03-SCN-01 lowers the price on its day with no statement of its own, and a pause ends it', async () => {
    const before = await preview();
    const made = await create();
    await preview();
    const statements = await world.database.statementsOf(async () => {
      const { breakdown, goodsTotal } = await preview();
      expect(breakdown.activity).toBe(goodsTotal - Math.ceil((goodsTotal * 9_500) / 10_000));
    });
    expect(statements.filter((statement) => statement.includes('member_day'))).toEqual([]);
    const { body } = await world.inject({ method: 'GET', url: '/api/member-days' });
    expect((body as MemberDayList).items.find(({ dayId }) => dayId === made.dayId)).toMatchObject({ isRunning: true });
    expect((await pause(made.dayId)).status).toBe(200);
    expect((await preview()).payable).toBe(before.payable);
    expect((await pause('01890000-0000-7000-8000-000000000000')).status).toBe(404);
  });

  it('asks for the tier only when a running day is for some of them', async () => {
    const { payable } = await preview();
    const gold = await create({ tiers: ['gold'] });
    expect((await preview()).payable).toBe(payable);
    const bronze = await create({ tiers: ['bronze'] });
    expect((await preview()).payable).toBeLessThan(payable);
    await pause(gold.dayId);
    await pause(bronze.dayId);
    const body = { name: '会员日', payRate: 9_500, startsAt: at(-day), endsAt: at(-1) };
    const refused = await world.inject({ method: 'POST', url: '/api/console/member-days', headers: staff, body });
    expect(refused.status).toBe(422);
  });
});
