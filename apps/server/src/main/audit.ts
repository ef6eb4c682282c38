/**
 * `npm run audit [-- --json --settled]`: recomputes every balance and prints what differs. Exit code 1 when anything does. Read only.
 * `--settled`: everything has come to rest (restored, stopped), so nothing is excused as still on its way.
 */
import { sql } from 'kysely';
import { type AuditResult, runAudit } from '#platform/books.ts';
import { hourMs } from '#platform/clock.ts';
import { readConfig } from '#platform/config.ts';
import { type Database, openDatabase } from '#platform/database/database.ts';
import { runningEmbeddedPostgres, startEmbeddedPostgres } from '#platform/database/embedded-postgres.ts';
import { auditChecks, auditPairs } from './audits.ts';
import { openDemoClock } from './infrastructure.ts';

export interface AuditReport {
  differences: number;
  results: AuditResult[];
}

/** How long an event that was handed over counts as on its way: longer than that, it is lost. */
const onTheWayMs = hourMs;

/**
 * Ids that events still on their way speak of: in the outbox, or handed to the broker and handled by nobody yet. The broker's
 * own queues are not asked: a message that it lost must not excuse a difference for ever.
 */
async function movingKeys(database: Pick<Database, 'db'>, now: Date): Promise<Set<string>> {
  const since = new Date(now.getTime() - onTheWayMs);
  const { rows } = await sql<{ key: string }>`
    select distinct value as key from platform.outbox e, jsonb_each_text(payload::jsonb)
    where jsonb_each_text.key in ('paymentId', 'refundNo', 'orderNo') and (delivered_at is null
      or delivered_at >= ${since} and not exists (
        select 1 from platform.inbox i where i.event_id = e.event_id and i.handled_at >= ${since}))`.execute(
    database.db,
  );
  return new Set(rows.map(({ key }) => key));
}

export interface AuditOptions {
  /** Nothing is on its way any more: no difference is excused by an event that may still come. */
  isSettled?: boolean;
  onResult?: (result: AuditResult) => void;
}

export async function auditAll(
  database: Pick<Database, 'db'>,
  now: Date,
  { isSettled = false, onResult }: AuditOptions = {},
): Promise<AuditReport> {
  const pairs = auditPairs(isSettled ? new Set() : await movingKeys(database, now));
  const results = await runAudit(database, { checks: auditChecks, pairs, now, ...(onResult ? { onResult } : {}) });
  return { differences: results.reduce((sum, { differences }) => sum + differences, 0), results };
}

async function main(): Promise<number> {
  const config = readConfig(process.env);
  const isJson = process.argv.includes('--json');
  const running = config.databaseUrl ? undefined : await runningEmbeddedPostgres(config.dataDir);
  const started = config.databaseUrl || running ? undefined : await startEmbeddedPostgres({ dataDir: config.dataDir });
  const database = openDatabase({
    connection: config.databaseUrl
      ? { connectionString: config.databaseUrl }
      : (running ?? (started as NonNullable<typeof started>).connection),
    maxConnections: 2,
  });
  try {
    // The demo's clock may run ahead; what is late is late by that one.
    const now = config.wechat ? new Date() : openDemoClock(config.dataDir).now();
    const print = ({ name, says, differences, examples }: AuditResult) => {
      process.stdout.write(
        `${differences === 0 ? 'ok  ' : '✗   '}${name}: ${says}${differences ? ` — ${differences} do not` : ''}\n`,
      );
      for (const { key, expected, actual } of examples)
        process.stdout.write(`      ${key}  expected ${expected}, is ${actual}\n`);
    };
    const isSettled = process.argv.includes('--settled');
    const report = await auditAll(database, now, { isSettled, ...(isJson ? {} : { onResult: print }) });
    process.stdout.write(isJson ? `${JSON.stringify(report, null, 2)}\n` : `\n${report.differences} differences\n`);
    return report.differences === 0 ? 0 : 1;
  } finally {
    await database.close();
    await started?.stop();
  }
}

if (import.meta.main) {
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`The audit could not run: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(2);
    },
  );
}
