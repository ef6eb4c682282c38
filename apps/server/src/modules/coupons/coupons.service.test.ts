import type { CouponTemplateInput } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '#platform/errors.ts';
import { newId, newTradeNo } from '#platform/ids.ts';
import { freightPrice, openTrade, shopA, shopB, type Trade } from '../../../test/trade.ts';
import type { OfferSource } from '../checkout/index.ts';
import { couponsSubscribers } from './coupons.subscribers.ts';
import { createCoupons } from './index.ts';

describe('coupons from claim to order', () => {
  let trade: Trade;
  let coupons: ReturnType<typeof createCoupons>;
  const offerSources: OfferSource[] = [];
  const layers = new Map<string, string[]>();
  /** Two accounts of one person. */
  const twins = new Map<string, string>();
  beforeAll(async () => {
    trade = await openTrade({ offerSources });
    coupons = createCoupons({
      distancesTo: async () => new Map(),
      storesOf: async () => [],
      clock: trade.clock,
      outbox: trade.messaging.outbox,
      policies: trade.policies,
      shopNames: async () => new Map([[shopA, '栖木家居']]),
      audiencesOf: async (_db, buyerId) => layers.get(buyerId) ?? [],
      kinship: async (_db, buyerId, otherId) => (twins.get(buyerId) === otherId ? 'same' : 'other'),
      nicknames: async (_db, buyerIds) => new Map(buyerIds.map((buyerId) => [buyerId, { nickname: '李小雨' }])),
    });
    offerSources.push({ name: 'coupons', offers: coupons.offers, take: coupons.take });
    couponsSubscribers(trade.messaging.subscribers, coupons);
  });
  afterAll(() => trade.close());

  const days = (count: number) => new Date(trade.clock.now().getTime() + count * 86_400_000).toISOString();
  const template = async (input: Partial<CouponTemplateInput> = {}, shopId = shopA, platform = false) => {
    const { templateId } = await trade.inTransaction((tx) =>
      coupons.save(
        tx,
        { shopId, staffName: '小陈', platform },
        {
          name: '满100减20',
          kind: 'amount',
          threshold: 10_000,
          off: 2_000,
          scope: {},
          rollingDays: 7,
          claimFrom: days(-1),
          claimUntil: days(30),
          channel: 'public',
          audiences: [],
          layerOffs: [],
          perUserLimit: 1,
          platformShare: 0,
          exclusive: false,
          returnsOnRefund: true,
          ...input,
        },
      ),
    );
    return templateId;
  };
  const claim = async (buyerId: string, templateId: string) =>
    (await trade.inTransaction((tx) => coupons.claim(tx, buyerId, { templateId }))).couponId;
  const rowOf = (buyerId: string, couponId: string) =>
    trade.db
      .selectFrom('coupons.coupon')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .where('couponId', '=', couponId)
      .executeTakeFirstOrThrow();
  const codes = (outcomes: PromiseSettledResult<unknown>[]) =>
    outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [(outcome.reason as AppError).code] : []));
  const place = (buyerId: string, skuId: string, coupon: string[], quantity = 1) =>
    trade.inTransaction((tx) =>
      trade.orders.place(tx, buyerId, newId(), {
        source: { kind: 'lines', lines: [{ skuId, quantity }] },
        addressId: trade.givenAddress(buyerId),
        coupons: coupon,
      }),
    );

  it('gives exactly the total to 200 parallel claims and tells the others that it is gone', async () => {
    const templateId = await template({ totalLimit: 50 });
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => claim(newId(), templateId)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
    expect(new Set(codes(outcomes))).toEqual(new Set(['coupons.gone']));
    const { claimed } = await trade.db
      .selectFrom('coupons.template')
      .select('claimed')
      .where('templateId', '=', templateId)
      .executeTakeFirstOrThrow();
    expect(claimed).toBe(50);
  });

  it('gives one buyer no more than the limit in 50 parallel claims, and gives the places taken in vain back', async () => {
    const templateId = await template({ perUserLimit: 2, totalLimit: 100 });
    const buyerId = newId();
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => claim(buyerId, templateId)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(new Set(codes(outcomes))).toEqual(new Set(['coupons.limit_reached']));
    expect((await coupons.template(trade.db, shopA, templateId)).results).toMatchObject({
      claimed: 2,
      held: 2,
      liability: 4_000,
    });
  });

  it('refuses what is paused, over, given by staff only, a wrong code, and C08-COM-02 a layer the buyer is not in', async () => {
    const buyerId = newId();
    const paused = await template();
    await trade.inTransaction((tx) => coupons.setPaused(tx, shopA, paused, true));
    await expect(claim(buyerId, paused)).rejects.toMatchObject({ code: 'coupons.not_claimable' });
    const over = await template({ claimFrom: days(-3), claimUntil: days(-1) });
    await expect(claim(buyerId, over)).rejects.toMatchObject({ code: 'coupons.not_claimable' });
    const byStaff = await template({ channel: 'grant' });
    await expect(claim(buyerId, byStaff)).rejects.toMatchObject({ code: 'coupons.not_found' });
    await expect(trade.inTransaction((tx) => coupons.claim(tx, buyerId, { code: 'NOSUCH' }))).rejects.toMatchObject({
      code: 'coupons.not_found',
    });
    const vip = await template({ audiences: ['VIP'] });
    await expect(claim(buyerId, vip)).rejects.toMatchObject({ code: 'coupons.not_for_you' });
    const rows = await trade.db.selectFrom('coupons.coupon').selectAll().where('buyerId', '=', buyerId).execute();
    expect(rows).toEqual([]);
    layers.set(buyerId, ['VIP']);
    expect(await claim(buyerId, vip)).toBeTruthy();
    const byCode = await template({ channel: 'code', code: 'HELLO2026' });
    const redeemed = await trade.inTransaction((tx) => coupons.claim(tx, buyerId, { code: 'hello2026' }));
    expect([redeemed.templateId, redeemed.status]).toEqual([byCode, 'held']);
    // A code's coupon is not to be had by its id.
    await expect(claim(newId(), byCode)).rejects.toMatchObject({ code: 'coupons.not_found' });
  });

  it('C04-INT-12 takes a coupon through claimed, locked, used and back after a refund, with exact figures', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku({ salePrice: 6_000 });
    const couponId = await claim(buyerId, await template());
    const addressId = trade.givenAddress(buyerId);
    const page = await trade.checkout.preview(trade.db, buyerId, {
      source: { kind: 'lines', lines: [{ skuId, quantity: 2 }] },
      addressId,
    });
    expect(page).toMatchObject({
      goodsTotal: 12_000,
      discount: 2_000,
      freight: 0,
      payable: 10_000,
      breakdown: { coupon: 2_000, reduction: 0, freightDiscount: 0 },
      canSubmit: true,
    });
    expect(page.coupons.best).toEqual({ couponIds: [couponId], saving: 2_000 });
    expect(page.coupons.candidates).toEqual([
      expect.objectContaining({ couponId, chosen: true, isBest: true, usable: true, saving: 2_000, text: '' }),
    ]);
    expect(page.notes).toContainEqual(
      expect.objectContaining({ step: 'coupon', text: '「满100减20」适用商品120.00元，抵扣20.00元', amount: 2_000 }),
    );

    const placed = await place(buyerId, skuId, [couponId], 2);
    const orderNo = placed.orderNos[0] as string;
    expect(placed.payable).toBe(10_000);
    expect(await rowOf(buyerId, couponId)).toMatchObject({
      status: 'locked',
      saving: 2_000,
      shopCost: 2_000,
      orderNos: [orderNo],
    });
    const order = await trade.orders.get(trade.db, buyerId, orderNo);
    expect(order).toMatchObject({ goodsTotal: 12_000, discount: 2_000, payable: 10_000, breakdown: { coupon: 2_000 } });
    expect(order.lines.map(({ payable }) => payable)).toEqual([10_000]);

    await trade.pay(buyerId, placed.paymentId);
    await trade.settle();
    expect(await rowOf(buyerId, couponId)).toMatchObject({ status: 'used' });
    await trade.inTransaction((tx) => trade.orders.refundByBuyer(tx, buyerId, orderNo, '不想要了'));
    const [refund] = trade.callsNamed('requestRefund').slice(-1);
    expect(refund).toMatchObject({ orderNo, amount: 10_000 });
    const settle = () =>
      trade.inTransaction((tx) =>
        trade.orders.refundSettled(tx, {
          buyerId,
          paymentId: placed.paymentId,
          refundNo: String(refund?.refundNo),
          orderNo,
          amount: 10_000,
          outcome: 'succeeded',
        }),
      );
    await settle();
    await settle();
    await trade.settle();
    expect(await rowOf(buyerId, couponId)).toMatchObject({ status: 'held', orderNos: [], saving: 0 });
    // The same news again changes nothing.
    await trade.inTransaction((tx) => coupons.orderPaid(tx, buyerId, orderNo));
    expect(await rowOf(buyerId, couponId)).toMatchObject({ status: 'held' });
  });

  it('C04-INT-12 gives the coupon back with the last of the pieces, and the money to the fen', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku({ salePrice: 5_001 });
    const couponId = await claim(buyerId, await template());
    const placed = await place(buyerId, skuId, [couponId], 3);
    const orderNo = placed.orderNos[0] as string;
    expect(placed.payable).toBe(13_003);
    await trade.pay(buyerId, placed.paymentId);
    await trade.settle();
    const [line] = (await trade.orders.returnable(trade.db, buyerId, orderNo))?.lines ?? [];
    const giveBack = async (refundNo: string, quantity: number, amount: number) => {
      await trade.inTransaction((tx) =>
        trade.orders.refundPart(tx, buyerId, orderNo, {
          refundNo,
          reason: '不合适',
          requestedBy: '商家',
          freight: 0,
          lines: [{ lineId: line?.lineId ?? '', quantity, amount, withdrawn: quantity }],
        }),
      );
      await trade.inTransaction((tx) =>
        trade.orders.refundSettled(tx, {
          buyerId,
          paymentId: placed.paymentId,
          refundNo,
          orderNo,
          amount,
          outcome: 'succeeded',
        }),
      );
      await trade.settle();
    };
    await giveBack('26112220000000000001', 1, 4_334);
    expect(await rowOf(buyerId, couponId)).toMatchObject({ status: 'used' });
    await giveBack('26112220000000000002', 2, 13_003 - 4_334);
    expect(await rowOf(buyerId, couponId)).toMatchObject({ status: 'held', orderNos: [], saving: 0 });
    expect(await trade.orders.get(trade.db, buyerId, orderNo)).toMatchObject({ status: 'refunded' });
  });

  it('lets one of two orders at once have the coupon, and refuses the other without holding stock', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku({ salePrice: 20_000, stock: 10 });
    const couponId = await claim(buyerId, await template());
    const outcomes = await Promise.allSettled([place(buyerId, skuId, [couponId]), place(buyerId, skuId, [couponId])]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(['coupons.taken', 'orders.coupon_unusable']).toContain(codes(outcomes)[0]);
    expect(await trade.stockOf(skuId)).toMatchObject({ reserved: 1 });
  });

  it('cannot be used by another buyer, whose order is not written', async () => {
    const [owner, thief] = [newId(), newId()];
    const skuId = await trade.givenSku({ salePrice: 20_000 });
    const couponId = await claim(owner, await template());
    await expect(place(thief, skuId, [couponId])).rejects.toMatchObject({
      code: 'orders.coupon_unusable',
      details: { coupons: [{ couponId, text: '优惠券已使用或已失效' }] },
    });
    expect(await rowOf(owner, couponId)).toMatchObject({ status: 'held', paymentId: null });
    const orders = await trade.db.selectFrom('orders.order').selectAll().where('buyerId', '=', thief).execute();
    expect(orders).toEqual([]);
  });

  it('comes back when the order is cancelled, and is the other order’s however late the first news repeats', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku({ salePrice: 20_000 });
    const couponId = await claim(buyerId, await template());
    const first = await place(buyerId, skuId, [couponId]);
    const firstNo = first.orderNos[0] as string;
    await trade.inTransaction((tx) => trade.orders.cancel(tx, buyerId, firstNo, '不要了'));
    await trade.settle();
    expect(await rowOf(buyerId, couponId)).toMatchObject({ status: 'held' });
    const second = await place(buyerId, skuId, [couponId]);
    for (const late of [coupons.orderCancelled, coupons.orderPaid, coupons.orderRefunded])
      await trade.inTransaction((tx) => late(tx, buyerId, firstNo));
    expect(await rowOf(buyerId, couponId)).toMatchObject({ status: 'locked', orderNos: second.orderNos });
  });

  it('is used once by two orders placed in one moment, and orders without it beside them are placed', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku({ salePrice: 20_000, stock: 50 });
    const couponId = await claim(buyerId, await template());
    const placeIt = (buyer: string, named: string[]) =>
      trade.placeInCompany(buyer, newId(), {
        source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] },
        addressId: trade.givenAddress(buyer),
        coupons: named,
      });
    const outcomes = await Promise.allSettled([
      placeIt(newId(), []),
      placeIt(buyerId, [couponId]),
      placeIt(buyerId, [couponId]),
      placeIt(newId(), []),
    ]);
    expect(codes(outcomes)).toHaveLength(1);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    expect([outcomes[0]?.status, outcomes[3]?.status]).toEqual(['fulfilled', 'fulfilled']);
    expect((await rowOf(buyerId, couponId)).status).toBe('locked');
    expect(await trade.stockOf(skuId)).toMatchObject({ reserved: 3 });
  });

  it('is used exactly once when cancelling races the payment', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku({ salePrice: 20_000, stock: 50 });
    const templateId = await template({ perUserLimit: 10 });
    for (let round = 0; round < 5; round += 1) {
      const couponId = await claim(buyerId, templateId);
      const { orderNos, paymentId } = await place(buyerId, skuId, [couponId]);
      const orderNo = orderNos[0] as string;
      await Promise.allSettled([
        trade.inTransaction((tx) => trade.orders.cancel(tx, buyerId, orderNo, '不要了')),
        trade.pay(buyerId, paymentId),
      ]);
      await trade.settle();
      const { status } = await trade.orders.get(trade.db, buyerId, orderNo);
      expect((await rowOf(buyerId, couponId)).status).toBe(status === 'paid' ? 'used' : 'held');
    }
  });

  it('stacks a shop, a platform and a freight coupon over two shops, split to the fen, funded as agreed', async () => {
    const buyerId = newId();
    const [a, b] = [
      await trade.givenSku({ shopId: shopA, salePrice: 15_000, cost: 1_000 }),
      await trade.givenSku({ shopId: shopB, salePrice: 5_000, cost: 1_000 }),
    ];
    const shop = await claim(buyerId, await template());
    const platform = await claim(
      buyerId,
      await template({ name: '平台券', threshold: 0, off: 1_001, platformShare: 10_000 }, shopA, true),
    );
    const freight = await claim(
      buyerId,
      await template({ name: '运费券', kind: 'freight', threshold: 0, off: undefined, platformShare: 0 }, shopB),
    );
    const lines = [
      { skuId: a, quantity: 1 },
      { skuId: b, quantity: 1 },
    ];
    const addressId = trade.givenAddress(buyerId);
    const source = { kind: 'lines' as const, lines };
    const page = await trade.checkout.preview(trade.db, buyerId, { source, addressId });
    expect(page.breakdown).toMatchObject({ coupon: 3_001, freightDiscount: freightPrice });
    expect(page.payable).toBe(20_000 + freightPrice - 3_001 - freightPrice);
    const placed = await trade.inTransaction((tx) =>
      trade.orders.place(tx, buyerId, newId(), {
        source,
        addressId,
        coupons: page.coupons.best.couponIds,
        expectedPayable: page.payable,
      }),
    );
    const orders = await Promise.all(placed.orderNos.map((orderNo) => trade.orders.get(trade.db, buyerId, orderNo)));
    expect(orders.reduce((sum, { payable }) => sum + payable, 0)).toBe(page.payable);
    expect(orders.reduce((sum, { breakdown }) => sum + breakdown.coupon, 0)).toBe(3_001);
    // 1,001 over what the shop coupon left of 13,000 and 5,000: 723 and 278.
    const ofA = orders.find(({ shopId }) => shopId === shopA);
    expect([ofA?.payable, ofA?.breakdown.coupon]).toEqual([15_000 - 2_000 - 723, 2_723]);
    expect((await rowOf(buyerId, platform)).orderNos.toSorted()).toEqual(placed.orderNos.toSorted());
    expect((await rowOf(buyerId, platform)).shopCost).toBe(0);
    expect((await rowOf(buyerId, shop)).shopCost).toBe(2_000);
    expect((await rowOf(buyerId, freight)).status).toBe('locked');
  });

  it('C07-GRP-03 will not take coupons that would sell below the floor, and says so', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku({ salePrice: 10_000, cost: 9_000 });
    await claim(buyerId, await template());
    const page = await trade.checkout.preview(trade.db, buyerId, {
      source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] },
      addressId: trade.givenAddress(buyerId),
    });
    expect([page.discount, page.canSubmit]).toEqual([0, true]);
    expect(page.coupons.candidates.map(({ usable, reason }) => [usable, reason])).toEqual([[false, 'below_floor']]);
  });

  it('C04-INT-11 reminds once before the end, then lets it expire', async () => {
    const buyerId = newId();
    const couponId = await claim(buyerId, await template({ rollingDays: 1, name: '快到期' }));
    trade.clock.advance(3_600_000);
    const remind = () => trade.inTransaction((tx) => coupons.remindDue(tx));
    await remind();
    await remind();
    const told = (await trade.eventsNamed('coupons.coupon_expiring')).filter((event) => event.couponId === couponId);
    expect(told).toHaveLength(1);
    trade.clock.advance(24 * 3_600_000);
    await trade.inTransaction((tx) => coupons.expireDue(tx));
    expect((await rowOf(buyerId, couponId)).status).toBe('expired');
    expect((await coupons.listOf(trade.db, buyerId, { tab: 'expired', limit: 10 })).items).toHaveLength(1);
  });

  describe('C13-GMV-02 coupons for friends after a purchase', () => {
    const paidOrder = (over: { buyerId?: string; shopId?: string } = {}) => ({
      buyerId: newId(),
      orderNo: newTradeNo(newId(), trade.clock.now()),
      shopId: newId(),
      ...over,
    });
    const packetOf = async (over: Partial<CouponTemplateInput> = {}) => {
      const order = paidOrder();
      const templateId = await template({ channel: 'share', perUserLimit: 1, ...over }, order.shopId);
      for (let times = 0; times < 2; times += 1) await trade.inTransaction((tx) => coupons.packetsFor(tx, [order]));
      const packetId = (await coupons.ofOrder(trade.db, order.buyerId, order.orderNo))?.packetId ?? '';
      return { ...order, templateId, packetId };
    };
    const claimOne = (buyerId: string, packetId: string) =>
      trade.inTransaction((tx) => coupons.claimPacket(tx, buyerId, packetId));
    const held = async (buyerId: string) =>
      (await coupons.listOf(trade.db, buyerId, { tab: 'usable', limit: 20 })).items.length;

    it('X-01 sharing alone brings nothing; the first friend who claims brings the sharer one, once', async () => {
      const { buyerId, packetId } = await packetOf();
      expect(await held(buyerId)).toBe(0);
      const friend = newId();
      expect(await claimOne(friend, packetId)).toMatchObject({ state: 'claimed', left: 4 });
      expect(await claimOne(friend, packetId)).toMatchObject({ state: 'claimed', left: 4 });
      await claimOne(newId(), packetId);
      expect([await held(friend), await held(buyerId)]).toEqual([1, 1]);
    });

    it('gives out its places exactly, one a person, when friends come all at once and each taps twice', async () => {
      const { packetId, templateId, buyerId } = await packetOf();
      const friends = Array.from({ length: 12 }, () => newId());
      const outcomes = await Promise.allSettled([...friends, ...friends].map((friend) => claimOne(friend, packetId)));
      expect(new Set(codes(outcomes))).toEqual(new Set(['coupons.gone']));
      const { items } = await coupons.templates(trade.db, (await coupons.packet(trade.db, buyerId, packetId)).shopId, {
        page: 1,
        pageSize: 5,
      });
      // Five friends, and the sharer for the first of them.
      expect(items.find((one) => one.templateId === templateId)?.results.claimed).toBe(6);
      const counts = await Promise.all(friends.map(held));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5);
      expect(Math.max(...counts)).toBe(1);
    });

    it('is for others: not for the sharer, not for their second account; ends with time and with a refund', async () => {
      const { buyerId, packetId, orderNo } = await packetOf();
      await expect(claimOne(buyerId, packetId)).rejects.toMatchObject({ code: 'coupons.packet_own' });
      const second = newId();
      twins.set(second, buyerId);
      await expect(claimOne(second, packetId)).rejects.toMatchObject({ code: 'coupons.packet_own' });
      await trade.inTransaction((tx) => coupons.orderGone(tx, orderNo));
      await expect(claimOne(newId(), packetId)).rejects.toMatchObject({ code: 'coupons.packet_over' });
      expect(await coupons.ofOrder(trade.db, newId(), orderNo)).toBeNull();
    });
  });

  it('C07-OA-07 X-34 a message brings one coupon once, keeps its name on it, and a second message does not double it', async () => {
    const buyerId = newId();
    const shopId = shopA;
    await template({ channel: 'recall', perUserLimit: 5, threshold: 0, off: 500, name: '回购券' }, shopId);
    const grant = (noticeId: string) =>
      trade.inTransaction((tx) => coupons.grantRecall(tx, { buyerId, shopId, noticeId }));
    const noticeId = newId();
    expect(await grant(noticeId)).toMatchObject({ name: '回购券' });
    expect(await grant(newId())).toBeUndefined();
    const [coupon] = (await coupons.listOf(trade.db, buyerId, { tab: 'usable', limit: 5 })).items;
    const skuId = await trade.givenSku({ salePrice: 10_000 });
    const placed = await place(buyerId, skuId, [coupon?.couponId ?? '']);
    await trade.pay(buyerId, placed.paymentId);
    await trade.settle();
    expect(await rowOf(buyerId, coupon?.couponId ?? '')).toMatchObject({
      status: 'used',
      source: 'recall',
      sourceRef: noticeId,
    });
    expect(await grant(newId())).toMatchObject({ name: '回购券' });
  });

  it('C02-CPT-04 one activity gives each layer its own: new 10, silent 8, VIP 5 yuan; the rule shown says so', async () => {
    const templateId = await template({
      threshold: 0,
      off: 300,
      layerOffs: [
        { layer: '新客', off: 1_000 },
        { layer: '沉默', off: 800 },
        { layer: 'VIP', off: 500 },
      ],
    });
    const centre = await coupons.centre(trade.db, newId());
    expect(centre.find((one) => one.templateId === templateId)?.layerText).toBe(
      '新客减 ¥10.00 · 沉默减 ¥8.00 · VIP减 ¥5.00',
    );
    for (const [layer, off] of [
      ['新客', 1_000],
      ['沉默', 800],
      ['VIP', 500],
      ['', 300],
    ] as const) {
      const buyerId = newId();
      layers.set(buyerId, layer === '' ? [] : [layer]);
      const { couponId } = await trade.inTransaction((tx) => coupons.claim(tx, buyerId, { templateId }));
      expect((await rowOf(buyerId, couponId)).terms.rule).toMatchObject({ kind: 'amount', off });
    }
  });

  it('asks nothing of the database for an order that names no coupon', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku();
    const addressId = trade.givenAddress(buyerId);
    const statements = await trade.database.statementsOf(() =>
      trade.inTransaction((tx) =>
        trade.orders.place(tx, buyerId, newId(), {
          source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] },
          addressId,
        }),
      ),
    );
    expect(
      statements.filter((statement) => statement.includes('coupon"') || statement.includes('coupons.coupon')),
    ).toEqual([]);
  });
});
