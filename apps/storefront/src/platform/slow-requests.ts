/** Slow calls and first screens, kept until they are sent on in batches: what was measured must not slow down what is measured. */
import type { ClientTimings } from '@xiaopu/contracts';
import type { SlowRequest } from './request.core.ts';

const kept = 50;
const keptScreens = 20;
const quietMs = 5_000;
/** The report itself; were it slow, it would report itself for ever. */
const ownEndpoint = 'POST /api/client-timings';

export function createTimings({
  send,
  later,
}: {
  send(timings: ClientTimings): Promise<unknown>;
  later(work: () => void, ms: number): unknown;
}) {
  let slow: SlowRequest[] = [];
  let screens: ClientTimings['firstScreens'] = [];
  let isDue = false;

  function plan(): void {
    if (isDue) return;
    isDue = true;
    later(() => {
      isDue = false;
      const [slowNow, screensNow] = [slow, screens];
      [slow, screens] = [[], []];
      // A nicety: what cannot be sent is let go.
      void send({
        slowRequests: slowNow.map(({ endpoint, requestId, tookMs, network }) => ({
          ...{ endpoint, requestId, network },
          tookMs: Math.min(Math.round(tookMs), 120_000),
        })),
        firstScreens: screensNow,
      }).catch(() => {});
    }, quietMs);
  }

  return {
    add(request: SlowRequest): void {
      if (request.endpoint === ownEndpoint) return;
      slow = [...slow, request].slice(-kept);
      plan();
    },
    /** @param page its path, as in pages.json */
    addFirstScreen(page: string, tookMs: number): void {
      screens = [...screens, { page, tookMs: Math.min(Math.round(tookMs), 120_000) }].slice(-keptScreens);
      plan();
    },
  };
}
