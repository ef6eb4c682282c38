import { randomUUID } from 'node:crypto';
import type { ErrorReply, FlashPlace, FlashSaleList, PlacedOrder, ProductDetail } from '@xiaopu/contracts';
import type { FlashSalePage } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { openTestShop, type TestBuyer, type TestShop } from '../../../test/shop.ts';
import { address, findProduct, pay } from '../../../test/story.ts';

const minute = 60_000;

describe('flash sales', () => {
  let world: TestShop;
  let buyer: TestBuyer;
  let other: TestBuyer;
  let product: ProductDetail;
  let skuId: string;
  let staff: Record<string, string>;
  beforeAll(async () => {
    world = await openTestShop();
    buyer = await world.buyer('lin-xia');
    other = await world.buyer('chen-mo');
    product = await findProduct(buyer, { units: 20 });
    skuId = product.skus.find(({ available }) => available >= 20)?.skuId ?? product.skus[0]?.skuId ?? '';
    staff = await world.staff('admin', product.shop.shopId);
  }, 120_000);
  afterAll(() => world?.close());

  const at = (ms: number) => new Date(world.clock.now().getTime() + ms).toISOString();
  const salePrice = () => product.skus.find((sku) => sku.skuId === skuId)?.salePrice ?? 0;
  const create = (changes: object = {}) => {
    const body = {
      saleId: newId(),
      skuId,
      name: '整点秒杀',
      flashPrice: salePrice() - 1,
      poolSize: 5,
      buyerLimit: 1,
      holdSeconds: 120,
      startsAt: at(-1_000),
      endsAt: at(30 * minute),
      ...changes,
    };
    return world
      .inject({ method: 'POST', url: '/api/console/flash-sales', headers: staff, body })
      .then((reply) => ({ ...reply, saleId: body.saleId }));
  };
  const sale = async (changes: object = {}) => {
    const { status, saleId, text } = await create(changes);
    expect(status, text).toBe(201);
    await world.shop.settle();
    return saleId;
  };
  const take = async (as: TestBuyer, saleId: string, { key = randomUUID() as string, quantity = 1 } = {}) => {
    const headers = { ...as.headers, 'idempotency-key': key };
    const url = `/api/flash-sales/${saleId}/places`;
    const reply = await world.inject({ method: 'POST', url, headers, body: { quantity } });
    return { status: reply.status, place: reply.body as FlashPlace, code: (reply.body as ErrorReply).error?.code };
  };
  const addressOf = async ({ api }: TestBuyer) => (await api.addresses.create(address)).addressId;
  const body = async (as: TestBuyer, placeId: string) => ({
    source: { kind: 'lines' as const, lines: [{ skuId, quantity: 1 }] },
    addressId: await addressOf(as),
    entry: { kind: 'flash' as const, id: placeId },
  });
  const place = async (as: TestBuyer, placeId: string): Promise<PlacedOrder> =>
    as.api.orders.place(await body(as, placeId), randomUUID());
  const available = async () =>
    (await world.shop.inventory.levels(world.database.db, [skuId])).get(skuId)?.available ?? 0;
  const listed = async (saleId: string) => {
    await new Promise((done) => setTimeout(done, 300));
    const { body: list } = await world.inject({ method: 'GET', url: '/api/flash-sales' });
    return (list as FlashSaleList).items.find((item) => item.saleId === saleId);
  };
  const end = (saleId: string) =>
    world.inject({ method: 'POST', url: `/api/console/flash-sales/${saleId}/end`, headers: staff });

  it('C06-INV-07 sells by place and order at the flash price; general stock stays what it was', async () => {
    const before = await available();
    const saleId = await sale();
    expect(await available()).toBe(before - 5);
    expect(await listed(saleId)).toMatchObject({ remaining: 5, state: 'running', flashPrice: salePrice() - 1 });

    const key = randomUUID();
    const { status, place: held } = await take(buyer, saleId, { key });
    expect([status, held.status]).toEqual([201, 'held']);
    expect((await take(buyer, saleId, { key })).place.placeId).toBe(held.placeId);
    expect(await take(buyer, saleId)).toMatchObject({ status: 409, code: 'flash_sale.over_limit' });

    const preview = await buyer.api.checkout.preview(await body(buyer, held.placeId));
    expect([preview.goodsTotal - preview.discount, preview.canSubmit]).toEqual([salePrice() - 1, true]);
    const placed = await place(buyer, held.placeId);
    expect(placed.payable).toBe(preview.payable);
    // a flash order is held and closes by the sale's own short time.
    expect(placed.heldUntil).toBe(placed.closesAt);
    expect(new Date(placed.closesAt).getTime()).toBeLessThanOrEqual(world.clock.now().getTime() + 2 * minute);
    await expect(place(buyer, held.placeId)).rejects.toMatchObject({ status: 409 });
    await pay(world, buyer, 'lin-xia', placed.paymentId);
    await world.shop.settle();
    expect(await available()).toBe(before - 5);

    const mine = await world.inject({
      method: 'GET',
      url: `/api/flash-sales/${saleId}/places/${held.placeId}`,
      headers: buyer.headers,
    });
    expect(mine.body).toMatchObject({ status: 'ordered' });
    const theirs = (await take(other, saleId)).place;
    const { body: list } = await world.inject({ method: 'GET', url: '/api/console/flash-sales', headers: staff });
    const row = (list as FlashSalePage).items.find((item) => item.saleId === saleId);
    expect(row).toMatchObject({ held: 1, ordered: 1, remaining: 3 });
    await world.inject({
      method: 'DELETE',
      url: `/api/flash-sales/${saleId}/places/${theirs.placeId}`,
      headers: other.headers,
    });
    // Another buyer's place is nobody's: no price, no order, no view.
    const foreign = await world.inject({
      method: 'GET',
      url: `/api/flash-sales/${saleId}/places/${held.placeId}`,
      headers: other.headers,
    });
    expect(foreign.status).toBe(404);
    expect((await end(saleId)).status).toBe(200);
    expect((await end(saleId)).status).toBe(409);
    expect(await available()).toBe(before - 1);
  });

  it('who comes too late is refused ahead of the framework, whoever has a place is not, and units that come back are sold', async () => {
    const saleId = await sale({ poolSize: 1 });
    const early: number[] = [];
    world.shop.app.fastLane.onServed(({ status }) => void early.push(status));
    const knock = async (as: TestBuyer, key = randomUUID() as string) => {
      const reply = await fetch(`${world.origin}/api/flash-sales/${saleId}/places`, {
        method: 'POST',
        headers: { ...as.headers, 'content-type': 'application/json', 'idempotency-key': key },
        body: '{"quantity":1}',
      });
      const told = (await reply.json()) as FlashPlace & ErrorReply;
      return { status: reply.status, code: told.error?.code, placeId: told.placeId };
    };
    const key = randomUUID();
    const mine = await knock(buyer, key);
    expect(mine.status).toBe(201);
    expect(early).toEqual([]);
    const late = await world.database.statementsOf(async () => {
      for (let times = 0; times < 3; times += 1)
        expect(await knock(other)).toMatchObject({ status: 409, code: 'flash_sale.sold_out' });
    });
    // The first place is told to those who follow the stock, in its own time.
    const ofTheLate = late.filter((text) => !text.includes('inventory.feed_head'));
    expect([early, ofTheLate]).toEqual([[409, 409, 409], []]);
    expect(await knock(buyer, key)).toMatchObject({ status: 201, placeId: mine.placeId });
    const giveUp = ({ headers }: TestBuyer, placeId: string) =>
      world.inject({ method: 'DELETE', url: `/api/flash-sales/${saleId}/places/${placeId}`, headers });
    await giveUp(buyer, mine.placeId);
    const theirs = await knock(other);
    expect(theirs.status).toBe(201);
    await giveUp(other, theirs.placeId);
    await end(saleId);
    expect(await knock(buyer)).toMatchObject({ status: 409, code: 'flash_sale.over' });
    expect(early).toHaveLength(3);
  });

  it('an unpaid order and an expired place give their units back to the sale', async () => {
    const before = await available();
    const saleId = await sale({ poolSize: 2 });
    const [mine, theirs] = [(await take(buyer, saleId)).place, (await take(other, saleId)).place];
    expect((await take(buyer, saleId)).code).toBe('flash_sale.sold_out');
    expect(await listed(saleId)).toMatchObject({ remaining: 0, state: 'sold_out' });
    await place(buyer, mine.placeId);
    await world.advance(2 * minute + 1_000);
    await world.advance(1_000);
    expect(await listed(saleId)).toMatchObject({ remaining: 2, state: 'running' });
    await expect(place(other, theirs.placeId)).rejects.toMatchObject({ status: 409, code: 'flash_sale.place_over' });
    expect(await available()).toBe(before - 2);
    await world.advance(40 * minute);
    expect(await available()).toBe(before);
    expect((await take(buyer, saleId)).code).toBe('flash_sale.over');
  });

  it('C06-INV-08 tells a new taker of an empty sale with no statement at all', async () => {
    const saleId = await sale({ poolSize: 1 });
    expect((await take(buyer, saleId)).status).toBe(201);
    expect((await take(other, saleId)).code).toBe('flash_sale.sold_out');
    const codes: (string | undefined)[] = [];
    const statements = await world.database.statementsOf(async () => {
      for (let index = 0; index < 30; index += 1) codes.push((await take(other, saleId)).code);
    });
    expect(new Set(codes)).toEqual(new Set(['flash_sale.sold_out']));
    expect(statements.filter((statement) => /flash_sale|inventory.pool|identity|catalog/.test(statement))).toEqual([]);
    await end(saleId);
  });

  it('a place that is given up goes to the next', async () => {
    const saleId = await sale({ poolSize: 1 });
    const { place: mine } = await take(buyer, saleId);
    const url = `/api/flash-sales/${saleId}/places/${mine.placeId}`;
    expect((await world.inject({ method: 'DELETE', url, headers: other.headers })).status).toBe(404);
    expect((await take(other, saleId)).code).toBe('flash_sale.sold_out');
    expect((await world.inject({ method: 'DELETE', url, headers: buyer.headers })).body).toMatchObject({
      status: 'over',
    });
    expect((await take(other, saleId)).status).toBe(201);
    await end(saleId);
  });

  it('C07-SEC-03 opens by the server’s clock; C07-SEC-02 needs no share', async () => {
    const saleId = await sale({ startsAt: at(10 * minute) });
    expect(await take(buyer, saleId)).toMatchObject({ status: 409, code: 'flash_sale.not_started' });
    await world.advance(10 * minute);
    const headers = { ...buyer.headers, 'idempotency-key': randomUUID(), date: new Date(0).toUTCString() };
    const url = `/api/flash-sales/${saleId}/places`;
    expect((await world.inject({ method: 'POST', url, headers, body: { quantity: 1 } })).status).toBe(201);
    await end(saleId);
  });

  it('refuses what cannot be sold so, and moves no unit', async () => {
    const before = await available();
    for (const [changes, code] of [
      [{ endsAt: at(-5_000), startsAt: at(-10_000) }, 'flash_sale.bad_window'],
      [{ flashPrice: salePrice() }, 'flash_sale.not_cheaper'],
      [{ flashPrice: 1 }, 'flash_sale.below_floor'],
      [{ poolSize: before + 1 }, 'inventory.out_of_stock'],
      [{ skuId: newId() }, 'flash_sale.not_found'],
    ] as const) {
      const { body: reply } = await create(changes);
      expect((reply as ErrorReply).error.code).toBe(code);
    }
    expect(await available()).toBe(before);
  });

  it('lists with no statement once it is warm', async () => {
    const saleId = await sale();
    await listed(saleId);
    const statements = await world.database.statementsOf(async () => {
      for (let index = 0; index < 20; index += 1) {
        await world.inject({ method: 'GET', url: '/api/flash-sales' });
      }
    });
    // Sweeps and sessions may speak meanwhile; the list does not.
    expect(statements.filter((statement) => /flash_sale|catalog/.test(statement))).toEqual([]);
    const page = await world.inject({ method: 'GET', url: '/api/console/flash-sales', headers: staff });
    const row = (page.body as FlashSalePage).items.find((item) => item.saleId === saleId);
    expect(row).toMatchObject({ state: 'running', remaining: 5, held: 0, ordered: 0 });
    await end(saleId);
  });

  it('C06-INV-08 gives 5 units to exactly 5 of 40 shoppers at once, each an order at the flash price', async () => {
    const saleId = await sale({ poolSize: 5 });
    const { items } = await world.sandbox<{ items: { id: string }[] }>('POST', '/control/personas', { count: 40 });
    const crowd: TestBuyer[] = [];
    for (const { id } of items) crowd.push(await world.buyer(id));
    const outcomes = await Promise.all(
      crowd.map(async (shopper) => {
        const { status, place: held, code } = await take(shopper, saleId);
        if (status !== 201) return code;
        return (await place(shopper, held.placeId)).orderNos.length;
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 1)).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === 'flash_sale.sold_out')).toHaveLength(35);
  }, 60_000);
});
