import { randomUUID } from 'node:crypto';
import type { ErrorReply, FlashPlace, FlashSaleList, ProductDetail } from '@xiaopu/contracts';
import type { FlashSalePage, FlashTemplate, FlashTemplates } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { dayMs, hourMs, minuteMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { openTestShop, type TestBuyer, type TestShop } from '../../../test/shop.ts';
import { address, findProduct } from '../../../test/story.ts';
import { nextOccurrence, type TemplateRule } from './flash-sale.templates.ts';

const rule: TemplateRule = {
  templateId: '01890000-0000-7000-8000-000000000001',
  monthDays: [8],
  weekdays: [],
  startMinute: 20 * 60,
  minutes: 120,
  startsAt: new Date('2026-11-01T00:00:00+08:00'),
  endsAt: new Date('2027-03-01T00:00:00+08:00'),
};
const standing = {
  ...{ growth: 1_500, tier: 'silver' as const, planId: null, planName: null, planPayRate: null, planUntil: null },
  ...{ birthday: null, birthdayChangedYear: null },
};
const at = (text: string) => new Date(`${text}+08:00`);

describe('the calendar of repeating sales', () => {
  it('finds the running or next one, whole, and gives each day one id', () => {
    const next = (now: string, changes: Partial<TemplateRule> = {}) => nextOccurrence({ ...rule, ...changes }, at(now));
    expect(next('2026-11-08T19:59:59')?.startsAt).toEqual(at('2026-11-08T20:00:00'));
    expect(next('2026-11-08T21:59:59')?.startsAt).toEqual(at('2026-11-08T20:00:00'));
    expect(next('2026-11-08T22:00:00')?.startsAt).toEqual(at('2026-12-08T20:00:00'));
    expect(next('2026-11-08T22:00:00')?.saleId).not.toBe(next('2026-11-08T10:00:00')?.saleId);
    expect(next('2026-11-01T00:00:00')?.saleId).toBe(next('2026-11-08T21:00:00')?.saleId);
    // A daily one past midnight still belongs to the evening it began on.
    const daily = { monthDays: [], startMinute: 23 * 60 };
    expect(next('2026-11-09T00:30:00', daily)?.startsAt).toEqual(at('2026-11-08T23:00:00'));
    // The rule's own end cuts no sale short: a sale that does not fit is not made.
    expect(next('2027-02-08T22:00:00', { endsAt: at('2027-03-08T21:00:00') })).toBeUndefined();
  });
});

describe('sales that repeat', () => {
  let world: TestShop;
  let buyer: TestBuyer;
  let product: ProductDetail;
  let staff: Record<string, string>;
  beforeAll(async () => {
    world = await openTestShop();
    buyer = await world.buyer('lin-xia');
    product = await findProduct(buyer, { units: 60 });
    staff = await world.staff('admin', product.shop.shopId);
  }, 120_000);
  afterAll(() => world?.close());

  const sku = () => {
    const found = product.skus.find(({ available }) => available >= 60);
    if (!found) throw new Error('no SKU with 60 units');
    return found;
  };
  const console = (method: string, url: string, body?: object) =>
    world.inject({ method, url: `/api/console/${url}`, headers: staff, body });
  const body = (changes: object = {}) => ({
    skuId: sku().skuId,
    name: '每日秒杀',
    flashPrice: sku().salePrice - 1,
    poolSize: 3,
    startMinute: 20 * 60,
    minutes: 10,
    startsAt: world.clock.now().toISOString(),
    endsAt: new Date(world.clock.now().getTime() + 90 * dayMs).toISOString(),
    ...changes,
  });
  const create = async (changes: object = {}) => {
    const reply = await console('POST', 'flash-sale-templates', body(changes));
    expect(reply.status, reply.text).toBe(201);
    return reply.body as FlashTemplate;
  };
  const pause = (templateId: string) => console('POST', `flash-sale-templates/${templateId}/state`, { paused: true });
  const salesOf = async (templateId: string) =>
    ((await console('GET', 'flash-sales?pageSize=50')).body as FlashSalePage).items.filter(
      (sale) => sale.templateId === templateId,
    );
  const take = async (as: TestBuyer, saleId: string, more: object = {}) => {
    const headers = { ...as.headers, 'idempotency-key': randomUUID() };
    const url = `/api/flash-sales/${saleId}/places`;
    const reply = await world.inject({ method: 'POST', url, headers, body: { quantity: 1, ...more } });
    return { status: reply.status, code: (reply.body as ErrorReply).error?.code, place: reply.body as FlashPlace };
  };
  const moveTo = async (instant: Date) => {
    await world.advance(instant.getTime() - world.clock.now().getTime());
    // Sessions end meanwhile.
    buyer = await world.buyer('lin-xia');
    staff = await world.staff('admin', product.shop.shopId);
  };
  const tomorrow = (ms: number) =>
    new Date(startOfShanghaiDay(shanghaiDay(new Date(world.clock.now().getTime() + dayMs))).getTime() + ms);

  it('C08-COM-04 the day’s sale exists once, however many workers look, and the next day’s by itself', async () => {
    await moveTo(tomorrow(hourMs));
    const template = await create();
    // Several workers at the same moment, the same one again.
    const { flashTemplates } = world.shop;
    await Promise.all(Array.from({ length: 8 }, () => flashTemplates.sweep()));
    await flashTemplates.sweep();
    expect(await salesOf(template.templateId)).toMatchObject([{ poolSize: 3, remaining: 3, state: 'upcoming' }]);
    const days: string[] = [];
    for (let day = 0; day < 3; day += 1) {
      await moveTo(tomorrow(hourMs));
      days.push(...(await salesOf(template.templateId)).map(({ startsAt }) => startsAt));
    }
    const sales = await salesOf(template.templateId);
    expect(new Set(sales.map(({ startsAt }) => shanghaiDay(new Date(startsAt)))).size).toBe(sales.length);
    expect(sales.length).toBe(4);
    expect(sales.filter(({ state }) => state === 'upcoming')).toHaveLength(1);
    // Paused: what is set up stays, nothing follows.
    expect((await pause(template.templateId)).status).toBe(200);
    await moveTo(tomorrow(hourMs));
    expect(await salesOf(template.templateId)).toHaveLength(4);
  });

  it('C06-WCM-03 the member day’s sale refuses who is no member of the tier; next month’s is made by itself', async () => {
    const template = await create({ name: '会员日秒杀', monthDays: [8], tiers: ['silver', 'gold', 'diamond'] });
    const eighth = () => new Date(((template.nextAt && Date.parse(template.nextAt)) as number) + minuteMs);
    await moveTo(eighth());
    const [sale] = await salesOf(template.templateId);
    expect(sale).toMatchObject({ state: 'running', tiers: ['silver', 'gold', 'diamond'] });
    expect(await take(buyer, sale?.saleId ?? '')).toMatchObject({ status: 403, code: 'flash_sale.members_only' });
    await world.database.db
      .insertInto('membership.standing')
      .values({ ...standing, buyerId: buyer.buyerId, tierSince: world.clock.now(), createdAt: world.clock.now() })
      .onConflict((conflict) => conflict.column('buyerId').doUpdateSet({ growth: 1_500, tier: 'silver' }))
      .execute();
    const friend = await world.buyer('chen-mo');
    const member = await take(buyer, sale?.saleId ?? '');
    expect(member.status, member.code).toBe(201);
    expect((await take(friend, sale?.saleId ?? '')).code).toBe('flash_sale.members_only');
    const { body: list } = await console('GET', 'flash-sale-templates');
    const next = (list as FlashTemplates).items.find(({ templateId }) => templateId === template.templateId)?.nextAt;
    expect(shanghaiDay(new Date(next ?? 0)).slice(8)).toBe('08');
    await moveTo(new Date(Date.parse(template.nextAt ?? '') + 11 * minuteMs));
    const { body: after } = await console('GET', 'flash-sale-templates');
    const following = (after as FlashTemplates).items.find(({ templateId }) => templateId === template.templateId);
    expect(Date.parse(following?.nextAt ?? '')).toBeGreaterThan(Date.parse(template.nextAt ?? '') + 27 * dayMs);
    await moveTo(new Date(Date.parse(following?.nextAt ?? '') - hourMs));
    expect((await salesOf(template.templateId)).map(({ state }) => state)).toEqual(['upcoming', 'ended']);
    await pause(template.templateId);
  });

  it('says on the rule what keeps the next sale from being set up, and sets it up once that is mended', async () => {
    await moveTo(tomorrow(hourMs));
    const { onHand, reserved } = (await world.shop.inventory.levels(world.database.db, [sku().skuId])).get(
      sku().skuId,
    ) ?? { onHand: 0, reserved: 0 };
    const template = await create({ poolSize: onHand - reserved + 1 });
    await world.shop.flashTemplates.sweep();
    const problem = async () =>
      ((await console('GET', 'flash-sale-templates')).body as FlashTemplates).items.find(
        ({ templateId }) => templateId === template.templateId,
      )?.problem;
    expect(await problem()).toContain('库存');
    expect(await salesOf(template.templateId)).toEqual([]);
    const adjust = { requestId: newId(), delta: 5, reason: 'purchase', note: '到货' };
    const adjusted = await console('POST', `stock/${sku().skuId}/adjustments`, adjust);
    expect(adjusted.status, adjusted.text).toBeLessThan(300);
    await world.shop.flashTemplates.sweep();
    expect(await salesOf(template.templateId)).toHaveLength(1);
    expect(await problem()).toBeNull();
    await pause(template.templateId);
    for (const [changes, code] of [
      [{ flashPrice: sku().salePrice }, 'flash_sale.not_cheaper'],
      [{ skuId: newId() }, 'flash_sale.not_found'],
      [{ endsAt: new Date(world.clock.now().getTime() + minuteMs).toISOString() }, 'flash_sale.template_never'],
    ] as const)
      expect(((await console('POST', 'flash-sale-templates', body(changes))).body as ErrorReply).error.code).toBe(code);
    expect((await pause(newId())).status).toBe(404);
    await console('POST', `flash-sales/${(await salesOf(template.templateId))[0]?.saleId}/end`);
  });

  it('C02-BEH-04 20:00–20:10 is refused at 19:59:59 and 20:10:01 at the sale price; C07-SEC-01 keeps whose share it was', async () => {
    const evening = tomorrow(20 * hourMs);
    const saleId = newId();
    const made = await console('POST', 'flash-sales', {
      ...{ saleId, skuId: sku().skuId, name: '整点秒杀', flashPrice: sku().salePrice - 1, poolSize: 2, buyerLimit: 1 },
      ...{ holdSeconds: 60, startsAt: evening.toISOString() },
      endsAt: new Date(evening.getTime() + 10 * minuteMs).toISOString(),
    });
    expect(made.status, made.text).toBe(201);
    await world.shop.settle();
    const { addressId } = await buyer.api.addresses.create(address);
    const lines = [{ skuId: sku().skuId, quantity: 1 }];
    const source = { kind: 'lines' as const, lines };
    const orderAt = (placeId: string) =>
      buyer.api.orders.place({ source, addressId, entry: { kind: 'flash', id: placeId } }, randomUUID());
    const refusalsAt = async (instant: Date) => {
      await moveTo(instant);
      // Stands still meanwhile: on a busy machine a second passes between two requests.
      const still = vi.spyOn(world.clock, 'now').mockReturnValue(instant);
      onTestFinished(() => still.mockRestore());
      const { code } = await take(buyer, saleId);
      // No place, no price: an order that names one is refused, one that names none costs what it always does.
      await expect(orderAt(newId())).rejects.toMatchObject({ status: 409, code: 'flash_sale.place_over' });
      const { breakdown } = await buyer.api.checkout.preview({ source, coupons: 'none' });
      still.mockRestore();
      return { code, activity: breakdown.activity };
    };
    expect(await refusalsAt(new Date(evening.getTime() - 1_000))).toEqual({
      code: 'flash_sale.not_started',
      activity: 0,
    });
    await moveTo(evening);
    const friend = await world.buyer('chen-mo');
    const held = await take(buyer, saleId, { from: friend.buyerId });
    expect(held.status, held.code).toBe(201);
    expect((await orderAt(held.place.placeId)).orderNos).toHaveLength(1);
    expect(await refusalsAt(new Date(evening.getTime() + 10 * minuteMs + 1_000))).toEqual({
      code: 'flash_sale.over',
      activity: 0,
    });
    const { body: page } = await console('GET', 'flash-sales?pageSize=50');
    expect((page as FlashSalePage).items.find((sale) => sale.saleId === saleId)).toMatchObject({ byShare: 1 });
    const { body: list } = await world.inject({ method: 'GET', url: '/api/flash-sales' });
    expect((list as FlashSaleList).items.find((sale) => sale.saleId === saleId)?.state).toBe('ended');
  });
});
