/**
 * A connection to Redis, one server or a cluster (`?cluster=true`), that never holds a request up: commands fail at once
 * while it is away, and it comes back by itself. What is kept there must be able to be lost.
 */
import { Cluster, Redis } from 'ioredis';
import type { Logger } from './logger.ts';

export type RedisClient = Redis | Cluster;

const commandMs = 300;
const longestPauseMs = 3_000;

export async function connectRedis(url: string, log: Logger): Promise<RedisClient> {
  const parsed = new URL(url);
  const isCluster = parsed.searchParams.get('cluster') === 'true';
  const pause = (times: number) => Math.min(times * 200, longestPauseMs);
  const options = {
    username: parsed.username || undefined,
    password: decodeURIComponent(parsed.password) || undefined,
    ...(parsed.protocol === 'rediss:' ? { tls: {} } : {}),
    commandTimeout: commandMs,
    connectTimeout: 2_000,
    maxRetriesPerRequest: 0,
  };
  const node = { host: parsed.hostname, port: Number(parsed.port || 6379) };
  const client = isCluster
    ? new Cluster([node], {
        redisOptions: options,
        enableOfflineQueue: false,
        enableAutoPipelining: true,
        lazyConnect: true,
        maxRedirections: 3,
        slotsRefreshTimeout: 2_000,
        retryDelayOnFailover: 50,
        clusterRetryStrategy: pause,
      })
    : new Redis({
        ...options,
        ...node,
        db: Number(parsed.pathname.slice(1) || 0),
        enableOfflineQueue: false,
        enableAutoPipelining: true,
        lazyConnect: true,
        retryStrategy: pause,
      });
  let isAway = false;
  client.on('error', (error) => {
    if (!isAway) log.warn({ err: error }, 'Redis is away; replies come from the database meanwhile');
    isAway = true;
  });
  client.on('ready', () => {
    if (isAway) log.info('Redis is back');
    isAway = false;
  });
  // Starting without Redis is allowed: it joins when it answers.
  await Promise.race([client.connect().catch(() => {}), new Promise((done) => setTimeout(done, 3_000))]);
  return client;
}
