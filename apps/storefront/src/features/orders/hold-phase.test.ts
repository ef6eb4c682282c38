import { expect, it } from 'vitest';
import { countdownParts } from '../../shared/lib/countdown-text.ts';
import { holdPhase } from './hold-phase.ts';

const at = (time: string): number => new Date(`2026-11-22T${time}Z`).getTime();
const order = { heldUntil: '2026-11-22T12:15:00Z', closesAt: '2026-11-22T12:30:00Z' };

it('X-10 keeps the goods for the hold, lets pay until the close, then neither', () => {
  expect(holdPhase(order, at('12:14:59'))).toBe('held');
  expect(holdPhase(order, at('12:15:00'))).toBe('open');
  expect(holdPhase(order, at('12:29:59'))).toBe('open');
  expect(holdPhase(order, at('12:30:00'))).toBe('over');
});

it('has no clock for an order that is not waiting for money', () => {
  expect(holdPhase({ heldUntil: null, closesAt: null }, at('12:00:00'))).toBe('over');
  expect(holdPhase({ heldUntil: null, closesAt: order.closesAt }, at('12:00:00'))).toBe('open');
});

it('counts 14:32 as minutes and seconds, and never below zero', () => {
  expect(countdownParts(872_000)).toEqual({ days: 0, hours: '00', minutes: '14', seconds: '32' });
  expect(countdownParts(871_001)).toMatchObject({ minutes: '14', seconds: '32' });
  expect(countdownParts(-5)).toEqual({ days: 0, hours: '00', minutes: '00', seconds: '00' });
});
