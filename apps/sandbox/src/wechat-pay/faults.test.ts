import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMerchant, type Merchant, openidOf } from '../../test/merchant.ts';
import { type RunningSandbox, startSandbox } from '../../test/start-sandbox.ts';

let sandbox: RunningSandbox;
let merchant: Merchant;
let openid: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  merchant = createMerchant(sandbox);
  openid = await openidOf(sandbox, 'lin-xia');
});
afterEach(() => sandbox.control('POST', '/switches/reset'));
afterAll(() => sandbox.stop());

const fault = (name: string, times = 1) =>
  sandbox.switchTo({ 'pay.responseFault': name, 'pay.responseFaultTimes': times });
const exists = async (outTradeNo: string) =>
  (await merchant.call('GET', `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${sandbox.credentials.mchid}`))
    .status === 200;
const place = async () => {
  const body = merchant.order({ payer: { openid } });
  const reply = await merchant.call('POST', '/v3/pay/transactions/jsapi', body).catch(() => undefined);
  return { reply, outTradeNo: String(body.out_trade_no) };
};

describe('response faults', () => {
  it.each([
    ['http-500', 500, 'SYSTEM_ERROR', false],
    ['http-500-after', 500, 'SYSTEM_ERROR', true],
    ['http-503', 503, 'SERVICE_UNAVAILABLE', false],
    ['http-429', 429, 'FREQUENCY_LIMITED', false],
  ] as const)('%s answers %i %s, and the order exists: %s', async (name, status, code, isPlaced) => {
    await fault(name);
    const { reply, outTradeNo } = await place();
    expect([reply?.status, reply?.body.code]).toEqual([status, code]);
    expect(reply?.headers.get('wechatpay-signature')).toBeNull();
    expect(await exists(outTradeNo)).toBe(isPlaced);
  });

  it.each([
    ['dropped', false],
    ['dropped-after', true],
  ] as const)('%s cuts the connection, and the order exists: %s', async (name, isPlaced) => {
    await fault(name);
    const { reply, outTradeNo } = await place();
    expect(reply).toBeUndefined();
    expect(await exists(outTradeNo)).toBe(isPlaced);
  });

  it.each(['bad-signature', 'sign-test', 'unsigned'])('%s carries a reply nobody may trust', async (name) => {
    await fault(name);
    const { reply } = await place();
    expect(reply?.status).toBe(200);
    expect(merchant.verifies(reply?.headers ?? new Headers(), reply?.text ?? '')).toBe(false);
    const { reply: next } = await place();
    expect(merchant.verifies(next?.headers ?? new Headers(), next?.text ?? '')).toBe(true);
  });

  it('slow waits, then answers properly', async () => {
    await sandbox.switchTo({ 'pay.responseFault': 'slow', 'pay.responseFaultTimes': 1, 'pay.slowMs': 200 });
    const startedAt = performance.now();
    const { reply } = await place();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(195);
    expect(merchant.verifies(reply?.headers ?? new Headers(), reply?.text ?? '')).toBe(true);
  });

  it('touches only the paths it was aimed at', async () => {
    await sandbox.switchTo({ 'pay.responseFault': 'http-500', 'pay.responseFaultPath': '/refund/' });
    expect((await place()).reply?.status).toBe(200);
    const refund = await merchant.call('GET', '/v3/refund/domestic/refunds/R1');
    expect(refund.status).toBe(500);
  });

  it('limits the rate, in either spelling', async () => {
    await sandbox.switchTo({ 'pay.requestsPerSecond': 5, 'pay.rateLimitCode': 'RATELIMIT_EXCEEDED' });
    const replies = await Promise.all(Array.from({ length: 30 }, place));
    const limited = replies.filter(({ reply }) => reply?.status === 429);
    expect(limited.length).toBeGreaterThanOrEqual(15);
    expect(limited[0]?.reply?.body.code).toBe('RATELIMIT_EXCEEDED');
  });
});

describe('switches', () => {
  it('refuse unknown keys, wrong types and unknown choices, and change nothing then', async () => {
    for (const bad of [
      { 'pay.nothing': 1 },
      { 'pay.slowMs': '3' },
      { 'pay.responseFault': 'explode' },
      { 'notify.speed': 0 },
    ]) {
      await expect(sandbox.switchTo({ 'pay.slowMs': 7, ...bad } as never)).rejects.toThrow(/sandbox\.control/);
    }
    const { values } = await sandbox.control<{ values: Record<string, unknown> }>('GET', '/switches');
    expect(values['pay.slowMs']).toBe(3000);
  });

  it('describe themselves', async () => {
    const { definitions } = await sandbox.control<{ definitions: Array<{ key: string; label: string; hint: string }> }>(
      'GET',
      '/switches',
    );
    expect(definitions.length).toBeGreaterThan(40);
    expect(definitions.every(({ key, label, hint }) => /^\w+\.\w+$/.test(key) && label && hint)).toBe(true);
    expect(new Set(definitions.map(({ key }) => key)).size).toBe(definitions.length);
  });
});
