/**
 * Second level of the read cache, shared by all processes: serialised replies in Redis. Each key and each tag is one
 * Redis key of its own, so a cluster may keep them anywhere. A reply is fresh while none of its tags was invalidated at
 * a generation after the one in which its loading began; the generation is read before loading, so a reply that was
 * loaded while something changed is never believed.
 */
import { createHash } from 'node:crypto';
import type { SharedReplies } from './cache.ts';
import type { Logger } from './logger.ts';
import type { RedisClient } from './redis.ts';

const everything = '*';
/** After a failure Redis is left alone for so long: nobody should wait for it request by request. */
const restMs = 1_000;

interface Entry {
  generation: number;
  tags: readonly string[];
  body: string;
}

export function createRedisReplies({
  client,
  log,
  ttlMs,
  prefix = 'xp',
}: {
  client: RedisClient;
  log: Logger;
  ttlMs: number;
  prefix?: string;
}): SharedReplies {
  const generationKey = `${prefix}:generation`;
  const tagKey = (tag: string) => `${prefix}:tag:${tag}`;
  const replyKey = (key: string) => `${prefix}:reply:${createHash('sha256').update(key).digest('base64url')}`;
  let restingUntil = 0;
  /** An invalidation that did not arrive: once Redis is back, nothing in it may be believed. */
  let missed = false;
  let invalidating: Promise<unknown> = Promise.resolve();

  /** undefined when Redis is away. */
  async function ask<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (performance.now() < restingUntil) return undefined;
    try {
      return await work();
    } catch (error) {
      restingUntil = performance.now() + restMs;
      log.debug({ err: error }, 'Redis did not answer');
      return undefined;
    }
  }

  async function markStale(tags: readonly string[]): Promise<void> {
    // A fresh or wiped Redis begins at the time of day, which is ahead of any count kept in replies elsewhere.
    await client.set(generationKey, Date.now(), 'NX');
    const generation = await client.incr(generationKey);
    await Promise.all(tags.map((tag) => client.set(tagKey(tag), generation, 'PX', ttlMs * 2)));
  }

  function invalidate(tags: readonly string[]): void {
    invalidating = invalidating.then(async () => {
      const wanted = missed ? [everything] : tags;
      const isDone = await ask(async () => {
        await markStale(wanted);
        return true;
      });
      missed = isDone === undefined;
    });
  }

  const isUsable = async (): Promise<boolean> => {
    // Whoever dropped its own copy must not read the shared one that is about to be dropped.
    await invalidating;
    if (missed) {
      invalidate([everything]);
      await invalidating;
    }
    return !missed;
  };

  return {
    async find(key) {
      if (!(await isUsable())) return undefined;
      return ask(async () => {
        const text = await client.get(replyKey(key));
        if (text === null) return undefined;
        const { generation, tags, body } = JSON.parse(text) as Entry;
        const marks = await Promise.all([...tags, everything].map((tag) => client.get(tagKey(tag))));
        return marks.some((mark) => mark !== null && Number(mark) > generation) ? undefined : { body, tags };
      });
    },
    async generation() {
      if (!(await isUsable())) return undefined;
      return ask(async () => {
        await client.set(generationKey, Date.now(), 'NX');
        return Number(await client.get(generationKey));
      });
    },
    async keep(key, { body, tags }, generation) {
      const entry: Entry = { generation, tags, body };
      await ask(() => client.set(replyKey(key), JSON.stringify(entry), 'PX', ttlMs));
    },
    invalidate,
    clear: () => invalidate([everything]),
  };
}
