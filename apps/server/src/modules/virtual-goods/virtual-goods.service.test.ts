import type { ConsentGiven, GoodsTerms } from '@xiaopu/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { openTrade, shopA, shopB, type Trade } from '../../../test/trade.ts';

const code: GoodsTerms = { kind: 'virtual', delivery: 'code', days: 30, content: '在「会员中心」兑换' };
const access: GoodsTerms = { kind: 'virtual', delivery: 'access', days: null, content: 'https://example.com/lesson' };
const agreed: ConsentGiven[] = [{ key: 'virtual_no_return', version: '2026-12' }];
const staff = { shopId: shopA, name: '周店主' };

describe('virtual goods', () => {
  let trade: Trade;
  beforeAll(async () => {
    trade = await openTrade();
  });
  afterAll(() => trade.close());

  const givenCodes = async (count: number, skuGiven?: string): Promise<string> => {
    const skuId = skuGiven ?? (await trade.givenSku({ goods: code, stock: 0, title: '会员月卡' }));
    const codes = Array.from({ length: count }, () => newId().slice(-12).toUpperCase());
    await trade.inTransaction((tx) => trade.virtualGoods.addCodes(tx, staff, { skuId, codes }));
    return skuId;
  };
  const buy = (
    buyerId: string,
    lines: { skuId: string; quantity: number }[],
    consents: ConsentGiven[] | undefined = agreed,
  ) =>
    trade.inTransaction((tx) =>
      trade.orders.place(tx, buyerId, newId(), {
        source: { kind: 'lines', lines },
        ...(consents && { consents }),
      }),
    );
  async function bought(skuId: string, quantity = 1) {
    const buyerId = newId();
    const placed = await buy(buyerId, [{ skuId, quantity }]);
    await trade.pay(buyerId, placed.paymentId);
    return { buyerId, orderNo: placed.orderNos[0] as string, paymentId: placed.paymentId };
  }
  const read = (buyerId: string, orderNo: string) =>
    trade.inTransaction((tx) => trade.virtualGoods.read(tx, buyerId, orderNo));
  const outcomeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof AppError ? error.code : Promise.reject(error)),
    );
  const refund = async (buyerId: string, orderNo: string) => {
    const { refunds } = await trade.orders.get(trade.db, buyerId, orderNo);
    await trade.inTransaction((tx) =>
      trade.orders.refundSettled(tx, {
        ...{ buyerId, orderNo, refundNo: refunds[0]?.refundNo ?? '', paymentId: '', amount: 0, outcome: 'succeeded' },
      }),
    );
    await trade.settle();
  };

  it('C10-PAY-07 needs no address and no freight, and is delivered by itself once paid, to its buyer alone', async () => {
    const skuId = await givenCodes(2);
    const buyerId = newId();
    const preview = await trade.checkout.preview(trade.db, buyerId, {
      source: { kind: 'lines', lines: [{ skuId, quantity: 2 }] },
    });
    expect(preview).toMatchObject({ needsAddress: false, freight: 0, blockedBy: null, payable: 10_000 });
    const order = await bought(skuId, 2);
    expect(await trade.statusOf(order.buyerId, order.orderNo)).toBe('paid');
    await trade.settle();
    const detail = await trade.orders.get(trade.db, order.buyerId, order.orderNo);
    expect(detail).toMatchObject({ status: 'completed', goods: 'virtual', freight: 0, parcels: [] });
    expect(detail.actions[0]).toBe('show_delivery');
    const [given] = (await read(order.buyerId, order.orderNo)).items;
    expect(given?.codes).toHaveLength(2);
    expect(given).toMatchObject({
      content: '在「会员中心」兑换',
      isOver: false,
      expiresAt: '2026-12-22T04:00:00.000Z',
    });
    await expect(read(newId(), order.orderNo)).rejects.toMatchObject({ code: 'orders.not_found' });
    expect(await trade.stockOf(skuId)).toMatchObject({ onHand: 0, reserved: 0 });
  });

  it('C10-PAY-07 tells WeChat of it as of a virtual delivery, once', async () => {
    const { orderNo } = await bought(await givenCodes(1));
    await trade.settle();
    const tasks = await trade.fulfilment.claimUploads(50);
    expect(tasks.filter((task) => task.orderNo === orderNo)).toMatchObject([{ way: 'virtual', isSingle: true }]);
  });

  it('C10-PAY-07 sells no code twice: 30 pay at once, 20 codes go to 20 orders and the others wait for more', async () => {
    const skuId = await givenCodes(30);
    const orders = await Promise.all(Array.from({ length: 30 }, () => bought(skuId)));
    // As if ten had been taken away by hand.
    await trade.db
      .deleteFrom('virtualGoods.code')
      .where('codeId', 'in', (eb) =>
        eb.selectFrom('virtualGoods.code').select('codeId').where('skuId', '=', skuId).limit(10),
      )
      .execute();
    // Every order twice, all at once.
    await Promise.all(
      [...orders, ...orders].map(({ buyerId, orderNo }) =>
        trade.inTransaction((tx) => trade.virtualGoods.deliver(tx, buyerId, orderNo)),
      ),
    );
    await trade.settle();
    while ((await trade.virtualGoods.deliverDue(trade.database)) > 0);
    const read20 = await Promise.all(orders.map(({ buyerId, orderNo }) => read(buyerId, orderNo)));
    const codes = read20.flatMap(({ items }) => items.flatMap((item) => item.codes));
    expect(codes).toHaveLength(20);
    expect(new Set(codes).size).toBe(20);
    const waiting = [];
    for (const order of orders)
      if ((await trade.statusOf(order.buyerId, order.orderNo)) === 'paid') waiting.push(order);
    expect(waiting).toHaveLength(10);
    await givenCodes(10, skuId);
    await trade.virtualGoods.deliverDue(trade.database);
    for (const order of waiting) expect(await trade.statusOf(order.buyerId, order.orderNo)).toBe('completed');
  });

  it('C10-PAY-07 keeps codes sealed, and leaves out those it knows', async () => {
    const skuId = await givenCodes(0);
    const add = (codes: string[]) =>
      trade.inTransaction((tx) => trade.virtualGoods.addCodes(tx, staff, { skuId, codes }));
    expect(await add(['AAAA-1', 'AAAA-2', ' AAAA-1 '])).toEqual({ added: 2, known: 1 });
    expect(await add(['AAAA-2', 'AAAA-3'])).toEqual({ added: 1, known: 1 });
    expect(await trade.stockOf(skuId)).toMatchObject({ onHand: 3 });
    const rows = await trade.db.selectFrom('virtualGoods.code').selectAll().where('skuId', '=', skuId).execute();
    expect(JSON.stringify(rows)).not.toContain('AAAA');
    const { spuId } = trade.skus.get(skuId) as { spuId: string };
    expect((await trade.virtualGoods.stock(trade.db, shopA, spuId)).items).toMatchObject([{ free: 3, sold: 0 }]);
    await expect(trade.virtualGoods.stock(trade.db, shopB, spuId)).rejects.toMatchObject({
      code: 'virtual_goods.product_not_found',
    });
    expect(
      await outcomeOf(
        trade.inTransaction((tx) =>
          trade.virtualGoods.addCodes(tx, { shopId: shopB, name: '旁人' }, { skuId, codes: ['B'] }),
        ),
      ),
    ).toBe('virtual_goods.sku_not_found');
  });

  it('C12-CON-02 cannot be placed before "购买后不支持退换" was ticked, in the version that is shown', async () => {
    const skuId = await givenCodes(1);
    const buyerId = newId();
    const preview = await trade.checkout.preview(trade.db, buyerId, {
      source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] },
    });
    expect(preview.consents).toEqual([
      { key: 'virtual_no_return', version: '2026-12', text: '虚拟商品，购买后不支持退换', titles: ['会员月卡'] },
    ]);
    const lines = [{ skuId, quantity: 1 }];
    expect(await outcomeOf(buy(buyerId, lines, []))).toBe('orders.consent_missing');
    expect(await outcomeOf(buy(buyerId, lines, [{ key: 'virtual_no_return', version: '2019-01' }]))).toBe(
      'orders.consent_missing',
    );
    expect(await trade.stockOf(skuId)).toMatchObject({ reserved: 0 });
    expect(await outcomeOf(buy(buyerId, lines))).toBe('done');
  });

  it('C12-CON-03 keeps who agreed to which words, when, with the order, in its log and for export', async () => {
    const { buyerId, orderNo } = await bought(await givenCodes(1));
    const { timeline, consents } = await trade.orders.getOfShop(trade.db, shopA, orderNo);
    const at = '2026-11-22T04:00:00.000Z';
    const kept = { key: 'virtual_no_return', version: '2026-12', text: '虚拟商品，购买后不支持退换', at };
    expect(consents).toEqual([kept]);
    expect(timeline).toContainEqual({
      at,
      text: '下单前确认：虚拟商品，购买后不支持退换（文本版本 2026-12）',
      actor: '买家',
    });
    const span = { from: new Date('2026-11-22T00:00:00Z'), until: new Date('2026-11-23T00:00:00Z'), limit: 1_000 };
    expect(await trade.orders.consentsOfShop(trade.db, shopA, span)).toContainEqual({ ...kept, orderNo, buyerId });
    expect((await trade.orders.consentsOfShop(trade.db, shopB, span)).map((row) => row.orderNo)).not.toContain(orderNo);
  });

  it('C12-CON-01 goods excepted from the seven days ask for consent with each order, others for none', async () => {
    const fresh = await trade.givenSku({ returnable: false });
    const usual = await trade.givenSku();
    const buyerId = newId();
    const addressId = trade.givenAddress(buyerId);
    const place = (skuId: string, consents: ConsentGiven[]) =>
      trade.inTransaction((tx) =>
        trade.orders.place(tx, buyerId, newId(), {
          source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] },
          ...{ addressId, consents },
        }),
      );
    expect(await outcomeOf(place(fresh, []))).toBe('orders.consent_missing');
    expect(await outcomeOf(place(usual, []))).toBe('done');
    expect(await outcomeOf(place(fresh, [{ key: 'excepted_no_reason', version: '2026-12' }]))).toBe('done');
  });

  it('C10-PAY-07 splits a cart into an order a kind under one payment, sums and freight as they were shown', async () => {
    const cup = await trade.givenSku({ salePrice: 3_000 });
    const lesson = await trade.givenSku({ goods: access, salePrice: 9_900 });
    const buyerId = newId();
    const addressId = trade.givenAddress(buyerId);
    const source = { kind: 'lines' as const, lines: [cup, lesson].map((skuId) => ({ skuId, quantity: 1 })) };
    const preview = await trade.checkout.preview(trade.db, buyerId, { source, addressId });
    // What is not sent counts for no free freight.
    expect(preview).toMatchObject({ goodsTotal: 12_900, freight: 800, payable: 13_700, needsAddress: true });
    const placed = await trade.inTransaction((tx) =>
      trade.orders.place(tx, buyerId, newId(), { source, addressId, consents: agreed, expectedPayable: 13_700 }),
    );
    expect(placed.orderNos).toHaveLength(2);
    const orders = await Promise.all(placed.orderNos.map((orderNo) => trade.orders.get(trade.db, buyerId, orderNo)));
    expect(orders.map(({ goods, freight, payable }) => ({ goods, freight, payable }))).toEqual([
      { goods: 'physical', freight: 800, payable: 3_800 },
      { goods: 'virtual', freight: 0, payable: 9_900 },
    ]);
    await trade.pay(buyerId, placed.paymentId);
    await trade.settle();
    expect(await Promise.all(placed.orderNos.map((orderNo) => trade.statusOf(buyerId, orderNo)))).toEqual([
      'paid',
      'completed',
    ]);
    const virtual = orders[1]?.orderNo as string;
    await expect(
      trade.inTransaction((tx) =>
        trade.fulfilment.ship(tx, shopA, {
          ...{ orderNo: virtual, carrierCode: 'SF', waybillNo: 'SF1234567890', staffName: '仓' },
        }),
      ),
    ).rejects.toMatchObject({ code: 'orders.cannot_ship' });
    expect((await read(buyerId, virtual)).items).toMatchObject([
      { codes: [], content: 'https://example.com/lesson', expiresAt: null },
    ]);
  });

  it('C10-PAY-07 is given back for the asking while undelivered; afterwards its codes are void and never sold again', async () => {
    const skuId = await givenCodes(2);
    const first = await bought(skuId);
    await trade.inTransaction((tx) => trade.orders.refundByBuyer(tx, first.buyerId, first.orderNo, '不想要了'));
    // The payment's event comes late: nothing is delivered any more.
    await trade.settle();
    await refund(first.buyerId, first.orderNo);
    expect(await trade.statusOf(first.buyerId, first.orderNo)).toBe('refunded');
    expect((await read(first.buyerId, first.orderNo)).items).toEqual([]);
    expect(await trade.stockOf(skuId)).toMatchObject({ onHand: 2, available: 2 });

    const second = await bought(skuId);
    await trade.settle();
    const byHand = trade.inTransaction((tx) =>
      trade.orders.refundByBuyer(tx, second.buyerId, second.orderNo, '不想要了'),
    );
    expect(await outcomeOf(byHand)).toBe('orders.cannot_refund');
    const order = await trade.orders.returnable(trade.db, second.buyerId, second.orderNo);
    const [line] = order?.lines ?? [];
    await trade.inTransaction((tx) =>
      trade.orders.refundPart(tx, second.buyerId, second.orderNo, {
        ...{ refundNo: newRefundNo(), reason: '商家同意', requestedBy: '周店主', freight: 0 },
        lines: [{ lineId: line?.lineId ?? '', quantity: 1, amount: 5_000, withdrawn: 0 }],
      }),
    );
    await refund(second.buyerId, second.orderNo);
    expect((await read(second.buyerId, second.orderNo)).items).toMatchObject([{ codes: [], isOver: true }]);
    const { spuId } = trade.skus.get(skuId) as { spuId: string };
    expect((await trade.virtualGoods.stock(trade.db, shopA, spuId)).items).toMatchObject([
      { free: 1, sold: 0, void: 1 },
    ]);
    expect(await trade.stockOf(skuId)).toMatchObject({ available: 1 });
  });

  it('C10-PAY-07 X-19 is not sold inside the mini program on iOS unless the setting allows it', async () => {
    const skuId = await givenCodes(1);
    const source = { kind: 'lines' as const, lines: [{ skuId, quantity: 1 }] };
    const onIos = { onIos: true };
    const preview = await trade.checkout.preview(trade.db, newId(), { source }, onIos);
    expect(preview).toMatchObject({ canSubmit: false, blockedBy: 'virtual_on_ios' });
    const place = () =>
      trade.inTransaction((tx) => trade.orders.place(tx, newId(), newId(), { source, consents: agreed }, onIos));
    expect(await outcomeOf(place())).toBe('orders.virtual_not_on_ios');
  });

  let serial = 0;
  const newRefundNo = () => `${Date.parse('2026-11-22')}`.padEnd(18, '7') + String(++serial).padStart(2, '0');
});
