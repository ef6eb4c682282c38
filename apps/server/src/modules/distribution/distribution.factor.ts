/**
 * A large withdrawal asks for a code sent to the bound phone (C10-RISK-07). The code is kept as a keyed digest, lives for minutes,
 * bears few tries, and lets one withdrawal through. The message goes out between two transactions: the shopper waits for it, and
 * presses again when it does not come.
 */
import { randomInt } from 'node:crypto';
import type { WithdrawalCode } from '@xiaopu/contracts';
import { minuteMs, secondMs, shanghaiDay } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { maskPhone } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import * as errors from './distribution.errors.ts';
import type { DistributionDeps } from './distribution.ports.ts';
import type { Program } from './distribution.program.ts';
import type { Roster } from './distribution.roster.ts';

export const codeMinutes = 5;
const betweenMs = 60 * secondMs;
const mostADay = 5;
const mostTries = 5;

export type SecondFactor = ReturnType<typeof createSecondFactor>;

type Deps = Pick<DistributionDeps, 'clock' | 'cipher' | 'sms' | 'phoneOf'> & { newCode?: () => string };

export function createSecondFactor(
  { clock, cipher, sms, phoneOf, newCode = () => String(randomInt(1_000_000)).padStart(6, '0') }: Deps,
  { program, roster }: { program: Program; roster: Roster },
) {
  const digestOf = (buyerId: string, code: string): string =>
    cipher.blindIndex('withdrawal code', `${buyerId}:${code}`);

  const lock = (tx: Tx, buyerId: string, shopId: string) =>
    tx
      .selectFrom('distribution.challenge')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .where('shopId', '=', shopId)
      .forUpdate()
      .executeTakeFirst();

  return {
    /** From which amount on a code is asked for; undefined: this install cannot send any, people alone look. */
    from: (shopId: string): number | undefined => (sms ? program.secondFactorFrom(shopId) : undefined),

    async maskedPhone(db: Executor, buyerId: string): Promise<string | null> {
      const phone = await phoneOf(db, buyerId);
      return phone === null ? null : maskPhone(phone);
    },

    /** Sends a code, at most one a minute and a few a day. */
    async send(
      { inTransaction }: Pick<Database, 'inTransaction'>,
      shopId: string,
      buyerId: string,
    ): Promise<WithdrawalCode> {
      if (!sms) throw errors.codeUnavailable();
      const code = newCode();
      const { phone, expiresAt } = await inTransaction(async (tx) => {
        await roster.needActive(tx, shopId, buyerId);
        const found = await phoneOf(tx, buyerId);
        if (found === null) throw errors.phoneNeeded();
        const now = clock.now();
        const known = await lock(tx, buyerId, shopId);
        const waitMs = known ? known.sentAt.getTime() + betweenMs - now.getTime() : 0;
        if (waitMs > 0) throw errors.codeTooSoon({ seconds: Math.ceil(waitMs / secondMs) });
        const isToday = known !== undefined && shanghaiDay(known.sentAt) === shanghaiDay(now);
        const sentToday = (isToday ? known.sentToday : 0) + 1;
        if (sentToday > mostADay) throw errors.codesUsedUp();
        const ends = new Date(now.getTime() + codeMinutes * minuteMs);
        const row = {
          ...{ codeDigest: digestOf(buyerId, code), sentAt: now, expiresAt: ends, tries: 0, sentToday, passedAt: null },
        };
        // Two presses at once: the second waits for this row, and then finds that it was just sent.
        const { numInsertedOrUpdatedRows } = await tx
          .insertInto('distribution.challenge')
          .values({ buyerId, shopId, ...row })
          .onConflict((conflict) =>
            conflict
              .columns(['buyerId', 'shopId'])
              .doUpdateSet(row)
              .where('distribution.challenge.sentAt', '<=', new Date(now.getTime() - betweenMs)),
          )
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows !== 1n) throw errors.codeTooSoon({ seconds: betweenMs / secondMs });
        return { phone: found, expiresAt: ends };
      });
      const text = `提现验证码 ${code}，${codeMinutes} 分钟内有效，请勿告诉他人`;
      const { state } = await sms.send({ phone, text, outId: newId() });
      // One that may have arrived is good when it does.
      if (state === 'refused' || state === 'retry') throw errors.codeNotSent();
      return { maskedPhone: maskPhone(phone), expiresAt: expiresAt.toISOString() };
    },

    /** In a transaction of its own: a wrong try counts whatever becomes of the withdrawal. */
    async check(tx: Tx, shopId: string, buyerId: string, code: string): Promise<boolean> {
      const known = await lock(tx, buyerId, shopId);
      if (!known || known.expiresAt <= clock.now() || known.tries >= mostTries) return false;
      const isRight = known.codeDigest === digestOf(buyerId, code);
      await tx
        .updateTable('distribution.challenge')
        .set(isRight ? { passedAt: clock.now() } : { tries: known.tries + 1 })
        .where('buyerId', '=', buyerId)
        .where('shopId', '=', shopId)
        .execute();
      return isRight;
    },

    /** Uses a passed check up. @returns false when there is none */
    async spend(tx: Tx, shopId: string, buyerId: string): Promise<boolean> {
      const { numUpdatedRows } = await tx
        .updateTable('distribution.challenge')
        .set({ passedAt: null, expiresAt: clock.now() })
        .where('buyerId', '=', buyerId)
        .where('shopId', '=', shopId)
        .where('passedAt', 'is not', null)
        .where('expiresAt', '>', clock.now())
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}
