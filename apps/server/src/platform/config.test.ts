import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const merchant = {
  WECHAT_MINI_APPID: 'wx1',
  WECHAT_MINI_SECRET: 's',
  WECHAT_OA_APPID: 'wx2',
  WECHAT_OA_SECRET: 's',
  WECHAT_MCH_ID: '1900000001',
  WECHAT_MCH_SERIAL: 'ABC',
  WECHAT_MCH_PRIVATE_KEY: 'line1\\nline2',
  WECHAT_API_V3_KEY: 'x'.repeat(32),
};

describe('settings', () => {
  it('needs nothing: the embedded default', () => {
    expect(readConfig({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      dataDir: '.data',
      databaseUrl: undefined,
      wechat: undefined,
      seedDemo: true,
    });
  });
  it('names every fault at once, and never a value', () => {
    const read = () =>
      readConfig({ PORT: 'eighty', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://root:secret@db', SM4_KEYS: 'k1:secret' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/PORT.*DATABASE_URL|PORT[\s\S]*SM4_KEYS/);
    for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL', 'SM4_KEYS']) expect(read).toThrow(name);
    expect(read).not.toThrow('secret');
    expect(read).not.toThrow('eighty');
  });
  it('C10-PAY-02 refuses half a merchant: a missing or mismatched key fails fast', () => {
    const { WECHAT_API_V3_KEY: _, ...without } = merchant;
    expect(() => readConfig(without)).toThrow('WECHAT_API_V3_KEY is missing');
    expect(() => readConfig({ ...merchant, WECHAT_API_V3_KEY: 'short' })).toThrow('WECHAT_API_V3_KEY must be 32 bytes');
    expect(() => readConfig({ ...merchant, WECHAT_PAY_PUBLIC_KEY_ID: 'PUB_KEY_ID_1' })).toThrow('go together');
  });
  it('with credentials talks to the real hosts and seeds no demo', () => {
    const config = readConfig(merchant);
    expect(config.seedDemo).toBe(false);
    expect(config.wechat?.payBaseUrl).toBe('https://api.mch.weixin.qq.com');
    expect(config.wechat?.merchantPrivateKey).toBe('line1\nline2');
  });
  it('takes a picture store whole or not at all', () => {
    const store = {
      S3_ENDPOINT: 'https://oss-cn-hangzhou.aliyuncs.com',
      S3_BUCKET: 'b',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY: 'hidden',
    };
    expect(readConfig({}).s3).toBeUndefined();
    expect(readConfig(store).s3).toEqual({
      endpoint: store.S3_ENDPOINT,
      bucket: 'b',
      region: 'us-east-1',
      accessKeyId: 'id',
      secretAccessKey: 'hidden',
    });
    const half = () => readConfig({ S3_BUCKET: 'b', S3_SECRET_ACCESS_KEY: 'hidden' });
    expect(half).toThrow('S3_ENDPOINT is missing; S3_ACCESS_KEY_ID is missing');
    expect(half).not.toThrow('hidden');
  });
});
