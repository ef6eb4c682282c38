import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { openTrade, shopA, shopB, type Trade } from '../../../test/trade.ts';

describe('cart', () => {
  let trade: Trade;
  beforeAll(async () => {
    trade = await openTrade();
  });
  afterAll(() => trade.close());

  const add = (buyerId: string, skuId: string, quantity = 1) => trade.cart.add(buyerId, { skuId, quantity });
  const update = (buyerId: string, lineId: string, change: Parameters<typeof trade.cart.update>[3]) =>
    trade.inTransaction((tx) => trade.cart.update(tx, buyerId, lineId, change));
  const view = (buyerId: string) => trade.cart.view(trade.db, buyerId);
  const quantities = async (buyerId: string) => {
    const { groups, invalidLines } = await view(buyerId);
    return Object.fromEntries(
      [...groups.flatMap(({ lines }) => lines), ...invalidLines].map(({ skuId, quantity }) => [skuId, quantity]),
    );
  };
  async function lineOf(buyerId: string, skuId: string) {
    const { groups, invalidLines } = await view(buyerId);
    const line = [...groups.flatMap(({ lines }) => lines), ...invalidLines].find(
      (candidate) => candidate.skuId === skuId,
    );
    if (!line) throw new Error('no such line');
    return line;
  }
  const adjust = (skuId: string, delta: number, shopId = shopA) =>
    trade.inTransaction((tx) =>
      trade.inventory.adjust(tx, shopId, { skuId, requestId: newId(), delta, reason: 'count', note: '', actor: 't' }),
    );

  it('groups lines by shop with live price and stock, in three statements', async () => {
    const buyerId = newId();
    const [a, b] = [
      await trade.givenSku({ shopId: shopA, salePrice: 5_000 }),
      await trade.givenSku({ shopId: shopB, salePrice: 700, stock: 4 }),
    ];
    await add(buyerId, a, 2);
    await add(buyerId, b, 1);
    trade.skus.set(a, { ...(trade.skus.get(a) as NonNullable<ReturnType<typeof trade.skus.get>>), salePrice: 4_000 });
    const statements = await trade.database.statementsOf(() => view(buyerId));
    // The catalogue is a stand-in here: one statement at home.
    expect(statements.length + 1).toBeLessThanOrEqual(3);
    const cart = await view(buyerId);
    expect(
      cart.groups.map(({ shopId, lines }) => [
        shopId,
        lines.map(({ salePrice, priceWhenAdded, available, state }) => [salePrice, priceWhenAdded, available, state]),
      ]),
    ).toEqual([
      [shopB, [[700, 700, 4, 'ok']]],
      [shopA, [[4_000, 5_000, 10, 'ok']]],
    ]);
    expect(cart).toMatchObject({
      lineCount: 2,
      unitCount: 3,
      selectedUnitCount: 3,
      selectedTotal: 8_700,
      selectedListTotal: 13_700,
    });
  });

  it('adds the same SKU 20 times at once as one line of 20', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku({ stock: 100 });
    await Promise.all(Array.from({ length: 20 }, () => add(buyerId, skuId)));
    expect(await quantities(buyerId)).toEqual({ [skuId]: 20 });
  });

  it('adds of many buyers at once share their statements, and each buyer gets what is theirs', async () => {
    const skuIds = [await trade.givenSku(), await trade.givenSku({ stock: 1 })];
    const buyers = Array.from({ length: 40 }, (_, at) => ({ buyerId: newId(), skuId: skuIds[at % 2] ?? '' }));
    const statements = await trade.database.statementsOf(async () => {
      const carts = await Promise.all(buyers.map(({ buyerId, skuId }) => add(buyerId, skuId)));
      expect(carts.map(({ groups }) => groups[0]?.lines.map((line) => [line.skuId, line.quantity]))).toEqual(
        buyers.map(({ skuId }) => [[skuId, 1]]),
      );
    });
    expect(statements.length).toBeLessThanOrEqual(12);
    for (const { buyerId, skuId } of buyers) expect(await quantities(buyerId)).toEqual({ [skuId]: 1 });
  });

  it('one that is refused, or waits for a cart that is being changed, holds up nobody beside it', async () => {
    const skuId = await trade.givenSku({ stock: 5 });
    const [busy, greedy, other] = [newId(), newId(), newId()];
    await add(busy, skuId);
    let letGo = () => {};
    const gate = new Promise<void>((done) => {
      letGo = done;
    });
    let isLocked = () => {};
    const locked = new Promise<void>((done) => {
      isLocked = done;
    });
    const changing = trade.inTransaction(async (tx) => {
      await trade.cart.select(tx, busy, { selected: false });
      isLocked();
      await gate;
    });
    await locked;
    const waiting = add(busy, skuId, 2);
    const refused = add(greedy, skuId, 6);
    const added = add(other, skuId, 5);
    await expect(refused).rejects.toMatchObject({ code: 'cart.stock_short', details: { available: 5 } });
    expect((await added).unitCount).toBe(5);
    letGo();
    await changing;
    expect((await waiting).unitCount).toBe(3);
  });

  it('two SKUs and one SKU twice by the same buyer in one moment are all counted', async () => {
    const buyerId = newId();
    const [a, b] = [await trade.givenSku(), await trade.givenSku()];
    await Promise.all([add(buyerId, a, 2), add(buyerId, b), add(buyerId, a, 3)]);
    expect(await quantities(buyerId)).toEqual({ [a]: 5, [b]: 1 });
    const over = await Promise.allSettled([add(buyerId, b, 6), add(buyerId, b, 6)]);
    expect(over.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await quantities(buyerId)).toEqual({ [a]: 5, [b]: 7 });
  });

  it('adds with four statements and changes with four; what else the cart holds costs two more', async () => {
    const buyerId = newId();
    const [a, b] = [await trade.givenSku(), await trade.givenSku()];
    // One or two less here than at home, where the catalogue is asked by SQL too.
    expect(await trade.database.statementsOf(() => add(buyerId, a))).toHaveLength(3);
    expect(await trade.database.statementsOf(() => add(buyerId, b))).toHaveLength(4);
    const { lineId } = await lineOf(buyerId, b);
    expect(await trade.database.statementsOf(() => update(buyerId, lineId, { quantity: 2 }))).toHaveLength(3);
    expect(await update(buyerId, lineId, { quantity: 3 })).toEqual(await view(buyerId));
    trade.clock.advance(1_000);
    expect(await add(buyerId, a)).toEqual(await view(buyerId));
  });

  it('refuses what is off sale or short and keeps the line as it was', async () => {
    const buyerId = newId();
    const [few, off] = [await trade.givenSku({ stock: 3 }), await trade.givenSku({ onSale: false })];
    await add(buyerId, few, 2);
    await expect(add(buyerId, few, 2)).rejects.toMatchObject({
      code: 'cart.stock_short',
      details: { skuId: few, available: 3 },
    });
    await expect(add(buyerId, off)).rejects.toMatchObject({ code: 'cart.sku_off_sale' });
    await expect(add(buyerId, newId())).rejects.toMatchObject({ code: 'cart.sku_off_sale' });
    expect(await quantities(buyerId)).toEqual({ [few]: 2 });
    const { lineId } = await lineOf(buyerId, few);
    await expect(update(buyerId, lineId, { quantity: 4 })).rejects.toMatchObject({ code: 'cart.stock_short' });
  });

  it('marks lines whose stock fell, sold out or left the shop, and lets a short one be lowered', async () => {
    const buyerId = newId();
    const [short, out, off] = [
      await trade.givenSku({ stock: 5 }),
      await trade.givenSku({ stock: 1 }),
      await trade.givenSku(),
    ];
    await add(buyerId, short, 5);
    await add(buyerId, out, 1);
    await add(buyerId, off, 1);
    await adjust(short, -2);
    await adjust(out, -1);
    trade.skus.set(off, { ...(trade.skus.get(off) as NonNullable<ReturnType<typeof trade.skus.get>>), onSale: false });
    const cart = await view(buyerId);
    expect(cart.groups.flatMap(({ lines }) => lines.map(({ skuId, state }) => [skuId, state]))).toEqual([
      [short, 'short'],
    ]);
    expect(Object.fromEntries(cart.invalidLines.map(({ skuId, state }) => [skuId, state]))).toEqual({
      [out]: 'sold_out',
      [off]: 'off_sale',
    });
    expect(cart.invalidLines.every(({ selected }) => !selected)).toBe(true);
    const { lineId } = await lineOf(buyerId, short);
    expect((await update(buyerId, lineId, { quantity: 3 })).groups[0]?.lines[0]).toMatchObject({
      state: 'ok',
      quantity: 3,
    });
  });

  it('C05-PATH-08 merges two lines when one is changed to the SKU of the other', async () => {
    const buyerId = newId();
    const spuId = newId();
    const [white, grey] = [await trade.givenSku({ spuId }), await trade.givenSku({ spuId, salePrice: 6_000 })];
    const other = await trade.givenSku();
    await add(buyerId, white, 2);
    await add(buyerId, grey, 3);
    const { lineId } = await lineOf(buyerId, white);
    await update(buyerId, lineId, { skuId: grey });
    expect(await quantities(buyerId)).toEqual({ [grey]: 5 });
    expect(await lineOf(buyerId, grey)).toMatchObject({ lineId, priceWhenAdded: 6_000, selected: true });
    await expect(update(buyerId, lineId, { skuId: other })).rejects.toMatchObject({ code: 'cart.other_product' });
  });

  it('C05-PATH-09 ticks one shop’s valid lines only, and totals follow', async () => {
    const buyerId = newId();
    const [a1, a2, b] = [
      await trade.givenSku({ shopId: shopA, salePrice: 1_000 }),
      await trade.givenSku({ shopId: shopA, salePrice: 2_000, stock: 1 }),
      await trade.givenSku({ shopId: shopB, salePrice: 4_000 }),
    ];
    for (const skuId of [a1, a2, b]) await add(buyerId, skuId);
    await adjust(a2, -1);
    const select = (change: Parameters<typeof trade.cart.select>[2]) =>
      trade.inTransaction((tx) => trade.cart.select(tx, buyerId, change));
    await select({ selected: false });
    expect(await view(buyerId)).toMatchObject({ selectedTotal: 0, selectedUnitCount: 0 });
    expect(await select({ selected: true, shopId: shopA })).toMatchObject({
      selectedTotal: 1_000,
      selectedUnitCount: 1,
    });
    await adjust(a2, 1);
    expect((await lineOf(buyerId, a2)).selected).toBe(false);
    const bLine = await lineOf(buyerId, b);
    expect(await select({ selected: true, lineIds: [bLine.lineId] })).toMatchObject({ selectedTotal: 5_000 });
    expect((await trade.cart.selectedLines(trade.db, buyerId)).map(({ skuId }) => skuId).sort()).toEqual(
      [a1, b].sort(),
    );
  });

  it('holds 120 kinds at most, and a kind that is there may still grow', async () => {
    const buyerId = newId();
    const kinds = [];
    for (let i = 0; i < 121; i += 1) kinds.push(await trade.givenSku());
    for (const skuId of kinds.slice(0, 120)) await add(buyerId, skuId);
    await expect(add(buyerId, kinds[120] as string)).rejects.toMatchObject({
      code: 'cart.full',
      details: { limit: 120 },
    });
    expect((await add(buyerId, kinds[0] as string)).unitCount).toBe(121);
  });

  it('C02-BEH-03 merges a guest’s cart with no loss and no double, however often and at once', async () => {
    const [guestId, buyerId] = [newId(), newId()];
    const [both, onlyGuest, onlyBuyer] = [await trade.givenSku(), await trade.givenSku(), await trade.givenSku()];
    await add(guestId, both, 2);
    await add(guestId, onlyGuest, 1);
    await add(buyerId, both, 3);
    await add(buyerId, onlyBuyer, 4);
    const merge = () => trade.inTransaction((tx) => trade.cart.mergeGuest(tx, guestId, buyerId));
    await Promise.all([merge(), add(buyerId, both, 1), merge(), merge()]);
    await merge();
    expect(await quantities(buyerId)).toEqual({ [both]: 6, [onlyGuest]: 1, [onlyBuyer]: 4 });
    expect(await quantities(guestId)).toEqual({});
  });

  it('neither shows nor changes another buyer’s lines', async () => {
    const [owner, stranger] = [newId(), newId()];
    const skuId = await trade.givenSku();
    await add(owner, skuId, 2);
    const { lineId } = await lineOf(owner, skuId);
    await expect(update(stranger, lineId, { quantity: 1 })).rejects.toMatchObject({ code: 'cart.line_unknown' });
    await trade.inTransaction((tx) => trade.cart.remove(tx, stranger, [lineId]));
    await trade.inTransaction((tx) => trade.cart.select(tx, stranger, { selected: false, lineIds: [lineId] }));
    expect(await view(stranger)).toMatchObject({ lineCount: 0 });
    expect(await lineOf(owner, skuId)).toMatchObject({ quantity: 2, selected: true });
  });
});
