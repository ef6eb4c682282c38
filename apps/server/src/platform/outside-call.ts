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
  return {
    states: (): OutsideState[] => services.map((state) => state()),

    /** `send` with the service's protection; an answer of 500 and above counts as a failure, yet is handed on. */
    guard(service: OutsideService, send: typeof fetch): typeof fetch {
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
      services.push(() => ({
        name,
        title,
        fallback,
        state: states[breaker.state],
        ...figures,
        lastFailure,
        changedAt,
      }));
      return (async (input: URL | string, init: RequestInit = {}) => {
        const url = new URL(input);
        const canRepeat = service.retries > 0 && mayRepeat({ method: init.method ?? 'GET', url });
        try {
          return await (canRepeat ? repeated : guarded).execute(async ({ signal }) => {
            figures.calls += 1;
            figures.running += 1;
            try {
              const both = init.signal ? AbortSignal.any([init.signal, signal]) : signal;
              const reply = await send(url, { ...init, signal: both });
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
    },
  };
}
