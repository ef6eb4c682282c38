import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dayMs, hourMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { findOfBuyer } from './after-sales.reading.ts';
import { isChainWhole } from './after-sales.repository.ts';
import { openWorld, type World } from './after-sales.testing.ts';

describe('after-sale', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.clock.set(world.start);
    world.calls.length = 0;
  });

  type Order = Awaited<ReturnType<World['givenOrder']>>;
  const apply = (
    { buyerId, orderNo, lineIds }: Order,
    over: Partial<Parameters<World['afterSales']['apply']>[2]> = {},
  ): Promise<string> =>
    world
      .inTransaction((tx) =>
        world.afterSales.apply(tx, buyerId, {
          orderNo,
          kind: 'return',
          reason: 'quality',
          description: '有瑕疵',
          mediaIds: [],
          lines: [{ lineId: lineIds[0] as string, quantity: 1 }],
          ...over,
        }),
      )
      .then(({ caseNo }) => caseNo);
  const get = ({ buyerId }: Order, caseNo: string) => world.afterSales.get(world.db, buyerId, caseNo);
  const shop = (work: (tx: Parameters<Parameters<World['inTransaction']>[0]>[0]) => Promise<unknown>) =>
    world.inTransaction(work as never);
  const agree = (order: Order, caseNo: string) =>
    shop((tx) => world.afterSales.agree(tx, order.shopId, caseNo, '小陈'));
  const refuse = (order: Order, caseNo: string) =>
    shop((tx) => world.afterSales.refuse(tx, order.shopId, caseNo, { reason: '影响二次销售', staffName: '小陈' }));
  const shipBack = ({ buyerId }: Order, caseNo: string) =>
    shop((tx) => world.afterSales.shipBack(tx, buyerId, caseNo, { carrierCode: 'SF', waybillNo: 'SF1234567890' }));
  const receive = ({ shopId }: Order, caseNo: string, restock = true) =>
    shop((tx) => world.afterSales.receive(tx, shopId, caseNo, { restock, staffName: '小陈' }));

  it('return with goods: applied, agreed with the address, sent back, received, on the shelf once, money once', async () => {
    const order = await world.givenOrder({ lines: [{ salePrice: 5_000, quantity: 2 }], receive: true });
    const mediaIds = [world.givenPicture(order.buyerId)];
    await shop((tx) =>
      world.afterSales.setReturnAddress(tx, order.shopId, {
        name: '退货组',
        phone: '13700001111',
        text: '杭州市余杭区仓前街道 8 号',
      }),
    );
    const caseNo = await apply(order, { mediaIds });
    expect(await get(order, caseNo)).toMatchObject({
      status: 'applied',
      amount: 5_000,
      deadline: new Date(world.clock.now().getTime() + 120 * hourMs).toISOString(),
      evidence: [{ url: `/preview/${'b'.repeat(32)}` }],
      returnAddress: null,
      actions: ['edit', 'cancel'],
    });
    await agree(order, caseNo);
    expect(await get(order, caseNo)).toMatchObject({
      status: 'returning',
      returnAddress: { name: '退货组', phone: '13700001111' },
      actions: ['ship_back', 'cancel'],
    });
    await shipBack(order, caseNo);
    await receive(order, caseNo);
    expect(world.refundsOf(order.buyerId)).toEqual([
      expect.objectContaining({ amount: 5_000, orderNo: order.orderNo }),
    ]);
    expect(await world.stockOf(order.skuIds[0] as string)).toMatchObject({ onHand: 9, reserved: 0 });
    await expect(receive(order, caseNo)).rejects.toMatchObject({ code: 'after_sales.state_conflict' });
    await world.settleRefunds(order.buyerId);
    await world.settleRefunds(order.buyerId);
    const done = await get(order, caseNo);
    expect(done).toMatchObject({ status: 'refunded', headline: '¥50.00 已原路退回', actions: [] });
    expect(done.timeline.map(({ actor, text }) => `${actor}：${text}`).reverse()).toEqual([
      '买家：申请退货退款 ¥50.00：质量问题',
      '商家：商家同意售后申请',
      '买家：买家已寄回：顺丰速运 SF1234567890',
      '商家：商家确认收到退货，退款 ¥50.00',
      '系统：退款 ¥50.00 已到账',
    ]);
    expect(await world.statusOf(order.buyerId, order.orderNo)).toBe('completed');
    expect(await world.stockOf(order.skuIds[0] as string)).toMatchObject({ onHand: 9, reserved: 0 });
  });

  it('C10-DSP-01 asked on Sunday at 03:00 for what has not left: agreed and sent at once, stock back when settled', async () => {
    world.clock.set('2026-11-28T19:00:00.000Z'); // Sunday 03:00 in Shanghai
    const order = await world.givenOrder({ lines: [{ salePrice: 5_000, quantity: 3 }] });
    const caseNo = await apply(order, { kind: 'refund', reason: 'changed_mind' });
    expect((await get(order, caseNo)).status).toBe('refunding');
    expect(world.refundsOf(order.buyerId)).toEqual([expect.objectContaining({ amount: 5_000 })]);
    expect(await world.statusOf(order.buyerId, order.orderNo)).toBe('paid');
    expect(await world.stockOf(order.skuIds[0] as string)).toMatchObject({ onHand: 10, reserved: 3 });
    await world.settleRefunds(order.buyerId);
    await world.settleRefunds(order.buyerId);
    expect(await world.stockOf(order.skuIds[0] as string)).toMatchObject({ onHand: 10, reserved: 2 });
    // The rest ships, and no more than the rest.
    await shop((tx) =>
      world.fulfilment.ship(tx, order.shopId, {
        orderNo: order.orderNo,
        carrierCode: 'SF',
        waybillNo: 'SF55555555',
        staffName: '小陈',
      }),
    );
    expect(await world.statusOf(order.buyerId, order.orderNo)).toBe('shipped');
    expect(await world.stockOf(order.skuIds[0] as string)).toMatchObject({ onHand: 8, reserved: 0 });
  });

  it('refunding every piece before shipping refunds the order with its freight', async () => {
    const order = await world.givenOrder({
      lines: [
        { salePrice: 2_000, quantity: 1 },
        { salePrice: 1_500, quantity: 2 },
      ],
    });
    expect(order.payable).toBe(2_000 + 3_000 + 800);
    await apply(order, { kind: 'refund', reason: 'changed_mind' });
    await apply(order, {
      kind: 'refund',
      reason: 'changed_mind',
      lines: [{ lineId: order.lineIds[1] as string, quantity: 2 }],
    });
    expect(world.refundsOf(order.buyerId).map(({ amount }) => amount)).toEqual([2_000, 3_800]);
    expect(await world.statusOf(order.buyerId, order.orderNo)).toBe('refunding');
    await world.settleRefunds(order.buyerId);
    expect(await world.statusOf(order.buyerId, order.orderNo)).toBe('refunded');
    for (const skuId of order.skuIds) expect(await world.stockOf(skuId)).toMatchObject({ onHand: 10, reserved: 0 });
  });

  it('the shop’s silence agrees after 48 hours where instant refunds are off, not a millisecond before', async () => {
    const order = await world.givenOrder();
    await shop((tx) =>
      world.policies.set(tx, {
        key: 'after_sales.instant_refund_unshipped',
        value: 0,
        shopId: order.shopId,
        by: '店主',
      }),
    );
    try {
      const caseNo = await apply(order, { kind: 'refund', reason: 'changed_mind' });
      world.clock.advance(48 * hourMs - 1);
      expect([await world.runDue(), (await get(order, caseNo)).status]).toEqual([0, 'applied']);
      world.clock.advance(1);
      expect([await world.runDue(), (await get(order, caseNo)).status]).toEqual([1, 'refunding']);
      expect(await world.runDue()).toBe(0);
      expect(world.refundsOf(order.buyerId)).toHaveLength(1);
    } finally {
      await shop((tx) =>
        world.policies.set(tx, {
          key: 'after_sales.instant_refund_unshipped',
          value: 1,
          shopId: order.shopId,
          by: '店主',
        }),
      );
    }
  });

  it('every other silence: return agreed after 120 h, buyer’s 7 days close, the shop’s 10 days receive', async () => {
    const [lazyBuyer, lazyShop] = [
      await world.givenOrder({ receive: true }),
      await world.givenOrder({ receive: true }),
    ];
    const [a, b] = [await apply(lazyBuyer), await apply(lazyShop)];
    world.clock.advance(120 * hourMs);
    expect(await world.runDue()).toBe(2);
    expect((await get(lazyBuyer, a)).status).toBe('returning');
    await shipBack(lazyShop, b);
    world.clock.advance(7 * dayMs);
    expect(await world.runDue()).toBe(1);
    expect(await get(lazyBuyer, a)).toMatchObject({
      status: 'closed',
      timeline: [{ text: '买家逾期未寄回，售后关闭' }, {}, {}],
    });
    expect(world.refundsOf(lazyBuyer.buyerId)).toEqual([]);
    world.clock.advance(3 * dayMs);
    expect(await world.runDue()).toBe(1);
    expect((await get(lazyShop, b)).status).toBe('refunding');
    expect(await world.stockOf(lazyShop.skuIds[0] as string)).toMatchObject({ onHand: 10 });
    expect(world.refundsOf(lazyShop.buyerId)).toHaveLength(1);
  });

  it('exchange: stock reserved at agreement, shipped as a new parcel, returned goods back on the shelf', async () => {
    const order = await world.givenOrder({ lines: [{ salePrice: 5_000, quantity: 1, stock: 2 }], receive: true });
    const [skuId = ''] = order.skuIds;
    const caseNo = await apply(order, { kind: 'exchange', reason: 'does_not_fit' });
    expect((await get(order, caseNo)).amount).toBe(0);
    await agree(order, caseNo);
    expect(await world.stockOf(skuId)).toMatchObject({ onHand: 1, reserved: 1 });
    await shipBack(order, caseNo);
    await receive(order, caseNo);
    expect(await world.stockOf(skuId)).toMatchObject({ onHand: 2, reserved: 1 });
    await shop((tx) =>
      world.afterSales.send(tx, order.shopId, caseNo, { carrierCode: 'SF', waybillNo: 'SF999999', staffName: '小陈' }),
    );
    expect(await world.stockOf(skuId)).toMatchObject({ onHand: 1, reserved: 0 });
    expect(await world.afterSales.track(world.db, order.buyerId, caseNo)).toMatchObject({
      parcels: [{ direction: 'exchange' }, { direction: 'return' }],
    });
    world.clock.advance(10 * dayMs);
    await world.runDue();
    expect((await get(order, caseNo)).status).toBe('completed');
    expect(world.refundsOf(order.buyerId)).toEqual([]);
  });

  it('an exchange without stock is refused to the shop, and silence turns it into a return', async () => {
    const order = await world.givenOrder({ lines: [{ salePrice: 5_000, quantity: 1, stock: 1 }], receive: true });
    const caseNo = await apply(order, { kind: 'exchange', reason: 'quality' });
    await expect(agree(order, caseNo)).rejects.toMatchObject({ code: 'after_sales.exchange_out_of_stock' });
    world.clock.advance(120 * hourMs);
    await world.runDue();
    // The only piece of the order, and the shop's fault: its freight comes too.
    expect(await get(order, caseNo)).toMatchObject({ status: 'returning', kind: 'return', amount: 5_800 });
  });

  it('an exchange given up or refused after its return gives its reserved stock back', async () => {
    const order = await world.givenOrder({ lines: [{ salePrice: 5_000, quantity: 1, stock: 3 }], receive: true });
    const [skuId = ''] = order.skuIds;
    const first = await apply(order, { kind: 'exchange', reason: 'quality' });
    await agree(order, first);
    await shop((tx) => world.afterSales.cancel(tx, order.buyerId, first));
    expect(await world.stockOf(skuId)).toMatchObject({ onHand: 2, reserved: 0 });
    const second = await apply(order, { kind: 'exchange', reason: 'quality' });
    await agree(order, second);
    await shipBack(order, second);
    await refuse(order, second);
    expect(await world.stockOf(skuId)).toMatchObject({ onHand: 2, reserved: 0 });
  });

  it('a part offered and taken counts money, not pieces; what is left can still be returned, never more than paid', async () => {
    const order = await world.givenOrder({ lines: [{ salePrice: 5_000, quantity: 2 }], receive: true });
    const both = [{ lineId: order.lineIds[0] as string, quantity: 2 }];
    const caseNo = await apply(order, { lines: both, reason: 'no_reason' });
    const offer = (amount: number) =>
      shop((tx) => world.afterSales.offer(tx, order.shopId, caseNo, { amount, note: '小瑕疵', staffName: '小陈' }));
    await expect(offer(10_001)).rejects.toMatchObject({ code: 'after_sales.offer_too_high' });
    await offer(1_000);
    expect((await get(order, caseNo)).offer).toEqual({ amount: 1_000, note: '小瑕疵' });
    await shop((tx) => world.afterSales.declineOffer(tx, order.buyerId, caseNo));
    await offer(1_500);
    await shop((tx) => world.afterSales.acceptOffer(tx, order.buyerId, caseNo));
    await world.settleRefunds(order.buyerId);
    expect(await get(order, caseNo)).toMatchObject({ status: 'refunded', amount: 1_500 });
    const rest = await world.afterSales.quote(world.db, order.buyerId, {
      orderNo: order.orderNo,
      kind: 'return',
      reason: 'no_reason',
      lines: both,
    });
    expect(rest).toMatchObject({ goodsAmount: 8_500, freight: 0 });
    expect(await world.statusOf(order.buyerId, order.orderNo)).toBe('completed');
  });

  it('C10-DSP-09 escalates on the 4th ask, not the 3rd, once; the platform’s word is final', async () => {
    const order = await world.givenOrder({ receive: true });
    const caseNo = await apply(order);
    const again = () =>
      shop((tx) =>
        world.afterSales.edit(tx, order.buyerId, caseNo, {
          kind: 'return',
          reason: 'quality',
          description: '再看看',
          mediaIds: [],
          lines: [{ lineId: order.lineIds[0] as string, quantity: 1 }],
        }),
      );
    const escalate = () => shop((tx) => world.afterSales.escalate(tx, order.buyerId, caseNo, '商家不讲理'));
    await refuse(order, caseNo);
    await expect(escalate()).rejects.toMatchObject({ code: 'after_sales.escalation_early', details: { asks: 3 } });
    await again();
    await refuse(order, caseNo);
    await again();
    expect(await get(order, caseNo)).toMatchObject({ status: 'applied', askCount: 3 });
    await refuse(order, caseNo);
    expect((await get(order, caseNo)).actions).toEqual(['escalate', 'edit', 'cancel']);
    await again();
    expect(await get(order, caseNo)).toMatchObject({ status: 'escalated', askCount: 4, deadline: null });
    await expect(agree(order, caseNo)).rejects.toMatchObject({ code: 'after_sales.state_conflict' });
    await shop((tx) => world.afterSales.arbitrate(tx, order.shopId, caseNo, { verdict: 'buyer', note: '凭证充分' }));
    expect(await get(order, caseNo)).toMatchObject({ status: 'returning' });
    const log = (await get(order, caseNo)).timeline.filter(({ text }) => text.includes('平台介入'));
    expect(log).toHaveLength(1);
  });

  it('asks that were refused and closed count on for the same line', async () => {
    const order = await world.givenOrder({ receive: true });
    for (const asks of [1, 2, 3]) {
      const caseNo = await apply(order);
      expect(await get(order, caseNo)).toMatchObject({ askCount: asks, status: 'applied' });
      await refuse(order, caseNo);
      await shop((tx) => world.afterSales.cancel(tx, order.buyerId, caseNo));
    }
    expect((await get(order, await apply(order))).status).toBe('escalated');
  });

  it('50 applications at once make one case; the others learn that it is open', async () => {
    const order = await world.givenOrder({ receive: true });
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => apply(order)));
    const won = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(won).toHaveLength(1);
    const codes = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []));
    expect(new Set(codes)).toEqual(new Set(['after_sales.already_open']));
    expect((await world.afterSales.list(world.db, order.buyerId, { limit: 50 })).items).toHaveLength(1);
  });

  it('C10-DSP-03 a failed refund keeps the case in refunding and says so; the retry under the same number ends it', async () => {
    const order = await world.givenOrder();
    const caseNo = await apply(order, { kind: 'refund', reason: 'changed_mind' });
    await world.settleRefunds(order.buyerId, 'failed');
    expect(await get(order, caseNo)).toMatchObject({ status: 'refunding', headline: '退款暂未成功，商家正在处理' });
    expect((await world.afterSales.getOfShop(world.db, order.shopId, caseNo)).refundFailed).toBe(true);
    const refundNo = world.refundsOf(order.buyerId)[0]?.refundNo as string;
    await shop((tx) => world.orders.retryRefund(tx, order.shopId, refundNo));
    await world.settleRefunds(order.buyerId);
    expect((await get(order, caseNo)).status).toBe('refunded');
    expect(await world.statusOf(order.buyerId, order.orderNo)).toBe('refunded');
  });

  it('refunding the whole order closes a case that still waits, and gives back only what was left', async () => {
    const order = await world.givenOrder({
      lines: [
        { salePrice: 2_000, quantity: 1 },
        { salePrice: 3_000, quantity: 1 },
      ],
    });
    await apply(order, { kind: 'refund', reason: 'changed_mind' });
    await shop((tx) =>
      world.policies.set(tx, {
        key: 'after_sales.instant_refund_unshipped',
        value: 0,
        shopId: order.shopId,
        by: '店主',
      }),
    );
    const waiting = await apply(order, {
      kind: 'refund',
      reason: 'changed_mind',
      lines: [{ lineId: order.lineIds[1] as string, quantity: 1 }],
    });
    await shop((tx) =>
      world.policies.set(tx, {
        key: 'after_sales.instant_refund_unshipped',
        value: 1,
        shopId: order.shopId,
        by: '店主',
      }),
    );
    await shop((tx) => world.orders.refundByBuyer(tx, order.buyerId, order.orderNo, '都不要了'));
    await world.messaging.relay.drain();
    expect((await get(order, waiting)).status).toBe('closed');
    expect(world.refundsOf(order.buyerId).map(({ amount }) => amount)).toEqual([2_000, 3_800]);
    await world.settleRefunds(order.buyerId);
    expect(await world.statusOf(order.buyerId, order.orderNo)).toBe('refunded');
    for (const skuId of order.skuIds) expect(await world.stockOf(skuId)).toMatchObject({ onHand: 10, reserved: 0 });
  });

  it('an order whose every piece came back cannot be reviewed; a kept piece can', async () => {
    const order = await world.givenOrder({
      lines: [
        { salePrice: 2_000, quantity: 1 },
        { salePrice: 3_000, quantity: 1 },
      ],
      receive: true,
    });
    const caseNo = await apply(order);
    await agree(order, caseNo);
    await shipBack(order, caseNo);
    await receive(order, caseNo, false);
    await world.settleRefunds(order.buyerId);
    expect(await world.stockOf(order.skuIds[0] as string)).toMatchObject({ onHand: 9 });
    const review = (lineId: string | undefined) =>
      shop((tx) => world.orders.takeLineForReview(tx, order.buyerId, order.orderNo, lineId as string));
    await expect(review(order.lineIds[0])).rejects.toMatchObject({ code: 'orders.cannot_review' });
    await review(order.lineIds[1]);
    const { actions } = await world.orders.get(world.db, order.buyerId, order.orderNo);
    expect(actions).not.toContain('review');
  });

  it('an open case keeps a shipped order from receiving by itself; afterwards its days begin anew', async () => {
    const order = await world.givenOrder({ ship: true });
    const autoReceiveAt = async () => (await world.orders.get(world.db, order.buyerId, order.orderNo)).autoReceiveAt;
    const caseNo = await apply(order);
    expect(await autoReceiveAt()).toBeNull();
    world.clock.advance(3 * dayMs);
    await shop((tx) => world.afterSales.cancel(tx, order.buyerId, caseNo));
    expect(await autoReceiveAt()).toBe(new Date(world.start.getTime() + 13 * dayMs).toISOString());
  });

  it('C12-CON-01 no-reason returns until the end of day 7, not for excepted goods; nothing after the window', async () => {
    const order = await world.givenOrder({ receive: true });
    const excepted = await world.givenOrder({
      lines: [{ salePrice: 5_000, quantity: 1, returnable: false }],
      receive: true,
    });
    await expect(apply(excepted, { reason: 'no_reason' })).rejects.toMatchObject({
      code: 'after_sales.no_reason_over',
    });
    // Received on 22 November at 12:00 in Shanghai.
    world.clock.set('2026-11-29T15:59:59.999Z');
    const caseNo = await apply(order, { reason: 'no_reason' });
    await shop((tx) => world.afterSales.cancel(tx, order.buyerId, caseNo));
    world.clock.set('2026-11-29T16:00:00.000Z');
    await expect(apply(order, { reason: 'no_reason' })).rejects.toMatchObject({ code: 'after_sales.no_reason_over' });
    world.clock.set('2026-12-07T16:00:00.000Z');
    await expect(apply(order)).rejects.toMatchObject({ code: 'after_sales.not_possible' });
    const options = await world.afterSales.options(world.db, order.buyerId, order.orderNo);
    expect(options.refusal).toBe('确认收货已超过 15 天，不能再申请售后');
    expect(options.lines[0]?.most).toEqual({ refund: 0, return: 0, exchange: 0 });
  });

  it('refuses more pieces than there are, another reason’s list, strange pictures, and writes nothing', async () => {
    const order = await world.givenOrder({ lines: [{ salePrice: 5_000, quantity: 2 }], ship: true });
    const line = (quantity: number) => ({ lines: [{ lineId: order.lineIds[0] as string, quantity }] });
    await expect(apply(order, line(3))).rejects.toMatchObject({ code: 'after_sales.too_many', details: { most: 2 } });
    await expect(apply(order, { kind: 'refund', reason: 'changed_mind' })).rejects.toMatchObject({
      code: 'after_sales.reason_not_fitting',
    });
    await expect(apply(order, { mediaIds: [world.givenPicture(newId())] })).rejects.toMatchObject({
      code: 'after_sales.picture_unknown',
    });
    await expect(apply(order, { lines: [{ lineId: newId(), quantity: 1 }] })).rejects.toMatchObject({
      code: 'after_sales.line_unknown',
    });
    const unshipped = await world.givenOrder();
    await expect(apply(unshipped)).rejects.toMatchObject({ code: 'after_sales.too_many', details: { most: 0 } });
    for (const { buyerId } of [order, unshipped])
      expect((await world.afterSales.list(world.db, buyerId, { limit: 10 })).items).toEqual([]);
  });

  it('C10-DSP-06 the log is a chain: a changed or a missing entry is found', async () => {
    const order = await world.givenOrder({ receive: true });
    const caseNo = await apply(order);
    await refuse(order, caseNo);
    const log = (await findOfBuyer(world.db, order.buyerId, caseNo))?.events ?? [];
    expect([log.length, isChainWhole(log)]).toEqual([2, true]);
    expect(isChainWhole(log.map((entry) => ({ ...entry, text: `${entry.text}。` })))).toBe(false);
    expect(isChainWhole(log.slice(1))).toBe(false);
  });

  it('C10-DSP-04 counts by reason and product', async () => {
    const before = await world.afterSales.reasons(world.db, (await world.givenOrder()).shopId, {});
    const order = await world.givenOrder({ receive: true });
    await apply(order, { reason: 'damaged' });
    const { reasons, products } = await world.afterSales.reasons(world.db, order.shopId, {});
    const count = (rows: typeof reasons) => rows.find(({ reason }) => reason === 'damaged')?.cases ?? 0;
    expect(count(reasons)).toBe(count(before.reasons) + 1);
    expect(products).toContainEqual(expect.objectContaining({ reasonText: '商品破损', cases: 1 }));
  });

  it('C08-LTV-02 the shop pays the way back for a diamond; gold pays it unless the shop is at fault', async () => {
    const gold = await world.givenOrder({ receive: true });
    const diamond = await world.givenOrder({ receive: true });
    world.diamonds.add(diamond.buyerId);
    const ask = (order: typeof gold, reason: 'no_reason' | 'quality', kind: 'return' | 'exchange' = 'return') =>
      world.afterSales.quote(world.db, order.buyerId, {
        orderNo: order.orderNo,
        kind,
        reason,
        lines: [{ lineId: order.lineIds[0] as string, quantity: 1 }],
      });
    expect(await ask(gold, 'no_reason')).toMatchObject({ freight: 0, returnFreight: { by: 'buyer' } });
    expect(await ask(gold, 'quality')).toMatchObject({ freight: 800, returnFreight: { by: 'shop' } });
    expect(await ask(diamond, 'no_reason')).toMatchObject({ freight: 800, returnFreight: { by: 'shop' } });
    expect((await ask(diamond, 'no_reason', 'exchange')).returnFreight?.by).toBe('shop');
    const caseNo = await apply(diamond, { kind: 'return', reason: 'no_reason' });
    // What was promised stays, even when the tier is lost before the money goes back.
    world.diamonds.delete(diamond.buyerId);
    await agree(diamond, caseNo);
    await shipBack(diamond, caseNo);
    await receive(diamond, caseNo);
    expect(await get(diamond, caseNo)).toMatchObject({ amount: 5_800, returnFreight: { by: 'shop' } });
  });
});
