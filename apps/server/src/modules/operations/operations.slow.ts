/** The slow list (C05-PERF-09): single calls over the line, as the server and as the shopper's phone saw them. */
import type { SlowRequest as ReportedSlow } from '@xiaopu/contracts';
import type { SlowEndpoints, SlowQuery, SlowRequestPage } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import { type Clock, dayMs, hourMs } from '#platform/clock.ts';
import type { Database, Executor } from '#platform/database/database.ts';
import type {} from './operations.tables.ts';

export interface SlowRequest {
  requestId: string;
  origin: 'server' | 'client';
  endpoint: string;
  traceId: string | null;
  tookMs: number;
  network: string | null;
  status: number | null;
}

const keepMs = 14 * dayMs;
/** Kept in memory until they are written; in a storm the oldest are let go, the storm is seen anyway. */
const mostWaiting = 500;

/** `/api/products/:spuId` and a client's `/api/products/:id` are one endpoint. */
export const endpointOf = (method: string, route: string): string => `${method} ${route.replace(/:\w+/g, ':id')}`;

export type SlowList = ReturnType<typeof createSlowList>;

export function createSlowList({ database, clock }: { database: Pick<Database, 'db'>; clock: Clock }) {
  const waiting: (SlowRequest & { at: Date })[] = [];

  return {
    note(slow: SlowRequest): void {
      waiting.push({ ...slow, at: clock.now() });
      if (waiting.length > mostWaiting) waiting.shift();
    },

    /** From phones: only endpoints there are, so that nothing else can be written into the list. */
    noteReported(reported: readonly ReportedSlow[], endpoints: ReadonlySet<string>): void {
      for (const { endpoint, requestId, tookMs, network } of reported) {
        if (!endpoints.has(endpoint)) continue;
        this.note({ requestId, origin: 'client', endpoint, traceId: null, tookMs, network, status: null });
      }
    },

    async flush(): Promise<void> {
      const rows = waiting.splice(0, waiting.length);
      if (rows.length === 0) return;
      await database.db
        .insertInto('operations.slowRequest')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** Worst first: by how often it was slow. */
    async endpoints(executor: Executor, hours: number): Promise<SlowEndpoints> {
      const { rows } = await sql<SlowEndpoints['items'][number] & { lastAt: Date }>`
        select endpoint, origin, count(*) as count, max(took_ms) as max_ms,
          percentile_disc(0.95) within group (order by took_ms) as p95_ms, max(at) as last_at,
          (select json_object_agg(network, n) from (
            select coalesce(b.network, '') as network, count(*) as n from operations.slow_request b
            where b.endpoint = a.endpoint and b.origin = a.origin and b.at > ${since(hours)} group by 1
          ) as spread) as networks
        from operations.slow_request a where at > ${since(hours)}
        group by endpoint, origin order by count(*) desc, endpoint limit 100`.execute(executor);
      return { items: rows.map((row) => ({ ...row, lastAt: row.lastAt.toISOString() })) };
    },

    async page(executor: Executor, { page, pageSize, endpoint, origin }: SlowQuery): Promise<SlowRequestPage> {
      let query = executor.selectFrom('operations.slowRequest');
      if (endpoint) query = query.where('endpoint', '=', endpoint);
      if (origin) query = query.where('origin', '=', origin);
      const [rows, counted] = await Promise.all([
        query
          .selectAll()
          .orderBy('at', 'desc')
          .orderBy('requestId', 'desc')
          .limit(pageSize)
          .offset((page - 1) * pageSize)
          .execute(),
        query.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ]);
      return { items: rows.map((row) => ({ ...row, at: row.at.toISOString() })), total: counted.total, page, pageSize };
    },

    prune: async (): Promise<number> => {
      const before = new Date(clock.now().getTime() - keepMs);
      const { numDeletedRows } = await database.db
        .deleteFrom('operations.slowRequest')
        .where('at', '<', before)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };

  function since(hours: number): Date {
    return new Date(clock.now().getTime() - hours * hourMs);
  }
}
