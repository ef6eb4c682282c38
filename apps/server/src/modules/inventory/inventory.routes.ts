/** Console: stock list, ledger, adjustments, safety stock. */
import { ErrorReply, Id, NoContent, PageQuery, type Picture } from '@xiaopu/contracts';
import { AdjustStock, LedgerPage, SetSafetyStock, StockPage, StockQuery } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database, Executor } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { availableOf, isLow, kindText } from './inventory.domain.ts';
import type { Inventory } from './inventory.service.ts';

/** What a stock row shows of a SKU; inventory itself only counts. */
export interface SkuLabel {
  title: string;
  specText: string;
  skuCode: string;
  picture: Picture | null;
}

export interface InventoryRoutesDeps {
  database: Database;
  inventory: Inventory;
  skuLabels(db: Executor, skuIds: string[]): Promise<Map<string, SkuLabel>>;
  /** SKUs of a shop whose title or code matches. */
  searchSkus(db: Executor, shopId: string, q: string): Promise<string[]>;
  audit: AuditTrail;
}

const tags = ['console: stock'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };

export function inventoryRoutes(
  app: RouteApp,
  { database, inventory, skuLabels, searchSkus, audit }: InventoryRoutesDeps,
): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/console/stock',
    {
      config: { access: { permission: 'inventory.read' } },
      schema: { tags, summary: 'Stock of the shop', querystring: StockQuery, response: { 200: StockPage, ...refused } },
    },
    async ({ query, staff }) => {
      const { page, pageSize, q, state } = query;
      const skuIds = q ? await searchSkus(db, staff.shopId, q) : undefined;
      const { rows, total } = await inventory.list(db, staff.shopId, {
        state,
        skuIds,
        offset: (page - 1) * pageSize,
        limit: pageSize,
      });
      const labels = await skuLabels(
        db,
        rows.map(({ skuId }) => skuId),
      );
      return {
        items: rows.map((row) => {
          const label = labels.get(row.skuId);
          const available = availableOf(row);
          return {
            skuId: row.skuId,
            spuId: row.spuId,
            skuCode: label?.skuCode ?? '',
            title: label?.title ?? '',
            specText: label?.specText ?? '',
            picture: label?.picture ?? null,
            onHand: row.onHand,
            reserved: row.reserved,
            available,
            safetyStock: row.safetyStock,
            state: available === 0 ? ('out' as const) : isLow(row) ? ('low' as const) : ('ok' as const),
            updatedAt: row.updatedAt.toISOString(),
          };
        }),
        total,
        page,
        pageSize,
      };
    },
  );

  const skuParams = Type.Object({ skuId: Id });

  app.get(
    '/api/console/stock/:skuId/ledger',
    {
      config: { access: { permission: 'inventory.read' } },
      schema: {
        tags,
        summary: 'Every change of a SKU, newest first',
        params: skuParams,
        querystring: PageQuery,
        response: { 200: LedgerPage, ...refused, 404: ErrorReply },
      },
    },
    async ({ params, query: { page, pageSize }, staff }) => {
      const { rows, total } = await inventory.ledger(db, staff.shopId, params.skuId, {
        offset: (page - 1) * pageSize,
        limit: pageSize,
      });
      const items = rows.map(({ skuId: _skuId, requestId: _requestId, at, ...entry }) => ({
        ...entry,
        kindText: kindText[entry.kind],
        at: at.toISOString(),
      }));
      return { items, total, page, pageSize };
    },
  );

  app.post(
    '/api/console/stock/:skuId/adjustments',
    {
      config: { access: { permission: 'inventory.adjust' } },
      schema: {
        tags,
        summary: 'Adjust by a difference; a repeated requestId changes nothing',
        params: skuParams,
        body: AdjustStock,
        response: { 200: NoContent, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ params: { skuId }, body, staff, ip }) => {
      await inTransaction(async (tx) => {
        const { isRepeat } = await inventory.adjust(tx, staff.shopId, { skuId, ...body, actor: staff.name });
        if (isRepeat) return;
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: 'inventory.adjust',
          target: skuId,
          summary: `库存${body.delta > 0 ? '增加' : '减少'} ${Math.abs(body.delta)} 件`,
          ip,
        });
      });
      return null;
    },
  );

  app.put(
    '/api/console/stock/:skuId/safety',
    {
      config: { access: { permission: 'inventory.adjust' } },
      schema: {
        tags,
        summary: 'Set the safety stock',
        params: skuParams,
        body: SetSafetyStock,
        response: { 200: NoContent, ...refused, 404: ErrorReply },
      },
    },
    async ({ params: { skuId }, body: { safetyStock }, staff, ip }) => {
      await inTransaction(async (tx) => {
        await inventory.setSafetyStock(tx, staff.shopId, { skuId, safetyStock, actor: staff.name });
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: 'inventory.set_safety_stock',
          target: skuId,
          summary: `安全库存设为 ${safetyStock} 件`,
          ip,
        });
      });
      return null;
    },
  );
}
