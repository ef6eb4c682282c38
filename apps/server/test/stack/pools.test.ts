/** Hot stock on a Redis cluster of three masters (C06-INV-01): every pool in one slot, pools spread over the masters. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../../../../scripts/stack/stack.ts';
import {
  createInventory,
  createPoolEngine,
  createRedisAdmission,
  type Inventory,
} from '../../src/modules/inventory/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { newId } from '../../src/platform/ids.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createMessaging } from '../../src/platform/messaging/outbox.ts';
import { connectRedis, type RedisClient } from '../../src/platform/redis.ts';
import type { TestDatabase } from '../database.ts';
import { createStackDatabase, runningStack } from './stack.ts';

const log = createLogger('silent');
const masters = ['redis-cluster-0', 'redis-cluster-1', 'redis-cluster-2'];
const [poolCount, size, takesEach] = [6, 100, 1_000];

describe('hot pools on a Redis cluster of three masters', () => {
  let stack: Stack;
  let database: TestDatabase;
  let inventory: Inventory;
  const clients: RedisClient[] = [];
  const shopId = newId();
  beforeAll(async () => {
    stack = await runningStack();
    database = await createStackDatabase(stack);
    inventory = createInventory({
      outbox: createMessaging({ database, clock: systemClock, log }).outbox,
      clock: systemClock,
    });
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await Promise.all(masters.map(stack.startServer));
    await database.close();
  });

  /** As another process has it. */
  async function openEngine() {
    const client = await connectRedis(stack.env.REDIS_CLUSTER_URL, log);
    clients.push(client);
    return createPoolEngine({ database, admission: createRedisAdmission(client), clock: systemClock, log });
  }
  type Engine = Awaited<ReturnType<typeof openEngine>>;
  async function givenPool(): Promise<string> {
    const [skuId, poolId] = [newId(), newId()];
    await database.inTransaction((tx) =>
      inventory.createLevels(tx, [{ skuId, spuId: newId(), shopId, onHand: size, safetyStock: 0 }]),
    );
    await database.inTransaction((tx) =>
      inventory.openPool(tx, shopId, {
        poolId,
        skuId,
        name: '秒杀',
        size,
        buyerLimit: 1,
        holdMs: 900_000,
        actor: '小陈',
      }),
    );
    return poolId;
  }
  /** A shopper who is told "busy" tries again with the same request, as the page does. */
  async function take(engine: Engine, poolId: string): Promise<string> {
    const wanted = { poolId, requestId: newId(), buyerId: newId(), quantity: 1 };
    for (let tries = 0; tries < 200; tries += 1) {
      const { outcome } = await engine.take(wanted);
      if (outcome !== 'busy') return outcome;
      await new Promise((done) => setTimeout(done, 50));
    }
    return 'busy';
  }
  const heldIn = async (poolId: string) => {
    const { rows } = await database.pool.query<{ taken: number }>(
      'select taken from inventory.pool where pool_id = $1',
      [poolId],
    );
    return rows[0]?.taken;
  };

  it('C06-INV-01 gives each of six pools exactly 100 of 1,000 parallel takes, by two processes, on all masters', async () => {
    const engines = [await openEngine(), await openEngine()];
    const poolIds = await Promise.all(Array.from({ length: poolCount }, givenPool));
    const outcomes = await Promise.all(
      poolIds.map((poolId) =>
        Promise.all(Array.from({ length: takesEach }, (_, index) => take(engines[index % 2] as Engine, poolId))),
      ),
    );
    for (const [index, each] of outcomes.entries()) {
      expect(each.filter((outcome) => outcome === 'held')).toHaveLength(size);
      expect(each.filter((outcome) => outcome === 'sold_out')).toHaveLength(takesEach - size);
      expect(await heldIn(poolIds[index] as string)).toBe(size);
    }
    const [client] = clients;
    if (!client || !('nodes' in client)) throw new Error('not a cluster client');
    const perMaster = await Promise.all(
      client.nodes('master').map(async (node) => {
        const keys = await node.keys('xp:{*}:pool');
        return keys.filter((key) => poolIds.some((poolId) => key.includes(poolId))).length;
      }),
    );
    expect(perMaster.reduce((sum, count) => sum + count, 0)).toBe(poolCount);
    expect(perMaster.filter((count) => count > 0).length).toBeGreaterThan(1);
  });

  it('C06-INV-01 C06-INV-02 sells nothing twice when all masters are killed in a rush, and goes on from the ledger', async () => {
    const engine = await openEngine();
    const poolId = await givenPool();
    const early = Promise.all(Array.from({ length: 60 }, () => take(engine, poolId)));
    await Promise.all(masters.map((name) => stack.stopServer(name, 'SIGKILL')));
    const late = Promise.all(Array.from({ length: 200 }, () => take(engine, poolId)));
    await Promise.all(masters.map(stack.startServer));
    const outcomes = [...(await early), ...(await late)];
    const held = outcomes.filter((outcome) => outcome === 'held').length;
    const taken = (await heldIn(poolId)) ?? 0;
    // Whoever was told "held" is in the ledger, and the ledger never holds more than there is.
    expect(taken).toBeGreaterThanOrEqual(held);
    expect(taken).toBeLessThanOrEqual(size);
    for (let more = 0; more < size && (await take(engine, poolId)) === 'held'; more += 1);
    expect(await heldIn(poolId)).toBe(size);
    expect((await engine.figures(poolId))?.free).toBe(0);
  });
});
