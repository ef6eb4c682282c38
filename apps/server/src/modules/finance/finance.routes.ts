import { CalendarDate, ErrorReply, Id, NoContent } from '@xiaopu/contracts';
import {
  DifferenceHistory,
  DifferencePage,
  DifferenceQuery,
  ReconciliationDay,
  ReconciliationDays,
  ReconciliationDaysQuery,
  ResolveDifference,
} from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database, Executor } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { installOnly } from './finance.errors.ts';
import type { Reconciliation } from './finance.service.ts';

export interface FinanceRoutesDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  reconciliation: Reconciliation;
  /** The merchant number is the install's: its money is seen by those who have the right in every shop. */
  hasInEveryShop(db: Executor, staffId: string, permission: 'payments.read' | 'payments.resolve'): Promise<boolean>;
  audit: AuditTrail;
}

const failed = (description: string) => ({ ...ErrorReply, description });
const refused = {
  400: failed('malformed'),
  401: failed('not signed in'),
  403: failed('no right, or not in every shop'),
};
const tags = ['console: finance'];
const DayParams = Type.Object({ day: CalendarDate });
const DifferenceParams = Type.Object({ differenceId: Id });

export function financeRoutes(
  app: RouteApp,
  { database, reconciliation, hasInEveryShop, audit }: FinanceRoutesDeps,
): void {
  const { db, inTransaction } = database;
  const demand = async (staffId: string, permission: 'payments.read' | 'payments.resolve') => {
    if (!(await hasInEveryShop(db, staffId, permission))) throw installOnly();
  };

  app.get(
    '/api/console/reconciliation/days',
    {
      schema: {
        tags,
        summary: 'Days with their sums, newest first; the last 35 unless told otherwise',
        querystring: ReconciliationDaysQuery,
        response: { 200: ReconciliationDays, ...refused },
      },
      config: { access: { permission: 'payments.read' } },
    },
    async ({ staff, query }) => {
      await demand(staff.staffId, 'payments.read');
      return { items: await reconciliation.days(db, query) };
    },
  );

  app.post(
    '/api/console/reconciliation/days/:day/run',
    {
      schema: {
        tags,
        summary: 'Fetches the day’s bills and compares them again; what is known is not found twice',
        params: DayParams,
        response: {
          200: ReconciliationDay,
          ...refused,
          409: failed('running already'),
          422: failed('not over yet, or older than WeChat keeps'),
        },
      },
      config: { access: { permission: 'payments.resolve' } },
    },
    async ({ staff, params, ip }) => {
      await demand(staff.staffId, 'payments.resolve');
      const day = await reconciliation.runNow(params.day, staff.name);
      const { staffId, name: staffName, shopId } = staff;
      const summary = `对账 ${params.day}：${day.stateText}，待处理 ${day.openDifferences} 笔`;
      const entry = { action: 'finance.run' as const, target: params.day, summary, ip };
      await inTransaction((tx) => audit(tx, { staffId, staffName, shopId, ...entry }));
      return day;
    },
  );

  app.get(
    '/api/console/reconciliation/differences',
    {
      schema: {
        tags,
        summary: 'Lines that differ between WeChat’s bills and our ledger',
        querystring: DifferenceQuery,
        response: { 200: DifferencePage, ...refused },
      },
      config: { access: { permission: 'payments.read' } },
    },
    async ({ staff, query }) => {
      await demand(staff.staffId, 'payments.read');
      return reconciliation.differences(db, query);
    },
  );

  app.get(
    '/api/console/reconciliation/differences/:differenceId/history',
    {
      schema: {
        tags,
        summary: 'What became of a difference, oldest first',
        params: DifferenceParams,
        response: { 200: DifferenceHistory, ...refused, 404: failed('no such difference') },
      },
      config: { access: { permission: 'payments.read' } },
    },
    async ({ staff, params }) => {
      await demand(staff.staffId, 'payments.read');
      return reconciliation.history(db, params.differenceId);
    },
  );

  for (const [path, act, summary] of [
    ['resolution', 'resolve', 'Writes down how a difference was settled'],
    ['reopening', 'reopen', 'Opens a settled difference again, and why'],
  ] as const) {
    app.post(
      `/api/console/reconciliation/differences/:differenceId/${path}`,
      {
        schema: {
          tags,
          summary,
          params: DifferenceParams,
          body: ResolveDifference,
          response: {
            204: NoContent,
            ...refused,
            404: failed('no such difference'),
            409: failed('not in a state for it'),
          },
        },
        config: { access: { permission: 'payments.resolve' } },
      },
      async ({ staff, params, body, ip }, reply) => {
        await demand(staff.staffId, 'payments.resolve');
        const { staffId, name: staffName, shopId } = staff;
        await inTransaction(async (tx) => {
          const what = await reconciliation[act](tx, params.differenceId, { note: body.note, by: staffName });
          const entry = { action: `finance.${act}_difference` as const, target: params.differenceId, ip };
          await audit(tx, { staffId, staffName, shopId, summary: `${what}：${body.note}`, ...entry });
        });
        return reply.code(204).send(null);
      },
    );
  }
}
