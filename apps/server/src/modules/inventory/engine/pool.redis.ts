/**
 * Admission in Redis, shared by every process. The keys of a pool carry one hash tag, so that in a cluster they lie in one
 * slot and a script may touch them together. Redis is a cache of the ledger here: wiped, it is loaded again.
 */
import { createHash } from 'node:crypto';
import type { Admission, Snapshot, Take, Verdict } from './pool.types.ts';

/** The part of ioredis this file uses; a client of one server and of a cluster both have it. */
export interface RedisClient {
  eval(script: string, keyCount: number, ...values: (string | number)[]): Promise<unknown>;
  evalsha(sha: string, keyCount: number, ...values: (string | number)[]): Promise<unknown>;
}

const verdicts: readonly Verdict[] = ['admitted', 'known', 'sold_out', 'over_limit', 'closed'];
/** unpack() of a longer list would overflow Lua's stack. */
const chunk = 1_000;
/** After this an admission is compared with the ledger, in case its process died before the commit. */
const doubtMs = 10_000;

const admitScript = `
local pool = redis.call('HMGET', KEYS[1], 'epoch', 'free', 'limit', 'open')
if not pool[1] then return {} end
local free, limit, open = tonumber(pool[2]), tonumber(pool[3]), pool[4] == '1'
local lookAt = ARGV[1]
local out = {tonumber(pool[1])}
local ids, buyers, seen, requests, due, taken = {}, {}, {}, {}, {}, 0
for i = 2, #ARGV, 3 do
  ids[#ids + 1] = ARGV[i]
  buyers[#buyers + 1] = ARGV[i + 1]
end
local known = redis.call('HMGET', KEYS[2], unpack(ids))
local bought, changed = {}, {}
if limit > 0 then
  for n, count in ipairs(redis.call('HMGET', KEYS[3], unpack(buyers))) do bought[buyers[n]] = tonumber(count) or 0 end
end
for n, id in ipairs(ids) do
  local buyer, quantity = ARGV[n * 3], tonumber(ARGV[n * 3 + 1])
  local verdict = 0
  if known[n] or seen[id] then verdict = 1
  elseif not open then verdict = 4
  elseif quantity > free then verdict = 2
  elseif limit > 0 and bought[buyer] + quantity > limit then verdict = 3
  else
    seen[id] = true
    free = free - quantity
    taken = taken + quantity
    if limit > 0 then
      bought[buyer] = bought[buyer] + quantity
      changed[#changed + 1] = buyer
      changed[#changed + 1] = bought[buyer]
    end
    requests[#requests + 1] = id
    requests[#requests + 1] = buyer .. '|' .. quantity
    due[#due + 1] = lookAt
    due[#due + 1] = id
  end
  out[#out + 1] = verdict
end
if taken > 0 then
  redis.call('HINCRBY', KEYS[1], 'free', -taken)
  redis.call('HSET', KEYS[2], unpack(requests))
  redis.call('ZADD', KEYS[4], unpack(due))
  if limit > 0 then redis.call('HSET', KEYS[3], unpack(changed)) end
end
return out`;

const freeScript = `
local limit = tonumber(redis.call('HGET', KEYS[1], 'limit'))
if not limit then return 0 end
local back = 0
for _, id in ipairs(ARGV) do
  local known = redis.call('HGET', KEYS[2], id)
  if known then
    local buyer, quantity = string.match(known, '^(.-)|(%d+)$')
    redis.call('HDEL', KEYS[2], id)
    redis.call('ZREM', KEYS[4], id)
    if limit > 0 then redis.call('HINCRBY', KEYS[3], buyer, -quantity) end
    back = back + quantity
  end
end
if back > 0 then redis.call('HINCRBY', KEYS[1], 'free', back) end
return back`;

