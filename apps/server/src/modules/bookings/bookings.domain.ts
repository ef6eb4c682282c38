/** Pure rules of booked services: the windows on offer, and until when a booking can be given back. */
import type { ServiceTerms } from '@xiaopu/contracts';
import { hourMs } from '#platform/clock.ts';
import { type Window, windowsOf } from '../pickup/index.ts';

/** 1 Monday … 7 Sunday, in Shanghai. */
export const weekdayOf = (at: Date): number => new Date(at.getTime() + 8 * hourMs).getUTCDay() || 7;

/** What can be booked now: whole windows on the service's days that begin late enough. */
export const windowsFor = (terms: ServiceTerms, now: Date): Window[] =>
  windowsOf(`${terms.opens}–${terms.closes}`, now, {
    prepareMinutes: terms.leadHours * 60,
    windowMinutes: terms.minutes,
    daysAhead: terms.daysAhead,
  }).filter(({ from }) => terms.weekdays.includes(weekdayOf(from)));

export const refundUntilOf = ({ refundHours }: ServiceTerms, from: Date): Date =>
  new Date(from.getTime() - refundHours * hourMs);
