import type { ShopperAct } from '@xiaopu/contracts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock, dayMs, minuteMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createPolicies } from '#platform/policy.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { mondayOf, weekOf } from './events.domain.ts';
import { createEvents, type Events, type StoredAct } from './index.ts';

describe('events', () => {
  let database: TestDatabase;
  let events: Events;
  const clock = createFixedClock('2026-11-18T04:00:00.000Z');
  const [shopId, otherShop, spuId, otherSpu] = [newId(), newId(), newId(), newId()];
  const off = new Set<string>();
  let heard: StoredAct[] = [];
  beforeAll(async () => {
    database = await createTestDatabase(8);
    events = createEvents({
      ...{ database, clock, policies: createPolicies({ database, clock }) },
      shopsOf: async (_db, ids) =>
        new Map(
          ids.flatMap((id) => (id === spuId ? [[id, shopId]] : id === otherSpu ? [[id, otherShop]] : [])) as [
            string,
            string,
          ][],
        ),
      whoIsOff: async (_db, ids) => new Set(ids.filter((id) => off.has(id))),
      listeners: [async (_tx, acts) => void heard.push(...acts)],
    });
  });
  afterAll(() => database.close());

  const at = (ms = 0) => new Date(clock.now().getTime() + ms).toISOString();
  const view = (ms = 0, of = spuId): ShopperAct => ({ eventId: newId(), at: at(ms), kind: 'view', spuId: of });
  const cart = (ms = 0): ShopperAct => ({ eventId: newId(), at: at(ms), kind: 'cart', spuId, quantity: 1 });
  const visit = (ms = 0): ShopperAct => ({ eventId: newId(), at: at(ms), kind: 'visit' });
  const countOf = async (buyerId: string) => {
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from events.act where buyer_id = ${buyerId}`.execute(database.db);
    return rows[0]?.n;
  };
  const pay = (buyerId: string, orderNo: string, ms = 0) =>
    database.inTransaction((tx) => events.ordersPaid(tx, [{ buyerId, orderNo, shopId, payable: 990, at: at(ms) }]));

  it('C06-REC-01 keeps each act once: sent again, sent by two at once, twice in a batch', async () => {
    const buyerId = newId();
    heard = [];
    const acts = [view(), { ...cart(1_000) }];
    const [once, again] = await Promise.all([events.take(buyerId, { acts }), events.take(buyerId, { acts })]);
    expect((once?.stored ?? 0) + (again?.stored ?? 0)).toBe(2);
    expect(await events.take(buyerId, { acts: [...acts, ...acts] })).toEqual({ stored: 0, isOff: false });
    expect(await countOf(buyerId)).toBe(2);
    // Who listens hears of each once, too.
    expect(heard.map(({ kind }) => kind).sort()).toEqual(['cart', 'view']);
  });

  it('C06-REC-01 takes what an offline phone tells days later and out of order; not what is too old, from the future, or of no goods', async () => {
    const buyerId = newId();
    const late = view(-5 * dayMs);
    const told = [view(), late, view(-30 * dayMs), view(60 * minuteMs), view(0, newId())];
    expect(await events.take(buyerId, { acts: told })).toEqual({ stored: 2, isOff: false });
    expect(await countOf(buyerId)).toBe(2);
  });

  it('C06-REC-03 keeps nothing of who switched personalisation off, not even what they paid', async () => {
    const buyerId = newId();
    off.add(buyerId);
    heard = [];
    expect(await events.take(buyerId, { acts: [view(), cart()] })).toEqual({ stored: 0, isOff: true });
    await pay(buyerId, '20261118000000000001');
    expect(await countOf(buyerId)).toBe(0);
    expect(heard).toEqual([]);
  });

  it('C02-BEH-03 gives a guest’s acts to the member they became, once', async () => {
    const [guest, member] = [newId(), newId()];
    const shared = view();
    await events.take(guest, { acts: [shared, cart(10)] });
    // The client did not hear that it was taken, and told again after the login.
    await events.take(member, { acts: [shared] });
    for (let round = 0; round < 2; round += 1) await database.inTransaction((tx) => events.merged(tx, guest, member));
    expect([await countOf(guest), await countOf(member)]).toEqual([0, 2]);
  });

  it('refuses a client that tells without end', async () => {
    const buyerId = newId();
    const acts = Array.from({ length: 50 }, () => visit());
    for (let sent = 0; sent < 6; sent += 1) await events.take(buyerId, { acts });
    await expect(events.take(buyerId, { acts })).rejects.toMatchObject({ code: 'events.too_many' });
  });

  it('C09-KPI-01 counts unique people in the order visit, browse, cart, pay, in this shop and within the time', async () => {
    await sql`truncate events.act`.execute(database.db);
    const [whole, twice, backwards, elsewhere, overnight] = [newId(), newId(), newId(), newId(), newId()];
    await events.take(whole, { acts: [visit(-60_000), view(-50_000), cart(-40_000)] });
    await pay(whole, '20261118000000000011', -30_000);
    // Told twice by WeChat, it is one payment.
    await pay(whole, '20261118000000000011', -30_000);
    await events.take(twice, { acts: [visit(-60_000), visit(-59_000), view(-50_000), view(-49_000)] });
    await events.take(backwards, { acts: [visit(-20_000), cart(-30_000), view(-10_000)] });
    await events.take(elsewhere, { acts: [visit(-60_000), view(-50_000, otherSpu)] });
    await events.take(overnight, { acts: [visit(-dayMs), view(-dayMs + 1_000), cart(-1_000)] });
    const { total, days } = await events.funnel(database.db, shopId, 7);
    expect(total).toEqual({ visit: 5, browse: 4, cart: 2, pay: 1 });
    expect(days.at(-1)).toEqual({ day: '2026-11-18', visit: 4, browse: 3, cart: 1, pay: 1 });
    expect(days.at(-2)).toEqual({ day: '2026-11-17', visit: 1, browse: 1, cart: 0, pay: 0 });
    expect((await database.statementsOf(() => events.funnel(database.db, shopId, 30))).length).toBe(1);
  });

  it('drops weeks past keeping in one stroke, and makes them as acts come', async () => {
    const buyerId = newId();
    clock.set('2026-11-18T04:00:00.000Z');
    await events.take(buyerId, { acts: [view()] });
    clock.set('2027-09-01T04:00:00.000Z');
    await events.take(buyerId, { acts: [view()] });
    for (const sweep of events.sweeps()) await sweep.run();
    expect(await countOf(buyerId)).toBe(1);
    expect(weekOf(new Date('2026-11-18T04:00:00Z'))).toMatchObject({ name: 'act_20261116' });
    expect(mondayOf('act_20261116')?.toISOString()).toBe('2026-11-16T00:00:00.000Z');
  });
});
