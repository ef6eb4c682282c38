import { ErrorReply, Id, NoContent, PageQuery } from '@xiaopu/contracts';
import { AuditPage, AuditQuery, RoleInput, RoleList, StaffInput, StaffPage } from '@xiaopu/contracts/console';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { listAudit } from './identity.audit.ts';
import type { Actor, Team } from './identity.team.service.ts';

const actorOf = ({ staff, ip }: FastifyRequest): Actor => ({ ...staff, ip });

export function teamRoutes(app: RouteApp, { team, database }: { team: Team; database: Database }): void {
  const { db, inTransaction } = database;
  const tags = ['console staff'];
  const failures = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
  const writes = { 204: NoContent, ...failures, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply };
  const staffParams = Type.Object({ staffId: Id });
  const roleParams = Type.Object({ roleId: Id });

  app.get(
    '/api/console/staff',
    {
      schema: {
        tags,
        description: 'Staff of the current shop',
        querystring: PageQuery,
        response: { 200: StaffPage, ...failures },
      },
      config: { access: { permission: 'staff.read' } },
    },
    ({ staff, query }) => team.listStaff(db, staff.shopId, query),
  );

  app.post(
    '/api/console/staff',
    {
      schema: { tags, description: 'Adds a person to the shop', body: StaffInput, response: writes },
      config: { access: { permission: 'staff.write' } },
    },
    async (request, reply) => {
      await inTransaction((tx) => team.createStaff(tx, actorOf(request), request.body));
      return reply.code(204).send(null);
    },
  );

  app.put(
    '/api/console/staff/:staffId',
    {
      schema: {
        tags,
        description: 'Changes role, state, name or password; the last active owner stays',
        params: staffParams,
        body: StaffInput,
        response: writes,
      },
      config: { access: { permission: 'staff.write' } },
    },
    async (request, reply) => {
      await inTransaction((tx) => team.updateStaff(tx, actorOf(request), request.params.staffId, request.body));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/console/roles',
    {
      schema: {
        tags,
        description: 'Roles of the current shop',
        response: { 200: RoleList, 401: ErrorReply, 403: ErrorReply },
      },
      config: { access: { permission: 'staff.read' } },
    },
    ({ staff }) => team.listRoles(db, staff.shopId),
  );

  app.post(
    '/api/console/roles',
    {
      schema: { tags, description: 'Adds a role; only with permissions one has', body: RoleInput, response: writes },
      config: { access: { permission: 'staff.write' } },
    },
    async (request, reply) => {
      await inTransaction((tx) => team.createRole(tx, actorOf(request), request.body));
      return reply.code(204).send(null);
    },
  );

  app.put(
    '/api/console/roles/:roleId',
    {
      schema: {
        tags,
        description: 'Changes a role of the shop’s own',
        params: roleParams,
        body: RoleInput,
        response: writes,
      },
      config: { access: { permission: 'staff.write' } },
    },
    async (request, reply) => {
      await inTransaction((tx) => team.updateRole(tx, actorOf(request), request.params.roleId, request.body));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/console/audit',
    {
      schema: {
        tags: ['console audit'],
        description: 'What was done in the current shop, newest first',
        querystring: AuditQuery,
        response: { 200: AuditPage, ...failures },
      },
      config: { access: { permission: 'audit.read' } },
    },
    ({ staff, query }) => listAudit(db, staff.shopId, query),
  );
}
