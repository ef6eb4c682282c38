import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '#platform/clock.ts';
import type { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createInventory, type Inventory } from './inventory.service.ts';

const clock = createFixedClock('2026-11-22T04:00:00Z');
const shopId = newId();
const until = new Date('2026-11-22T04:15:00Z');

describe('inventory', () => {
  let database: TestDatabase;
  let inventory: Inventory;
  beforeAll(async () => {
    database = await createTestDatabase();
    const { outbox } = createMessaging({ database, clock, log: createLogger('silent') });
    inventory = createInventory({ outbox, clock });
  });
  afterAll(() => database.close());
  beforeEach(() => database.db.deleteFrom('platform.outbox').execute());

  async function givenStock(onHand: number, safetyStock = 0): Promise<string> {
    const skuId = newId();
    await database.inTransaction((tx) =>
      inventory.createLevels(tx, [{ skuId, spuId: newId(), shopId, onHand, safetyStock }]),
    );
    return skuId;
  }
  const reserve = (lines: { skuId: string; quantity: number }[], reservationId = newId()) =>
    database
      .inTransaction((tx) => inventory.reserve(tx, { reservationId, buyerId: newId(), lines, until }))
      .then(() => reservationId);
  const levelOf = async (skuId: string) => (await inventory.levels(database.db, [skuId])).get(skuId);
  const ledgerOf = (skuId: string) =>
    database.db
      .selectFrom('inventory.ledgerEntry')
      .selectAll()
      .where('skuId', '=', skuId)
      .orderBy('sequence')
      .execute();
  const eventsNamed = async (name: string) =>
    (await database.db.selectFrom('platform.outbox').select('payload').where('name', '=', name).execute()).map(
      ({ payload }) => payload as Record<string, unknown>,
    );

  async function expectLedgerToMatch(skuId: string): Promise<void> {
    const level = await database.db
      .selectFrom('inventory.stockLevel')
      .selectAll()
      .where('skuId', '=', skuId)
      .executeTakeFirstOrThrow();
    const ledger = await ledgerOf(skuId);
    let [onHand, reserved] = [0, 0];
    for (const [index, entry] of ledger.entries()) {
      onHand += entry.onHandDelta;
      reserved += entry.reservedDelta;
      expect([entry.sequence, entry.onHandAfter, entry.reservedAfter]).toEqual([index + 1, onHand, reserved]);
      expect(reserved).toBeGreaterThanOrEqual(0);
      expect(reserved).toBeLessThanOrEqual(onHand);
    }
    expect([level.onHand, level.reserved, level.sequence]).toEqual([onHand, reserved, ledger.length]);
  }

  it('C06-INV-01 C06-INV-08 lets exactly 100 of 500 parallel buyers take a stock of 100 and tells the others at once', async () => {
    const skuId = await givenStock(100);
    const outcomes = await Promise.allSettled(Array.from({ length: 500 }, () => reserve([{ skuId, quantity: 1 }])));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(outcomes.length - refused.length).toBe(100);
    expect(new Set(refused.map(({ reason }) => (reason as AppError).code))).toEqual(
      new Set(['inventory.out_of_stock']),
    );
    expect(await levelOf(skuId)).toMatchObject({ onHand: 100, reserved: 100, available: 0 });
    await expectLedgerToMatch(skuId);
  });

  it('names every shortage of an order and holds nothing of it', async () => {
    const [plenty, few, none] = [await givenStock(10), await givenStock(2), await givenStock(0)];
    const refusal = await reserve([
      { skuId: plenty, quantity: 3 },
      { skuId: few, quantity: 3 },
      { skuId: none, quantity: 1 },
    ]).catch((error: AppError) => error);
    expect(refusal).toMatchObject({
      code: 'inventory.out_of_stock',
      details: {
        shortages: [
          { skuId: few, requested: 3, available: 2 },
          { skuId: none, requested: 1, available: 0 },
        ],
      },
    });
    expect(await levelOf(plenty)).toMatchObject({ reserved: 0 });
    expect(await ledgerOf(plenty)).toHaveLength(1);
  });

  it('reserves with two statements and one for the events', async () => {
    const lines = [
      { skuId: await givenStock(5), quantity: 1 },
      { skuId: await givenStock(5), quantity: 2 },
    ];
    expect(await database.statementsOf(() => reserve(lines))).toHaveLength(3);
  });

  it('never deadlocks when orders name the same SKUs in opposite order', async () => {
    const [a, b] = [await givenStock(200), await givenStock(200)];
    const orders = Array.from({ length: 40 }, (_, index) =>
      reserve(
        [a, b]
          .map((skuId) => ({ skuId, quantity: 1 }))
          .toSorted((x, y) => (index % 2 ? 1 : -1) * x.skuId.localeCompare(y.skuId)),
      ),
    );
    await Promise.all(orders);
    expect([(await levelOf(a))?.reserved, (await levelOf(b))?.reserved]).toEqual([40, 40]);
  });

  it('C06-INV-06 gives a hold back once although the timer and the buyer race', async () => {
    const skuId = await givenStock(5);
    const reservationId = await reserve([{ skuId, quantity: 2 }]);
    const release = (reason: string) => database.inTransaction((tx) => inventory.release(tx, reservationId, reason));
    const outcomes = await Promise.all([release('timer'), release('cancel'), release('timer'), release('cancel')]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await levelOf(skuId)).toMatchObject({ onHand: 5, reserved: 0 });
    expect((await ledgerOf(skuId)).map(({ kind }) => kind)).toEqual(['opening', 'reserve', 'release']);
  });

  it('refuses the same reservation twice and lets a released one be won again', async () => {
    const skuId = await givenStock(5);
    const reservationId = await reserve([{ skuId, quantity: 2 }]);
    await expect(reserve([{ skuId, quantity: 2 }], reservationId)).rejects.toMatchObject({
      code: 'inventory.reservation_exists',
    });
    expect(await levelOf(skuId)).toMatchObject({ reserved: 2 });
    await database.inTransaction((tx) => inventory.release(tx, reservationId, 'timer'));
    await reserve([{ skuId, quantity: 2 }], reservationId);
    expect(await levelOf(skuId)).toMatchObject({ reserved: 2 });
    await expectLedgerToMatch(skuId);
  });

  it('confirms once, refuses to confirm what was released, and never releases what was paid', async () => {
    const skuId = await givenStock(5);
    const [paid, late] = [await reserve([{ skuId, quantity: 1 }]), await reserve([{ skuId, quantity: 1 }])];
    await database.inTransaction((tx) => inventory.release(tx, late, 'timer'));
    const confirm = (id: string) => database.inTransaction((tx) => inventory.confirm(tx, id));
    expect([await confirm(paid), await confirm(paid), await confirm(late), await confirm(newId())]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(await database.inTransaction((tx) => inventory.release(tx, paid, 'timer'))).toBe(false);
    expect(await levelOf(skuId)).toMatchObject({ reserved: 1 });
    expect(await database.inTransaction((tx) => inventory.restock(tx, paid, 'refund'))).toBe(true);
    expect(await database.inTransaction((tx) => inventory.restock(tx, paid, 'refund'))).toBe(false);
    expect(await levelOf(skuId)).toMatchObject({ onHand: 5, reserved: 0 });
  });

  it('ships a parcel once, and not more than the order holds', async () => {
    const skuId = await givenStock(5);
    const reservationId = await reserve([{ skuId, quantity: 3 }]);
    await database.inTransaction((tx) => inventory.confirm(tx, reservationId));
    const ship = (parcelId: string, quantity: number) =>
      database.inTransaction((tx) =>
        inventory.ship(tx, { reservationId, parcelId, lines: [{ skuId, quantity }], actor: '小陈' }),
      );
    const parcelId = newId();
    await Promise.all([ship(parcelId, 2), ship(parcelId, 2)]);
    expect(await levelOf(skuId)).toMatchObject({ onHand: 3, reserved: 1 });
    await expect(ship(newId(), 2)).rejects.toMatchObject({ code: 'inventory.reservation_missing' });
    await ship(newId(), 1);
    expect(await levelOf(skuId)).toMatchObject({ onHand: 2, reserved: 0 });
    expect(await database.inTransaction((tx) => inventory.restock(tx, reservationId, 'refund'))).toBe(false);
    await expectLedgerToMatch(skuId);
  });

  it('adjusts once per request id, never under what is held, and not for another shop', async () => {
    const skuId = await givenStock(5);
    await reserve([{ skuId, quantity: 4 }]);
    const requestId = newId();
    const adjust = (delta: number, id = newId(), shop = shopId) =>
      database.inTransaction((tx) =>
        inventory.adjust(tx, shop, { skuId, requestId: id, delta, reason: 'count', note: '', actor: '小陈' }),
      );
    const outcomes = await Promise.all([adjust(10, requestId), adjust(10, requestId)]);
    expect(outcomes.map(({ isRepeat }) => isRepeat).sort()).toEqual([false, true]);
    await expect(adjust(3, requestId)).rejects.toMatchObject({ code: 'inventory.request_reused' });
    await expect(adjust(-12)).rejects.toMatchObject({
      code: 'inventory.below_reserved',
      details: { onHand: 15, reserved: 4 },
    });
    await expect(adjust(5, newId(), newId())).rejects.toMatchObject({ code: 'inventory.sku_unknown' });
    await expect(adjust(0)).rejects.toMatchObject({ code: 'inventory.nothing_to_adjust' });
    expect(await levelOf(skuId)).toMatchObject({ onHand: 15, reserved: 4 });
    expect(await ledgerOf(skuId)).toHaveLength(3);
  });

  it('C06-INV-09 reminds once when 20 becomes 19 and again only after a refill', async () => {
    const skuId = await givenStock(20, 20);
    expect(await eventsNamed('inventory.stock_low')).toEqual([]);
    await reserve([{ skuId, quantity: 1 }]);
    await reserve([{ skuId, quantity: 1 }]);
    expect(await eventsNamed('inventory.stock_low')).toEqual([
      expect.objectContaining({ skuId, available: 19, threshold: 20 }),
    ]);
    expect(await levelOf(skuId)).toMatchObject({ scarce: true });
    await database.inTransaction((tx) =>
      inventory.adjust(tx, shopId, {
        skuId,
        requestId: newId(),
        delta: 3,
        reason: 'purchase',
        note: '',
        actor: '小陈',
      }),
    );
    expect(await levelOf(skuId)).toMatchObject({ scarce: false, available: 21 });
    await reserve([{ skuId, quantity: 2 }]);
    expect(await eventsNamed('inventory.stock_low')).toHaveLength(2);
  });

  it('C06-INV-03 numbers each change of a SKU, the threshold included', async () => {
    const skuId = await givenStock(20);
    await reserve([{ skuId, quantity: 1 }]);
    await database.inTransaction((tx) =>
      inventory.setSafetyStock(tx, shopId, { skuId, safetyStock: 30, actor: '小陈' }),
    );
    expect(
      (await eventsNamed('inventory.stock_changed')).map(({ sequence, available }) => [sequence, available]),
    ).toEqual([
      [1, 20],
      [2, 19],
      [3, 19],
    ]);
    expect(await eventsNamed('inventory.stock_low')).toHaveLength(1);
    await expectLedgerToMatch(skuId);
  });

  it('keeps level and ledger equal and never negative under any sequence of operations', async () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constant('reserve' as const), sku: fc.nat(2), quantity: fc.integer({ min: 1, max: 6 }) }),
      fc.record({
        kind: fc.constantFrom('release' as const, 'confirm' as const, 'restock' as const, 'rehold' as const),
        pick: fc.nat(20),
      }),
      fc.record({ kind: fc.constant('ship' as const), pick: fc.nat(20), quantity: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constant('adjust' as const), sku: fc.nat(2), delta: fc.integer({ min: -8, max: 8 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 25 }), async (operations) => {
        const skus = [await givenStock(10), await givenStock(3), await givenStock(0)];
        const made: { reservationId: string; skuId: string; quantity: number }[] = [];
        for (const op of operations) {
          const chosen = 'pick' in op ? made[op.pick % Math.max(1, made.length)] : undefined;
          const skuId = 'sku' in op ? (skus[op.sku] as string) : (chosen?.skuId as string);
          await database
            .inTransaction(async (tx) => {
              if (op.kind === 'reserve') {
                const reservationId = newId();
                await inventory.reserve(tx, {
                  reservationId,
                  buyerId: newId(),
                  lines: [{ skuId, quantity: op.quantity }],
                  until,
                });
                made.push({ reservationId, skuId, quantity: op.quantity });
              } else if (op.kind === 'adjust') {
                await inventory.adjust(tx, shopId, {
                  skuId,
                  requestId: newId(),
                  delta: op.delta,
                  reason: 'other',
                  note: '',
                  actor: 't',
                });
              } else if (chosen) {
                const { reservationId, quantity } = chosen;
                if (op.kind === 'rehold') {
                  await inventory.reserve(tx, { reservationId, buyerId: newId(), lines: [{ skuId, quantity }], until });
                } else if (op.kind === 'ship') {
                  await inventory.ship(tx, {
                    reservationId,
                    parcelId: newId(),
                    lines: [{ skuId, quantity: op.quantity }],
                    actor: 't',
                  });
                } else if (op.kind === 'confirm') await inventory.confirm(tx, reservationId);
                else await inventory[op.kind](tx, reservationId, 't');
              }
            })
            .catch((error: AppError) => {
              if (!error.code?.startsWith('inventory.')) throw error;
            });
        }
        for (const skuId of skus) await expectLedgerToMatch(skuId);
      }),
      { numRuns: 25 },
    );
  });
});
