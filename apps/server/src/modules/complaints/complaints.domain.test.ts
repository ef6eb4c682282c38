import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourMs } from '#platform/clock.ts';
import { deadlinesOf, draftOf, inThread, waitsSince } from './complaints.domain.ts';

const t0 = Date.parse('2026-11-22T04:00:00Z');
const terms = { answerHours: 24, closeHours: 72, nearHours: 6 };

describe('clocks of a complaint', () => {
  it('C10-DSP-05 C12-CON-07 run from the payer’s first unanswered word; the shop’s word stops them, WeChat’s does not', () => {
    const side = fc.constantFrom('payer' as const, 'shop' as const, 'platform' as const, 'note' as const);
    fc.assert(
      fc.property(fc.array(side, { maxLength: 8 }), (sides) => {
        const entries = sides.map((one, index) => ({ side: one, kind: '', at: new Date(t0 + index * hourMs) }));
        const since = waitsSince(entries.toReversed(), 'PROCESSING');
        const last = sides.lastIndexOf('shop');
        const first = sides.findIndex((one, index) => index > last && one === 'payer');
        expect(since?.getTime()).toBe(first === -1 ? undefined : t0 + first * hourMs);
        expect(waitsSince(entries, 'PROCESSED')).toBeNull();
      }),
    );
  });

  it('C10-DSP-05 what was said within one second keeps its sense: the complaint opens, the completion closes', () => {
    const kinds = ['USER_CREATE_COMPLAINT', 'MERCHANT_RESPONSE', 'MERCHANT_CONFIRM_COMPLETE'];
    fc.assert(
      fc.property(fc.shuffledSubarray(kinds, { minLength: 3 }), (mixed) => {
        const thread = inThread(mixed.map((kind) => ({ kind, at: new Date(t0) })));
        expect(thread.map(({ kind }) => kind)).toEqual(kinds);
      }),
    );
    const answered = [
      { kind: 'MERCHANT_RESPONSE', side: 'shop' as const, at: new Date(t0) },
      { kind: 'USER_CREATE_COMPLAINT', side: 'payer' as const, at: new Date(t0) },
    ];
    expect(waitsSince(answered, 'PROCESSING')).toBeNull();
    // Completed and opened again within one second: who is not completed any more waits.
    const again = [
      { kind: 'USER_CONTINUE_COMPLAINT', side: 'payer' as const, at: new Date(t0) },
      { kind: 'MERCHANT_CONFIRM_COMPLETE', side: 'shop' as const, at: new Date(t0) },
    ];
    expect(waitsSince([...answered, ...again], 'PENDING')?.getTime()).toBe(t0);
    expect(waitsSince([...answered, ...again], 'PROCESSED')).toBeNull();
  });

  it('C10-DSP-05 the nearer of answer and end decides', () => {
    const complaint = { state: 'PENDING' as const, waitsSince: new Date(t0), complainedAt: new Date(t0) };
    const at = (hours: number, over: object = {}) =>
      deadlinesOf({ ...complaint, ...over }, terms, new Date(t0 + hours * hourMs)).clock;
    expect([0, 17.9, 18, 23.9, 24].map((hours) => at(hours))).toEqual(['calm', 'calm', 'near', 'near', 'late']);
    const answered = { waitsSince: null };
    expect([24, 65, 66, 72].map((hours) => at(hours, answered))).toEqual(['calm', 'calm', 'near', 'late']);
    expect(at(1_000, { state: 'PROCESSED' })).toBe('calm');
  });

  it('C10-DSP-05 the draft never exceeds what WeChat takes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'grapheme' }), (value) => {
        const evidence = {
          orderNo: '20261201000000000001',
          facts: [{ name: '商品', value }],
          timeline: [],
          parcels: [],
          refunds: [],
        };
        expect([...draftOf(evidence)].length).toBeLessThanOrEqual(200);
      }),
    );
  });
});
