import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Channels, clientKindOf, offeredChannels } from './payments.channels.ts';
import { openTwinWorld, pcBrowser, phoneBrowser } from './payments.testing.ts';

let world: Awaited<ReturnType<typeof openTwinWorld>>;
beforeAll(async () => {
  world = await openTwinWorld('public-key', { withOthers: true });
});
beforeEach(async () => {
  world.settings.rate = 72_000;
  await world.twin.switchTo({ 'paypal.capture': 'COMPLETED', 'paypal.webhook': 'sent', 'paypal.refund': 'COMPLETED' });
  await world.twin.switchTo({ 'paypal.fault': 'none', 'alipay.fault': 'none' });
  await world.twin.switchTo({ 'alipay.notify': 'sent', 'alipay.paidTotal': 0, 'notify.transaction': 'none' });
});
afterAll(() => world.close());

const wechat = 'Mozilla/5.0 (iPhone) Mobile MicroMessenger/8.0.50';
const started = async (channel: string, userAgent = phoneBrowser, amount = 8_990) => {
  const payment = await world.openFor('lin-xia', { amount });
  const reply = await world.start(payment.buyerId, payment.paymentId, 'h5', channel, userAgent);
  expect([reply.statusCode, reply.json()]).toMatchObject([200, { status: 'prepaid', channel }]);
  return { ...payment, ...reply.json<{ redirectUrl: string; code: { text: string; rows: string[] } }>() };
};
const hasStatus = (paymentId: string, status: string) =>
  world.until(async () => (await world.statusOf(paymentId)) === status);
