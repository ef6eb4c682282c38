/**
 * `npm run bench -- feed`: how long after its commit a change of stock is seen (C06-INV-03), by three subscribers behind nginx, spread
 * over two http processes, while the change is made through the same gateway. Servers by scripts/stack (Debian, as root).
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StockChanges } from '@xiaopu/contracts';
import { Agent, fetch } from 'undici';
import { startCluster, stopCluster } from '../../../scripts/stack/cluster.ts';
import { openStack } from '../../../scripts/stack/stack.ts';
import { demoPassword } from '../src/modules/identity/index.ts';
import { writeFeedReport } from './inventory-report.ts';

export interface FeedRun {
  changes: number;
  subscribers: number;
  /** From the answer that the change is committed until the last subscriber has it; and each subscriber by itself. */
  lastP50Ms: number;
  lastP95Ms: number;
  eachP95Ms: number;
  eachP99Ms: number;
  /** A request through the gateway that does nothing, between the changes. */
  bareP50Ms: number;
  bareP95Ms: number;
}

const changes = 300;
/** Changes come singly: it is the way that is measured, not a queue. */
const pauseMs = 20;
const patienceMs = 10_000;

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

export async function benchFeed(): Promise<void> {
  const stack = await openStack(await mkdtemp(join(tmpdir(), 'xiaopu-feed-')));
  const stop = new AbortController();
  const streams: Promise<void>[] = [];
  let agent: Agent | undefined;
  try {
    process.stdout.write('starting PostgreSQL, Redis, RabbitMQ, two http and two worker processes, nginx …\n');
    await stack.start();
    const env = { RATE_LIMIT_PER_MINUTE: '0' };
    const cluster = await startCluster(stack, { env, demoDays: 0, ratePerSecond: 5_000, burst: 5_000 });
    agent = new Agent({ connect: { ca: cluster.certificate } });
    const dispatcher = agent;
    const ask = async (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) => {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
      const reply = await fetch(cluster.url + path, { method, headers: { ...headers, ...type }, ...sent, dispatcher });
      const text = await reply.text();
      if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text.slice(0, 200)}`);
      return { text, cookies: reply.headers.getSetCookie() };
    };
    const origin = { 'x-requested-with': 'xiaopu-console' };
    const { cookies } = await ask('POST', '/api/console/session', origin, { account: 'admin', password: demoPassword });
    const staff = { ...origin, cookie: cookies.map((each) => each.split(';')[0]).join('; ') };
    const me = JSON.parse((await ask('GET', '/api/console/session', staff)).text) as { shops: { shopId: string }[] };
    const shopId = me.shops[0]?.shopId ?? '';
    const mine = { ...staff, 'x-shop-id': shopId };
    const list = JSON.parse((await ask('GET', '/api/console/stock?page=1&pageSize=1', mine)).text) as {
      items: { skuId: string; spuId: string }[];
    };
    const [item] = list.items;
    if (!item) throw new Error('the demo has no stock');
    const { sequence } = JSON.parse((await ask('GET', '/api/console/stock/changes', mine)).text) as StockChanges;

    const seen: Map<number, number>[] = [];
    let told: () => void = () => {};
    const listen = async (path: string, headers: Record<string, string>) => {
      const arrivals = new Map<number, number>();
      seen.push(arrivals);
      const reply = await fetch(cluster.url + path, { headers, dispatcher, signal: stop.signal });
      let text = '';
      for await (const chunk of reply.body ?? []) {
        text += Buffer.from(chunk as Uint8Array).toString('utf8');
        const at = performance.now();
        for (const [, data] of text.matchAll(/^data: (\{"\w.*\})$/gm)) {
          const change = JSON.parse(data as string) as { sequence: number; skuId: string };
          if (change.skuId === item.skuId && !arrivals.has(change.sequence)) arrivals.set(change.sequence, at);
        }
        text = text.slice(text.lastIndexOf('\n\n'));
        told();
      }
    };
    const shop = `/api/stock/stream?shopId=${shopId}&after=${sequence}`;
    for (const [path, headers] of [
      [`${shop}&spuIds=${item.spuId}`, {}],
      [shop, {}],
      [`/api/console/stock/stream?after=${sequence}`, mine],
    ] as const)
      streams.push(listen(path, headers));
    await pause(1_000);

    const [each, last, bare]: [number[], number[], number[]] = [[], [], []];
    for (let turn = 1; turn <= changes; turn += 1) {
      const bareAt = performance.now();
      await ask('GET', '/healthz');
      bare.push(performance.now() - bareAt);
      const body = { delta: turn % 2 ? 1 : -1, reason: 'count', note: '', requestId: randomUUID() };
      await ask('POST', `/api/console/stock/${item.skuId}/adjustments`, mine, body);
      const committedAt = performance.now();
      const areAll = () => seen.every((arrivals) => arrivals.size >= turn);
      while (!areAll()) {
        if (performance.now() - committedAt > patienceMs) throw new Error(`change ${turn} did not reach everybody`);
        await Promise.race([new Promise<void>((done) => (told = done)), pause(patienceMs)]);
      }
      // It may be there before its maker's answer.
      const took = seen.map((arrivals) => Math.max(0, ([...arrivals.values()].at(-1) ?? 0) - committedAt));
      each.push(...took);
      last.push(Math.max(...took));
      if (turn % 100 === 0) process.stdout.write(`${turn} of ${changes} changes\n`);
      await pause(pauseMs);
    }
    await writeFeedReport({
      ...{ changes, subscribers: seen.length, lastP50Ms: percentile(last, 0.5), lastP95Ms: percentile(last, 0.95) },
      ...{ eachP95Ms: percentile(each, 0.95), eachP99Ms: percentile(each, 0.99) },
      ...{ bareP50Ms: percentile(bare, 0.5), bareP95Ms: percentile(bare, 0.95) },
    });
  } finally {
    stop.abort();
    await Promise.allSettled(streams);
    await agent?.close();
    await stopCluster(stack);
    await stack.stop();
    stack.remove();
  }
}
