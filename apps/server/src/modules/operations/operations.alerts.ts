/**
 * Alerts of the install: every process says what it measured, one of them judges the worst of each line. What is known of an
 * alert lies in the database, so a restart neither forgets nor repeats one.
 */
import type { AlertQuery, HealthState, SystemAlertPage } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import { type Clock, minuteMs } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { Logger } from '#platform/logger.ts';
import type { Policies } from '#platform/policy.ts';
import { judge } from './operations.alerts.domain.ts';
import { type HealthLine, healthLines, lineOf } from './operations.lines.ts';
import type {} from './operations.tables.ts';

export interface Sample {
  lineKey: string;
  value: number;
}

/** Older says nothing about now: its process may be gone. By the database's clock, which all processes share. */
const fresh = sql<boolean>`at > now() - interval '45 seconds'`;

export type Alerts = ReturnType<typeof createAlerts>;

export function createAlerts({
  database,
  clock,
  policies,
  log,
}: {
  database: Pick<Database, 'db' | 'inTransaction'>;
  clock: Clock;
  policies: Pick<Policies, 'get'>;
  log: Logger;
}) {
  const linesOf = ({ yellow, red }: HealthLine) => ({ yellow: policies.get(yellow), red: policies.get(red) });
  const freshSamples = (executor: Executor) =>
    executor.selectFrom('operations.healthSample').selectAll().where(fresh).orderBy('value', 'desc').execute();

  return {
    /** One statement, whatever is measured. */
    async report(source: string, samples: readonly Sample[]): Promise<void> {
      await sql`
        insert into operations.health_sample (line_key, source, value, at)
        select line_key, ${source}, value, now()
        from unnest(${samples.map(({ lineKey }) => lineKey)}::text[], ${samples.map(({ value }) => value)}::float8[]) as s (line_key, value)
        on conflict (line_key, source) do update set value = excluded.value, at = excluded.at`.execute(database.db);
    },

    /** @returns alerts that opened, moved or ended */
    judgeAll: (): Promise<number> =>
      database.inTransaction(async (tx) => {
        // One judge at a time, else two would open one alert.
        const { rows } = await sql<{ isMine: boolean }>`
          select pg_try_advisory_xact_lock(hashtext('operations.alert')) as is_mine`.execute(tx);
        if (!rows[0]?.isMine) return 0;
        const [samples, open] = await Promise.all([
          freshSamples(tx),
          tx.selectFrom('operations.alert').selectAll().where('recoveredAt', 'is', null).execute(),
        ]);
        const now = clock.now();
        let moved = 0;
        for (const line of healthLines) {
          const worst = samples.find(({ lineKey }) => lineKey === line.key);
          const alert = open.find(({ lineKey }) => lineKey === line.key);
          // No figure at all (a quiet night): nothing opens, and what is open calms down.
          const value = worst?.value ?? 0;
          const lines = linesOf(line);
          const verdict = judge(alert, value, lines, now);
          const source = worst?.source ?? '';
          if (verdict.move === 'open') {
            const { level } = verdict;
            await tx
              .insertInto('operations.alert')
              .values({
                ...{ alertId: newId(), lineKey: line.key, level, peakLevel: level, value, peak: value, source },
                ...{ line: lines[level], openedAt: now, changedAt: now, calmSince: null, recoveredAt: null },
              })
              .execute();
            log.warn({ line: line.key, level, value, source }, 'alert opened');
            moved += 1;
          }
          if (!alert) continue;
          if (verdict.move === 'recover') {
            await change(tx, alert.alertId, { value, recoveredAt: now });
            log.info({ line: line.key, value }, 'alert over');
            moved += 1;
          }
          if (verdict.move === 'keep') {
            const { level, calmSince } = verdict;
            const isOther = level !== alert.level;
            await change(tx, alert.alertId, {
              ...{ level, calmSince, value },
              peakLevel: level === 'red' ? 'red' : alert.peakLevel,
              ...(value > alert.peak ? { peak: value, source } : {}),
              ...(isOther ? { changedAt: now, line: lines[level] } : {}),
            });
            if (isOther) moved += 1;
          }
        }
        return moved;
      }),

    /** Where everything stands now, with lines and silences. Three statements. */
    async state(executor: Executor): Promise<HealthState> {
      const now = clock.now();
      const [samples, open, silences] = await Promise.all([
        freshSamples(executor),
        executor.selectFrom('operations.alert').select(['lineKey', 'level']).where('recoveredAt', 'is', null).execute(),
        executor.selectFrom('operations.silence').selectAll().where('until', '>', now).execute(),
      ]);
      return {
        lines: healthLines.map((line) => {
          const mine = samples.filter(({ lineKey }) => lineKey === line.key);
          const silence = silences.find(({ lineKey }) => lineKey === line.key);
          const { key, title, unit, advice } = line;
          return {
            ...{ key, title, unit, advice },
            ...linesOf(line),
            level: open.find(({ lineKey }) => lineKey === key)?.level ?? ('green' as const),
            value: mine[0]?.value ?? null,
            sources: mine.map(({ source, value }) => ({ source, value })),
            silence: silence
              ? { until: silence.until.toISOString(), reason: silence.reason, by: silence.silencedBy }
              : null,
          };
        }),
      };
    },

    async page(executor: Executor, { page, pageSize, state }: AlertQuery): Promise<SystemAlertPage> {
      let query = executor.selectFrom('operations.alert');
      if (state) query = query.where('recoveredAt', state === 'open' ? 'is' : 'is not', null);
      const [rows, counted] = await Promise.all([
        query
          .selectAll()
          .orderBy('openedAt', 'desc')
          .orderBy('alertId', 'desc')
          .limit(pageSize)
          .offset((page - 1) * pageSize)
          .execute(),
        query.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ]);
      const items = rows.map(({ lineKey, openedAt, changedAt, recoveredAt, calmSince: _, ...row }) => {
        const { title = lineKey, unit = '', advice = '' } = lineOf(lineKey) ?? {};
        const [opened, changed] = [openedAt.toISOString(), changedAt.toISOString()];
        const recovered = recoveredAt?.toISOString() ?? null;
        return { ...row, lineKey, title, unit, advice, openedAt: opened, changedAt: changed, recoveredAt: recovered };
      });
      return { items, total: counted.total, page, pageSize };
    },

    /** What the bell counts: open, and not silenced. */
    async countOpen(executor: Executor): Promise<number> {
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from operations.alert a
        where recovered_at is null and not exists (
          select 1 from operations.silence s where s.line_key = a.line_key and s.until > ${clock.now()}
        )`.execute(executor);
      return rows[0]?.count ?? 0;
    },

    /** @param minutes 0 ends a silence */
    async silence(tx: Tx, lineKey: string, { minutes, reason }: { minutes: number; reason: string }, by: string) {
      const until = new Date(clock.now().getTime() + minutes * minuteMs);
      await tx
        .insertInto('operations.silence')
        .values({ lineKey, until, reason, silencedBy: by })
        .onConflict((conflict) => conflict.column('lineKey').doUpdateSet({ until, reason, silencedBy: by }))
        .execute();
    },

    prune: async (): Promise<number> => {
      const { rows } = await sql`
        with gone as (delete from operations.health_sample where at < now() - interval '1 hour' returning 1)
        delete from operations.alert where recovered_at < ${new Date(clock.now().getTime() - keepMs)} returning 1`.execute(
        database.db,
      );
      return rows.length;
    },
  };
}

/** Operation records are kept half a year. */
const keepMs = 180 * 24 * 60 * minuteMs;

type AlertChange = Partial<{
  level: 'yellow' | 'red';
  peakLevel: 'yellow' | 'red';
  value: number;
  peak: number;
  source: string;
  line: number;
  changedAt: Date;
  calmSince: Date | null;
  recoveredAt: Date;
}>;
const change = async (tx: Tx, alertId: string, values: AlertChange): Promise<void> => {
  await tx.updateTable('operations.alert').set(values).where('alertId', '=', alertId).execute();
};
