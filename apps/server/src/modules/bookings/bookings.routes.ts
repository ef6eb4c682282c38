/** Free windows for shoppers; the day's bookings and the code desk for the shop. */
import { BookingOffers, CalendarDate, ErrorReply, Id } from '@xiaopu/contracts';
import { BookingDay, BookingRow, CheckPickupCode } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { BookingDeskService } from './bookings.desk.ts';
import type { Bookings } from './bookings.service.ts';

const serve = { access: { permission: 'bookings.serve' } } as const;
const tags = ['console: bookings'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply };

export function bookingRoutes(
  app: RouteApp,
  {
    database,
    bookings,
    desk,
    audit,
  }: { database: Database; bookings: Pick<Bookings, 'offers'>; desk: BookingDeskService; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;
  app.get(
    '/api/products/:spuId/booking-windows',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['catalog'],
        summary: 'Places of a service and the windows that can be booked there',
        params: Type.Object({ spuId: Id }),
        response: { 200: BookingOffers, 400: ErrorReply, 404: ErrorReply },
      },
    },
    ({ params }) => database.onOneConnection((one) => bookings.offers(one, params.spuId)),
  );
  app.get(
    '/api/console/bookings',
    {
      config: serve,
      schema: {
        tags,
        summary: 'Bookings of a day, by their time',
        querystring: Type.Object({ day: CalendarDate }),
        response: { 200: BookingDay, ...refused },
      },
    },
    ({ staff, query }) => desk.day(db, staff.shopId, query.day),
  );
  app.post(
    '/api/console/bookings/find',
    {
      config: serve,
      schema: { tags, summary: 'Whose code it is', body: CheckPickupCode, response: { 200: BookingRow, ...refused } },
    },
    ({ staff, body }) => desk.find(db, staff.shopId, body.code),
  );
  app.post(
    '/api/console/bookings/redeem',
    {
      config: serve,
      schema: {
        tags,
        summary: 'Redeems a code, once',
        body: CheckPickupCode,
        response: { 200: BookingRow, ...refused, 409: ErrorReply },
      },
    },
    ({ staff, body, ip }) =>
      inTransaction(async (tx) => {
        const row = await desk.redeem(tx, staff, body.code);
        const { staffId, name: staffName, shopId } = staff;
        const summary = `核销预约：${row.place} ${row.windowText}`;
        await audit(tx, { staffId, staffName, shopId, action: 'booking.redeem', target: row.orderNo, summary, ip });
        return row;
      }),
  );
}