const post = async (path: string, body: object) => {
  const response = await fetch(`${world.twin.base}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { result: string; url: string };
};
const paymentOf = (paymentId: string) =>
  world.db.selectFrom('payments.payment').selectAll().where('paymentId', '=', paymentId).executeTakeFirstOrThrow();
let refundCount = 0;
async function refund(
  { buyerId, paymentId, orderNos }: { buyerId: string; paymentId: string; orderNos: string[] },
  amount: number,
) {
  const refundNo = `RF${Date.now()}${++refundCount}`;
  const request = { buyerId, paymentId, orderNo: orderNos[0] ?? '', refundNo, amount, reason: '不想要了' };
  await world.inTransaction((tx) => world.payments.requestRefund(tx, request));
  return refundNo;
}
const refundOf = (refundNo: string) =>
  world.db.selectFrom('payments.refund').selectAll().where('refundNo', '=', refundNo).executeTakeFirstOrThrow();
const openAnomaly = async (paymentId: string) =>
  (await world.anomalies()).find((one) => one.paymentId === paymentId && one.resolvedAt === null);

describe('who is offered what', () => {
  const all = { wechat_jsapi: 1, wechat_h5: 1, wechat_native: 1, paypal: 1, alipay: 1 } as unknown as Channels;
  it('C10-PAY-08 X-19 inside WeChat only JSAPI; a phone’s browser H5, a PC a QR code, both PayPal and Alipay', () => {
    expect(offeredChannels(clientKindOf('mp-weixin', pcBrowser), all)).toEqual(['wechat_jsapi']);
    expect(offeredChannels(clientKindOf('h5', wechat), all)).toEqual(['wechat_jsapi']);
    expect(offeredChannels(clientKindOf('h5', phoneBrowser), all)).toEqual(['wechat_h5', 'alipay', 'paypal']);
    expect(offeredChannels(clientKindOf('h5', pcBrowser), all)).toEqual(['wechat_native', 'alipay', 'paypal']);
  });
  it('C04-INT-06 what is not configured is not offered; the sandbox plays WeChat’s browser besides', () => {
    const plain = { wechat_jsapi: 1, wechat_h5: 1, wechat_native: 1 } as unknown as Channels;
    expect(offeredChannels('phone_browser', plain)).toEqual(['wechat_h5']);
    expect(offeredChannels('mini_program', all, true)).toEqual(['wechat_jsapi']);
    expect(offeredChannels('pc', plain, true)).toEqual(['wechat_jsapi', 'wechat_native']);
  });
  it('C04-INT-06 X-19 a client cannot ask for what its kind does not have', async () => {
    const { buyerId, paymentId } = await world.openFor('lin-xia');
    for (const [client, channel, userAgent] of [
      ['mp-weixin', 'paypal', phoneBrowser],
      ['mp-weixin', 'wechat_h5', phoneBrowser],
      ['h5', 'alipay', wechat],
      ['h5', 'wechat_native', phoneBrowser],
      ['h5', 'wechat_h5', pcBrowser],
    ] as const) {
      const reply = await world.start(buyerId, paymentId, client, channel, userAgent);
      expect([reply.statusCode, reply.json().error.code]).toEqual([409, 'payments.channel_not_offered']);
    }
    expect(await world.attemptsOf(paymentId)).toEqual([]);
    const list = await world.app.inject({
      url: '/api/payment-channels?client=h5',
      headers: { 'user-agent': wechat },
    });
    expect(list.json()).toMatchObject({ kind: 'wechat_browser', items: [{ channel: 'wechat_jsapi' }] });
  });
});

describe('WeChat Pay outside WeChat', () => {
  it('C10-PAY-08 H5: a page that leads back, paid by the notice', async () => {
    const { paymentId, redirectUrl } = await started('wechat_h5');
    expect(decodeURIComponent(redirectUrl)).toContain(`result?paymentId=${paymentId}`);
    expect((await fetch(redirectUrl)).status).toBe(200);
    expect(await world.twin.phone('/scan', { url: redirectUrl, persona: 'lin-xia' })).toMatchObject({ result: 'ok' });
    await hasStatus(paymentId, 'succeeded');
    expect(await paymentOf(paymentId)).toMatchObject({ channel: 'wechat_h5', paidTotal: 8_990, paidCurrency: 'CNY' });
  });

  it('C10-PAY-08 Native: a QR code for the big screen; a lost notice is found by asking', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'lost' });
    const { buyerId, paymentId, code } = await started('wechat_native', pcBrowser);
    expect(code.text).toMatch(/^weixin:\/\/wxpay\/bizpayurl\?pr=/);
    expect(code.rows.length).toBeGreaterThan(20);
    await world.twin.phone('/scan', { url: code.text, persona: 'lin-xia' });
    world.advance(2_500);
    expect((await world.read(buyerId, paymentId)).json()).toMatchObject({
      status: 'succeeded',
      channel: 'wechat_native',
    });
  });

  it('hands out one page while it lives, and a fresh one under the same number when it has died', async () => {
    const { buyerId, paymentId, redirectUrl } = await started('wechat_h5');
    const again = async () => (await world.start(buyerId, paymentId, 'h5', 'wechat_h5')).json().redirectUrl;
    expect(await again()).toBe(redirectUrl);
    world.advance(4 * 60_000 + 1_000);
    expect(await again()).not.toBe(redirectUrl);
    expect(await world.attemptsOf(paymentId)).toHaveLength(1);
  });

  it('C10-PAY-04 another way to pay closes the earlier trade first: only one can be paid', async () => {
    const { buyerId, paymentId, redirectUrl } = await started('wechat_h5');
    const reply = await world.start(buyerId, paymentId, 'h5', 'alipay');
    expect(reply.json()).toMatchObject({ channel: 'alipay' });
    expect(await world.twin.phone('/scan', { url: redirectUrl, persona: 'lin-xia' })).toMatchObject({ result: 'fail' });
    expect((await world.attemptsOf(paymentId)).map(({ channel, state }) => [channel, state])).toEqual([
      ['wechat_h5', 'closed'],
      ['alipay', 'prepaid'],
    ]);
  });
});

describe('PayPal', () => {
  const approve = async (redirectUrl: string) => {
    const token = new URL(redirectUrl).searchParams.get('token');
    return post('/paypal/checkoutnow', { token, choice: 'approve' });
  };
  const paid = async (amount = 8_990) => {
    const payment = await started('paypal', phoneBrowser, amount);
    const { url } = await approve(payment.redirectUrl);
    expect(url).toContain(payment.paymentId);
    await hasStatus(payment.paymentId, 'succeeded');
    return payment;
  };

  it.each(['sent', 'twice'])('C04-INT-06 is charged once, at the rate of its moment (webhook %s)', async (webhook) => {
    await world.twin.switchTo({ 'paypal.webhook': webhook });
    const payment = await paid();
    world.settings.rate = 70_000;
    const view = (await world.read(payment.buyerId, payment.paymentId)).json();
    expect(view).toMatchObject({
      channel: 'paypal',
      amount: 8_990,
      foreign: { currency: 'USD', amount: '12.49', rate: 72_000 },
    });
    const succeeded = await world.events<{ paymentId: string }>('payments.payment_succeeded');
    expect(succeeded.filter(({ paymentId }) => paymentId === payment.paymentId)).toHaveLength(1);
  });

  it.each(['lost', 'forged'])('finds out by asking when the webhook is %s', async (webhook) => {
    await world.twin.switchTo({ 'paypal.webhook': webhook });
    const { buyerId, paymentId, redirectUrl } = await started('paypal');
    await approve(redirectUrl);
    expect(await world.statusOf(paymentId)).toBe('prepaid');
    world.advance(2_500);
    expect((await world.read(buyerId, paymentId)).json()).toMatchObject({ status: 'succeeded' });
  });

  it('a lost reply to the capture charges nobody twice', async () => {
    await world.twin.switchTo({ 'paypal.webhook': 'lost' });
    const { buyerId, paymentId, redirectUrl } = await started('paypal');
    await approve(redirectUrl);
    // The order is read, then captured: the second reply is the one to lose.
    await world.twin.switchTo({ 'paypal.fault': 'expired-token', 'paypal.faultTimes': 1 });
    world.advance(2_500);
    await world.read(buyerId, paymentId);
    await world.twin.switchTo({ 'paypal.fault': 'http-500-after', 'paypal.faultTimes': 2 });
    world.advance(2_500);
    await world.read(buyerId, paymentId);
    world.advance(2_500);
    expect((await world.read(buyerId, paymentId)).json()).toMatchObject({ status: 'succeeded' });
  });

  it('a declined card leaves it unpaid, and closing it leaves nothing that can be charged', async () => {
    await world.twin.switchTo({ 'paypal.capture': 'DECLINED', 'paypal.webhook': 'lost' });
    const { buyerId, paymentId, redirectUrl } = await started('paypal');
    await approve(redirectUrl);
    world.advance(2_500);
    expect((await world.read(buyerId, paymentId)).json()).toMatchObject({ status: 'prepaid' });
    await world.inTransaction((tx) => world.payments.requestClose(tx, { buyerId, paymentId }));
    await world.sweep('payments.check');
    expect(await world.statusOf(paymentId)).toBe('closed');
    await world.twin.switchTo({ 'paypal.capture': 'COMPLETED', 'paypal.webhook': 'sent' });
    await approve(redirectUrl);
    await world.until(async () => (await world.twin.received('paypal', 'verify-webhook')).length > 0);
    expect(await world.statusOf(paymentId)).toBe('closed');
  });

  it('C10-DSP-08 a cross-border refund waits for people, whoever asked; then it goes back at the stored rate', async () => {
    const payment = await paid();
    world.settings.rate = 60_000;
    const first = await refund(payment, 4_000);
    await world.sweep('payments.refund');
    expect(await refundOf(first)).toMatchObject({
      status: 'requested',
      awaitsApproval: true,
      sentAmount: 556,
      attempts: 0,
    });
    const anomaly = await openAnomaly(payment.paymentId);
    expect(anomaly).toMatchObject({ kind: 'refund_needs_approval', refundNo: first });
    expect((await world.decide(anomaly?.anomalyId ?? '', 'accept')).statusCode).toBe(409);
    const both = await Promise.all([1, 2].map(() => world.decide(anomaly?.anomalyId ?? '', 'approve')));
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([204, 409]);
    await world.sweep('payments.refund');
    expect(await refundOf(first)).toMatchObject({ status: 'succeeded', sentAmount: 556 });

    const rest = await refund(payment, 4_990);
    expect(await refundOf(rest)).toMatchObject({ sentAmount: 1_249 - 556 });
    const second = await openAnomaly(payment.paymentId);
    expect((await world.decide(second?.anomalyId ?? '', 'refuse')).statusCode).toBe(204);
    expect(await refundOf(rest)).toMatchObject({ status: 'failed', isReserved: false });
    expect(await paymentOf(payment.paymentId)).toMatchObject({ refundReserved: 4_000 });
  });

  it('asks by sending again when the reply to a refund is lost', async () => {
    // No webhook on its way whose check could take the fault that is meant for the refund.
    await world.twin.switchTo({ 'paypal.webhook': 'lost' });
    const payment = await started('paypal');
    await approve(payment.redirectUrl);
    world.advance(2_500);
    expect((await world.read(payment.buyerId, payment.paymentId)).json()).toMatchObject({ status: 'succeeded' });
    const refundNo = await refund(payment, 8_990);
    await world.decide((await openAnomaly(payment.paymentId))?.anomalyId ?? '', 'approve');
    await world.twin.switchTo({ 'paypal.fault': 'http-500-after', 'paypal.faultTimes': 1, 'paypal.webhook': 'lost' });
    await world.sweep('payments.refund');
    expect(await refundOf(refundNo)).toMatchObject({ status: 'requested' });
    world.advance(10_000);
    await world.sweep('payments.refund');
    expect(await refundOf(refundNo)).toMatchObject({ status: 'succeeded', sentAmount: 1_249 });
  });
});

describe('Alipay', () => {
  const pay = async (redirectUrl: string, outTradeNo: string, choice = 'pay') => {
    expect((await fetch(redirectUrl)).status).toBe(200);
    return post('/alipay/pay', { outTradeNo, choice });
  };
  const open = async (userAgent = phoneBrowser) => {
    const payment = await started('alipay', userAgent);
    const [attempt] = await world.attemptsOf(payment.paymentId);
    return { ...payment, outTradeNo: attempt?.outTradeNo ?? '' };
  };

  it.each([
    ['sent', phoneBrowser],
    ['twice', pcBrowser],
  ])('C04-INT-06 is paid by a signed notice and our own question (%s)', async (notify, userAgent) => {
    await world.twin.switchTo({ 'alipay.notify': notify });
    const { paymentId, redirectUrl, outTradeNo } = await open(userAgent);
    expect((await pay(redirectUrl, outTradeNo)).url).toContain(paymentId);
    await hasStatus(paymentId, 'succeeded');
    expect(await paymentOf(paymentId)).toMatchObject({ channel: 'alipay', paidTotal: 8_990 });
  });

  it.each(['lost', 'forged', 'other-app'])('finds out by asking when the notice is %s', async (notify) => {
    await world.twin.switchTo({ 'alipay.notify': notify });
    const { buyerId, paymentId, redirectUrl, outTradeNo } = await open();
    await pay(redirectUrl, outTradeNo);
    expect(await world.statusOf(paymentId)).toBe('prepaid');
    world.advance(2_500);
    expect((await world.read(buyerId, paymentId)).json()).toMatchObject({ status: 'succeeded' });
  });

  it('never believes an unsigned reply, and closes what was never opened', async () => {
    await world.twin.switchTo({ 'alipay.notify': 'lost' });
    const { buyerId, paymentId, redirectUrl, outTradeNo } = await open();
    await pay(redirectUrl, outTradeNo);
    await world.twin.switchTo({ 'alipay.fault': 'bad-signature', 'alipay.faultTimes': 1 });
    world.advance(2_500);
    expect((await world.read(buyerId, paymentId)).json()).toMatchObject({ status: 'prepaid' });
    const other = await open();
    await world.inTransaction((tx) => world.payments.requestClose(tx, other));
    await world.sweep('payments.check');
    expect(await world.statusOf(other.paymentId)).toBe('closed');
  });

  it('closing meets a payment: the payment wins and is heard', async () => {
    await world.twin.switchTo({ 'alipay.notify': 'lost' });
    const { buyerId, paymentId, redirectUrl, outTradeNo } = await open();
    await pay(redirectUrl, outTradeNo);
    await world.inTransaction((tx) => world.payments.requestClose(tx, { buyerId, paymentId }));
    await world.sweep('payments.check');
    expect(await world.statusOf(paymentId)).toBe('succeeded');
  });

  it('gives back in parts without asking people, once each though a reply is lost', async () => {
    const payment = await open();
    await pay(payment.redirectUrl, payment.outTradeNo);
    await hasStatus(payment.paymentId, 'succeeded');
    const first = await refund(payment, 990);
    await world.twin.switchTo({ 'alipay.fault': 'http-500-after', 'alipay.faultTimes': 1 });
    await world.sweep('payments.refund');
    world.advance(10_000);
    await world.sweep('payments.refund');
    const second = await refund(payment, 8_000);
    await world.sweep('payments.refund');
    expect([await refundOf(first), await refundOf(second)]).toMatchObject([
      { status: 'succeeded' },
      { status: 'succeeded' },
    ]);
    expect(await openAnomaly(payment.paymentId)).toBeUndefined();
  });

  it('holds another amount for people', async () => {
    await world.twin.switchTo({ 'alipay.paidTotal': 8_000 });
    const { paymentId, redirectUrl, outTradeNo } = await open();
    await pay(redirectUrl, outTradeNo);
    await hasStatus(paymentId, 'held_for_review');
    expect(await openAnomaly(paymentId)).toMatchObject({ kind: 'amount_differs', actual: 8_000, expected: 8_990 });
  });
});

describe('a payment that is shared', () => {
  it('C10-PAY-09 is placed with its money frozen, and its refund waits until partners gave back', async () => {
    world.settings.isShared = true;
    const payment = await started('wechat_h5');
    world.settings.isShared = false;
    await world.twin.phone('/scan', { url: payment.redirectUrl, persona: 'lin-xia' });
    await hasStatus(payment.paymentId, 'succeeded');
    const { isShared, transactionId } = await paymentOf(payment.paymentId);
    expect(isShared).toBe(true);
    const path = `/v3/profitsharing/transactions/${transactionId}/amounts`;
    expect(await world.gateway.ask({ method: 'GET', path })).toMatchObject({ unsplit_amount: 8_990 });

    world.settings.clearance = 'returning';
    const refundNo = await refund(payment, 1_000);
    await world.sweep('payments.refund');
    expect(await refundOf(refundNo)).toMatchObject({ status: 'requested', wechatRefundId: null });
    world.settings.clearance = 'clear';
    world.advance(10_000);
    await world.sweep('payments.refund');
    expect((await refundOf(refundNo)).wechatRefundId).not.toBeNull();
  });
});
