import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMerchant, headersOf, type Merchant } from '../../test/merchant.ts';
import { makeDataDir, type RunningSandbox, type Shop, startSandbox, startShop } from '../../test/start-sandbox.ts';
import { DOCUMENTED_WAITS_MS } from './notifications.ts';

let sandbox: RunningSandbox;
let shop: Shop;
let merchant: Merchant;

beforeEach(async () => {
  sandbox = await startSandbox();
  shop = await startShop();
  merchant = createMerchant(sandbox);
});
afterEach(async () => {
  await sandbox.stop();
  await shop.stop();
});

async function paidOrder() {
  const { outTradeNo, prepayId } = await merchant.place({ notify_url: `${shop.url}/notify` });
  const answer = await sandbox.phone('/request-payment', { ...merchant.invocation(prepayId), persona: 'lin-xia' });
  expect(answer.result).toBe('ok');
  return outTradeNo;
}
interface Queued {
  id: string;
  state: string;
  attempts: number;
  dueAt: number;
  createdAt: number;
  lastStatus: number | null;
  lastError: string;
}
const queue = async () => (await sandbox.control<{ items: Queued[] }>('GET', '/notifications')).items;
const waitForState = async (state: string) => {
  await expect.poll(async () => (await queue())[0]?.state, { timeout: 5000, interval: 20 }).toBe(state);
  return (await queue())[0] as Queued;
};
const quiet = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const isGenuine = (index: number) => {
  const received = shop.received[index];
  return received !== undefined && merchant.verifies(headersOf(received), received.body);
};

describe('retries', () => {
  it('follow the documented ladder: 15 waits, almost a day', () => {
    expect(DOCUMENTED_WAITS_MS.map((ms) => ms / 1000)).toEqual([
      15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600,
    ]);
  });

  it('wait as documented, divided by the speed, and end with the first 200 or 204', async () => {
    await sandbox.switchTo({ 'notify.speed': 100 });
    shop.answer = (index) => (index < 2 ? 500 : 200);
    await paidOrder();
    await shop.waitFor(3);
    const settled = await waitForState('delivered');
    expect(settled.attempts).toBe(3);
    const [first, second, third] = shop.received.map(({ at }) => at);
    for (const gap of [(second ?? 0) - (first ?? 0), (third ?? 0) - (second ?? 0)]) {
      expect(gap).toBeGreaterThanOrEqual(145);
      expect(gap).toBeLessThan(900);
    }
    await quiet(400);
    expect(shop.received).toHaveLength(3);
  });

  it('come due when the business clock is moved', async () => {
    shop.answer = () => 503;
    await paidOrder();
    await shop.waitFor(1);
    await expect.poll(async () => (await queue())[0]?.attempts).toBe(1);
    const waiting = (await queue())[0] as Queued;
    expect([waiting.state, waiting.lastStatus]).toEqual(['waiting', 503]);
    await sandbox.control('POST', '/clock/advance', { ms: 16_000 });
    await shop.waitFor(2);
    await sandbox.control('POST', '/clock/reset');
  });

  it('give up after the ladder ends', async () => {
    await sandbox.stop();
    sandbox = await startSandbox({ notifySchedule: [1, 1] });
    merchant = createMerchant(sandbox);
    shop.answer = () => 400;
    await paidOrder();
    const last = await waitForState('gave-up');
    expect([last.attempts, last.lastStatus]).toEqual([3, 400]);
  });

  it('count an answer after the deadline as none', async () => {
    await sandbox.switchTo({ 'notify.timeoutMs': 100 });
    shop.answer = () => new Promise((resolve) => setTimeout(() => resolve(204), 300));
    await paidOrder();
    await expect.poll(async () => (await queue())[0]?.attempts).toBe(1);
    expect((await queue())[0]).toMatchObject({ state: 'waiting', lastStatus: 0, lastError: '100 毫秒内没有应答' });
  });

  it('survive a restart of the sandbox', async () => {
    await sandbox.stop();
    const dataDir = makeDataDir();
    sandbox = await startSandbox({ dataDir, notifySchedule: [300, 300] });
    merchant = createMerchant(sandbox);
    shop.answer = (index) => (index === 0 ? 500 : 204);
    const outTradeNo = await paidOrder();
    await shop.waitFor(1);
    await expect.poll(async () => (await queue())[0]?.attempts).toBe(1);
    await sandbox.stop();

    sandbox = await startSandbox({ dataDir });
    merchant = createMerchant(sandbox);
    await shop.waitFor(2);
    await waitForState('delivered');
    expect(merchant.open(shop.received[1]?.body ?? '').out_trade_no).toBe(outTradeNo);
    expect(isGenuine(1)).toBe(true);
    rmSync(dataDir, { recursive: true, force: true });
  });
});

