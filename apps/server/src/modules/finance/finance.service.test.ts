import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dayMs, hourMs, minuteMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { createPolicies } from '#platform/policy.ts';
import { ledgerLines, ledgerPage, ordersOfPayments } from '../payments/index.ts';
import { openTwinWorld } from '../payments/payments.testing.ts';
import { createReconciliation, financeRoutes, type Reconciliation } from './index.ts';

type World = Awaited<ReturnType<typeof openTwinWorld>>;
const query = { page: 1, pageSize: 50 };

describe('C10-PAY reconciliation against the twin', () => {
  let world: World;
  let reconciliation: Reconciliation;
  let mayEverywhere = true;
  const audited: { action: string; target: string; summary: string }[] = [];

  beforeAll(async () => {
    world = await openTwinWorld();
    const { database, clock } = world;
    reconciliation = createReconciliation({
      database,
      clock,
      policies: createPolicies({ database, clock }),
      log: createLogger('silent'),
      bills: world.gateway,
      ledger: { page: ledgerPage, lines: ledgerLines, ordersOf: ordersOfPayments },
    });
    financeApp();
  });
  afterAll(() => world?.close());

  let call: (
    method: 'GET' | 'POST',
    path: string,
    staff?: string,
    body?: object,
  ) => Promise<{ status: number; body: { items: Record<string, string>[] }; code?: string }>;
  function financeApp() {
    // The world's app listens already; a second one serves these routes.
    call = async (method, path, staff = 'shop/payments.read/payments.resolve', body) => {
      const reply = await app.inject({
        method,
        url: `/api/console/reconciliation${path}`,
        headers: { 'x-test-staff': staff, 'x-requested-with': 'xiaopu-console' },
        ...(body ? { payload: body } : {}),
      });
      const json = reply.body ? reply.json() : null;
      return { status: reply.statusCode, body: json, code: json?.error?.code };
    };
  }
  let app: World['app'];

  beforeAll(async () => {
    const { createApp } = await import('#platform/http/app.ts');
    app = await createApp({
      log: createLogger('silent'),
      version: 'test',
      rateLimitPerMinute: 0,
      authenticators: {
        buyer: async () => undefined,
        staff: async ({ headers }) => {
          const [shopId, ...permissions] = String(headers['x-test-staff'] ?? '').split('/');
          return shopId
            ? { staffId: 'staff', name: '小周', shopId, permissions: new Set(permissions) as never }
            : undefined;
        },
      },
    });
    financeRoutes(app, {
      database: world.database,
      reconciliation,
      hasInEveryShop: async () => mayEverywhere,
      audit: async (_tx, entry) => void audited.push(entry),
    });
  });
  afterAll(() => app?.close());

  /** Noon of a new day in Shanghai; what earlier tests left is days behind. */
  let day: string;
  beforeEach(async () => {
    await world.twin.control('POST', '/switches/reset');
    await world.twin.switchTo({
      'pay.signatureMode': 'public-key',
      'notify.signWith': 'public-key',
      'pay.refundSeconds': 0,
    });
    const noon =
      startOfShanghaiDay(shanghaiDay(new Date(world.clock.now().getTime() + 2 * dayMs))).getTime() + 12 * hourMs;
    world.advance(noon - world.clock.now().getTime());
    day = shanghaiDay(world.clock.now());
    mayEverywhere = true;
    audited.length = 0;
  });

  async function paid(amount = 12_800) {
    const payment = await world.openFor('su-wan', { amount });
    const started = await world.start(payment.buyerId, payment.paymentId);
    const { params } = started.json<{ params: Record<string, string> }>();
    await world.pay(params);
    await world.until(async () => (await world.statusOf(payment.paymentId)) === 'succeeded');
    const [attempt] = await world.attemptsOf(payment.paymentId);
    return { ...payment, tradeNo: attempt?.outTradeNo ?? '' };
  }
  async function refunded({ buyerId, paymentId, orderNos }: Awaited<ReturnType<typeof paid>>, amount: number) {
    const refundNo = `${Date.now()}${Math.floor(Math.random() * 1e6)}`;
    await world.inTransaction((tx) =>
      world.payments.requestRefund(tx, {
        buyerId,
        paymentId,
        orderNo: orderNos[0] ?? '',
        refundNo,
        amount,
        reason: '不想要了',
      }),
    );
    await world.sweep('payments.refund');
    await world.until(async () => {
      await world.twin.control('GET', '/orders');
      const row = await world.db
        .selectFrom('payments.refund')
        .select('status')
        .where('refundNo', '=', refundNo)
        .executeTakeFirst();
      if (row?.status === 'succeeded') return true;
      world.advance(3_000);
      await world.sweep('payments.refund');
      return false;
    });
    return refundNo;
  }
  const nextMorning = () =>
    world.advance(startOfShanghaiDay(day).getTime() + dayMs + 10 * hourMs + 6 * minuteMs - world.clock.now().getTime());
  const found = async (of = day) =>
    (await reconciliation.differences(world.db, { ...query, day: of })).items.map(
      ({ bill, side, kind, tradeKey, state }) => ({
        bill,
        side,
        kind,
        tradeKey,
        state,
      }),
    );

  it('balances a day of payments and refunds, by itself the next morning, and leaves no copies behind', async () => {
    const first = await paid(12_800);
    await paid(9_900);
    await refunded(first, 2_800);
    expect(await reconciliation.sweep()).toBe(1); // yesterday: an empty one
    expect(await reconciliation.sweep()).toBe(0);
    nextMorning();
    expect(await reconciliation.sweep()).toBe(1);
    expect(await found()).toEqual([]);
    const [today] = await reconciliation.days(world.db, { from: day, to: day });
    expect(today).toMatchObject({
      state: 'balanced',
      hasBill: true,
      ourCount: 3,
      theirCount: 3,
      ourPaid: 22_700,
      theirPaid: 22_700,
      ourRefunded: 2_800,
      theirRefunded: 2_800,
      difference: 0,
      flowIn: 22_700,
      flowOut: 2_800,
      fee: Math.round((22_700 - 2_800) * 0.006),
      runs: 1,
      error: null,
    });
    expect(await reconciliation.sweep()).toBe(0);
    for (const table of ['bill_line', 'ledger_line']) {
      const { rows } = await sql<{
        count: number;
      }>`select count(*) as count from ${sql.raw(`finance.${table}`)}`.execute(world.db);
      expect(rows[0]?.count, table).toBe(0);
    }
  });

  it.each([
    ['missing-line', 'payment', 'missing_there', 'first'],
    ['extra-line', 'payment', 'missing_here', 'stranger'],
    ['double-line', 'payment', 'amount_differs', 'first'],
    ['other-amount', 'payment', 'amount_differs', 'first'],
    ['other-state', 'payment', 'state_differs', 'first'],
    ['other-refund', 'refund', 'refund_differs', 'refund'],
  ] as const)(
    'C04-INT-05 finds %s in the bill, once, and takes it back when it is gone',
    async (fault, side, kind, whose) => {
      const payment = await paid();
      await paid(5_000);
      const refundNo = await refunded(payment, 1_000);
      const tradeKey = { first: payment.tradeNo, stranger: `X${payment.tradeNo.slice(1)}`, refund: refundNo }[whose];
      nextMorning();
      await world.twin.switchTo({ 'pay.billFault': fault });
      await reconciliation.runNow(day, '小周');
      const one = { bill: 'trade', side, kind, tradeKey, state: 'open' };
      expect(await found()).toEqual([one]);
      const again = await reconciliation.runNow(day, '小周');
      expect(await found()).toEqual([one]);
      expect(again).toMatchObject({ state: 'differs', openDifferences: 1, differences: 1, runs: 2 });
      await world.twin.switchTo({ 'pay.billFault': 'none' });
      expect(await reconciliation.runNow(day, '小周')).toMatchObject({
        state: 'balanced',
        openDifferences: 0,
        differences: 1,
      });
      expect(await found()).toEqual([{ ...one, state: 'cleared' }]);
    },
  );

  it('does not ask again about what people resolved, and keeps who did it and why', async () => {
    await paid();
    nextMorning();
    await world.twin.switchTo({ 'pay.billFault': 'extra-line' });
    await reconciliation.runNow(day, '小周');
    const [{ differenceId = '', theirs, ours } = { theirs: 0, ours: 0 }] = (
      await reconciliation.differences(world.db, { ...query, day })
    ).items;
    expect([theirs, ours]).toEqual([12_800, null]);
    const resolved = await call('POST', `/differences/${differenceId}/resolution`, undefined, {
      note: '线下收款码，已入账',
    });
    expect(resolved.status).toBe(204);
    expect((await call('POST', `/differences/${differenceId}/resolution`, undefined, { note: '再来一次' })).code).toBe(
      'finance.difference_settled',
    );
    expect(await reconciliation.runNow(day, '小周')).toMatchObject({ state: 'balanced', openDifferences: 0 });
    expect((await found())[0]?.state).toBe('resolved');
    expect((await call('POST', `/differences/${differenceId}/reopening`, undefined, { note: '记错了' })).status).toBe(
      204,
    );
    const { body } = await call('GET', `/differences/${differenceId}/history`);
    expect(body.items.map(({ action, by, note }) => [action, by, note])).toEqual([
      ['found', '小周', ''],
      ['resolved', '小周', '线下收款码，已入账'],
      ['reopened', '小周', '记错了'],
    ]);
    expect(audited.map(({ action }) => action)).toEqual(['finance.resolve_difference', 'finance.reopen_difference']);
  });

  it('cuts days at midnight in Shanghai: 23:59:59 belongs to the day, 00:00:00 to the next', async () => {
    const late = startOfShanghaiDay(day).getTime() + dayMs - 1_000;
    world.advance(late - world.clock.now().getTime());
    await paid(1_100);
    const next = shanghaiDay(new Date(late + dayMs));
    world.advance(1_000);
    await paid(2_200);
    world.advance(2 * dayMs);
    expect(await reconciliation.runNow(day, '小周')).toMatchObject({
      state: 'balanced',
      ourPaid: 1_100,
      theirPaid: 1_100,
    });
    expect(await reconciliation.runNow(next, '小周')).toMatchObject({
      state: 'balanced',
      ourPaid: 2_200,
      theirPaid: 2_200,
    });
  });

  it('a payment held for people is a state that differs, not a line we lack', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'wrong-amount' });
    const payment = await world.openFor('su-wan', { amount: 3_300 });
    const started = await world.start(payment.buyerId, payment.paymentId);
    await world.pay(started.json<{ params: object }>().params);
    await world.until(async () => (await world.statusOf(payment.paymentId)) === 'held_for_review');
    nextMorning();
    await reconciliation.runNow(day, '小周');
    expect((await found()).map(({ bill, kind }) => [bill, kind]).sort()).toEqual([
      ['fund_flow', 'state_differs'],
      ['trade', 'state_differs'],
    ]);
  });

  it.each(['cut', 'wrong-hash'])(
    'believes nothing of a bill that is %s, keeps what it knew, and tries again',
    async (fault) => {
      await paid();
      nextMorning();
      await world.twin.switchTo({ 'pay.billFault': fault, 'pay.billFaultTimes': 1 });
      const failed = await reconciliation.runNow(day, '小周');
      expect(failed).toMatchObject({ state: 'failed', runs: 0, differences: 0 });
      expect(failed.error).toBe(fault === 'cut' ? 'the summary is missing: the file was cut' : 'the hash differs');
      world.advance(5 * minuteMs + 1);
      await reconciliation.sweep();
      expect((await reconciliation.days(world.db, { from: day, to: day }))[0]).toMatchObject({
        state: 'balanced',
        error: null,
      });
    },
  );

  it('waits while WeChat makes the bill; a day without one is compared with nothing', async () => {
    await paid();
    world.advance(startOfShanghaiDay(day).getTime() + dayMs + 9 * hourMs - world.clock.now().getTime());
    const early = await reconciliation.runNow(day, '小周');
    expect(early).toMatchObject({ state: 'waiting', error: '微信支付还在生成账单', runs: 0 });
    const empty = shanghaiDay(new Date(startOfShanghaiDay(day).getTime() - dayMs));
    expect(await reconciliation.runNow(empty, '小周')).toMatchObject({
      state: 'balanced',
      hasBill: false,
      theirCount: 0,
    });
  });

  it('two runs of one day at once: one is told to wait', async () => {
    await paid();
    nextMorning();
    await world.twin.switchTo({ 'pay.responseFault': 'slow', 'pay.responseFaultPath': 'bill', 'pay.slowMs': 300 });
    const outcomes = await Promise.all([call('POST', `/days/${day}/run`), call('POST', `/days/${day}/run`)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('answers each fault with its status, and only those with the right in every shop', async () => {
    const anId = '01970000-0000-7000-8000-000000000000';
    const today = shanghaiDay(world.clock.now());
    expect((await call('GET', '/days', '')).status).toBe(401);
    expect((await call('GET', '/days', 'shop')).status).toBe(403);
    expect((await call('GET', '/days?from=yesterday')).status).toBe(400);
    expect((await call('GET', '/days')).status).toBe(200);
    expect((await call('POST', `/days/${today}/run`)).code).toBe('finance.day_not_over');
    expect((await call('POST', '/days/2020-01-01/run')).code).toBe('finance.day_too_old');
    expect((await call('POST', `/days/${today}/run`, 'shop/payments.read')).status).toBe(403);
    expect((await call('GET', '/differences?kind=missing_here&state=open&bill=trade&q=4')).status).toBe(200);
    expect((await call('GET', '/differences?kind=odd')).status).toBe(400);
    expect((await call('GET', `/differences/${anId}/history`)).status).toBe(404);
    expect((await call('POST', `/differences/${anId}/resolution`, undefined, { note: '好的' })).status).toBe(404);
    mayEverywhere = false;
    for (const path of ['/days', '/differences', `/differences/${anId}/history`]) {
      expect((await call('GET', path)).code, path).toBe('finance.install_only');
    }
    expect((await call('POST', `/days/${day}/run`)).code).toBe('finance.install_only');
    expect((await call('POST', `/differences/${anId}/resolution`, undefined, { note: '好的' })).code).toBe(
      'finance.install_only',
    );
    expect(audited).toEqual([]);
  });
});
