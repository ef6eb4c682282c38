/**
 * What an operation costs in CPU time, which other work on the machine hardly changes, unlike a rate: user and system
 * time of the shop's process, of its PostgreSQL and of a bare node:http server, from /proc. Linux only.
 */
import { readdir, readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { createCaller, hammer } from './load.ts';
import { type Running, startBareHttp, startFloor, startShopProcess } from './processes.ts';
import { addCrowd, addToCart, floorOrder, pick, preview, standAtTheTill, stockUp, wholeOrder } from './shop.ts';

/** USER_HZ: Linux counts in hundredths of a second for every architecture Node runs on. */
const msPerTick = 10;

interface Stat {
  parent: number;
  name: string;
  cpuMs: number;
}

async function statOf(pid: number, file = `/proc/${pid}/stat`): Promise<Stat | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    name: text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')),
    parent: Number(fields[1]),
    // Own time and that of children that have ended, such as a backend whose connection closed.
    cpuMs: (Number(fields[11]) + Number(fields[12])) * msPerTick,
  };
}

/** CPU of the process, and of every descendant (PostgreSQL with its backends). */
async function cpuOf(pid: number): Promise<{ ownMs: number; loopMs: number; postgresMs: number }> {
  const all = new Map<number, Stat>();
  for (const entry of await readdir('/proc')) {
    const found = /^\d+$/.test(entry) ? await statOf(Number(entry)) : undefined;
    if (found) all.set(Number(entry), found);
  }
  let postgresMs = 0;
  for (const [each, { cpuMs, name }] of all) {
    if (!name.startsWith('postgres')) continue;
    for (let at = each; at > 1; at = all.get(at)?.parent ?? 0) {
      if (at === pid) {
        postgresMs += cpuMs;
        break;
      }
    }
  }
  // The event loop is the process's first thread; beside it work the thread pool (RSA, files) and V8's helpers.
  const loopMs = (await statOf(pid, `/proc/${pid}/task/${pid}/stat`))?.cpuMs ?? Number.NaN;
  return { ownMs: all.get(pid)?.cpuMs ?? Number.NaN, loopMs, postgresMs };
}

async function repeat(times: number, side: number, work: (turn: number) => Promise<void>): Promise<void> {
  let turn = 0;
  const lane = async () => {
    while (turn < times) {
      turn += 1;
      await work(turn);
    }
  };
  await Promise.all(Array.from({ length: side }, lane));
}

const restMs = 4_000;

/** Until the relay has handed over every event, at most a minute. */
async function untilDelivered(origin: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const metrics = await fetch(`${origin}/metrics`).then((reply) => reply.text());
    if (/^xiaopu_outbox_waiting 0$/m.test(metrics)) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error('events are still waiting after a minute');
}

const carts = Number(process.env.BENCH_CARTS ?? 3_000);
const previews = Number(process.env.BENCH_PREVIEWS ?? 3_000);
const orders = Number(process.env.BENCH_ORDERS ?? 800);
/** `BENCH_ONLY=preview`: only what has this text in its name. */
const only = process.env.BENCH_ONLY ?? '';

/** Shoppers at once in the order rows: a shop at the rates aimed at has hundreds, and requests of one moment share their writes. */
const orderShoppers = Number(process.env.BENCH_SHOPPERS ?? 64);

interface Work {
  name: string;
  times: number;
  side: number;
  work: (turn: number) => Promise<void>;
}

/** Prints what one operation costs in `target` and its PostgreSQL. `settled`: when what it left behind is done too. */
async function measure(
  { pid }: Running,
  bareMs: number,
  { name, times, side, work }: Work,
  settled: () => Promise<void>,
): Promise<void> {
  await repeat(Math.ceil(times / 4), side, work);
  await settled();
  // Sweeps and polls run anyway: what they cost in the same time is not the operations'.
  const resting = await cpuOf(pid);
  await new Promise((done) => setTimeout(done, restMs));
  const before = await cpuOf(pid);
  const idle = (kind: 'ownMs' | 'loopMs' | 'postgresMs') => (before[kind] - resting[kind]) / restMs;
  const begin = performance.now();
  const loadBefore = process.cpuUsage();
  await repeat(times, side, work);
  const used = process.cpuUsage(loadBefore);
  const seconds = (performance.now() - begin) / 1_000;
  // The events behind an operation belong to it.
  await settled();
  const elapsedMs = performance.now() - begin;
  const after = await cpuOf(pid);
  const per = (kind: 'ownMs' | 'loopMs' | 'postgresMs') =>
    (after[kind] - before[kind] - idle(kind) * elapsedMs) / times;
  const [loop, own, postgres] = [per('loopMs'), per('ownMs'), per('postgresMs')];
  const load = (used.user + used.system) / 1_000 / times;
  // Everything on this machine's cores and nothing else on them: no order of work can be faster.
  const most = (cpus().length * 1_000) / (own + postgres + load);
  const line = [
    `${name}, ${side} at once: shop ${own.toFixed(2)} ms (event loop ${loop.toFixed(2)}), PostgreSQL ${postgres.toFixed(2)} ms, load ${load.toFixed(2)} ms of CPU`,
    `idle: shop ${(idle('ownMs') * 1_000).toFixed(0)} ms, PostgreSQL ${(idle('postgresMs') * 1_000).toFixed(0)} ms a second`,
    `bound by the one process ${((bareMs / own) * 1_000).toFixed(1)} per 1,000 bare, by all ${cpus().length} cores ${(most * bareMs).toFixed(1)}`,
    `seen ${(times / seconds).toFixed(0)}/s`,
  ];
  process.stdout.write(`${line.join('; ')}\n`);
}

export async function benchCost(): Promise<void> {
  const bare = await startBareHttp();
  await hammer(bare.origin, ['/'], 1);
  const bareBefore = await cpuOf(bare.pid);
  const { operations } = await hammer(bare.origin, ['/'], 3);
  const bareMs = ((await cpuOf(bare.pid)).ownMs - bareBefore.ownMs) / operations;
  process.stdout.write(
    `bare node:http: ${(bareMs * 1_000).toFixed(1)} µs a request, ${(operations / 3).toFixed(0)}/s\n`,
  );
  await bare.stop();

  if ('floor of an order'.includes(only)) {
    const floor = await startFloor();
    const { call, close } = createCaller(floor.origin, 128);
    try {
      const work = { name: 'floor of an order', times: orders * 4, side: orderShoppers, work: () => floorOrder(call) };
      await measure(floor, bareMs, work, async () => {});
    } finally {
      await close();
      await floor.stop();
    }
  }

  const shop = await startShopProcess();
  const { call, close } = createCaller(shop.origin, 128);
  try {
    const goods = await stockUp(call, shop.origin);
    const crowd = await addCrowd(call, 400);
    const atTheTill = await standAtTheTill(call, crowd.slice(0, 64));
    const rows: Work[] = [
      { name: 'add to cart, new session each', times: carts, side: 32, work: () => addToCart(call, goods) },
      {
        name: 'checkout preview, 1 line',
        times: previews,
        side: 32,
        work: (turn) => preview(call, atTheTill, turn, [pick(goods.skuIds)]),
      },
      {
        name: 'whole order',
        times: orders,
        side: orderShoppers,
        work: (turn) => wholeOrder(call, crowd[turn % crowd.length] ?? '', goods),
      },
    ];
    for (const row of rows)
      if (row.name.includes(only)) await measure(shop, bareMs, row, () => untilDelivered(shop.origin));
  } finally {
    await close();
    await shop.stop();
  }
}
