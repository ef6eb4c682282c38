import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMerchant, headersOf, openidOf } from '../../test/merchant.ts';
import { type Field, type RunningSandbox, type Shop, startSandbox, startShop } from '../../test/start-sandbox.ts';

const require = createRequire(import.meta.url);
const { Wechatpay, Aes, Formatter, Rsa } = require('wechatpay-axios-plugin');
const WechatPayNodeV3 = require('wechatpay-node-v3');

interface PeerReply {
  status: number;
  data: Record<string, Field>;
}
interface Certificate {
  serial_no: string;
  encrypt_certificate: { ciphertext: string; nonce: string; associated_data: string };
}

/** The plugin grows a method chain out of any path: transactions('jsapi').post(…). */
interface Chain {
  get(config?: unknown): Promise<PeerReply>;
  post(body?: unknown, config?: unknown): Promise<PeerReply>;
}
const grow = (client: unknown, ...segments: string[]): Chain =>
  segments.reduce((chain, segment) => (chain as Record<string, unknown>)[segment], client) as Chain;

interface NodeV3 {
  getSN(): string;
  createHttp(transport: object): void;
  transactions_jsapi(body: object): Promise<PeerReply>;
  transactions_native(body: object): Promise<PeerReply>;
  transactions_h5(body: object): Promise<PeerReply>;
  query(by: object): Promise<PeerReply>;
  close(outTradeNo: string): Promise<PeerReply>;
  refunds(body: object): Promise<PeerReply>;
  find_refunds(outRefundNo: string): Promise<PeerReply>;
  verifySign(params: object): Promise<boolean>;
  decipher_gcm(ciphertext: string, associatedData: string, nonce: string): Record<string, unknown>;
}

let sandbox: RunningSandbox;
let shop: Shop;
let openid: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  shop = await startShop();
  openid = await openidOf(sandbox, 'lin-xia');
  await sandbox.switchTo({ 'pay.refundSeconds': 0 });
});
afterAll(async () => {
  await sandbox.stop();
  await shop.stop();
});

const orderBody = (outTradeNo: string) => ({
  appid: sandbox.credentials.miniAppId,
  mchid: sandbox.credentials.mchid,
  description: '云南小粒咖啡豆 454g（中深烘）',
  out_trade_no: outTradeNo,
  notify_url: `${shop.url}/api/notify/wechat-pay`,
  amount: { total: 8_900 },
  payer: { openid },
});

