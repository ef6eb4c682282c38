/**
 * WeChat Pay v3 signatures and sealed notices. Requests: SHA256 with RSA (PKCS#1 v1.5) over five lines; replies and
 * notices: over three lines, by the platform key that `Wechatpay-Serial` names; notices sealed with AES-256-GCM.
 */
import {
  constants,
  createDecipheriv,
  createPrivateKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign as rsaSign,
  verify as rsaVerify,
} from 'node:crypto';
import { promisify } from 'node:util';

const scheme = 'WECHATPAY2-SHA256-RSA2048';
const windowSeconds = 300;
const tagBytes = 16;

export const newNonce = (): string => randomBytes(16).toString('hex').toUpperCase();

export interface MerchantKey {
  mchId: string;
  serial: string;
  privateKey: KeyObject;
}

/** @throws when the PEM is no RSA private key, so that a wrong key stops the start and not a sale */
export function readMerchantKey(mchId: string, serial: string, pem: string): MerchantKey {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'rsa') throw new Error('the merchant private key is not an RSA key');
  return { mchId, serial, privateKey };
}

const signInThreadPool = promisify<string, Buffer, KeyObject, Buffer>(rsaSign);
/** A quarter of a millisecond of arithmetic: beside the event loop, not on it. */
const signText = async (text: string, key: KeyObject): Promise<string> =>
  (await signInThreadPool('sha256', Buffer.from(text), key)).toString('base64');

export interface RequestToSign {
  method: string;
  /** Path and query exactly as sent. */
  path: string;
  /** The exact bytes sent; empty for GET. */
  body: string;
  timestamp: number;
  nonce: string;
}

export async function authorizationOf(request: RequestToSign, key: MerchantKey): Promise<string> {
  const { method, path, body, timestamp, nonce } = request;
  const signature = await signText(`${method}\n${path}\n${timestamp}\n${nonce}\n${body}\n`, key.privateKey);
  const fields = [
    `mchid="${key.mchId}"`,
    `nonce_str="${nonce}"`,
    `signature="${signature}"`,
    `timestamp="${timestamp}"`,
    `serial_no="${key.serial}"`,
  ];
  return `${scheme} ${fields.join(',')}`;
}

/** What wx.requestPayment and WeixinJSBridge take; the app id is signed in both, though only the latter sends it. */
export async function payParamsOf(
  { appId, prepayId, timestamp, nonce }: { appId: string; prepayId: string; timestamp: number; nonce: string },
  key: MerchantKey,
) {
  const timeStamp = String(timestamp);
  const packageText = `prepay_id=${prepayId}`;
  return {
    appId,
    timeStamp,
    nonceStr: nonce,
    package: packageText,
    signType: 'RSA' as const,
    paySign: await signText(`${appId}\n${timeStamp}\n${nonce}\n${packageText}\n`, key.privateKey),
  };
}

export interface SignatureHeaders {
  timestamp: string;
  nonce: string;
  signature: string;
  serial: string;
}

type HeaderReader = (name: string) => string | undefined;
export function readSignatureHeaders(header: HeaderReader): SignatureHeaders | undefined {
  const timestamp = header('wechatpay-timestamp');
  const nonce = header('wechatpay-nonce');
  const signature = header('wechatpay-signature');
  const serial = header('wechatpay-serial');
  if (!timestamp || !nonce || !signature || !serial) return undefined;
  return { timestamp, nonce, signature, serial };
}

export type Verdict =
  | 'genuine'
  | 'stale' // more than five minutes off: a replay, or a wrong clock
  | 'probe' // WeChat tests whether we verify; refusing is the right answer
  | 'forged';

/** Looks at time and probe first: neither needs a key. */
export function verifySigned(body: string, headers: SignatureHeaders, key: KeyObject, nowSeconds: number): Verdict {
  const quick = judgeHeaders(headers, nowSeconds);
  if (quick) return quick;
  const text = `${headers.timestamp}\n${headers.nonce}\n${body}\n`;
  const isGenuine = rsaVerify('sha256', Buffer.from(text), key, Buffer.from(headers.signature, 'base64'));
  return isGenuine ? 'genuine' : 'forged';
}

/** What can be refused before any key is looked up; undefined: go on. */
export function judgeHeaders(headers: SignatureHeaders, nowSeconds: number): 'stale' | 'probe' | undefined {
  if (!/^\d{1,12}$/.test(headers.timestamp)) return 'stale';
  if (Math.abs(nowSeconds - Number(headers.timestamp)) > windowSeconds) return 'stale';
  return headers.signature.startsWith('WECHATPAY/SIGNTEST/') ? 'probe' : undefined;
}

export interface SealedResource {
  algorithm: string;
  ciphertext: string;
  nonce: string;
  associated_data?: string;
}

/** A personal field that WeChat sealed with this merchant's certificate (RSAES-OAEP, SHA-1). @throws when it fits another key */
export const openFieldText = (sealed: string, key: KeyObject): string =>
  privateDecrypt(
    { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    Buffer.from(sealed, 'base64'),
  ).toString('utf8');

/** @throws when the key is another, or a bit was changed on the way */
export function openSealed(
  { algorithm, ciphertext, nonce, associated_data }: SealedResource,
  apiV3Key: string,
): string {
  if (algorithm !== 'AEAD_AES_256_GCM') throw new Error(`unknown algorithm ${algorithm}`);
  const bytes = Buffer.from(ciphertext, 'base64');
  if (bytes.length < tagBytes) throw new Error('sealed text too short');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(apiV3Key), Buffer.from(nonce), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(associated_data ?? ''));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString('utf8');
}

/** Personal fields of a request: RSAES-OAEP with SHA-1, which is what WeChat's own tools use. */
export const sealText = (plain: string, key: KeyObject): string =>
  publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, Buffer.from(plain)).toString(
    'base64',
  );
