/** However an order is taken apart, exactly what was paid comes back: to the fen, and never more (C10-DSP-02). */
import { type PricedLine, refundShare } from '@xiaopu/pricing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#platform/errors.ts';
import { compensation, type FreightRule, type LineFacts, quote, shareOf } from './after-sales.domain.ts';
import { openWorld, type World } from './after-sales.testing.ts';

const line = fc.record({
  quantity: fc.integer({ min: 1, max: 12 }),
  payable: fc.integer({ min: 0, max: 1_000_000 }),
});
const pick = fc.record({ line: fc.nat(9), pieces: fc.integer({ min: 1, max: 12 }) });

describe('money of after-sale', () => {
  it('C10-DSP-02 any split of all pieces returns exactly what was paid, freight with the last piece', () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 3_000 }),
        fc.array(pick, { maxLength: 60 }),
        fc.constantFrom<FreightRule>(0, 1, 2),
        (made, freight, picks, rule) => {
          const lines: LineFacts[] = made.map((each, index) => ({
            ...each,
            lineId: String(index),
            shippedQuantity: 0,
            withdrawnQuantity: 0,
            refundedQuantity: 0,
            refundedAmount: 0,
          }));
          const paid = lines.reduce((sum, each) => sum + each.payable, 0);
          const order = { payable: paid + freight, refundedAmount: 0, lines };
          let freightBack = 0;
          const give = (target: LineFacts, quantity: number) => {
            const share = quote(order, [{ lineId: target.lineId, quantity }], { rule });
            for (const { amount, withdrawn } of share.lines) {
              target.refundedQuantity += quantity;
              target.refundedAmount += amount;
              target.withdrawnQuantity += withdrawn;
            }
            order.refundedAmount += share.goodsAmount + share.freight;
            freightBack += share.freight;
          };
          for (const { line: at, pieces } of picks) {
            const target = lines[at % lines.length] as LineFacts;
            const left = target.quantity - target.refundedQuantity;
            if (left > 0) give(target, Math.min(left, pieces));
            expect(order.refundedAmount).toBeLessThanOrEqual(order.payable);
          }
          for (const target of lines) {
            const left = target.quantity - target.refundedQuantity;
            if (left > 0) give(target, left);
            expect(target.refundedAmount).toBe(target.payable);
          }
          expect(freightBack).toBe(rule === 0 ? 0 : freight);
          expect(order.refundedAmount).toBe(paid + (rule === 0 ? 0 : freight));
        },
      ),
    );
  });

  it('a line’s share is that of pricing’s refundShare, so that coupon and points reports agree', () => {
    fc.assert(
      fc.property(line, fc.nat(11), fc.integer({ min: 1, max: 12 }), ({ quantity, payable }, before, wanted) => {
        const gone = Math.min(before, quantity - 1);
        const now = Math.min(wanted, quantity - gone);
        const alreadyPaid = Math.floor((payable * gone) / quantity);
        const facts = {
          lineId: 'a',
          quantity,
          payable,
          refundedQuantity: gone,
          refundedAmount: alreadyPaid,
          shippedQuantity: 0,
          withdrawnQuantity: 0,
        };
        const priced = { lineId: 'a', shopId: 's', quantity, payable, discounts: [], pointsUsed: 0 };
        const { lines } = refundShare(
          { lines: [priced as unknown as PricedLine], shops: [], coupons: { applied: [] } },
          [{ lineId: 'a', quantity: now }],
          gone > 0 ? [{ lineId: 'a', quantity: gone, amount: alreadyPaid }] : [],
        );
        expect(shareOf(facts, now)).toBe(lines[0]?.amount);
      }),
    );
  });

  it('a part agreed on is spread over the lines without passing any of them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { minLength: 1, maxLength: 8 }), fc.nat(800_000), (amounts, wanted) => {
        const whole = amounts.reduce((sum, amount) => sum + amount, 0);
        fc.pre(whole > 0);
        const part = Math.min(wanted, whole);
        const share = compensation(
          {
            goodsAmount: whole,
            freight: 0,
            lines: amounts.map((amount, index) => ({ lineId: String(index), quantity: 1, amount, withdrawn: 0 })),
          },
          part,
        );
        expect(share.lines.reduce((sum, { amount }) => sum + amount, 0)).toBe(part);
        for (const [index, { amount, quantity }] of share.lines.entries()) {
          expect(amount).toBeLessThanOrEqual(amounts[index] as number);
          expect(quantity).toBe(0);
        }
      }),
    );
  });
});

