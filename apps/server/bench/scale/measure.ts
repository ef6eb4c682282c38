/** Both shops asked in turns, a question each, so that whatever else the machine does falls on both alike. */
import { createRandom } from './random.ts';
import type { Reader, Statement } from './reader.ts';
import type { Scenario } from './scenarios.ts';

export interface Spread {
  p50: number;
  p95: number;
}
export interface Measured {
  scenario: Scenario;
  small: Spread;
  large: Spread;
  /** p95 of the large shop over that of the small one. */
  ratio: number;
  samples: number;
}

const warmUps = 25;

export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

async function timed(scenario: Scenario, reader: Reader, random: () => number): Promise<number> {
  const run = await scenario.draw(reader, random);
  const began = performance.now();
  await run();
  return performance.now() - began;
}

export async function measure(
  scenario: Scenario,
  { small, large }: { small: Reader; large: Reader },
  samples: number,
): Promise<Measured> {
  const random = createRandom(11);
  const times = { small: [] as number[], large: [] as number[] };
  for (let turn = -warmUps; turn < samples; turn += 1) {
    // Who comes first changes with every turn.
    const order = turn % 2 === 0 ? (['small', 'large'] as const) : (['large', 'small'] as const);
    for (const name of order) {
      const took = await timed(scenario, name === 'small' ? small : large, random);
      if (turn >= 0) times[name].push(took);
    }
  }
  const spreadOf = (values: number[]): Spread => {
    values.sort((a, b) => a - b);
    return { p50: quantile(values, 0.5), p95: quantile(values, 0.95) };
  };
  const [ofSmall, ofLarge] = [spreadOf(times.small), spreadOf(times.large)];
  return { scenario, small: ofSmall, large: ofLarge, ratio: ofLarge.p95 / ofSmall.p95, samples };
}

/** The plans of what one draw sends, after it ran once and its pages are in memory. */
export async function plansOf(
  scenario: Scenario,
  reader: Reader,
  { seed = 12, options = 'analyze, buffers, costs off, timing off' } = {},
): Promise<{ statement: Statement; plan: string[] }[]> {
  const random = createRandom(seed);
  const run = await scenario.draw(reader, random);
  const statements = await reader.statementsOf(run);
  const client = await reader.database.pool.connect();
  try {
    const plans = [];
    for (const statement of statements) {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (${options}) ${statement.text}`, [
        ...statement.values,
      ]);
      plans.push({ statement, plan: rows.map((row) => row['QUERY PLAN']) });
    }
    return plans;
  } finally {
    client.release();
  }
}
