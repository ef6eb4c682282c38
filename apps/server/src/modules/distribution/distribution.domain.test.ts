import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bindingMove,
  birthdayOf,
  codeOf,
  commissionOf,
  isAdult,
  type LineShare,
  maskIdNumber,
  payeesOf,
  rateFor,
  sharesOf,
  statusAfter,
} from './distribution.domain.ts';

const day = 86_400_000;

describe('whose customer', () => {
  const at = new Date('2026-11-22T08:00:00Z');
  const bound = (distributorId: string, ms: number) => ({ distributorId, protectedUntil: new Date(at.getTime() + ms) });

  it('C01-CMP-03 a customer does not move inside the protection, except where the last link counts', () => {
    const link = { distributorId: 'b', at };
    expect(bindingMove('first_link', undefined, link)).toBe('bind');
    expect(bindingMove('first_link', bound('a', 1), link)).toBe('keep');
    expect(bindingMove('first_link', bound('a', 0), link)).toBe('move');
    expect(bindingMove('last_link', bound('a', day), link)).toBe('move');
    expect(bindingMove('only_unbound', bound('a', -day), link)).toBe('keep');
    expect(bindingMove('only_unbound', undefined, link)).toBe('bind');
  });
  it('the same distributor again renews only a protection that has ended', () => {
    for (const rule of ['first_link', 'last_link', 'only_unbound'] as const) {
      expect(bindingMove(rule, bound('b', 1), { distributorId: 'b', at })).toBe('keep');
      expect(bindingMove(rule, bound('b', -1), { distributorId: 'b', at })).toBe('renew');
    }
  });
});

describe('who earns', () => {
  const parents: Record<string, string> = { b: 'a', c: 'b' };
  const of = (more: Partial<Parameters<typeof payeesOf>[0]>) =>
    payeesOf({
      customerId: 'x',
      boundTo: undefined,
      isSelf: false,
      levels: 2,
      parentOf: (id) => parents[id],
      ...more,
    });

  it('X-04 one level by default, two at most, whatever the chain', () => {
    expect(of({ boundTo: 'c', levels: 1 })).toEqual({ firstId: 'c', secondId: null });
    expect(of({ boundTo: 'c' })).toEqual({ firstId: 'c', secondId: 'b' });
    expect(of({ boundTo: 'a' })).toEqual({ firstId: 'a', secondId: null });
    expect(of({})).toBeUndefined();
  });
  it('own purchases count only where the shop says so, and nobody earns as their own parent', () => {
    expect(of({ customerId: 'b', isSelf: true })).toEqual({ firstId: 'b', secondId: 'a' });
    expect(of({ customerId: 'b', boundTo: 'a' })).toEqual({ firstId: 'a', secondId: null });
    expect(of({ customerId: 'a', boundTo: 'b' })).toEqual({ firstId: 'b', secondId: null });
  });
});

describe('rates', () => {
  const rules = {
    byProduct: new Map([['p', { firstRate: 2_000, secondRate: 500 }]]),
    byCategory: new Map([
      ['leaf', { firstRate: 1_000, secondRate: 100 }],
      ['root', { firstRate: 800, secondRate: 0 }],
    ]),
    ofShop: { firstRate: 500, secondRate: 300 },
  };
  it('goods before category before shop, the nearest category first', () => {
    const of = (spuId: string, categoryIds: string[]) => rateFor({ spuId, categoryIds }, rules, 2, 5_000);
    expect(of('p', ['leaf', 'root'])).toEqual({ firstRate: 2_000, secondRate: 500 });
    expect(of('q', ['leaf', 'root'])).toEqual({ firstRate: 1_000, secondRate: 100 });
    expect(of('q', ['other', 'root'])).toEqual({ firstRate: 800, secondRate: 0 });
    expect(of('q', ['other'])).toEqual({ firstRate: 500, secondRate: 300 });
  });
  it('both levels together stay below the cap, and one level has no second rate', () => {
    expect(rateFor({ spuId: 'p', categoryIds: [] }, rules, 1, 5_000)).toEqual({ firstRate: 2_000, secondRate: 0 });
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), fc.nat(9_000), (firstRate, secondRate, cap) => {
        const found = rateFor({ spuId: 'x', categoryIds: [] }, { ...rules, ofShop: { firstRate, secondRate } }, 2, cap);
        expect(found.firstRate + found.secondRate).toBeLessThanOrEqual(cap);
      }),
    );
  });
});

