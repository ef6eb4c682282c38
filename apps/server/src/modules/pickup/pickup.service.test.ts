import type { Permission, PickupChoice, StoreCard } from '@xiaopu/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayMs, minuteMs } from '#platform/clock.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { freightPrice, openTrade, shopA, shopB, type Trade, toPicture } from '../../../test/trade.ts';
import { type Clerk, createPickupDesk, type PickupDeskService } from './pickup.desk.ts';
import { windowCapacity } from './pickup.policies.ts';

const store = (name: string, lat: number): StoreCard => ({
  storeId: newId(),
  name,
  address: `${name}1号`,
  phone: '0571-1',
  hours: '09:00–21:00',
  lat,
  lng: 120.1,
});

describe('picking up in a store', () => {
  let trade: Trade;
  let desk: PickupDeskService;
  const near = store('近店', 30.001);
  const far = store('远店', 30.2);
  const nearClerk = clerkOf('何店员', shopA);
  const farClerk = clerkOf('方店员', shopA);
  const manager = clerkOf('周店主', shopA, 'pickup.serve', 'pickup.manage');
  const stranger = clerkOf('旁人', shopB, 'pickup.serve', 'pickup.manage');
  const teams = new Map([
    [nearClerk.staffId, [near.storeId]],
    [farClerk.staffId, [far.storeId]],
  ]);

  function clerkOf(name: string, shopId: string, ...permissions: Permission[]): Clerk {
    return { staffId: newId(), name, shopId, permissions: new Set(permissions) };
  }

  beforeAll(async () => {
    trade = await openTrade();
    trade.physicalStores.set(shopA, [far, near]);
    desk = createPickupDesk({
      clock: trade.clock,
      policies: trade.policies,
      fieldCipher: trade.fieldCipher,
      orders: trade.orders,
      fulfilment: trade.fulfilment,
      storesOf: async (_db, shopIds) => new Map(shopIds.map((id) => [id, trade.physicalStores.get(id) ?? []])),
      clerks: {
        storesOf: async (_db, _shopId, staffId) => teams.get(staffId) ?? [],
        ofShop: async () => new Map(),
        set: async () => undefined,
      },
      staffOf: async () => new Map(),
      toPicture,
    });
  });
  afterAll(() => trade.close());

  /** `onHand` in the near store, 10 in the warehouse, none in the far one. */
  async function givenGoods(onHand = 5, salePrice = 5_000): Promise<string> {
    const skuId = await trade.givenSku({ salePrice });
    const { spuId } = trade.skus.get(skuId) as { spuId: string };
    const row = { skuId, spuId, shopId: shopA };
    await trade.inTransaction((tx) =>
      trade.inventory.openShelves(tx, [
        { ...row, storeId: near.storeId, onHand },
        { ...row, storeId: far.storeId, onHand: 0 },
      ]),
    );
    return skuId;
  }
  const shelf = async (skuId: string, storeId = near.storeId) =>
    (await trade.inventory.shelfLevels(trade.db, [skuId], [storeId])).get(storeId)?.get(skuId);
  const sourceOf = (skuId: string, quantity: number) => ({ kind: 'lines' as const, lines: [{ skuId, quantity }] });
  async function windowAt(skuId: string, place = 0): Promise<string> {
    const { items } = await trade.pickups.offers(trade.db, newId(), { source: sourceOf(skuId, 1), shopId: shopA });
    return items.find((item) => item.store.storeId === near.storeId)?.windows[place]?.from ?? '';
  }
  async function choiceOf(skuId: string, place = 0, storeId = near.storeId): Promise<PickupChoice> {
    return { shopId: shopA, storeId, from: await windowAt(skuId, place) };
  }
  const contact = { name: '李四光', phone: '13900005678' };
  const place = (buyerId: string, skuId: string, quantity: number, pickup: PickupChoice, key = newId()) =>
    trade.inTransaction((tx) =>
      trade.orders.place(tx, buyerId, key, { source: sourceOf(skuId, quantity), pickups: [pickup], contact }),
    );
  async function paidOrder(skuId: string, quantity = 1, window = 0) {
    const buyerId = newId();
    const placed = await place(buyerId, skuId, quantity, await choiceOf(skuId, window));
    await trade.pay(buyerId, placed.paymentId);
    const orderNo = placed.orderNos[0] as string;
    const detail = await trade.orders.get(trade.db, buyerId, orderNo);
    return { buyerId, orderNo, paymentId: placed.paymentId, code: detail.pickupCode?.digits ?? '' };
  }
  const outcomeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof AppError ? error.code : Promise.reject(error)),
    );
  const checkOff = (clerk: Clerk, code: string) => trade.inTransaction((tx) => desk.checkOff(tx, clerk, code));
  const settleRefund = async (buyerId: string, orderNo: string) => {
    const { refunds } = await trade.orders.get(trade.db, buyerId, orderNo);
    await trade.inTransaction((tx) =>
      trade.orders.refundSettled(tx, {
        ...{ buyerId, orderNo, refundNo: refunds[0]?.refundNo ?? '', paymentId: '', amount: 0, outcome: 'succeeded' },
      }),
    );
    await trade.settle();
  };
  const booked = async (from: string) =>
    (
      await trade.db
        .selectFrom('pickup.slot')
        .select('booked')
        .where('storeId', '=', near.storeId)
        .where('startsAt', '=', new Date(from))
        .executeTakeFirst()
    )?.booked ?? 0;

  it('C02-CPT-11 C01-TRD-05 offers stores nearest first with what they have; without a position as they are', async () => {
    const skuId = await givenGoods(2);
    const ask = (at: object, quantity: number) =>
      trade.pickups.offers(trade.db, newId(), { source: sourceOf(skuId, quantity), shopId: shopA, ...at });
    const { items } = await ask({ lat: 30, lng: 120.1 }, 2);
    expect(items.map(({ store: { name }, isComplete }) => [name, isComplete])).toEqual([
      ['近店', true],
      ['远店', false],
    ]);
    expect(items[0]?.distance).toBeGreaterThan(100);
    expect(items[0]?.distance).toBeLessThan(120);
    const unknown = await ask({}, 3);
    expect(unknown.items.map(({ distance }) => distance)).toEqual([null, null]);
    expect(unknown.items.some(({ isComplete }) => isComplete)).toBe(false);
    const { items: stock } = await trade.pickups.storeStock(
      trade.db,
      (trade.skus.get(skuId) as { spuId: string }).spuId,
      {},
    );
    expect(stock.map(({ skus }) => skus[0]?.available).sort()).toEqual([0, 2]);
  });

  it('C02-CPT-12 is priced without freight, holds the store’s stock, and leaves the warehouse alone', async () => {
    const skuId = await givenGoods(5);
    const buyerId = newId();
    trade.givenAddress(buyerId);
    const pickup = await choiceOf(skuId);
    const preview = (pickups?: PickupChoice[]) =>
      trade.checkout.preview(trade.db, buyerId, { source: sourceOf(skuId, 1), ...(pickups && { pickups }) });
    const sent = await preview();
    expect([sent.freight, sent.shops[0]?.offersPickup, sent.shops[0]?.pickup]).toEqual([freightPrice, true, null]);
    const fetched = await preview([pickup]);
    expect([fetched.freight, fetched.canSubmit, fetched.shops[0]?.pickup?.store.name]).toEqual([0, true, '近店']);
    expect((await preview([{ shopId: shopA, storeId: near.storeId }])).blockedBy).toBe('no_window');
    expect((await preview([{ ...pickup, storeId: far.storeId }])).blockedBy).toBe('stock');

    const placed = await place(buyerId, skuId, 2, pickup);
    expect(placed.payable).toBe(10_000);
    expect(await shelf(skuId)).toEqual({ onHand: 5, reserved: 2, available: 3 });
    expect((await trade.stockOf(skuId))?.available).toBe(10);
    const order = await trade.orders.get(trade.db, buyerId, placed.orderNos[0] as string);
    expect(order).toMatchObject({
      freight: 0,
      pickup: { storeId: near.storeId, name: '近店', from: pickup.from, readyAt: null },
      recipient: { name: '李四光', maskedPhone: '139****5678' },
      pickupCode: null,
    });
  });

  it('C06-INV-05 C02-CPT-12 the hold ends after 15 minutes for stores too, and is won anew there by paying', async () => {
    const skuId = await givenGoods(1);
    const buyerId = newId();
    const { paymentId, orderNos } = await place(buyerId, skuId, 1, await choiceOf(skuId));
    trade.clock.advance(15 * minuteMs);
    await trade.settle();
    expect((await shelf(skuId))?.available).toBe(1);
    await trade.inTransaction((tx) => trade.orders.preparePayment(tx, { buyerId, paymentId }));
    expect((await shelf(skuId))?.available).toBe(0);
    await trade.pay(buyerId, paymentId);
    expect(await trade.statusOf(buyerId, orderNos[0] as string)).toBe('paid');
    expect(await trade.stockOf(skuId)).toMatchObject({ onHand: 10, reserved: 0 });
    trade.clock.set(trade.start);
  });

  it('C02-CPT-12 20 buyers at once on 3 units of a store: three orders, nothing oversold', async () => {
    const skuId = await givenGoods(3);
    const pickup = await choiceOf(skuId, 5);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcomeOf(place(newId(), skuId, 1, pickup))));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(3);
    expect(outcomes.filter((outcome) => outcome === 'inventory.out_of_stock')).toHaveLength(17);
    expect(await shelf(skuId)).toEqual({ onHand: 3, reserved: 3, available: 0 });
    // Those who got nothing left no place taken.
    expect(await booked(pickup.from ?? '')).toBe(3);
  });

  it('C01-TRD-07 of two who book the last place of a window at once one succeeds; cancelling frees it once', async () => {
    const skuId = await givenGoods(5);
    await trade.inTransaction((tx) =>
      trade.policies.set(tx, { key: windowCapacity.key, value: 1, by: 'test', shopId: shopA }),
    );
    const pickup = await choiceOf(skuId, 7);
    const buyers = [newId(), newId()];
    const outcomes = await Promise.all(buyers.map((buyerId) => outcomeOf(place(buyerId, skuId, 1, pickup))));
    expect(outcomes.sort()).toEqual(['done', 'pickup.window_full']);
    expect(await shelf(skuId)).toMatchObject({ reserved: 1 });
    const [order] = await trade.db
      .selectFrom('orders.order')
      .select(['buyerId', 'orderNo'])
      .where('buyerId', 'in', buyers)
      .execute();
    await trade.inTransaction((tx) => trade.orders.cancel(tx, order?.buyerId ?? '', order?.orderNo ?? '', '不想要了'));
    await trade.settle();
    expect([await booked(pickup.from ?? ''), (await shelf(skuId))?.available]).toEqual([0, 5]);
    expect(await outcomeOf(place(newId(), skuId, 1, pickup))).toBe('done');
    await trade.inTransaction((tx) =>
      trade.policies.set(tx, { key: windowCapacity.key, value: 20, by: 'test', shopId: shopA }),
    );
  });

  describe('money that comes after the order was closed', () => {
    const setCapacity = (value: number) =>
      trade.inTransaction((tx) =>
        trade.policies.set(tx, { key: windowCapacity.key, value, by: 'test', shopId: shopA }),
      );
    const late = async (skuId: string, pickup: PickupChoice) => {
      const buyerId = newId();
      const { paymentId, orderNos } = await place(buyerId, skuId, 1, pickup);
      return { buyerId, paymentId, orderNo: orderNos[0] as string };
    };
    type Late = Awaited<ReturnType<typeof late>>;
    const close = ({ buyerId, paymentId }: Late) => trade.closed(buyerId, paymentId);
    const payLate = ({ buyerId, paymentId }: Late) => trade.pay(buyerId, paymentId);
    const statusOf = ({ buyerId, orderNo }: Late) => trade.statusOf(buyerId, orderNo);

    it('C01-TRD-07 C06-INV-05 takes its place in the window again, once, whenever the cancelling is told of', async () => {
      const skuId = await givenGoods(5);
      const pickup = await choiceOf(skuId, 13);
      const order = await late(skuId, pickup);
      await close(order);
      expect(await booked(pickup.from ?? '')).toBe(0);
      await Promise.all([payLate(order), payLate(order)]);
      await trade.settle();
      expect([await statusOf(order), await booked(pickup.from ?? ''), (await shelf(skuId))?.available]).toEqual([
        'paid',
        1,
        4,
      ]);
      await payLate(order);
      expect(await booked(pickup.from ?? '')).toBe(1);
    });

    it('C01-TRD-07 of late payments and a new order for one last place exactly one gets it; the others’ money goes back', async () => {
      const skuId = await givenGoods(9);
      await setCapacity(1);
      const pickup = await choiceOf(skuId, 14);
      for (let round = 0; round < 5; round += 1) {
        const orders: Late[] = [];
        for (let count = 0; count < 3; count += 1) {
          const order = await late(skuId, pickup);
          await close(order);
          orders.push(order);
        }
        const newcomer = newId();
        const [outcome] = await Promise.all([outcomeOf(place(newcomer, skuId, 1, pickup)), ...orders.map(payLate)]);
        await trade.settle();
        const statuses = await Promise.all(orders.map(statusOf));
        const holders = statuses.filter((status) => status === 'paid').length + (outcome === 'done' ? 1 : 0);
        expect([holders, await booked(pickup.from ?? ''), (await shelf(skuId))?.available]).toEqual([1, 1, 8]);
        expect(statuses.filter((status) => status === 'refunding')).toHaveLength(outcome === 'done' ? 3 : 2);
        const sentBack = trade.callsNamed('requestRefund').map(({ orderNo }) => orderNo);
        const timesSentBack = orders.map((order) => sentBack.filter((orderNo) => orderNo === order.orderNo).length);
        expect(timesSentBack).toEqual(statuses.map((status) => (status === 'refunding' ? 1 : 0)));
        // Free again for the next round, and no second time by what went back.
        const paid = orders[statuses.indexOf('paid')];
        if (paid)
          await trade.inTransaction((tx) => trade.orders.refundByBuyer(tx, paid.buyerId, paid.orderNo, '不想要了'));
        for (const [index, order] of orders.entries())
          if (statuses[index] !== 'cancelled') await settleRefund(order.buyerId, order.orderNo);
        if (outcome === 'done') {
          const { orderNo } = await trade.db
            .selectFrom('orders.order')
            .select('orderNo')
            .where('buyerId', '=', newcomer)
            .executeTakeFirstOrThrow();
          await trade.inTransaction((tx) => trade.orders.cancel(tx, newcomer, orderNo, '不想要了'));
        }
        expect([await booked(pickup.from ?? ''), (await shelf(skuId))?.available]).toEqual([0, 9]);
      }
      await setCapacity(20);
    });

    it('goes back when the window is over, and when the goods are gone, which leaves the place to others', async () => {
      const skuId = await givenGoods(1);
      const pickup = await choiceOf(skuId, 15);
      const soldOut = await late(skuId, pickup);
      await close(soldOut);
      const other = await late(skuId, await choiceOf(skuId, 16));
      await payLate(other);
      await payLate(soldOut);
      expect([await statusOf(soldOut), await booked(pickup.from ?? '')]).toEqual(['refunding', 0]);
      const over = await late(await givenGoods(1), pickup);
      await close(over);
      trade.clock.set(new Date(new Date(pickup.from ?? '').getTime() + dayMs));
      await payLate(over);
      expect([await statusOf(over), await booked(pickup.from ?? '')]).toEqual(['refunding', 0]);
      trade.clock.set(trade.start);
    });
  });

  it('C02-CPT-12 the same key posted in parallel books one place and holds once', async () => {
    const skuId = await givenGoods(5);
    const [buyerId, key] = [newId(), newId()];
    const pickup = await choiceOf(skuId, 9);
    const replies = await Promise.all(Array.from({ length: 6 }, () => place(buyerId, skuId, 1, pickup, key)));
    expect(new Set(replies.map(({ orderNos }) => orderNos[0])).size).toBe(1);
    expect([await booked(pickup.from ?? ''), (await shelf(skuId))?.reserved]).toEqual([1, 1]);
  });

  it('refuses another shop’s store, a window that is over, and an order nobody comes for', async () => {
    const skuId = await givenGoods();
    const pickup = await choiceOf(skuId);
    expect(await outcomeOf(place(newId(), skuId, 1, { ...pickup, storeId: newId() }))).toBe('pickup.store_not_found');
    const past = new Date(trade.clock.now().getTime() - dayMs).toISOString();
    expect(await outcomeOf(place(newId(), skuId, 1, { ...pickup, from: past }))).toBe('pickup.window_gone');
    const nobody = trade.inTransaction((tx) =>
      trade.orders.place(tx, newId(), newId(), { source: sourceOf(skuId, 1), pickups: [pickup] }),
    );
    expect(await outcomeOf(nobody)).toBe('orders.contact_missing');
    const nowhere = trade.inTransaction((tx) =>
      trade.orders.place(tx, newId(), newId(), { source: sourceOf(skuId, 1), contact }),
    );
    expect(await outcomeOf(nowhere)).toBe('orders.address_missing');
    expect((await shelf(skuId))?.reserved).toBe(0);
  });

  it('C02-CPT-12 paid → ready → picked up, which is received; the code works once however many press at once', async () => {
    const skuId = await givenGoods(4);
    const { buyerId, orderNo, code } = await paidOrder(skuId, 2);
    expect(code).toMatch(/^\d{4} \d{3} \d{3}$/);
    const ready = () => trade.inTransaction((tx) => desk.markReady(tx, nearClerk, orderNo));
    expect((await Promise.all([outcomeOf(ready()), outcomeOf(ready())])).sort()).toEqual([
      'done',
      'orders.not_readyable',
    ]);
    expect(await trade.eventsNamed('orders.order_ready')).toMatchObject([{ orderNo, storeName: '近店' }]);
    expect(await trade.statusOf(buyerId, orderNo)).toBe('ready_for_pickup');
    expect((await desk.find(trade.db, nearClerk, code)).status).toBe('ready_for_pickup');

    const outcomes = await Promise.all(Array.from({ length: 8 }, () => outcomeOf(checkOff(nearClerk, code))));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'pickup.already_picked_up')).toHaveLength(7);
    expect(await shelf(skuId)).toEqual({ onHand: 2, reserved: 0, available: 2 });
    const order = await trade.orders.get(trade.db, buyerId, orderNo);
    expect([order.status, order.pickupCode, order.actions[0]]).toEqual(['completed', null, 'review']);
    trade.clock.advance(minuteMs);
    const again = await checkOff(manager, code).catch((error: unknown) => error as AppError);
    expect(again).toMatchObject({ code: 'pickup.already_picked_up' });
    expect((again as AppError).message).toBe('这个取货码已使用：11/22 12:00 由何店员核销');
    expect(await trade.eventsNamed('orders.order_completed')).toHaveLength(1);
    trade.clock.set(trade.start);
  });

  it('C02-CPT-12 only the order’s own store sees it and checks it off; a stranger’s shop knows nothing of it', async () => {
    const skuId = await givenGoods();
    const { orderNo, code, buyerId } = await paidOrder(skuId);
    for (const clerk of [farClerk, stranger]) {
      expect(await outcomeOf(checkOff(clerk, code))).toMatch(/pickup\.(code_not_found|no_store)/);
      expect(await outcomeOf(trade.inTransaction((tx) => desk.markReady(tx, clerk, orderNo)))).toMatch(
        /orders\.not_found|pickup\.no_store/,
      );
    }
    const listed = (await desk.list(trade.db, farClerk, { tab: 'to_prepare', page: 1, pageSize: 20 })).items;
    expect(listed).toEqual([]);
    const own = (await desk.list(trade.db, nearClerk, { tab: 'to_prepare', q: '5678', page: 1, pageSize: 20 })).items;
    expect(own.map((row) => row.orderNo)).toContain(orderNo);
    expect(own[0]?.contact).toBe('李**');
    expect(await trade.statusOf(buyerId, orderNo)).toBe('paid');
    // Somebody who comes before it was set aside gets it all the same.
    expect((await checkOff(manager, code)).pickedUpBy).toBe('周店主');
    const ship = trade.inTransaction((tx) =>
      trade.fulfilment.ship(tx, shopA, { orderNo, carrierCode: 'SF', waybillNo: 'SF1', staffName: '吴' }),
    );
    expect(await outcomeOf(ship)).toBe('orders.cannot_ship');
  });

  it('C02-CPT-12 refunded before it was picked up: money back, units on that store’s shelf, place free, code dead', async () => {
    const skuId = await givenGoods(3);
    const { buyerId, orderNo, code } = await paidOrder(skuId, 2, 11);
    const from = await windowAt(skuId, 11);
    await trade.inTransaction((tx) => desk.markReady(tx, nearClerk, orderNo));
    const before = await booked(from);
    await trade.inTransaction((tx) => trade.orders.refundByBuyer(tx, buyerId, orderNo, '不想要了'));
    expect(await outcomeOf(checkOff(nearClerk, code))).toBe('orders.cannot_pick_up');
    await settleRefund(buyerId, orderNo);
    expect(await shelf(skuId)).toEqual({ onHand: 3, reserved: 0, available: 3 });
    expect([await booked(from), await trade.statusOf(buyerId, orderNo)]).toEqual([before - 1, 'refunded']);
    expect(await trade.stockOf(skuId)).toMatchObject({ onHand: 10, reserved: 0 });
  });

  it('C02-CPT-12 picked up and refunded at the same instant: one of them happens', async () => {
    const skuId = await givenGoods(3);
    const { buyerId, orderNo, code } = await paidOrder(skuId, 1, 8);
    const outcomes = await Promise.all([
      outcomeOf(checkOff(nearClerk, code)),
      outcomeOf(trade.inTransaction((tx) => trade.orders.refundByBuyer(tx, buyerId, orderNo, '不想要了'))),
    ]);
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    const status = await trade.statusOf(buyerId, orderNo);
    expect(status).toBe(outcomes[0] === 'done' ? 'completed' : 'refunding');
  });

  it('C02-CPT-12 nobody comes: three days after it was ready the money goes back by itself, once', async () => {
    const skuId = await givenGoods(2);
    const { buyerId, orderNo } = await paidOrder(skuId);
    trade.clock.advance(dayMs);
    await trade.inTransaction((tx) => desk.markReady(tx, nearClerk, orderNo));
    trade.clock.advance(3 * dayMs - 1);
    await trade.settle();
    expect(await trade.statusOf(buyerId, orderNo)).toBe('ready_for_pickup');
    const asked = trade.callsNamed('requestRefund').length;
    trade.clock.advance(1);
    await trade.settle();
    await trade.settle();
    expect(await trade.statusOf(buyerId, orderNo)).toBe('refunding');
    expect(trade.callsNamed('requestRefund').filter((call) => call.orderNo === orderNo)).toHaveLength(1);
    expect(trade.callsNamed('requestRefund').length).toBeGreaterThan(asked);
    await settleRefund(buyerId, orderNo);
    expect((await shelf(skuId))?.available).toBe(2);
    trade.clock.set(trade.start);
  });

  it('C02-CPT-13 a barcode known to the store: scanned, paid, the store’s stock falls, and the exit code verifies once', async () => {
    const skuId = await givenGoods(3);
    const barcode = trade.skus.get(skuId)?.skuCode ?? '';
    expect(await trade.pickups.scan(trade.db, near.storeId, barcode)).toMatchObject({ skuId, available: 3 });
    expect(await outcomeOf(trade.pickups.scan(trade.db, near.storeId, '6900000000000'))).toBe(
      'pickup.barcode_not_found',
    );
    const carried = { shopId: shopA, storeId: near.storeId, now: true };
    const scan = async () => {
      const buyerId = newId();
      const placed = await place(buyerId, skuId, 1, carried);
      await trade.pay(buyerId, placed.paymentId);
      return { buyerId, orderNo: placed.orderNos[0] as string };
    };
    const { buyerId, orderNo } = await scan();
    expect((await shelf(skuId))?.available).toBe(2);
    const order = await trade.orders.get(trade.db, buyerId, orderNo);
    expect([order.statusText, order.pickup?.isCarried]).toEqual(['待出门核验', true]);
    const listed = (await desk.list(trade.db, nearClerk, { tab: 'carried', page: 1, pageSize: 20 })).items;
    expect(listed.map((row) => row.orderNo)).toEqual([orderNo]);
    const waiting = (await desk.list(trade.db, nearClerk, { tab: 'to_prepare', page: 1, pageSize: 20 })).items;
    expect(waiting.map((row) => row.orderNo)).not.toContain(orderNo);
    // The goods are in the buyer's hands: money does not go back at a tap.
    const back = trade.inTransaction((tx) => trade.orders.refundByBuyer(tx, buyerId, orderNo, '不想要了'));
    expect(await outcomeOf(back)).toBe('orders.cannot_refund');
    // What is shown changes by itself: an old picture of it opens nothing.
    const early = order.pickupCode?.digits ?? '';
    trade.clock.advance(2 * minuteMs);
    expect(await outcomeOf(checkOff(nearClerk, early))).toBe('pickup.exit_code_old');
    const fresh = (await trade.orders.get(trade.db, buyerId, orderNo)).pickupCode;
    expect(Date.parse(fresh?.refreshAt ?? '') - trade.clock.now().getTime()).toBeLessThanOrEqual(minuteMs);
    const code = fresh?.digits ?? '';
    expect(code).not.toBe(early);
    trade.clock.advance(minuteMs);
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcomeOf(checkOff(nearClerk, code))));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(await shelf(skuId)).toEqual({ onHand: 2, reserved: 0, available: 2 });

    // Nobody looked at the exit: a day later the order is done by itself, once.
    const unseen = await scan();
    trade.clock.advance(dayMs - 1);
    const close = () => desk.closeCarried(trade.db, trade.inTransaction);
    expect(await close()).toBe(0);
    trade.clock.advance(1);
    expect([await close(), await close()]).toEqual([1, 0]);
    expect(await trade.statusOf(unseen.buyerId, unseen.orderNo)).toBe('completed');
    expect(await shelf(skuId)).toEqual({ onHand: 1, reserved: 0, available: 1 });
    trade.clock.set(trade.start);
  });

  it('C02-CPT-12 WeChat hears of it as a pick-up once handed over; a payment that is also sent only of its parcels', async () => {
    const skuId = await givenGoods();
    const alone = await paidOrder(skuId);
    await checkOff(nearClerk, alone.code);
    const tasks = await trade.fulfilment.claimUploads(10);
    expect(tasks.find((task) => task.orderNo === alone.orderNo)).toMatchObject({ way: 'pickup', isSingle: true });

    const other = await trade.givenSku({ shopId: shopB });
    const buyerId = newId();
    const placed = await trade.inTransaction(async (tx) =>
      trade.orders.place(tx, buyerId, newId(), {
        source: {
          kind: 'lines',
          lines: [
            { skuId, quantity: 1 },
            { skuId: other, quantity: 1 },
          ],
        },
        addressId: trade.givenAddress(buyerId),
        pickups: [await choiceOf(skuId)],
      }),
    );
    expect(placed.orderNos).toHaveLength(2);
    await trade.pay(buyerId, placed.paymentId);
    const orders = await Promise.all(placed.orderNos.map((orderNo) => trade.orders.get(trade.db, buyerId, orderNo)));
    const fetched = orders.find(({ pickup }) => pickup !== null);
    const sent = orders.find(({ pickup }) => pickup === null);
    expect([fetched?.freight, sent?.freight]).toEqual([0, freightPrice]);
    await trade.inTransaction((tx) =>
      trade.fulfilment.ship(tx, shopB, {
        ...{ orderNo: sent?.orderNo ?? '', carrierCode: 'SF', waybillNo: 'SF77', staffName: '吴' },
      }),
    );
    await checkOff(nearClerk, fetched?.pickupCode?.digits ?? '');
    const mixed = (await trade.fulfilment.claimUploads(10)).filter((task) => task.buyerId === buyerId);
    expect(mixed).toMatchObject([{ way: 'express', isAllDelivered: true, isSingle: true }]);
  });
});
