import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runPair } from '#platform/books.ts';
import { dayMs, hourMs, minuteMs, shanghaiDay } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { shopA } from '../../../test/trade.ts';
import { openTradeApp, type TradeApp } from '../../../test/trade-app.ts';
import type { HourFigures, Sold } from '../orders/index.ts';
import { orderHourBook } from '../orders/index.ts';
import { judgeKeptHour, keptHourBook } from './analytics.audits.ts';
import { dayStart, daysOf, hoursOfDay, playsOf } from './analytics.figures.domain.ts';
import { createRolledFigures } from './analytics.rolled.ts';

/** One paid order as the property draws it. */
interface Trade {
  /** Minutes before the end. */
  ago: number;
  buyer: number;
  product: number;
  quantity: number;
  freight: number;
  play: 'flash' | 'group' | null;
  /** Minutes after payment; null: never. */
  refundedAfter: number | null;
}

const end = new Date('2026-11-22T05:20:00Z');

describe('figures that are kept by the hour', () => {
  let shop: TradeApp;
  let buyers: string[];
  let spus: string[];
  beforeAll(async () => {
    shop = await openTradeApp();
    buyers = Array.from({ length: 4 }, newId);
    spus = Array.from({ length: 12 }, newId).sort();
    shop.clock.set('2026-10-01T00:00:00Z');
    await shop.placeAndPay(newId(), [{ skuId: await shop.givenSku({ salePrice: 1_000, stock: 5 }), quantity: 1 }]);
  });
  afterAll(() => shop.close());
  beforeEach(() => {
    shop.clock.set(end);
  });

  const always = () => createRolledFigures({ clock: shop.clock, orders: shop.orders }, 0);
  const never = () => createRolledFigures({ clock: shop.clock, orders: shop.orders }, Number.MAX_SAFE_INTEGER);
  const roll = () => always().rollAll(shop, [shopA]);

  let serial = 0;
  /** Copies of the one order that was really placed and paid. */
  async function given({ ago, buyer, product, quantity, freight, play, refundedAfter }: Trade): Promise<string> {
    serial += 1;
    const orderNo = `99${String(serial).padStart(18, '0')}`;
    const paidAt = new Date(end.getTime() - ago * minuteMs);
    const payable = quantity * 1_000 * (product + 1);
    const status = refundedAfter === null ? 'completed' : 'refunded';
    const copied = async (table: 'order' | 'order_line', change: Record<string, unknown>) => {
      await sql`
        insert into ${sql.table(`orders.${table}`)}
        select (jsonb_populate_record(o, ${JSON.stringify(change)}::jsonb)).* from ${sql.table(`orders.${table}`)} o
        where order_no not like '99%' limit 1`.execute(shop.db);
    };
    const key = { buyer_id: buyers[buyer], order_no: orderNo };
    await copied('order', {
      ...{ ...key, reservation_id: newId(), status, paid_at: paidAt },
      ...{ list_total: payable, goods_total: payable, discount: 0, freight, payable: payable + freight },
    });
    await copied('order_line', {
      ...{ ...key, line_id: newId(), spu_id: spus[product], title: `货 ${product}`, quantity, payable },
      activity: play && { id: newId(), kind: play, unitPrice: 1, quantity },
    });
    if (refundedAfter !== null) {
      await shop.db
        .insertInto('orders.refund')
        .values({
          ...{ buyerId: buyers[buyer] as string, refundNo: orderNo, orderNo, shopId: shopA, paymentId: newId() },
          ...{ amount: payable + freight, reason: '', requestedBy: '', status: 'succeeded', lines: null },
          requestedAt: paidAt,
          settledAt: new Date(paidAt.getTime() + refundedAfter * minuteMs),
        })
        .execute();
    }
    return orderNo;
  }
  const clear = async () => {
    for (const table of ['orders.orderLine', 'orders.order', 'orders.refund'] as const)
      await shop.db.deleteFrom(table).where('orderNo', 'like', '99%').execute();
    for (const table of ['analytics.shopHour', 'analytics.shopSeller', 'analytics.rolled'] as const)
      await shop.db.deleteFrom(table).execute();
  };

  /** What people see, of what is kept and what came since. */
  const shown = async () => picture(await always().hours(shop.db, shopA), await always().bestSellers(shop.db, shopA));
  /** The same from the orders alone. */
  async function summed() {
    const [fortnight, week] = [dayStart(shop.clock.now(), 13), dayStart(shop.clock.now(), 6)];
    return picture(
      await shop.orders.figuresByHour(shop.db, shopA, { from: fortnight }),
      await shop.orders.soldByProduct(shop.db, shopA, { from: week }, 8),
    );
  }
  function picture(hours: HourFigures[], best: Sold[]) {
    const now = shop.clock.now();
    return {
      days: daysOf(hours, now, 14),
      byHour: hoursOfDay(hours, now),
      byPlay: playsOf(hours, dayStart(now, 6)),
      best: best.map(({ spuId, units, sales, title }) => [spuId, units, sales, title]),
    };
  }
  /** What the audit finds in the kept hours. */
  const audited = async () => {
    const pair = { name: 'kept', says: '', left: keptHourBook, right: orderHourBook, judge: judgeKeptHour };
    return (await shop.inTransaction((tx) => runPair(tx, pair, shop.clock.now()))).examples;
  };
  /** Days once more, from what was drawn and by no SQL. */
  function counted(trades: readonly Trade[]) {
    const at = (minutes: number) => shanghaiDay(new Date(end.getTime() - minutes * minuteMs));
    const paid = ({ product, quantity, freight }: Trade) => quantity * 1_000 * (product + 1) + freight;
    return daysOf([], end, 14).map(({ day }) => {
      const own = trades.filter(({ ago }) => at(ago) === day);
      const back = trades.filter((one) => one.refundedAfter !== null && at(one.ago - one.refundedAfter) === day);
      return {
        ...{ day, gmv: own.reduce((sum, one) => sum + paid(one), 0), orders: own.length },
        ...{
          payers: new Set(own.map(({ buyer }) => buyer)).size,
          refunds: back.reduce((sum, one) => sum + paid(one), 0),
        },
      };
    });
  }
  const trade: fc.Arbitrary<Trade> = fc.record({
    ago: fc.oneof(fc.integer({ min: 0, max: 16 * 24 * 60 }), fc.integer({ min: 0, max: 30 * 60 })),
    buyer: fc.nat(3),
    product: fc.nat(11),
    quantity: fc.integer({ min: 1, max: 3 }),
    freight: fc.constantFrom(0, 800),
    play: fc.constantFrom(null, null, 'flash' as const, 'group' as const),
    refundedAfter: fc.option(fc.integer({ min: 0, max: 3_000 }), { freq: 4 }),
  });

  it('C13-GMV-01 kept hours and those since are what summing everything gives, wherever the cut falls', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(trade, { minLength: 1, maxLength: 25 }),
        fc.array(fc.integer({ min: 0, max: 40 * 60 }), { minLength: 1, maxLength: 3 }),
        async (trades, rolledAgo) => {
          await clear();
          for (const one of trades) await given(one);
          // Swept some times on the way; what is later than a sweep it does not see, for it sums whole hours that are over.
          for (const ago of rolledAgo.toSorted((a, b) => b - a)) {
            shop.clock.set(new Date(end.getTime() - ago * minuteMs));
            await roll();
          }
          shop.clock.set(end);
          const { days, ...rest } = await shown();
          expect({ days, ...rest }).toEqual(await summed());
          expect(days).toEqual(counted(trades));
          expect(await audited()).toEqual([]);
        },
      ),
      { numRuns: 25, seed: 11 },
    );
  }, 120_000);

  it('a payment told late enters its hour, an old one with the next day; a refund leaves the best sellers', async () => {
    await clear();
    const usual = { buyer: 0, product: 1, quantity: 2, freight: 0, play: null, refundedAfter: null };
    const first = await given({ ...usual, ago: 26 * 60 });
    expect([await roll(), await roll()]).toEqual([1, 0]);
    await given({ ...usual, buyer: 1, ago: 100 });
    await given({ ...usual, buyer: 2, ago: 3 * 24 * 60 });
    await shop.db.updateTable('orders.order').set({ status: 'refunded' }).where('orderNo', '=', first).execute();
    shop.clock.advance(11 * minuteMs);
    expect(await roll()).toBe(1);
    const [kept, exact] = [await shown(), await summed()];
    expect(kept.best).toEqual(exact.best);
    expect(kept.byHour).toEqual(exact.byHour);
    expect(kept.days).not.toEqual(exact.days);
    shop.clock.advance(dayMs);
    await roll();
    expect(await shown()).toEqual(await summed());
  });

  it('C04-INT-05 the audit finds a kept hour that is not what its orders add up to, and waits a day for what was told late', async () => {
    await clear();
    const usual = { buyer: 0, product: 1, quantity: 2, freight: 0, play: 'flash' as const, refundedAfter: null };
    await given({ ...usual, ago: 5 * 60 });
    await given({ ...usual, buyer: 1, ago: 30 * 60, refundedAfter: 60 });
    await roll();
    expect(await audited()).toEqual([]);
    const hourOf = (ago: number) => new Date(Math.floor((end.getTime() - ago * minuteMs) / hourMs) * hourMs);
    const key = `${shopA} ${hourOf(5 * 60)
      .toISOString()
      .slice(0, 13)}`;
    const change = (figures: object) =>
      shop.db
        .updateTable('analytics.shopHour')
        .set(figures)
        .where('hour', '=', hourOf(5 * 60))
        .execute();
    const [right] = await shop.db
      .selectFrom('analytics.shopHour')
      .selectAll()
      .where('hour', '=', hourOf(5 * 60))
      .execute();
    for (const wrong of [{ gmv: 1 }, { orders: 2 }, { newPayers: 0 }, { refunds: 5 }, { plays: '{}' }]) {
      await change(wrong);
      expect(await audited()).toMatchObject([{ key }]);
      await change({ ...right, plays: JSON.stringify(right?.plays) });
    }
    // Lost, invented, and kept of an hour that is not over.
    await shop.db
      .deleteFrom('analytics.shopHour')
      .where('hour', '=', hourOf(5 * 60))
      .execute();
    expect(await audited()).toMatchObject([{ key }]);
    await roll();
    await shop.db
      .insertInto('analytics.shopHour')
      .values(
        [3 * 60, 0].map((ago) => ({
          ...right,
          shopId: shopA,
          plays: '{}',
          gmv: 7,
          orders: 1,
          newPayers: 1,
          refunds: 0,
          hour: hourOf(ago),
        })),
      )
      .execute();
    expect(await audited()).toHaveLength(3);
    await clear();

    await given({ ...usual, ago: 5 * 60 });
    await roll();
    const late = await given({ ...usual, buyer: 2, ago: 8 * 60 });
    const tell = (ago: number) =>
      sql`insert into orders.order_event (buyer_id, order_no, event_id, text, actor, at)
        values (${buyers[2]}, ${late}, ${newId()}, '付款成功 ¥40.00', '买家', ${new Date(end.getTime() - ago * minuteMs)})`.execute(
        shop.db,
      );
    // Told in its own hour, the sum should have it.
    expect(await audited()).toHaveLength(1);
    shop.clock.advance(minuteMs);
    await tell(-1);
    expect(await audited()).toEqual([]);
    shop.clock.advance(dayMs);
    await roll();
    expect(await audited()).toEqual([]);
  });

  it('a small shop keeps nothing, two sweeps at once sum it once, and a clock set back is answered from the orders', async () => {
    await clear();
    await given({ ago: 300, buyer: 0, product: 3, quantity: 1, freight: 0, play: null, refundedAfter: null });
    expect(await never().rollAll(shop, [shopA])).toBe(0);
    const swept = await Promise.all([roll(), roll()]);
    expect(swept[0] + swept[1]).toBe(1);
    expect((await shop.db.selectFrom('analytics.shopHour').selectAll().execute()).length).toBe(1);
    shop.clock.set(new Date(end.getTime() - 8 * hourMs));
    expect(await shown()).toEqual(await summed());
    shop.clock.set(new Date(end.getTime() + hourMs));
    expect(await never().rollAll(shop, [shopA])).toBe(0);
    expect(await shop.db.selectFrom('analytics.rolled').selectAll().execute()).toEqual([]);
  });
});