describe('cases in any order on a real database', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('C10-DSP-02 never gives back more than was paid, and stock ends where the goods are', async () => {
    const act = fc.record({
      line: fc.nat(1),
      quantity: fc.integer({ min: 1, max: 3 }),
      kind: fc.constantFrom('refund' as const, 'return' as const),
      offer: fc.option(fc.integer({ min: 1, max: 2_000 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 2, maxLength: 7 }), fc.boolean(), async (acts, ship) => {
        world.clock.set(world.start);
        const order = await world.givenOrder({
          lines: [
            { salePrice: 1_999, quantity: 3 },
            { salePrice: 701, quantity: 2 },
          ],
          ship,
        });
        const { buyerId, orderNo, shopId } = order;
        const back = [0, 0];
        for (const { line: at, quantity, kind, offer } of acts) {
          try {
            const { caseNo } = await world.inTransaction((tx) =>
              world.afterSales.apply(tx, buyerId, {
                orderNo,
                kind,
                reason: 'other',
                description: '',
                mediaIds: [],
                lines: [{ lineId: order.lineIds[at] as string, quantity }],
              }),
            );
            const { status } = await world.afterSales.get(world.db, buyerId, caseNo);
            if (status === 'refunding') {
              back[at] = (back[at] ?? 0) + quantity;
            } else if (offer !== undefined) {
              await world.inTransaction(async (tx) => {
                await world.afterSales.offer(tx, shopId, caseNo, { amount: offer, note: '', staffName: '小陈' });
                await world.afterSales.acceptOffer(tx, buyerId, caseNo);
              });
            } else if (kind === 'refund') {
              await world.inTransaction((tx) => world.afterSales.agree(tx, shopId, caseNo, '小陈'));
            } else {
              await world.inTransaction(async (tx) => {
                await world.afterSales.agree(tx, shopId, caseNo, '小陈');
                await world.afterSales.shipBack(tx, buyerId, caseNo, { carrierCode: 'SF', waybillNo: 'SF12345678' });
                await world.afterSales.receive(tx, shopId, caseNo, { restock: true, staffName: '小陈' });
              });
              back[at] = (back[at] ?? 0) + quantity;
            }
            await world.settleRefunds(buyerId);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            // An offer above what is left leaves the case open: give it up, and go on.
            for (const { caseNo, status } of (await world.afterSales.list(world.db, buyerId, { limit: 50 })).items)
              if (status === 'applied') await world.inTransaction((tx) => world.afterSales.cancel(tx, buyerId, caseNo));
          }
        }
        const asked = world.refundsOf(buyerId).reduce((sum, { amount }) => sum + (amount as number), 0);
        expect(asked).toBeLessThanOrEqual(order.payable);
        const row = await world.db
          .selectFrom('orders.order')
          .select(['refundedAmount', 'payable'])
          .where('buyerId', '=', buyerId)
          .executeTakeFirstOrThrow();
        expect(row.refundedAmount).toBe(asked);
        for (const [index, skuId] of order.skuIds.entries()) {
          const bought = index === 0 ? 3 : 2;
          const { onHand = 0, reserved = 0 } = (await world.stockOf(skuId)) ?? {};
          expect(onHand - reserved).toBe(10 - bought + (back[index] ?? 0));
        }
      }),
      { numRuns: 15 },
    );
  }, 120_000);
});
