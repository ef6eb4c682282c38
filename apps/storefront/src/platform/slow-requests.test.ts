import type { ClientTimings } from '@xiaopu/contracts';
import { expect, it } from 'vitest';
import { createTimings } from './slow-requests.ts';

const slow = (requestId: string, endpoint = 'GET /api/home') => ({
  ...{ endpoint, requestId, network: '4g' },
  ...{ tookMs: 1_600.4, at: '2026-11-22T00:00:00Z' },
});

function given() {
  const sent: ClientTimings[] = [];
  const due: (() => void)[] = [];
  const timings = createTimings({
    send: async (batch) => void sent.push(batch),
    later: (work) => void due.push(work),
  });
  return { sent, due, timings };
}

it('C05-PERF-08 C05-PERF-09 sends slow calls and first screens in one batch, later', () => {
  const { sent, due, timings } = given();
  timings.add(slow('call-0001'));
  timings.add(slow('call-0002'));
  timings.addFirstScreen('pages/home/index', 742.6);
  expect([sent.length, due.length]).toEqual([0, 1]);
  due[0]?.();
  expect(sent).toEqual([
    {
      slowRequests: [
        { endpoint: 'GET /api/home', requestId: 'call-0001', tookMs: 1_600, network: '4g' },
        { endpoint: 'GET /api/home', requestId: 'call-0002', tookMs: 1_600, network: '4g' },
      ],
      firstScreens: [{ page: 'pages/home/index', tookMs: 743 }],
    },
  ]);
  timings.add(slow('call-0003'));
  due[1]?.();
  expect(sent[1]?.slowRequests).toHaveLength(1);
});

it('keeps the newest fifty, and never reports itself', () => {
  const { sent, due, timings } = given();
  timings.add(slow('call-0000', 'POST /api/client-timings'));
  expect(due).toHaveLength(0);
  for (let number = 1; number <= 60; number += 1) timings.add(slow(`call-${number}`));
  due[0]?.();
  expect([sent[0]?.slowRequests.length, sent[0]?.slowRequests[0]?.requestId]).toEqual([50, 'call-11']);
});