describe('shares of an order', () => {
  const orders = fc.array(
    fc.record({
      payable: fc.nat(5_000_000),
      firstRate: fc.nat(5_000),
      secondRate: fc.nat(4_000),
      refunds: fc.array(fc.nat(2_000_000), { maxLength: 5 }),
    }),
    { minLength: 1, maxLength: 8 },
  );

  it('C01-CMP-03 after any refunds the commission is that of what remains, to the fen, and never more than was paid', () => {
    fc.assert(
      fc.property(orders, (lines) => {
        const agreed: LineShare[] = lines.map(({ firstRate, secondRate }, at) => ({
          lineId: String(at),
          firstRate,
          secondRate,
        }));
        const refunded = lines.map(() => 0);
        const now = () =>
          sharesOf(
            lines.map(({ payable }, at) => ({ lineId: String(at), payable, refundedAmount: refunded[at] as number })),
            agreed,
          );
        const follow = () => {
          const shares = now();
          expect(shares.first + shares.second).toBeLessThanOrEqual(shares.kept);
          expect(shares.first).toBeGreaterThanOrEqual(0);
          return shares;
        };
        follow();
        for (const [at, { payable, refunds }] of lines.entries())
          for (const amount of refunds) {
            const before = now();
            refunded[at] = Math.min(payable, (refunded[at] as number) + amount);
            expect(follow().first).toBeLessThanOrEqual(before.first);
          }
        const remains = lines.map(({ payable }, at) => ({
          lineId: String(at),
          payable: payable - (refunded[at] as number),
          refundedAmount: 0,
        }));
        expect(now()).toEqual(sharesOf(remains, agreed));
      }),
    );
  });

  it('a line nobody agreed upon earns nothing, and a fraction of a fen is nobody’s', () => {
    const line = { lineId: 'a', payable: 1_999, refundedAmount: 0 };
    expect(sharesOf([line], [])).toEqual({ kept: 1_999, first: 0, second: 0 });
    expect(commissionOf(1_999, 500)).toBe(99);
    expect(commissionOf(19, 500)).toBe(0);
  });

  it('status: paid is estimated, received is frozen, all given back is void', () => {
    expect(statusAfter('pending_payment', 100, false)).toBe('placed');
    expect(statusAfter('paid', 100, false)).toBe('estimated');
    expect(statusAfter('shipped', 100, false)).toBe('estimated');
    expect(statusAfter('completed', 100, false)).toBe('frozen');
    expect(statusAfter('completed', 100, true)).toBe('settled');
    expect(statusAfter('refunded', 0, true)).toBe('void');
    expect(statusAfter('cancelled', 100, false)).toBe('void');
  });
});

describe('codes and identity numbers', () => {
  it('a link’s code is short, stable and fits a scene of 32 characters', () => {
    const link = { shopId: 's', buyerId: 'b', spuId: 'p', channel: 'poster' };
    expect(codeOf(link, 0)).toMatch(/^[0-9a-z]{10}$/);
    expect(codeOf(link, 0)).toBe(codeOf({ ...link }, 0));
    const many = new Set(Array.from({ length: 2_000 }, (_one, at) => codeOf({ ...link, spuId: String(at) }, 0)));
    expect(many.size).toBe(2_000);
    expect(codeOf(link, 1)).not.toBe(codeOf(link, 0));
    expect(`d=${codeOf(link, 0)}`.length).toBeLessThanOrEqual(32);
  });
  it('an identity number has a real date of birth and the right check character', () => {
    expect(birthdayOf('11010519491231002X')).toBe('1949-12-31');
    expect(birthdayOf('110105194912310021')).toBeUndefined();
    expect(birthdayOf('110105199902300010')).toBeUndefined();
    expect(birthdayOf('11010519491231')).toBeUndefined();
    expect(isAdult('2008-11-22', '2026-11-22')).toBe(true);
    expect(isAdult('2008-11-23', '2026-11-22')).toBe(false);
    expect(maskIdNumber('11010519491231002X')).toBe('1101**********002X');
  });
});
