/** One call to api.weixin.qq.com: it answers 200 with an errcode, whatever happened. */
import { leanFetch } from '#platform/http/lean-fetch.ts';
import type { Logger } from '#platform/logger.ts';
import { wechatBlocked, wechatCodeInvalid, wechatTooFrequent, wechatUnavailable } from './identity.errors.ts';

export interface WechatClientOptions {
  apiBaseUrl: string;
  log: Logger;
  timeoutMs?: number;
  fetch?: typeof fetch;
}

export interface WechatCall {
  path: string;
  query: Record<string, string>;
  /** Sent as JSON by POST; without it the call is a GET. */
  body?: unknown;
}

/** WeChat's refusal, before anyone decided what it means to the shopper. */
export class WechatRefusal extends Error {
  readonly errcode: number;
  constructor(errcode: number, errmsg: string) {
    super(`errcode ${errcode}: ${errmsg}`);
    this.name = 'WechatRefusal';
    this.errcode = errcode;
  }
}

export interface WechatPicture {
  image: Uint8Array;
  contentType: string;
}

const defaultTimeoutMs = 5_000;
const brace = 0x7b;

export function createWechatClient({
  apiBaseUrl,
  log,
  timeoutMs = defaultTimeoutMs,
  fetch: send = leanFetch,
}: WechatClientOptions) {
  async function ask<T>(request: WechatCall, read: (response: Response) => Promise<T>): Promise<T> {
    // The query carries secrets and tokens: it never appears in a log line.
    const url = `${apiBaseUrl}${request.path}?${new URLSearchParams(request.query)}`;
    try {
      const response = await send(url, {
        signal: AbortSignal.timeout(timeoutMs),
        ...(request.body === undefined
          ? {}
          : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request.body) }),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return await read(response);
    } catch (error) {
      log.warn(
        { path: request.path, reason: error instanceof Error ? error.message : 'unknown' },
        'wechat did not answer',
      );
      throw wechatUnavailable();
    }
  }

  function refuse(reply: Record<string, unknown>): void {
    const errcode = Number(reply.errcode ?? 0);
    if (errcode !== 0) throw new WechatRefusal(errcode, String(reply.errmsg ?? ''));
  }

  /** @throws WechatRefusal on an errcode, identity.wechat_unavailable when there is no sane answer */
  async function call(request: WechatCall): Promise<Record<string, unknown>> {
    const reply = await ask(request, (response) => response.json() as Promise<Record<string, unknown>>);
    refuse(reply);
    return reply;
  }

  /** For what answers with a picture: a refusal still comes as JSON. @throws as `call` does */
  async function picture(request: WechatCall): Promise<WechatPicture> {
    const { contentType, bytes } = await ask(request, async (response) => ({
      contentType: response.headers.get('content-type') ?? '',
      bytes: new Uint8Array(await response.arrayBuffer()),
    }));
    // Some refusals are said to come with an image's content type: the first byte tells.
    const isPicture = contentType.startsWith('image/') && bytes[0] !== brace;
    if (isPicture) return { image: bytes, contentType: contentType.split(';')[0] ?? contentType };
    refuse(JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>);
    throw wechatUnavailable();
  }

  return Object.assign(call, { picture });
}
export type WechatClient = ReturnType<typeof createWechatClient>;

/** Bad, used or expired codes: getting a new one helps. */
const codeErrors = new Set([40029, 40163, 42003, 61010]);
const frequencyErrors = new Set([44990, 44991, 44993, 45009, 45011]);

/** What a refusal means to the shopper; everything we caused ourselves (secret, quota, rights) is "unavailable" and logged. */
export function toShopperError(error: unknown, log: Logger): unknown {
  if (!(error instanceof WechatRefusal)) return error;
  if (codeErrors.has(error.errcode)) return wechatCodeInvalid();
  if (error.errcode === 40226) return wechatBlocked();
  log.warn({ errcode: error.errcode, reason: error.message }, 'wechat refused');
  return frequencyErrors.has(error.errcode) ? wechatTooFrequent() : wechatUnavailable();
}
