/** Member days: read by everybody, set by the shop. */
import { ErrorReply, Id, MemberDayList } from '@xiaopu/contracts';
import { ConsoleMemberDay, ConsoleMemberDays, NewMemberDay, SetPromotionState } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { MemberDays } from './member-day.service.ts';

const tags = ['console: member days'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };

export function memberDayRoutes(
  app: RouteApp,
  { database, memberDays, audit }: { database: Database; memberDays: MemberDays; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/member-days',
    {
      config: { access: 'anyone' },
      schema: { tags: ['member days'], summary: 'Member days of now and next', response: { 200: MemberDayList } },
    },
    () => memberDays.list(),
  );

  app.get(
    '/api/console/member-days',
    {
      config: { access: { permission: 'promotions.read' } },
      schema: { tags, summary: 'Member days of the shop', response: { 200: ConsoleMemberDays, ...refused } },
    },
    ({ staff }) => memberDays.ofShop(db, staff.shopId),
  );

  app.post(
    '/api/console/member-days',
    {
      config: { access: { permission: 'promotions.write' } },
      schema: {
        tags,
        summary: 'Adds a member day',
        body: NewMemberDay,
        response: { 201: ConsoleMemberDay, ...refused, 422: ErrorReply },
      },
    },
    async ({ staff, body, ip }, reply) => {
      const { staffId, name: staffName, shopId } = staff;
      const made = await inTransaction(async (tx) => {
        const day = await memberDays.create(tx, { shopId, staffName }, body);
        const summary = `新建会员日「${day.name}」：${day.text}`;
        await audit(tx, { staffId, staffName, shopId, action: 'member_day.create', target: day.dayId, summary, ip });
        return day;
      });
      memberDays.forget();
      return reply.code(201).send(made);
    },
  );

  app.post(
    '/api/console/member-days/:dayId/state',
    {
      config: { access: { permission: 'promotions.write' } },
      schema: {
        tags,
        summary: 'Pauses or resumes a member day',
        params: Type.Object({ dayId: Id }),
        body: SetPromotionState,
        response: { 200: ConsoleMemberDay, ...refused, 404: ErrorReply },
      },
    },
    async ({ staff, body: { paused }, params: { dayId }, ip }) => {
      const { staffId, name: staffName, shopId } = staff;
      const changed = await inTransaction(async (tx) => {
        const day = await memberDays.setPaused(tx, shopId, dayId, paused);
        const summary = `${paused ? '暂停' : '恢复'}会员日「${day.name}」`;
        await audit(tx, { staffId, staffName, shopId, action: 'member_day.state', target: dayId, summary, ip });
        return day;
      });
      memberDays.forget();
      return changed;
    },
  );
}
