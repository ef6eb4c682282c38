import type { Home } from '@xiaopu/contracts';
import { storage } from '@/platform/storage';
import { createCached } from '@/shared/lib/cached';

const minuteMs = 60_000;

/** The last home reply: shown at once for a day, refreshed after five minutes (C05-PERF-03, C05-PERF-04). */
export const homeCache = createCached<Home>({
  key: 'home',
  schema: 1,
  staleAfterMs: 5 * minuteMs,
  dropAfterMs: 24 * 60 * minuteMs,
  maxBytes: 200_000,
  storage,
  now: () => Date.now(),
});