const deferScript = `
for i = 1, #ARGV, 2 do redis.call('ZADD', KEYS[4], 'XX', ARGV[i], ARGV[i + 1]) end
return 1`;
const settleScript = `redis.call('ZREM', KEYS[4], unpack(ARGV)) return 1`;
const dueScript = `return redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])`;
const figuresScript = `return redis.call('HMGET', KEYS[1], 'epoch', 'free', 'open')`;
const dropScript = `return redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])`;
/** Begins a staged load. */
const stageScript = `
for i = 1, #ARGV, 4 do
  local id, buyer, quantity, lookAt = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  redis.call('HSET', KEYS[2], id, buyer .. '|' .. quantity)
  redis.call('HINCRBY', KEYS[3], buyer, quantity)
  if lookAt ~= '' then redis.call('ZADD', KEYS[4], lookAt, id) end
end
for n = 2, 4 do redis.call('PEXPIRE', KEYS[n], 60000) end
return 1`;
/** Puts what was staged in place, all at once, unless somebody loaded a newer epoch meanwhile. */
const promoteScript = `
local epoch = tonumber(redis.call('HGET', KEYS[1], 'epoch'))
if epoch and epoch >= tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[6], KEYS[7], KEYS[8])
  return 0
end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
for n = 2, 4 do
  if redis.call('EXISTS', KEYS[n + 4]) == 1 then
    redis.call('RENAME', KEYS[n + 4], KEYS[n])
    redis.call('PERSIST', KEYS[n])
  end
end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'free', ARGV[2], 'limit', ARGV[3], 'open', ARGV[4])
return 1`;

const keysOf = (poolId: string, stage = ''): string[] =>
  ['pool', 'requests', 'buyers', 'due'].map((part) => `xp:{${poolId}}:${part}${stage}`);

export function createRedisAdmission(redis: RedisClient): Admission {
  const hashes = new Map<string, string>();

  async function run(script: string, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    let hash = hashes.get(script);
    if (!hash) {
      hash = createHash('sha1').update(script).digest('hex');
      hashes.set(script, hash);
    }
    try {
      return await redis.evalsha(hash, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(script, keys.length, ...keys, ...values);
    }
  }
  function* parts<T>(items: readonly T[]): Generator<readonly T[]> {
    for (let begin = 0; begin < items.length; begin += chunk) yield items.slice(begin, begin + chunk);
  }

  return {
    isShared: true,
    async admit(poolId, takes: readonly Take[], now) {
      const all: Verdict[] = [];
      let epoch: number | undefined;
      for (const part of parts(takes)) {
        const values: (string | number)[] = [now + doubtMs];
        for (const { requestId, buyerId, quantity } of part) values.push(requestId, buyerId, quantity);
        const [partEpoch, ...numbers] = (await run(admitScript, keysOf(poolId), values)) as number[];
        // Gone or loaded anew between two parts: what the first part decided fails its commit, and is decided again.
        if (partEpoch === undefined) return undefined;
        epoch = epoch === undefined ? partEpoch : Math.min(epoch, partEpoch);
        for (const number of numbers) all.push(verdicts[number] as Verdict);
      }
      return epoch === undefined ? undefined : { epoch, verdicts: all };
    },
    async free(poolId, requestIds) {
      for (const part of parts(requestIds)) await run(freeScript, keysOf(poolId), part);
    },
    async settle(poolId, requestIds) {
      for (const part of parts(requestIds)) await run(settleScript, keysOf(poolId), part);
    },
    async defer(poolId, requests) {
      for (const part of parts(requests)) {
        await run(
          deferScript,
          keysOf(poolId),
          part.flatMap(({ requestId, until }) => [until, requestId]),
        );
      }
    },
    async due(poolId, now, limit) {
      return (await run(dueScript, keysOf(poolId), [now, limit])) as string[];
    },
    async load({ pool, standings }: Snapshot) {
      const { poolId, epoch, size, taken, buyerLimit, status } = pool;
      const stage = `:${epoch}`;
      for (const part of parts(standings)) {
        await run(
          stageScript,
          keysOf(poolId, stage),
          part.flatMap(({ requestId, buyerId, quantity, state, until }) => [
            requestId,
            buyerId,
            quantity,
            state === 'held' ? until.getTime() : '',
          ]),
        );
      }
      const values = [epoch, size - taken, buyerLimit, status === 'open' ? 1 : 0];
      await run(promoteScript, [...keysOf(poolId), ...keysOf(poolId, stage)], values);
    },
    async figures(poolId) {
      const [epoch, free, open] = (await run(figuresScript, keysOf(poolId), [])) as (string | null)[];
      return epoch == null ? undefined : { epoch: Number(epoch), free: Number(free), isOpen: open === '1' };
    },
    async drop(poolId) {
      await run(dropScript, keysOf(poolId), []);
    },
  };
}
