/** Puts the parts of the module together; what others may use is what this returns. */
import type { Clock } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import type { Authenticators } from '#platform/http/access.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Messaging } from '#platform/messaging/outbox.ts';
import type { Sweeps } from '#platform/messaging/sweeps.ts';
import type { PictureRef, ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import { createAuditTrail } from './identity.audit.ts';
import { buyerRoutes } from './identity.buyer.routes.ts';
import { bearerToken, createBuyerSessions } from './identity.buyer-sessions.ts';
import { createBuyers } from './identity.buyers.service.ts';
import { consoleSessionRoutes, consoleToken } from './identity.console.routes.ts';
import { demoClerk, demoStaff } from './identity.demo.ts';
import { createStaffLogins } from './identity.login.ts';
import { createStaffAccounts } from './identity.staff.service.ts';
import { teamRoutes } from './identity.team.routes.ts';
import { createTeam } from './identity.team.service.ts';
import type { WechatMiniGateway } from './identity.wechat-mini.gateway.ts';
import type { WechatOaGateway } from './identity.wechat-oa.gateway.ts';

export interface IdentityDeps {
  database: Database;
  clock: Clock;
  outbox: Messaging['outbox'];
  policies: Policies;
  cipher: FieldCipher;
  mini: WechatMiniGateway;
  oa: WechatOaGateway;
  toPicture: ToPicture;
  /** A picture this buyer uploaded; undefined for anyone else's. */
  buyerPicture(db: Executor, buyerId: string, mediaId: string): Promise<PictureRef | undefined>;
  shopNames(db: Executor, shopIds: readonly string[]): Promise<Map<string, { name: string }>>;
  /** The guest's cart lines become the buyer's. */
  moveCart(tx: Tx, guestId: string, buyerId: string): Promise<void>;
  publicBaseUrl: string;
}

export type Identity = ReturnType<typeof createIdentity>;

const expireEveryMs = 10 * 60_000;

export function createIdentity(deps: IdentityDeps) {
  const { database } = deps;
  const sessions = createBuyerSessions(deps);
  const buyers = createBuyers({ ...deps, sessions });
  const audit = createAuditTrail(deps);
  const logins = createStaffLogins(deps);
  const staffAccounts = createStaffAccounts(deps);
  const team = createTeam({ ...deps, audit });

  const authenticators: Authenticators = {
    async buyer(request) {
      const token = bearerToken(request.headers.authorization);
      const session = token === undefined ? undefined : await sessions.find(token);
      return session && { buyerId: session.buyerId, isGuest: session.isGuest };
    },
    knownBuyer({ authorization }) {
      const token = bearerToken(authorization);
      const session = token === undefined ? undefined : sessions.peek(token);
      return session && { buyerId: session.buyerId, isGuest: session.isGuest };
    },
    async staff(request) {
      const token = consoleToken(request);
      if (token === undefined) return undefined;
      const wanted = request.headers['x-shop-id'];
      return staffAccounts.authenticate(token, typeof wanted === 'string' && wanted !== '' ? wanted : undefined);
    },
  };

  return {
    authenticators,
    audit,
    openidOf: buyers.openidOf,
    kinship: buyers.kinship,
    phoneIndexOf: buyers.phoneIndexOf,
    phoneOf: buyers.phoneOf,
    unionidOf: buyers.unionidOf,
    membersAmong: buyers.membersAmong,
    buyers: buyers.buyers,
    /** Whether a staff member has a permission in each of these shops. */
    hasPermissionIn: staffAccounts.hasPermissionIn,
    /** People who work in a shop now, by id. One statement. */
    staffNames: team.names,
    /** The built-in roles, for a shop that opens. */
    ensureRoles: team.ensureRoles,
    /** An account with a built-in role, for seeds and the first set-up. */
    ensureStaff: team.ensureStaff,
    demoStaff: (tx: Tx, shopIds: readonly string[]) => demoStaff(tx, team, shopIds),
    demoClerk: (tx: Tx, shopIds: readonly string[]) => demoClerk(tx, team, shopIds),

    routes(app: RouteApp): void {
      buyerRoutes(app, { ...deps, buyers, sessions });
      consoleSessionRoutes(app, {
        logins,
        staffAccounts,
        audit,
        database,
        isSecure: deps.publicBaseUrl.startsWith('https:'),
      });
      teamRoutes(app, { team, database });
    },

    addSweeps(sweeps: Sweeps): void {
      sweeps.add({
        name: 'identity.expire',
        everyMs: expireEveryMs,
        run: () => database.inTransaction((tx) => buyers.deleteExpired(tx)),
      });
    },
  };
}
