import type { CategoryTree } from '@xiaopu/contracts';
import { storage } from '@/platform/storage';
import { createCached } from '@/shared/lib/cached';

const hourMs = 3_600_000;

/** The tree changes by the week: an hour old is fresh. */
export const categoryCache = createCached<CategoryTree>({
  key: 'categories',
  schema: 1,
  staleAfterMs: hourMs,
  dropAfterMs: 7 * 24 * hourMs,
  maxBytes: 200_000,
  storage,
  now: () => Date.now(),
});
