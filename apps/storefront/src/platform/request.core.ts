/**
 * How a request travels, without uni: session, timeout, one retry for idempotent reads, slow marks.
 * `request.ts` gives it the real network; tests give it a script.
 */
import { ApiError, type ApiRequest, encodeQuery, type Send } from '@xiaopu/api-client/transport';
import { clientError, isPassing } from './errors.ts';

export interface Exchange {
  method: ApiRequest['method'];
  url: string;
  headers: Record<string, string>;
  body: unknown;
  timeoutMs: number;
}
export interface Reply {
  status: number;
  body: unknown;
  requestId: string | undefined;
  /** The server's clock in ms, when it answered. */
  serverTimeMs?: number | undefined;
}
export type ExchangeFailure = 'timeout' | 'network';

export interface SlowRequest {
  endpoint: string;
  requestId: string;
  tookMs: number;
  network: string;
  at: string;
}

export interface SessionKeeper {
  token(): string | undefined;
  /** Makes a session (guest, or the one the platform can give silently) and returns its token. */
  open(): Promise<string>;
  /** Resolves when no login is being finished: requests wait, so that they go out as who the shopper is about to be. */
  settled(): Promise<unknown>;
  /** The server no longer knows this token. */
  forget(token: string): void;
}

export interface TransportOptions {
  baseUrl: string;
  exchange(request: Exchange): Promise<Reply>;
  /** Why an exchange rejected. */
  failureOf(error: unknown): ExchangeFailure;
  session: SessionKeeper;
  isOnline(): boolean;
  networkType(): string;
  now(): number;
  newRequestId(): string;
  onSlow(request: SlowRequest): void;
  onServerTime?(serverTimeMs: number): void;
  timeoutMs?: number;
  slowAfterMs?: number;
}

/** Reading the shop window needs no identity; everything else opens a guest session by itself. */
const publicPaths = [
  /^\/api\/home/,
  /^\/api\/categories/,
  // What a product costs with offers depends on who asks.
  /^\/api\/products(?!\/[^/]+\/offers)/,
  /^\/api\/shops\//,
  /^\/api\/search\/(suggestions|hot-words)/,
  // Reports and the stock of what is shown: newcomers without a session have both.
  /^\/api\/client-timings/,
  /^\/api\/stock\//,
];
const openingPaths = /^\/api\/session\/(guest|wechat-mini|wechat-oauth)$/;
export const needsSession = (path: string): boolean =>
  !openingPaths.test(path) && !publicPaths.some((pattern) => pattern.test(path));

/** Ids and order numbers out, so that slow marks group by endpoint and hold nothing personal. */
export const endpointOf = (method: string, path: string): string =>
  `${method} ${path.replace(/\/[0-9a-f]{8}-[0-9a-f-]{27,}|\/[0-9]{8,}/gi, '/:id')}`;

export function createSend(options: TransportOptions): Send {
  const { timeoutMs = 12_000, slowAfterMs = 1_500 } = options;

  async function once(request: ApiRequest, token: string | undefined): Promise<Reply> {
    const requestId = options.newRequestId();
    const query = encodeQuery(request.query);
    const startedAt = options.now();
    try {
      if (!options.isOnline()) throw clientError('client.offline', requestId);
      const reply = await options.exchange({
        method: request.method,
        url: `${options.baseUrl}${request.path}${query === '' ? '' : `?${query}`}`,
        headers: {
          'x-request-id': requestId,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...request.headers,
        },
        body: request.body,
        timeoutMs,
      });
      if (reply.serverTimeMs !== undefined) options.onServerTime?.(reply.serverTimeMs);
      return { ...reply, requestId: reply.requestId ?? requestId };
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw clientError(options.failureOf(error) === 'timeout' ? 'client.timeout' : 'client.network', requestId);
    } finally {
      const tookMs = options.now() - startedAt;
      if (tookMs > slowAfterMs) {
        options.onSlow({
          endpoint: endpointOf(request.method, request.path),
          requestId,
          tookMs,
          network: options.networkType(),
          at: new Date(options.now()).toISOString(),
        });
      }
    }
  }

  async function withRetry(request: ApiRequest, token: string | undefined): Promise<Reply> {
    try {
      const reply = await once(request, token);
      if (request.method === 'GET' && (reply.status === 502 || reply.status === 503)) return await once(request, token);
      return reply;
    } catch (error) {
      const again = request.method === 'GET' && isPassing(error) && options.isOnline();
      if (!again) throw error;
      return once(request, token);
    }
  }

  return async <T>(request: ApiRequest): Promise<T> => {
    if (!openingPaths.test(request.path)) await options.session.settled();
    let token = options.session.token();
    if (token === undefined && needsSession(request.path)) token = await options.session.open();
    let reply = await withRetry(request, token);
    // A guest refused by a member's page keeps the session, and the cart with it; only a stale token is dropped.
    const isStale = reply.status === 401 && codeOf(reply) !== 'identity.login_required';
    if (isStale && token !== undefined && !openingPaths.test(request.path)) {
      // The server refused the token, so nothing was done: a fresh session may repeat even a write.
      options.session.forget(token);
      token = needsSession(request.path) ? await options.session.open() : undefined;
      reply = await withRetry(request, token);
    }
    return unwrap<T>(reply);
  };
}

interface ErrorBody {
  error?: { code?: unknown; message?: unknown; details?: unknown; requestId?: unknown };
}

const codeOf = ({ body }: Reply): unknown => (body as ErrorBody | null)?.error?.code;

function unwrap<T>({ status, body, requestId = '' }: Reply): T {
  if (status >= 200 && status < 300) return (body === '' || body === undefined ? null : body) as T;
  const error = (body as ErrorBody | null)?.error;
  if (typeof error?.code !== 'string') throw clientError('client.bad_reply', requestId);
  throw new ApiError(status, {
    code: error.code,
    message: typeof error.message === 'string' ? error.message : '',
    details: error.details,
    requestId: typeof error.requestId === 'string' ? error.requestId : requestId,
  });
}
