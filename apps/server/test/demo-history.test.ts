/** The demo's past, as `npm start` plays it on an empty install. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditAll } from '../src/main/audit.ts';
import type { InProcessApp } from '../src/main/demo-history.calls.ts';
import { playHistory } from '../src/main/demo-history.ts';
import { dayMs } from '../src/platform/clock.ts';
import { createLogger } from '../src/platform/logger.ts';
import { openTestShop, type TestShop } from './shop.ts';

describe('the demo’s past', () => {
  let test: TestShop;
  beforeAll(async () => {
    test = await openTestShop();
  }, 120_000);
  afterAll(() => test.close());

  it('is days of orders paid, shipped, received and reviewed, and every balance adds up', async () => {
    const { shop, clock, database } = test;
    const now = Date.now();
    // Whoever opens the shop next must not be told to slow down for what the demo did.
    const calls = new Map<string, number>();
    const app: InProcessApp = {
      inject: (request) => {
        calls.set(request.remoteAddress, (calls.get(request.remoteAddress) ?? 0) + 1);
        return shop.app.inject(request);
      },
    };
    const { orders } = await playHistory({ ...shop, app, clock, log: createLogger('silent') }, 5);
    expect([...calls.keys()].filter((address) => !address.startsWith('198.51.100.'))).toEqual([]);
    expect(Math.max(...calls.values())).toBeLessThan(600);
    expect(clock.now().getTime()).toBeLessThan(now + dayMs);
    const rows = await database.db.selectFrom('orders.order').select(['status', 'createdAt', 'paidAt']).execute();
    expect(rows.length).toBeGreaterThanOrEqual(orders);
    expect(orders).toBeGreaterThan(8);
    const times = rows.map(({ createdAt }) => createdAt.getTime());
    expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
    expect(now - Math.min(...times)).toBeGreaterThan(4 * dayMs);
    const statuses = new Set(rows.map(({ status }) => status));
    for (const status of ['paid', 'shipped', 'completed'] as const) expect(statuses).toContain(status);
    // People looked around, too: the funnel, the channels and the tags have something to show.
    const { rows: told } = await sql<{ kind: string; people: number }>`
      select kind, count(distinct buyer_id)::int as people from events.act group by kind`.execute(database.db);
    const people = new Map(told.map((row) => [row.kind, row.people]));
    for (const kind of ['visit', 'view', 'dwell', 'cart', 'pay']) expect(people.get(kind), kind).toBeGreaterThan(3);
    expect(people.get('visit')).toBeGreaterThan(people.get('pay') ?? 0);
    const { rows: ways } = await sql<{ channels: number; members: number }>`
      select count(distinct channel)::int as channels, count(distinct source)::int as members from visits.arrival`.execute(
      database.db,
    );
    expect(ways[0]?.channels).toBeGreaterThan(3);
    const { rows: held } = await sql<{ tags: number }>`
      select count(distinct tag_id)::int as tags from tags.holding`.execute(database.db);
    expect(held[0]?.tags).toBeGreaterThan(10);
    // What waited while the clock leapt did not wait: whoever opens the shop finds no alarm of its past.
    expect((await sql`select 1 from operations.alert`.execute(database.db)).rows).toEqual([]);
    const { differences, results } = await auditAll(database, clock.now());
    expect(differences, JSON.stringify(results.filter((each) => each.differences > 0))).toBe(0);
  }, 120_000);
});
