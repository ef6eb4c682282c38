/** The demo's past, as `npm start` plays it on an empty install. */
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
    const { differences, results } = await auditAll(database, clock.now());
    expect(differences, JSON.stringify(results.filter((each) => each.differences > 0))).toBe(0);
  }, 120_000);
});
