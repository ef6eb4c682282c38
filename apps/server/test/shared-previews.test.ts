/** Checkouts of one moment share their statements; what each of them sees stays its own buyer's. */
import type { CheckoutPreview } from '@xiaopu/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayMs } from '../src/platform/clock.ts';
import { newId } from '../src/platform/ids.ts';
import { openTestShop, type TestBuyer, type TestShop } from './shop.ts';

const crowd = 12;

describe('Previews of one moment', () => {
  let test: TestShop;
  let shoppers: { buyer: TestBuyer; addressId: string; skuId: string; detail: string; points: number }[];
  beforeAll(async () => {
    test = await openTestShop();
    const { items } = await test.sandbox<{ items: { id: string }[] }>('POST', '/control/personas', { count: crowd });
    const skus = await test.database.db
      .selectFrom('catalog.sku')
      .select('skuId')
      .where('retiredAt', 'is', null)
      .orderBy('skuId')
      .limit(crowd)
      .execute();
    shoppers = [];
    for (const [at, { id }] of items.entries()) {
      const buyer = await test.buyer(id);
      const detail = `文三路 ${at + 1} 号`;
      const { addressId } = await buyer.api.addresses.create({
        ...{ name: `买家${at}`, phone: `1380000${String(1000 + at)}`, detail, isDefault: true },
        ...{ province: '浙江省', city: '杭州市', district: '西湖区' },
      });
      const points = at * 100;
      await givePoints(buyer.buyerId, points);
      shoppers.push({ buyer, addressId, skuId: skus[at]?.skuId ?? '', detail, points });
    }
    await test.shop.settle();
    // Rules that live in memory for a while are read before anything is counted.
    await preview(0);
  }, 180_000);
  afterAll(() => test?.close());

  async function givePoints(buyerId: string, amount: number): Promise<void> {
    if (amount === 0) return;
    const now = test.clock.now();
    await test.database.db
      .insertInto('points.lot')
      .values({
        ...{ buyerId, lotId: newId(), amount, remaining: amount },
        ...{ createdAt: now, expiresAt: new Date(now.getTime() + dayMs) },
      })
      .execute();
  }

  const shopper = (at: number) => shoppers[at] as (typeof shoppers)[number];
  const preview = (at: number, addressId = shopper(at).addressId): Promise<CheckoutPreview> =>
    shopper(at).buyer.api.checkout.preview({
      source: { kind: 'lines', lines: [{ skuId: shopper(at).skuId, quantity: 1 }] },
      addressId,
    });

  it('each sees its own address, goods and points, and all of them cost the statements of a few', async () => {
    const alone = await test.database.statementsOf(() => preview(0));
    let seen: CheckoutPreview[] = [];
    const together = await test.database.statementsOf(async () => {
      seen = await Promise.all(shoppers.map((_, at) => preview(at)));
    });
    for (const [at, { address, shops, points }] of seen.entries()) {
      expect(address?.addressId).toBe(shopper(at).addressId);
      expect(address?.text).toContain(shopper(at).detail);
      expect(shops.flatMap(({ lines }) => lines.map(({ skuId }) => skuId))).toEqual([shopper(at).skuId]);
      expect(points?.balance).toBe(shopper(at).points);
    }
    // Turns of the event loop may part some of them.
    expect(together.length).toBeLessThan((alone.length * crowd) / 2);
    // Nobody's answer depends on the company it was asked in.
    expect(seen).toEqual(await inTurn(shoppers.map((_, at) => () => preview(at))));
  });

  it("another buyer's address, asked for in the same moment as its owner does, is nobody's", async () => {
    const [own, foreign] = await Promise.all([preview(1), preview(2, shopper(1).addressId)]);
    expect(own?.address?.addressId).toBe(shopper(1).addressId);
    expect(foreign?.address).toBeNull();
    expect(foreign?.blockedBy).toBe('no_address');
  });

  it("coupons are their holder's: a neighbour of the same moment has none of them", async () => {
    const templates = await test.database.db.selectFrom('coupons.template').selectAll().limit(50).execute();
    const wide = templates.find(({ paused, code }) => !paused && code === null);
    const { buyer } = shopper(3);
    await buyer.api.coupons.claim({ templateId: wide?.templateId ?? '' });
    const [holder, neighbour] = await Promise.all([preview(3), preview(4)]);
    expect(holder?.coupons.candidates.length).toBe((neighbour?.coupons.candidates.length ?? 0) + 1);
  });

  it('a change that is committed before a preview asks is in it, whatever else is under way', async () => {
    const { buyer, addressId } = shopper(5);
    for (const detail of ['一号楼', '二号楼', '三号楼']) {
      const others = shoppers.slice(6).map((_, at) => preview(at + 6));
      await buyer.api.addresses.update(addressId, {
        ...{ name: '买家', phone: '13800001234', province: '浙江省', city: '杭州市', district: '西湖区' },
        ...{ detail, isDefault: true },
      });
      expect((await preview(5)).address?.text).toContain(detail);
      await Promise.all(others);
    }
  });
});

async function inTurn<T>(works: (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  for (const work of works) results.push(await work());
  return results;
}
