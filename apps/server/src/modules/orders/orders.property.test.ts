/** Whatever happens in whatever order, and however often it is told: stock adds up, money goes back at most once. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minuteMs } from '#platform/clock.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { openTrade, shopA, shopB, type Trade } from '../../../test/trade.ts';
import { canMove } from './orders.domain.ts';

describe('any sequence of what can happen to orders', () => {
  let trade: Trade;
  beforeAll(async () => {
    trade = await openTrade();
  });
  afterAll(() => trade.close());

  // Weighed so that an order's whole life fits into a sequence.
  const place = fc.record({
    kind: fc.constant('place' as const),
    a: fc.integer({ min: 0, max: 2 }),
    b: fc.integer({ min: 0, max: 2 }),
  });
  const wait = fc.record({
    kind: fc.constant('wait' as const),
    minutes: fc.constantFrom(1, 14, 15, 16, 30, 60 * 24 * 11),
  });
  const act = fc.record({
    kind: fc.constantFrom(
      'pay' as const,
      'pay' as const,
      'pay' as const,
      'prepare' as const,
      'cancel' as const,
      'refund' as const,
      'ship' as const,
      'receive' as const,
      'closed' as const,
      'settle_refund' as const,
      'fail_refund' as const,
    ),
    pick: fc.nat(5),
  });
  const step = fc.oneof({ weight: 2, arbitrary: place }, { weight: 1, arbitrary: wait }, { weight: 8, arbitrary: act });

  it('keeps stock equal to what orders hold, moves only legally, and refunds each order at most once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        trade.clock.set(trade.start);
        trade.calls.length = 0;
        const stock = 6;
        const [a, b] = [await trade.givenSku({ shopId: shopA, stock }), await trade.givenSku({ shopId: shopB, stock })];
        const placed: { buyerId: string; paymentId: string; orderNo: string; shopId: string }[] = [];
        const paidPayments = new Set<string>();
        const closedPayments = new Set<string>();
        const statuses = new Map<string, string>();
        let waybills = 0;

        const perform = async (op: (typeof steps)[number]): Promise<void> => {
          if (op.kind === 'wait') {
            trade.clock.advance(op.minutes * minuteMs);
            return trade.settle();
          }
          if (op.kind === 'place') {
            const lines = [
              { skuId: a, quantity: op.a },
              { skuId: b, quantity: op.b },
            ].filter(({ quantity }) => quantity > 0);
            if (lines.length === 0) return;
            const buyerId = newId();
            const { paymentId } = await trade.place(buyerId, lines);
            const { items } = await trade.orders.list(trade.db, buyerId, { limit: 10 });
            for (const { orderNo, shopId } of items) placed.push({ buyerId, paymentId, orderNo, shopId });
            return;
          }
          const order = placed[op.pick % Math.max(1, placed.length)];
          if (!order) return;
          const { buyerId, paymentId, orderNo, shopId } = order;
          const refund = trade.callsNamed('requestRefund').find((call) => call.orderNo === orderNo);
          switch (op.kind) {
            case 'pay':
              // WeChat says one or the other of a payment, never both.
              if (closedPayments.has(paymentId)) return;
              paidPayments.add(paymentId);
              return trade.pay(buyerId, paymentId);
            case 'closed':
              if (paidPayments.has(paymentId)) return;
              if (!trade.callsNamed('requestClose').some((call) => call.paymentId === paymentId)) return;
              closedPayments.add(paymentId);
              return trade.closed(buyerId, paymentId);
            case 'prepare':
              await trade.inTransaction((tx) => trade.orders.preparePayment(tx, { buyerId, paymentId }));
              return;
            case 'cancel':
              return trade.inTransaction((tx) => trade.orders.cancel(tx, buyerId, orderNo, 'x'));
            case 'refund':
              return trade.inTransaction((tx) => trade.orders.refundByBuyer(tx, buyerId, orderNo, 'x'));
            case 'ship': {
              waybills += 1;
              const parcel = { orderNo, carrierCode: 'SF', waybillNo: `SF${waybills}`, staffName: 't' };
              await trade.inTransaction((tx) => trade.fulfilment.ship(tx, shopId, parcel));
              return;
            }
            case 'receive':
              return trade.inTransaction((tx) => trade.orders.confirmReceipt(tx, buyerId, orderNo));
            case 'settle_refund':
            case 'fail_refund': {
              if (!refund) return;
              const told = refund as { paymentId: string; refundNo: string; orderNo: string; amount: number };
              const outcome = op.kind === 'settle_refund' ? 'succeeded' : 'failed';
              return trade.inTransaction((tx) => trade.orders.refundSettled(tx, { ...told, buyerId, outcome }));
            }
          }
        };

        for (const op of steps) {
          await perform(op).catch((error: unknown) => {
            if (!(error instanceof AppError)) throw error;
          });
          for (const { buyerId, orderNo } of placed) {
            const status = await trade.statusOf(buyerId, orderNo);
            const before = (statuses.get(orderNo) ?? 'pending_payment') as typeof status;
            // A wait may take two steps at once; each of them is legal.
            if (op.kind !== 'wait' && before !== status)
              expect([before, status, canMove(before, status)]).toEqual([before, status, true]);
            statuses.set(orderNo, status);
          }
        }

        const rows = await trade.db
          .selectFrom('orders.order as o')
          .innerJoin('orders.orderLine as l', (join) =>
            join.onRef('l.buyerId', '=', 'o.buyerId').onRef('l.orderNo', '=', 'o.orderNo'),
          )
          .select([
            'o.orderNo',
            'o.status',
            'o.heldUntil',
            'o.payable',
            'o.paymentId',
            'l.skuId',
            'l.quantity',
            'l.shippedQuantity',
          ])
          .where('l.skuId', 'in', [a, b])
          .execute();
        for (const skuId of [a, b]) {
          const own = rows.filter((row) => row.skuId === skuId);
          const units = (keep: (row: (typeof rows)[number]) => boolean) =>
            own.filter(keep).reduce((sum, { quantity }) => sum + quantity, 0);
          const refundHolds = await trade.db
            .selectFrom('inventory.reservationLine')
            .innerJoin('orders.order', 'orders.order.reservationId', 'inventory.reservationLine.reservationId')
            .select('quantity')
            .where('skuId', '=', skuId)
            .where('orders.order.status', '=', 'refunding')
            .where('inventory.reservationLine.status', '<>', 'released')
            .execute();
          const reserved =
            units(
              ({ status, heldUntil }) => status === 'paid' || (status === 'pending_payment' && heldUntil !== null),
            ) + refundHolds.reduce((sum, { quantity }) => sum + quantity, 0);
          const shipped = units(({ status }) => status === 'shipped' || status === 'completed');
          expect(await trade.stockOf(skuId)).toMatchObject({ onHand: stock - shipped, reserved });
        }

        const refunds = trade.callsNamed('requestRefund');
        expect(new Set(refunds.map(({ orderNo }) => orderNo)).size).toBe(refunds.length);
        for (const { orderNo, amount, paymentId } of refunds) {
          expect(amount).toBe(rows.find((row) => row.orderNo === orderNo)?.payable);
          expect(paidPayments.has(paymentId as string)).toBe(true);
        }
        // Every order whose money came in is being served or paid back.
        for (const { orderNo, paymentId } of placed) {
          if (!paidPayments.has(paymentId)) continue;
          expect(['paid', 'shipped', 'completed', 'refunding', 'refunded']).toContain(statuses.get(orderNo));
        }
      }),
      { numRuns: 30 },
    );
  }, 120_000);
});
