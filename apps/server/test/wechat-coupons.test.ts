/** Own coupons in WeChat's card bag, in the whole shop with the sandbox: told of every state, once each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../src/platform/ids.ts';
import { openTestShop, type TestBuyer, type TestShop } from './shop.ts';
import { address, findProduct, pay, untilOrder } from './story.ts';

describe('own coupons as 商家券', () => {
  let world: TestShop;
  let buyer: TestBuyer;
  beforeAll(async () => {
    world = await openTestShop();
    buyer = await world.buyer('lin-xia');
    const headers = await world.staff('admin');
    const url = '/api/console/settings/policies/wechat_coupons.show_on';
    expect((await world.inject({ method: 'PUT', url, headers, body: { value: 1 } })).status).toBe(200);
  }, 120_000);
  afterAll(() => world?.close());

  interface Shown {
    code: string;
    state: string;
  }
  const atWechat = async () => (await world.sandbox<{ items: Shown[] }>('GET', '/control/busifavor')).items;
  async function until<T>(read: () => Promise<T>, isThere: (value: T) => boolean): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      await world.shop.settle();
      const value = await read();
      if (isThere(value) || tries > 60) return value;
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  it('C04-INT-12 follows claimed, used and refunded, each told once; WeChat never lets one be used twice', async () => {
    const { items } = await buyer.api.coupons.centre();
    const plain = items.find(({ kind, name, shopId }) => kind === 'amount' && name === '店铺券' && shopId !== null);
    const { couponId } = await buyer.api.coupons.claim({ templateId: plain?.templateId ?? '' });
    const [claimed] = await until(atWechat, (list) => list.length > 0);
    expect(claimed?.state).toBe('SENDED');
    const confirmed = await until(
      async () =>
        (
          await world.database.pool.query('select is_confirmed from wechat_coupons.mirror where coupon_id = $1', [
            couponId,
          ])
        ).rows[0].is_confirmed as boolean,
      (isConfirmed) => isConfirmed,
    );
    expect(confirmed).toBe(true);

    const product = await findProduct(buyer, { shopId: plain?.shopId ?? '', units: 9 });
    const { addressId } = await buyer.api.addresses.create(address);
    const skuId = product.skus[0]?.skuId ?? '';
    const placed = await buyer.api.orders.place(
      { source: { kind: 'lines', lines: [{ skuId, quantity: 9 }] }, addressId, coupons: [couponId] },
      newId(),
    );
    await pay(world, buyer, 'lin-xia', placed.paymentId);
    expect((await until(atWechat, ([one]) => one?.state === 'USED')).map(({ state }) => state)).toEqual(['USED']);
    await untilOrder(world, buyer, placed.orderNos[0] ?? '', ({ status }) => status === 'paid');
    await buyer.api.orders.refund(placed.orderNos[0] ?? '', { reason: '不想要了' });
    expect((await until(atWechat, ([one]) => one?.state === 'SENDED')).map(({ state }) => state)).toEqual(['SENDED']);
  }, 90_000);
});