describe.each(['certificate', 'public-key'] as const)('wechatpay-axios-plugin, unchanged, in %s mode', (mode) => {
  // Digits: the plugin turns capitals in a path segment into dashes.
  const outTradeNo = mode === 'certificate' ? '20261122000000000001' : '20261122000000000002';
  let client: unknown;
  let certs: Record<string, string>;
  const transactions = (...segments: string[]) => grow(client, 'v3', 'pay', 'transactions', ...segments);

  beforeAll(async () => {
    await sandbox.switchTo({ 'pay.signatureMode': mode, 'notify.signWith': 'random' });
    shop.received.length = 0;
    const { credentials } = sandbox;
    certs =
      mode === 'certificate'
        ? { [credentials.platformCertificateSerial]: credentials.platformCertificate }
        : { [credentials.platformPublicKeyId]: credentials.platformPublicKey };
    client = new Wechatpay({
      mchid: credentials.mchid,
      serial: credentials.merchantSerial,
      privateKey: credentials.merchantPrivateKey,
      certs,
      baseURL: `${sandbox.base}/wechat-pay/`,
      ...(mode === 'public-key' ? { headers: { 'Wechatpay-Serial': credentials.platformPublicKeyId } } : {}),
    });
  });

  it('places an order, and asks for it before it is paid', async () => {
    const placed = await transactions('jsapi').post(orderBody(outTradeNo));
    expect(placed.data.prepay_id).toMatch(/^wx[0-9]{14}[0-9a-f]{20}$/);
    const { data } = await transactions('outTradeNo', outTradeNo).get({
      params: { mchid: sandbox.credentials.mchid },
    });
    expect(data).toMatchObject({ trade_state: 'NOTPAY', amount: { total: 8_900, currency: 'CNY' } });
    expect(data.transaction_id).toBeUndefined();

    const timeStamp = `${Formatter.timestamp()}`;
    const nonceStr = Formatter.nonce();
    const invocation = {
      appId: sandbox.credentials.miniAppId,
      timeStamp,
      nonceStr,
      package: `prepay_id=${placed.data.prepay_id}`,
    };
    const paySign = Rsa.sign(
      Formatter.joinedByLineFeed(invocation.appId, timeStamp, nonceStr, invocation.package),
      sandbox.credentials.merchantPrivateKey,
    );
    const answer = await sandbox.phone('/request-payment', {
      ...invocation,
      signType: 'RSA',
      paySign,
      persona: 'lin-xia',
    });
    expect(answer).toEqual({ result: 'ok', reason: '', errMsg: 'requestPayment:ok' });
  });

  it('verifies and decrypts the notification', async () => {
    const [received] = await shop.waitFor(1);
    const get = headersOf(received as never).get;
    expect(get('wechatpay-serial')).toBe(Object.keys(certs)[0]);
    const text = Formatter.response(get('wechatpay-timestamp'), get('wechatpay-nonce'), received?.body);
    expect(Rsa.verify(text, get('wechatpay-signature'), certs[get('wechatpay-serial') ?? ''])).toBe(true);
    const { resource, event_type: eventType } = JSON.parse(received?.body ?? '');
    expect(eventType).toBe('TRANSACTION.SUCCESS');
    const opened = JSON.parse(
      Aes.AesGcm.decrypt(resource.ciphertext, sandbox.credentials.apiV3Key, resource.nonce, resource.associated_data),
    );
    expect(opened).toMatchObject({
      out_trade_no: outTradeNo,
      trade_state: 'SUCCESS',
      trade_type: 'JSAPI',
      payer: { openid },
      amount: { total: 8_900, payer_total: 8_900 },
    });
    expect(opened.transaction_id).toMatch(/^4200\d{24}$/);
  });

  it('finds the payment by transaction id, refunds it, and reads the refund', async () => {
    const params = { mchid: sandbox.credentials.mchid };
    const { data: paid } = await transactions('outTradeNo', outTradeNo).get({ params });
    const { data: same } = await transactions('id', String(paid.transaction_id)).get({ params });
    expect(same).toEqual(paid);
    const refundNo = `9${outTradeNo}`;
    const { data: accepted } = await grow(client, 'v3', 'refund', 'domestic', 'refunds').post({
      transaction_id: paid.transaction_id,
      out_refund_no: refundNo,
      reason: '不想要了',
      amount: { refund: 8_900, total: 8_900, currency: 'CNY' },
    });
    expect(accepted).toMatchObject({ status: 'PROCESSING', out_refund_no: refundNo });
    const { data: refund } = await grow(client, 'v3', 'refund', 'domestic', 'refunds', refundNo).get();
    expect(refund).toMatchObject({ status: 'SUCCESS', amount: { refund: 8_900, payer_refund: 8_900 } });
  });

  it('closes another order, twice', async () => {
    const other = `${outTradeNo}9`;
    await transactions('jsapi').post(orderBody(other));
    for (const _ of [1, 2]) {
      const reply = await transactions('outTradeNo', other, 'close').post({ mchid: sandbox.credentials.mchid });
      expect(reply.status).toBe(204);
    }
    const { data } = await transactions('outTradeNo', other).get({
      params: { mchid: sandbox.credentials.mchid },
    });
    expect(data.trade_state).toBe('CLOSED');
  });

  it('downloads platform certificates, or is told there are none', async () => {
    if (mode === 'public-key') {
      await expect(grow(client, 'v3', 'certificates').get()).rejects.toMatchObject({
        response: { status: 404, data: { code: 'RESOURCE_NOT_EXISTS' } },
      });
      return;
    }
    const { data } = await grow(client, 'v3', 'certificates').get();
    const [certificate] = data.data as unknown as Certificate[];
    const { serial_no: serial, encrypt_certificate: sealed } = certificate as Certificate;
    const pem = Aes.AesGcm.decrypt(
      sealed.ciphertext,
      sandbox.credentials.apiV3Key,
      sealed.nonce,
      sealed.associated_data,
    );
    expect({ serial, pem }).toEqual({
      serial: sandbox.credentials.platformCertificateSerial,
      pem: sandbox.credentials.platformCertificate,
    });
  });

  it('refuses a response whose signature was spoiled', async () => {
    await sandbox.switchTo({ 'pay.responseFault': 'bad-signature', 'pay.responseFaultTimes': 1 });
    const query = () => transactions('outTradeNo', outTradeNo).get({ params: { mchid: sandbox.credentials.mchid } });
    await expect(query()).rejects.toMatchObject({ code: 'EV3_RES_HEADER_SIGNATURE_DIGEST' });
    await expect(query()).resolves.toMatchObject({ status: 200 });
  });
});

