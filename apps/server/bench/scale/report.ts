/** docs/benchmarks/scale.md and docs/benchmarks/plans/. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Filled } from './fill.ts';
import { type Measured, plansOf } from './measure.ts';
import type { Reader } from './reader.ts';
import type { Scenario } from './scenarios.ts';

const folder = join(import.meta.dirname, '../../../../docs/benchmarks');
const aim = 1.5;
/** The same plan again with other numbers says nothing; a longer one is read on the machine itself. */
const shownLines = 60;
const shownWidth = 160;

const cut = (line: string): string => (line.length > shownWidth ? `${line.slice(0, shownWidth)}…` : line);

export async function writePlans(
  scenarios: readonly Scenario[],
  readers: { small: Reader; large: Reader },
): Promise<void> {
  await rm(join(folder, 'plans'), { recursive: true, force: true });
  await mkdir(join(folder, 'plans'), { recursive: true });
  for (const scenario of scenarios) {
    const lines = [`${scenario.name}: EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF), pages in memory`];
    for (const name of ['large', 'small'] as const) {
      for (const [index, { statement, plan }] of (await plansOf(scenario, readers[name])).entries()) {
        lines.push('', `== ${name} shop, statement ${index + 1}`);
        if (name === 'large') lines.push(cut(statement.text.replaceAll(/\s+/g, ' ').trim()), '');
        lines.push(...plan.slice(0, shownLines).map(cut));
        if (plan.length > shownLines) lines.push(`… ${plan.length - shownLines} more lines`);
      }
    }
    await writeFile(join(folder, 'plans', `${scenario.key}.txt`), `${lines.join('\n')}\n`);
  }
}

const number = (value: number): string => value.toLocaleString('en');
const ms = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

const rowOf = ({ scenario, small, large, ratio }: Measured): string =>
  `| [${scenario.name}](plans/${scenario.key}.txt) | ${ms(small.p50)} | ${ms(small.p95)} | ${ms(large.p50)} | ${ms(large.p95)} | ${ratio > aim ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2)} |`;

const head = '| what | small p50 | p95 | large p50 | p95 ms | ratio |\n|---|---|---|---|---|---|';

export async function writeReport(
  measured: readonly Measured[],
  filled: { small: Filled; large: Filled },
  load: number,
): Promise<void> {
  const { small, large } = filled;
  const cpu = cpus();
  const aims = measured.filter(({ scenario }) => scenario.isAim);
  const missed = measured.filter(({ ratio }) => ratio > aim);
  const sizeOf = (name: string, { size, spus, lines, buyers, bytes, copySeconds, indexSeconds }: Filled) =>
    `| ${name} | ${number(size.skus)} | ${number(spus)} | ${number(size.orders)} | ${number(lines)} | ${number(buyers)} | ${(bytes / 2 ** 30).toFixed(2)} | ${Math.round(copySeconds)} | ${Math.round(indexSeconds)} |`;
  const text = `# Scale: a hundred times the shop

\`npm run bench -- scale --skus ${large.size.skus} --orders ${large.size.orders}\`, ${new Date().toISOString().slice(0, 10)}, ${cpu.length} × ${cpu[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB,
Node ${process.version}. Two databases in one PostgreSQL (shared_buffers 4 GB, fsync on while measuring) are asked in turns by the
shop's own modules, caches off, the catalogue's and the stock's pages read into memory first: a question to one, the next to the other, ${aims[0]?.samples ?? 0} each after a warm-up. A time is that of the whole call in
the server: its statements one after the other, rows made into replies, without HTTP. The aim is a p95 at most ${aim} times the small shop's.
Load average when the measuring began ${load.toFixed(1)}, at its end ${loadavg()[0]?.toFixed(1)}: above 2 other work took part of the two cores; it fell on both alike, but
makes tails longer.

| shop | SKUs | products | orders | lines | buyers | GB | COPY s | indexes s |
|---|---|---|---|---|---|---|---|---|
${sizeOf('small', small)}
${sizeOf('large', large)}

## What the aim is set for

${head}
${aims.map(rowOf).join('\n')}

## What else people and timers ask

${head}
${measured
  .filter(({ scenario }) => !scenario.isAim)
  .map(rowOf)
  .join('\n')}

${missed.length === 0 ? 'Nothing misses the aim.' : `Bold: misses the aim (${missed.map(({ scenario }) => scenario.name).join('; ')}).`} Plans of one question each are beside this page in
[plans](plans); what still grows, and why, stands in [decision 21](../adr/0021-large-catalogues-are-searched-from-the-top.md).

## How the shops are made

Two years of orders that grow day by day, in the order they came; 50 merchants by 1/n (all merchant rows are of the largest: 22 %), half of
the orders from anybody, the rest from a tenth of the buyers; of a merchant's products the first of a thousand sells a tenth. Titles are
combined from 400 brands, 58 qualities, 28 materials, 240 kinds and 12 colours, so a quality stands in up to a seventh of them, and their
search vectors are made by the shop's own segmenter, one by one. Timelines beyond the first entry, payment attempts, parcels, reservations and their
ledger exist for the newest tenth of the orders only, to stay below 30 GB; points, coupons, cases and messages for none. Order numbers
carry no shard hint. Who looks at orders is drawn as who orders: active buyers more often.
`;
  await writeFile(join(folder, 'scale.md'), text);
  process.stdout.write(text);
}
