import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paidOf, refundParts } from './orders.domain.ts';

describe('money of a presale’s two payments', () => {
  const order = fc
    .record({ deposit: fc.integer({ min: 1, max: 50_000 }), balance: fc.integer({ min: 0, max: 500_000 }) })
    .map(({ deposit, balance }) => ({
      ...{ paymentId: 'balance', depositPaymentId: 'deposit', refundedAmount: 0, deposit, payable: deposit + balance },
      paidAt: new Date(0) as Date | null,
    }));

  it('refunds in any pieces give back exactly what each payment took, the balance first', () => {
    fc.assert(
      fc.property(order, fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 12 }), (whole, cuts) => {
        const taken = { balance: 0, deposit: 0 };
        let refundedAmount = 0;
        const give = (amount: number) => {
          for (const part of refundParts({ ...whole, refundedAmount }, amount))
            taken[part.paymentId as 'balance' | 'deposit'] += part.amount;
          refundedAmount += amount;
          expect(taken.balance + taken.deposit).toBe(refundedAmount);
          expect(taken.balance).toBeLessThanOrEqual(whole.payable - whole.deposit);
          expect(taken.deposit).toBeLessThanOrEqual(whole.deposit);
          if (taken.deposit > 0) expect(taken.balance).toBe(whole.payable - whole.deposit);
        };
        for (const cut of cuts) give(Math.min(cut, whole.payable - refundedAmount));
        give(whole.payable - refundedAmount);
        expect(taken).toEqual({ balance: whole.payable - whole.deposit, deposit: whole.deposit });
      }),
    );
  });

  it('before the balance only the deposit can go back, from its own payment', () => {
    fc.assert(
      fc.property(order, (whole) => {
        const waiting = { ...whole, paidAt: null, paymentId: 'deposit', depositPaymentId: null };
        expect(paidOf(waiting)).toBe(whole.deposit);
        expect(refundParts(waiting, paidOf(waiting))).toEqual([{ paymentId: 'deposit', amount: whole.deposit }]);
        // The balance has been placed and not paid: the deposit's payment is the earlier one.
        const placed = { ...whole, paidAt: null };
        expect(refundParts(placed, paidOf(placed))).toEqual([{ paymentId: 'deposit', amount: whole.deposit }]);
      }),
    );
  });

  it('an ordinary order has one payment, free ones too', () => {
    const plain = { paymentId: 'p', depositPaymentId: null, refundedAmount: 0, deposit: 0, payable: 0, paidAt: null };
    expect(refundParts(plain, 0)).toEqual([{ paymentId: 'p', amount: 0 }]);
  });
});
