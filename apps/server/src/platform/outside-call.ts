/**
 * Around every call to a service of others (C04-TECH-07): an upper bound on time, a bulkhead so that one slow service does not
 * take every socket, a breaker that stops asking what keeps failing, and a second try where repeating changes nothing.
 * When it refuses, the gateway sees "no answer" and its module does what it does then: that is named as `fallback`.
 */
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  decorrelatedJitterGenerator,
  ExponentialBackoff,
  handleAll,
  handleWhen,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import type { Logger } from './logger.ts';
import { inSpan } from './tracing.ts';

export interface OutsideService {
  /** Stable: metrics and the console name it so. */
  name: string;
  title: string;
  /** What the shop does while the service does not answer. */
  fallback: string;
  timeoutMs: number;
  /** Calls at once, and how many may wait for their turn. */
  concurrency: number;
  queue: number;
  /** Failures in a row that open the breaker, and how long it stays open before one call may look. */
  failures: number;
  openMs: number;
  /** Second tries of calls that may be repeated. 0: the gateway repeats by itself, with its own rules. */
  retries: number;
  mayRepeat?: (request: { method: string; url: URL }) => boolean;
}

export type BreakerState = 'closed' | 'open' | 'half_open';
export interface OutsideState {
  name: string;
  title: string;
  fallback: string;
  state: BreakerState;
  calls: number;
  failures: number;
  /** Not sent, because the breaker was open or the bulkhead full. */
  refused: number;
  running: number;
  lastFailure: string | null;
  changedAt: Date | null;
}

/** Not sent at all. */
export class OutsideRefused extends Error {
  override name = 'OutsideRefused';
}

const isRefusal = (error: unknown) => error instanceof BrokenCircuitError || error instanceof BulkheadRejectedError;
/** Addresses of one kind that are watched apart. */
const maxOrigins = 500;
const isGet = ({ method }: { method: string }) => method === 'GET';
const states: Record<CircuitState, BreakerState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
};

export type OutsideCalls = ReturnType<typeof createOutsideCalls>;

export function createOutsideCalls({ log, now = () => new Date() }: { log: Logger; now?: () => Date }) {
  const services: (() => OutsideState)[] = [];

  /** One breaker and one bulkhead; an answer of 500 and above counts as a failure, yet is handed on. */
  function protect(service: OutsideService, send: typeof fetch): { send: typeof fetch; state: () => OutsideState } {
    const { name, title, fallback, mayRepeat = isGet } = service;
    const figures = { calls: 0, failures: 0, refused: 0, running: 0 };
    let lastFailure: string | null = null;
    let changedAt: Date | null = null;
    const failing = handleAll.orWhenResult((reply) => (reply as Response).status >= 500);
    const breaker = circuitBreaker(failing, {
      halfOpenAfter: service.openMs,
      breaker: new ConsecutiveBreaker(service.failures),
    });
    breaker.onStateChange((state) => {
      changedAt = now();
      log.warn({ service: name, state: states[state], lastFailure }, 'outside service changed');
    });
    const guarded = wrap(
      bulkhead(service.concurrency, service.queue),
      breaker,
      timeout(service.timeoutMs, TimeoutStrategy.Aggressive),
    );
    const repeated = wrap(
      retry(
        // What was refused here would be refused again.
        handleWhen((error) => !isRefusal(error)).orWhenResult((reply) => (reply as Response).status >= 500),
        {
          maxAttempts: service.retries,
          backoff: new ExponentialBackoff({
            initialDelay: 100,
            maxDelay: 1_000,
            generator: decorrelatedJitterGenerator,
          }),
        },
      ),
      guarded,
    );
    const state = () => ({
      name,
      title,
      fallback,
      state: states[breaker.state],
      ...figures,
      lastFailure,
      changedAt,
    });
    const guardedSend = (async (input: URL | string, init: RequestInit = {}) => {
      const url = new URL(input);
      const canRepeat = service.retries > 0 && mayRepeat({ method: init.method ?? 'GET', url });
      try {
        return await (canRepeat ? repeated : guarded).execute(async ({ signal }) => {
          figures.calls += 1;
          figures.running += 1;
          // The policy aborts its signal when its work is over: a body that is still on its way must not end with it.
          const patience = new AbortController();
          const giveUp = () => patience.abort(signal.reason);
          signal.addEventListener('abort', giveUp, { once: true });
          try {
            const ends = init.signal ? AbortSignal.any([init.signal, patience.signal]) : patience.signal;
            const attributes = { 'server.address': url.host, 'http.request.method': init.method ?? 'GET' };
            const reply = await inSpan(`outside ${name}`, attributes, () => send(url, { ...init, signal: ends }));
            if (reply.status >= 500) {
              figures.failures += 1;
              lastFailure = `HTTP ${reply.status}`;
            }
            return reply;
          } catch (error) {
            figures.failures += 1;
            lastFailure = error instanceof Error ? error.name : 'failed';
            throw error;
          } finally {
            signal.removeEventListener('abort', giveUp);
            figures.running -= 1;
          }
        });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        figures.refused += 1;
        throw new OutsideRefused(
          `${name}: ${error instanceof BrokenCircuitError ? 'breaker open' : 'too many at once'}`,
        );
      }
    }) as typeof fetch;
    return { send: guardedSend, state };
  }

  return {
    states: (): OutsideState[] => services.map((state) => state()),

    guard(service: OutsideService, send: typeof fetch): typeof fetch {
      const one = protect(service, send);
      services.push(one.state);
      return one.send;
    },

    /** For many addresses of one kind: one that keeps failing opens its own breaker, not that of its neighbours. */
    guardEach(service: OutsideService, send: typeof fetch): typeof fetch {
      const byOrigin = new Map<string, ReturnType<typeof protect>>();
      services.push(() =>
        worstOf(
          service,
          [...byOrigin.values()].map(({ state }) => state()),
        ),
      );
      return ((input: URL | string, init?: RequestInit) => {
        const { origin } = new URL(input);
        let one = byOrigin.get(origin);
        if (!one) {
          // The oldest is forgotten, and with it only that it failed.
          if (byOrigin.size >= maxOrigins) byOrigin.delete(byOrigin.keys().next().value as string);
          one = protect(service, send);
          byOrigin.set(origin, one);
        }
        return one.send(input, init);
      }) as typeof fetch;
    },
  };
}

const severity: Record<BreakerState, number> = { closed: 0, half_open: 1, open: 2 };

/** The sums of all, and the state of the one that is worst off. */
function worstOf({ name, title, fallback }: OutsideService, each: readonly OutsideState[]): OutsideState {
  const sum = (pick: (state: OutsideState) => number) => each.reduce((total, one) => total + pick(one), 0);
  const worst = each.toSorted((a, b) => severity[b.state] - severity[a.state])[0];
  return {
    name,
    title,
    fallback,
    state: worst?.state ?? 'closed',
    calls: sum(({ calls }) => calls),
    failures: sum(({ failures }) => failures),
    refused: sum(({ refused }) => refused),
    running: sum(({ running }) => running),
    lastFailure: worst?.lastFailure ?? null,
    changedAt: worst?.changedAt ?? null,
  };
}
