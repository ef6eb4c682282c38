import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallOptions, createMerchant, type Merchant } from '../../test/merchant.ts';
import { type RunningSandbox, startSandbox } from '../../test/start-sandbox.ts';

let sandbox: RunningSandbox;
let merchant: Merchant;
let outTradeNo: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  merchant = createMerchant(sandbox);
  ({ outTradeNo } = await merchant.place());
});
afterAll(() => sandbox.stop());

const query = (options?: CallOptions) =>
  merchant.call(
    'GET',
    `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${sandbox.credentials.mchid}`,
    undefined,
    options,
  );

const strangerKey = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;

const WINDOW = 'Http头Authorization中的timestamp与发起请求的时间不得超过5分钟';
const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;

describe('request signatures', () => {
  it.each([
    ['a missing header', { headers: { authorization: undefined } }, '签名信息错误，验签失败'],
    ['another scheme', { authorization: 'Bearer abc' }, '签名信息错误，验签失败'],
    ['a field left out', { authorization: 'WECHATPAY2-SHA256-RSA2048 mchid="1"' }, '签名信息错误，验签失败'],
    ['a timestamp 6 minutes old', { timestamp: seconds(-360) }, WINDOW],
    ['a timestamp 6 minutes ahead', { timestamp: seconds(360) }, WINDOW],
    ['an unknown serial', { serial: '5'.repeat(40) }, '商户证书序列号有误。请使用签名私钥匹配的证书序列号'],
    ['another path signed', { signedPath: '/v3/pay/transactions/out-trade-no/other' }, '签名错误'],
    ['another body signed', { signedBody: '{}' }, '签名错误'],
    ['another key', { privateKey: strangerKey() }, '签名错误'],
  ] as Array<[string, CallOptions, string]>)(
    'refuses %s with SIGN_ERROR and signs nothing',
    async (_name, options, message) => {
      const reply = await query(options);
      expect({ status: reply.status, body: reply.body }).toEqual({
        status: 401,
        body: { code: 'SIGN_ERROR', message },
      });
      expect(reply.headers.get('wechatpay-signature')).toBeNull();
    },
  );

  it('looks at the window before the signature', async () => {
    const reply = await query({ timestamp: seconds(-360), privateKey: strangerKey() });
    expect(reply.body.message).toBe(WINDOW);
  });

  it('names the header rule outside the transaction paths', async () => {
    const reply = await merchant.call('GET', '/v3/certificates', undefined, { authorization: 'nonsense' });
    expect(reply.body).toEqual({
      code: 'SIGN_ERROR',
      message: 'Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》',
    });
  });

  it('refuses an unknown merchant', async () => {
    const reply = await query({ mchid: '1900000000' });
    expect([reply.status, reply.body.code]).toEqual([400, 'MCH_NOT_EXISTS']);
  });

  it('asks for Accept and User-Agent before anything else', async () => {
    const reply = await merchant.call('GET', '/v3/certificates', undefined, {
      authorization: 'nonsense',
      headers: { 'user-agent': '' },
    });
    expect([reply.status, reply.body]).toEqual([
      400,
      { code: 'INVALID_REQUEST', message: 'Http头缺少Accept或User-Agent' },
    ]);
  });

  it('accepts the path as sent on the wire, prefix and all', async () => {
    const path = `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${sandbox.credentials.mchid}`;
    const reply = await query({ signedPath: `/sandbox/wechat-pay${path}` });
    expect(reply.status).toBe(200);
  });

  it('notices a byte changed on the way', async () => {
    const body = JSON.stringify(merchant.order({ payer: { openid: 'x' } }));
    const reply = await merchant.call('POST', '/v3/pay/transactions/jsapi', body, {
      signedBody: body.replace('12800', '1'),
    });
    expect(reply.body).toEqual({ code: 'SIGN_ERROR', message: '签名错误' });
  });

  it('takes keys in any order and unicode in any field', async () => {
    const { openid } = await merchant.place();
    const order = merchant.order({ payer: { openid }, description: '🍵 明前龙井', attach: 'é–中' });
    const shuffled = Object.fromEntries(Object.entries(order).reverse());
    expect((await merchant.call('POST', '/v3/pay/transactions/jsapi', shuffled)).status).toBe(200);
  });

  it('lets a replayed nonce pass unless told to refuse it', async () => {
    const nonce = 'REPLAYED0NONCE';
    expect((await query({ nonce })).status).toBe(200);
    expect((await query({ nonce })).status).toBe(200);
    await sandbox.switchTo({ 'pay.rejectReplay': true });
    expect((await query({ nonce: 'FRESH0NONCE' })).status).toBe(200);
    const replayed = await query({ nonce: 'FRESH0NONCE' });
    expect([replayed.status, replayed.body.code]).toEqual([401, 'SIGN_ERROR']);
    await sandbox.switchTo({ 'pay.rejectReplay': false });
  });

  it('answers unknown paths 404 and wrong verbs 405, both empty', async () => {
    const unknown = await merchant.call('GET', '/v3/nothing');
    const verb = await merchant.call('DELETE', '/v3/certificates');
    expect([unknown.status, unknown.text, verb.status, verb.text]).toEqual([404, '', 405, '']);
  });
});

describe('response signatures', () => {
  const serialOf = async (headers: Record<string, string>) => {
    const reply = await query({ headers });
    return reply.status === 200 ? reply.headers.get('wechatpay-serial') : reply.body.code;
  };

  it('follow the serial of the request while both keys are in use', async () => {
    const { platformPublicKeyId, platformCertificateSerial } = sandbox.credentials;
    await sandbox.switchTo({ 'pay.signatureMode': 'both' });
    expect(await serialOf({})).toBe(platformCertificateSerial);
    expect(await serialOf({ 'wechatpay-serial': platformPublicKeyId })).toBe(platformPublicKeyId);
    expect(await serialOf({ 'wechatpay-serial': platformCertificateSerial })).toBe(platformCertificateSerial);
    expect(await serialOf({ 'wechatpay-serial': 'PUB_KEY_ID_0000' })).toBe('INVALID_REQUEST');
  });

  it.each([
    ['certificate', 'platformCertificateSerial', 'platformPublicKeyId'],
    ['public-key', 'platformPublicKeyId', 'platformCertificateSerial'],
  ] as const)('know only their own key in %s mode', async (mode, own, other) => {
    await sandbox.switchTo({ 'pay.signatureMode': mode });
    expect(await serialOf({})).toBe(sandbox.credentials[own]);
    expect(await serialOf({ 'wechatpay-serial': sandbox.credentials[other] })).toBe('INVALID_REQUEST');
    await sandbox.switchTo({ 'pay.signatureMode': 'both' });
  });

  it('leave refusals unsigned, unless switched', async () => {
    const missing = `/v3/pay/transactions/out-trade-no/NOSUCHORDER?mchid=${sandbox.credentials.mchid}`;
    const unsigned = await merchant.call('GET', missing);
    expect([unsigned.status, unsigned.body.code, unsigned.headers.get('wechatpay-signature')]).toEqual([
      404,
      'ORDER_NOT_EXIST',
      null,
    ]);
    expect(unsigned.headers.get('request-id')).toMatch(/-268512771$/);
    await sandbox.switchTo({ 'pay.signErrors': true });
    const signed = await merchant.call('GET', missing);
    expect(merchant.verifies(signed.headers, signed.text)).toBe(true);
    await sandbox.switchTo({ 'pay.signErrors': false });
  });
});
