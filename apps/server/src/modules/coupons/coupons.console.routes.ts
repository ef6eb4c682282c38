/** Console: templates, what became of them, and giving coupons by hand. */
import { ErrorReply, Id } from '@xiaopu/contracts';
import {
  CouponLiability,
  CouponStores,
  CouponsGranted,
  CouponTemplate,
  CouponTemplateInput,
  CouponTemplatePage,
  CouponTemplateQuery,
  GrantCoupons,
  SetPromotionState,
} from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditEntry, AuditTrail } from '#platform/audit.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Coupons } from './coupons.service.ts';

const tags = ['console: coupons'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const params = Type.Object({ templateId: Id });
const read = { access: { permission: 'promotions.read' } } as const;
const write = { access: { permission: 'promotions.write' } } as const;

export function couponsConsoleRoutes(
  app: RouteApp,
  { database, coupons, audit }: { database: Database; coupons: Coupons; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;

  interface Author {
    staff: { staffId: string; name: string; shopId: string };
    ip: string;
  }
  const trail = (tx: Tx, { staff, ip }: Author, action: AuditEntry['action'], target: string, summary: string) =>
    audit(tx, { staffId: staff.staffId, staffName: staff.name, shopId: staff.shopId, action, target, summary, ip });

  app.get(
    '/api/console/coupons',
    {
      config: read,
      schema: {
        tags,
        summary: 'Coupon templates with their results',
        querystring: CouponTemplateQuery,
        response: { 200: CouponTemplatePage, ...refused },
      },
    },
    ({ staff, query }) => coupons.templates(db, staff.shopId, query),
  );

  app.get(
    '/api/console/coupon-liability',
    {
      config: read,
      schema: {
        tags,
        summary: 'What coupons may still cost: worst case, by past use, and what runs out when',
        response: { 200: CouponLiability, ...refused },
      },
    },
    ({ staff }) => coupons.liability(db, staff.shopId),
  );

  app.get(
    '/api/console/coupon-stores',
    {
      config: read,
      schema: {
        tags,
        summary: 'Stores of the shop, to draw a fence around',
        response: { 200: CouponStores, ...refused },
      },
    },
    async ({ staff }) => ({ stores: await coupons.storesOf(db, staff.shopId) }),
  );

  app.get(
    '/api/console/coupons/:templateId',
    {
      config: read,
      schema: {
        tags,
        summary: 'One template with its results',
        params,
        response: { 200: CouponTemplate, ...refused, 404: ErrorReply },
      },
    },
    ({ staff, params: { templateId } }) => coupons.template(db, staff.shopId, templateId),
  );

  app.post(
    '/api/console/coupons',
    {
      config: write,
      schema: {
        tags,
        summary: 'Adds a template',
        body: CouponTemplateInput,
        response: { 201: CouponTemplate, ...refused, 422: ErrorReply },
      },
    },
    async (request, reply) => {
      const { staff, body } = request;
      const saved = await inTransaction(async (tx) => {
        const template = await coupons.save(tx, { shopId: staff.shopId, staffName: staff.name }, body);
        await trail(tx, request, 'coupons.create', template.templateId, `新建优惠券「${template.name}」`);
        return template;
      });
      coupons.forget();
      return reply.code(201).send(saved);
    },
  );

  app.put(
    '/api/console/coupons/:templateId',
    {
      config: write,
      schema: {
        tags,
        summary: 'Changes a template; coupons already claimed keep their terms',
        params,
        body: CouponTemplateInput,
        response: { 200: CouponTemplate, ...refused, 404: ErrorReply, 422: ErrorReply },
      },
    },
    async (request) => {
      const { staff, body, params: where } = request;
      const saved = await inTransaction(async (tx) => {
        const template = await coupons.save(
          tx,
          { shopId: staff.shopId, staffName: staff.name },
          body,
          where.templateId,
        );
        await trail(tx, request, 'coupons.change', template.templateId, `修改优惠券「${template.name}」`);
        return template;
      });
      coupons.forget();
      return saved;
    },
  );

  app.post(
    '/api/console/coupons/:templateId/state',
    {
      config: write,
      schema: {
        tags,
        summary: 'Stops or resumes claiming',
        params,
        body: SetPromotionState,
        response: { 200: CouponTemplate, ...refused, 404: ErrorReply },
      },
    },
    async (request) => {
      const { staff, body, params: where } = request;
      const saved = await inTransaction(async (tx) => {
        const template = await coupons.setPaused(tx, staff.shopId, where.templateId, body.paused);
        await trail(
          tx,
          request,
          body.paused ? 'coupons.pause' : 'coupons.resume',
          template.templateId,
          `${body.paused ? '停止' : '恢复'}发放「${template.name}」`,
        );
        return template;
      });
      coupons.forget();
      return saved;
    },
  );

  app.post(
    '/api/console/coupons/:templateId/grants',
    {
      config: write,
      schema: {
        tags,
        summary: 'Gives one to each of these buyers',
        params,
        body: GrantCoupons,
        response: { 200: CouponsGranted, ...refused, 404: ErrorReply },
      },
    },
    (request) =>
      inTransaction(async (tx) => {
        const { staff, body, params: where } = request;
        const done = await coupons.grant(tx, staff.shopId, where.templateId, body.buyerIds);
        await trail(tx, request, 'coupons.grant', where.templateId, `发放优惠券 ${done.granted} 张`);
        return done;
      }),
  );
}
