/** `npm run audit`: finds nothing in a shop that traded, and finds each thing that is broken on purpose. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditAll } from '../src/main/audit.ts';
import { openTestShop, type TestBuyer, type TestShop } from './shop.ts';
import { findProduct, pay, placeOrder, untilOrder } from './story.ts';

describe('the audit', () => {
  let world: TestShop;
  let buyer: TestBuyer;
  let orderNo = '';
  let paymentId = '';

  beforeAll(async () => {
    world = await openTestShop();
    buyer = await world.buyer('lin-xia');
    const product = await findProduct(buyer);
    const paid = await placeOrder(buyer, product);
    await pay(world, buyer, 'lin-xia', paid.paymentId);
    [orderNo = ''] = paid.orderNos;
    paymentId = paid.paymentId;
    await untilOrder(world, buyer, orderNo, ({ status }) => status === 'paid');
    const back = await placeOrder(buyer, product);
    await pay(world, buyer, 'lin-xia', back.paymentId);
    await untilOrder(world, buyer, back.orderNos[0] ?? '', ({ status }) => status === 'paid');
    await buyer.api.orders.refund(back.orderNos[0] ?? '', { reason: '不想要了' });
    await untilOrder(world, buyer, back.orderNos[0] ?? '', ({ status }) => status === 'refunded');
    await placeOrder(buyer, product);
    await world.shop.settle();
  }, 120_000);
  afterAll(() => world?.close());

  const found = async () => {
    const { results, differences } = await auditAll(world.database, world.clock.now());
    return { differences, names: results.filter((one) => one.differences > 0).map(({ name }) => name), results };
  };

  it('finds no difference in a shop that sold, refunded and holds an unpaid order', async () => {
    const { differences, results } = await found();
    expect(results.filter((one) => one.differences > 0)).toEqual([]);
    expect(differences).toBe(0);
    expect(results.length).toBeGreaterThanOrEqual(13);
  });

  it.each<[string, () => ReturnType<typeof sql>, () => ReturnType<typeof sql>, string[]]>([
    [
      'a level that moved without its ledger',
      () =>
        sql`update inventory.stock_level set on_hand = on_hand + 1 where sku_id = (select sku_id from orders.order_line where order_no = ${orderNo} limit 1)`,
      () =>
        sql`update inventory.stock_level set on_hand = on_hand - 1 where sku_id = (select sku_id from orders.order_line where order_no = ${orderNo} limit 1)`,
      ['inventory.levels'],
    ],
    [
      'stock kept for nobody',
      () =>
        sql`update inventory.reservation_line set reservation_id = '01970000-0000-7000-8000-0000000000aa' where reservation_id = (select reservation_id from orders.order where order_no = ${orderNo})`,
      () =>
        sql`update inventory.reservation_line set reservation_id = (select reservation_id from orders.order where order_no = ${orderNo}) where reservation_id = '01970000-0000-7000-8000-0000000000aa'`,
      ['orders_and_reservations'],
    ],
    [
      'money without its order',
      () => sql`update orders.order set status = 'pending_payment', held_until = now() where order_no = ${orderNo}`,
      () => sql`update orders.order set status = 'paid', held_until = null where order_no = ${orderNo}`,
      ['orders_and_payments'],
    ],
    [
      'a payment of another amount',
      () => sql`update payments.payment set amount = amount + 1 where payment_id = ${paymentId}`,
      () => sql`update payments.payment set amount = amount - 1 where payment_id = ${paymentId}`,
      ['orders_and_payments'],
    ],
    [
      'a refund counted twice',
      () => sql`update payments.payment set refund_reserved = refund_reserved + 1 where payment_id = ${paymentId}`,
      () => sql`update payments.payment set refund_reserved = refund_reserved - 1 where payment_id = ${paymentId}`,
      ['payments.refund_sums'],
    ],
    [
      'a refund that the order believes in and the money does not',
      () => sql`update payments.refund set status = 'failed' where status = 'succeeded'`,
      () => sql`update payments.refund set status = 'succeeded' where status = 'failed'`,
      ['orders_and_refunds'],
    ],
    [
      'an order whose pieces are not its lines’',
      () => sql`update orders.order set unit_count = unit_count + 1 where order_no = ${orderNo}`,
      () => sql`update orders.order set unit_count = unit_count - 1 where order_no = ${orderNo}`,
      ['orders.unit_counts'],
    ],
    [
      'an event that nobody heard',
      () => sql`insert into platform.outbox (event_id, name, payload, created_at, attempts, next_attempt_at)
        values ('01970000-0000-7000-8000-0000000000ab', 'reviews.review_shown', '{}', '2020-01-01', 1, '2999-01-01')`,
      () => sql`delete from platform.outbox where event_id = '01970000-0000-7000-8000-0000000000ab'`,
      ['platform.outbox_stuck'],
    ],
  ])('finds %s, and nothing else', async (_name, breakIt, mend, names) => {
    await breakIt().execute(world.database.db);
    const broken = await found();
    await mend().execute(world.database.db);
    expect(broken.names).toEqual(names);
    expect((await found()).differences).toBe(0);
  });

  it('excuses for an hour what a message speaks of that the broker holds, and no longer', async () => {
    const { db } = world.database;
    const event = '01970000-0000-7000-8000-0000000000ac';
    const [{ buyerId }] = (await db
      .selectFrom('orders.order')
      .select('buyerId')
      .where('orderNo', '=', orderNo)
      .execute()) as [{ buyerId: string }];
    const handedOver = (minutesAgo: number) =>
      sql`insert into platform.outbox (event_id, name, payload, created_at, delivered_at, attempts, next_attempt_at)
        select ${event}::uuid, 'payments.payment_succeeded', jsonb_build_object('buyerId', ${buyerId}::text, 'paymentId', ${paymentId}::text),
          at, at, 0, at from (select ${world.clock.now()}::timestamptz - ${minutesAgo} * interval '1 minute' as at) t`.execute(
        db,
      );
    const take = () => sql`delete from platform.outbox where event_id = ${event}`.execute(db);
    await sql`update orders.order set status = 'pending_payment', held_until = now() where order_no = ${orderNo}`.execute(
      db,
    );
    await handedOver(5);
    const onItsWay = await found();
    const { differences: strict } = await auditAll(world.database, world.clock.now(), { isSettled: true });
    await take();
    await handedOver(61);
    const lost = await found();
    await take();
    await sql`update orders.order set status = 'paid', held_until = null where order_no = ${orderNo}`.execute(db);
    expect([onItsWay.names, strict, lost.names]).toEqual([[], 1, ['orders_and_payments']]);
  });

  it('changes nothing: its transaction may only read', async () => {
    const statements = await world.database.statementsOf(() => auditAll(world.database, world.clock.now()));
    expect(statements.filter((text) => /^\s*(insert|update|delete|alter|create)/i.test(text))).toEqual([]);
  });
});
