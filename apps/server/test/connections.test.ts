/** What a request needs of the pool: one connection, whatever is old in memory. A second one would never come in a rush. */
import type { GroupOfferList, PresaleList, ProductDetail } from '@xiaopu/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { hourMs } from '../src/platform/clock.ts';
import { openTestShop, type TestBuyer, type TestShop } from './shop.ts';
import { address, findProduct } from './story.ts';

const connections = 4;
const rush = 25;

describe('Connections', () => {
  let test: TestShop;
  let shoppers: { buyer: TestBuyer; addressId: string }[];
  beforeAll(async () => {
    test = await openTestShop({ maxConnections: connections });
    const { items } = await test.sandbox<{ items: { id: string }[] }>('POST', '/control/personas', { count: rush });
    shoppers = [];
    for (const { id } of items) {
      const buyer = await test.buyer(id);
      shoppers.push({ buyer, addressId: (await buyer.api.addresses.create(address)).addressId });
    }
  }, 180_000);
  afterAll(() => test?.close());
  beforeEach(() => {
    const real = performance.now.bind(performance);
    const spy = vi.spyOn(performance, 'now').mockImplementation(() => real() + ageMs);
    return () => spy.mockRestore();
  });
  let ageMs = 0;
  /** Whatever is kept in memory is an hour old from here on. */
  const ageMemory = () => {
    ageMs += hourMs;
  };

  const lines = (skuId: string) => ({ kind: 'lines' as const, lines: [{ skuId, quantity: 1 }] });
  const all = <T>(work: (shopper: { buyer: TestBuyer; addressId: string }, index: number) => Promise<T>) =>
    Promise.all(shoppers.map(work));
  const get = async <T>(url: string) => (await test.inject({ method: 'GET', url })).body as T;

  it('25 plain placements at once with 4 connections are all placed', async () => {
    const product = await findProduct(shoppers[0]?.buyer as TestBuyer, { units: rush });
    const skuId = product.skus.find(({ available }) => available >= rush)?.skuId ?? '';
    ageMemory();
    const placed = await all(({ buyer, addressId }, index) =>
      buyer.api.orders.place({ source: lines(skuId), addressId }, `rush-plain-${index}`),
    );
    expect(placed.map(({ orderNos }) => orderNos.length)).toEqual(Array(rush).fill(1));
  });

  it('25 group purchases at once', async () => {
    const offers = (await get<GroupOfferList>('/api/group-offers')).items.filter(({ left }) => left >= rush);
    const stocked = await Promise.all(
      offers.map(async ({ activityId, spuId, skus }) => {
        const { skus: stock } = (await (shoppers[0] as { buyer: TestBuyer }).buyer.api.catalog.product(
          spuId,
        )) as ProductDetail;
        const enough = stock.find(
          ({ skuId, available }) => available >= rush && skus.some((sku) => sku.skuId === skuId),
        );
        return enough ? [{ activityId, skuId: enough.skuId }] : [];
      }),
    );
    const [{ activityId, skuId } = { activityId: '', skuId: '' }] = stocked.flat();
    const entry = { kind: 'group' as const, id: activityId };
    ageMemory();
    const placed = await all(({ buyer, addressId }, index) =>
      buyer.api.orders.place({ source: lines(skuId), addressId, entry }, `rush-group-${index}`),
    );
    expect(placed).toHaveLength(rush);
  });

  it('25 bargains at once', async () => {
    const { items } = await get<{ items: { activityId: string; skuId: string; left: number }[] }>(
      '/api/bargain-offers',
    );
    const offer = items.find(({ left }) => left >= rush);
    const opened = await all(async ({ buyer: { headers } }) => {
      const body = { activityId: offer?.activityId };
      const reply = await test.inject({ method: 'POST', url: '/api/bargains', headers, body });
      return (reply.body as { bargainId: string }).bargainId;
    });
    ageMemory();
    const placed = await all(({ buyer, addressId }, index) =>
      buyer.api.orders.place(
        { source: lines(offer?.skuId ?? ''), addressId, entry: { kind: 'bargain', id: opened[index] ?? '' } },
        `rush-bargain-${index}`,
      ),
    );
    expect(placed).toHaveLength(rush);
  });

  it('25 presales at once', async () => {
    const offer = (await get<PresaleList>('/api/presales')).items.find(({ left }) => left >= rush);
    const [source, id] = [lines(offer?.skuId ?? ''), offer?.activityId ?? ''];
    ageMemory();
    const previews = await all(({ buyer }) => buyer.api.checkout.preview({ source, entry: { kind: 'presale', id } }));
    const entry = { kind: 'presale' as const, id, consent: previews[0]?.stages?.consent ?? '' };
    ageMemory();
    const placed = await all(({ buyer, addressId }, index) =>
      buyer.api.orders.place({ source, addressId, entry }, `rush-presale-${index}`),
    );
    expect(placed).toHaveLength(rush);
  });
});
