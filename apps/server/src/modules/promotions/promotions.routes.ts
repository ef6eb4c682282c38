/** Console: reductions with their warnings, and who lets goods go below the floor. */
import { ErrorReply, Id, NoContent } from '@xiaopu/contracts';
import {
  MarginOverrideInput,
  MarginOverrideList,
  Promotion,
  PromotionCheck,
  PromotionInput,
  PromotionPage,
  PromotionQuery,
  SetPromotionState,
} from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Promotions } from './promotions.service.ts';

const tags = ['console: promotions'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const params = Type.Object({ ruleId: Id });
const read = { access: { permission: 'promotions.read' } } as const;
const write = { access: { permission: 'promotions.write' } } as const;

export function promotionsRoutes(
  app: RouteApp,
  { database, promotions, audit }: { database: Database; promotions: Promotions; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/console/promotions',
    {
      config: read,
      schema: {
        tags,
        summary: 'Reductions of the shop',
        querystring: PromotionQuery,
        response: { 200: PromotionPage, ...refused },
      },
    },
    ({ staff, query }) => promotions.page(db, staff.shopId, query),
  );

  app.post(
    '/api/console/promotions',
    {
      config: write,
      schema: {
        tags,
        summary: 'Adds a reduction',
        body: PromotionInput,
        response: { 201: Promotion, ...refused, 422: ErrorReply },
      },
    },
    async ({ staff, body, ip }, reply) => {
      const saved = await inTransaction(async (tx) => {
        const rule = await promotions.save(tx, { shopId: staff.shopId, staffName: staff.name }, body);
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: 'promotions.create',
          target: rule.ruleId,
          summary: `新建优惠「${rule.name}」：${rule.text}`,
          ip,
        });
        return rule;
      });
      promotions.forget();
      return reply.code(201).send(saved);
    },
  );

  app.put(
    '/api/console/promotions/:ruleId',
    {
      config: write,
      schema: {
        tags,
        summary: 'Changes a reduction',
        params,
        body: PromotionInput,
        response: { 200: Promotion, ...refused, 404: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ staff, body, params: { ruleId }, ip }) => {
      const saved = await inTransaction(async (tx) => {
        const rule = await promotions.save(tx, { shopId: staff.shopId, staffName: staff.name }, body, ruleId);
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: 'promotions.change',
          target: ruleId,
          summary: `修改优惠「${rule.name}」：${rule.text}`,
          ip,
        });
        return rule;
      });
      promotions.forget();
      return saved;
    },
  );

  app.post(
    '/api/console/promotions/:ruleId/state',
    {
      config: write,
      schema: {
        tags,
        summary: 'Pauses or resumes a reduction',
        params,
        body: SetPromotionState,
        response: { 200: Promotion, ...refused, 404: ErrorReply },
      },
    },
    async ({ staff, body: { paused }, params: { ruleId }, ip }) => {
      const saved = await inTransaction(async (tx) => {
        const rule = await promotions.setPaused(tx, staff.shopId, ruleId, paused);
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: paused ? 'promotions.pause' : 'promotions.resume',
          target: ruleId,
          summary: `${paused ? '暂停' : '恢复'}优惠「${rule.name}」`,
          ip,
        });
        return rule;
      });
      promotions.forget();
      return saved;
    },
  );

  app.post(
    '/api/console/promotions/check',
    {
      config: read,
      schema: {
        tags,
        summary: 'Overlapping rules and goods that would fall below their floor',
        querystring: Type.Object({ ruleId: Type.Optional(Id) }),
        body: PromotionInput,
        response: { 200: PromotionCheck, ...refused },
      },
    },
    ({ staff, body, query }) => promotions.check(db, staff.shopId, body, query.ruleId),
  );

  app.get(
    '/api/console/margin-overrides',
    {
      config: read,
      schema: { tags, summary: 'Who let goods go below the floor', response: { 200: MarginOverrideList, ...refused } },
    },
    async ({ staff }) => ({ overrides: await promotions.overrides(db, staff.shopId) }),
  );

  app.post(
    '/api/console/margin-overrides',
    {
      config: { access: { permission: 'promotions.override' } },
      schema: {
        tags,
        summary: 'Lets goods go below the floor, in the name of whoever asks',
        body: MarginOverrideInput,
        response: { 204: NoContent, ...refused, 422: ErrorReply },
      },
    },
    async ({ staff, body, ip }, reply) => {
      await inTransaction(async (tx) => {
        await promotions.override(tx, { shopId: staff.shopId, staffName: staff.name }, body);
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: 'promotions.override',
          target: body.spuIds?.join(',').slice(0, 200) ?? staff.shopId,
          summary: `放行低于毛利底线：${body.reason}`,
          ip,
        });
      });
      promotions.forget();
      return reply.code(204).send(null);
    },
  );
}
