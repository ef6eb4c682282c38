/** A friend invited: bound once, rewarded once, and only after the friend's own received order. */
import type { Referral } from '@xiaopu/contracts';
import { type Clock, dayMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { Policies } from '#platform/policy.ts';
import type { Accounts } from './points.accounts.ts';
import { inviteCode, inviterOf } from './points.domain.ts';
import { referralLate, referralSelf, referralTaken, referralUnknown } from './points.errors.ts';
import { firstOrderPoints, friendMultiplier, invitePoints, invitesPerDay } from './points.policies.ts';

export interface ReferralDeps {
  clock: Clock;
  policies: Policies;
  accounts: Accounts;
  /** How two buyers relate: unknown (no such buyer, or a guest), same (one person by phone or openid), other. */
  kinship(db: Executor, buyerId: string, otherId: string): Promise<'unknown' | 'same' | 'other'>;
}
export type Referrals = ReturnType<typeof createReferrals>;

export function createReferrals({ clock, policies, accounts, kinship }: ReferralDeps) {
  const find = (db: Executor, buyerId: string) =>
    db.selectFrom('points.referral').selectAll().where('buyerId', '=', buyerId).executeTakeFirst();

  async function countToday(db: Executor, buyerId: string, kind: string): Promise<number> {
    const from = startOfShanghaiDay(shanghaiDay(clock.now()));
    const { count } = await db
      .selectFrom('points.ledger')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('buyerId', '=', buyerId)
      .where('kind', '=', kind)
      .where('at', '>=', from)
      .where('at', '<', new Date(from.getTime() + dayMs))
      .executeTakeFirstOrThrow();
    return count;
  }

  return {
    countToday,

    async bind(tx: Tx, buyerId: string, code: string): Promise<void> {
      const inviterId = inviterOf(code);
      if (inviterId === undefined) throw referralUnknown();
      if (inviterId === buyerId) throw referralSelf();
      const relation = await kinship(tx, buyerId, inviterId);
      if (relation === 'unknown') throw referralUnknown();
      if (relation === 'same') throw referralSelf();
      if ((await find(tx, inviterId))?.inviterId === buyerId) throw referralSelf();
      await accounts.lock(tx, buyerId);
      const existing = await find(tx, buyerId);
      if (existing?.inviterId === inviterId) return;
      if (existing) throw referralTaken();
      const bought = await tx
        .selectFrom('points.orderEarning')
        .select('orderNo')
        .where('buyerId', '=', buyerId)
        .limit(1)
        .executeTakeFirst();
      if (bought) throw referralLate();
      await tx
        .insertInto('points.referral')
        .values({ buyerId, inviterId, boundAt: clock.now(), actedAt: null, orderNo: null })
        .execute();
    },

    /** A friend's first received order earns more. */
    async multiplierOf(tx: Tx, buyerId: string, orderNo: string): Promise<number> {
      const referral = await find(tx, buyerId);
      if (!referral || (referral.actedAt !== null && referral.orderNo !== orderNo)) return 1;
      return policies.get(friendMultiplier);
    },

    /** The first received order: the task of the buyer, and the reward of whoever invited them. */
    async acted(tx: Tx, buyerId: string, orderNo: string): Promise<void> {
      await accounts.credit(tx, buyerId, policies.get(firstOrderPoints), {
        sourceKey: 'task:first_order',
        kind: 'task',
        note: '完成首单',
      });
      const referral = await tx
        .updateTable('points.referral')
        .set({ actedAt: clock.now(), orderNo })
        .where('buyerId', '=', buyerId)
        .where('actedAt', 'is', null)
        .returning('inviterId')
        .executeTakeFirst();
      if (!referral) return;
      const { inviterId } = referral;
      await accounts.lock(tx, inviterId);
      if ((await countToday(tx, inviterId, 'invite')) >= policies.get(invitesPerDay)) return;
      await accounts.credit(tx, inviterId, policies.get(invitePoints), {
        sourceKey: `invite:${buyerId}`,
        kind: 'invite',
        note: '好友完成首单',
      });
    },

    async view(db: Executor, buyerId: string): Promise<Referral> {
      const rows = await db
        .selectFrom('points.referral')
        .select(['buyerId', 'actedAt'])
        .where((eb) => eb.or([eb('inviterId', '=', buyerId), eb('buyerId', '=', buyerId)]))
        .execute();
      const invited = rows.filter((row) => row.buyerId !== buyerId);
      return {
        code: inviteCode(buyerId),
        invited: invited.length,
        rewarded: invited.filter(({ actedAt }) => actedAt !== null).length,
        reward: policies.get(invitePoints),
        hasInviter: rows.length > invited.length,
      };
    },
  };
}
