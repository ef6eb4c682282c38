import { ErrorReply, Id, NearbyQuestion, NearbyStores, ShopCard } from '@xiaopu/contracts';
import { PolicySettings, SetPolicy, ShopProfile, ShopProfileInput } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { declaredPolicies } from '#platform/policy.ts';
import type { Stores } from './stores.service.ts';

export function storesRoutes(
  app: RouteApp,
  { stores, database, audit }: { stores: Stores; database: Database; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;
  const settings = { tags: ['console settings'] };
  const failures = { 401: ErrorReply, 403: ErrorReply };

  app.get(
    '/api/shops/:shopId',
    {
      schema: {
        tags: ['catalog'],
        description: 'A shop as shoppers see it, with its physical stores',
        params: Type.Object({ shopId: Id }),
        response: { 200: ShopCard, 400: ErrorReply, 404: ErrorReply },
      },
      config: { access: 'anyone' },
    },
    (request) => stores.card(db, request.params.shopId),
  );

  app.post(
    '/api/stores/nearby',
    {
      schema: {
        tags: ['catalog'],
        summary: 'Stores around a position, or of a city; with neither, the cities to pick from',
        description:
          'A POST, so that no address of a request carries a position. It is used for the answer and not kept.',
        body: NearbyQuestion,
        response: { 200: NearbyStores, 400: ErrorReply },
      },
      config: { access: 'anyone' },
    },
    (request) => stores.near(db, request.body),
  );

  app.get(
    '/api/console/settings/profile',
    {
      schema: {
        ...settings,
        description: 'Profile of the current shop',
        response: { 200: ShopProfile, ...failures, 404: ErrorReply },
      },
      config: { access: { permission: 'settings.read' } },
    },
    (request) => stores.profile(db, request.staff.shopId),
  );

  app.put(
    '/api/console/settings/profile',
    {
      schema: {
        ...settings,
        description: 'Changes the profile of the current shop; logoMediaId null removes the logo, absent keeps it',
        body: ShopProfileInput,
        response: { 200: ShopProfile, 400: ErrorReply, ...failures, 404: ErrorReply, 422: ErrorReply },
      },
      config: { access: { permission: 'settings.write' } },
    },
    ({ staff, body, ip }) =>
      inTransaction(async (tx) => {
        const profile = await stores.saveProfile(tx, staff.shopId, body);
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: 'settings.profile',
          target: staff.shopId,
          summary: `修改店铺资料：${profile.name}`,
          ip,
        });
        return profile;
      }),
  );

  app.get(
    '/api/console/settings/policies',
    {
      schema: {
        ...settings,
        description: 'All policy numbers with bounds and history',
        response: { 200: PolicySettings, ...failures },
      },
      config: { access: { permission: 'settings.read' } },
    },
    (request) => stores.policySettings(db, request.staff.shopId),
  );

  app.put(
    '/api/console/settings/policies/:key',
    {
      schema: {
        ...settings,
        description: 'Sets a policy number for the current shop',
        params: Type.Object({ key: Type.String({ maxLength: 100 }) }),
        body: SetPolicy,
        response: { 200: PolicySettings, 400: ErrorReply, ...failures, 404: ErrorReply, 422: ErrorReply },
      },
      config: { access: { permission: 'settings.write' } },
    },
    ({ staff, params, body, ip }) =>
      inTransaction(async (tx) => {
        const result = await stores.setPolicy(tx, staff, { key: params.key, value: body.value });
        const title = declaredPolicies().find(({ key }) => key === params.key)?.title ?? params.key;
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: 'settings.policy',
          target: params.key,
          summary: `${title}改为 ${body.value}`,
          ip,
        });
        return result;
      }),
  );
}
