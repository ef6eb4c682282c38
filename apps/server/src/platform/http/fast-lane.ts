/**
 * Public replies that lie encoded in the read cache, sent before the framework wakes up: no routing, hooks or validation.
 * An address gets in only after the full path has answered it, so whatever that path would refuse is never here; rate
 * limit, request id, clock and measuring are the same on both. See docs/adr/0019.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { newId } from '../ids.ts';
import type { RateWindow } from './rate-window.ts';

/** What a reply would be now; undefined when it has to be made anew. */
export type FreshReply = () => Buffer | undefined;

export interface FastLane {
  /** From now on this address may be answered with what `fresh` gives. `route` is its template, for the figures. */
  open(url: string, route: string, fresh: FreshReply): void;
  /** @returns whether it answered; if not, the framework does */
  serve(request: IncomingMessage, reply: ServerResponse): boolean;
  /** Told of every reply sent here. */
  onServed(observe: (route: string, ms: number) => void): void;
}

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
}: {
  clock: Clock;
  apiVersion: number | undefined;
  /** undefined: no limit. 'elsewhere': counted by all processes together, which takes a question over the network. */
  limit: { max: number; window: RateWindow; hasProxies: boolean } | 'elsewhere' | undefined;
}): FastLane {
  const doors = new LRUCache<string, { route: string; fresh: FreshReply }>({ max: maxAddresses });
  let observe: (route: string, ms: number) => void = () => {};

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

  return {
    open(url, route, fresh) {
      if (limit !== 'elsewhere') doors.set(url, { route, fresh });
    },
    onServed(observer) {
      observe = observer;
    },
    serve(request, reply) {
      if (request.method !== 'GET' || request.url === undefined) return false;
      const door = doors.get(request.url);
      const body = door?.fresh();
      if (!door || !body) return false;
      const begin = performance.now();
      const limited = count(request);
      if (!limited) return false;
      reply.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': body.length,
        'x-request-id': requestIdOf(request),
        'x-content-type-options': 'nosniff',
        ...(apiVersion !== undefined && { 'x-api-version': apiVersion }),
        'x-server-time': clock.now().getTime(),
        ...limited,
      });
      reply.end(body);
      observe(door.route, performance.now() - begin);
      return true;
    },
  };
}
