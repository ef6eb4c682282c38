import { ErrorReply, Id, NoContent, PageQuery } from '@xiaopu/contracts';
import { AddShareReceiver, SetShareRate, ShareOrderPage, ShareReceiverList } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Shares } from './payouts.shares.service.ts';

export interface ShareRoutesDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  shares: Shares;
  audit: AuditTrail;
}

const failed = (description: string) => ({ ...ErrorReply, description });
const tags = ['console: payouts'];
const refusals = { 400: failed('malformed'), 401: failed('not signed in'), 403: failed('no right') };

export function shareRoutes(app: RouteApp, { database, shares, audit }: ShareRoutesDeps): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/console/profit-sharing/receivers',
    {
      schema: { tags, summary: 'Partners that may get shares', response: { 200: ShareReceiverList, ...refusals } },
      config: { access: { permission: 'payouts.read' } },
    },
    (request) => shares.receivers(db, request.staff.shopId),
  );

  app.post(
    '/api/console/profit-sharing/receivers',
    {
      schema: {
        tags,
        summary: 'Adds a partner; active once WeChat has taken it',
        body: AddShareReceiver,
        response: { 201: Type.Object({ receiverId: Id }), ...refusals, 409: failed('added already') },
      },
      config: { access: { permission: 'payouts.manage' } },
    },
    async (request, reply) => {
      const { staffId, name, shopId } = request.staff;
      const receiverId = await inTransaction(async (tx) => {
        const id = await shares.addReceiver(tx, shopId, request.body);
        const entry = {
          action: 'payouts.add_receiver' as const,
          target: id,
          summary: request.body.account,
          ip: request.ip,
        };
        await audit(tx, { staffId, staffName: name, shopId, ...entry });
        return id;
      });
      return reply.code(201).send({ receiverId });
    },
  );

  app.put(
    '/api/console/profit-sharing/receivers/:receiverId/rate',
    {
      schema: {
        tags,
        summary: 'What a partner gets of each order from now on',
        params: Type.Object({ receiverId: Id }),
        body: SetShareRate,
        response: {
          204: NoContent,
          ...refusals,
          404: failed('no such partner in this shop'),
          409: failed('together above the cap'),
        },
      },
      config: { access: { permission: 'payouts.manage' } },
    },
    async (request, reply) => {
      const { staffId, name, shopId } = request.staff;
      const { receiverId } = request.params;
      const { rate } = request.body;
      await inTransaction(async (tx) => {
        await shares.setRate(tx, shopId, receiverId, rate);
        const summary = `比例 ${rate / 100}%`;
        const entry = { action: 'payouts.set_share_rate' as const, target: receiverId, summary, ip: request.ip };
        await audit(tx, { staffId, staffName: name, shopId, ...entry });
      });
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/api/console/profit-sharing/receivers/:receiverId',
    {
      schema: {
        tags,
        summary: 'Ends the relation with a partner',
        params: Type.Object({ receiverId: Id }),
        response: { 204: NoContent, ...refusals, 404: failed('no such partner in this shop') },
      },
      config: { access: { permission: 'payouts.manage' } },
    },
    async (request, reply) => {
      const { staffId, name, shopId } = request.staff;
      const { receiverId } = request.params;
      await inTransaction(async (tx) => {
        await shares.removeReceiver(tx, shopId, receiverId);
        const entry = {
          action: 'payouts.remove_receiver' as const,
          target: receiverId,
          summary: '移除',
          ip: request.ip,
        };
        await audit(tx, { staffId, staffName: name, shopId, ...entry });
      });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/console/profit-sharing/orders',
    {
      schema: {
        tags,
        summary: 'Shares of paid trades, newest first',
        querystring: PageQuery,
        response: { 200: ShareOrderPage, ...refusals },
      },
      config: { access: { permission: 'payouts.read' } },
    },
    (request) => shares.page(db, request.staff.shopId, request.query),
  );
}
