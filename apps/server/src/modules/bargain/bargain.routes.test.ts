import { randomUUID } from 'node:crypto';
import type { Bargain, BargainOfferList, ErrorReply, PlacedOrder, ProductDetail } from '@xiaopu/contracts';
import type { ActivityCheck, ConsoleBargainPage } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { openTestShop, type TestBuyer, type TestShop } from '../../../test/shop.ts';
import { address, findProduct, pay } from '../../../test/story.ts';

const hour = 3_600_000;

describe('bargains', () => {
  let world: TestShop;
  let owner: TestBuyer;
  let crowd: TestBuyer[];
  let product: ProductDetail;
  let skuId: string;
  let salePrice: number;
  let staff: Record<string, string>;
  beforeAll(async () => {
    world = await openTestShop();
    owner = await world.buyer('lin-xia');
    const { items } = await world.sandbox<{ items: { id: string }[] }>('POST', '/control/personas', { count: 52 });
    crowd = [];
    for (const { id } of items) crowd.push(await world.buyer(id));
    product = await findProduct(owner, { units: 20 });
    const sku = product.skus.find(({ available }) => available >= 20) ?? product.skus[0];
    skuId = sku?.skuId ?? '';
    salePrice = sku?.salePrice ?? 0;
    staff = await world.staff('admin', product.shop.shopId);
  }, 180_000);
  afterAll(() => world?.close());

  const at = (ms: number) => new Date(world.clock.now().getTime() + ms).toISOString();
  const create = async (changes: object = {}) => {
    const body = {
      activityId: newId(),
      skuId,
      name: '好友帮砍',
      floorPrice: Math.ceil(salePrice * 0.95),
      helpsNeeded: 3,
      quota: 5,
      hours: 24,
      startsAt: at(-1_000),
      endsAt: at(48 * hour),
      overrideReason: '测试放行',
      ...changes,
    };
    const reply = await world.inject({ method: 'POST', url: '/api/console/bargains', headers: staff, body });
    return { ...reply, activityId: body.activityId, floorPrice: body.floorPrice };
  };
  const activity = async (changes: object = {}) => {
    const made = await create(changes);
    expect(made.status, made.text).toBe(201);
    return made;
  };
  const call = async (as: TestBuyer, method: string, url: string, body?: object) => {
    const reply = await world.inject({ method, url, headers: as.headers, ...(body && { body }) });
    return { status: reply.status, bargain: reply.body as Bargain, code: (reply.body as ErrorReply)?.error?.code };
  };
  const open = (as: TestBuyer, activityId: string) => call(as, 'POST', '/api/bargains', { activityId });
  const help = (as: TestBuyer, bargainId: string) => call(as, 'POST', `/api/bargains/${bargainId}/helps`);
  const addresses = new Map<string, string>();
  const order = async (as: TestBuyer, bargainId: string, quantity = 1): Promise<PlacedOrder> => {
    const addressId = addresses.get(as.buyerId) ?? (await as.api.addresses.create(address)).addressId;
    addresses.set(as.buyerId, addressId);
    const source = { kind: 'lines' as const, lines: [{ skuId, quantity }] };
    return as.api.orders.place({ source, addressId, entry: { kind: 'bargain', id: bargainId } }, randomUUID());
  };
  const row = async (activityId: string) => {
    await world.shop.settle();
    const { body } = await world.inject({ method: 'GET', url: '/api/console/bargains?pageSize=100', headers: staff });
    return (body as ConsoleBargainPage).items.find((item) => item.activityId === activityId);
  };

  it('C02-CPT-01 C07-BRG-01 C07-BRG-03 N friends lead to the floor, and one order is made at it', async () => {
    const { activityId, floorPrice } = await activity();
    const { bargain, status } = await open(owner, activityId);
    expect(status).toBe(200);
    expect(bargain).toMatchObject({ price: salePrice, floorPrice, helpsNeeded: 3, helped: 0, isMine: true });
    expect((await open(owner, activityId)).bargain.bargainId).toBe(bargain.bargainId);
    expect(await help(owner, bargain.bargainId)).toMatchObject({ status: 409, code: 'bargain.own' });
    const guest = await world.inject({ method: 'POST', url: `/api/bargains/${bargain.bargainId}/helps` });
    expect(guest.status).toBe(401);

    const prices = [salePrice];
    for (const friend of crowd.slice(0, 3)) prices.push((await help(friend, bargain.bargainId)).bargain.price);
    const cuts = prices.slice(1).map((price, seat) => (prices[seat] as number) - price);
    expect(cuts.every((cut, seat) => cut > 0 && (seat === 0 || cut <= (cuts[seat - 1] as number)))).toBe(true);
    expect(prices[3]).toBe(floorPrice);
    expect(await help(crowd[3] as TestBuyer, bargain.bargainId)).toMatchObject({ code: 'bargain.at_floor' });

    // A friend cannot buy it, nor the owner two of it.
    await expect(order(crowd[0] as TestBuyer, bargain.bargainId)).rejects.toMatchObject({ code: 'bargain.over' });
    await expect(order(owner, bargain.bargainId, 2)).rejects.toMatchObject({ code: 'bargain.over' });
    expect((await row(activityId))?.taken).toBe(0);

    const placed = await order(owner, bargain.bargainId);
    const detail = await owner.api.orders.get(placed.orderNos[0] ?? '');
    expect(detail.lines[0]?.payable).toBe(floorPrice);
    await expect(order(owner, bargain.bargainId)).rejects.toMatchObject({ code: 'bargain.over' });
    await pay(world, owner, 'lin-xia', placed.paymentId);
    await world.shop.settle();
    expect((await call(owner, 'GET', `/api/bargains/${bargain.bargainId}`)).bargain).toMatchObject({
      status: 'bought',
      orderNo: placed.orderNos[0],
    });
    expect(await row(activityId)).toMatchObject({
      taken: 1,
      results: { opened: 1, helps: 3, newHelpers: 3, kFactor: 3, reachedFloor: 1, bought: 1, income: floorPrice },
    });
  });

  it('C07-BRG-01 the same friend twice counts once, also at the same time', async () => {
    const { activityId } = await activity({ helpsNeeded: 10, floorPrice: salePrice - 1_000 });
    const { bargain } = await open(owner, activityId);
    const friend = crowd[4] as TestBuyer;
    const replies = await Promise.all([1, 2, 3, 4, 5].map(() => help(friend, bargain.bargainId)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const { bargain: now } = await call(friend, 'GET', `/api/bargains/${bargain.bargainId}`);
    expect([now.helped, now.myCut, now.helpers.length]).toEqual([1, salePrice - now.price, 1]);
    expect(now).toMatchObject({ isMine: false, orderNo: null });
    expect(now.ownerName).toContain('*');
  });

  it('X-02 50 friends at once: every cut is used once and the price is exact', async () => {
    const { activityId, floorPrice } = await activity({ helpsNeeded: 50, floorPrice: salePrice - 1_234 });
    const { bargain } = await open(owner, activityId);
    const replies = await Promise.all(crowd.slice(0, 52).map((friend) => help(friend, bargain.bargainId)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(50);
    expect(replies.filter(({ code }) => code === 'bargain.at_floor')).toHaveLength(2);
    const { bargain: now } = await call(owner, 'GET', `/api/bargains/${bargain.bargainId}`);
    expect([now.price, now.helped, now.helpers.length]).toEqual([floorPrice, 50, 50]);
    expect(now.helpers.reduce((sum, { amount }) => sum + amount, 0)).toBe(1_234);
  }, 60_000);

  it('the quota is exact under parallel orders, and a cancelled order gives its unit back', async () => {
    const { activityId } = await activity({ quota: 2, helpsNeeded: 2 });
    const buyers = crowd.slice(10, 15);
    const opened = await Promise.all(buyers.map(async (buyer) => (await open(buyer, activityId)).bargain.bargainId));
    // One help each, so that the price is the bargain's own.
    for (const id of opened) expect((await help(crowd[20] as TestBuyer, id)).status).toBe(200);
    const outcomes = await Promise.allSettled(buyers.map((buyer, index) => order(buyer, opened[index] ?? '')));
    const won = outcomes.flatMap((outcome, index) => (outcome.status === 'fulfilled' ? [index] : []));
    expect(won).toHaveLength(2);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'bargain.sold_out' });
    expect(await row(activityId)).toMatchObject({ taken: 2, state: 'sold_out' });

    const [first = 0] = won;
    const placed = (outcomes[first] as PromiseFulfilledResult<PlacedOrder>).value;
    const buyer = buyers[first] as TestBuyer;
    await buyer.api.orders.cancel(placed.orderNos[0] ?? '', { reason: 'changed_mind' } as never);
    await world.shop.settle();
    await world.advance(2_000);
    expect((await row(activityId))?.taken).toBe(1);
    expect((await call(buyer, 'GET', `/api/bargains/${opened[first]}`)).bargain.status).toBe('open');
    expect((await order(buyer, opened[first] ?? '')).orderNos).toHaveLength(1);
  }, 60_000);

  it('a day’s helps are capped, and tomorrow they are free again', async () => {
    const friend = crowd[30] as TestBuyer;
    const codes: (string | undefined)[] = [];
    const { activityId } = await activity({ helpsNeeded: 5, floorPrice: salePrice - 500, quota: 100 });
    const before = await world.database.db
      .selectFrom('bargain.helpDay')
      .select('helps')
      .where('buyerId', '=', friend.buyerId)
      .executeTakeFirst();
    for (const starter of crowd.slice(31, 43)) {
      const { bargain } = await open(starter, activityId);
      codes.push((await help(friend, bargain.bargainId)).code);
    }
    const free = 10 - (before?.helps ?? 0);
    expect(codes.filter((code) => code === undefined)).toHaveLength(free);
    expect(codes.filter((code) => code === 'bargain.day_limit')).toHaveLength(12 - free);
  });

  it('ends by the server’s clock: no help, no order at the low price', async () => {
    const { activityId } = await activity({ hours: 1, helpsNeeded: 4 });
    const { bargain } = await open(owner, activityId);
    expect((await help(crowd[44] as TestBuyer, bargain.bargainId)).status).toBe(200);
    await world.advance(hour + 1_000);
    expect((await call(owner, 'GET', `/api/bargains/${bargain.bargainId}`)).bargain.status).toBe('over');
    expect((await help(crowd[45] as TestBuyer, bargain.bargainId)).code).toBe('bargain.over');
    await expect(order(owner, bargain.bargainId)).rejects.toMatchObject({ code: 'bargain.over' });
  });

  it('X-02 refuses a floor that could not be sold at, other shops’ goods and empty windows', async () => {
    for (const [changes, code] of [
      [{ floorPrice: 0, overrideReason: undefined }, 'bargain.below_floor'],
      [{ floorPrice: salePrice }, 'bargain.not_cheaper'],
      [{ floorPrice: salePrice - 2, helpsNeeded: 3 }, 'bargain.not_cheaper'],
      [{ startsAt: at(-hour), endsAt: at(-1_000) }, 'bargain.bad_window'],
      [{ skuId: newId() }, 'bargain.activity_not_found'],
    ] as const) {
      const { body } = await create(changes);
      expect((body as ErrorReply).error.code).toBe(code);
    }
    const body = { skuId, price: 0, startsAt: at(0), endsAt: at(hour) };
    const checked = await world.inject({ method: 'POST', url: '/api/console/activity-check', headers: staff, body });
    const { warnings } = checked.body as ActivityCheck;
    expect(warnings.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['margin', 'conflict']));
  });

  it('lists what is on with no statement once it is warm; an activity ended early is gone', async () => {
    const { activityId } = await activity();
    await world.inject({ method: 'GET', url: '/api/bargain-offers' });
    const statements = await world.database.statementsOf(async () => {
      for (let index = 0; index < 10; index += 1) await world.inject({ method: 'GET', url: '/api/bargain-offers' });
    });
    expect(statements.filter((statement) => /bargain|catalog/.test(statement))).toEqual([]);
    const ids = async () => {
      const { body } = await world.inject({ method: 'GET', url: '/api/bargain-offers' });
      return (body as BargainOfferList).items.map((item) => item.activityId);
    };
    expect(await ids()).toContain(activityId);
    const { bargain } = await open(owner, activityId);
    const end = () => world.inject({ method: 'POST', url: `/api/console/bargains/${activityId}/end`, headers: staff });
    expect((await end()).status).toBe(204);
    expect((await end()).status).toBe(404);
    expect(await ids()).not.toContain(activityId);
    expect((await help(crowd[46] as TestBuyer, bargain.bargainId)).code).toBe('bargain.over');
    expect((await open(crowd[46] as TestBuyer, activityId)).code).toBe('bargain.not_running');
  });
});
