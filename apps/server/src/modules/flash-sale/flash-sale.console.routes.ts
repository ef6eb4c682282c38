/** Console: set a sale up, look at it, end it early. */
import { ErrorReply, Id, NoContent, PageQuery } from '@xiaopu/contracts';
import { FlashSalePage, NewFlashSale } from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { FlashSales } from './flash-sale.service.ts';

const tags = ['console: flash sales'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };

export function flashSaleConsoleRoutes(
  app: RouteApp,
  { database, sales, audit }: { database: Database; sales: FlashSales; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/console/flash-sales',
    {
      config: { access: { permission: 'promotions.read' } },
      schema: {
        tags,
        summary: 'Sales of the shop, newest first',
        querystring: PageQuery,
        response: { 200: FlashSalePage, ...refused },
      },
    },
    ({ query, staff }) => sales.page(db, staff.shopId, query),
  );

  app.post(
    '/api/console/flash-sales',
    {
      config: { access: { permission: 'promotions.write' } },
      schema: {
        tags,
        summary: 'Set a sale up; its units leave general stock now',
        body: NewFlashSale,
        response: { 201: NoContent, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ body, staff, ip }, reply) => {
      await inTransaction(async (tx) => {
        await sales.create(tx, staff.shopId, body, staff.name);
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: 'flash_sale.create',
          target: body.saleId,
          summary: `秒杀「${body.name}」${body.poolSize} 件，¥${formatYuan(body.flashPrice)}`,
          ip,
        });
      });
      sales.forget();
      return reply.code(201).send(null);
    },
  );

  app.post(
    '/api/console/flash-sales/:saleId/end',
    {
      config: { access: { permission: 'promotions.write' } },
      schema: {
        tags,
        summary: 'End a sale early; what nobody holds goes back to general stock',
        params: Type.Object({ saleId: Id }),
        response: { 200: NoContent, ...refused, 404: ErrorReply, 409: ErrorReply },
      },
    },
    async ({ params: { saleId }, staff, ip }) => {
      await inTransaction(async (tx) => {
        await sales.stop(tx, staff.shopId, saleId, staff.name);
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: 'flash_sale.end',
          target: saleId,
          summary: '提前结束秒杀',
          ip,
        });
      });
      sales.forget();
      return null;
    },
  );
}
