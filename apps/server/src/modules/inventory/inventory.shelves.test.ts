import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock } from '#platform/clock.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { inventoryAudits } from './inventory.audits.ts';
import { createInventory, type Inventory } from './inventory.service.ts';

const clock = createFixedClock('2026-11-22T04:00:00Z');
const shopId = newId();
const until = new Date('2026-11-22T04:15:00Z');

describe('stock of physical stores', () => {
  let database: TestDatabase;
  let inventory: Inventory;
  beforeAll(async () => {
    database = await createTestDatabase();
    const { outbox } = createMessaging({ database, clock, log: createLogger('silent') });
    inventory = createInventory({ outbox, clock });
  });
  afterAll(() => database.close());

  /** 100 in the warehouse, `onHand` in each of the stores. */
  async function given(onHand: number, stores = 1) {
    const [skuId, spuId] = [newId(), newId()];
    const storeIds = Array.from({ length: stores }, () => newId());
    await database.inTransaction(async (tx) => {
      await inventory.createLevels(tx, [{ skuId, spuId, shopId, onHand: 100, safetyStock: 0 }]);
      await inventory.openShelves(
        tx,
        storeIds.map((storeId) => ({ skuId, storeId, spuId, shopId, onHand })),
      );
    });
    return { skuId, storeIds, storeId: storeIds[0] as string };
  }
  const reserve = (skuId: string, storeId: string, quantity: number, reservationId = newId()) =>
    database
      .inTransaction((tx) =>
        inventory.reserve(tx, { reservationId, buyerId: newId(), lines: [{ skuId, storeId, quantity }], until }),
      )
      .then(() => reservationId);
  const adjust = (skuId: string, storeId: string, delta: number, requestId = newId(), ofShop = shopId) =>
    database.inTransaction((tx) =>
      inventory.adjustShelf(tx, ofShop, { storeId, skuId, requestId, delta, reason: 'till', note: '', actor: '小陈' }),
    );
  const shelf = async (skuId: string, storeId: string) =>
    (await inventory.shelfLevels(database.db, [skuId], [storeId])).get(storeId)?.get(skuId);
  const warehouse = async (skuId: string) => (await inventory.levels(database.db, [skuId])).get(skuId);
  const differences = async () => {
    const found = [];
    for (const check of inventoryAudits) found.push(...(await check.query(clock.now()).execute(database.db)).rows);
    return found;
  };
  const outcomeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof AppError ? error.code : Promise.reject(error)),
    );

  it('C02-CPT-11 of 3 in the store the till sells 1: the mini program shows 2, the warehouse what it had', async () => {
    const { skuId, storeId } = await given(3);
    const requestId = newId();
    await adjust(skuId, storeId, -1, requestId);
    expect((await shelf(skuId, storeId))?.available).toBe(2);
    // The till tells it again: a lost answer, not a second sale.
    await Promise.all([adjust(skuId, storeId, -1, requestId), adjust(skuId, storeId, -1, requestId)]);
    expect(await shelf(skuId, storeId)).toEqual({ onHand: 2, reserved: 0, available: 2 });
    expect((await warehouse(skuId))?.available).toBe(100);
    expect(await outcomeOf(adjust(skuId, storeId, -2, requestId))).toBe('inventory.request_reused');
    expect(await outcomeOf(adjust(skuId, storeId, -1, newId(), newId()))).toBe('inventory.sku_unknown');
  });

  it('C02-CPT-12 holds a store’s own units, gives them back there once, and ships from there once', async () => {
    const {
      skuId,
      storeIds: [near = '', far = ''],
    } = await given(2, 2);
    const held = await reserve(skuId, near, 2);
    expect([(await shelf(skuId, near))?.available, (await shelf(skuId, far))?.available]).toEqual([0, 2]);
    expect(await outcomeOf(reserve(skuId, near, 1))).toBe('inventory.out_of_stock');
    // The till may not sell what an order holds.
    expect(await outcomeOf(adjust(skuId, near, -1))).toBe('inventory.below_reserved');
    const release = () => database.inTransaction((tx) => inventory.release(tx, held, '超时未付款'));
    expect((await Promise.all([release(), release(), release()])).filter(Boolean)).toHaveLength(1);
    expect((await shelf(skuId, near))?.available).toBe(2);

    const bought = await reserve(skuId, near, 2);
    const parcelId = newId();
    await database.inTransaction((tx) => inventory.confirm(tx, bought));
    const ship = () =>
      database.inTransaction((tx) =>
        inventory.ship(tx, {
          reservationId: bought,
          parcelId,
          storeId: near,
          lines: [{ skuId, quantity: 2 }],
          actor: '店员',
        }),
      );
    await Promise.all([ship(), ship()]);
    expect(await shelf(skuId, near)).toEqual({ onHand: 0, reserved: 0, available: 0 });
    expect(await warehouse(skuId)).toMatchObject({ onHand: 100, reserved: 0 });
    expect(await differences()).toEqual([]);
  });

  it('C02-CPT-12 40 buyers at once on 7 units of a store: exactly 7 are held', async () => {
    const { skuId, storeId } = await given(7);
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => outcomeOf(reserve(skuId, storeId, 1))));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(7);
    expect(outcomes.filter((outcome) => outcome === 'inventory.out_of_stock')).toHaveLength(33);
    expect(await shelf(skuId, storeId)).toEqual({ onHand: 7, reserved: 7, available: 0 });
  });

  it('C02-CPT-12 pieces refunded of a paid pick-up go back to that store, once', async () => {
    const { skuId, storeId } = await given(5);
    const reservationId = await reserve(skuId, storeId, 3);
    await database.inTransaction((tx) => inventory.confirm(tx, reservationId));
    const requestId = newId();
    const withdraw = () =>
      database.inTransaction((tx) =>
        inventory.withdraw(tx, { reservationId, requestId, lines: [{ skuId, quantity: 1 }], reason: '售后退款' }),
      );
    await Promise.all([withdraw(), withdraw()]);
    expect(await shelf(skuId, storeId)).toEqual({ onHand: 5, reserved: 2, available: 3 });
    expect(await differences()).toEqual([]);
  });

  it('C02-CPT-11 whatever happens in whatever order, shelves are their ledgers and hold what reservations hold', async () => {
    const step = fc.record({
      kind: fc.constantFrom('reserve' as const, 'reserve' as const, 'release', 'confirm', 'ship', 'restock', 'till'),
      store: fc.nat(1),
      quantity: fc.integer({ min: 1, max: 3 }),
      pick: fc.nat(5),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const { skuId, storeIds } = await given(5, 2);
        const held: { reservationId: string; storeId: string; quantity: number }[] = [];
        for (const { kind, store, quantity, pick } of steps) {
          const storeId = storeIds[store] as string;
          const one = held[pick % Math.max(1, held.length)];
          if (kind === 'reserve') {
            const reservationId = newId();
            if ((await outcomeOf(reserve(skuId, storeId, quantity, reservationId))) === 'done')
              held.push({ reservationId, storeId, quantity });
          } else if (kind === 'till') await outcomeOf(adjust(skuId, storeId, -quantity));
          else if (one)
            await outcomeOf(
              database.inTransaction(async (tx) => {
                if (kind === 'release') await inventory.release(tx, one.reservationId, '');
                if (kind === 'restock') await inventory.restock(tx, one.reservationId, '');
                if (kind === 'confirm') await inventory.confirm(tx, one.reservationId);
                if (kind === 'ship')
                  await inventory.ship(tx, {
                    ...one,
                    parcelId: newId(),
                    lines: [{ skuId, quantity: one.quantity }],
                    actor: '',
                  });
              }),
            );
        }
        expect(await differences()).toEqual([]);
        expect(await warehouse(skuId)).toMatchObject({ onHand: 100, reserved: 0 });
      }),
      { numRuns: 15 },
    );
  });
});
