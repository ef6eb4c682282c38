import { ErrorReply, NoContent } from '@xiaopu/contracts';
import { ChangePassword, StaffLogin, StaffSession, TotpConfirm, TotpEnrolment } from '@xiaopu/contracts/console';
import type { FastifyRequest } from 'fastify';
import type { AuditEntry, AuditTrail } from '#platform/audit.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import { crossSiteRefused, staffLoginRequired } from '#platform/http/access.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { StaffLogins } from './identity.login.ts';
import type { StaffAccounts } from './identity.staff.service.ts';

export interface ConsoleSessionDeps {
  logins: StaffLogins;
  staffAccounts: StaffAccounts;
  audit: AuditTrail;
  database: Database;
  /** The cookie travels by https only. */
  isSecure: boolean;
}

const cookieName = 'xp_console';

/** The console's token as the browser sent it. */
export const consoleToken = (request: FastifyRequest): string | undefined =>
  /(?:^|;\s*)xp_console=([\w-]{43})(?:;|$)/.exec(request.headers.cookie ?? '')?.[1];

export function consoleSessionRoutes(
  app: RouteApp,
  { logins, staffAccounts, audit, database, isSecure }: ConsoleSessionDeps,
): void {
  const { db, inTransaction } = database;
  const tags = ['console session'];
  const path = '/api/console/session';
  const cookie = (value: string, attributes = '') =>
    `${cookieName}=${value}; Path=/api/console; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}${attributes}`;

  const record = (tx: Tx, { staff, ip }: FastifyRequest, action: AuditEntry['action'], summary: string) =>
    audit(tx, {
      staffId: staff.staffId,
      staffName: staff.name,
      shopId: staff.shopId,
      action,
      target: staff.staffId,
      summary,
      ip,
    });

  app.post(
    path,
    {
      schema: {
        tags,
        description: 'Signs staff in; identity.totp_required asks to send the six digits as well',
        body: StaffLogin,
        response: { 200: StaffSession, 400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 429: ErrorReply },
      },
      config: { access: 'anyone' },
    },
    async (request, reply) => {
      // Signing somebody in from a foreign page is an attack too; only our own page can add this header.
      if (request.headers['x-requested-with'] !== 'xiaopu-console') throw crossSiteRefused();
      const { token } = await logins.login(request.body, request.ip);
      const session = await staffAccounts.view(db, token, undefined);
      if (!session) throw staffLoginRequired();
      reply.header('set-cookie', cookie(token)).header('cache-control', 'no-store');
      return session;
    },
  );

  app.get(
    path,
    {
      schema: {
        tags,
        description: 'Who is signed in, and their shops',
        response: { 200: StaffSession, 401: ErrorReply, 403: ErrorReply },
      },
      config: { access: 'staff' },
    },
    async (request) => {
      const session = await staffAccounts.view(db, consoleToken(request) ?? '', request.staff.shopId);
      if (!session) throw staffLoginRequired();
      return session;
    },
  );

  app.delete(
    path,
    {
      schema: { tags, description: 'Signs out', response: { 204: NoContent, 401: ErrorReply, 403: ErrorReply } },
      config: { access: 'staff' },
    },
    async (request, reply) => {
      await inTransaction((tx) => staffAccounts.endSession(tx, consoleToken(request) ?? ''));
      return reply.header('set-cookie', cookie('', '; Max-Age=0')).code(204).send(null);
    },
  );

  const ownAccount = {
    204: NoContent,
    400: ErrorReply,
    401: ErrorReply,
    403: ErrorReply,
    422: ErrorReply,
    429: ErrorReply,
  };

  app.post(
    `${path}/password`,
    {
      schema: {
        tags,
        description: 'Changes one’s own password; other sessions end',
        body: ChangePassword,
        response: ownAccount,
      },
      config: { access: 'staff' },
    },
    async (request, reply) => {
      const { staffId } = request.staff;
      const account = await staffAccounts.account(db, staffId);
      await logins.counted(account, request.ip, () => staffAccounts.checkPassword(db, staffId, request.body.current));
      await inTransaction(async (tx) => {
        await staffAccounts.changePassword(tx, staffId, request.body.next, consoleToken(request) ?? '');
        await record(tx, request, 'session.password', '修改自己的密码');
      });
      return reply.code(204).send(null);
    },
  );

  app.post(
    `${path}/totp`,
    {
      schema: {
        tags,
        description: 'A new TOTP secret to scan; counts only after a code confirms it',
        response: { 200: TotpEnrolment, 401: ErrorReply, 403: ErrorReply, 409: ErrorReply },
      },
      config: { access: 'staff' },
    },
    (request, reply) => {
      reply.header('cache-control', 'no-store');
      return inTransaction((tx) => staffAccounts.enrolTotp(tx, request.staff.staffId));
    },
  );

  app.put(
    `${path}/totp`,
    {
      schema: { tags, description: 'Turns TOTP on', body: TotpConfirm, response: { ...ownAccount, 409: ErrorReply } },
      config: { access: 'staff' },
    },
    async (request, reply) => {
      await inTransaction(async (tx) => {
        await staffAccounts.confirmTotp(tx, request.staff.staffId, request.body.totp);
        await record(tx, request, 'session.totp', '开启动态验证码');
      });
      return reply.code(204).send(null);
    },
  );

  app.post(
    `${path}/totp/remove`,
    {
      schema: {
        tags,
        description: 'Turns TOTP off, by a code',
        body: TotpConfirm,
        response: { ...ownAccount, 409: ErrorReply },
      },
      config: { access: 'staff' },
    },
    async (request, reply) => {
      const { staffId } = request.staff;
      const account = await staffAccounts.account(db, staffId);
      await logins.counted(account, request.ip, () =>
        inTransaction(async (tx) => {
          await staffAccounts.removeTotp(tx, staffId, request.body.totp);
          await record(tx, request, 'session.totp', '关闭动态验证码');
        }),
      );
      return reply.code(204).send(null);
    },
  );
}
