/**
 * The read cache: serialised replies in process, found by key, dropped by tag when an event says so; behind them, if
 * given, a second level that all processes share. Concurrent misses of one key load once.
 */
import { LRUCache } from 'lru-cache';

export interface ReplyCache {
  /** The reply as JSON text; `tags` name what it depends on (`spu:…`, `home`). */
  get(key: string, load: () => Promise<{ body: string; tags: readonly string[] }>): Promise<string>;
  /** The same reply as bytes, encoded once: writing a long Chinese text anew for each request costs more than finding it. */
  bytes(key: string, load: () => Promise<{ body: string; tags: readonly string[] }>): Promise<Buffer>;
  /** What `bytes` would give without loading; undefined when it would have to. */
  fresh(key: string): Buffer | undefined;
  invalidate(tags: readonly string[]): void;
  clear(): void;
}

export interface Reply {
  body: string;
  tags: readonly string[];
}

/** The second level. It may fail to find or keep anything at any time, and never rejects. */
export interface SharedReplies {
  find(key: string): Promise<Reply | undefined>;
  /** Asked before loading; what was invalidated since then makes a kept reply stale. undefined: do not keep. */
  generation(): Promise<number | undefined>;
  keep(key: string, reply: Reply, generation: number): Promise<void>;
  invalidate(tags: readonly string[]): void;
  clear(): void;
}

export interface ReplyCacheOptions {
  ttlMs: number;
  shared?: SharedReplies | undefined;
  maxBytes?: number;
}

export function createReplyCache({ ttlMs, shared, maxBytes = 64 * 1024 * 1024 }: ReplyCacheOptions): ReplyCache {
  const keysByTag = new Map<string, Set<string>>();
  const entries = new LRUCache<string, { body: string; tags: readonly string[]; bytes?: Buffer }>({
    maxSize: maxBytes,
    // Text, and up to three bytes a character once it is encoded.
    sizeCalculation: ({ body }, key) => body.length * 5 + key.length * 2 + 64,
    ttl: ttlMs,
    dispose: ({ tags }, key) => {
      for (const tag of tags) {
        const keys = keysByTag.get(tag);
        keys?.delete(key);
        if (keys?.size === 0) keysByTag.delete(tag);
      }
    },
  });
  const loading = new Map<string, Promise<string>>();
  // A load that began before an invalidation may carry what the invalidation removed: it must not be kept.
  let generation = 0;

  async function load(key: string, loader: () => Promise<{ body: string; tags: readonly string[] }>): Promise<string> {
    const startedAt = generation;
    const { body, tags } = shared ? await findOrLoad(shared, key, loader) : await loader();
    if (startedAt === generation) {
      entries.set(key, { body, tags });
      for (const tag of tags) {
        const keys = keysByTag.get(tag) ?? new Set();
        keys.add(key);
        keysByTag.set(tag, keys);
      }
    }
    return body;
  }

  const cache: ReplyCache = {
    async bytes(key, loader) {
      const hit = entries.get(key);
      if (hit?.bytes) return hit.bytes;
      const body = await cache.get(key, loader);
      const kept = entries.get(key);
      const bytes = Buffer.from(body);
      if (kept?.body === body) kept.bytes = bytes;
      return bytes;
    },
    fresh: (key) => entries.get(key)?.bytes,
    async get(key, loader) {
      const hit = entries.get(key);
      if (hit) return hit.body;
      const running = loading.get(key);
      if (running) return running;
      const started = load(key, loader).finally(() => {
        if (loading.get(key) === started) loading.delete(key);
      });
      loading.set(key, started);
      return started;
    },
    invalidate(tags) {
      generation += 1;
      shared?.invalidate(tags);
      for (const tag of tags) {
        for (const key of [...(keysByTag.get(tag) ?? [])]) entries.delete(key);
      }
      // Whoever asks from now on must not join a load that began earlier.
      loading.clear();
    },
    clear() {
      generation += 1;
      shared?.clear();
      entries.clear();
      keysByTag.clear();
      loading.clear();
    },
  };
  return cache;
}

async function findOrLoad(shared: SharedReplies, key: string, loader: () => Promise<Reply>): Promise<Reply> {
  const found = await shared.find(key);
  if (found) return found;
  const generation = await shared.generation();
  const reply = await loader();
  if (generation !== undefined) void shared.keep(key, reply, generation);
  return reply;
}
