import { createPrivateKey, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../test/start-sandbox.ts';
import { demoOtherCredentials, type OtherCredentials } from '../platform/other-credentials.ts';
import { isRsa2, rsa2, signedText } from './rsa2.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let credentials: OtherCredentials['alipay'];
beforeAll(async () => {
  sandbox = await startSandbox();
  credentials = demoOtherCredentials(sandbox.dataDir).alipay;
});
beforeEach(() => sandbox.control('POST', '/switches/reset'));
afterAll(() => sandbox.stop());

function signed(method: string, content: object, change: Record<string, string> = {}): URLSearchParams {
  const params: Record<string, string> = {
    app_id: credentials.appId,
    method,
    format: 'JSON',
    charset: 'utf-8',
    sign_type: 'RSA2',
    timestamp: '2026-11-30 12:00:00',
    version: '1.0',
    biz_content: JSON.stringify(content),
    ...change,
  };
  const sign = rsa2(signedText(params, []), createPrivateKey(credentials.appPrivateKey));
  return new URLSearchParams({ ...params, sign: change.sign ?? sign });
}
async function call(method: string, content: object, change: Record<string, string> = {}) {
  const reply = await fetch(`${sandbox.base}/alipay/gateway.do`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: signed(method, content, change).toString(),
  });
  const text = await reply.text();
  const node = /_response":(\{.*\}),"sign":"([^"]+)"/s.exec(text);
  const isGenuine = isRsa2(node?.[1] ?? '', node?.[2] ?? '', createPublicKey(credentials.alipayPublicKey));
  return { isGenuine, ...JSON.parse(node?.[1] ?? '{}') } as Record<string, unknown>;
}
let count = 0;
async function paidTrade(total = '89.90') {
  const outTradeNo = `ALI${Date.now()}${++count}`;
  const content = { out_trade_no: outTradeNo, total_amount: total, subject: '四件套', product_code: 'QUICK_WAP_WAY' };
  const page = `${sandbox.base}/alipay/gateway.do?${signed('alipay.trade.wap.pay', content)}`;
  expect((await fetch(page)).status).toBe(200);
  await fetch(`${sandbox.base}/alipay/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ outTradeNo, choice: 'pay' }),
  });
  return { out_trade_no: outTradeNo };
}

describe('the Alipay twin', () => {
  it.each([
    ['another app', { app_id: '2021000000000000' }, 'isv.invalid-app-id'],
    ['a wrong signature', { sign: 'AAAA' }, 'isv.invalid-signature'],
    ['another signature type', { sign_type: 'RSA' }, 'isv.invalid-signature-type'],
    ['no such method', { method: 'alipay.trade.unknown' }, 'isv.invalid-method'],
  ])('refuses %s', async (_what, change, code) => {
    expect(await call('alipay.trade.query', { out_trade_no: 'X1' }, change)).toMatchObject({
      code: '40002',
      sub_code: code,
    });
  });

  it('knows no trade before its page was opened, and signs every answer', async () => {
    expect(await call('alipay.trade.query', { out_trade_no: 'NEVER1' })).toMatchObject({
      isGenuine: true,
      sub_code: 'ACQ.TRADE_NOT_EXIST',
    });
  });

  it('a request number refunds once, never more than was paid, and never with another amount', async () => {
    const trade = await paidTrade();
    const refund = (no: string, amount: string) =>
      call('alipay.trade.refund', { ...trade, out_request_no: no, refund_amount: amount });
    expect(await refund('R1', '40.00')).toMatchObject({ code: '10000', fund_change: 'Y', refund_fee: '40.00' });
    expect(await refund('R1', '40.00')).toMatchObject({ code: '10000', fund_change: 'N', refund_fee: '40.00' });
    expect(await refund('R1', '39.00')).toMatchObject({ code: '40004' });
    expect(await refund('R2', '49.91')).toMatchObject({ code: '40004' });
    expect(await refund('R2', '49.90')).toMatchObject({ fund_change: 'Y' });
    expect(await call('alipay.trade.query', trade)).toMatchObject({ trade_status: 'TRADE_CLOSED' });
  });

  it('a paid trade cannot be closed, a closed one cannot be paid', async () => {
    expect(await call('alipay.trade.close', await paidTrade())).toMatchObject({ sub_code: 'ACQ.TRADE_STATUS_ERROR' });
  });
});
