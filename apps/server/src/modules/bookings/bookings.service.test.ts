import type { ServiceTerms } from '@xiaopu/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayMs, hourMs } from '#platform/clock.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { openTrade, shopA, shopB, type Trade } from '../../../test/trade.ts';

/** The clock stands at noon on a Sunday, 2026-11-22 in Shanghai. */
const terms: ServiceTerms = {
  kind: 'service',
  places: [
    { name: '静安店', address: '南京西路1号' },
    { name: '徐汇店', address: '' },
  ],
  weekdays: [1, 3, 7],
  ...{ opens: '10:00', closes: '18:00', minutes: 60, capacity: 3, daysAhead: 7, leadHours: 2, refundHours: 24 },
};
const consents = [{ key: 'service_refund' as const, version: '2026-12.24' }];
const contact = { name: '李四光', phone: '13900005678' };
const staff = { shopId: shopA, name: '周店主' };

describe('services that are booked', () => {
  let trade: Trade;
  beforeAll(async () => {
    trade = await openTrade();
  });
  afterAll(() => trade.close());

  const givenService = (capacity = 3) =>
    trade.givenSku({ goods: { ...terms, capacity }, stock: 100, title: '上门保洁', salePrice: 12_800 });
  const spuOf = (skuId: string) => trade.skus.get(skuId)?.spuId as string;
  const windowsOf = async (skuId: string) =>
    (await trade.bookings.offers(trade.db, spuOf(skuId))).places[0]?.windows ?? [];
  const place = (buyerId: string, skuId: string, from: string, { quantity = 1, at = '静安店' } = {}) =>
    trade.inTransaction((tx) =>
      trade.orders.place(tx, buyerId, newId(), {
        source: { kind: 'lines', lines: [{ skuId, quantity }] },
        bookings: [{ skuId, place: at, from }],
        ...{ contact, consents },
      }),
    );
  async function booked(skuId: string, window = 0) {
    const buyerId = newId();
    const from = (await windowsOf(skuId))[window]?.from as string;
    const placed = await place(buyerId, skuId, from);
    const orderNo = placed.orderNos[0] as string;
    await trade.pay(buyerId, placed.paymentId);
    await trade.settle();
    const { pickupCode } = await trade.orders.get(trade.db, buyerId, orderNo);
    return { buyerId, orderNo, paymentId: placed.paymentId, from, code: pickupCode?.digits ?? '' };
  }
  const outcomeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof AppError ? error.code : Promise.reject(error)),
    );
  const redeem = (code: string, by = staff) => trade.inTransaction((tx) => trade.bookingDesk.redeem(tx, by, code));

  it('C10-PAY-07 offers the windows of its days that begin late enough, by place', async () => {
    const windows = await windowsOf(await givenService());
    // Sunday from 14:00 (two hours ahead), Monday, Wednesday, and Sunday a week later.
    expect(windows.map(({ text }) => text.split(' ')[0])).toEqual([
      ...Array(4).fill('今天'),
      ...Array(8).fill('明天'),
      ...Array(8).fill('11/25'),
      ...Array(8).fill('11/29'),
    ]);
    expect(windows[0]).toMatchObject({ text: '今天 14:00–15:00', left: 3, isFull: false });
  });

  it('C10-PAY-07 needs no address but a window and a person, and says which of them is missing', async () => {
    const skuId = await givenService();
    const source = { kind: 'lines' as const, lines: [{ skuId, quantity: 1 }] };
    const preview = (more: object) => trade.checkout.preview(trade.db, newId(), { source, ...more });
    expect(await preview({ contact })).toMatchObject({ blockedBy: 'no_booking', needsAddress: false, freight: 0 });
    const [first] = await windowsOf(skuId);
    const bookings = [{ skuId, place: '静安店', from: first?.from as string }];
    expect(await preview({ bookings })).toMatchObject({ blockedBy: 'no_contact' });
    const ready = await preview({ contact, bookings });
    expect(ready).toMatchObject({ canSubmit: true, consents: [{ text: '预约开始前 24 小时内不支持退款' }] });
    expect(ready.shops[0]?.lines[0]?.booking).toMatchObject({ place: '静安店', window: { text: '今天 14:00–15:00' } });
    expect(await outcomeOf(place(newId(), skuId, first?.from as string, { at: '浦东店' }))).toBe(
      'bookings.place_not_found',
    );
    expect(await outcomeOf(place(newId(), skuId, '2026-11-24T06:00:00.000Z'))).toBe('bookings.window_gone');
  });

  it('C10-PAY-07 of 40 who ask at once exactly as many get in as the window holds; another place is another window', async () => {
    const skuId = await givenService(5);
    const from = (await windowsOf(skuId))[2]?.from as string;
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => outcomeOf(place(newId(), skuId, from))));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(5);
    expect(new Set(outcomes)).toEqual(new Set(['done', 'bookings.window_full']));
    // Whoever did not get in holds no stock either.
    expect(await trade.stockOf(skuId)).toMatchObject({ reserved: 5 });
    expect(await outcomeOf(place(newId(), skuId, from, { at: '徐汇店', quantity: 5 }))).toBe('done');
    expect(await outcomeOf(place(newId(), skuId, from, { at: '徐汇店' }))).toBe('bookings.window_full');
  });

  it('C10-PAY-07 placing a booking takes at most twelve statements', async () => {
    const skuId = await givenService();
    const from = (await windowsOf(skuId))[0]?.from as string;
    const statements = await trade.database.statementsOf(() => place(newId(), skuId, from));
    // SKUs and opening the payment are stand-ins here: one statement each at home.
    expect(statements.length + 2).toBeLessThanOrEqual(12);
  });

  it('C10-PAY-07 once paid it waits to be used, and its code works once, in its shop, whoever tries at the same time', async () => {
    const skuId = await givenService();
    const { buyerId, orderNo, code } = await booked(skuId);
    const detail = await trade.orders.get(trade.db, buyerId, orderNo);
    expect(detail).toMatchObject({
      ...{ status: 'to_use', statusText: '待使用', goods: 'service' },
      booking: { place: '静安店', windowText: '11月22日 14:00–15:00' },
    });
    expect(detail.actions).toEqual(['show_code', 'buy_again']);
    expect(await outcomeOf(redeem(code, { shopId: shopB, name: '旁人' }))).toBe('bookings.code_not_found');
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcomeOf(redeem(code))));
    expect(outcomes.sort()).toEqual([...Array(4).fill('bookings.already_redeemed'), 'done']);
    expect(await trade.statusOf(buyerId, orderNo)).toBe('completed');
    const day = await trade.bookingDesk.day(trade.db, shopA, '2026-11-22');
    expect(day.items.find((row) => row.orderNo === orderNo)).toMatchObject({
      ...{ state: 'redeemed', redeemedBy: '周店主', contact: '李**', phone: '139****5678', title: '上门保洁' },
    });
    expect((await trade.bookingDesk.day(trade.db, shopB, '2026-11-22')).items).toEqual([]);
    expect((await trade.fulfilment.claimUploads(50)).find((task) => task.orderNo === orderNo)).toMatchObject({
      way: 'service',
    });
  });

  it('C10-PAY-07 is given back until the hours of its terms, and its place is free at once, once', async () => {
    const skuId = await givenService(1);
    const late = await booked(skuId, 0);
    const refund = ({ buyerId, orderNo }: { buyerId: string; orderNo: string }) =>
      trade.inTransaction((tx) => trade.orders.refundByBuyer(tx, buyerId, orderNo, '来不了'));
    // It begins in two hours.
    expect(await outcomeOf(refund(late))).toBe('orders.booking_refund_over');
    const early = await booked(skuId, 12);
    expect((await trade.orders.get(trade.db, early.buyerId, early.orderNo)).actions).toContain('refund');
    expect((await windowsOf(skuId))[12]).toMatchObject({ isFull: true });
    expect(await outcomeOf(refund(early))).toBe('done');
    await trade.settle();
    expect((await windowsOf(skuId))[12]).toMatchObject({ isFull: false, left: 1 });
    expect(await outcomeOf(redeem(early.code))).toBe('orders.cannot_redeem');
    // The shop may at any time.
    await trade.inTransaction((tx) =>
      trade.orders.refundByShop(tx, shopA, late.orderNo, { reason: '商家同意', staffName: '周店主' }),
    );
    expect(await trade.statusOf(late.buyerId, late.orderNo)).toBe('refunding');
  });

  it('C10-PAY-07 an order that is closed unpaid frees its place; money that comes later takes it anew or goes back', async () => {
    const skuId = await givenService(1);
    const from = (await windowsOf(skuId))[5]?.from as string;
    const [first, second] = [newId(), newId()];
    const placed = await place(first, skuId, from);
    const closeIt = async (buyerId: string, paymentId: string) => {
      await trade.closed(buyerId, paymentId);
      await trade.settle();
    };
    await closeIt(first, placed.paymentId);
    expect((await windowsOf(skuId))[5]).toMatchObject({ left: 1 });
    const other = await place(second, skuId, from);
    await closeIt(second, other.paymentId);
    await trade.pay(second, other.paymentId);
    await trade.pay(first, placed.paymentId);
    await trade.settle();
    const states = [await trade.statusOf(first, placed.orderNos[0] as string)];
    states.push(await trade.statusOf(second, other.orderNos[0] as string));
    expect(states.sort()).toEqual(['refunding', 'to_use']);
    expect((await windowsOf(skuId))[5]).toMatchObject({ left: 0 });
  });

  it('C10-PAY-07 nobody came: some days later it is done by itself', async () => {
    const { buyerId, orderNo } = await booked(await givenService());
    await trade.bookingDesk.expire(trade.database);
    expect(await trade.statusOf(buyerId, orderNo)).toBe('to_use');
    trade.clock.advance(3 * dayMs + 4 * hourMs);
    await trade.bookingDesk.expire(trade.database);
    expect(await trade.statusOf(buyerId, orderNo)).toBe('completed');
  });
});
