/** docs/benchmarks/<name>.md: what was measured, on what, beside the peers. */

import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { FlashResult, Row } from './shop.ts';

interface ShopReport {
  rows: Row[];
  idleMb: number;
  loadedMb: number;
  startSeconds: number;
  flash: FlashResult;
  /** As the pricing bench prints them. */
  pricing: string;
}

export async function writeReport(name: string, report: ShopReport): Promise<void> {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
  const { flash } = report;
  const lines = [
    '# The shop over HTTP',
    '',
    `Made by \`npm run bench -- ${name}\` on ${new Date().toISOString().slice(0, 10)}: ${machine}. One process holds server, worker, sandbox`,
    'and pages; embedded PostgreSQL with fsync on; load from another process on the same machine. The figure to compare is operations per 1,000 requests of a bare',
    '`node:http` server measured directly before and after each row. Peers: Vendure 3.7 and Medusa 2.21 on PostgreSQL, measured the same way.',
    '',
    '| workload | per 1,000 bare | aim | Vendure / Medusa | per second | p50 ms | p99 ms | errors | note |',
    '|---|---|---|---|---|---|---|---|---|',
    ...report.rows.map(
      ({ workload, perThousand, aim, peers, measured, note }) =>
        `| ${workload} | **${perThousand.toFixed(1)}** | ${aim ?? ''} | ${peers} | ${measured.rate.toFixed(0)} | ${measured.p50Ms.toFixed(1)} | ${measured.p99Ms.toFixed(1)} | ${measured.errors} | ${note} |`,
    ),
    '',
    `Flash of ${flash.shoppers} shoppers on a stock of ${flash.stock}: **${flash.sold} sold**, ${flash.refused} told "sold out", ${flash.other} other answers, in ${flash.seconds.toFixed(2)} s (p99 ${flash.p99Ms.toFixed(0)} ms). Vendure sold 500, Medusa 11.`,
    '',
    'The promotion engine alone, 50 lines × 30 coupons (`npm run bench -w @xiaopu/pricing`):',
    '',
    '```',
    report.pricing,
    '```',
    '',
    `Start to healthy on an empty data folder with built clients: ${report.startSeconds.toFixed(1)} s. Memory (RSS, without PostgreSQL): ${report.idleMb.toFixed(0)} MB idle, ${report.loadedMb.toFixed(0)} MB after the load.`,
    '',
  ];
  const file = join(import.meta.dirname, '../../../docs/benchmarks', `${name}.md`);
  await writeFile(file, lines.join('\n'));
  process.stdout.write(`${lines.join('\n')}\n`);
}
