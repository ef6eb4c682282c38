/** Console: rules and figures of messages, their log, and campaigns. The numbers themselves are set on the settings routes. */
import { ErrorReply, Id, NoContent } from '@xiaopu/contracts';
import {
  CampaignPage,
  CampaignQuery,
  MessageDesk,
  NewCampaign,
  NoticeLog,
  NoticeQuery,
} from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Campaigns } from './messaging.campaigns.ts';
import type { MessageDeskService } from './messaging.desk.ts';

const tags = ['console: messages'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const read = { access: { permission: 'messages.read' } } as const;
const write = { access: { permission: 'messages.write' } } as const;

export function messagingConsoleRoutes(
  app: RouteApp,
  {
    database: { db, inTransaction },
    desk,
    campaigns,
    audit,
  }: {
    database: Pick<Database, 'db' | 'inTransaction'>;
    desk: MessageDeskService;
    campaigns: Campaigns;
    audit: AuditTrail;
  },
): void {
  app.get(
    '/api/console/messages',
    {
      config: read,
      schema: {
        tags,
        summary: 'Kinds of messages with rules, figures of 30 days, and why messages were held back',
        response: { 200: MessageDesk, ...refused },
      },
    },
    ({ staff }) => desk.overview(db, staff.shopId),
  );

  app.get(
    '/api/console/messages/log',
    {
      config: read,
      schema: {
        tags,
        summary: 'What was sent or held back, newest first',
        querystring: NoticeQuery,
        response: { 200: NoticeLog, ...refused },
      },
    },
    ({ staff, query }) => desk.log(db, staff.shopId, query),
  );

  app.get(
    '/api/console/campaigns',
    {
      config: read,
      schema: {
        tags,
        summary: 'Campaign messages with their results',
        querystring: CampaignQuery,
        response: { 200: CampaignPage, ...refused },
      },
    },
    ({ staff, query }) => campaigns.page(db, staff.shopId, query),
  );

  app.post(
    '/api/console/campaigns',
    {
      config: write,
      schema: {
        tags,
        summary: 'Plans a campaign message to members',
        body: NewCampaign,
        response: { 201: NoContent, ...refused, 422: ErrorReply },
      },
    },
    async ({ staff, body, ip }, reply) => {
      await inTransaction(async (tx) => {
        await campaigns.create(tx, { shopId: staff.shopId, staffName: staff.name }, body);
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: 'messages.campaign',
          target: body.campaignId,
          summary: `计划活动消息：${body.name}`,
          ip,
        });
      });
      return reply.code(201).send(null);
    },
  );

  app.post(
    '/api/console/campaigns/:campaignId/stop',
    {
      config: write,
      schema: {
        tags,
        summary: 'Stops a campaign: what still waits is not sent',
        params: Type.Object({ campaignId: Id }),
        response: { 204: NoContent, ...refused, 404: ErrorReply },
      },
    },
    async ({ staff, params, ip }, reply) => {
      await inTransaction(async (tx) => {
        await campaigns.stop(tx, staff.shopId, params.campaignId);
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: 'messages.campaign_stop',
          target: params.campaignId,
          summary: '停止活动消息',
          ip,
        });
      });
      return reply.code(204).send(null);
    },
  );
}
