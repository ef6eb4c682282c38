/** Console: set a sale up, look at it, end it early. */
import { ErrorReply, Id, NoContent, PageQuery } from '@xiaopu/contracts';
import {
  FlashSalePage,
  FlashTemplate,
  FlashTemplates,
  NewFlashSale,
  NewFlashTemplate,
  SetPromotionState,
} from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { FlashSales } from './flash-sale.service.ts';
import type { FlashTemplates as Templates } from './flash-sale.templates.ts';

const tags = ['console: flash sales'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };

export function flashSaleConsoleRoutes(
  app: RouteApp,
  {
    database,
    sales,
    templates,
    audit,
  }: { database: Database; sales: FlashSales; templates: Templates; audit: AuditTrail },
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

  app.get(
    '/api/console/flash-sale-templates',
    {
      config: { access: { permission: 'promotions.read' } },
      schema: { tags, summary: 'Sales that repeat', response: { 200: FlashTemplates, ...refused } },
    },
    ({ staff }) => templates.ofShop(db, staff.shopId),
  );

  app.post(
    '/api/console/flash-sale-templates',
    {
      config: { access: { permission: 'promotions.write' } },
      schema: {
        tags,
        summary: 'Set a repeating sale up; each of its sales is made by itself shortly before it starts',
        body: NewFlashTemplate,
        response: { 201: FlashTemplate, ...refused, 404: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ staff: { staffId, name: staffName, shopId }, body, ip }, reply) => {
      const made = await inTransaction(async (tx) => {
        const template = await templates.create(tx, shopId, body, staffName);
        const target = template.templateId;
        const summary = `新建周期秒杀「${body.name}」每场 ${body.poolSize} 件，¥${formatYuan(body.flashPrice)}`;
        await audit(tx, { staffId, staffName, shopId, action: 'flash_sale.template', target, summary, ip });
        return template;
      });
      return reply.code(201).send(made);
    },
  );

  app.post(
    '/api/console/flash-sale-templates/:templateId/state',
    {
      config: { access: { permission: 'promotions.write' } },
      schema: {
        tags,
        summary: 'Pause or resume a repeating sale; sales that are set up already stay',
        params: Type.Object({ templateId: Id }),
        body: SetPromotionState,
        response: { 200: FlashTemplate, ...refused, 404: ErrorReply },
      },
    },
    ({ staff: { staffId, name: staffName, shopId }, params: { templateId: target }, body: { paused }, ip }) =>
      inTransaction(async (tx) => {
        const template = await templates.setPaused(tx, shopId, target, paused);
        const summary = `${paused ? '暂停' : '恢复'}周期秒杀「${template.name}」`;
        await audit(tx, { staffId, staffName, shopId, action: 'flash_sale.template_state', target, summary, ip });
        return template;
      }),
  );
}
