import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '#platform/errors.ts';
import { newId, shardHint } from '#platform/ids.ts';
import { freightPrice, openTrade, shopA, shopB, type Trade } from '../../../test/trade.ts';

describe.each([{ inCompany: false }, { inCompany: true }])(
  'placing orders, in company: $inCompany',
  ({ inCompany }) => {
    let trade: Trade;
    beforeAll(async () => {
      trade = await openTrade({ inCompany });
    });
    afterAll(() => trade.close());
    beforeEach(async () => {
      trade.calls.length = 0;
      await trade.db.deleteFrom('platform.outbox').execute();
    });
    const ordersOf = (buyerId: string) =>
      trade.db.selectFrom('orders.order').selectAll().where('buyerId', '=', buyerId).execute();

    it('C04-INT-04 makes one order and one stock hold from 50 parallel posts with one key', async () => {
      const buyerId = newId();
      const skuId = await trade.givenSku({ stock: 100 });
      const addressId = trade.givenAddress(buyerId);
      const key = newId();
      const replies = await Promise.all(
        Array.from({ length: 50 }, () => trade.place(buyerId, [{ skuId, quantity: 2 }], { key, addressId })),
      );
      expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
      expect(await ordersOf(buyerId)).toHaveLength(1);
      expect(await trade.stockOf(skuId)).toMatchObject({ reserved: 2 });
      expect(trade.callsNamed('open')).toHaveLength(1);
    });

    it('C04-INT-04 refuses the same key with another body and writes nothing', async () => {
      const buyerId = newId();
      const skuId = await trade.givenSku();
      const addressId = trade.givenAddress(buyerId);
      const key = newId();
      await trade.place(buyerId, [{ skuId, quantity: 1 }], { key, addressId });
      await expect(trade.place(buyerId, [{ skuId, quantity: 2 }], { key, addressId })).rejects.toMatchObject({
        code: 'orders.idempotency_conflict',
      });
      expect(await ordersOf(buyerId)).toHaveLength(1);
      expect(await trade.stockOf(skuId)).toMatchObject({ reserved: 1 });
    });

    it('treats the same key of another buyer as another placement', async () => {
      const [first, second] = [newId(), newId()];
      const skuId = await trade.givenSku();
      const key = newId();
      const a = await trade.place(first, [{ skuId, quantity: 1 }], { key });
      const b = await trade.place(second, [{ skuId, quantity: 1 }], { key });
      expect(a.paymentId).not.toBe(b.paymentId);
      expect(await trade.stockOf(skuId)).toMatchObject({ reserved: 2 });
    });

    it('forgets a key whose placement failed, so that the corrected stock can be ordered with it', async () => {
      const buyerId = newId();
      const skuId = await trade.givenSku({ stock: 0 });
      const addressId = trade.givenAddress(buyerId);
      const key = newId();
      const placeIt = () => trade.place(buyerId, [{ skuId, quantity: 1 }], { key, addressId });
      await expect(placeIt()).rejects.toMatchObject({ code: 'inventory.out_of_stock' });
      await trade.inTransaction((tx) =>
        trade.inventory.adjust(tx, shopA, {
          skuId,
          requestId: newId(),
          delta: 1,
          reason: 'purchase',
          note: '',
          actor: 't',
        }),
      );
      expect((await placeIt()).orderNos).toHaveLength(1);
    });

    it('C06-INV-01 C06-INV-08 sells exactly 100 of 100 to 500 parallel buyers and tells the others at once', async () => {
      const skuId = await trade.givenSku({ stock: 100 });
      const outcomes = await Promise.allSettled(
        Array.from({ length: 500 }, () => trade.place(newId(), [{ skuId, quantity: 1 }])),
      );
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused).toHaveLength(400);
      expect(new Set(refused.map(({ reason }) => (reason as AppError).code))).toEqual(
        new Set(['inventory.out_of_stock']),
      );
      expect(await trade.stockOf(skuId)).toMatchObject({ onHand: 100, reserved: 100, available: 0 });
      expect(trade.callsNamed('open')).toHaveLength(100);
    });

    it('splits into one order a shop under one payment, priced by the server, and empties what was bought from the cart', async () => {
      const buyerId = newId();
      const [a, b, kept] = [
        await trade.givenSku({ shopId: shopA, salePrice: 12_000 }),
        await trade.givenSku({ shopId: shopB, salePrice: 3_000 }),
        await trade.givenSku({ shopId: shopA }),
      ];
      const addressId = trade.givenAddress(buyerId);
      const add = (skuId: string, quantity: number) => trade.cart.add(buyerId, { skuId, quantity });
      await add(a, 1);
      await add(b, 2);
      const { groups } = await add(kept, 1);
      const keptLine = groups.flatMap(({ lines }) => lines).find(({ skuId }) => skuId === kept)?.lineId as string;
      await trade.inTransaction((tx) => trade.cart.select(tx, buyerId, { selected: false, lineIds: [keptLine] }));

      const placed = await trade.inTransaction((tx) =>
        trade.orders.place(tx, buyerId, newId(), {
          source: { kind: 'cart' },
          addressId,
          remarks: [{ shopId: shopB, remark: ' 放门口 ' }],
          expectedPayable: 12_000 + 6_000 + freightPrice,
        }),
      );
      expect(placed.payable).toBe(18_800);
      const rows = (await ordersOf(buyerId)).toSorted((x, y) => y.payable - x.payable);
      expect(
        rows.map(({ shopId, goodsTotal, freight, payable, remark, paymentId }) => ({
          shopId,
          goodsTotal,
          freight,
          payable,
          remark,
          paymentId,
        })),
      ).toEqual([
        { shopId: shopA, goodsTotal: 12_000, freight: 0, payable: 12_000, remark: '', paymentId: placed.paymentId },
        {
          shopId: shopB,
          goodsTotal: 6_000,
          freight: freightPrice,
          payable: 6_800,
          remark: '放门口',
          paymentId: placed.paymentId,
        },
      ]);
      expect(
        placed.orderNos.every((orderNo) => orderNo.length === 20 && orderNo.slice(12, 14) === shardHint(buyerId)),
      ).toBe(true);
      expect(trade.callsNamed('open')).toEqual([
        expect.objectContaining({
          amount: 18_800,
          orderNos: placed.orderNos,
          prepayUntil: new Date(trade.start.getTime() + 15 * 60_000),
        }),
      ]);
      const cart = await trade.cart.view(trade.db, buyerId);
      expect(cart.groups.flatMap(({ lines }) => lines.map(({ skuId }) => skuId))).toEqual([kept]);
      expect((await trade.eventsNamed('orders.order_placed')).map(({ payable }) => payable).sort()).toEqual([
        12_000, 6_800,
      ]);
      expect(trade.addressesUsed).toContain(addressId);
    });

    it('places with at most 12 SQL statements, payments and address use counted', async () => {
      const buyerId = newId();
      const [a, b] = [await trade.givenSku({ shopId: shopA }), await trade.givenSku({ shopId: shopB })];
      const addressId = trade.givenAddress(buyerId);
      for (const skuId of [a, b]) await trade.cart.add(buyerId, { skuId, quantity: 1 });
      const statements = await trade.database.statementsOf(() =>
        trade.inTransaction((tx) => trade.orders.place(tx, buyerId, newId(), { source: { kind: 'cart' }, addressId })),
      );
      // SKUs, the address, opening the payment and marking the address are stand-ins here: one statement each at home.
      const standIns = 4;
      expect(statements.length + standIns).toBeLessThanOrEqual(12);
    });

    it('refuses a changed price, an unknown or foreign address, an empty cart and what is off sale, writing nothing', async () => {
      const buyerId = newId();
      const skuId = await trade.givenSku({ salePrice: 5_000 });
      const [addressId, foreign] = [trade.givenAddress(buyerId), trade.givenAddress(newId())];
      const offSale = await trade.givenSku({ onSale: false });
      const source = { kind: 'lines' as const, lines: [{ skuId, quantity: 1 }] };
      const placeIt = (body: Parameters<typeof trade.orders.place>[3]) =>
        trade.inTransaction((tx) => trade.orders.place(tx, buyerId, newId(), body));
      await expect(placeIt({ source, addressId, expectedPayable: 1 })).rejects.toMatchObject({
        code: 'orders.price_changed',
        details: { payable: 5_000 + freightPrice, expectedPayable: 1 },
      });
      await expect(placeIt({ source, addressId: foreign })).rejects.toMatchObject({ code: 'orders.address_missing' });
      await expect(placeIt({ source: { kind: 'cart' }, addressId })).rejects.toMatchObject({ code: 'orders.empty' });
      await expect(
        placeIt({ source: { kind: 'lines', lines: [{ skuId: offSale, quantity: 1 }] }, addressId }),
      ).rejects.toMatchObject({
        code: 'orders.line_unavailable',
        details: { lines: [{ skuId: offSale, problem: 'off_sale' }] },
      });
      expect(await ordersOf(buyerId)).toEqual([]);
      expect(await trade.stockOf(skuId)).toMatchObject({ reserved: 0 });
      expect(trade.calls).toEqual([]);
    });

    it('C05-PATH-11 refuses with all shortages when stock fell during checkout', async () => {
      const buyerId = newId();
      const [gone, few] = [await trade.givenSku({ stock: 0 }), await trade.givenSku({ stock: 1 })];
      await expect(
        trade.place(buyerId, [
          { skuId: gone, quantity: 1 },
          { skuId: few, quantity: 2 },
        ]),
      ).rejects.toMatchObject({
        code: 'inventory.out_of_stock',
        details: {
          shortages: expect.arrayContaining([
            { skuId: gone, requested: 1, available: 0 },
            { skuId: few, requested: 2, available: 1 },
          ]),
        },
      });
      expect(trade.calls).toEqual([]);
    });

    it('C12-ENC-01 keeps the address sealed: no name, phone or street in the row', async () => {
      const buyerId = newId();
      const { orderNos } = await trade.place(buyerId, [{ skuId: await trade.givenSku(), quantity: 1 }]);
      const [row] = await ordersOf(buyerId);
      for (const plain of ['张三丰', '13800001234', '文三路', '1234'])
        expect(
          JSON.stringify({ ...row, orderNo: '', buyerId: '', paymentId: '', reservationId: '', shopId: '' }),
        ).not.toContain(plain);
      expect((await trade.orders.get(trade.db, buyerId, orderNos[0] as string)).recipient).toEqual({
        name: '张三丰',
        maskedPhone: '138****1234',
        text: '浙江省杭州市西湖区文三路1号',
      });
    });

    it('counts one SKU named twice as one line', async () => {
      const buyerId = newId();
      const skuId = await trade.givenSku();
      const { orderNos } = await trade.place(buyerId, [
        { skuId, quantity: 1 },
        { skuId, quantity: 2 },
      ]);
      const { lines } = await trade.orders.get(trade.db, buyerId, orderNos[0] as string);
      expect(lines.map(({ quantity, payable }) => [quantity, payable])).toEqual([[3, 15_000]]);
    });
  },
);
