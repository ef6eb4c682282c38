/** What buyers agreed to before paying, as a file for whoever has to prove it (C12-CON-03). */
import { CalendarDate, ErrorReply } from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import { dayMs, startOfShanghaiDay } from '#platform/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Orders } from './orders.service.ts';

const mostRows = 50_000;
const header = ['订单编号', '买家编号', '确认事项', '文本版本', '确认的文本', '确认时间'];

/** A cell that a spreadsheet might run stays text. */
const cell = (value: string): string =>
  `"${/^[=+\-@]/.test(value) ? `'${value}` : value}"`.replaceAll(/(?<!^)"(?!$)/g, '""');
const line = (values: readonly string[]): string => values.map(cell).join(',');

export function consentRoutes(
  app: RouteApp,
  { database, orders, audit }: { database: Database; orders: Pick<Orders, 'consentsOfShop'>; audit: AuditTrail },
): void {
  app.get(
    '/api/console/orders/consents/export',
    {
      config: { access: { permission: 'orders.read' } },
      schema: {
        tags: ['console: orders'],
        summary: 'Consents of a span of days, as CSV',
        querystring: Type.Object({ from: CalendarDate, to: CalendarDate }),
        response: { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply },
      },
    },
    async ({ staff, query: { from, to }, ip }, reply) => {
      const { staffId, name: staffName, shopId } = staff;
      const rows = await database.inTransaction(async (tx) => {
        const summary = `导出买家确认记录 ${from} 至 ${to}`;
        await audit(tx, { staffId, staffName, shopId, action: 'orders.export_consents', target: shopId, summary, ip });
        return orders.consentsOfShop(tx, shopId, {
          from: startOfShanghaiDay(from),
          until: new Date(startOfShanghaiDay(to).getTime() + dayMs),
          limit: mostRows,
        });
      });
      const lines = rows.map(({ orderNo, buyerId, key, version, text, at }) =>
        line([`${orderNo}\t`, buyerId, key, version, text, at]),
      );
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(`买家确认记录 ${from}.csv`)}`)
        .header('cache-control', 'no-store')
        .send(`\uFEFF${[line(header), ...lines].join('\r\n')}` as never);
    },
  );
}
