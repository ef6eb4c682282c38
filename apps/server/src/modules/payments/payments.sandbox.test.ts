import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTwinWorld, type PaymentWorld } from './payments.testing.ts';

type TwinWorld = Awaited<ReturnType<typeof openTwinWorld>>;

describe.each(['public-key', 'certificate'] as const)('against the twin over HTTP, %s mode', (mode) => {
  let world: TwinWorld;
  beforeAll(async () => {
    world = await openTwinWorld(mode);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.twin.control('POST', '/switches/reset');
    await world.twin.switchTo({ 'pay.signatureMode': mode, 'notify.signWith': mode, 'pay.refundSeconds': 0 });
    await world.db.deleteFrom('platform.outbox').execute();
  });

  async function prepaid(given: { amount?: number; holdMs?: number; client?: string } = {}) {
    const payment = await world.openFor('su-wan', given);
    const started = await world.start(payment.buyerId, payment.paymentId, given.client);
    expect(started.statusCode, started.body).toBe(200);
    return { ...payment, ...started.json<{ params: Record<string, string>; cashierUrl: string | null }>() };
  }
  const hasStatus = (paymentId: string, status: string) =>
    world.until(async () => (await world.statusOf(paymentId)) === status);

  it('C04-INT-01 C10-PAY-03 C10-PAY-05 prepays with a signature WeChat accepts and is paid by its notice', async () => {
    const { buyerId, paymentId, params, amount } = await prepaid();
    expect(params).toMatchObject({ signType: 'RSA', appId: world.twin.credentials.miniAppId });
    expect((await world.pay(params)).result).toBe('ok');
    await hasStatus(paymentId, 'succeeded');
    const view = (await world.read(buyerId, paymentId)).json();
    expect(view).toMatchObject({ status: 'succeeded', amount, paidAt: world.clock.now().toISOString() });
    expect(await world.events('payments.payment_succeeded')).toEqual([
      { buyerId, paymentId, amount, paidAt: world.clock.now().toISOString() },
    ]);
    const [attempt] = await world.attemptsOf(paymentId);
    expect(attempt?.state).toBe('paid');
    expect(await world.anomalies()).toEqual([]);
  });

  it('pays on H5 with the official account and offers the cashier page', async () => {
    const { paymentId, params, cashierUrl } = await prepaid({ client: 'h5' });
    expect(params.appId).toBe(world.twin.credentials.oaAppId);
    const page = await fetch(world.twin.origin + cashierUrl);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('data-testid="cashier-confirm"');
    await world.pay(params);
    await hasStatus(paymentId, 'succeeded');
  });

  it('C10-PAY-06 finds a lost notice by query: when the shopper looks, and by the sweep before the hold ends', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'lost' });
    const looked = await prepaid();
    await world.pay(looked.params);
    expect((await world.read(looked.buyerId, looked.paymentId)).json().status).toBe('prepaid');
    world.advance(1_600);
    expect((await world.read(looked.buyerId, looked.paymentId)).json().status).toBe('succeeded');

    const left = await prepaid();
    await world.pay(left.params);
    world.advance(6_000);
    await world.sweep('payments.check');
    expect(await world.statusOf(left.paymentId)).toBe('succeeded');
    expect(await world.events('payments.payment_succeeded')).toHaveLength(2);
  });

  it('C10-PAY-05 takes a notice that comes three times at once as one', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'duplicate' });
    const { paymentId, params } = await prepaid();
    await world.pay(params);
    await hasStatus(paymentId, 'succeeded');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await world.events('payments.payment_succeeded')).toHaveLength(1);
  });

  it.each(['bad-signature', 'sign-test', 'unknown-serial', 'wrong-key'])(
    'C04-INT-03 C10-PAY-05 refuses a %s notice, tells WeChat so, and takes the proper repetition',
    async (fault) => {
      await world.twin.switchTo({ 'notify.transaction': fault, 'notify.speed': 1 });
      const { paymentId, params } = await prepaid();
      await world.pay(params);
      const refused = await world.until(async () => {
        const { items } = await world.twin.control<{
          items: { outTradeNo: string; attempts: number; lastStatus: number }[];
        }>('GET', '/notifications');
        const [attempt] = await world.attemptsOf(paymentId);
        return items.find(({ outTradeNo, attempts }) => outTradeNo === attempt?.outTradeNo && attempts >= 1);
      });
      expect(refused.lastStatus).toBe(fault === 'wrong-key' ? 400 : 401);
      expect(await world.statusOf(paymentId)).toBe('prepaid');
      world.advance(1_000);
      await hasStatus(paymentId, 'succeeded');
      expect(await world.events('payments.payment_succeeded')).toHaveLength(1);
    },
  );

  it('C10-PAY-05 holds a notice of another amount for review, raises it, and never counts it as paid', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'wrong-amount' });
    const { buyerId, paymentId, params, amount } = await prepaid();
    await world.pay(params);
    await hasStatus(paymentId, 'held_for_review');
    expect(await world.events('payments.payment_succeeded')).toEqual([]);
    expect(await world.events('payments.anomaly_found')).toEqual([
      { buyerId, paymentId, kind: 'amount_differs', expected: amount, actual: amount - 1 },
    ]);
    const again = await world.start(buyerId, paymentId);
    expect([again.statusCode, again.json().error.code]).toEqual([409, 'payments.under_review']);
  });

  it('holds a payment whose payer paid another amount, found by query as well', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'lost' });
    const { paymentId, params } = await prepaid();
    const [attempt] = await world.attemptsOf(paymentId);
    await world.twin.control('PUT', `/orders/${attempt?.outTradeNo}/paid-total`, { total: 1 });
    await world.pay(params);
    world.advance(6_000);
    await world.sweep('payments.check');
    expect(await world.statusOf(paymentId)).toBe('held_for_review');
    expect(await world.events('payments.payment_succeeded')).toEqual([]);
  });

  it('C10-PAY-10 X-10 closes at WeChat first: the shopper can no longer pay, then the event comes', async () => {
    const { buyerId, paymentId, params } = await prepaid();
    await world.inTransaction((tx) => world.payments.requestClose(tx, { buyerId, paymentId }));
    expect(await world.statusOf(paymentId)).toBe('prepaid');
    expect(await world.events('payments.payment_closed')).toEqual([]);
    await world.sweep('payments.check');
    expect(await world.statusOf(paymentId)).toBe('closed');
    expect(await world.events('payments.payment_closed')).toEqual([{ buyerId, paymentId }]);
    expect(await world.pay(params)).toMatchObject({ result: 'fail', reason: 'closed' });
    const again = await world.start(buyerId, paymentId);
    expect([again.statusCode, again.json().error.code]).toEqual([409, 'payments.closed']);
  });

  it('X-10 a payment that was paid before the close succeeds instead of closing', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'lost' });
    const { buyerId, paymentId, params } = await prepaid();
    await world.pay(params);
    await world.inTransaction((tx) => world.payments.requestClose(tx, { buyerId, paymentId }));
    await world.sweep('payments.check');
    expect(await world.statusOf(paymentId)).toBe('succeeded');
    expect(await world.events('payments.payment_closed')).toEqual([]);
    expect(await world.events('payments.payment_succeeded')).toHaveLength(1);
  });

  it('C10-PAY-04 a new hold closes the old trade at WeChat before a new number is used', async () => {
    const { buyerId, paymentId, params, prepayUntil } = await prepaid();
    const until = new Date(prepayUntil.getTime() + 600_000);
    await world.inTransaction((tx) => world.payments.extend(tx, { buyerId, paymentId, prepayUntil: until }));
    const second = (await world.start(buyerId, paymentId)).json<{ params: Record<string, string> }>();
    const states = (await world.attemptsOf(paymentId)).map(({ state }) => state);
    expect(states.sort()).toEqual(['closed', 'prepaid']);
    expect(await world.pay(params)).toMatchObject({ result: 'fail', reason: 'closed' });
    expect((await world.pay(second.params)).result).toBe('ok');
    await hasStatus(paymentId, 'succeeded');
  });

  it.each([
    'http-500',
    'http-500-after',
    'http-503',
    'dropped',
    'dropped-after',
    'bad-signature',
    'sign-test',
    'unsigned',
  ])('a prepay answered with %s is repeated with the same number', async (fault) => {
    await world.twin.switchTo({
      'pay.responseFault': fault,
      'pay.responseFaultTimes': 1,
      'pay.responseFaultPath': 'jsapi',
    });
    const { paymentId, params } = await prepaid();
    expect(await world.attemptsOf(paymentId)).toHaveLength(1);
    expect((await world.pay(params)).result).toBe('ok');
    await hasStatus(paymentId, 'succeeded');
  });

  it('C04-INT-03 never hands out a prepay from replies that stay unproven', async () => {
    await world.twin.switchTo({ 'pay.responseFault': 'bad-signature', 'pay.responseFaultPath': 'jsapi' });
    const { buyerId, paymentId } = await world.openFor('su-wan');
    const started = await world.start(buyerId, paymentId);
    expect([started.statusCode, started.json().error.code]).toEqual([503, 'payments.wechat_unavailable']);
    expect(await world.statusOf(paymentId)).toBe('created');
  });

  async function paid(amount = 8_990): Promise<Awaited<ReturnType<PaymentWorld['open']>>> {
    const payment = await prepaid({ amount });
    await world.pay(payment.params);
    await hasStatus(payment.paymentId, 'succeeded');
    return payment;
  }
  const refundOf = (refundNo: string) =>
    world.db.selectFrom('payments.refund').selectAll().where('refundNo', '=', refundNo).executeTakeFirstOrThrow();
  async function requestRefund(
    { buyerId, paymentId, orderNos }: Awaited<ReturnType<typeof paid>>,
    refundNo: string,
    amount: number,
  ) {
    const [orderNo = ''] = orderNos;
    await world.inTransaction((tx) =>
      world.payments.requestRefund(tx, { buyerId, paymentId, orderNo, refundNo, amount, reason: '不想要了' }),
    );
    return { buyerId, paymentId, refundNo, orderNo, amount };
  }

  it('C10-DSP-02 refunds in parts through WeChat, each told once', async () => {
    const payment = await paid();
    const first = await requestRefund(payment, `R1${payment.orderNos[0]}`, 3_000);
    const second = await requestRefund(payment, `R2${payment.orderNos[0]}`, 5_990);
    for (let round = 0; round < 3; round += 1) {
      await world.sweep('payments.refund');
      await new Promise((resolve) => setTimeout(resolve, 300));
      world.advance(3_000);
    }
    await world.until(async () => (await world.events('payments.refund_settled')).length === 2);
    expect(await world.events('payments.refund_settled')).toEqual(
      expect.arrayContaining([first, second].map((refund) => ({ ...refund, outcome: 'succeeded' }))),
    );
    const { refunds } = await world.twin.control<{
      refunds: { outRefundNo: string; refund: number; status: string }[];
    }>('GET', '/orders');
    const ours = refunds.filter(({ outRefundNo }) => outRefundNo.endsWith(payment.orderNos[0] ?? '-'));
    expect(ours.map(({ refund, status }) => [refund, status]).sort()).toEqual([
      [3_000, 'SUCCESS'],
      [5_990, 'SUCCESS'],
    ]);
  });

  it.each(['http-500-after', 'dropped-after', 'http-500', 'bad-signature'])(
    'a refund whose answer is lost (%s) is asked for before it is sent again, and is paid out once',
    async (fault) => {
      const payment = await paid();
      await world.twin.switchTo({
        'pay.responseFault': fault,
        'pay.responseFaultTimes': 1,
        'pay.responseFaultPath': 'refunds',
      });
      const { refundNo } = await requestRefund(payment, `R1${payment.orderNos[0]}`, 8_990);
      await world.sweep('payments.refund');
      world.advance(6_000);
      await world.sweep('payments.refund');
      world.advance(6_000);
      await world.sweep('payments.refund');
      await world.until(async () => (await refundOf(refundNo)).status === 'succeeded');
      const { refunds } = await world.twin.control<{ refunds: { outRefundNo: string }[] }>('GET', '/orders');
      expect(refunds.filter(({ outRefundNo }) => outRefundNo === refundNo)).toHaveLength(1);
      expect(await world.events('payments.refund_settled')).toHaveLength(1);
    },
  );

  it('C10-DSP-03 finds a refund whose notice is lost by query', async () => {
    await world.twin.switchTo({ 'notify.refund': 'lost' });
    const payment = await paid();
    const { refundNo } = await requestRefund(payment, `R1${payment.orderNos[0]}`, 100);
    await world.sweep('payments.refund');
    expect((await refundOf(refundNo)).status).toBe('processing');
    world.advance(3_000);
    await world.sweep('payments.refund');
    expect((await refundOf(refundNo)).status).toBe('succeeded');
  });

  it('an abnormal refund fails, is raised, and keeps its money counted', async () => {
    await world.twin.switchTo({ 'pay.refundOutcome': 'ABNORMAL' });
    const payment = await paid();
    const { refundNo } = await requestRefund(payment, `R1${payment.orderNos[0]}`, 8_990);
    await world.sweep('payments.refund');
    await world.until(async () => (await refundOf(refundNo)).status === 'failed');
    expect(await world.events('payments.refund_settled')).toMatchObject([{ refundNo, outcome: 'failed' }]);
    expect(await world.events('payments.anomaly_found')).toMatchObject([{ kind: 'refund_abnormal' }]);
    await expect(requestRefund(payment, `R2${payment.orderNos[0]}`, 1)).rejects.toMatchObject({
      code: 'payments.refund_exceeds_paid',
    });
  });

  it('a refund WeChat closed gives its money back to the sum and goes out under a new number on retry', async () => {
    await world.twin.switchTo({ 'pay.refundOutcome': 'CLOSED' });
    const payment = await paid();
    const { refundNo } = await requestRefund(payment, `R1${payment.orderNos[0]}`, 8_990);
    await world.sweep('payments.refund');
    await world.until(async () => (await refundOf(refundNo)).status === 'failed');
    await world.twin.switchTo({ 'pay.refundOutcome': 'SUCCESS' });
    await world.inTransaction((tx) => world.payments.retryRefund(tx, { buyerId: payment.buyerId, refundNo }));
    await world.sweep('payments.refund');
    await world.until(async () => (await refundOf(refundNo)).status === 'succeeded');
    expect((await refundOf(refundNo)).outRefundNo).toBe(`${refundNo}-2`);
    expect((await world.events<{ outcome: string }>('payments.refund_settled')).map(({ outcome }) => outcome)).toEqual([
      'failed',
      'succeeded',
    ]);
  });

  it('a merchant without funds keeps the refund waiting and pays it out when there are some', async () => {
    const payment = await paid();
    await world.twin.switchTo({ 'pay.refundNotEnough': true });
    const { refundNo } = await requestRefund(payment, `R1${payment.orderNos[0]}`, 8_990);
    await world.sweep('payments.refund');
    expect((await refundOf(refundNo)).status).toBe('requested');
    await world.twin.switchTo({ 'pay.refundNotEnough': false });
    world.advance(10_000);
    await world.sweep('payments.refund');
    await world.until(async () => (await refundOf(refundNo)).status === 'succeeded');
  });

  it('takes a refund notice that arrives late and out of order', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'out-of-order' });
    const payment = await prepaid();
    await world.pay(payment.params);
    world.advance(6_000);
    await world.sweep('payments.check');
    expect(await world.statusOf(payment.paymentId)).toBe('succeeded');
    const { refundNo } = await requestRefund(payment, `R1${payment.orderNos[0]}`, 8_990);
    await world.sweep('payments.refund');
    await world.until(async () => (await refundOf(refundNo)).status === 'succeeded');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await world.statusOf(payment.paymentId)).toBe('succeeded');
    expect(await world.events('payments.payment_succeeded')).toHaveLength(1);
    expect(await world.events('payments.refund_settled')).toHaveLength(1);
  });
});
