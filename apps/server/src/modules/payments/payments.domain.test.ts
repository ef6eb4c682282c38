import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cutBytes,
  nextCheck,
  paymentSources,
  paymentTransitions,
  refundSources,
  refundTransitions,
  wholeSeconds,
} from './payments.domain.ts';

describe('payment states', () => {
  it('nothing leaves succeeded, people leave review, and only late money leaves closed', () => {
    expect(paymentTransitions.succeeded).toEqual([]);
    expect(paymentTransitions.held_for_review).toEqual(['succeeded', 'closed']);
    expect(paymentTransitions.closed).toEqual(['succeeded', 'held_for_review']);
    expect(paymentSources('succeeded')).toEqual(['created', 'prepaid', 'closed']);
    expect(paymentSources('closed')).toEqual(['created', 'prepaid']);
    expect(paymentSources('closed', 'people')).toEqual(['held_for_review']);
    expect(paymentSources('held_for_review', 'people')).toEqual([]);
  });
  it('a refund ends once; a failed one may be sent again or turn out paid', () => {
    expect(refundTransitions.succeeded).toEqual([]);
    expect(refundSources('succeeded')).toEqual(['requested', 'processing', 'failed']);
    expect(refundSources('requested')).toEqual(['failed']);
  });
});

describe('nextCheck', () => {
  const now = new Date('2026-11-22T04:00:00Z');
  it('C10-PAY-06 asks soon, then rarer, shortly before the hold ends, once after, and then no more', () => {
    const end = new Date(now.getTime() + 900_000);
    const looks: number[] = [];
    let at = now;
    for (let checks = 0; ; checks += 1) {
      const next = nextCheck(checks, at, end);
      if (!next) break;
      looks.push((next.getTime() - now.getTime()) / 1000);
      at = next;
    }
    expect(looks).toEqual([5, 20, 50, 110, 230, 410, 710, 880, 905]);
  });
  it('always moves forward, looks before the end and ends', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 7_200_000 }), fc.integer({ min: 0, max: 20 }), (holdMs, from) => {
        const end = new Date(now.getTime() + holdMs);
        let at = now;
        let rounds = 0;
        let sawBefore = holdMs <= 20_000;
        for (let checks = from; ; checks += 1) {
          const next = nextCheck(checks, at, end);
          if (!next) break;
          expect(next.getTime()).toBeGreaterThan(at.getTime());
          sawBefore ||= next.getTime() === end.getTime() - 20_000;
          at = next;
          rounds += 1;
          expect(rounds).toBeLessThan(200);
        }
        expect(sawBefore).toBe(true);
        expect(at.getTime()).toBe(end.getTime() + 5_000);
      }),
    );
  });
});

describe('cutBytes', () => {
  it('cuts at a character, never above the limit, and leaves what fits', () => {
    expect(cutBytes('亚麻四件套', 6)).toBe('亚麻');
    expect(cutBytes('亚麻四件套', 8)).toBe('亚麻');
    expect(cutBytes('a亚', 4)).toBe('a亚');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 50 }), (text, max) => {
        const cut = cutBytes(text, max);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(max);
        expect(text.startsWith(cut)).toBe(true);
        expect(cut).not.toContain('\uFFFD');
      }),
    );
  });
});

it('X-10 rounds the prepay’s end down, so that it never outlives the hold', () => {
  expect(wholeSeconds(new Date('2026-11-22T04:15:00.999Z')).toISOString()).toBe('2026-11-22T04:15:00.000Z');
});
