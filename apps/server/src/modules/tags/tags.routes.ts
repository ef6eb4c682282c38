/** The shop's tags: rules, who has them, and what people add by hand. */
import { ErrorReply, Id, NoContent, PageQuery } from '@xiaopu/contracts';
import {
  GiveTag,
  MemberTags,
  SaveTag,
  TagHolderPage,
  TagList,
  TriedTagRule,
  TryTagRule,
} from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditEntry, AuditTrail } from '#platform/audit.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Tags } from './tags.service.ts';

const tags = ['console: tags'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const ofTag = { ...refused, 404: ErrorReply };
const read = { access: { permission: 'members.read' } } as const;
const write = { access: { permission: 'members.write' } } as const;
const tagParams = Type.Object({ tagId: Id });
const memberParams = Type.Object({ buyerId: Id });
const bothParams = Type.Object({ buyerId: Id, tagId: Id });

interface Author {
  staff: { staffId: string; name: string; shopId: string };
  ip: string;
}

export function tagsRoutes(
  app: RouteApp,
  { database, tags: service, audit }: { database: Database; tags: Tags; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;
  const noted = (tx: Tx, { staff, ip }: Author, action: AuditEntry['action'], target: string, summary: string) =>
    audit(tx, { staffId: staff.staffId, staffName: staff.name, shopId: staff.shopId, action, target, summary, ip });

  app.get(
    '/api/console/tags',
    {
      config: read,
      schema: { tags, summary: 'Every tag of the shop and how many have it', response: { 200: TagList, ...refused } },
    },
    ({ staff }) => service.list(db, staff.shopId),
  );
  app.post(
    '/api/console/tags/try',
    {
      config: read,
      schema: {
        tags,
        summary: 'How many of the buyers seen last a rule would hold of; nothing is kept',
        body: TryTagRule,
        response: { 200: TriedTagRule, ...refused },
      },
    },
    ({ staff, body }) => service.tryRule(db, staff.shopId, body.rule),
  );
  app.post(
    '/api/console/tags/:tagId',
    {
      config: write,
      schema: {
        tags,
        summary: 'A new tag under an id of the client’s making; the same again is the same tag',
        params: tagParams,
        body: SaveTag,
        response: { 201: NoContent, ...refused, 409: ErrorReply },
      },
    },
    async (request, reply) => {
      const { staff, body, params } = request;
      await inTransaction(async (tx) => {
        await service.create(tx, staff.shopId, params.tagId, body);
        await noted(tx, request, 'tags.create', params.tagId, `新建标签「${body.name}」`);
      });
      return reply.code(201).send(null);
    },
  );
  app.put(
    '/api/console/tags/:tagId',
    {
      config: write,
      schema: {
        tags,
        summary: 'Changes a tag; who has it is worked out anew',
        params: tagParams,
        body: SaveTag,
        response: { 204: NoContent, ...ofTag },
      },
    },
    async (request, reply) => {
      const { staff, body, params } = request;
      await inTransaction(async (tx) => {
        await service.update(tx, staff.shopId, params.tagId, body);
        await noted(tx, request, 'tags.update', params.tagId, `修改标签「${body.name}」${body.isOn ? '' : '（停用）'}`);
      });
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/api/console/tags/:tagId',
    {
      config: write,
      schema: {
        tags,
        summary: 'Deletes a tag of the shop’s own making, from everybody, too',
        params: tagParams,
        response: { 204: NoContent, ...ofTag, 409: ErrorReply },
      },
    },
    async (request, reply) => {
      const { staff, params } = request;
      await inTransaction(async (tx) => {
        const name = await service.remove(tx, staff.shopId, params.tagId);
        await noted(tx, request, 'tags.delete', params.tagId, `删除标签「${name}」`);
      });
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/console/tags/:tagId/holders',
    {
      config: read,
      schema: {
        tags,
        summary: 'Buyers who have a tag, each with the reason, the newest first',
        params: tagParams,
        querystring: PageQuery,
        response: { 200: TagHolderPage, ...ofTag },
      },
    },
    ({ staff, params, query }) => service.holders(db, { shopId: staff.shopId, ...params, ...query }),
  );

  app.get(
    '/api/console/members/:buyerId/tags',
    {
      config: read,
      schema: {
        tags,
        summary: 'A member’s tags with their reasons',
        params: memberParams,
        response: { 200: MemberTags, ...ofTag },
      },
    },
    ({ staff, params }) => service.ofMember(db, staff.shopId, params.buyerId),
  );
  app.put(
    '/api/console/members/:buyerId/tags/:tagId',
    {
      config: write,
      schema: {
        tags,
        summary: 'Gives a member a tag by hand; rules leave it alone',
        params: bothParams,
        body: GiveTag,
        response: { 204: NoContent, ...ofTag },
      },
    },
    async (request, reply) => {
      const { staff, params, body } = request;
      await inTransaction(async (tx) => {
        const name = await service.give(tx, { shopId: staff.shopId, ...params }, body);
        await noted(tx, request, 'tags.give', params.buyerId, `加标签「${name}」`);
      });
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/api/console/members/:buyerId/tags/:tagId',
    {
      config: write,
      schema: {
        tags,
        summary: 'Takes a tag from a member; one that a rule gave may come back',
        params: bothParams,
        response: { 204: NoContent, ...ofTag },
      },
    },
    async (request, reply) => {
      const { staff, params } = request;
      await inTransaction(async (tx) => {
        const name = await service.takeAway(tx, { shopId: staff.shopId, ...params });
        await noted(tx, request, 'tags.take', params.buyerId, `去掉标签「${name}」`);
      });
      return reply.code(204).send(null);
    },
  );
}