describe('faults', () => {
  const fault = (name: string) => sandbox.switchTo({ 'notify.transaction': name, 'notify.transactionTimes': 1 });

  it('lost: nothing is ever sent, until sent by hand', async () => {
    await fault('lost');
    await paidOrder();
    await quiet(500);
    expect(shop.received).toHaveLength(0);
    const [lost] = await queue();
    expect(lost?.state).toBe('lost');
    await sandbox.control('POST', `/notifications/${lost?.id}/send`);
    expect([shop.received.length, isGenuine(0)]).toEqual([1, true]);
  });

  it('duplicate: three copies at once, the same id in each', async () => {
    await fault('duplicate');
    await paidOrder();
    await shop.waitFor(3);
    const ids = shop.received.map(({ body }) => JSON.parse(body).id);
    expect(new Set(ids).size).toBe(1);
  });

  it('slow and late: only after their time on the business clock', async () => {
    await sandbox.switchTo({ 'notify.lateMinutes': 40, 'notify.transaction': 'late', 'notify.transactionTimes': 1 });
    await paidOrder();
    await quiet(400);
    expect(shop.received).toHaveLength(0);
    await sandbox.control('POST', '/clock/advance', { ms: 41 * 60_000 });
    await shop.waitFor(1);
    await sandbox.control('POST', '/clock/reset');
    await sandbox.switchTo({ 'notify.slowMs': 300, 'notify.transaction': 'slow', 'notify.transactionTimes': 1 });
    const before = Date.now();
    await paidOrder();
    await shop.waitFor(2);
    expect((shop.received[1]?.at ?? 0) - before).toBeGreaterThanOrEqual(300);
  });

  it('out-of-order: the next notification overtakes', async () => {
    await fault('out-of-order');
    const first = await paidOrder();
    const second = await paidOrder();
    await shop.waitFor(2);
    expect(shop.received.map(({ body }) => merchant.open(body).out_trade_no)).toEqual([second, first]);
  });

  it.each(['bad-signature', 'unknown-serial', 'sign-test'])(
    '%s: fails verification once, then comes properly',
    async (name) => {
      await sandbox.switchTo({ 'notify.speed': 100 });
      await fault(name);
      shop.answer = (index) => (isGenuine(index) ? 204 : 401);
      await paidOrder();
      await shop.waitFor(2);
      expect([isGenuine(0), isGenuine(1)]).toEqual([false, true]);
      const probe = String(shop.received[0]?.headers['wechatpay-signature']).startsWith('WECHATPAY/SIGNTEST/');
      expect(probe).toBe(name === 'sign-test');
    },
  );

  it('wrong-amount: everything is genuine but the amount', async () => {
    await fault('wrong-amount');
    await paidOrder();
    await shop.waitFor(1);
    expect(isGenuine(0)).toBe(true);
    expect(merchant.open(shop.received[0]?.body ?? '').amount).toMatchObject({ total: 12_799, payer_total: 12_799 });
  });

  it('wrong-key: signed by WeChat, sealed by a stranger', async () => {
    await fault('wrong-key');
    await paidOrder();
    await shop.waitFor(1);
    expect(isGenuine(0)).toBe(true);
    expect(() => merchant.open(shop.received[0]?.body ?? '')).toThrow();
  });

  it('can leave the associated data empty', async () => {
    await sandbox.switchTo({ 'notify.emptyAad': true });
    const outTradeNo = await paidOrder();
    await shop.waitFor(1);
    const { body } = shop.received[0] ?? { body: '' };
    expect(JSON.parse(body).resource.associated_data).toBe('');
    expect(merchant.open(body).out_trade_no).toBe(outTradeNo);
  });

  it('turn themselves off after their count', async () => {
    await sandbox.switchTo({ 'notify.transaction': 'lost', 'notify.transactionTimes': 2 });
    await paidOrder();
    await paidOrder();
    await paidOrder();
    await shop.waitFor(1);
    expect((await queue()).map(({ state }) => state).sort()).toEqual(['delivered', 'lost', 'lost']);
    const { values } = await sandbox.control<{ values: Record<string, unknown> }>('GET', '/switches');
    expect(values['notify.transaction']).toBe('none');
  });

  it('a payer can have paid another amount, in the notification and in the query alike', async () => {
    const { outTradeNo, prepayId } = await merchant.place({ notify_url: `${shop.url}/notify` });
    await sandbox.control('PUT', `/orders/${outTradeNo}/paid-total`, { total: 100 });
    await sandbox.phone('/request-payment', { ...merchant.invocation(prepayId), persona: 'lin-xia' });
    await shop.waitFor(1);
    expect(merchant.open(shop.received[0]?.body ?? '').amount).toMatchObject({ total: 100, payer_total: 100 });
    const reply = await merchant.call(
      'GET',
      `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${sandbox.credentials.mchid}`,
    );
    expect(reply.body.amount).toMatchObject({ total: 100 });
  });
});

describe('signing key', () => {
  it.each([
    ['certificate', 'platformCertificateSerial'],
    ['public-key', 'platformPublicKeyId'],
  ] as const)('%s when only that is in use', async (mode, field) => {
    await sandbox.switchTo({ 'pay.signatureMode': mode });
    await paidOrder();
    await shop.waitFor(1);
    expect(shop.received[0]?.headers['wechatpay-serial']).toBe(sandbox.credentials[field]);
    expect(isGenuine(0)).toBe(true);
  });

  it('now one, now the other while both are', async () => {
    for (let index = 0; index < 12; index++) await paidOrder();
    await shop.waitFor(12);
    expect(new Set(shop.received.map(({ headers }) => headers['wechatpay-serial'])).size).toBe(2);
    expect(shop.received.every((_, index) => isGenuine(index))).toBe(true);
  });
});
