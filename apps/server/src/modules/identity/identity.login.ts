/**
 * Staff sign-in. An edge: it opens transactions itself, because a wrong attempt must stay counted although the request
 * fails. Each try takes its place in the count before the password is looked at, so parallel guesses gain nothing.
 */
import { hash, verify } from '@node-rs/argon2';
import type { StaffLogin } from '@xiaopu/contracts/console';
import { type Clock, minuteMs } from '#platform/clock.ts';
import type { Database } from '#platform/database/database.ts';
import { AppError } from '#platform/errors.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import { newId, newToken, tokenHash } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import { loginLocked, staffInactive, totpLoginWrong, totpRequired, wrongPassword } from './identity.errors.ts';
import { wrongLoginsPerAccount, wrongLoginsPerAddress, wrongLoginWindowMinutes } from './identity.policies.ts';
import * as repository from './identity.staff.repository.ts';
import { matchingStep } from './identity.totp.ts';

export interface LoginDeps {
  database: Database;
  clock: Clock;
  policies: Policies;
  cipher: FieldCipher;
}

export type StaffLogins = ReturnType<typeof createStaffLogins>;

/** Argon2id with the library's own costs (19 MiB, 2 passes: OWASP's first choice). */
export const hashPassword = (password: string): Promise<string> => hash(password);

/** Unknown accounts take as long as known ones. */
const nobodysHash = hash('nobody has this password');

export const verifyPassword = async (stored: string | undefined, password: string): Promise<boolean> => {
  const isRight = await verify(stored ?? (await nobodysHash), password);
  return isRight && stored !== undefined;
};

export function createStaffLogins({ database, clock, policies, cipher }: LoginDeps) {
  const { inTransaction, db } = database;

  async function takePlace(account: string, ip: string): Promise<string> {
    return inTransaction(async (tx) => {
      const now = clock.now();
      const windowMs = policies.get(wrongLoginWindowMinutes) * minuteMs;
      const since = new Date(now.getTime() - windowMs);
      await repository.lockAttempts(tx, account, ip);
      for (const { by, limit } of [
        { by: { account }, limit: policies.get(wrongLoginsPerAccount) },
        { by: { ip }, limit: policies.get(wrongLoginsPerAddress) },
      ]) {
        const recent = await repository.recentAttempts(tx, by, since, limit);
        const oldest = recent.at(limit - 1);
        if (oldest) {
          const retryAfterSeconds = Math.max(1, Math.ceil((oldest.getTime() + windowMs - now.getTime()) / 1000));
          throw loginLocked({ retryAfterSeconds });
        }
      }
      const attemptId = newId();
      await repository.insertAttempt(tx, { attemptId, account, ip }, now);
      return attemptId;
    });
  }

  /** Runs a check of a secret as one counted attempt. Success wipes the account's count; `isFree` failures do not count. */
  async function counted<T>(
    account: string,
    ip: string,
    check: () => Promise<T>,
    isFree: (error: AppError) => boolean = () => false,
  ): Promise<T> {
    const attemptId = await takePlace(account, ip);
    try {
      const result = await check();
      await inTransaction((tx) => repository.deleteAttempts(tx, { account }));
      return result;
    } catch (error) {
      // A crash of ours is no guess of theirs.
      if (!(error instanceof AppError) || isFree(error)) {
        await inTransaction((tx) => repository.deleteAttempts(tx, { attemptId }));
      }
      throw error;
    }
  }

  return {
    counted,

    /** @returns the token for the cookie */
    async login(
      { account: typed, password, totp }: StaffLogin,
      ip: string,
    ): Promise<{ token: string; staffId: string }> {
      const account = typed.toLowerCase();
      return counted(
        account,
        ip,
        async () => {
          const staff = await repository.findStaffByAccount(db, account);
          if (!(await verifyPassword(staff?.passwordHash, password)) || !staff) throw wrongPassword();
          if (staff.totpSecret !== null && totp === undefined) throw totpRequired();
          const { staffId, totpSecret } = staff;
          return inTransaction(async (tx) => {
            const now = clock.now();
            if (totpSecret !== null) {
              const step = matchingStep(cipher.decrypt(totpSecret), totp ?? '', now);
              if (step === undefined || !(await repository.spendTotpStep(tx, staffId, step))) throw totpLoginWrong();
            }
            if (!(await repository.hasActiveMembership(tx, staffId))) throw staffInactive();
            const token = newToken();
            await repository.insertStaffSession(tx, { tokenHash: tokenHash(token), staffId }, now);
            await repository.updateStaff(tx, staffId, { lastLoginAt: now });
            return { token, staffId };
          });
        },
        // The right password without a code is half a login, not a guess.
        (error) => error.code === totpRequired.code,
      );
    },
  };
}
