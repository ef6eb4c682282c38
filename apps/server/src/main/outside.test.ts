import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwin, type Twin } from '../../test/twin.ts';
import { createWechatPayGateway } from '../modules/payments/index.ts';
import { createFixedClock } from '../platform/clock.ts';
import { createLogger } from '../platform/logger.ts';
import { refuseMismatchedKeys } from './outside.ts';

const log = createLogger('silent');
const clock = createFixedClock(new Date());
let twin: Twin;
beforeAll(async () => {
  twin = await startTwin({ clock });
});
afterAll(() => twin.stop());

const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});
type Change = Partial<Parameters<typeof createWechatPayGateway>[0]['config']>;
async function start(change: Change, mode: 'public-key' | 'certificate' = 'public-key') {
  const { credentials } = twin;
  await twin.switchTo({ 'pay.signatureMode': mode });
  const pay = createWechatPayGateway({
    config: {
      mchId: credentials.mchid,
      merchantSerial: credentials.merchantSerial,
      merchantPrivateKey: credentials.merchantPrivateKey,
      apiV3Key: credentials.apiV3Key,
      publicKeyId: mode === 'public-key' ? credentials.platformPublicKeyId : undefined,
      publicKey: mode === 'public-key' ? credentials.platformPublicKey : undefined,
      payBaseUrl: `${twin.base}/wechat-pay`,
      ...change,
    },
    publicBaseUrl: 'https://shop.example',
    clock,
    timeoutMs: 2_000,
  });
  return refuseMismatchedKeys({ wechat: { isSandbox: false }, pay }, log);
}

describe('keys of WeChat Pay at the start', () => {
  it('C10-PAY-02 opens with keys that fit, in both modes', async () => {
    await start({});
    await start({}, 'certificate');
  });
  it.each([
    ['private key', { merchantPrivateKey: otherKey as string }, 'public-key'],
    ['serial', { merchantSerial: '5'.repeat(40) }, 'public-key'],
    ['merchant number', { mchId: '1900000001' }, 'public-key'],
    ['APIv3 key', { apiV3Key: 'x'.repeat(32) }, 'certificate'],
  ] as const)('C10-PAY-02 refuses to open with another %s, and names no value', async (_what, change, mode) => {
    const refusal = await start(change, mode).catch((error: Error) => error);
    expect(refusal).toMatchObject({ name: 'ConfigError' });
    for (const value of Object.values(change)) expect(String(refusal)).not.toContain(value);
  });
  it('opens when WeChat does not answer: that says nothing about the keys', async () => {
    await start({ payBaseUrl: 'http://127.0.0.1:9' });
  });
});
