/** The points module on a database of its own, with people, a roll of the dice and the books checked. */
import { sql } from 'kysely';
import { expect } from 'vitest';
import { createFixedClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createPolicies } from '#platform/policy.ts';
import { createTestDatabase } from '../../../test/database.ts';
import { createPoints } from './index.ts';

export const shopId = newId();
const address = {
  name: '林夏',
  phone: '13800001234',
  province: '浙江省',
  city: '杭州市',
  district: '西湖区',
  detail: '一号',
};

export async function openPointsWorld() {
  const clock = createFixedClock('2026-11-22T08:00:00.000Z');
  let nextRoll = 0;
  const people = new Map<string, string>(); // buyer → person

  const database = await createTestDatabase();
  const messaging = createMessaging({ database, clock, log: createLogger('silent') });
  const policies = createPolicies({ database, clock });
  const points = createPoints({
    clock,
    outbox: messaging.outbox,
    policies,
    cipher: {
      blindIndex: (purpose, value) => `${purpose}/${value}`,
      encrypt: (plain) => `sealed:${Buffer.from(plain).toString('base64')}`,
      decrypt: (sealed) => Buffer.from(sealed.slice(7), 'base64').toString(),
    },
    kinship: async (_db, a, b) => (!people.has(b) ? 'unknown' : people.get(a) === people.get(b) ? 'same' : 'other'),
    findAddress: async (_db, _buyer, addressId) => (addressId === shopId ? address : undefined),
    isPatron: async (_db, shop) => shop === shopId,
    roll: () => nextRoll,
  });

  const someone = (person = newId()) => {
    const buyerId = newId();
    people.set(buyerId, person);
    return buyerId;
  };
  const inTx = <T>(work: Parameters<typeof database.inTransaction<T>>[0]) => database.inTransaction(work);
  const give = (buyerId: string, amount: number, key = newId(), expiresAt?: Date) =>
    inTx((tx) =>
      points.accounts.credit(tx, buyerId, amount, { sourceKey: key, kind: 'adjust', note: '测试' }, expiresAt),
    );
  const spend = (buyerId: string, amount: number, key = newId()) =>
    inTx((tx) => points.accounts.debit(tx, buyerId, amount, { sourceKey: key, kind: 'redeem', note: '测试' }));
  async function books(buyerId: string) {
    const { rows } = await sql<{
      balance: number;
      frozen: number;
      owed: number;
      ledger: number;
      frozenLedger: number;
      lots: number;
    }>`
      select a.balance, a.frozen, a.owed,
        (select coalesce(sum(amount), 0)::bigint from points.ledger where buyer_id = a.buyer_id) as ledger,
        (select coalesce(sum(frozen), 0)::bigint from points.ledger where buyer_id = a.buyer_id) as frozen_ledger,
        (select coalesce(sum(remaining), 0)::bigint from points.lot where buyer_id = a.buyer_id) as lots
      from points.account a where buyer_id = ${buyerId}`.execute(database.db);
    const [row] = rows;
    if (!row) throw new Error('no account');
    expect(row.ledger).toBe(row.balance);
    expect(row.lots).toBe(row.balance);
    expect(row.frozenLedger).toBe(row.frozen);
    return { balance: row.balance, frozen: row.frozen, owed: row.owed };
  }
  const take = (buyerId: string, orderNo: string, used: number) =>
    inTx((tx) =>
      points.orders.take(tx, {
        buyerId,
        orders: [{ orderNo, shopId }],
        result: { shops: [{ shopId, pointsUsed: used }] } as never,
      }),
    );

  return {
    ...{ database, points, policies, clock, people, someone, inTx, give, spend, books, take },
    /** What the next draws roll, of a million. */
    roll(next: number): void {
      nextRoll = next;
    },
  };
}
