/** Console: rules, distributors, commissions, withdrawals, results, and the record for the tax office. */
import { ErrorReply, Id, NoContent } from '@xiaopu/contracts';
import {
  CommissionRateList,
  ConsoleCommissionPage,
  ConsoleCommissionQuery,
  ConsoleDistributorPage,
  ConsoleProgram,
  ConsoleWithdrawalPage,
  ConsoleWithdrawalQuery,
  DecideDistributor,
  DecideWithdrawal,
  DistributionResults,
  DistributorQuery,
  RateTarget,
  ResultsQuery,
  SaveCommissionRate,
  SaveProgram,
  TaxRecord,
  TaxRecordInput,
} from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { CurrentStaff } from '#platform/http/access.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Distribution } from './distribution.service.ts';

const tags = ['console: distribution'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const read = { access: { permission: 'distribution.read' } } as const;
const write = { access: { permission: 'distribution.write' } } as const;
const pay = { access: { permission: 'distribution.pay' } } as const;
const percent = (basisPoints: number): string => `${basisPoints / 100}%`;

const decisionTexts: Record<DecideDistributor['decision'], string> = {
  approve: '通过分销员申请',
  refuse: '拒绝分销员申请',
  suspend: '暂停分销员',
  resume: '恢复分销员',
};

export function distributionConsoleRoutes(
  app: RouteApp,
  { database, distribution, audit }: { database: Database; distribution: Distribution; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;
  const { program, roster, withdrawals, desk } = distribution;

  const note = (
    tx: Tx,
    { staffId, name: staffName, shopId }: CurrentStaff,
    entry: { action: string; target: string; summary: string; ip: string },
  ) => audit(tx, { staffId, staffName, shopId, ...entry, action: `distribution.${entry.action}` });

  app.get(
    '/api/console/distribution/program',
    { config: read, schema: { tags, summary: 'The programme’s rules', response: { 200: ConsoleProgram, ...refused } } },
    ({ staff }) => program.view(db, staff.shopId),
  );

  app.put(
    '/api/console/distribution/program',
    {
      config: write,
      schema: {
        tags,
        summary: 'Changes the programme’s rules; orders already placed keep theirs',
        body: SaveProgram,
        response: { 200: ConsoleProgram, ...refused, 422: ErrorReply },
      },
    },
    ({ staff, body, ip }) =>
      inTransaction(async (tx) => {
        await program.save(tx, staff.shopId, body, staff.name);
        const rates = `${percent(body.firstRate)}${body.levels === 2 ? `＋${percent(body.secondRate)}` : ''}`;
        const summary = `分销${body.isOn ? '开启' : '关闭'}，${body.levels} 级，佣金 ${rates}`;
        await note(tx, staff, { action: 'program', target: staff.shopId, summary, ip });
        return program.view(tx, staff.shopId);
      }),
  );

  app.get(
    '/api/console/distribution/rates',
    {
      config: read,
      schema: { tags, summary: 'Rates of categories and goods', response: { 200: CommissionRateList, ...refused } },
    },
    ({ staff }) => program.listRates(db, staff.shopId),
  );

  app.put(
    '/api/console/distribution/rates',
    {
      config: write,
      schema: {
        tags,
        summary: 'Sets the rate of a category or of goods',
        body: SaveCommissionRate,
        response: { 200: CommissionRateList, ...refused, 404: ErrorReply, 422: ErrorReply },
      },
    },
    ({ staff, body, ip }) =>
      inTransaction(async (tx) => {
        const name = await program.saveRate(tx, staff.shopId, body, staff.name);
        const summary = `「${name}」佣金 ${percent(body.firstRate)}＋${percent(body.secondRate)}`;
        await note(tx, staff, { action: 'rate', target: body.targetId, summary, ip });
        return program.listRates(tx, staff.shopId);
      }),
  );

  app.post(
    '/api/console/distribution/rates/remove',
    {
      config: write,
      schema: {
        tags,
        summary: 'Takes a rate away: the shop’s own holds again',
        body: RateTarget,
        response: { 200: CommissionRateList, ...refused, 404: ErrorReply },
      },
    },
    ({ staff, body, ip }) =>
      inTransaction(async (tx) => {
        await program.removeRate(tx, staff.shopId, body);
        await note(tx, staff, { action: 'rate', target: body.targetId, summary: '取消单独的佣金比例', ip });
        return program.listRates(tx, staff.shopId);
      }),
  );

  app.get(
    '/api/console/distribution/distributors',
    {
      config: read,
      schema: {
        tags,
        summary: 'Distributors, applications first; names and numbers are masked',
        querystring: DistributorQuery,
        response: { 200: ConsoleDistributorPage, ...refused },
      },
    },
    ({ staff, query }) => desk.distributors(db, staff.shopId, query),
  );

  app.post(
    '/api/console/distribution/distributors/:distributorId/decision',
    {
      config: write,
      schema: {
        tags,
        summary: 'Approves, refuses, suspends or resumes a distributor',
        params: Type.Object({ distributorId: Id }),
        body: DecideDistributor,
        response: { 204: NoContent, ...refused, 404: ErrorReply, 409: ErrorReply },
      },
    },
    async ({ staff, params: { distributorId }, body, ip }, reply) => {
      await inTransaction(async (tx) => {
        await roster.decide(tx, staff.shopId, distributorId, body, staff.name);
        const summary = `${decisionTexts[body.decision]}${body.reason ? `：${body.reason}` : ''}`;
        await note(tx, staff, { action: body.decision, target: distributorId, summary, ip });
      });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/console/distribution/commissions',
    {
      config: read,
      schema: {
        tags,
        summary: 'Commissions, newest order first',
        querystring: ConsoleCommissionQuery,
        response: { 200: ConsoleCommissionPage, ...refused },
      },
    },
    ({ staff, query }) => desk.commissions(db, staff.shopId, query),
  );

  app.get(
    '/api/console/distribution/withdrawals',
    {
      config: read,
      schema: {
        tags,
        summary: 'Withdrawals, those to be reviewed first',
        querystring: ConsoleWithdrawalQuery,
        response: { 200: ConsoleWithdrawalPage, ...refused },
      },
    },
    ({ staff, query }) => desk.withdrawals(db, staff.shopId, query),
  );

  app.post(
    '/api/console/distribution/withdrawals/:withdrawalId/decision',
    {
      config: pay,
      schema: {
        tags,
        summary: 'Lets a reviewed withdrawal be paid, or gives it back',
        params: Type.Object({ withdrawalId: Id }),
        body: DecideWithdrawal,
        response: { 204: NoContent, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ staff, params: { withdrawalId }, body, ip }, reply) => {
      await inTransaction(async (tx) => {
        const amount = await withdrawals.decide(tx, staff.shopId, withdrawalId, body, staff.name);
        const what = body.decision === 'approve' ? '通过提现' : '拒绝提现';
        const summary = `${what} ¥${formatYuan(amount)}${body.reason ? `：${body.reason}` : ''}`;
        await note(tx, staff, { action: `withdrawal_${body.decision}`, target: withdrawalId, summary, ip });
      });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/console/distribution/results',
    {
      config: read,
      schema: {
        tags,
        summary: 'Sales brought, what they cost, by day, channel and distributor',
        querystring: ResultsQuery,
        response: { 200: DistributionResults, ...refused },
      },
    },
    ({ staff, query }) => desk.results(db, staff.shopId, query),
  );

  app.post(
    '/api/console/distribution/tax-record',
    {
      config: pay,
      schema: {
        tags,
        summary: 'Who was paid how much in a month, names and numbers in full; the reading is written down',
        body: TaxRecordInput,
        response: { 200: TaxRecord, ...refused },
      },
    },
    ({ staff, body: { month }, ip }) =>
      inTransaction(async (tx) => {
        await note(tx, staff, { action: 'tax_record', target: month, summary: `查看 ${month} 佣金报税信息`, ip });
        return withdrawals.taxRecord(tx, staff.shopId, month);
      }),
  );
}
