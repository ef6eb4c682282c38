/**
 * How long things are kept, and the purge of what nobody needs any more (C10-DSP-06, C12-LAW-05). A module contributes rules: which
 * rows, for how many days (a policy whose minimum is the floor that law or the books set), and how some of them go. What went is
 * counted by rule and day; the counts stay.
 */
import { sql } from 'kysely';
import { type Clock, dayMs, shanghaiDay } from './clock.ts';
import type { Database, Executor, Tx } from './database/database.ts';
import type { Logger } from './logger.ts';
import type { Policies, Policy } from './policy.ts';

declare module './database/database.ts' {
  interface Tables {
    'platform.retentionState': {
      rule: string;
      lookedAt: Date;
      purged: number;
      /** Of the last round that did not go well; null when it did. */
      error: string | null;
    };
    'platform.retentionDay': { rule: string; day: string; purged: number; olderThan: Date; lastAt: Date };
  }
}

export interface RetentionRule {
  /** `module.what`. */
  key: string;
  title: string;
  /** Why so long, and what becomes of it, in the merchant's words. */
  basis: string;
  /** Days, of the install. Its minimum is the floor. */
  limit: Policy;
  /**
   * Deletes (or strips) at most `most` of what ended before that moment. Must leave alone what is still at work, however old, and what
   * a ledger or the audit adds up. @returns how many; 0: nothing is left to do
   */
  purge(tx: Tx, before: Date, most: number): Promise<number>;
}

/** What no rule touches: shown beside the rules, so that the list is whole. */
export interface KeptForGood {
  title: string;
  basis: string;
}

export interface RetentionLine {
  key: string;
  title: string;
  basis: string;
  policyKey: string;
  days: number;
  floorDays: number;
  maximumDays: number;
  lookedAt: Date | null;
  error: string | null;
  /** Ever, and on the last day on which anything went. */
  purged: number;
  lastDay: { day: string; purged: number; olderThan: Date } | null;
}

export type Retention = ReturnType<typeof createRetention>;

/** Rows a transaction: short ones, so that nobody waits for the purge. */
const batch = 500;
/** Batches of one rule a round: what piled up goes over several rounds, and other work has its turn between. */
const batchesARound = 20;

export function createRetention({
  database,
  clock,
  policies,
  rules,
  log,
}: {
  database: Pick<Database, 'inTransaction'>;
  clock: Clock;
  policies: Policies;
  rules: readonly RetentionRule[];
  log: Logger;
}) {
  const { inTransaction } = database;
  const seen = new Set<string>();
  for (const { key, limit } of rules) {
    if (seen.has(key)) throw new Error(`retention rule ${key} is declared twice`);
    if (limit.scope !== 'install') throw new Error(`the limit of ${key} must be the install's`);
    seen.add(key);
  }

  /** One batch, counted in its own transaction. undefined: another worker is at it. */
  async function purgeSome(rule: RetentionRule): Promise<number | undefined> {
    return inTransaction(async (tx) => {
      const { rows } = await sql<{ isMine: boolean }>`
        select pg_try_advisory_xact_lock(hashtext(${`platform.retention ${rule.key}`})) as is_mine`.execute(tx);
      if (!rows[0]?.isMine) return undefined;
      const now = clock.now();
      const before = new Date(now.getTime() - policies.get(rule.limit) * dayMs);
      const purged = await rule.purge(tx, before, batch);
      await note(tx, rule.key, { now, purged, error: null });
      if (purged > 0)
        await sql`
          insert into platform.retention_day as d (rule, day, purged, older_than, last_at)
          values (${rule.key}, ${shanghaiDay(now)}, ${purged}, ${before}, ${now})
          on conflict (rule, day) do update set purged = d.purged + excluded.purged, older_than = excluded.older_than,
            last_at = excluded.last_at`.execute(tx);
      return purged;
    });
  }

  const note = (tx: Tx, rule: string, { now, purged, error }: { now: Date; purged: number; error: string | null }) =>
    sql`insert into platform.retention_state as s (rule, looked_at, purged, error)
      values (${rule}, ${now}, ${purged}, ${error})
      on conflict (rule) do update set looked_at = excluded.looked_at, purged = s.purged + excluded.purged,
        error = excluded.error`.execute(tx);

  return {
    /** A round of all rules; one that fails holds no other up. @returns how much went */
    async run(): Promise<number> {
      let total = 0;
      for (const rule of rules) {
        try {
          for (let turn = 0; turn < batchesARound; turn += 1) {
            const purged = await purgeSome(rule);
            if (!purged) break;
            total += purged;
          }
        } catch (error) {
          log.error({ err: error, rule: rule.key }, 'retention purge failed');
          const words = error instanceof Error ? error.message : String(error);
          await inTransaction((tx) => note(tx, rule.key, { now: clock.now(), purged: 0, error: words.slice(0, 200) }));
        }
      }
      return total;
    },

    async lines(db: Executor): Promise<RetentionLine[]> {
      const states = new Map(
        (await db.selectFrom('platform.retentionState').selectAll().execute()).map((row) => [row.rule, row]),
      );
      const days = await sql<{ rule: string; day: string; purged: number; olderThan: Date }>`
        select distinct on (rule) rule, day::text, purged, older_than from platform.retention_day
        order by rule, day desc`.execute(db);
      const lastDays = new Map(days.rows.map(({ rule, ...day }) => [rule, day]));
      return rules.map(({ key, title, basis, limit }) => {
        const state = states.get(key);
        return {
          ...{ key, title, basis, policyKey: limit.key, days: policies.get(limit) },
          ...{ floorDays: limit.minimum, maximumDays: limit.maximum },
          ...{ lookedAt: state?.lookedAt ?? null, error: state?.error ?? null, purged: Number(state?.purged ?? 0) },
          lastDay: lastDays.get(key) ?? null,
        };
      });
    },
  };
}
