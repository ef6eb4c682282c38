/** Load generators: autocannon for one address, a closed loop of shoppers for sequences. Every loop is bounded in time and count. */
import autocannon from 'autocannon';
import { Pool } from 'undici';

export interface Measured {
  /** Operations a second. */
  rate: number;
  p50Ms: number;
  p99Ms: number;
  operations: number;
  errors: number;
}

/** GETs of `paths` in turn over 32 kept-alive connections. */
export async function hammer(origin: string, paths: string[], seconds: number, connections = 32): Promise<Measured> {
  const result = await autocannon({
    url: origin,
    connections,
    duration: seconds,
    requests: paths.map((path) => ({ method: 'GET' as const, path })),
  });
  return {
    rate: result['2xx'] / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    operations: result['2xx'],
    errors: result.errors + result.timeouts + result.non2xx,
  };
}

export interface Reply {
  status: number;
  body: unknown;
}
export type Call = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  options?: { token?: string; body?: unknown; headers?: Record<string, string> },
) => Promise<Reply>;

export function createCaller(origin: string, connections: number): { call: Call; close: () => Promise<void> } {
  const pool = new Pool(origin, { connections, pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000 });
  return {
    async call(method, path, { token, body, headers = {} } = {}) {
      const reply = await pool.request({
        method,
        path,
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await reply.body.text();
      return { status: reply.statusCode, body: text === '' ? null : JSON.parse(text) };
    },
    close: () => pool.close(),
  };
}

/** `shoppers` repeat `journey` until time is up; a journey that throws counts as an error. */
export async function closedLoop(
  shoppers: number,
  seconds: number,
  journey: (shopper: number, round: number) => Promise<void>,
): Promise<Measured> {
  const until = performance.now() + seconds * 1_000;
  const times: number[] = [];
  let errors = 0;
  let firstError: unknown;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: shoppers }, async (_, shopper) => {
      for (let round = 0; performance.now() < until; round += 1) {
        const begin = performance.now();
        try {
          await journey(shopper, round);
          times.push(performance.now() - begin);
        } catch (error) {
          errors += 1;
          firstError ??= error;
        }
      }
    }),
  );
  const elapsed = (performance.now() - started) / 1_000;
  if (firstError)
    process.stderr.write(`  first error: ${firstError instanceof Error ? firstError.message : String(firstError)}\n`);
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { rate: times.length / elapsed, p50Ms: at(0.5), p99Ms: at(0.99), operations: times.length, errors };
}
