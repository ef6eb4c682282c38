import { randomUUID } from 'node:crypto';
import type {
  BalancePreview,
  CheckoutPreview,
  ErrorReply,
  InboxPage,
  OrderDetail,
  PlacedOrder,
  ProductDetail,
  ProductOffers,
} from '@xiaopu/contracts';
import type { ConsolePresale, ConsolePresalePage, RefundPage } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dayMs, hourMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { auditAll } from '../../../src/main/audit.ts';
import { openTestShop, type TestBuyer, type TestShop } from '../../../test/shop.ts';
import { address, findProduct, pay, untilOrder } from '../../../test/story.ts';

const persona = 'lin-xia';

describe('presales', () => {
  let world: TestShop;
  let buyer: TestBuyer;
  let product: ProductDetail;
  let skuId: string;
  let salePrice: number;
  let addressId: string;
  let staff: Record<string, string>;
  beforeAll(async () => {
    world = await openTestShop();
    buyer = await world.buyer(persona);
    product = await findProduct(buyer, { units: 60 });
    const sku = product.skus.find(({ available }) => available >= 60);
    [skuId, salePrice] = [sku?.skuId ?? '', sku?.salePrice ?? 0];
    addressId = (await buyer.api.addresses.create(address)).addressId;
  }, 120_000);
  // Time leaps by days here: sessions begin anew.
  beforeEach(() => signIn());
  afterAll(() => world?.close());

  async function signIn() {
    buyer = await world.buyer(persona);
    staff = await world.staff('admin', product.shop.shopId);
  }
  const at = (ms: number) => new Date(world.clock.now().getTime() + ms).toISOString();
  const console = (method: string, url: string, body?: object) =>
    world.inject({ method, url: `/api/console/${url}`, headers: staff, body });
  const available = async () =>
    (await world.shop.inventory.levels(world.database.db, [skuId])).get(skuId)?.available ?? 0;
  // 10 % now, counts twice: what is paid in the end is the price less one deposit.
  const terms = () => {
    const price = salePrice - 1;
    const deposit = Math.floor(price / 10);
    return { price, deposit, depositWorth: deposit * 2, finalPrice: price - deposit };
  };
  const create = async (changes: object = {}) => {
    const { price, deposit, depositWorth } = terms();
    const body = {
      ...{ activityId: newId(), skuId, name: '新品预售', price, deposit, depositWorth, quota: 5, buyerLimit: 2 },
      ...{ startsAt: at(-1_000), endsAt: at(2 * dayMs), balanceOpensAt: at(2 * dayMs), balanceClosesAt: at(4 * dayMs) },
      ...{ shipsBy: at(9 * dayMs), forfeits: true, overrideReason: '测试价', ...changes },
    };
    const reply = await console('POST', 'presales', body);
    await world.shop.settle();
    return { ...reply, activityId: body.activityId };
  };
  const presale = async (changes: object = {}) => {
    const made = await create(changes);
    expect(made.status, made.text).toBe(201);
    return made.activityId;
  };
  const row = async (activityId: string): Promise<ConsolePresale> => {
    const { body } = await console('GET', 'presales?pageSize=50');
    const found = (body as ConsolePresalePage).items.find((item) => item.activityId === activityId);
    if (!found) throw new Error('the console does not list it');
    return found;
  };
  const source = (quantity = 1) => ({ kind: 'lines' as const, lines: [{ skuId, quantity }] });
  const preview = (activityId: string, quantity = 1, as = buyer): Promise<CheckoutPreview> =>
    as.api.checkout.preview({ source: source(quantity), entry: { kind: 'presale', id: activityId } });
  async function book(activityId: string, { quantity = 1, as = buyer, key = randomUUID() as string } = {}) {
    const { stages } = await preview(activityId, quantity, as);
    const mine = as === buyer ? addressId : (await as.api.addresses.create(address)).addressId;
    const entry = { kind: 'presale' as const, id: activityId, consent: stages?.consent ?? '' };
    return as.api.orders.place({ source: source(quantity), addressId: mine, entry }, key);
  }
  async function payDeposit(activityId: string, quantity = 1): Promise<PlacedOrder & { orderNo: string }> {
    const placed = await book(activityId, { quantity });
    const [orderNo = ''] = placed.orderNos;
    await pay(world, buyer, persona, placed.paymentId);
    await untilOrder(world, buyer, orderNo, ({ status }) => status === 'deposit_paid');
    return { ...placed, orderNo };
  }
  const leap = async (ms: number) => {
    await world.advance(ms);
    await signIn();
  };
  const status = (orderNo: string, wanted: OrderDetail['status']) =>
    untilOrder(world, buyer, orderNo, (order) => order.status === wanted);
  const code = (error: unknown) => (error as { code?: string }).code;
  const refusal = (work: Promise<unknown>) => work.then(() => 'taken', code);
  const clean = async () => {
    await world.shop.settle();
    const { results } = await auditAll(world.database, world.clock.now());
    expect(results.filter(({ differences }) => differences > 0)).toEqual([]);
  };
  /** What WeChat holds of an order: money in less money back, by the payments' own books. */
  const money = async (orderNo: string) => {
    const { rows } = await world.database.pool.query<{ paid: number; back: number; payments: number }>(
      `select coalesce(sum(amount), 0)::int as paid, count(*)::int as payments,
        (select coalesce(sum(amount), 0)::int from payments.refund where order_no = $1 and status = 'succeeded') as back
       from payments.payment where $1 = any(order_nos) and status = 'succeeded'`,
      [orderNo],
    );
    return rows[0];
  };

  it('C12-LAW-04 a deposit takes a place of the stated quantity; the balance is paid in its window with a coupon on it', async () => {
    const before = await available();
    const activityId = await presale();
    const { price, deposit, depositWorth, finalPrice } = terms();
    expect(await available()).toBe(before - 5);
    const offers: ProductOffers = await buyer.api.coupons.ofProduct(product.spuId);
    expect(offers.activities?.presales).toMatchObject([
      { activityId, quota: 5, left: 5, deposit, depositWorth, finalPrice, balance: finalPrice - deposit, price },
    ]);

    const shown = await preview(activityId);
    expect(shown.stages).toMatchObject({ deposit, balance: shown.payable - deposit, forfeits: true });
    expect(shown.goodsTotal - shown.breakdown.activity).toBe(finalPrice);
    expect([shown.breakdown.coupon, shown.breakdown.points]).toEqual([0, 0]);
    // Consent to other terms is none; the shop's terms of one piece are not those of two.
    const entry = { kind: 'presale' as const, id: activityId };
    for (const consent of [undefined, 'x'.repeat(32), (await preview(activityId, 2)).stages?.consent])
      expect(
        await refusal(
          buyer.api.orders.place(
            { source: source(), addressId, entry: { ...entry, ...(consent ? { consent } : {}) } },
            randomUUID(),
          ),
        ),
      ).toBe('presale.consent_missing');

    const statements = await world.database.statementsOf(async () => {
      await buyer.api.orders.place(
        { source: source(), addressId, entry: { ...entry, consent: shown.stages?.consent ?? '' } },
        'presale-key-0001',
      );
    });
    const own = statements.filter((statement) => !/identity\.|"identity"/.test(statement));
    expect(own.length, own.join('\n')).toBeLessThanOrEqual(12);
    const again = await book(activityId, { key: 'presale-key-0001' });
    expect(again).toMatchObject({ due: deposit, payable: shown.payable });
    expect(await refusal(book(activityId))).toBe('presale.already_joined');
    const [orderNo = ''] = again.orderNos;
    await pay(world, buyer, persona, again.paymentId);
    const waiting = await status(orderNo, 'deposit_paid');
    expect(waiting).toMatchObject({ statusText: '待付尾款', actions: [], stages: { deposit, isBalancePlaced: false } });
    expect(await row(activityId)).toMatchObject({ left: 4, results: { kept: 1, deposits: deposit } });
    const { rows } = await world.database.pool.query<{ terms: string; consentedAt: Date }>(
      `select terms, consented_at as "consentedAt" from presale.booking where order_no = $1`,
      [orderNo],
    );
    expect(rows[0]?.terms).toContain('定金不退');
    expect(rows[0]?.consentedAt).not.toBeNull();
    expect(await refusal(buyer.api.orders.payBalance(orderNo, {}))).toBe('orders.balance_early');

    await leap(2 * dayMs + hourMs);
    // Told once that the window is open, however often the sweep comes by.
    await world.shop.settle();
    const inbox = (await buyer.api.messages.list({ limit: 20 })) as InboxPage;
    expect(inbox.items.filter((message) => message.orderNo === orderNo && message.kind === 'balance_due')).toHaveLength(
      1,
    );
    const template = {
      ...{ name: '尾款立减', kind: 'amount', threshold: 0, off: 300, scope: {}, rollingDays: 30, channel: 'grant' },
      ...{ claimFrom: at(-1_000), claimUntil: at(30 * dayMs), audiences: [], perUserLimit: 1, platformShare: 0 },
      ...{ exclusive: false, returnsOnRefund: true },
    };
    const made = await console('POST', 'coupons', template);
    expect(made.status, made.text).toBe(201);
    const { templateId } = made.body as { templateId: string };
    await console('POST', `coupons/${templateId}/grants`, { buyerIds: [buyer.buyerId] });
    const balance: BalancePreview = await buyer.api.orders.previewBalance(orderNo, {});
    const couponIds = balance.coupons.best.couponIds;
    expect(balance).toMatchObject({ blockedBy: null, deposit, balance: balance.payable - deposit });
    expect(balance.breakdown.coupon).toBe(300);
    expect(balance.goodsTotal - balance.discount).toBe(finalPrice - 300);

    let first: PlacedOrder | undefined;
    const cost = await world.database.statementsOf(async () => {
      first = await buyer.api.orders.payBalance(orderNo, { coupons: couponIds });
    });
    expect(cost.filter((statement) => !/identity\.|"identity"/.test(statement)).length).toBeLessThanOrEqual(12);
    // Sent again, with other words and at once: the payment there is.
    const repeats = await Promise.all([1, 2, 3].map(() => buyer.api.orders.payBalance(orderNo, {})));
    expect(new Set([first, ...repeats].map((one) => `${one?.paymentId} ${one?.due}`)).size).toBe(1);
    expect(first?.due).toBe(balance.balance);
    expect((await buyer.api.coupons.mine({ limit: 50 })).items.find(({ couponId }) => couponId === couponIds[0])).toBe(
      undefined,
    );
    await pay(world, buyer, persona, first?.paymentId ?? '');
    const paid = await status(orderNo, 'paid');
    expect(paid).toMatchObject({ payable: balance.payable, breakdown: { coupon: 300 } });
    expect(paid.headline).toContain('前发货');
    expect(await money(orderNo)).toEqual({ paid: balance.payable, back: 0, payments: 2 });
    for (const read of [() => buyer.api.orders.list({ limit: 10 }), () => buyer.api.orders.get(orderNo)]) {
      const reads = await world.database.statementsOf(async () => void (await read()));
      expect(reads.filter((statement) => !/identity/.test(statement)).length).toBeLessThanOrEqual(2);
    }
    await clean();

    // Back before it leaves: both payments, to the fen, the coupon, and the stock.
    await buyer.api.orders.refund(orderNo, { reason: '不想要了' });
    await status(orderNo, 'refunded');
    await world.shop.settle();
    expect(await money(orderNo)).toEqual({ paid: balance.payable, back: balance.payable, payments: 2 });
    const { items } = (await console('GET', `refunds?q=${orderNo}`)).body as RefundPage;
    expect(items.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual(
      [deposit, balance.balance].sort((a, b) => a - b),
    );
    expect((await buyer.api.coupons.mine({ limit: 50 })).items.some(({ couponId }) => couponId === couponIds[0])).toBe(
      true,
    );
    expect((await row(activityId)).results).toMatchObject({ returned: 1, bought: 0 });
    expect(await available()).toBe(before);
    await clean();
  }, 60_000);

  it('a missed balance loses the deposit only where that was agreed to; else it goes back', async () => {
    const before = await available();
    const agreed = await presale();
    const { deposit } = terms();
    const lost = await payDeposit(agreed);
    await console('POST', `presales/${agreed}/end`);
    const kind = await presale({ forfeits: false });
    const kept = await payDeposit(kind, 2);
    await leap(2 * dayMs + hourMs);
    // One has even asked for its balance and not paid it.
    const { paymentId } = await buyer.api.orders.payBalance(lost.orderNo, {});
    await buyer.api.payments.start(paymentId, { client: 'mp-weixin' });
    await leap(dayMs + 14 * hourMs);
    const ending = (await buyer.api.messages.list({ limit: 30 })).items.filter(({ kind: of }) => of === 'balance_due');
    expect(ending.filter(({ orderNo }) => orderNo === kept.orderNo)).toHaveLength(2);
    await leap(12 * hourMs);
    const closed = await status(lost.orderNo, 'cancelled');
    expect(closed.headline).toContain('定金按约定不退');
    await status(kept.orderNo, 'refunded');
    await world.shop.settle();
    expect(await money(lost.orderNo)).toEqual({ paid: deposit, back: 0, payments: 1 });
    expect(await money(kept.orderNo)).toEqual({ paid: deposit * 2, back: deposit * 2, payments: 1 });
    expect((await row(agreed)).results).toMatchObject({ lost: 1, forfeited: deposit });
    expect((await row(kind)).results).toMatchObject({ returned: 1, forfeited: 0 });
    expect(await refusal(buyer.api.orders.payBalance(lost.orderNo, {}))).toBe('orders.balance_not_due');
    expect(await available()).toBe(before);
    await clean();
  }, 60_000);

  it('the shop gives a presale up: deposits go back once, and a balance that was on its way too', async () => {
    const before = await available();
    const activityId = await presale();
    const { deposit } = terms();
    const { orderNo } = await payDeposit(activityId);
    await leap(2 * dayMs + hourMs);
    const balance = await buyer.api.orders.payBalance(orderNo, {});
    const { params } = await buyer.api.payments.start(balance.paymentId, { client: 'mp-weixin' });
    // Paid, and nobody has heard of it yet, when the shop gives up: closing finds the money at WeChat.
    await world.sandbox('PUT', '/control/switches', { 'notify.transaction': 'lost' });
    await world.sandbox('POST', '/phone/request-payment', { persona, ...params });
    const cancelled = await console('POST', `presales/${activityId}/cancel`);
    expect(cancelled.status, cancelled.text).toBe(204);
    await status(orderNo, 'refunded');
    await world.sandbox('PUT', '/control/switches', { 'notify.transaction': 'none' });
    for (let tries = 0; tries < 40 && (await money(orderNo))?.back !== balance.payable; tries += 1) {
      await world.advance(2_000);
      await new Promise((done) => setTimeout(done, 50));
    }
    expect(await money(orderNo)).toEqual({ paid: balance.payable, back: balance.payable, payments: 2 });
    expect(balance.payable).toBe(balance.due + deposit);
    expect((await row(activityId)).state).toBe('cancelled');
    expect((await row(activityId)).results).toMatchObject({ returned: 1 });
    expect((await console('POST', `presales/${activityId}/cancel`)).status).toBe(404);
    expect(await available()).toBe(before);
    await clean();
  }, 60_000);

  it('gives 3 places to exactly 3 of 12 shoppers at once; an unpaid one comes back to the presale', async () => {
    const before = await available();
    const activityId = await presale({ quota: 3 });
    const { items } = await world.sandbox<{ items: { id: string }[] }>('POST', '/control/personas', { count: 12 });
    const crowd: TestBuyer[] = [];
    for (const { id } of items) crowd.push(await world.buyer(id));
    const outcomes = await Promise.all(crowd.map((as) => refusal(book(activityId, { as }))));
    expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(3);
    expect(new Set(outcomes)).toEqual(new Set(['taken', 'inventory.out_of_stock']));
    expect(await available()).toBe(before - 3);
    expect(await row(activityId)).toMatchObject({ left: 0, state: 'sold_out' });
    // Nobody paid: the places are free again, for the presale and not for general stock.
    await leap(31 * 60_000);
    expect(await row(activityId)).toMatchObject({ left: 3, state: 'running' });
    expect(await available()).toBe(before - 3);
    await payDeposit(activityId, 2);
    expect(
      await refusal(buyer.api.checkout.preview({ source: source(), entry: { kind: 'presale', id: newId() } })),
    ).toBe('taken');
    await leap(2 * dayMs);
    // Over: what nobody booked is general stock again, and nobody joins.
    expect(await available()).toBe(before - 2);
    expect(await refusal(book(activityId))).toBe('presale.not_running');
    await console('POST', `presales/${activityId}/cancel`);
    await world.shop.settle();
    await clean();
  }, 60_000);

  it('after-sale of one piece of two takes the balance first, and all of it the deposit too', async () => {
    const activityId = await presale();
    const { orderNo } = await payDeposit(activityId, 2);
    await leap(2 * dayMs + hourMs);
    const { paymentId, payable, due } = await buyer.api.orders.payBalance(orderNo, {});
    await pay(world, buyer, persona, paymentId);
    const order = await status(orderNo, 'paid');
    const lineId = order.lines[0]?.lineId ?? '';
    for (let piece = 0; piece < 2; piece += 1) {
      const opened = await buyer.api.afterSales.apply({
        ...{ orderNo, kind: 'refund', reason: 'changed_mind', description: '', mediaIds: [] },
        lines: [{ lineId, quantity: 1 }],
      });
      for (let tries = 0; tries < 40; tries += 1) {
        await world.advance(2_000);
        if ((await buyer.api.afterSales.get(opened.caseNo)).status === 'refunded') break;
        await new Promise((done) => setTimeout(done, 50));
      }
      const back = (await money(orderNo))?.back ?? 0;
      if (piece === 0) expect(back).toBeLessThanOrEqual(due);
      else expect(back).toBe(payable);
    }
    await status(orderNo, 'refunded');
    expect((await row(activityId)).results).toMatchObject({ returned: 1 });
    await clean();
  }, 60_000);

  it('C07-GRP-03 refuses what could not be kept, and moves no unit', async () => {
    const before = await available();
    const { price } = terms();
    for (const [changes, wanted] of [
      [{ balanceOpensAt: at(dayMs) }, 'presale.bad_windows'],
      [{ shipsBy: at(3 * dayMs) }, 'presale.bad_windows'],
      [{ deposit: Math.floor(price / 5) + 1, depositWorth: Math.floor(price / 5) + 1 }, 'presale.deposit_too_high'],
      [{ deposit: 100, depositWorth: 99 }, 'presale.bad_deposit'],
      [{ price: salePrice + 100, depositWorth: terms().deposit }, 'presale.not_cheaper'],
      [{ price: 1_000, deposit: 100, depositWorth: 900, overrideReason: undefined }, 'presale.below_floor'],
      [{ quota: before + 1 }, 'inventory.out_of_stock'],
      [{ skuId: newId() }, 'presale.not_found'],
    ] as const)
      expect(((await create(changes)).body as ErrorReply).error?.code, JSON.stringify(changes)).toBe(wanted);
    expect(await available()).toBe(before);
    const stranger = await world.buyer('chen-mo');
    const { orderNo } = await payDeposit(await presale());
    expect(await refusal(stranger.api.orders.payBalance(orderNo, {}))).toBe('orders.not_found');
    expect(await refusal(stranger.api.orders.previewBalance(orderNo, {}))).toBe('orders.not_found');
  }, 60_000);
});
