import { ErrorReply, NoContent } from '@xiaopu/contracts';
import { GoLive, GoLiveStepId, MarkGoLiveStep, SetShopMerchant, ShopMerchant } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Clock } from '#platform/clock.ts';
import type { Database, Executor } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { readShopMerchant, writeShopMerchant } from './payments.combine.ts';
import { goLiveForbidden } from './payments.errors.ts';
import type { GoLiveDesk } from './payments.golive.ts';

export interface GoLiveRoutesDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  goLive: GoLiveDesk;
  audit: AuditTrail;
  clock: Clock;
  isCombining?: () => boolean;
  maySetInstall: (db: Executor, staffId: string) => Promise<boolean>;
}

const failed = (description: string) => ({ ...ErrorReply, description });
const tags = ['console: payments'];
const refusals = { 400: failed('malformed'), 401: failed('not signed in'), 403: failed('no right') };

export function goLiveRoutes(
  app: RouteApp,
  { database, goLive, audit, clock, isCombining, maySetInstall }: GoLiveRoutesDeps,
): void {
  const { db, inTransaction } = database;
  const allow = async (staffId: string) => {
    if (!(await maySetInstall(db, staffId))) throw goLiveForbidden();
  };

  app.get(
    '/api/console/go-live',
    {
      schema: {
        tags,
        summary: 'What must be true before real money is taken, and what is',
        response: { 200: GoLive, ...refusals },
      },
      config: { access: { permission: 'payments.read' } },
    },
    () => goLive.read(db),
  );

  app.get(
    '/api/console/payments/shop-merchant',
    {
      schema: {
        tags,
        summary: 'The merchant number under which this shop takes its part of a combined payment',
        response: { 200: ShopMerchant, ...refusals },
      },
      config: { access: { permission: 'payments.read' } },
    },
    async ({ staff }) => {
      const { setAt, ...known } = await readShopMerchant(db, staff.shopId);
      return { ...known, setAt: setAt?.toISOString() ?? null, isCombining: isCombining?.() ?? false };
    },
  );

  app.put(
    '/api/console/payments/shop-merchant',
    {
      schema: {
        tags,
        summary: 'Sets it, or takes it away; where the money goes is for those with the right in every shop',
        body: SetShopMerchant,
        response: { 204: NoContent, ...refusals },
      },
      config: { access: { permission: 'settings.write' } },
    },
    async (request, reply) => {
      const { staffId, name, shopId } = request.staff;
      await allow(staffId);
      const { subMchId } = request.body;
      await inTransaction(async (tx) => {
        await writeShopMerchant(tx, shopId, { subMchId, by: name, at: clock.now() });
        await audit(tx, {
          ...{ staffId, staffName: name, shopId, ip: request.ip },
          ...{ action: 'payments.set_shop_merchant', target: shopId, summary: `特约商户号：${subMchId ?? '清除'}` },
        });
      });
      return reply.code(204).send(null);
    },
  );

  app.put(
    '/api/console/go-live/steps/:step',
    {
      schema: {
        tags,
        summary: 'Confirms a step, or takes it back (which ends production mode)',
        params: Type.Object({ step: GoLiveStepId }),
        body: MarkGoLiveStep,
        response: { 204: NoContent, ...refusals, 409: failed('the server sees this one by itself') },
      },
      config: { access: { permission: 'settings.write' } },
    },
    async (request, reply) => {
      const { staffId, name, shopId } = request.staff;
      await allow(staffId);
      const { step } = request.params;
      const { isDone, note } = request.body;
      await inTransaction(async (tx) => {
        await goLive.mark(tx, { step, isDone, note, by: name });
        const summary = `${isDone ? '完成' : '撤回'}${note ? `：${note}` : ''}`;
        await audit(tx, {
          ...{ staffId, staffName: name, shopId, ip: request.ip },
          ...{ action: 'payments.mark_go_live_step', target: step, summary },
        });
      });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/console/go-live',
    {
      schema: {
        tags,
        summary: 'Asks for production mode; refused with the list of what is missing',
        response: { 204: NoContent, ...refusals, 409: failed('not all steps are done') },
      },
      config: { access: { permission: 'settings.write' } },
    },
    async (request, reply) => {
      const { staffId, name, shopId } = request.staff;
      await allow(staffId);
      await inTransaction(async (tx) => {
        await goLive.goLive(tx, name);
        await audit(tx, {
          ...{ staffId, staffName: name, shopId, ip: request.ip },
          ...{ action: 'payments.go_live', target: 'install', summary: '切换为正式收款' },
        });
      });
      return reply.code(204).send(null);
    },
  );
}
