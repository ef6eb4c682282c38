/** Local storage on every target. Reads are sync (first paint needs them); writes do not block (C05-PERF-03). */
import type { Storage } from './storage.types';

const prefix = 'xp.';

export const storage: Storage = {
  read<T>(key: string): T | undefined {
    try {
      const value: unknown = uni.getStorageSync(prefix + key);
      return value === '' || value === null || value === undefined ? undefined : (value as T);
    } catch {
      return undefined; // a full or forbidden storage must never stop a page
    }
  },
  write(key, value) {
    uni.setStorage({ key: prefix + key, data: value, fail: () => undefined });
  },
  remove(key) {
    uni.removeStorage({ key: prefix + key, fail: () => undefined });
  },
};
