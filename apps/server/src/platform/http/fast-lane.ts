/**
 * What is answered before the framework wakes up, with no routing, hooks or validation: public replies that lie encoded in
 * the read cache, and the one refusal that thousands ask for in the same second. An address gets in only after the full
 * path has answered it, so whatever that path would refuse is never here; rate limit, request id, clock and measuring
 * are the same on both. See docs/adr/0019.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { type AppError, statusOf } from '../errors.ts';
import { newId } from '../ids.ts';
import type { CurrentBuyer } from './access.ts';
import { refusalBody } from './errors.ts';
import type { RateWindow } from './rate-window.ts';

/** What a reply would be now; undefined when it has to be made anew. */
export type FreshReply = () => Buffer | undefined;

/** What a signed-in buyer asks for, as far as it is known without reading the body. */
export interface EarlyRequest {
  buyer: CurrentBuyer;
  /** What stands for `:` in the address. */
  param: string;
  headers: IncomingMessage['headers'];
}

export interface FastLane {
  /**
   * Says no to signed-in buyers who post to `url` (one `:param`) where the full path would say no to any body.
   * `refusal` is undefined whenever that is not certain.
   */
  refuse(url: string, refusal: (request: EarlyRequest) => AppError | undefined): void;
  /** From now on this address may be answered with what `fresh` gives. `route` is its template, for the figures. */
  open(url: string, route: string, fresh: FreshReply): void;
  /** @returns whether it answered; if not, the framework does */
  serve(request: IncomingMessage, reply: ServerResponse): boolean;
  /** Told of every reply sent here. */
  onServed(observe: Observe): void;
}

type Observe = (served: { method: string; route: string; status: number; ms: number }) => void;

/** A longer body is the full path's to refuse. */
const longestUnread = 2_048;

/** Addresses remembered: what they lead to lies in the cache, which has its own bound. */
const maxAddresses = 20_000;

const isLoopback = (address: string): boolean =>
  address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.');

/** The caller's address as Fastify sees it with `trustProxy: 'loopback'`: the nearest that is no loopback. */
export function addressOf(request: Pick<IncomingMessage, 'socket' | 'headers'>): string {
  const { remoteAddress = '' } = request.socket;
  const forwarded = request.headers['x-forwarded-for'];
  if (forwarded === undefined || !isLoopback(remoteAddress)) return remoteAddress;
  const hops = String(forwarded)
    .split(',')
    .map((hop) => hop.trim());
  return hops.findLast((hop) => !isLoopback(hop)) ?? hops[0] ?? remoteAddress;
}

/** The client's own, so that its slow list and ours speak of the same call. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : newId();
}

export function createFastLane({
  clock,
  apiVersion,
  limit,
  knownBuyer = () => undefined,
}: {
  clock: Clock;
  apiVersion: number | undefined;
  /** undefined: no limit. 'elsewhere': counted by all processes together, which takes a question over the network. */
  limit: { max: number; window: RateWindow; hasProxies: boolean } | 'elsewhere' | undefined;
  /** Only from memory. */
  knownBuyer?: ((headers: IncomingMessage['headers']) => CurrentBuyer | undefined) | undefined;
}): FastLane {
  const doors = new LRUCache<string, { route: string; fresh: FreshReply }>({ max: maxAddresses });
  const gates: { url: string; shape: RegExp; refusal: (request: EarlyRequest) => AppError | undefined }[] = [];
  let observe: Observe = () => {};

  /** @returns the headers of the limit, undefined when the full path has to decide */
  function count(request: IncomingMessage): Record<string, string | number> | undefined {
    if (limit === undefined) return {};
    if (limit === 'elsewhere') return undefined;
    // Which of several hops to believe is the full path's knowledge.
    if (limit.hasProxies && request.headers['x-forwarded-for'] !== undefined) return undefined;
    const address = addressOf(request);
    // IPv6 callers are counted by network: the full path knows how.
    if (address.includes(':')) return undefined;
    const { max, window } = limit;
    const { current, ttl } = window.peek(address);
    if (current >= max) return undefined;
    window.hit(address);
    return {
      'x-ratelimit-limit': max,
      'x-ratelimit-remaining': max - current - 1,
      'x-ratelimit-reset': Math.ceil(ttl / 1_000),
    };
  }

  function send(
    request: IncomingMessage,
    reply: ServerResponse,
    route: string,
    status: number,
    content: (requestId: string) => { body: Buffer; headers?: Record<string, string> },
  ): boolean {
    const begin = performance.now();
    const limited = count(request);
    if (!limited) return false;
    const requestId = requestIdOf(request);
    const { body, headers } = content(requestId);
    reply.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': body.length,
      'x-request-id': requestId,
      'x-content-type-options': 'nosniff',
      ...(apiVersion !== undefined && { 'x-api-version': apiVersion }),
      'x-server-time': clock.now().getTime(),
      ...headers,
      ...limited,
    });
    reply.end(body);
    observe({ method: request.method ?? '', route, status, ms: performance.now() - begin });
    return true;
  }

  function serveGet(request: IncomingMessage, reply: ServerResponse, url: string): boolean {
    const door = doors.get(url);
    const body = door?.fresh();
    return door && body ? send(request, reply, door.route, 200, () => ({ body })) : false;
  }

  function servePost(request: IncomingMessage, reply: ServerResponse, url: string): boolean {
    const { headers } = request;
    for (const { url: route, shape, refusal } of gates) {
      const param = shape.exec(url)?.[1];
      if (param === undefined || !(Number(headers['content-length']) <= longestUnread)) continue;
      const buyer = knownBuyer(headers);
      const error = buyer && !buyer.isGuest ? refusal({ buyer, param, headers }) : undefined;
      if (!error) continue;
      // Node reads the rest of the request away behind the reply.
      return send(request, reply, route, statusOf[error.kind], (requestId) => ({
        body: Buffer.from(refusalBody(error, requestId)),
        headers: { 'cache-control': 'no-store' },
      }));
    }
    return false;
  }

  return {
    refuse(url, refusal) {
      const shape = new RegExp(`^${url.replace(/:\w+/, '([\\w-]+)')}$`);
      if (limit !== 'elsewhere') gates.push({ url, shape, refusal });
    },
    open(url, route, fresh) {
      if (limit !== 'elsewhere') doors.set(url, { route, fresh });
    },
    onServed(observer) {
      observe = observer;
    },
    serve(request, reply) {
      const { method, url } = request;
      if (url === undefined) return false;
      if (method === 'GET') return serveGet(request, reply, url);
      return method === 'POST' && gates.length > 0 && servePost(request, reply, url);
    },
  };
}
