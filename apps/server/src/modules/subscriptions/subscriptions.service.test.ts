import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock, dayMs, hourMs, minuteMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createPolicies } from '#platform/policy.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createPayments, type Payments } from '../payments/index.ts';
import { createSubscriptions, type Subscriptions } from './index.ts';
import { addMonths, unusedWorth } from './subscriptions.domain.ts';

describe('paid membership', () => {
  let database: TestDatabase;
  let payments: Payments;
  let subscriptions: Subscriptions;
  const clock = createFixedClock('2026-01-31T02:00:00.000Z');
  const phones = new Map<string, string>();
  const told = new Map<string, { planId: string; until: string } | null>();
  beforeAll(async () => {
    database = await createTestDatabase(12);
    const { outbox } = createMessaging({ database, clock, log: createLogger('silent') });
    payments = createPayments({ outbox, clock });
    subscriptions = createSubscriptions({
      clock,
      outbox,
      policies: createPolicies({ database, clock }),
      payments,
      membership: {
        setPlan: async (_tx, buyerId, plan) => {
          told.set(buyerId, plan && { planId: plan.planId, until: plan.until.toISOString() });
        },
      },
      phoneIndexOf: async (_db, buyerId) => phones.get(buyerId) ?? null,
      answeringShops: async () => [newId()],
    });
  });
  afterAll(() => database.close());

  const inTx = <T>(work: Parameters<typeof database.inTransaction<T>>[0]) => database.inTransaction(work);
  const buy = (buyerId: string, planId: 'basic' | 'senior') => inTx((tx) => subscriptions.buy(tx, buyerId, planId));
  const succeed = (buyerId: string, paymentId: string, amount = 0) =>
    inTx((tx) => subscriptions.paymentSucceeded(tx, { buyerId, paymentId, amount, paidAt: clock.now().toISOString() }));
  const view = (buyerId: string) => subscriptions.view(database.db, buyerId);
  const start = async (buyerId: string, planId: 'basic' | 'senior') => {
    const purchase = await buy(buyerId, planId);
    await succeed(buyerId, purchase.paymentId);
    return purchase;
  };
  const at = (instant: string) => clock.set(instant);

  it('C13-SUB-02 a month from 31 January ends on 28 February, the next on 31 March', async () => {
    at('2026-01-31T02:00:00.000Z');
    const buyerId = newId();
    const { amount, paymentId } = await buy(buyerId, 'basic');
    expect(amount).toBe(990);
    expect(await payments.view(database.db, buyerId, paymentId)).toMatchObject({
      amount: 990,
      orderNos: [],
      status: 'created',
    });
    expect((await view(buyerId)).current).toBeNull();
    await Promise.all([succeed(buyerId, paymentId), succeed(buyerId, paymentId), succeed(buyerId, paymentId)]);
    expect((await view(buyerId)).current).toMatchObject({
      planId: 'basic',
      isTrial: false,
      until: '2026-02-28T02:00:00.000Z',
    });
    expect(told.get(buyerId)).toEqual({ planId: 'basic', until: '2026-02-28T02:00:00.000Z' });
    at('2026-02-20T02:00:00.000Z');
    await start(buyerId, 'basic');
    expect((await view(buyerId)).current?.until).toBe('2026-03-31T02:00:00.000Z');
    expect(addMonths(new Date('2028-01-31T02:00:00Z'), 1, 31).toISOString()).toBe('2028-02-29T02:00:00.000Z');
    expect(addMonths(new Date('2026-12-15T17:00:00Z'), 12, 16).toISOString()).toBe('2027-12-15T17:00:00.000Z');
  });

  it('C13-SUB-03 an upgrade takes the unused days of the running plan off and starts now; no way down while it runs', async () => {
    at('2026-04-01T02:00:00.000Z');
    const buyerId = newId();
    await start(buyerId, 'basic');
    at('2026-04-16T02:00:00.000Z'); // 15 of 30 days are left
    const { plans } = await view(buyerId);
    expect(plans.map(({ planId, due }) => [planId, due])).toEqual([
      ['basic', 990],
      ['senior', 19_900 - 495],
    ]);
    const upgrade = await start(buyerId, 'senior');
    expect(upgrade.amount).toBe(19_405);
    expect((await view(buyerId)).current).toMatchObject({ planId: 'senior', until: '2027-04-16T02:00:00.000Z' });
    await expect(buy(buyerId, 'basic')).rejects.toMatchObject({ code: 'subscriptions.downgrade_refused' });
    expect((await view(buyerId)).plans[0]?.due).toBeNull();
    const period = { startsAt: new Date('2026-04-01T00:00:00Z'), endsAt: new Date('2026-05-01T00:00:00Z') };
    expect(unusedWorth(990, period, new Date('2026-04-01T00:00:00Z'))).toBe(990);
    expect(unusedWorth(990, period, new Date('2026-04-01T00:00:01Z'))).toBe(957);
    expect(unusedWorth(990, period, new Date('2026-06-01T00:00:00Z'))).toBe(0);
  });

  it('C13-SUB-04 gives one trial a person, also under parallel asking and from a second account with the same phone', async () => {
    at('2026-05-01T02:00:00.000Z');
    const buyerId = newId();
    const second = newId();
    phones.set(buyerId, 'phone-a');
    phones.set(second, 'phone-a');
    const tries = await Promise.allSettled(
      [buyerId, buyerId, second, second].map((who) => inTx((tx) => subscriptions.startTrial(tx, who))),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = told.has(buyerId) ? buyerId : second;
    expect((await view(winner)).current).toMatchObject({ isTrial: true, until: '2026-05-04T02:00:00.000Z' });
    clock.advance(3 * dayMs);
    expect(await inTx((tx) => subscriptions.endDue(tx))).toBeGreaterThanOrEqual(1);
    expect(told.get(winner)).toBeNull();
    for (const who of [buyerId, second]) {
      await expect(inTx((tx) => subscriptions.startTrial(tx, who))).rejects.toMatchObject({
        code: 'subscriptions.trial_taken',
      });
      expect(await view(who)).toMatchObject({ current: null, canTry: false, pending: null });
    }
    await start(winner, 'basic');
    expect((await view(winner)).current).toMatchObject({ isTrial: false, until: '2026-06-04T02:00:00.000Z' });
  });

  it('C13-SUB-05 reminds once, five days ahead, and not whom does not want it', async () => {
    at('2026-07-01T02:00:00.000Z');
    const [buyerId, silent] = [newId(), newId()];
    await start(buyerId, 'basic');
    await start(silent, 'basic');
    await inTx((tx) => subscriptions.setReminder(tx, silent, false));
    at('2026-07-27T01:59:59.000Z');
    const remind = () => inTx((tx) => subscriptions.remind(tx));
    while ((await remind()) > 0);
    at('2026-07-27T02:00:00.000Z');
    const counts = await Promise.all([remind(), remind(), remind()]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await remind()).toBe(0);
    await start(buyerId, 'basic');
    at('2026-08-27T03:00:00.000Z');
    expect(await remind()).toBe(1);
    await expect(inTx((tx) => subscriptions.setReminder(tx, newId(), true))).rejects.toMatchObject({
      code: 'subscriptions.not_subscribed',
    });
  });

  it('keeps one unpaid purchase: the same plan answers with it, another replaces it, time closes it', async () => {
    at('2026-09-01T02:00:00.000Z');
    const buyerId = newId();
    const both = await Promise.all([buy(buyerId, 'basic'), buy(buyerId, 'basic')]);
    expect(both[0]).toEqual(both[1]);
    const other = await buy(buyerId, 'senior');
    expect(await payments.view(database.db, buyerId, both[0]?.paymentId ?? '')).toMatchObject({ status: 'closed' });
    const prepare = (paymentId: string) =>
      inTx((tx) =>
        subscriptions.preparePayment(tx, {
          buyerId,
          paymentId,
          atLeastUntil: new Date(clock.now().getTime() + minuteMs),
        }),
      );
    await expect(prepare(both[0]?.paymentId ?? '')).rejects.toMatchObject({
      code: 'subscriptions.purchase_not_payable',
    });
    expect(await prepare(other.paymentId)).toBe(true);
    expect(await prepare(newId())).toBe(false);
    clock.advance(hourMs);
    expect(await inTx((tx) => subscriptions.closeUnpaid(tx))).toBe(1);
    expect((await view(buyerId)).pending).toBeNull();
    await succeed(buyerId, other.paymentId); // late money still buys what it was paid for
    expect((await view(buyerId)).current?.planId).toBe('senior');
  });

  it('refunds the unused days within seven days, once, and ends the entitlement at once', async () => {
    at('2026-10-01T02:00:00.000Z');
    const buyerId = newId();
    const { paymentId } = await buy(buyerId, 'senior');
    await database.db
      .updateTable('payments.payment')
      .set({
        status: 'succeeded',
        transactionId: '4200000001',
        paidAt: clock.now(),
        paidOutTradeNo: paymentId.slice(0, 30),
      })
      .where('paymentId', '=', paymentId)
      .execute();
    await succeed(buyerId, paymentId);
    at('2026-10-06T02:00:00.000Z');
    const amount = Math.floor((19_900 * 360) / 365);
    expect((await view(buyerId)).current?.refundable?.amount).toBe(amount);
    const refunds = await Promise.allSettled([1, 2, 3].map(() => inTx((tx) => subscriptions.refund(tx, buyerId))));
    expect(refunds.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const rows = await database.db
      .selectFrom('payments.refund')
      .select(['amount', 'refundNo', 'orderNo'])
      .where('buyerId', '=', buyerId)
      .execute();
    expect(rows).toMatchObject([{ amount }]);
    expect((await view(buyerId)).current).toBeNull();
    expect(told.get(buyerId)).toBeNull();
    const { refundNo = '', orderNo = '' } = rows[0] ?? {};
    await inTx((tx) =>
      subscriptions.refundSettled(tx, { buyerId, paymentId, refundNo, orderNo, amount, outcome: 'succeeded' }),
    );
    const { plans } = await subscriptions.plans(database.db);
    expect(plans.find(({ planId }) => planId === 'senior')?.members).toBeGreaterThanOrEqual(1);

    const late = newId();
    await start(late, 'basic');
    clock.advance(8 * dayMs);
    await expect(inTx((tx) => subscriptions.refund(tx, late))).rejects.toMatchObject({
      code: 'subscriptions.not_refundable',
    });
  });
});
