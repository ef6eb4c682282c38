import { randomUUID } from 'node:crypto';
import type { ProductDetail } from '@xiaopu/contracts';
import type { ActivityKind, ActivityResults, ConsoleOrder } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { openTestShop, type TestBuyer, type TestShop } from '../../../test/shop.ts';
import { address, findProduct, pay, untilOrder } from '../../../test/story.ts';

describe('what activities brought', () => {
  let world: TestShop;
  let staff: Record<string, string>;
  let product: ProductDetail;
  let skuId: string;
  let cost: number;
  const people: Record<string, TestBuyer & { addressId: string }> = {};
  beforeAll(async () => {
    world = await openTestShop();
    for (const persona of ['lin-xia', 'chen-mo']) {
      const buyer = await world.buyer(persona);
      people[persona] = { ...buyer, addressId: (await buyer.api.addresses.create(address)).addressId };
    }
    product = await findProduct(people['lin-xia'] as TestBuyer, { units: 40 });
    skuId = product.skus[0]?.skuId ?? '';
    staff = await world.staff('admin', product.shop.shopId);
    cost = Math.floor((product.skus[0]?.salePrice ?? 0) / 4);
    await world.database.db.updateTable('catalog.sku').set({ cost }).where('skuId', '=', skuId).execute();
    // Only what this file sets up shall lower a price.
    await world.database.db.updateTable('promotions.rule').set({ paused: true }).execute();
  }, 120_000);
  afterAll(() => world?.close());

  const at = (ms: number) => new Date(world.clock.now().getTime() + ms).toISOString();
  const window = () => ({ startsAt: at(-1_000), endsAt: at(5 * dayMs) });
  const made = async (path: string, body: object) => {
    const reply = await world.inject({ method: 'POST', url: `/api/console/${path}`, headers: staff, body });
    expect(reply.status, reply.text).toBeLessThan(300);
    await world.shop.settle();
    return (reply.body ?? {}) as Record<string, string>;
  };
  const results = async (kind: ActivityKind, id: string | undefined): Promise<ActivityResults> => {
    const url = `/api/console/activity-results/${kind}/${id}`;
    const { status, body } = await world.inject({ method: 'GET', url, headers: staff });
    expect(status, JSON.stringify(body)).toBe(200);
    return body as ActivityResults;
  };
  const place = async (persona: string, quantity: number, more: object = {}) => {
    const buyer = people[persona] as TestBuyer & { addressId: string };
    const placed = await buyer.api.orders.place(
      { source: { kind: 'lines', lines: [{ skuId, quantity }] }, addressId: buyer.addressId, ...more },
      randomUUID(),
    );
    return { buyer, persona, paymentId: placed.paymentId, orderNo: placed.orderNos[0] ?? '' };
  };
  const buy = async (persona: string, quantity: number, more: object = {}) => {
    const placed = await place(persona, quantity, more);
    await pay(world, placed.buyer, persona, placed.paymentId);
    const order = await untilOrder(world, placed.buyer, placed.orderNo, ({ status }) => status === 'paid');
    return { ...placed, order };
  };
  const refundWhole = async (orderNo: string, buyer: TestBuyer) => {
    await made(`orders/${orderNo}/refund`, { reason: '不想要了' });
    await untilOrder(world, buyer, orderNo, ({ status }) => status === 'refunded');
  };

  it('a reduction: ordered, paid and earned by its lines, and refunds take all of it back', async () => {
    const { ruleId } = await made('promotions', {
      ...{ name: '两件九折', body: { kind: 'percent', steps: [{ minQuantity: 2, payRate: 9_000 }] }, ...window() },
      ...{ scope: { spuIds: [product.spuId] }, priority: 1, stacks: false, audiences: [] },
    });
    expect(await results('reduction', ruleId)).toMatchObject({ income: 0, given: 0, grossProfit: 0, days: [] });
    const bought = await buy('lin-xia', 2);
    await place('chen-mo', 2); // never paid
    const [line] = bought.order.lines;
    const url = `/api/console/orders/${bought.orderNo}`;
    const { lines } = (await world.inject({ method: 'GET', url, headers: staff })).body as ConsoleOrder;
    const off = lines[0]?.discounts.find(({ sourceId }) => sourceId === ruleId)?.amount ?? 0;
    expect(off).toBeGreaterThan(0);
    const found = await results('reduction', ruleId);
    expect(found.funnel).toEqual({ seen: null, entered: null, ordered: 2, paid: 1, paidOrders: 1, keptOrders: 1 });
    expect(found).toMatchObject({ income: line?.payable, given: off, pieces: 2, refunded: 0 });
    expect(found.grossProfit).toBe((line?.payable ?? 0) - 2 * cost);
    expect(found.days).toEqual([expect.objectContaining({ paidOrders: 1, income: line?.payable, given: off })]);

    await refundWhole(bought.orderNo, bought.buyer);
    const after = await results('reduction', ruleId);
    expect(after).toMatchObject({ income: 0, given: 0, pieces: 0, grossProfit: 0, refunded: line?.payable });
    expect(after.funnel).toMatchObject({ paid: 1, keptOrders: 0 });
    await made(`promotions/${ruleId}/state`, { paused: true });
  });

  it('a group purchase: who looked counts once, who joins by the group counts with who opened it', async () => {
    const activityId = newId();
    const steps = [{ size: 2, payRate: 9_000 }];
    await made('group-buys', {
      ...{
        activityId,
        spuId: product.spuId,
        skuIds: [skuId],
        name: '一起买',
        steps,
        quota: 10,
        buyerLimit: 1,
        hours: 24,
      },
      ...{ allowsSolo: true, overrideReason: '测试放行', ...window() },
    });
    const one = people['lin-xia'] as TestBuyer;
    for (const buyer of [one, one, people['chen-mo'] as TestBuyer]) await buyer.api.activities.seen(activityId);
    const opened = await buy('lin-xia', 1, { entry: { kind: 'group', id: activityId } });
    const { groupId } = await one.api.groupBuys.ofOrder(opened.orderNo);
    const joined = await buy('chen-mo', 1, { entry: { kind: 'group', id: groupId } });
    const found = await results('group', activityId);
    expect(found.funnel).toEqual({ seen: 2, entered: 2, ordered: 2, paid: 2, paidOrders: 2, keptOrders: 2 });
    const paid = opened.order.lines[0]?.payable ?? 0;
    expect(found).toMatchObject({ income: 2 * paid, pieces: 2, grossProfit: 2 * (paid - cost) });
    await refundWhole(joined.orderNo, joined.buyer);
    expect(await results('group', activityId)).toMatchObject({ income: paid, pieces: 1, refunded: paid });
  });

  it('a coupon: found by its orders even after it came back', async () => {
    const { templateId } = await made('coupons', {
      ...{ name: '五元券', kind: 'amount', threshold: 600, off: 500, scope: {}, rollingDays: 7, channel: 'public' },
      ...{ audiences: [], layerOffs: [], perUserLimit: 1, platformShare: 0, exclusive: false, returnsOnRefund: true },
      ...{ claimFrom: at(-1_000), claimUntil: at(dayMs) },
    });
    const buyer = people['lin-xia'] as TestBuyer;
    const { couponId } = await buyer.api.coupons.claim({ templateId: templateId ?? '' });
    const bought = await buy('lin-xia', 1, { coupons: [couponId] });
    const found = await results('coupon', templateId);
    expect(found.funnel).toMatchObject({ entered: 1, ordered: 1, paid: 1 });
    expect(found).toMatchObject({ given: 500, income: bought.order.lines[0]?.payable });
    await refundWhole(bought.orderNo, bought.buyer);
    expect(await results('coupon', templateId)).toMatchObject({ given: 0, income: 0, refunded: found.income });
  });

  it('costs at most five statements; another shop’s activity is unknown', async () => {
    const { ruleId } = await made('promotions', {
      ...{ name: '三件八折', body: { kind: 'percent', steps: [{ minQuantity: 3, payRate: 8_000 }] }, ...window() },
      ...{ scope: {}, priority: 1, stacks: false, audiences: [] },
    });
    const statements = await world.database.statementsOf(() => results('reduction', ruleId));
    expect(statements.filter((statement) => !/identity/.test(statement)).length).toBeLessThanOrEqual(5);
    const other = await world.database.db
      .selectFrom('stores.shop')
      .select('shopId')
      .where('shopId', '!=', product.shop.shopId)
      .executeTakeFirstOrThrow();
    const headers = await world.staff('admin', other.shopId);
    const url = `/api/console/activity-results/reduction/${ruleId}`;
    expect((await world.inject({ method: 'GET', url, headers })).status).toBe(404);
  });
});
