/**
 * Who may call a route. Every route states it; one that does not stops the server from starting (deny by default).
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Permission } from '@xiaopu/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { defineError } from '../errors.ts';

export type Access =
  | 'anyone' // public reading; a session, if sent, is not looked at
  | 'shopper' // any buyer session, guests included
  | 'member' // a buyer who logged in through WeChat
  | 'staff' // any signed-in staff, about their own account
  | 'signed' // callbacks: the handler verifies the sender's signature
  | { permission: Permission }; // staff with this right in the current shop

export interface CurrentBuyer {
  buyerId: string;
  isGuest: boolean;
}
export interface CurrentStaff {
  staffId: string;
  name: string;
  shopId: string;
  permissions: ReadonlySet<Permission>;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Set on routes with access shopper or member. */
    buyer: CurrentBuyer;
    /** Set on routes with access staff or a permission. */
    staff: CurrentStaff;
  }
}

export interface Authenticators {
  /** From the Authorization header; undefined when absent, unknown or stale. */
  buyer(request: FastifyRequest): Promise<CurrentBuyer | undefined>;
  /** The same, if it can be said from memory. */
  knownBuyer?(headers: IncomingHttpHeaders): CurrentBuyer | undefined;
  /** From the console cookie; undefined when absent, unknown or stale. */
  staff(request: FastifyRequest): Promise<CurrentStaff | undefined>;
}

export const sessionRequired = defineError('identity.session_required', 'unauthenticated', '登录已过期，请重新进入');
export const loginRequired = defineError('identity.login_required', 'unauthenticated', '请先登录');
export const staffLoginRequired = defineError('identity.staff_login_required', 'unauthenticated', '请先登录后台');
export const permissionMissing = defineError<{ permission: string }>(
  'identity.permission_missing',
  'forbidden',
  '你没有这项权限，请联系店铺管理员',
);
export const crossSiteRefused = defineError('identity.cross_site_refused', 'forbidden', '请求来源不被信任');

/** Routes as registered, with their access: the deny-by-default test reads this list. */
export interface RouteAccess {
  method: string;
  url: string;
  access: Access | undefined;
}

export const accessControl = fp<{ authenticators: Authenticators; routes: RouteAccess[] }>(
  async (app: FastifyInstance, { authenticators, routes }) => {
    app.decorateRequest('buyer');
    app.decorateRequest('staff');
    app.addHook('onRoute', (route) => {
      const methods = [route.method].flat().filter((method) => method !== 'HEAD' && method !== 'OPTIONS');
      for (const method of methods) {
        routes.push({ method, url: route.url, access: route.config?.access });
        if (route.config?.access === undefined && route.url.startsWith('/api/') && !route.url.startsWith('/api/docs')) {
          throw new Error(`${method} ${route.url} does not say who may call it`);
        }
      }
    });
    app.addHook('onRequest', async (request) => {
      const access = request.routeOptions.config.access;
      if (access === undefined || access === 'anyone' || access === 'signed') return;
      if (access === 'shopper' || access === 'member') {
        const buyer = await authenticators.buyer(request);
        if (!buyer) throw sessionRequired();
        if (access === 'member' && buyer.isGuest) throw loginRequired();
        request.buyer = buyer;
        return;
      }
      // A browser sends the cookie by itself from anywhere; only our own pages can add this header.
      if (request.method !== 'GET' && request.headers['x-requested-with'] !== 'xiaopu-console')
        throw crossSiteRefused();
      const staff = await authenticators.staff(request);
      if (!staff) throw staffLoginRequired();
      if (access !== 'staff' && !staff.permissions.has(access.permission)) {
        throw permissionMissing({ permission: access.permission });
      }
      request.staff = staff;
    });
  },
  { name: 'access-control' },
);
