import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/database.ts';
import { hasRedis, startRedis, type TestRedis } from '../../../../test/redis.ts';
import { createInventory, type Inventory } from '../inventory.service.ts';
import { createDriftWatch } from './pool.drift.ts';
import { createPoolEngine, type PoolEngine } from './pool.engine.ts';
import { balances, findPool } from './pool.ledger.ts';
import { createMemoryAdmission } from './pool.memory.ts';
import { createRedisAdmission } from './pool.redis.ts';
import type { Admission, TakeOutcome } from './pool.types.ts';

const holdMs = 60_000;
const log = createLogger('silent');

const kinds = hasRedis ? (['memory', 'redis'] as const) : (['memory'] as const);
if (!hasRedis) process.stderr.write('redis-server is not installed: the pool engine is tested in memory only\n');

describe.each(kinds)('hot pools, admission in %s', (kind) => {
  const clock = createFixedClock('2026-11-22T04:00:00Z');
  let database: TestDatabase;
  let inventory: Inventory;
  let redis: TestRedis | undefined;
  let admission: Admission;
  let engine: PoolEngine;
  const shopId = newId();

  beforeAll(async () => {
    database = await createTestDatabase();
    inventory = createInventory({ outbox: createMessaging({ database, clock, log }).outbox, clock });
    if (kind === 'redis') redis = await startRedis();
    restart();
  });
  afterAll(async () => {
    await redis?.stop();
    await database.close();
  });

  /** As after a crash: what was in memory is gone; another process's lease has run out. */
  function restart(): void {
    admission = redis ? createRedisAdmission(redis.client) : createMemoryAdmission();
    engine = createPoolEngine({ database, admission, clock, log });
    clock.advance(10_000);
  }
  async function givenPool({
    size = 100,
    stock,
    buyerLimit = 0,
  }: {
    size?: number;
    stock?: number;
    buyerLimit?: number;
  } = {}) {
    const [skuId, poolId] = [newId(), newId()];
    await database.inTransaction((tx) =>
      inventory.createLevels(tx, [{ skuId, spuId: newId(), shopId, onHand: stock ?? size, safetyStock: 0 }]),
    );
    await database.inTransaction((tx) =>
      inventory.openPool(tx, shopId, { poolId, skuId, name: '秒杀', size, buyerLimit, holdMs, actor: '小陈' }),
    );
    return { skuId, poolId };
  }
  const take = (poolId: string, { requestId = newId(), buyerId = newId(), quantity = 1 } = {}) =>
    engine.take({ poolId, requestId, buyerId, quantity });
  const count = (outcomes: TakeOutcome[], wanted: TakeOutcome['outcome']) =>
    outcomes.filter(({ outcome }) => outcome === wanted).length;
  const levelOf = async (skuId: string) => (await inventory.levels(database.db, [skuId])).get(skuId);

  async function expectBalanced(poolId: string): Promise<void> {
    const balance = (await balances(database.db)).find((row) => row.poolId === poolId);
    if (!balance) throw new Error('the pool is closed');
    expect(balance.taken).toBe(balance.entries);
    expect(balance.reserved).toBe(balance.expectedReserved);
    expect(balance.taken).toBeLessThanOrEqual(balance.size);
    expect((await engine.figures(poolId))?.free).toBe(balance.size - balance.taken);
  }

  it('C06-INV-01 C06-INV-04 C06-INV-08 gives 100 units to exactly 100 of 10,000 parallel takes, all in the ledger', async () => {
    const { poolId } = await givenPool({ size: 100 });
    const outcomes = await Promise.all(Array.from({ length: 10_000 }, () => take(poolId)));
    expect([count(outcomes, 'held'), count(outcomes, 'sold_out')]).toEqual([100, 9_900]);
    expect((await findPool(database.db, poolId))?.taken).toBe(100);
    await expectBalanced(poolId);
  });

  it('C06-INV-07 leaves general stock at 90 while the pool of 10 sells out, and returns the rest in the end', async () => {
    const { skuId, poolId } = await givenPool({ size: 10, stock: 100 });
    expect(await levelOf(skuId)).toMatchObject({ onHand: 100, reserved: 10, available: 90 });
    await Promise.all(Array.from({ length: 7 }, () => take(poolId)));
    expect(await levelOf(skuId)).toMatchObject({ available: 90 });
    await database.inTransaction((tx) => inventory.closePool(tx, shopId, poolId, '小陈'));
    expect(await levelOf(skuId)).toMatchObject({ available: 93 });
    expect(await take(poolId)).toEqual({ outcome: 'closed' });
    clock.advance(holdMs);
    while ((await engine.tick()) > 0);
    await inventory.drainPools(database.db, database.inTransaction);
    expect(await levelOf(skuId)).toMatchObject({ onHand: 100, reserved: 0, available: 100 });
    expect((await findPool(database.db, poolId))?.status).toBe('closed');
    const { rows, total } = await inventory.ledger(database.db, shopId, skuId, { offset: 0, limit: 10 });
    expect(total).toBe(4);
    expect(rows.map(({ kind: ledgerKind, reservedDelta }) => [ledgerKind, reservedDelta])).toEqual([
      ['pool_out', -7],
      ['pool_out', -3],
      ['pool_in', 10],
      ['opening', 0],
    ]);
  });

  it('refuses a pool of more than is available, and another shop’s SKU, and writes nothing', async () => {
    const { skuId } = await givenPool({ size: 1, stock: 5 });
    const open = (shop: string, size: number) => {
      const pool = { poolId: newId(), skuId, name: '秒杀', size, buyerLimit: 0, holdMs, actor: '小陈' };
      return database.inTransaction((tx) => inventory.openPool(tx, shop, pool));
    };
    await expect(open(shopId, 5)).rejects.toMatchObject({ code: 'inventory.out_of_stock' });
    await expect(open(newId(), 1)).rejects.toMatchObject({ code: 'inventory.sku_unknown' });
    expect(await levelOf(skuId)).toMatchObject({ reserved: 1, available: 4 });
  });

  it('gives the same request the same reservation, at once or later', async () => {
    const { poolId } = await givenPool({ size: 5 });
    const same = { requestId: newId(), buyerId: newId() };
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => take(poolId, same)));
    expect(count(outcomes, 'held')).toBe(50);
    expect(await take(poolId, same)).toMatchObject({ outcome: 'held', isRepeat: true });
    expect((await findPool(database.db, poolId))?.taken).toBe(1);
    expect(await take(poolId, { ...same, buyerId: newId() })).toEqual({ outcome: 'ended' });
    await expectBalanced(poolId);
  });

  it('holds a buyer to the limit, under 500 parallel takes too, and counts what came back', async () => {
    const { poolId } = await givenPool({ size: 600, buyerLimit: 2 });
    const buyerId = newId();
    const requestIds = Array.from({ length: 500 }, () => newId());
    const outcomes = await Promise.all(requestIds.map((requestId) => take(poolId, { requestId, buyerId })));
    expect([count(outcomes, 'held'), count(outcomes, 'over_limit')]).toEqual([2, 498]);
    const held = requestIds.filter((_, index) => outcomes[index]?.outcome === 'held');
    expect(await engine.release(poolId, held.slice(0, 1))).toHaveLength(1);
    expect(await engine.release(poolId, held.slice(0, 1))).toHaveLength(0);
    expect((await take(poolId, { buyerId })).outcome).toBe('held');
    expect((await take(poolId, { buyerId })).outcome).toBe('over_limit');
    expect(await take(poolId, { requestId: held[0] as string, buyerId: newId() })).toEqual({ outcome: 'ended' });
    await expectBalanced(poolId);
  });

  it('C06-INV-06 ends holds at their time, once, and sells the units again', async () => {
    const { poolId } = await givenPool({ size: 3 });
    await Promise.all([take(poolId), take(poolId), take(poolId)]);
    clock.advance(holdMs - 1);
    await engine.tick();
    expect((await take(poolId)).outcome).toBe('sold_out');
    clock.advance(1);
    await engine.tick();
    await engine.tick();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => take(poolId)));
    expect(count(outcomes, 'held')).toBe(3);
    await expectBalanced(poolId);
  });

  it('C06-INV-02 is rebuilt from the ledger after a crash: nothing lost, nothing sold twice', async () => {
    const { poolId } = await givenPool({ size: 100, buyerLimit: 1 });
    const buyerId = newId();
    const first = await Promise.all([take(poolId, { buyerId }), ...Array.from({ length: 59 }, () => take(poolId))]);
    expect(count(first, 'held')).toBe(60);
    restart();
    expect((await take(poolId, { buyerId })).outcome).toBe('over_limit');
    const second = await Promise.all(Array.from({ length: 500 }, () => take(poolId)));
    expect(count(second, 'held')).toBe(40);
    await expectBalanced(poolId);
  });

  it('takes back what was admitted but never committed, and refuses its late commit', async () => {
    const { poolId } = await givenPool({ size: 2 });
    expect((await take(poolId)).outcome).toBe('held');
    // A process that dies between admission and commit.
    const lost = { poolId, requestId: newId(), buyerId: newId(), quantity: 1 };
    const admitted = await admission.admit(poolId, [lost], clock.now().getTime());
    expect(admitted?.verdicts).toEqual(['admitted']);
    expect((await take(poolId)).outcome).toBe('sold_out');
    clock.advance(holdMs);
    await engine.tick();
    expect((await engine.figures(poolId))?.free).toBe(2);
    // Its buyer asks again with the same request: it is over, and nothing is taken.
    expect(await engine.take(lost)).toEqual({ outcome: 'ended' });
    await expectBalanced(poolId);
  });

  it('an order takes the hold over once; a release and a second order lose to it', async () => {
    const { skuId, poolId } = await givenPool({ size: 5, stock: 8 });
    const [requestId, buyerId, reservationId] = [newId(), newId(), newId()];
    await take(poolId, { requestId, buyerId, quantity: 2 });
    const place = (as: string, id: string) =>
      database.inTransaction((tx) =>
        inventory.reserve(tx, {
          reservationId: id,
          buyerId: as,
          lines: [{ skuId, quantity: 2, pool: { poolId, requestId } }],
          until: new Date(clock.now().getTime() + holdMs),
        }),
      );
    await expect(place(newId(), newId())).rejects.toMatchObject({ code: 'inventory.pool_hold_over' });
    await place(buyerId, reservationId);
    await expect(place(buyerId, newId())).rejects.toMatchObject({ code: 'inventory.pool_hold_over' });
    expect(await engine.release(poolId, [requestId])).toEqual([]);
    clock.advance(holdMs);
    await engine.tick();
    expect(await levelOf(skuId)).toMatchObject({ onHand: 8, reserved: 5 });
    await expectBalanced(poolId);
    // Cancelled: the units return to the pool, once.
    expect(await database.inTransaction((tx) => inventory.release(tx, reservationId, '取消'))).toBe(true);
    expect(await database.inTransaction((tx) => inventory.release(tx, reservationId, '取消'))).toBe(false);
    await engine.returned(poolId, [requestId]);
    await engine.returned(poolId, [requestId]);
    expect(await engine.figures(poolId)).toMatchObject({ free: 5 });
    expect(await levelOf(skuId)).toMatchObject({ onHand: 8, reserved: 5, available: 3 });
    await expectBalanced(poolId);
  });

  it('refuses an order on a hold whose time is over, and ships what was bought in time', async () => {
    const { skuId, poolId } = await givenPool({ size: 2 });
    const [early, late] = [
      { requestId: newId(), buyerId: newId() },
      { requestId: newId(), buyerId: newId() },
    ];
    await Promise.all([take(poolId, early), take(poolId, late)]);
    const place = ({ requestId, buyerId }: typeof early, reservationId = newId()) =>
      database
        .inTransaction((tx) =>
          inventory.reserve(tx, {
            reservationId,
            buyerId,
            lines: [{ skuId, quantity: 1, pool: { poolId, requestId } }],
            until: clock.now(),
          }),
        )
        .then(() => reservationId);
    const reservationId = await place(early);
    clock.advance(holdMs);
    await expect(place(late)).rejects.toMatchObject({ code: 'inventory.pool_hold_over' });
    await database.inTransaction((tx) => inventory.confirm(tx, reservationId));
    const parcel = { reservationId, parcelId: newId(), lines: [{ skuId, quantity: 1 }], actor: '小陈' };
    await database.inTransaction((tx) => inventory.ship(tx, parcel));
    expect(await levelOf(skuId)).toMatchObject({ onHand: 1, reserved: 1 });
    await engine.tick();
    await expectBalanced(poolId);
  });

  it('X-39 sounds the alarm when admission or level drift from the ledger, and mends the admission', async () => {
    const { skuId, poolId } = await givenPool({ size: 10, stock: 20 });
    await take(poolId);
    const { outbox } = createMessaging({ database, clock, log });
    const watch = createDriftWatch({ database, engine, outbox, log });
    const alarms = async () =>
      (
        await database.db
          .selectFrom('platform.outbox')
          .select('payload')
          .where('name', '=', 'inventory.pool_drifted')
          .execute()
      )
        .map(({ payload }) => payload as { poolId: string; what: string; expected: number; actual: number })
        .filter((alarm) => alarm.poolId === poolId)
        .map(({ what, expected, actual }) => [what, expected, actual]);
    await watch();
    await watch();
    expect(await alarms()).toEqual([]);
    // Four units that the ledger knows nothing of.
    const strays = Array.from({ length: 4 }, () => ({ poolId, requestId: newId(), buyerId: newId(), quantity: 1 }));
    await admission.admit(poolId, strays, clock.now().getTime());
    await watch();
    expect(await alarms()).toEqual([]);
    await watch();
    await watch();
    expect(await alarms()).toEqual([['admission_and_pool', 9, 5]]);
    await take(poolId);
    expect(await engine.figures(poolId)).toMatchObject({ free: 8 });
    await database.db.updateTable('inventory.stockLevel').set({ reserved: 12 }).where('skuId', '=', skuId).execute();
    await watch();
    await watch();
    expect(await alarms()).toContainEqual(['level_and_holds', 10, 12]);
  });

  it('follows a simple model whatever comes: takes, repeats, releases, time, crashes', async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          act: fc.constant('take' as const),
          request: fc.nat(30),
          quantity: fc.integer({ min: 1, max: 3 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ act: fc.constant('release' as const), request: fc.nat(30) }) },
      {
        weight: 1,
        arbitrary: fc.record({ act: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: holdMs }) }),
      },
      { weight: 1, arbitrary: fc.record({ act: fc.constant('crash' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 0, max: 12 }), async (steps, size) => {
        const { poolId } = await givenPool({ size, stock: 50, buyerLimit: 4 });
        const ids = Array.from({ length: 31 }, () => newId());
        const buyers = [newId(), newId(), newId()];
        const buyerOf = (request: number) => buyers[request % 3] as string;
        const model = new Map<number, { quantity: number; until: number; isOver: boolean }>();
        const active = () => [...model].filter(([, { isOver }]) => !isOver);
        const units = (of: [number, { quantity: number }][]) => of.reduce((sum, [, { quantity }]) => sum + quantity, 0);
        const expire = async () => {
          for (const held of model.values()) if (held.until <= clock.now().getTime()) held.isOver = true;
          while ((await engine.tick()) > 0);
        };
        for (const move of steps) {
          if (move.act === 'wait') {
            clock.advance(move.ms);
            await expire();
          } else if (move.act === 'crash') {
            restart();
            await expire();
          } else if (move.act === 'release') {
            const held = model.get(move.request);
            const released = await engine.release(poolId, [ids[move.request] as string]);
            expect(released.length).toBe(held && !held.isOver ? 1 : 0);
            if (held) held.isOver = true;
          } else {
            const { request, quantity } = move;
            const known = model.get(request);
            const mine = active().filter(([other]) => other % 3 === request % 3);
            const { outcome } = await take(poolId, {
              requestId: ids[request] as string,
              buyerId: buyerOf(request),
              quantity,
            });
            if (known && !known.isOver) expect(outcome).toBe('held');
            else if (quantity > size - units(active())) expect(outcome).toBe('sold_out');
            else if (units(mine) + quantity > 4) expect(outcome).toBe('over_limit');
            else if (known) expect(outcome).toBe('ended');
            else {
              expect(outcome).toBe('held');
              model.set(request, { quantity, until: clock.now().getTime() + holdMs, isOver: false });
            }
          }
        }
        await expire();
        expect((await findPool(database.db, poolId))?.taken).toBe(units(active()));
        if (steps.length > 0) {
          await engine.tick();
          await expectBalanced(poolId);
        }
        await database.inTransaction((tx) => inventory.closePool(tx, shopId, poolId, '测试'));
        clock.advance(holdMs);
        while ((await engine.tick()) > 0);
        await inventory.drainPools(database.db, database.inTransaction);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  if (kind === 'redis') {
    it('C06-INV-02 wiped in the middle of a rush: exactly as many as there are, none twice', async () => {
      const { poolId } = await givenPool({ size: 300 });
      const rush = Array.from({ length: 2_000 }, async (_, index) => {
        await new Promise((done) => setTimeout(done, index / 20));
        if (index % 400 === 200) await redis?.client.flushall();
        return take(poolId);
      });
      const outcomes = await Promise.all(rush);
      const unsure = count(outcomes, 'busy');
      // Who was told to try again tries again; then nothing is left over.
      const more = await Promise.all(Array.from({ length: unsure + 400 }, () => take(poolId)));
      expect(count(outcomes, 'held') + count(more, 'held')).toBe(300);
      expect((await findPool(database.db, poolId))?.taken).toBe(300);
    });

    it('two processes share one pool and oversell nothing', async () => {
      const { poolId } = await givenPool({ size: 100 });
      const other = createPoolEngine({
        database,
        admission: createRedisAdmission((redis as TestRedis).client),
        clock,
        log,
      });
      const outcomes = await Promise.all(
        Array.from({ length: 800 }, (_, index) =>
          (index % 2 ? other : engine).take({ poolId, requestId: newId(), buyerId: newId(), quantity: 1 }),
        ),
      );
      expect([count(outcomes, 'held'), count(outcomes, 'sold_out')]).toEqual([100, 700]);
      await expectBalanced(poolId);
    });
  } else {
    it('one process owns a pool: a second one is refused until the lease is over, the first then loses it', async () => {
      const { poolId } = await givenPool({ size: 10 });
      expect((await take(poolId)).outcome).toBe('held');
      const other = createPoolEngine({ database, admission: createMemoryAdmission(), clock, log });
      const wanted = () => ({ poolId, requestId: newId(), buyerId: newId(), quantity: 1 });
      expect(await other.take(wanted())).toEqual({ outcome: 'busy' });
      clock.advance(5_000);
      expect((await other.take(wanted())).outcome).toBe('held');
      // Still sure of itself, but its commit is of an older epoch.
      expect(await take(poolId)).toEqual({ outcome: 'busy' });
      expect((await findPool(database.db, poolId))?.taken).toBe(2);
    });
  }
});
