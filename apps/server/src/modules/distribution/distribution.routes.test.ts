import { randomUUID } from 'node:crypto';
import { createConsoleApi, encodeQuery } from '@xiaopu/api-client';
import type { ErrorReply, ProductDetail } from '@xiaopu/contracts';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestShop, type TestBuyer, type TestShop } from '../../../test/shop.ts';
import { address, findProduct, pay, placeOrder, untilOrder } from '../../../test/story.ts';
import { idNumberOf } from './distribution.testing.ts';

const day = 86_400_000;

describe('distribution in the whole shop', () => {
  let world: TestShop;
  let guide: TestBuyer;
  let product: ProductDetail;
  let shopId: string;
  let shop: ReturnType<typeof createConsoleApi>;
  let staff: Record<string, string>;
  /** Again after each leap in time: sessions end. */
  const signIn = async () => {
    staff = await world.staff('admin', shopId);
  };
  beforeAll(async () => {
    world = await openTestShop();
    guide = await world.buyer('lin-xia');
    product = await findProduct(guide, { units: 20 });
    shopId = product.shop.shopId;
    shop = createConsoleApi(async ({ method, path, query, body }) => {
      const reply = await world.inject({ method, url: `${path}?${encodeQuery(query)}`, headers: staff, body });
      if (reply.status >= 400) throw Object.assign(new Error(reply.text), (reply.body as ErrorReply).error);
      return reply.body as never;
    });
    await signIn();
    const { terms } = await shop.distribution.program();
    await shop.distribution.saveProgram({
      ...{ isOn: true, levels: 1, bindingRule: 'first_link', protectionDays: 30, ownPurchases: false },
      ...{ firstRate: 1_000, secondRate: 0, minimumWithdrawal: 100, reviewFrom: 1_000_000 },
      withholdingNote: terms.withholdingNote,
    });
  }, 120_000);
  afterAll(() => world?.close());

  it('C01-CMP-03 a link binds, an order earns, the window passes, and the payee confirms the payout', async () => {
    const applied = await guide.api.distribution.apply(shopId, {
      ...{ realName: '林夏', idNumber: idNumberOf(1), consent: true },
    });
    expect(applied).toMatchObject({ state: 'applied', code: null });
    const { items } = await shop.distribution.distributors({ page: 1, pageSize: 20, state: 'applied' });
    const mine = items.find(({ distributorId }) => distributorId === guide.buyerId);
    expect(mine).toMatchObject({ realName: '林*', idNumber: expect.stringContaining('**********') });
    await shop.distribution.decide(guide.buyerId, { decision: 'approve' });

    // Category and goods have rates of their own.
    const rates = await shop.distribution.saveRate({
      ...{ scope: 'product', targetId: product.spuId, firstRate: 2_000, secondRate: 0 },
    });
    expect(rates.items).toMatchObject([{ name: product.title, firstRate: 2_000 }]);
    const { items: goods } = await guide.api.distribution.goods(shopId);
    const shown = goods.find(({ spuId }) => spuId === product.spuId);
    expect(shown?.commission).toBe(Math.floor(((shown?.salePrice ?? 0) * 2_000) / 10_000));
    expect(goods.map(({ commission }) => commission)).toEqual(
      goods.map(({ commission }) => commission).toSorted((a, b) => b - a),
    );

    const link = await guide.api.distribution.makeLink(shopId, { spuId: product.spuId, channel: 'poster' });
    expect(await guide.api.distribution.makeLink(shopId, { spuId: product.spuId, channel: 'poster' })).toEqual(link);
    const customer = await world.buyer('chen-mo');
    const landing = await customer.api.distribution.visit({ code: link.code });
    expect(landing).toMatchObject({ spuId: product.spuId, isBound: true });

    const placed = await placeOrder(customer, product);
    await pay(world, customer, 'chen-mo', placed.paymentId);
    const [orderNo = ''] = placed.orderNos;
    const order = await untilOrder(world, customer, orderNo, ({ status }) => status === 'paid');
    await world.shop.settle();
    const kept = order.lines.reduce((sum, line) => sum + line.payable, 0);
    const amount = Math.floor((kept * 2_000) / 10_000);
    expect((await guide.api.distribution.centre(shopId)).estimated).toBe(amount);
    await shop.orders.ship(orderNo, { carrierCode: 'SF', waybillNo: 'SF1234567890123' });
    await customer.api.orders.confirmReceipt(orderNo);
    await world.shop.settle();
    expect(await guide.api.distribution.centre(shopId)).toMatchObject({ estimated: 0, frozen: amount, balance: 0 });
    await world.advance(15 * day + 1_000);
    await signIn();
    expect(await guide.api.distribution.centre(shopId)).toMatchObject({ frozen: 0, balance: amount });
    expect((await guide.api.distribution.commissions(shopId, { limit: 10 })).items).toMatchObject([
      { orderNo, amount, kept, status: 'settled', customerName: expect.stringContaining('*') },
    ]);

    const withdrawalId = randomUUID();
    const asked = await guide.api.distribution.withdraw(shopId, { withdrawalId, expectedAmount: amount });
    expect(asked).toMatchObject({ status: 'paying', amount });
    await world.shop.settle();
    const waiting = await guide.api.payouts.get(withdrawalId);
    expect(waiting).toMatchObject({ status: 'awaiting_confirmation', amount });
    await world.sandbox('POST', '/transfer/confirm', { ...waiting.confirmation, persona: 'lin-xia' });
    for (let tries = 0; tries < 40; tries += 1) {
      await world.advance(3_000);
      await guide.api.payouts.get(withdrawalId);
      await world.shop.settle();
      const { items: list } = await guide.api.distribution.withdrawals(shopId);
      if (list[0]?.status === 'paid') break;
      await new Promise((done) => setTimeout(done, 100));
    }
    const { items: ended, available } = await guide.api.distribution.withdrawals(shopId);
    expect([ended[0]?.status, available]).toEqual(['paid', 0]);
    expect((await guide.api.distribution.earnings(shopId, { limit: 10 })).items).toMatchObject([
      { kind: 'withdrawal', amount: -amount, balance: 0 },
      { kind: 'commission', amount, balance: amount },
    ]);
    const today = new Date(world.clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
    const results = await shop.distribution.results({ from: '2026-01-01', to: today });
    expect(results).toMatchObject({ orders: 1, sales: kept, commission: amount, paidOut: amount });
    expect(results.channels.find(({ channel }) => channel === 'poster')).toMatchObject({ orders: 1, bound: 1 });
  }, 60_000);

  it('a poster has the code of its link, asked of WeChat once', async () => {
    const { posterUrl, code } = await guide.api.distribution.makeLink(shopId, {
      spuId: product.spuId,
      channel: 'poster',
    });
    const poster = async () => {
      const reply = await world.shop.app.inject({ method: 'GET', url: posterUrl ?? '' });
      expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'image/jpeg']);
      return reply.rawPayload;
    };
    const [first, second] = await Promise.all([poster(), poster()]);
    expect(first.equals(second)).toBe(true);
    expect(await sharp(first).metadata()).toMatchObject({ format: 'jpeg', width: 750 });
    const kept = await world.database.db.selectFrom('distribution.codeImage').select(['code', 'contentType']).execute();
    expect(kept).toEqual([{ code, contentType: 'image/png' }]);
    const unknown = await world.inject({ method: 'GET', url: '/api/distribution/posters/0000000000' });
    expect(unknown.status).toBe(404);
  }, 60_000);

  it('C08-SCRM-07 X-15 the customer’s own footprints show once allowed, and not to another distributor', async () => {
    const customer = await world.buyer('chen-mo');
    await customer.api.footprints.add(product.spuId);
    await customer.api.favourites.add(product.spuId);
    const [row] = (await guide.api.distribution.customers(shopId, { limit: 20 })).items;
    const bindingId = row?.bindingId ?? '';
    await expect(guide.api.distribution.interests(shopId, bindingId)).rejects.toMatchObject({
      code: 'distribution.look_not_allowed',
    });
    await customer.api.distribution.allowLook(shopId, { allow: true });
    const seen = await guide.api.distribution.interests(shopId, bindingId);
    expect(seen.viewed.map(({ spuId }) => spuId)).toContain(product.spuId);
    expect(seen.favourites.map(({ spuId }) => spuId)).toContain(product.spuId);
    const other = await world.buyer('zhou-yutong');
    await other.api.distribution.apply(shopId, { realName: '周雨桐', idNumber: idNumberOf(2), consent: true });
    await shop.distribution.decide(other.buyerId, { decision: 'approve' });
    await expect(other.api.distribution.interests(shopId, bindingId)).rejects.toMatchObject({
      code: 'distribution.customer_not_found',
    });
    expect((await customer.api.distribution.guides()).items).toMatchObject([{ looks: 1, allowsLook: true }]);
  });

  it('C03-SCN-01 C13-GMV-01 group buy and bargain beside distribution: the door picks the one price, the link earns of what was paid for it', async () => {
    await signIn();
    const at = (ms: number) => new Date(world.clock.now().getTime() + ms).toISOString();
    const window = { startsAt: at(-1_000), endsAt: at(2 * day), overrideReason: '测试放行' };
    const [sku] = product.skus;
    const { skuId = '', salePrice = 0 } = sku ?? {};
    const made = async (path: string, body: object): Promise<string> => {
      const activityId = randomUUID();
      const url = `/api/console/${path}`;
      const reply = await world.inject({
        method: 'POST',
        url,
        headers: staff,
        body: { activityId, ...body, ...window },
      });
      expect(reply.status, reply.text).toBe(201);
      return activityId;
    };
    const groupBuy = await made('group-buys', {
      ...{ spuId: product.spuId, skuIds: [skuId], name: '一起买', steps: [{ size: 2, payRate: 9_000 }] },
      ...{ quota: 10, buyerLimit: 1, hours: 24, allowsSolo: true },
    });
    const bargaining = await made('bargains', {
      ...{ skuId, name: '好友帮砍', floorPrice: Math.ceil(salePrice * 0.9), helpsNeeded: 3, quota: 5, hours: 24 },
    });
    const [customer, friend] = [await world.buyer('chen-mo'), await world.buyer('su-wan')];
    const buy = async (as: TestBuyer, persona: string, entry: { kind: 'group' | 'bargain'; id: string }) => {
      const { addresses } = await as.api.addresses.list({});
      const addressId = addresses[0]?.addressId ?? (await as.api.addresses.create(address)).addressId;
      const source = { kind: 'lines' as const, lines: [{ skuId, quantity: 1 }] };
      const { orderNos, paymentId } = await as.api.orders.place({ source, addressId, entry }, randomUUID());
      await pay(world, as, persona, paymentId);
      const [orderNo = ''] = orderNos;
      const { lines } = await untilOrder(world, as, orderNo, ({ status }) => status === 'paid');
      await world.shop.settle();
      return { orderNo, kept: lines.reduce((sum, line) => sum + line.payable, 0) };
    };
    const grouped = await buy(customer, 'chen-mo', { kind: 'group', id: groupBuy });
    // Bound customers alone earn somebody something: the friend who joins is nobody's.
    const { groupId } = await customer.api.groupBuys.ofOrder(grouped.orderNo);
    await buy(friend, 'su-wan', { kind: 'group', id: groupId });
    const { bargainId } = await customer.api.bargains.open({ activityId: bargaining });
    const bargained = await buy(customer, 'chen-mo', { kind: 'bargain', id: bargainId });
    expect(grouped.kept).toBeLessThanOrEqual(salePrice - Math.floor(salePrice / 10));

    const { items } = await guide.api.distribution.commissions(shopId, { limit: 10 });
    const of = (orderNo: string) => items.filter((item) => item.orderNo === orderNo);
    for (const { orderNo, kept } of [grouped, bargained])
      expect(of(orderNo)).toMatchObject([{ kept, amount: Math.floor((kept * 2_000) / 10_000), status: 'estimated' }]);
    expect(items).toHaveLength(3);
  }, 60_000);
});
