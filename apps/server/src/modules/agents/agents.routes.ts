/** Shoppers open their channel; the shop says who answers, who looks after whom, and hands over. */
import { ErrorReply, Id, NoContent, PageQuery, ServiceChannel, ServiceShops } from '@xiaopu/contracts';
import {
  AgentMembers,
  HandedOver,
  HandOver,
  SaveAgent,
  SaveServiceDesk,
  ServiceDesk,
  SetAgent,
  SetAway,
} from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditEntry, AuditTrail } from '#platform/audit.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Agents } from './agents.service.ts';

const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const ofAgent = { ...refused, 404: ErrorReply };
const params = Type.Object({ staffId: Id });
const read = { access: { permission: 'members.read' } } as const;
const write = { access: { permission: 'members.write' } } as const;

interface Author {
  staff: { staffId: string; name: string; shopId: string };
  ip: string;
}

export function agentRoutes(
  app: RouteApp,
  { database: { db, inTransaction }, agents, audit }: { database: Database; agents: Agents; audit: AuditTrail },
): void {
  app.get(
    '/api/service-channels',
    {
      config: { access: 'member' },
      schema: {
        tags: ['membership'],
        summary: 'Shops whose service the member may open, with the name of their own agent',
        response: { 200: ServiceShops, ...refused },
      },
    },
    ({ buyer }) => agents.shopsFor(db, buyer.buyerId),
  );
  app.post(
    '/api/service-channels/:shopId',
    {
      config: { access: 'member' },
      schema: {
        tags: ['membership'],
        summary: 'How the shop’s service is reached now: the own agent’s queue first; repeats change nothing',
        params: Type.Object({ shopId: Id }),
        response: { 200: ServiceChannel, ...ofAgent },
      },
    },
    ({ buyer, params: { shopId } }) => inTransaction((tx) => agents.open(tx, buyer.buyerId, shopId)),
  );

  const tags = ['console: members'];
  const noted = (tx: Tx, { staff, ip }: Author, action: AuditEntry['action'], target: string, summary: string) =>
    audit(tx, { staffId: staff.staffId, staffName: staff.name, shopId: staff.shopId, action, target, summary, ip });
  app.get(
    '/api/console/agents',
    {
      config: read,
      schema: {
        tags,
        summary: 'Own agents with their load, and how the shop’s service is reached',
        response: { 200: ServiceDesk, ...refused },
      },
    },
    ({ staff }) => agents.desk(db, staff.shopId, staff.staffId),
  );
  app.put(
    '/api/console/agents/desk',
    {
      config: write,
      schema: {
        tags,
        summary: 'WeCom customer service of the shop, and its hours',
        body: SaveServiceDesk,
        response: { 204: NoContent, ...refused },
      },
    },
    async (request, reply) => {
      const { staff, body } = request;
      await inTransaction(async (tx) => {
        await agents.saveDesk(tx, staff.shopId, body);
        await noted(tx, request, 'agents.save_desk', staff.shopId, body.chatUrl ? '设置微信客服' : '停用微信客服');
      });
      return reply.code(204).send(null);
    },
  );
  app.put(
    '/api/console/agents/:staffId',
    {
      config: write,
      schema: {
        tags,
        summary: 'Makes somebody of the team an agent, or changes what shoppers read of them',
        params,
        body: SaveAgent,
        response: { 204: NoContent, ...refused, 422: ErrorReply },
      },
    },
    async (request, reply) => {
      const { staff, body, params: of } = request;
      await inTransaction(async (tx) => {
        await agents.saveAgent(tx, staff.shopId, of.staffId, body);
        await noted(tx, request, 'agents.save', of.staffId, `专属客服 ${body.name}，最多 ${body.capacity} 人`);
      });
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/api/console/agents/:staffId',
    {
      config: write,
      schema: {
        tags,
        summary: 'An agent no more; refused while members are theirs',
        params,
        response: { 204: NoContent, ...ofAgent, 409: ErrorReply },
      },
    },
    async (request, reply) => {
      const { staff, params: of } = request;
      await inTransaction(async (tx) => {
        await agents.removeAgent(tx, staff.shopId, of.staffId);
        await noted(tx, request, 'agents.remove', of.staffId, '取消专属客服');
      });
      return reply.code(204).send(null);
    },
  );
  app.put(
    '/api/console/agents/:staffId/away',
    {
      config: read,
      schema: {
        tags,
        summary: 'Away or here again: oneself, or anybody for who manages members',
        params,
        body: SetAway,
        response: { 204: NoContent, ...ofAgent },
      },
    },
    async (request, reply) => {
      const { staff, body, params: of } = request;
      const by = { ...staff, mayManage: staff.permissions.has('members.write') };
      await inTransaction(async (tx) => {
        await agents.setAway(tx, by, of.staffId, body.isAway);
        await noted(tx, request, 'agents.set_away', of.staffId, body.isAway ? '客服离岗' : '客服在岗');
      });
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/console/agents/:staffId/hand-over',
    {
      config: write,
      schema: {
        tags,
        summary: 'Gives every member of one agent to another',
        params,
        body: HandOver,
        response: { 200: HandedOver, ...ofAgent, 422: ErrorReply },
      },
    },
    async (request) => {
      const { staff, body, params: of } = request;
      return inTransaction(async (tx) => {
        const moved = await agents.handOver(tx, { ...staff, staffName: staff.name }, of.staffId, body.to);
        await noted(tx, request, 'agents.hand_over', of.staffId, `交接 ${moved} 位会员`);
        return { moved };
      });
    },
  );
  app.get(
    '/api/console/agents/:staffId/members',
    {
      config: read,
      schema: {
        tags,
        summary: 'Whom an agent looks after, newest first',
        params,
        querystring: PageQuery,
        response: { 200: AgentMembers, ...ofAgent },
      },
    },
    ({ staff, params: of, query }) => agents.members(db, staff.shopId, of.staffId, query),
  );
  app.put(
    '/api/console/members/:buyerId/agent',
    {
      config: write,
      schema: {
        tags,
        summary: 'Who looks after this member here',
        params: Type.Object({ buyerId: Id }),
        body: SetAgent,
        response: { 204: NoContent, ...ofAgent, 409: ErrorReply, 422: ErrorReply },
      },
    },
    async (request, reply) => {
      const { staff, body, params: of } = request;
      await inTransaction(async (tx) => {
        const name = await agents.assign(tx, { ...staff, staffName: staff.name }, of.buyerId, body.staffId);
        await noted(tx, request, 'members.set_agent', of.buyerId, name || '取消');
      });
      return reply.code(204).send(null);
    },
  );
}
