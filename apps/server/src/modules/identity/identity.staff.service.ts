/** One's own console account: the session, the password, the TOTP device. */
import type { Permission } from '@xiaopu/contracts';
import type { StaffSession, TotpEnrolment } from '@xiaopu/contracts/console';
import { type Clock, hourMs, minuteMs } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import type { CurrentStaff } from '#platform/http/access.ts';
import { tokenHash } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import {
  currentPasswordWrong,
  shopNotYours,
  staffNotFound,
  totpAlreadyOn,
  totpNotStarted,
  totpWrong,
} from './identity.errors.ts';
import { hashPassword, verifyPassword } from './identity.login.ts';
import { staffIdleHours } from './identity.policies.ts';
import { permissionsOf } from './identity.roles.domain.ts';
import * as repository from './identity.staff.repository.ts';
import { matchingStep, newTotpSecret, totpUrl } from './identity.totp.ts';

export interface StaffDeps {
  database: Database;
  clock: Clock;
  policies: Policies;
  cipher: FieldCipher;
  shopNames(db: Executor, shopIds: readonly string[]): Promise<Map<string, { name: string }>>;
}

export type StaffAccounts = ReturnType<typeof createStaffAccounts>;

/** The last-seen instant is written this often at most. */
const touchEveryMs = 5 * minuteMs;

export function createStaffAccounts({ database, clock, policies, cipher, shopNames }: StaffDeps) {
  async function getStaff(db: Executor, staffId: string): Promise<repository.StaffRow> {
    const staff = await repository.findStaff(db, staffId);
    if (!staff) throw staffNotFound();
    return staff;
  }

  async function checkPassword(db: Executor, staffId: string, password: string): Promise<void> {
    const { passwordHash } = await getStaff(db, staffId);
    if (!(await verifyPassword(passwordHash, password))) throw currentPasswordWrong();
  }

  /** Who sent this cookie, acting on which of their shops. @throws identity.shop_not_yours for somebody else's shop */
  async function authenticate(token: string, wantedShopId: string | undefined): Promise<CurrentStaff | undefined> {
    const sessionHash = tokenHash(token);
    const found = await repository.findSessionStaff(database.db, sessionHash);
    if (!found) return undefined;
    const now = clock.now();
    const idleMs = now.getTime() - found.lastSeenAt.getTime();
    if (idleMs > policies.get(staffIdleHours) * hourMs) return undefined;
    const [first] = found.memberships;
    if (!first) return undefined;
    const membership =
      wantedShopId === undefined ? first : found.memberships.find(({ shopId }) => shopId === wantedShopId);
    if (!membership) throw shopNotYours();
    if (idleMs > touchEveryMs) await repository.touchStaffSession(database.db, sessionHash, now);
    return {
      staffId: found.staffId,
      name: found.name,
      shopId: membership.shopId,
      permissions: new Set(permissionsOf(membership)),
    };
  }

  return {
    authenticate,

    async view(db: Executor, token: string, currentShopId: string | undefined): Promise<StaffSession | undefined> {
      const found = await repository.findSessionStaff(db, tokenHash(token));
      const [first] = found?.memberships ?? [];
      if (!found || !first) return undefined;
      const { account, totpSecret } = await getStaff(db, found.staffId);
      const names = await shopNames(
        db,
        found.memberships.map(({ shopId }) => shopId),
      );
      return {
        staffId: found.staffId,
        account,
        name: found.name,
        totpEnabled: totpSecret !== null,
        shops: found.memberships.map((membership) => ({
          shopId: membership.shopId,
          name: names.get(membership.shopId)?.name ?? '',
          permissions: permissionsOf(membership),
        })),
        currentShopId: currentShopId ?? first.shopId,
      };
    },

    async hasPermissionIn(
      db: Executor,
      staffId: string,
      permission: Permission,
      shopIds: readonly string[],
    ): Promise<boolean> {
      const memberships = await repository.listMemberships(db, staffId);
      const shops = new Set(
        memberships.filter((one) => permissionsOf(one).includes(permission)).map(({ shopId }) => shopId),
      );
      return shopIds.every((shopId) => shops.has(shopId));
    },

    account: async (db: Executor, staffId: string) => (await getStaff(db, staffId)).account,

    endSession: (tx: Tx, token: string) => repository.deleteStaffSession(tx, tokenHash(token)),

    checkPassword,

    /** Every other session of this person ends. */
    async changePassword(tx: Tx, staffId: string, next: string, currentToken: string): Promise<void> {
      await repository.updateStaff(tx, staffId, { passwordHash: await hashPassword(next) });
      await repository.deleteStaffSessions(tx, staffId, tokenHash(currentToken));
    },

    /** A new secret to scan; nothing changes for log-ins until a code confirms it. */
    async enrolTotp(tx: Tx, staffId: string): Promise<TotpEnrolment> {
      const { account, totpSecret } = await getStaff(tx, staffId);
      if (totpSecret !== null) throw totpAlreadyOn();
      const secret = newTotpSecret();
      await repository.updateStaff(tx, staffId, { totpPending: cipher.encrypt(secret) });
      return { secret, otpauthUrl: totpUrl(account, secret) };
    },

    async confirmTotp(tx: Tx, staffId: string, code: string): Promise<void> {
      const { totpSecret, totpPending } = await getStaff(tx, staffId);
      if (totpSecret !== null) throw totpAlreadyOn();
      if (totpPending === null) throw totpNotStarted();
      const step = matchingStep(cipher.decrypt(totpPending), code, clock.now());
      if (step === undefined) throw totpWrong();
      await repository.updateStaff(tx, staffId, { totpSecret: totpPending, totpPending: null, totpLastStep: step });
    },

    async removeTotp(tx: Tx, staffId: string, code: string): Promise<void> {
      const { totpSecret } = await getStaff(tx, staffId);
      if (totpSecret === null) throw totpNotStarted();
      const step = matchingStep(cipher.decrypt(totpSecret), code, clock.now());
      if (step === undefined || !(await repository.spendTotpStep(tx, staffId, step))) throw totpWrong();
      await repository.updateStaff(tx, staffId, { totpSecret: null, totpPending: null, totpLastStep: null });
    },
  };
}
