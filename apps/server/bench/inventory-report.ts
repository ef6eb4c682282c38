/** docs/benchmarks/inventory.md: each bench writes its own part and keeps the others'. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import type { FeedRun } from './feed.ts';
import type { FlashRun } from './flash.ts';
import type { PoolRun } from './inventory.ts';

const file = join(import.meta.dirname, '../../../docs/benchmarks/inventory.md');
const marks = { engine: '<!-- engine -->', flash: '<!-- flash -->', feed: '<!-- feed -->' };

const head = [
  '# Hot stock: the pool engine and the flash sale',
  '',
  'How it works and why: [ADR 0009](../adr/0009-hot-pools-admit-first-and-commit-in-groups.md). "Durable" means that the answer',
  'came after the commit of its ledger row, with `fsync` and `synchronous_commit` on.',
].join('\n');

function machine(): string {
  const busy = (loadavg()[0] ?? 0).toFixed(1);
  return `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}. Load average at the end ${busy}: above 3 other work took part of the two cores, and the rates are a floor.`;
}

async function write(part: keyof typeof marks, text: string): Promise<void> {
  const known = existsSync(file) ? await readFile(file, 'utf8') : '';
  const between = (mark: string) => known.split(mark)[1]?.trim() ?? '';
  const parts = { engine: between(marks.engine), flash: between(marks.flash), feed: between(marks.feed), [part]: text };
  const body = (['engine', 'flash', 'feed'] as const).map((name) => `${marks[name]}\n${parts[name]}\n${marks[name]}`);
  await writeFile(file, `${head}\n\n${body.join('\n\n')}\n`);
  process.stdout.write(`${text}\n`);
}

export async function writeInventoryReport({ runs }: { runs: readonly PoolRun[] }): Promise<void> {
  const lines = [
    '## The engine',
    '',
    `\`npm run bench -- inventory\`, ${machine()}`,
    '',
    'One process asks, admits and commits; PostgreSQL runs beside it on the same two cores. 6,000 requests are under way at once, a',
    'limit of one a buyer is checked, and a tenth more is asked for than there is. The ledger is summed afterwards.',
    '',
    '| admission | pools | units | asked | held | sold out | in the ledger | reservations/s | p50 ms | p99 ms | CPU µs each, our process |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...runs.map(
      (run) =>
        `| ${run.admission} | ${run.pools} | ${run.units} | ${run.asked} | ${run.held} | ${run.soldOut} | ${run.ledgerUnits} | **${Math.round(run.held / run.seconds)}** | ${run.p50Ms.toFixed(0)} | ${run.p99Ms.toFixed(0)} | ${run.cpuMicros.toFixed(1)} |`,
    ),
  ];
  await write('engine', lines.join('\n'));
}

export async function writeFlashReport(run: FlashRun): Promise<void> {
  const lines = [
    '## The flash sale over HTTP',
    '',
    `\`npm run bench -- flash\`, ${machine()}`,
    '',
    `${run.shoppers} logged-in shoppers post at once for ${run.units} units; whoever gets a place orders by the ordinary route. Shop, worker,`,
    'sandbox, pages and PostgreSQL share the two cores with the load.',
    '',
    '| shoppers | units | orders | sold out | other answers | door p50 ms | door p99 ms | order p99 ms | list p95 idle ms | list p95 meanwhile ms | seconds |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    `| ${run.shoppers} | ${run.units} | **${run.orders}** | ${run.soldOut} | ${run.other} | ${run.doorP50Ms.toFixed(0)} | ${run.doorP99Ms.toFixed(0)} | ${run.orderP99Ms.toFixed(0)} | ${run.listIdleP95Ms.toFixed(1)} | ${run.listBusyP95Ms.toFixed(1)} | ${run.seconds.toFixed(2)} |`,
  ];
  await write('flash', lines.join('\n'));
}

export async function writeFeedReport(run: FeedRun): Promise<void> {
  const lines = [
    '## A change of stock at its subscribers',
    '',
    `\`npm run bench -- feed\`, ${machine().replace('the rates are a floor', 'the times are a ceiling')}`,
    '',
    'Two http and two worker processes on PostgreSQL, a Redis Cluster and RabbitMQ behind nginx, all on this machine (`npm run stack`). Three',
    'streams through the gateway: a product page, a whole shop, the console. Changes come one at a time through the same gateway; the time is from',
    'the answer that a change is committed until it has arrived. The aim (C06-INV-03) is a p95 below 100 ms on one host.',
    '',
    '| changes | streams | each p95 ms | each p99 ms | last of three p50 ms | last of three p95 ms | bare request p50 ms | bare request p95 ms |',
    '|---|---|---|---|---|---|---|---|',
    `| ${run.changes} | ${run.subscribers} | **${run.eachP95Ms.toFixed(1)}** | ${run.eachP99Ms.toFixed(1)} | ${run.lastP50Ms.toFixed(1)} | ${run.lastP95Ms.toFixed(1)} | ${run.bareP50Ms.toFixed(1)} | ${run.bareP95Ms.toFixed(1)} |`,
  ];
  await write('feed', lines.join('\n'));
}
