/** A reply kept on the phone: shown at once, refreshed only when stale (C05-PERF-03, C05-PERF-04). */
import type { Storage } from '../../platform/storage.types.ts';

interface Entry<T> {
  schema: number;
  savedAt: number;
  data: T;
}

export interface CachedOptions {
  key: string;
  /** Raise it when the shape changes: older copies are dropped. */
  schema: number;
  staleAfterMs: number;
  /** Past this age a copy is not even shown. */
  dropAfterMs: number;
  maxBytes: number;
  storage: Storage;
  now: () => number;
}

export interface CachedCopy<T> {
  data: T;
  ageMs: number;
  isStale: boolean;
}

export interface Cached<T> {
  read(): CachedCopy<T> | undefined;
  write(data: T): boolean;
  isStale(): boolean;
}

export function createCached<T>({
  key,
  schema,
  staleAfterMs,
  dropAfterMs,
  maxBytes,
  storage,
  now,
}: CachedOptions): Cached<T> {
  function read(): CachedCopy<T> | undefined {
    const entry = storage.read<Entry<T>>(key);
    if (entry === undefined || entry.schema !== schema) return undefined;
    const ageMs = now() - entry.savedAt;
    // A negative age means the clock went back: trust nothing.
    if (ageMs < 0 || ageMs > dropAfterMs) return undefined;
    return { data: entry.data, ageMs, isStale: ageMs > staleAfterMs };
  }
  return {
    read,
    write(data) {
      const entry: Entry<T> = { schema, savedAt: now(), data };
      if (JSON.stringify(entry).length > maxBytes) return false;
      storage.write(key, entry);
      return true;
    },
    isStale: () => read()?.isStale ?? true,
  };
}
