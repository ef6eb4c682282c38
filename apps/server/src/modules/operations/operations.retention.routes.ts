/** How long what is kept, and the orders that lose nothing. The limits themselves are policies, set where all of them are. */
import { ErrorReply, NoContent, OrderNo } from '@xiaopu/contracts';
import { HoldOrder, RetentionView } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { KeptForGood, Retention } from '#platform/retention.ts';

interface Hold {
  orderNo: string;
  reason: string;
  heldBy: string;
  heldAt: Date;
}

export interface RetentionRoutesDeps {
  database: Database;
  retention: Pick<Retention, 'lines'>;
  keptForGood: readonly KeptForGood[];
  holds: {
    list(db: Executor, shopId: string): Promise<Hold[]>;
    hold(tx: Tx, shopId: string, hold: { orderNo: string; reason: string; by: string }): Promise<void>;
    release(tx: Tx, shopId: string, orderNo: string): Promise<void>;
  };
  audit: AuditTrail;
}

const tags = ['console: retention'];
const params = Type.Object({ orderNo: OrderNo });
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };

export function retentionRoutes(
  app: RouteApp,
  { database, retention, keptForGood, holds, audit }: RetentionRoutesDeps,
): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/console/record-keeping',
    {
      config: { access: { permission: 'settings.read' } },
      schema: {
        tags,
        summary: 'What is kept how long, what the purge did, and orders on hold',
        response: { 200: RetentionView, ...refused },
      },
    },
    async ({ staff }) => {
      const [lines, held] = await Promise.all([retention.lines(db), holds.list(db, staff.shopId)]);
      return {
        lines: lines.map(({ lookedAt, lastDay, ...line }) => ({
          ...line,
          lookedAt: lookedAt?.toISOString() ?? null,
          lastDay: lastDay && { ...lastDay, olderThan: lastDay.olderThan.toISOString() },
        })),
        keptForGood: [...keptForGood],
        holds: held.map(({ heldAt, ...hold }) => ({ ...hold, heldAt: heldAt.toISOString() })),
      };
    },
  );

  app.put(
    '/api/console/record-keeping/holds/:orderNo',
    {
      config: { access: { permission: 'settings.write' } },
      schema: {
        tags,
        summary: 'Keep everything of an order until it is released: a dispute or an authority may ask',
        params,
        body: HoldOrder,
        response: { 204: NoContent, ...refused, 404: ErrorReply, 409: ErrorReply },
      },
    },
    async ({ staff, ip, params: { orderNo }, body: { reason } }, reply) => {
      await inTransaction(async (tx) => {
        const { staffId, name: staffName, shopId } = staff;
        await holds.hold(tx, shopId, { orderNo, reason, by: staffName });
        const summary = `订单留证：${reason}`;
        await audit(tx, { staffId, staffName, shopId, action: 'retention.hold', target: orderNo, summary, ip });
      });
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/api/console/record-keeping/holds/:orderNo',
    {
      config: { access: { permission: 'settings.write' } },
      schema: {
        tags,
        summary: 'The dispute is over: the order is kept like all others again',
        params,
        response: { 204: NoContent, ...refused, 404: ErrorReply },
      },
    },
    async ({ staff, ip, params: { orderNo } }, reply) => {
      await inTransaction(async (tx) => {
        const { staffId, name: staffName, shopId } = staff;
        await holds.release(tx, shopId, orderNo);
        const summary = '订单解除留证';
        await audit(tx, { staffId, staffName, shopId, action: 'retention.release', target: orderNo, summary, ip });
      });
      return reply.code(204).send(null);
    },
  );
}
