import {
  AgreeToRenewal,
  BuyPlan,
  ErrorReply,
  NoContent,
  PaidMembership,
  PlanId,
  PlanPurchase,
  SetReminder,
} from '@xiaopu/contracts';
import { PlanInput, PlanList } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Renewals } from './subscriptions.renewals.ts';
import type { Subscriptions } from './subscriptions.service.ts';

interface Deps {
  subscriptions: Subscriptions;
  renewals?: Renewals | undefined;
  database: Database;
  audit: AuditTrail;
}

export function subscriptionRoutes(app: RouteApp, { subscriptions, renewals, database, audit }: Deps): void {
  const { db, inTransaction } = database;
  const tags = ['paid membership'];
  const config = { access: 'member' } as const;
  const failures = { 400: ErrorReply, 401: ErrorReply };
  const refusals = { ...failures, 409: ErrorReply };

  app.get(
    '/api/subscription',
    {
      schema: {
        tags,
        description: 'Plans, own entitlement, whether a trial is open',
        response: { 200: PaidMembership, ...failures },
      },
      config,
    },
    ({ buyer }) => subscriptions.view(db, buyer.buyerId),
  );
  app.post(
    '/api/subscription/trial',
    {
      schema: {
        tags,
        description: 'Starts the one free trial; it ends by itself and charges nothing',
        response: { 200: PaidMembership, ...refusals },
      },
      config,
    },
    ({ buyer }) =>
      inTransaction(async (tx) => {
        await subscriptions.startTrial(tx, buyer.buyerId);
        return subscriptions.view(tx, buyer.buyerId);
      }),
  );
  app.post(
    '/api/subscription/purchases',
    {
      schema: {
        tags,
        description: 'Buys, renews or upgrades; the payment is started like any other',
        body: BuyPlan,
        response: { 201: PlanPurchase, ...refusals, 404: ErrorReply },
      },
      config,
    },
    async ({ buyer, body }, reply) =>
      reply.code(201).send(await inTransaction((tx) => subscriptions.buy(tx, buyer.buyerId, body.planId))),
  );
  app.put(
    '/api/subscription/reminder',
    {
      schema: {
        tags,
        description: 'Whether the end of the plan is reminded',
        body: SetReminder,
        response: { 200: PaidMembership, ...refusals },
      },
      config,
    },
    ({ buyer, body }) =>
      inTransaction(async (tx) => {
        await subscriptions.setReminder(tx, buyer.buyerId, body.wantsReminder);
        return subscriptions.view(tx, buyer.buyerId);
      }),
  );
  app.post(
    '/api/subscription/refund',
    {
      schema: {
        tags,
        description: 'Gives the latest purchase back for its unused days',
        response: { 200: PaidMembership, ...refusals },
      },
      config,
    },
    ({ buyer }) =>
      inTransaction(async (tx) => {
        await subscriptions.refund(tx, buyer.buyerId);
        return subscriptions.view(tx, buyer.buyerId);
      }),
  );

  if (renewals) {
    app.post(
      '/api/subscription/auto-renewal',
      {
        schema: {
          tags,
          description: 'The shopper agreed to renewal by itself; the page to sign on comes with the next look',
          body: AgreeToRenewal,
          response: { 200: PaidMembership, ...refusals },
        },
        config,
      },
      ({ buyer }) =>
        inTransaction(async (tx) => {
          await renewals.start(tx, buyer.buyerId);
          return subscriptions.view(tx, buyer.buyerId);
        }),
    );
    app.delete(
      '/api/subscription/auto-renewal',
      {
        schema: {
          tags,
          description: 'Ends it: nothing is deducted from now on',
          response: { 200: PaidMembership, ...failures },
        },
        config,
      },
      ({ buyer }) =>
        inTransaction(async (tx) => {
          await renewals.stop(tx, buyer.buyerId);
          return subscriptions.view(tx, buyer.buyerId);
        }),
    );
  }

  const consoleFailures = { ...failures, 403: ErrorReply };
  app.get(
    '/api/console/plans',
    {
      schema: {
        tags: ['console: members'],
        description: 'Paid plans with members and income',
        response: { 200: PlanList, ...consoleFailures },
      },
      config: { access: { permission: 'members.read' } },
    },
    () => subscriptions.plans(db),
  );
  app.put(
    '/api/console/plans/:planId',
    {
      schema: {
        tags: ['console: members'],
        description: 'Changes a paid plan; running entitlements keep what they paid for until they end',
        params: Type.Object({ planId: PlanId }),
        body: PlanInput,
        response: { 204: NoContent, ...consoleFailures, 404: ErrorReply },
      },
      config: { access: { permission: 'members.write' } },
    },
    async (request, reply) => {
      const { staffId, name, shopId } = request.staff;
      const { planId } = request.params;
      await inTransaction(async (tx) => {
        await subscriptions.savePlan(tx, planId, request.body);
        const summary = `${request.body.name}，${request.body.price / 100} 元`;
        await audit(tx, {
          staffId,
          staffName: name,
          shopId,
          action: 'members.plan',
          target: planId,
          summary,
          ip: request.ip,
        });
      });
      return reply.code(204).send(null);
    },
  );
}
