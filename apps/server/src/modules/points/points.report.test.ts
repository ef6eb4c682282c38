import { describe, expect, it } from 'vitest';
import { createFixedClock, dayMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createPolicies } from '#platform/policy.ts';
import { createTestDatabase } from '../../../test/database.ts';
import { createPoints, pointsAudits } from './index.ts';

describe('points report', () => {
  it('C06-PTS-07 issued 100, used 60, expired 10: rate 60 % and 30 still out there', async () => {
    const database = await createTestDatabase(4);
    const clock = createFixedClock('2026-11-22T08:00:00.000Z');
    const messaging = createMessaging({ database, clock, log: createLogger('silent') });
    const points = createPoints({
      clock,
      outbox: messaging.outbox,
      policies: createPolicies({ database, clock }),
      cipher: { encrypt: String, decrypt: String, blindIndex: String },
      kinship: async () => 'other',
      findAddress: async () => undefined,
      isPatron: async () => true,
    });
    const [buyerId, shopId] = [newId(), newId()];
    const move = (sourceKey: string, kind: string) => ({ sourceKey, kind, note: '' });
    const tomorrow = new Date(clock.now().getTime() + dayMs);
    await database.inTransaction((tx) => points.accounts.credit(tx, buyerId, 30, move('a', 'order'), tomorrow));
    await database.inTransaction((tx) => points.accounts.credit(tx, buyerId, 70, move('b', 'sign_in')));
    await database.inTransaction((tx) => points.accounts.debit(tx, buyerId, 20, move('c', 'redeem')));
    clock.advance(2 * dayMs);
    await database.inTransaction((tx) => points.expireDue(tx));
    const result = { shops: [{ shopId, pointsUsed: 40 }] } as never;
    await database.inTransaction((tx) =>
      points.orders.take(tx, { buyerId, orders: [{ orderNo: 'X', shopId }], result }),
    );
    await database.inTransaction((tx) => points.orders.paid(tx, [{ buyerId, orderNo: 'X', shopId, payable: 100 }]));
    const report = await points.desk.report(database.db);
    // What may still expire is what is out there, less what is frozen for orders.
    expect(report.outlook.reduce((sum, month) => sum + month.points, 0)).toBe(30);
    expect(report.sources.map(({ kind, earned, spent }) => [kind, earned, spent])).toEqual(
      expect.arrayContaining([
        ['order', 30, 0],
        ['sign_in', 70, 0],
        ['redeem', 0, 20],
        ['expire', 0, 10],
      ]),
    );
    // Everything that came in and went out, whatever for, is what is left.
    expect(report.sources.reduce((sum, { earned, spent }) => sum + earned - spent, 0)).toBe(30);
    for (const { query } of pointsAudits) expect((await query(clock.now()).execute(database.db)).rows).toEqual([]);
    expect(report).toMatchObject({
      issued: 100,
      used: 60,
      expired: 10,
      liability: 30,
      liabilityWorth: 30,
      redemptionRate: 6_000,
      accounts: 1,
    });
    await database.close();
  });
});
