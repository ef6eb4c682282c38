import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  authorizationOf,
  judgeHeaders,
  openSealed,
  payParamsOf,
  readMerchantKey,
  readSignatureHeaders,
  verifySigned,
} from './payments.wechat.signature.ts';
import { merchantPrivateKey, publicKey, sealed, signatures } from './payments.wechat.vectors.ts';

const merchant = readMerchantKey('1900009191', '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C', merchantPrivateKey);
const key = createPublicKey(publicKey);
const nonce = '593BEC0C930BF1AFEB40B4A08C8FB242';

describe('WeChat Pay v3 signatures', () => {
  it('C04-INT-01 signs a request over five lines, as openssl does', async () => {
    const body = '{"description":"亚麻四件套","amount":{"total":100}}';
    const path = '/v3/pay/transactions/jsapi';
    expect(await authorizationOf({ method: 'POST', path, body, timestamp: 1554208460, nonce }, merchant)).toBe(
      `WECHATPAY2-SHA256-RSA2048 mchid="1900009191",nonce_str="${nonce}",signature="${signatures.jsapiRequest}",timestamp="1554208460",serial_no="1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C"`,
    );
  });

  it('C10-SEC-03 signs a GET with its query and an empty last line', async () => {
    const path = '/v3/certificates?algorithm_type=RSA';
    expect(await authorizationOf({ method: 'GET', path, body: '', timestamp: 1554208460, nonce }, merchant)).toContain(
      `signature="${signatures.certificatesRequest}"`,
    );
  });

  it('C10-PAY-03 signs what the payment sheet takes over four lines', async () => {
    const params = await payParamsOf(
      {
        appId: 'wx8888888888888888',
        prepayId: 'wx201410272009395522657a690389285100',
        timestamp: 1414561699,
        nonce: '5K8264ILTKCH16CQ2502SI8ZNMTM67VS',
      },
      merchant,
    );
    expect(params).toEqual({
      appId: 'wx8888888888888888',
      timeStamp: '1414561699',
      nonceStr: '5K8264ILTKCH16CQ2502SI8ZNMTM67VS',
      package: 'prepay_id=wx201410272009395522657a690389285100',
      signType: 'RSA',
      paySign: signatures.payParams,
    });
  });

  const headers = {
    timestamp: '1554209980',
    nonce: 'c5ac7061fccab6bf3e254dcf98995b8c',
    signature: signatures.reply,
    serial: 'S',
  };
  const body = '{"data":"小铺"}';
  it.each([
    ['the true reply', body, headers, 1554209980, 'genuine'],
    ['an empty 204', '', { ...headers, signature: signatures.emptyReply }, 1554209980, 'genuine'],
    ['the last accepted second', body, headers, 1554209980 + 300, 'genuine'],
    ['a replay, 301 s old', body, headers, 1554209980 + 301, 'stale'],
    ['one from the future', body, headers, 1554209980 - 301, 'stale'],
    ['one byte more', `${body} `, headers, 1554209980, 'forged'],
    ['another nonce', body, { ...headers, nonce: 'x' }, 1554209980, 'forged'],
    ['another timestamp', body, { ...headers, timestamp: '1554209981' }, 1554209980, 'forged'],
    ['a timestamp that is no number', body, { ...headers, timestamp: 'NaN' }, 1554209980, 'stale'],
    ['a cut signature', body, { ...headers, signature: signatures.reply.slice(0, 40) }, 1554209980, 'forged'],
    ['no base64 at all', body, { ...headers, signature: '***' }, 1554209980, 'forged'],
    ['a probe', body, { ...headers, signature: `WECHATPAY/SIGNTEST/${signatures.reply}` }, 1554209980, 'probe'],
  ])('C04-INT-03 judges %s', (_name, text, given, now, verdict) => {
    expect(verifySigned(text, given, key, now)).toBe(verdict);
  });

  it('judges time and probe before any key is looked up', () => {
    expect(judgeHeaders(headers, 1554209980)).toBeUndefined();
    expect(judgeHeaders(headers, 0)).toBe('stale');
  });

  it('reads no signature unless all four headers are there', () => {
    const all: Record<string, string> = {
      'wechatpay-timestamp': '1',
      'wechatpay-nonce': 'n',
      'wechatpay-signature': 's',
      'wechatpay-serial': 'A',
    };
    expect(readSignatureHeaders((name) => all[name])).toEqual({
      timestamp: '1',
      nonce: 'n',
      signature: 's',
      serial: 'A',
    });
    for (const missing of Object.keys(all)) {
      expect(readSignatureHeaders((name) => (name === missing ? undefined : all[name]))).toBeUndefined();
    }
  });

  it('C10-SEC-03 opens what was sealed for us, and nothing that was changed', () => {
    const { apiV3Key, resource, plain } = sealed;
    expect(openSealed(resource, apiV3Key)).toBe(plain);
    expect(() => openSealed(resource, apiV3Key.toLowerCase())).toThrow();
    expect(() => openSealed({ ...resource, associated_data: '' }, apiV3Key)).toThrow();
    expect(() => openSealed({ ...resource, nonce: 'fdasfjihihiX' }, apiV3Key)).toThrow();
    expect(() => openSealed({ ...resource, ciphertext: `A${resource.ciphertext.slice(1)}` }, apiV3Key)).toThrow();
    expect(() => openSealed({ ...resource, ciphertext: 'AAAA' }, apiV3Key)).toThrow('too short');
    expect(() => openSealed({ ...resource, algorithm: 'none' }, apiV3Key)).toThrow('unknown algorithm');
  });

  it('C10-PAY-02 refuses a key that is no RSA private key', () => {
    expect(() => readMerchantKey('1', '2', 'nonsense')).toThrow();
    expect(() => readMerchantKey('1', '2', publicKey)).toThrow();
  });
});
