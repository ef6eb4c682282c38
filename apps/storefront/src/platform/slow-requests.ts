import type { SlowRequest } from './request.core.ts';

const kept = 50;
const list: SlowRequest[] = [];

/** The last slow calls, for the page that reports them in batches (C05-PERF-09). */
export const slowRequests = {
  add(request: SlowRequest): void {
    list.push(request);
    if (list.length > kept) list.shift();
  },
  drain: (): SlowRequest[] => list.splice(0, list.length),
  peek: (): readonly SlowRequest[] => list,
};
