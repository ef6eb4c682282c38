import type { PlaceOrder } from '@xiaopu/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { openTrade, type Trade } from '../../../test/trade.ts';

/** Asked in one turn of the event loop they go as one batch. */
describe('orders placed in one moment', () => {
  let trade: Trade;
  beforeAll(async () => {
    trade = await openTrade({ inCompany: true });
  });
  afterAll(() => trade.close());
  beforeEach(() => {
    trade.calls.length = 0;
  });

  const bodyOf = (buyerId: string, skuId: string, rest: Partial<PlaceOrder> = {}): PlaceOrder => ({
    source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] },
    addressId: trade.givenAddress(buyerId),
    ...rest,
  });
  const codeOf = (outcome: PromiseSettledResult<unknown>) =>
    outcome.status === 'rejected' ? ((outcome.reason as { code?: string }).code ?? 'unknown') : 'placed';
  const countOrders = async (buyerIds: readonly string[]) =>
    (await trade.db.selectFrom('orders.order').select('orderNo').where('buyerId', 'in', buyerIds).execute()).length;
  /** The ledger is whole: each SKU's rows are numbered without a gap and end at its level. */
  const expectLedger = async (skuId: string) => {
    const rows = await trade.db
      .selectFrom('inventory.ledgerEntry')
      .select(['sequence', 'reservedAfter', 'reservedDelta'])
      .where('skuId', '=', skuId)
      .orderBy('sequence')
      .execute();
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, at) => at + 1));
    const sum = rows.reduce((total, { reservedDelta }) => total + reservedDelta, 0);
    expect(rows.at(-1)?.reservedAfter).toBe(sum);
    expect((await trade.stockOf(skuId))?.reserved).toBe(sum);
  };

  it('share their statements: twenty orders cost hardly more of them than one', async () => {
    const skuId = await trade.givenSku({ stock: 100 });
    const buyers = Array.from({ length: 20 }, () => newId());
    const one = await trade.database.statementsOf(() => trade.place(newId(), [{ skuId, quantity: 1 }]));
    const twenty = await trade.database.statementsOf(() =>
      Promise.all(buyers.map((buyerId) => trade.place(buyerId, [{ skuId, quantity: 1 }]))),
    );
    expect(one.length).toBeLessThanOrEqual(9);
    expect(twenty.length).toBeLessThanOrEqual(one.length + 2);
    expect(await countOrders(buyers)).toBe(20);
    expect(trade.callsNamed('open')).toHaveLength(21);
    await expectLedger(skuId);
  });

  it('each refused for its own reason among many that are placed', async () => {
    const [plenty, none, offSale] = [
      await trade.givenSku({ stock: 50 }),
      await trade.givenSku({ stock: 0 }),
      await trade.givenSku({ onSale: false }),
    ];
    const buyers = Array.from({ length: 13 }, () => newId());
    const outcomes = await Promise.allSettled(
      buyers.map((buyerId, at) =>
        trade.placeInCompany(
          buyerId,
          newId(),
          at === 3
            ? bodyOf(buyerId, none)
            : at === 6
              ? bodyOf(buyerId, offSale)
              : bodyOf(buyerId, plenty, at === 9 ? { expectedPayable: 1 } : {}),
        ),
      ),
    );
    expect(outcomes.map(codeOf)).toEqual(
      buyers.map(
        (_, at) =>
          ({ 3: 'inventory.out_of_stock', 6: 'orders.line_unavailable', 9: 'orders.price_changed' })[at] ?? 'placed',
      ),
    );
    expect(await countOrders(buyers)).toBe(10);
    expect(await trade.stockOf(plenty)).toMatchObject({ reserved: 10 });
    await expectLedger(plenty);
    // A refused key is free again.
    const keys = await trade.db.selectFrom('orders.placement').select('reply').where('buyerId', 'in', buyers).execute();
    expect(keys).toHaveLength(10);
    expect(keys.every(({ reply }) => reply !== null)).toBe(true);
  });

  it('C04-INT-04 the same key twice makes one order, with another body 409', async () => {
    const buyerId = newId();
    const [skuId, other] = [await trade.givenSku(), await trade.givenSku()];
    const [body, key] = [bodyOf(buyerId, skuId), newId()];
    const [a, b, c] = await Promise.allSettled([
      trade.placeInCompany(buyerId, key, body),
      trade.placeInCompany(buyerId, key, body),
      trade.placeInCompany(buyerId, key, {
        ...body,
        source: { kind: 'lines', lines: [{ skuId: other, quantity: 1 }] },
      }),
    ]);
    expect(a).toMatchObject({ status: 'fulfilled' });
    expect(JSON.stringify(b)).toBe(JSON.stringify(a));
    expect(codeOf(c)).toBe('orders.idempotency_conflict');
    expect(await countOrders([buyerId])).toBe(1);
    expect(await trade.stockOf(skuId)).toMatchObject({ reserved: 1 });
    expect(await trade.stockOf(other)).toMatchObject({ reserved: 0 });
    // Later too, and whatever has become of the goods.
    const sku = trade.skus.get(skuId);
    if (sku) trade.skus.set(skuId, { ...sku, onSale: false });
    expect(JSON.stringify(await trade.placeInCompany(buyerId, key, body))).toBe(
      JSON.stringify(a?.status === 'fulfilled' && a.value),
    );
  });

  it('C06-INV-01 the last piece wanted twice is sold once', async () => {
    const skuId = await trade.givenSku({ stock: 1 });
    const buyers = Array.from({ length: 5 }, () => newId());
    const outcomes = await Promise.allSettled(buyers.map((buyerId) => trade.place(buyerId, [{ skuId, quantity: 1 }])));
    expect(outcomes.map(codeOf).sort()).toEqual([...Array(4).fill('inventory.out_of_stock'), 'placed']);
    expect(await trade.stockOf(skuId)).toMatchObject({ reserved: 1, available: 0 });
    expect(trade.callsNamed('open')).toHaveLength(1);
    await expectLedger(skuId);
  });

  it('stock that somebody holds is waited for alone; the others do not wait', async () => {
    const [held, free] = [await trade.givenSku(), await trade.givenSku()];
    const [waiting, going] = [newId(), newId()];
    const order: string[] = [];
    let late: Promise<unknown> = Promise.resolve();
    await trade.inTransaction(async (tx) => {
      await trade.inventory.lockLevels(tx, [held]);
      late = trade.place(waiting, [{ skuId: held, quantity: 1 }]).then(() => order.push('held'));
      await trade.place(going, [{ skuId: free, quantity: 1 }]).then(() => order.push('free'));
    });
    await late;
    expect(order).toEqual(['free', 'held']);
    expect(await trade.stockOf(held)).toMatchObject({ reserved: 1 });
  });

  it('what PostgreSQL refuses stands alone in the end, and takes nobody with it', async () => {
    const skuId = await trade.givenSku({ stock: 20 });
    const buyers = Array.from({ length: 7 }, () => newId());
    const { openAll, open } = trade.payments;
    const broken = Object.assign(new Error('broken rule'), { code: '23514' });
    const spoils = (input: { buyerId: string }) => input.buyerId === buyers[4];
    trade.payments.openAll = async (tx, opened) => {
      if (opened.some(spoils)) throw broken;
      await openAll(tx, opened);
    };
    trade.payments.open = async (tx, opened) => {
      if (spoils(opened)) throw broken;
      await open(tx, opened);
    };
    const outcomes = await Promise.allSettled(buyers.map((buyerId) => trade.place(buyerId, [{ skuId, quantity: 1 }])));
    Object.assign(trade.payments, { openAll, open });
    expect(outcomes.map(codeOf)).toEqual(buyers.map((_, at) => (at === 4 ? '23514' : 'placed')));
    expect(await countOrders(buyers)).toBe(6);
    expect(await trade.stockOf(skuId)).toMatchObject({ reserved: 6 });
    await expectLedger(skuId);
  });

  it('whatever many want of little: no piece is sold twice, and who is refused could not have had it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 3 }),
        fc.array(
          fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 3 }),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
        async (stocks, wishes) => {
          const skus = await Promise.all(stocks.map((stock) => trade.givenSku({ stock })));
          const asks = wishes.map((lines) =>
            lines.map(([at, quantity]) => ({ skuId: skus[at % skus.length] as string, quantity })),
          );
          const outcomes = await Promise.allSettled(asks.map((lines) => trade.place(newId(), lines)));
          const sold = new Map(skus.map((skuId) => [skuId, 0]));
          outcomes.forEach((outcome, at) => {
            if (outcome.status === 'fulfilled')
              for (const { skuId, quantity } of asks[at] ?? []) sold.set(skuId, (sold.get(skuId) ?? 0) + quantity);
          });
          for (const [at, skuId] of skus.entries()) {
            const stock = stocks[at] as number;
            expect(sold.get(skuId)).toBeLessThanOrEqual(stock);
            expect(await trade.stockOf(skuId)).toMatchObject({ reserved: sold.get(skuId) ?? 0, onHand: stock });
            await expectLedger(skuId);
          }
          outcomes.forEach((outcome, at) => {
            if (outcome.status === 'fulfilled') return;
            expect(codeOf(outcome)).toBe('inventory.out_of_stock');
            const wanted = Map.groupBy(asks[at] ?? [], ({ skuId }) => skuId);
            const short = [...wanted].some(([skuId, lines]) => {
              const left = (stocks[skus.indexOf(skuId)] as number) - (sold.get(skuId) ?? 0);
              return lines.reduce((sum, { quantity }) => sum + quantity, 0) > left;
            });
            expect(short).toBe(true);
          });
        },
      ),
      { numRuns: 15 },
    );
  });
});
