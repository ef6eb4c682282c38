import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createMovableClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/database.ts';
import { createInventory } from '../inventory.service.ts';
import { createPoolEngine } from './pool.engine.ts';
import { findPool, standingsOf } from './pool.ledger.ts';
import { createMemoryAdmission } from './pool.memory.ts';

const log = createLogger('silent');
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

it('C06-INV-02 loses nothing that was answered, and oversells nothing, when its process is killed in a rush', async () => {
  const clock = createMovableClock();
  const inventory = createInventory({ outbox: createMessaging({ database, clock, log }).outbox, clock });
  const [skuId, poolId, shopId] = [newId(), newId(), newId()];
  const size = 1_000_000;
  await database.inTransaction((tx) =>
    inventory.createLevels(tx, [{ skuId, spuId: newId(), shopId, onHand: size, safetyStock: 0 }]),
  );
  await database.inTransaction((tx) =>
    inventory.openPool(tx, shopId, {
      poolId,
      skuId,
      name: '秒杀',
      size,
      buyerLimit: 0,
      holdMs: 900_000,
      actor: '小陈',
    }),
  );
  const { rows } = await database.pool.query<{ name: string }>('select current_database() as name');
  const connection = JSON.stringify({ ...inject('postgres'), database: rows[0]?.name });
  const script = join(import.meta.dirname, '../../../../test/pool-buyer.ts');
  const child = spawn(process.execPath, [script, connection, poolId], { stdio: ['ignore', 'pipe', 'inherit'] });
  let answered = '';
  const exited = new Promise((done) => child.once('close', done));
  child.stdout.on('data', (chunk: Buffer) => {
    answered += chunk.toString('utf8');
    if (answered.length > 37 * 2_000) child.kill('SIGKILL');
  });
  await exited;
  expect(child.signalCode).toBe('SIGKILL');

  // The last line may be cut off by the kill.
  const ids = answered.split('\n').filter((line) => line.length === 36);
  expect(ids.length).toBeGreaterThan(1_900);
  const pool = await findPool(database.db, poolId);
  if (!pool) throw new Error('no pool');
  const standings = await standingsOf(database.db, pool);
  const held = new Set(standings.map(({ requestId }) => requestId));
  expect(ids.filter((requestId) => !held.has(requestId))).toEqual([]);
  expect((await findPool(database.db, poolId))?.taken).toBeGreaterThanOrEqual(ids.length);

  // Its lease runs out, and the next process goes on with what is left.
  clock.advance(10_000);
  const engine = createPoolEngine({ database, admission: createMemoryAdmission(), clock, log });
  const { outcome } = await engine.take({ poolId, requestId: newId(), buyerId: newId(), quantity: 1 });
  expect(outcome).toBe('held');
  const { taken = 0 } = (await findPool(database.db, poolId)) ?? {};
  expect((await engine.figures(poolId))?.free).toBe(size - taken);
});
