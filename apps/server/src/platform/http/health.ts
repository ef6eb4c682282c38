/** /healthz says that the process runs and what it is; /readyz also asks the database. */
import { Type } from 'typebox';
import type { Database } from '../database/database.ts';
import type { OutsideState } from '../outside-call.ts';
import type { RouteApp } from './app.ts';

export interface BuildInfo {
  version: string;
  /** Git commit of the checkout, `unknown` outside one (C04-AGI-06). */
  commit: string;
}

const Health = Type.Object({ status: Type.Literal('ok'), version: Type.String(), commit: Type.String() });
const Readiness = Type.Object({
  status: Type.String(),
  database: Type.Boolean(),
  outside: Type.Record(Type.String(), Type.String(), {
    description: 'breaker of each outside service; an open one does not make the shop unready',
  }),
});

export interface HealthDeps {
  build: BuildInfo;
  database: Pick<Database, 'pool'>;
  outside?: () => OutsideState[];
}

export function healthRoutes(app: RouteApp, { build, database, outside = () => [] }: HealthDeps): void {
  app.get('/healthz', { schema: { tags: ['operations'], response: { 200: Health } } }, async () => ({
    status: 'ok' as const,
    ...build,
  }));
  app.get(
    '/readyz',
    { schema: { tags: ['operations'], response: { 200: Readiness, 503: Readiness } } },
    async (_request, reply) => {
      const isUp = await database.pool.query('select 1').then(
        () => true,
        () => false,
      );
      return reply.code(isUp ? 200 : 503).send({
        status: isUp ? 'ok' : 'unavailable',
        database: isUp,
        outside: Object.fromEntries(outside().map(({ name, state }) => [name, state])),
      });
    },
  );
}
