/** How many SQL statements a request may cost, counted on the whole server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestShop, type TestBuyer, type TestShop } from './shop.ts';

describe('SQL budgets', () => {
  let test: TestShop;
  let buyer: TestBuyer;
  let addressId: string;
  let skuIds: string[];
  beforeAll(async () => {
    test = await openTestShop();
    buyer = await test.buyer('lin-xia');
    const rows = await test.database.db
      .selectFrom('catalog.sku as sku')
      .innerJoin('catalog.spu as spu', 'spu.spuId', 'sku.spuId')
      .select(['sku.skuId', 'sku.shopId'])
      .where('sku.retiredAt', 'is', null)
      // Sent: what is delivered by itself or booked asks for consents and times first.
      .where('spu.goods', 'is', null)
      .execute();
    // One SKU of each shop: the placement splits.
    skuIds = [...new Map(rows.map(({ shopId, skuId }) => [shopId, skuId])).values()];
    ({ addressId } = await buyer.api.addresses.create({
      name: '张三丰',
      phone: '13800001234',
      province: '浙江省',
      city: '杭州市',
      district: '西湖区',
      detail: '文三路1号',
      isDefault: true,
    }));
    await fillCart();
    // What the seed's events make memories read again is not a request's.
    await test.shop.settle();
    await buyer.api.cart.get();
  }, 120_000);
  afterAll(() => test.close());

  const fillCart = async () => {
    for (const skuId of skuIds) await buyer.api.cart.add({ skuId, quantity: 1 });
  };
  /** Statements of the session check are the login's, not the request's. */
  const cost = async (work: () => Promise<unknown>) => {
    await test.shop.settle();
    // Rules and activities live in memory for a while; reading them again is not the request's.
    await buyer.api.checkout.preview({ source: { kind: 'cart' } });
    await buyer.api.groupBuys.offers();
    const statements = await test.database.statementsOf(work);
    return statements.filter((statement) => !/identity\.|"identity"/.test(statement));
  };
  const atMost = async (limit: number, work: () => Promise<unknown>) => {
    const statements = await cost(work);
    expect(statements.length, statements.join('\n')).toBeLessThanOrEqual(limit);
    expect(statements.length).toBeGreaterThan(0);
  };

  it('the cart costs at most 3', () => atMost(3, () => buyer.api.cart.get()));

  it('placing an order in several shops costs at most 12; its list and detail at most 2', async () => {
    expect(skuIds.length).toBeGreaterThan(1);
    let orderNo = '';
    await atMost(12, async () => {
      const { orderNos } = await buyer.api.orders.place({ source: { kind: 'cart' }, addressId }, 'sql-budget-0001');
      orderNo = orderNos[0] as string;
      expect(orderNos).toHaveLength(skuIds.length);
    });
    await atMost(2, () => buyer.api.orders.list({ limit: 10 }));
    await atMost(2, () => buyer.api.orders.get(orderNo));
  });
});
