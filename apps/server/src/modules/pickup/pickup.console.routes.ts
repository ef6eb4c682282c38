/** Console: a clerk sees and serves the stores that are theirs, a manager every store. */
import { ErrorReply, Id, OrderNo, type Picture } from '@xiaopu/contracts';
import {
  AdjustShelf,
  CheckPickupCode,
  PickupDesk,
  PickupPage,
  PickupQuery,
  PickupRow,
  SetStoreTeam,
  ShelfLevel,
  ShelfPage,
  ShelfQuery,
  StoreTeam,
} from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database, Executor } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Inventory } from '../inventory/index.ts';
import type { PickupDeskService } from './pickup.desk.ts';

export interface PickupConsoleDeps {
  database: Database;
  desk: PickupDeskService;
  inventory: Pick<Inventory, 'listShelf' | 'adjustShelf'>;
  skuLabels(
    db: Executor,
    skuIds: string[],
  ): Promise<Map<string, { title: string; specText: string; skuCode: string; picture: Picture | null }>>;
  searchSkus(db: Executor, shopId: string, q: string): Promise<string[]>;
  audit: AuditTrail;
}

const tags = ['console: pickups'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const missed = { ...refused, 404: ErrorReply, 409: ErrorReply };
const serve = { access: { permission: 'pickup.serve' } } as const;
const manage = { access: { permission: 'pickup.manage' } } as const;

export function pickupConsoleRoutes(app: RouteApp, deps: PickupConsoleDeps): void {
  const { database, desk, inventory, skuLabels, searchSkus, audit } = deps;
  const { db, inTransaction } = database;

  app.get(
    '/api/console/pickups/desk',
    {
      config: serve,
      schema: { tags, summary: 'Stores one serves, with what waits there', response: { 200: PickupDesk, ...refused } },
    },
    ({ staff }) => desk.desk(db, staff),
  );

  app.get(
    '/api/console/pickups',
    {
      config: serve,
      schema: {
        tags,
        summary: 'Orders to be picked up, the most urgent first',
        querystring: PickupQuery,
        response: { 200: PickupPage, ...refused, 404: ErrorReply },
      },
    },
    ({ staff, query }) => desk.list(db, staff, query),
  );

  app.post(
    '/api/console/pickups/:orderNo/ready',
    {
      config: serve,
      schema: {
        tags,
        summary: 'The goods are set aside; the buyer is told to come',
        params: Type.Object({ orderNo: OrderNo }),
        response: { 200: PickupRow, ...missed },
      },
    },
    ({ staff, params: { orderNo }, ip }) =>
      inTransaction(async (tx) => {
        const row = await desk.markReady(tx, staff, orderNo);
        const { staffId, name: staffName, shopId } = staff;
        const summary = `自提备好：${row.storeName}`;
        await audit(tx, { staffId, staffName, shopId, action: 'pickup.ready', target: orderNo, summary, ip });
        return row;
      }),
  );

  app.post(
    '/api/console/pickups/lookup',
    {
      config: serve,
      schema: {
        tags,
        summary: 'What a pick-up code is for; changes nothing',
        body: CheckPickupCode,
        response: { 200: PickupRow, ...refused, 404: ErrorReply },
      },
    },
    ({ staff, body }) => desk.find(db, staff, body.code),
  );

  app.post(
    '/api/console/pickups/check-off',
    {
      config: serve,
      schema: {
        tags,
        summary: 'Hand over against a code, once; a used one is 409 and says when and by whom',
        body: CheckPickupCode,
        response: { 200: PickupRow, ...missed },
      },
    },
    ({ staff, body, ip }) =>
      inTransaction(async (tx) => {
        const row = await desk.checkOff(tx, staff, body.code);
        const { staffId, name: staffName, shopId } = staff;
        const summary = `自提核销：${row.storeName}`;
        await audit(tx, { staffId, staffName, shopId, action: 'pickup.check_off', target: row.orderNo, summary, ip });
        return row;
      }),
  );

  app.get(
    '/api/console/stores/team',
    {
      config: manage,
      schema: { tags, summary: 'Who serves which store', response: { 200: StoreTeam, ...refused } },
    },
    ({ staff }) => desk.team(db, staff.shopId),
  );

  app.put(
    '/api/console/stores/:storeId/team',
    {
      config: manage,
      schema: {
        tags,
        summary: 'Sets who serves a store',
        params: Type.Object({ storeId: Id }),
        body: SetStoreTeam,
        response: { 200: StoreTeam, ...refused, 404: ErrorReply },
      },
    },
    ({ staff: { staffId, name: staffName, shopId }, params: { storeId }, body, ip }) =>
      inTransaction(async (tx) => {
        const team = await desk.setTeam(tx, shopId, storeId, body.staffIds);
        const store = team.stores.find((one) => one.storeId === storeId);
        const names = store?.clerks.map(({ name }) => name).join('、') || '无';
        const summary = `${store?.name ?? ''}店员：${names}`;
        await audit(tx, { staffId, staffName, shopId, action: 'stores.team', target: storeId, summary, ip });
        return team;
      }),
  );

  app.get(
    '/api/console/shelves',
    {
      config: serve,
      schema: {
        tags,
        summary: 'What stands in a store, scarcest first',
        querystring: ShelfQuery,
        response: { 200: ShelfPage, ...refused, 404: ErrorReply },
      },
    },
    async ({ staff, query: { storeId, q, page, pageSize } }) => {
      await desk.requireStore(db, staff, storeId);
      const skuIds = q ? await searchSkus(db, staff.shopId, q) : undefined;
      const range = { skuIds, offset: (page - 1) * pageSize, limit: pageSize };
      const { rows, total } = await inventory.listShelf(db, staff.shopId, storeId, range);
      const labels = await skuLabels(
        db,
        rows.map(({ skuId }) => skuId),
      );
      const items = rows.map(({ skuId, onHand, reserved }) => {
        const { title = '', specText = '', skuCode = '', picture } = labels.get(skuId) ?? {};
        return {
          ...{ skuId, title, specText, skuCode, onHand, reserved, available: onHand - reserved },
          ...(picture && { picture }),
        };
      });
      return { items, total, page, pageSize };
    },
  );

  app.post(
    '/api/console/shelves/:skuId/adjustments',
    {
      config: serve,
      schema: {
        tags,
        summary: 'A sale at the till, a count, a transfer; the same requestId again changes nothing',
        params: Type.Object({ skuId: Id }),
        body: AdjustShelf,
        response: { 200: ShelfLevel, ...missed, 422: ErrorReply },
      },
    },
    ({ staff, params: { skuId }, body, ip }) =>
      inTransaction(async (tx) => {
        await desk.requireStore(tx, staff, body.storeId);
        const { staffId, name: staffName, shopId } = staff;
        const level = await inventory.adjustShelf(tx, shopId, { ...body, skuId, actor: staffName });
        const summary = `门店库存 ${body.delta > 0 ? '+' : ''}${body.delta}`;
        await audit(tx, { staffId, staffName, shopId, action: 'inventory.shelf', target: skuId, summary, ip });
        return level;
      }),
  );
}
