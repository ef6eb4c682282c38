/**
 * One signed exchange with WeChat Pay v3: signs each request, verifies each 2xx reply, maps refusals by code. Never call it
 * inside a transaction. Only reads are repeated here; what moves money is repeated by its caller, with the same number.
 */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';
import { leanFetch } from '#platform/http/lean-fetch.ts';
import { ChannelError, type ChannelProblem, problemOf } from './payments.channels.ts';
import { createPlatformKeys } from './payments.wechat.keys.ts';
import {
  authorizationOf,
  judgeHeaders,
  newNonce,
  openSealed,
  readMerchantKey,
  readSignatureHeaders,
  type SealedResource,
  verifySigned,
} from './payments.wechat.signature.ts';

export interface WechatPayConfig {
  mchId: string;
  merchantSerial: string;
  merchantPrivateKey: string;
  apiV3Key: string;
  publicKeyId: string | undefined;
  publicKey: string | undefined;
  payBaseUrl: string;
}

export interface GatewayDeps {
  config: WechatPayConfig;
  /** Where WeChat reaches this install, without a trailing slash. */
  publicBaseUrl: string;
  clock: Clock;
  timeoutMs?: number;
  fetch?: typeof fetch;
  /** Must hand the body on as it comes. */
  fetchBill?: typeof fetch;
  readPublicKey?: (publicKeyId: string) => Promise<string | undefined>;
}

export class WechatPayError extends ChannelError {
  override readonly name = 'WechatPayError';
}

/** Spellings differ from page to page of the documents; all of them count. */
const problems: Record<string, ChannelProblem> = {
  ORDERPAID: 'paid',
  ORDER_PAID: 'paid',
  ORDER_CLOSED: 'closed',
  ORDERCLOSED: 'closed',
  ORDER_NOT_EXIST: 'absent',
  ORDERNOTEXIST: 'absent',
  RESOURCE_NOT_EXISTS: 'absent',
  NOT_FOUND: 'absent',
  OUT_TRADE_NO_USED: 'number_used',
  ALREADY_EXISTS: 'number_used',
  NOT_ENOUGH: 'short_of_funds',
  NOTENOUGH: 'short_of_funds',
};

export type NoticeRefusal = 'unsigned' | 'stale' | 'probe' | 'unknown_serial' | 'forged' | 'unreadable';

export type WechatPayClient = ReturnType<typeof createWechatPayClient>;

const defaultTimeoutMs = 4_000;

