/** Complaints for the shop's people, and the door WeChat knocks at. */
import { ErrorReply, NoContent } from '@xiaopu/contracts';
import {
  AnswerComplaint,
  ComplaintDetail,
  ComplaintId,
  ComplaintPage,
  ComplaintQuery,
  CompleteComplaint,
  NoteComplaint,
} from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { signedScope, wechatNotice } from '#platform/http/signed-notice.ts';
import type { ComplaintFlow } from './complaints.flow.ts';
import { complaintNoticePath } from './complaints.gateway.ts';
import type { Complaints } from './complaints.service.ts';

const tags = ['console: complaints'];
const params = Type.Object({ complaintId: ComplaintId });
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply };
const read = { access: { permission: 'complaints.read' } } as const;
const answer = { access: { permission: 'complaints.answer' } } as const;

export function complaintRoutes(
  app: RouteApp,
  {
    database,
    complaints,
    flow,
    audit,
  }: { database: Database; complaints: Complaints; flow: Pick<ComplaintFlow, 'takeNotice'>; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;
  interface Staff {
    staffId: string;
    name: string;
    shopId: string;
  }
  const audited = (
    { staffId, name, shopId }: Staff,
    { action, target, summary, ip }: { action: `complaints.${string}`; target: string; summary: string; ip: string },
    work: (tx: Tx) => Promise<void>,
  ): Promise<null> =>
    inTransaction(async (tx) => {
      await work(tx);
      await audit(tx, { staffId, staffName: name, shopId, action, target, summary, ip });
      return null;
    });

  app.get(
    '/api/console/complaints',
    {
      config: read,
      schema: {
        tags,
        summary: 'Complaints of WeChat Pay about the shop, the newest first',
        querystring: ComplaintQuery,
        response: { 200: ComplaintPage, ...refused },
      },
    },
    ({ staff, query }) => complaints.list(db, staff.shopId, query),
  );
  app.get(
    '/api/console/complaints/:complaintId',
    {
      config: read,
      schema: { tags, summary: 'One thread with its evidence', params, response: { 200: ComplaintDetail, ...refused } },
    },
    ({ staff, params: { complaintId } }) => complaints.get(db, staff.shopId, complaintId),
  );
  app.post(
    '/api/console/complaints/:complaintId/answers',
    {
      config: answer,
      schema: {
        tags,
        summary: 'Answers the payer through WeChat; the same answerId twice is one answer',
        ...{ params, body: AnswerComplaint },
        response: { 204: NoContent, ...refused, 409: ErrorReply },
      },
    },
    async ({ staff, params: { complaintId }, body, ip }, reply) =>
      reply
        .code(204)
        .send(
          await audited(
            staff,
            { action: 'complaints.answer', target: complaintId, summary: `回复投诉：${body.text}`, ip },
            (tx) => complaints.answer(tx, staff, complaintId, body),
          ),
        ),
  );
  app.post(
    '/api/console/complaints/:complaintId/complete',
    {
      config: answer,
      schema: {
        tags,
        summary: 'Tells WeChat that it is dealt with',
        ...{ params, body: CompleteComplaint },
        response: { 204: NoContent, ...refused, 409: ErrorReply },
      },
    },
    async ({ staff, params: { complaintId }, body, ip }, reply) =>
      reply
        .code(204)
        .send(
          await audited(
            staff,
            { action: 'complaints.complete', target: complaintId, summary: '投诉标记处理完成', ip },
            (tx) => complaints.complete(tx, staff, complaintId, body),
          ),
        ),
  );
  app.post(
    '/api/console/complaints/:complaintId/notes',
    {
      config: answer,
      schema: {
        tags,
        summary: 'A note for colleagues: never sent',
        ...{ params, body: NoteComplaint },
        response: { 204: NoContent, ...refused },
      },
    },
    async ({ staff, params: { complaintId }, body, ip }, reply) =>
      reply
        .code(204)
        .send(
          await audited(
            staff,
            { action: 'complaints.note', target: complaintId, summary: '添加投诉内部备注', ip },
            (tx) => complaints.note(tx, staff, complaintId, body.text),
          ),
        ),
  );

  signedScope(app, (scope) =>
    wechatNotice(scope, {
      path: complaintNoticePath,
      summary: "WeChat's complaint notice: signed by WeChat, sealed for us",
      take: flow.takeNotice,
    }),
  );
}
