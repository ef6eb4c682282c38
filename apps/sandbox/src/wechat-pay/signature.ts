import { createCipheriv, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import type { TransportClock } from '../platform/clock.ts';
import type { Keyring } from '../platform/credentials.ts';
import { randomToken } from '../platform/random.ts';
import { PayError, signError } from './errors.ts';

const signInThreadPool = promisify<string, Buffer, KeyObject, Buffer>(sign);

export const SCHEME = 'WECHATPAY2-SHA256-RSA2048';
const TRANSACTION_PATH = /\/v3\/pay\/transactions\//;

export interface Authorization {
  mchid: string;
  serialNo: string;
  timestamp: string;
  nonce: string;
  signature: string;
}

export interface SignedRequest {
  method: string;
  paths: string[]; // every path the signature may cover: as sent, and without the sandbox's prefix
  body: string;
}

export const rsaSign = async (text: string, key: KeyObject): Promise<string> =>
  (await signInThreadPool('sha256', Buffer.from(text), key)).toString('base64');

export const rsaVerify = (text: string, key: KeyObject, signature: string): boolean =>
  verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64'));

/** Key order is free; every key must be there, quoted, once. */
export function parseAuthorization(header: string | undefined): Authorization | undefined {
  if (!header?.startsWith(`${SCHEME} `)) return undefined;
  const fields = new Map<string, string>();
  for (const match of header.slice(SCHEME.length + 1).matchAll(/(\w+)="([^"]*)"/g)) {
    if (fields.has(match[1] as string)) return undefined;
    fields.set(match[1] as string, match[2] as string);
  }
  const [mchid, serialNo, timestamp, nonce, signature] = [
    'mchid',
    'serial_no',
    'timestamp',
    'nonce_str',
    'signature',
  ].map((name) => fields.get(name));
  if (!mchid || !serialNo || !timestamp || !nonce || !signature || !/^\d{10}$/.test(timestamp)) return undefined;
  return { mchid, serialNo, timestamp, nonce, signature };
}

/** Checks in WeChat's order: form, time window, merchant and serial, then the signature itself. */
export function verifyRequest(
  header: string | undefined,
  request: SignedRequest,
  keyring: Keyring,
  transport: TransportClock,
): Authorization {
  const authorization = parseAuthorization(header);
  if (!authorization) {
    const isTransaction = request.paths.some((path) => TRANSACTION_PATH.test(path));
    throw signError(
      isTransaction
        ? '签名信息错误，验签失败'
        : 'Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》',
    );
  }
  const { mchid, serialNo, timestamp, nonce, signature } = authorization;
  if (!transport.accepts(Number(timestamp))) {
    throw signError('Http头Authorization中的timestamp与发起请求的时间不得超过5分钟');
  }
  if (mchid !== keyring.credentials.mchid) throw new PayError(400, 'MCH_NOT_EXISTS', '商户号不存在');
  if (serialNo.toUpperCase() !== keyring.credentials.merchantSerial) {
    throw signError('商户证书序列号有误。请使用签名私钥匹配的证书序列号');
  }
  const covers = (path: string) =>
    rsaVerify(
      `${request.method}\n${path}\n${timestamp}\n${nonce}\n${request.body}\n`,
      keyring.merchantPublicKey,
      signature,
    );
  if (!request.paths.some(covers)) throw signError();
  return authorization;
}

export type SigningKey = 'certificate' | 'public-key';

export async function signatureHeaders(
  body: string,
  which: SigningKey,
  keyring: Keyring,
  transport: TransportClock,
): Promise<Record<string, string>> {
  const timestamp = String(transport.seconds());
  const nonce = randomToken(32);
  const isCertificate = which === 'certificate';
  const key = isCertificate ? keyring.certificateKey : keyring.publicKeyModeKey;
  const { platformCertificateSerial, platformPublicKeyId } = keyring.credentials;
  return {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Signature': await rsaSign(`${timestamp}\n${nonce}\n${body}\n`, key),
    'Wechatpay-Serial': isCertificate ? platformCertificateSerial : platformPublicKeyId,
    'Wechatpay-Signature-Type': SCHEME,
  };
}

export interface Sealed {
  algorithm: 'AEAD_AES_256_GCM';
  ciphertext: string;
  nonce: string;
  associated_data: string;
}

export function seal(plaintext: string, apiV3Key: string, associatedData: string): Sealed {
  const nonce = randomToken(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(apiV3Key), Buffer.from(nonce));
  cipher.setAAD(Buffer.from(associatedData));
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: ciphertext.toString('base64'),
    nonce,
    associated_data: associatedData,
  };
}

/** A signature that looks right and is not. */
export const wrongSignature = (): string => randomBytes(256).toString('base64');
/** WeChat's own probe: merchants must refuse it and will be called again properly. */
export const probeSignature = (): string => `WECHATPAY/SIGNTEST/${randomBytes(192).toString('base64')}`;