describe('wechatpay-node-v3, unchanged but for its host', () => {
  let pay: NodeV3;
  const toSandbox = (url: string) => url.replace('https://api.mch.weixin.qq.com', `${sandbox.base}/wechat-pay`);

  beforeAll(async () => {
    await sandbox.switchTo({ 'pay.signatureMode': 'both' });
    shop.received.length = 0;
    const { credentials } = sandbox;
    pay = new WechatPayNodeV3({
      appid: credentials.miniAppId,
      mchid: credentials.mchid,
      publicKey: Buffer.from(credentials.merchantCertificate),
      privateKey: Buffer.from(credentials.merchantPrivateKey),
      key: credentials.apiV3Key,
    });
    const send = async (method: string, url: string, params: unknown, headers: Record<string, string>) => {
      const response = await fetch(toSandbox(url), {
        method,
        headers,
        body: params === undefined ? null : JSON.stringify(params),
      });
      const text = await response.text();
      return { status: response.status, data: text ? JSON.parse(text) : {} };
    };
    pay.createHttp({
      get: (url: string, headers: Record<string, string>) => send('GET', url, undefined, headers),
      post: (url: string, params: unknown, headers: Record<string, string>) => send('POST', url, params, headers),
    });
  });

  it('reads the merchant serial out of our certificate', () => {
    expect(pay.getSN().toUpperCase()).toBe(sandbox.credentials.merchantSerial);
  });

  it('pays, is notified, refunds', async () => {
    const { mchid, appid, ...rest } = orderBody('NODEV3-0001');
    const { data } = await pay.transactions_jsapi(rest);
    expect(data).toMatchObject({ appId: appid, signType: 'RSA' });
    const answer = await sandbox.phone('/request-payment', { ...data, persona: 'lin-xia' });
    expect(answer.errMsg).toBe('requestPayment:ok');

    const [received] = await shop.waitFor(1);
    await sandbox.switchTo({ 'notify.signWith': 'certificate' });
    const { items } = await sandbox.control<{ items: Array<{ id: string }> }>('GET', '/notifications');
    await sandbox.control('POST', `/notifications/${items[0]?.id}/send`);
    const again = (await shop.waitFor(2))[1];
    const get = headersOf(again as never).get;
    const isGenuine = await pay.verifySign({
      timestamp: get('wechatpay-timestamp'),
      nonce: get('wechatpay-nonce'),
      body: again?.body,
      serial: get('wechatpay-serial'),
      signature: get('wechatpay-signature'),
    });
    expect(isGenuine).toBe(true);
    const { resource } = JSON.parse(received?.body ?? '');
    expect(pay.decipher_gcm(resource.ciphertext, resource.associated_data, resource.nonce)).toMatchObject({
      out_trade_no: 'NODEV3-0001',
      trade_state: 'SUCCESS',
      mchid,
    });

    const refund = await pay.refunds({
      out_trade_no: 'NODEV3-0001',
      out_refund_no: 'NODEV3-R1',
      amount: { refund: 900, total: 8_900, currency: 'CNY' },
    });
    expect(refund).toMatchObject({ status: 200, data: { status: 'PROCESSING' } });
    const found = await pay.find_refunds('NODEV3-R1');
    expect(found.data).toMatchObject({ status: 'SUCCESS', amount: { refund: 900 } });
    const query = await pay.query({ out_trade_no: 'NODEV3-0001' });
    expect(query.data.trade_state).toBe('REFUND');
  });

  it('closes, and places Native and H5 orders', async () => {
    const { payer, appid, mchid, ...rest } = orderBody('NODEV3-0002');
    const native = await pay.transactions_native(rest);
    expect(native.data.code_url).toMatch(/^weixin:\/\/wxpay\/bizpayurl\?pr=/);
    expect((await pay.close('NODEV3-0002')).status).toBe(204);
    const h5 = await pay.transactions_h5({
      ...rest,
      out_trade_no: 'NODEV3-0003',
      scene_info: { payer_client_ip: '127.0.0.1', h5_info: { type: 'Wap' } },
    });
    expect(h5.data.h5_url).toMatch(/\/cashier\/h5\?prepay_id=wx/);
  });

  it('agrees with our own protocol text', async () => {
    const merchant = createMerchant(sandbox);
    const { reply } = await merchant.place();
    expect(reply.status).toBe(200);
    expect(merchant.verifies(reply.headers, reply.text)).toBe(true);
  });
});
