/**
 * Around the recommender (C04-TECH-07): it may take a moment and no longer, and after some failures in a row it is left alone for a
 * while. Whoever asks meanwhile is shown what sells best.
 */
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import type { Logger } from '#platform/logger.ts';
import type { OutsideState } from '#platform/outside-call.ts';

export interface GuardOptions {
  timeoutMs: number;
  failures: number;
  openMs: number;
}
export const usualGuard: GuardOptions = { timeoutMs: 400, failures: 5, openMs: 5_000 };

const names = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
} as const;

export function createGuard(log: Logger, { timeoutMs, failures, openMs }: GuardOptions = usualGuard) {
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(failures) });
  const figures = { calls: 0, failures: 0, refused: 0, running: 0 };
  let lastFailure: string | null = null;
  let changedAt: Date | null = null;
  breaker.onStateChange((state) => {
    changedAt = new Date();
    log.warn({ service: 'recommender', state: names[state], lastFailure }, 'recommender changed');
  });
  const guarded = wrap(breaker, timeout(timeoutMs, TimeoutStrategy.Aggressive));

  return {
    /** undefined: no answer, for whatever reason. */
    async ask<Answer>(work: () => Promise<Answer>): Promise<Answer | undefined> {
      try {
        return await guarded.execute(async () => {
          figures.calls += 1;
          figures.running += 1;
          try {
            return await work();
          } finally {
            figures.running -= 1;
          }
        });
      } catch (error) {
        if (error instanceof BrokenCircuitError) {
          figures.refused += 1;
          return undefined;
        }
        figures.failures += 1;
        lastFailure = error instanceof Error ? error.name : 'failed';
        return undefined;
      }
    },
    state: (): OutsideState => ({
      ...{ name: 'recommender', title: '商品推荐', fallback: '改为展示热销榜，其余照常' },
      ...{ state: names[breaker.state], ...figures, lastFailure, changedAt },
    }),
  };
}
