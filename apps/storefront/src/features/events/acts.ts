/** What the shopper does on the pages, told to the shop now and then (C06-REC-01); nothing once personalisation is off. */
import { ApiError } from '@xiaopu/api-client/transport';
import type { ShopperAct } from '@xiaopu/contracts';
import { api } from '@/platform/request';
import { serverNow } from '@/platform/server-clock';
import { sessionKeeper } from '@/platform/session';
import { storage } from '@/platform/storage';
import { createActs, type NewAct } from './acts.core';

const offKey = 'personalisation.off';
export const personalisationOff = (): boolean => storage.read<boolean>(offKey) === true;
export function keepPersonalisationOff(isOff: boolean): void {
  storage.write(offKey, isOff);
  if (isOff) acts.forget();
}

const acts = createActs({
  send: (body) => api.sendActs(body),
  hasSession: () => sessionKeeper.token() !== undefined,
  now: serverNow,
  random: Math.random,
  later: (work, ms) => setTimeout(work, ms),
  keep: (waiting) => storage.write('acts', waiting),
  kept: () => storage.read<ShopperAct[]>('acts') ?? [],
  isOff: personalisationOff,
  turnedOff: () => storage.write(offKey, true),
  isRefused: (error) => error instanceof ApiError && (error.status === 400 || error.status === 413),
});

export const noteAct = (act: NewAct): void => acts.note(act);
export const flushActs = (): Promise<void> => acts.flush();
export const actCount = (): number => acts.count();

/** Coming back within it is the same visit. */
const pauseMs = 30 * 60_000;
let visitedAt = Number.NEGATIVE_INFINITY;
export function noteVisit(): void {
  if (Date.now() - visitedAt >= pauseMs) noteAct({ kind: 'visit' });
  visitedAt = Date.now();
}

const shortestLookMs = 1_000;
const longestLookMs = 30 * 60_000;
/** How long a product was looked at, in pieces: the phone in the pocket is no look. */
export function createLook(spuIdOf: () => string) {
  let since: number | undefined;
  return {
    begin(): void {
      since ??= Date.now();
    },
    end(): void {
      const ms = since === undefined ? 0 : Date.now() - since;
      since = undefined;
      const spuId = spuIdOf();
      if (ms >= shortestLookMs && spuId !== '') noteAct({ kind: 'dwell', spuId, ms: Math.min(ms, longestLookMs) });
    },
  };
}
