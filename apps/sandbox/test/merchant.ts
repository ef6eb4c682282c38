import { createDecipheriv, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { randomToken } from '../src/platform/random.ts';
import type { Field, Received, RunningSandbox } from './start-sandbox.ts';

/** A merchant written from the protocol text alone, able to break each rule on purpose. */
export interface CallOptions {
  mchid?: string;
  serial?: string;
  timestamp?: number;
  nonce?: string;
  signedPath?: string;
  signedBody?: string;
  privateKey?: string;
  headers?: Record<string, string | undefined>;
  authorization?: string;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, Field>;
}

export function createMerchant(sandbox: RunningSandbox) {
  const { credentials, base } = sandbox;
  const payBase = `${base}/wechat-pay`;
  const rsa = (text: string, key = credentials.merchantPrivateKey) =>
    sign('sha256', Buffer.from(text), createPrivateKey(key)).toString('base64');

  async function fetchSigned(
    method: string,
    path: string,
    payload?: unknown,
    options: CallOptions = {},
  ): Promise<Response> {
    const isRaw = typeof payload === 'string' || payload instanceof Uint8Array;
    const body = payload === undefined ? '' : isRaw ? payload : JSON.stringify(payload);
    const timestamp = options.timestamp ?? Math.floor(Date.now() / 1000);
    const nonce = options.nonce ?? randomToken(32);
    const text = `${method}\n${options.signedPath ?? path}\n${timestamp}\n${nonce}\n${options.signedBody ?? body}\n`;
    const authorization =
      options.authorization ??
      `WECHATPAY2-SHA256-RSA2048 mchid="${options.mchid ?? credentials.mchid}",nonce_str="${nonce}",` +
        `signature="${rsa(text, options.privateKey)}",timestamp="${timestamp}",serial_no="${options.serial ?? credentials.merchantSerial}"`;
    const headers: Record<string, string | undefined> = {
      accept: 'application/json',
      'user-agent': 'merchant-test',
      ...(body ? { 'content-type': 'application/json' } : {}),
      authorization,
      ...options.headers,
    };
    return fetch(`${payBase}${path}`, {
      method,
      headers: Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
      body: (body as string) || null,
    });
  }

  async function call(method: string, path: string, payload?: unknown, options?: CallOptions): Promise<Reply> {
    const response = await fetchSigned(method, path, payload, options);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  }

  let counter = 0;
  const order = (over: Record<string, unknown> = {}) => ({
    appid: credentials.miniAppId,
    mchid: credentials.mchid,
    description: '手冲咖啡壶 600ml',
    out_trade_no: `T${Date.now()}${String(++counter).padStart(4, '0')}`,
    notify_url: 'http://127.0.0.1:9/notify',
    amount: { total: 12_800, currency: 'CNY' },
    payer: { openid: '' },
    ...over,
  });

  return {
    call,
    /** Bytes as they are. */
    send: (path: string, bytes: Uint8Array, options: CallOptions) => call('POST', path, bytes, options),
    download: async (path: string) => Buffer.from(await (await fetchSigned('GET', path)).arrayBuffer()),
    order,
    /** Places a JSAPI order for a persona and returns what the app would pass to wx.requestPayment. */
    async place(over: Record<string, unknown> = {}, persona = 'lin-xia') {
      const openid = await openidOf(sandbox, persona);
      const body = order({ payer: { openid }, ...over });
      const reply = await call('POST', '/v3/pay/transactions/jsapi', body);
      return { body, outTradeNo: String(body.out_trade_no), prepayId: String(reply.body.prepay_id), reply, openid };
    },
    invocation(prepayId: string, appId = credentials.miniAppId) {
      const timeStamp = String(Math.floor(Date.now() / 1000));
      const nonceStr = randomToken(32);
      const packageText = `prepay_id=${prepayId}`;
      const paySign = rsa(`${appId}\n${timeStamp}\n${nonceStr}\n${packageText}\n`);
      return { appId, timeStamp, nonceStr, package: packageText, signType: 'RSA', paySign };
    },
    /** Whether WeChat's headers sign this body, with the key its serial names. */
    verifies(headers: { get(name: string): string | null }, body: string): boolean {
      const serial = headers.get('wechatpay-serial');
      const pem =
        serial === credentials.platformPublicKeyId
          ? credentials.platformPublicKey
          : serial === credentials.platformCertificateSerial
            ? credentials.platformCertificate
            : undefined;
      if (!pem) return false;
      const text = `${headers.get('wechatpay-timestamp')}\n${headers.get('wechatpay-nonce')}\n${body}\n`;
      return verify(
        'sha256',
        Buffer.from(text),
        createPublicKey(pem),
        Buffer.from(headers.get('wechatpay-signature') ?? '', 'base64'),
      );
    },
    open(body: string, key = credentials.apiV3Key): Record<string, Field> {
      const { resource } = JSON.parse(body);
      const sealed = Buffer.from(resource.ciphertext, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key), Buffer.from(resource.nonce));
      decipher.setAAD(Buffer.from(resource.associated_data));
      decipher.setAuthTag(sealed.subarray(-16));
      return JSON.parse(decipher.update(sealed.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8'));
    },
  };
}

export type Merchant = ReturnType<typeof createMerchant>;

export async function openidOf(sandbox: RunningSandbox, persona: string): Promise<string> {
  const { items } = (await (await fetch(`${sandbox.base}/phone/personas`)).json()) as {
    items: Array<Record<string, string>>;
  };
  return items.find(({ id }) => id === persona)?.openid ?? '';
}

export const headersOf = (received: Received) => ({
  get: (name: string) => (received.headers[name.toLowerCase()] as string | undefined) ?? null,
});

function parse(text: string): Record<string, Field> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