export function createWechatPayClient(deps: GatewayDeps) {
  const { config, clock, timeoutMs = defaultTimeoutMs, readPublicKey } = deps;
  const merchant = readMerchantKey(config.mchId, config.merchantSerial, config.merchantPrivateKey);
  const base = config.payBaseUrl.replace(/\/+$/, '');
  const nowSeconds = () => Math.floor(clock.now().getTime() / 1000);
  const keys = createPlatformKeys({ ...config, clock, readPublicKey, fetchCertificates: () => downloadCertificates() });

  interface Call {
    method: 'GET' | 'POST' | 'PUT';
    path: string;
    body?: unknown;
    timeoutMs?: number;
    /** The key that sealed fields of the body were sealed with. */
    serial?: string;
  }
  interface Reply {
    status: number;
    text: string;
    headers: Headers;
  }

  async function exchange(request: Call): Promise<Reply> {
    const { method, path, body, timeoutMs: limit = timeoutMs, serial = config.publicKeyId } = request;
    const url = new URL(base + path);
    const text = body === undefined ? '' : JSON.stringify(body);
    const authorization = await authorizationOf(
      { method, path: url.pathname + url.search, body: text, timestamp: nowSeconds(), nonce: newNonce() },
      merchant,
    );
    let reply: Reply;
    try {
      const response = await (deps.fetch ?? leanFetch)(url, {
        method,
        headers: {
          authorization,
          accept: 'application/json',
          'user-agent': 'xiaopu-server',
          // Chooses the key that signs the reply while a merchant moves from certificates to the public key.
          ...(serial ? { 'wechatpay-serial': serial } : {}),
          ...(text ? { 'content-type': 'application/json' } : {}),
        },
        ...(text ? { body: text } : {}),
        redirect: 'error',
        signal: AbortSignal.timeout(limit),
      });
      reply = { status: response.status, text: await response.text(), headers: response.headers };
    } catch (error) {
      throw new WechatPayError('unreachable', 'NO_ANSWER', error instanceof Error ? error.name : 'failed');
    }
    if (reply.status >= 200 && reply.status < 300 && reply.status !== 202) return reply;
    throw refusalOf(reply);
  }

  function refusalOf({ status, text }: Reply): WechatPayError {
    const { code = `HTTP_${status}`, message = '' } = (parseObject(text) ?? {}) as { code?: string; message?: string };
    if (status >= 500 || status === 429 || status === 202) return new WechatPayError('unreachable', code, message);
    return new WechatPayError(problems[code] ?? 'refused', code, message);
  }

  /** @returns why the text is not provably WeChat's, undefined when it is */
  async function findFault(
    text: string,
    header: (name: string) => string | undefined,
    findKey: (serial: string) => Promise<KeyObject | undefined>,
  ): Promise<NoticeRefusal | undefined> {
    const headers = readSignatureHeaders(header);
    if (!headers) return 'unsigned';
    const quick = judgeHeaders(headers, nowSeconds());
    if (quick) return quick;
    const key = await findKey(headers.serial);
    if (!key) return 'unknown_serial';
    const verdict = verifySigned(text, headers, key, nowSeconds());
    return verdict === 'genuine' ? undefined : verdict;
  }

  async function call<T>(request: Call): Promise<T> {
    const reply = await exchange(request);
    const fault = await findFault(reply.text, (name) => reply.headers.get(name) ?? undefined, keys.find);
    if (fault) throw new WechatPayError('unverified', 'BAD_REPLY_SIGNATURE', fault);
    if (reply.text === '') return undefined as T;
    const parsed = parseObject(reply.text);
    if (!parsed) throw new WechatPayError('unverified', 'BAD_REPLY', 'not a JSON object');
    return parsed as T;
  }

  /** For calls whose repetition changes nothing: a second try when the first met silence or a probe. */
  async function callTwice<T>(request: Call): Promise<T> {
    try {
      return await call<T>(request);
    } catch (error) {
      const problem = problemOf(error);
      if (problem !== 'unreachable' && problem !== 'unverified') throw error;
      return call<T>(request);
    }
  }

  /** Its reply is signed by a key it carries itself: open first, then verify with what was opened (A2). */
  async function downloadCertificates() {
    const path = '/v3/certificates?algorithm_type=RSA';
    const reply = await exchange({ method: 'GET', path, timeoutMs: Math.min(timeoutMs, 2_000) });
    const { data = [] } = (parseObject(reply.text) ?? {}) as {
      data?: { serial_no: string; encrypt_certificate: SealedResource }[];
    };
    const certificates = data.map(({ serial_no, encrypt_certificate }) => ({
      serial: serial_no,
      pem: openSealed(encrypt_certificate, config.apiV3Key),
    }));
    // The seal proves the sender knows our APIv3 key; the signature proves it is WeChat and that nothing was cut.
    const fault = await findFault(
      reply.text,
      (name) => reply.headers.get(name) ?? undefined,
      async (serial) => {
        if (serial === config.publicKeyId && config.publicKey) return createPublicKey(config.publicKey);
        const own = certificates.find((certificate) => certificate.serial.toUpperCase() === serial.toUpperCase());
        return own && new X509Certificate(own.pem).publicKey;
      },
    );
    if (fault) throw new WechatPayError('unverified', 'BAD_REPLY_SIGNATURE', fault);
    return certificates;
  }

  return {
    merchant,
    nowSeconds,
    keys,
    /** One call, its reply verified. Not repeated here. */
    call,
    callTwice,
    downloadCertificates,
    refusalOf,
    /** @returns why a text sent to us is not provably WeChat's, undefined when it is */
    faultOf: (text: string, header: (name: string) => string | undefined) => findFault(text, header, keys.find),
  };
}

function parseObject(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
