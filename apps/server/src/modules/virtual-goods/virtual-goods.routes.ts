/** A buyer reads what their order gave; the shop adds card codes and sees how many are left, never the codes. */
import { Deliveries, ErrorReply, Id, OrderNo } from '@xiaopu/contracts';
import { AddCodes, AddedCodes, CodeStock } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { VirtualGoods } from './virtual-goods.service.ts';

const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply };

export function virtualGoodsRoutes(
  app: RouteApp,
  { database, virtualGoods, audit }: { database: Database; virtualGoods: VirtualGoods; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;
  app.post(
    '/api/orders/:orderNo/delivery',
    {
      config: { access: 'member' },
      schema: {
        tags: ['orders'],
        summary: 'What a virtual order gave: card codes, access; that they were looked at is kept',
        params: Type.Object({ orderNo: OrderNo }),
        response: { 200: Deliveries, 400: ErrorReply, 401: ErrorReply, 404: ErrorReply },
      },
    },
    ({ buyer, params }) => inTransaction((tx) => virtualGoods.read(tx, buyer.buyerId, params.orderNo)),
  );
  app.get(
    '/api/console/products/:spuId/codes',
    {
      config: { access: { permission: 'catalog.read' } },
      schema: {
        tags: ['console: products'],
        summary: 'Card codes of a product by SKU: free, sold, void',
        params: Type.Object({ spuId: Id }),
        response: { 200: CodeStock, ...refused },
      },
    },
    ({ staff, params }) => virtualGoods.stock(db, staff.shopId, params.spuId),
  );
  app.post(
    '/api/console/products/:spuId/codes',
    {
      bodyLimit: 1024 * 1024,
      config: { access: { permission: 'inventory.adjust' } },
      schema: {
        tags: ['console: products'],
        summary: 'Adds card codes; those known already are left out',
        params: Type.Object({ spuId: Id }),
        body: AddCodes,
        response: { 200: AddedCodes, ...refused },
      },
    },
    ({ staff, body, ip }) =>
      inTransaction(async (tx) => {
        const outcome = await virtualGoods.addCodes(tx, staff, body);
        const { staffId, name: staffName, shopId } = staff;
        const summary = `导入卡密 ${outcome.added} 个`;
        await audit(tx, { staffId, staffName, shopId, action: 'catalog.add_codes', target: body.skuId, summary, ip });
        return outcome;
      }),
  );
}
