/** At a peak the shop accepts an order first and places it in its turn (C04-TECH-09): asks until it is placed or refused. */
import { ApiError } from '@xiaopu/api-client/transport';
import type { PlacedOrder, QueuedOrder } from '@xiaopu/contracts';

export interface Turn {
  ask(): Promise<QueuedOrder>;
  sleep(ms: number): Promise<void>;
  /** Worth asking again. */
  isPassing(error: unknown): boolean;
  /** How many wait before; undefined once the waiting is over. */
  onWaiting(ahead: number | undefined): void;
}

const [firstMs, slowestMs] = [500, 3_000];
/** In a row; the key stays good, so the shopper's next press goes on where this ended. */
const failuresBorne = 5;

/** @throws what the shopper would have met without a queue, with the same code */
export async function waitForTurn(
  first: QueuedOrder,
  { ask, sleep, isPassing, onWaiting }: Turn,
): Promise<PlacedOrder> {
  let failures = 0;
  let now = first;
  try {
    for (let waitMs = firstMs; ; waitMs = Math.min(waitMs * 1.5, slowestMs)) {
      if (now.placed) return now.placed;
      if (now.refusal) throw new ApiError(409, { ...now.refusal, requestId: '' });
      onWaiting(now.ahead);
      await sleep(waitMs);
      try {
        now = await ask();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!isPassing(error) || failures > failuresBorne) throw error;
      }
    }
  } finally {
    onWaiting(undefined);
  }
}

/** What stands beside the clock while an order waits. */
export function queueText(ahead: number): string {
  if (ahead >= 999) return '下单的人很多，正在排队';
  return ahead > 0 ? `排队中，前面还有 ${ahead} 单` : '马上就轮到你了';
}
