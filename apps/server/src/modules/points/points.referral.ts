/** A friend invited: bound once, rewarded once, and only after the friend's own received order. */
import type { Referral } from '@xiaopu/contracts';
import { type Clock, dayMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import type { Policies } from '#platform/policy.ts';
import type { Accounts } from './points.accounts.ts';
import { inviteCode, inviterOf } from './points.domain.ts';
import { referralLate, referralSelf, referralTaken, referralUnknown } from './points.errors.ts';
import {
  doubleInvites,
  doubleRate,
  doubleSides,
  firstOrderPoints,
  friendMultiplier,
  invitePoints,
  invitesPerDay,
} from './points.policies.ts';

export interface ReferralDeps {
  clock: Clock;
  policies: Policies;
  accounts: Accounts;
  cipher: Pick<FieldCipher, 'blindIndex'>;
  /** How two buyers relate: unknown (no such buyer, or a guest), same (one person by phone or openid), other. */
  kinship(db: Executor, buyerId: string, otherId: string): Promise<'unknown' | 'same' | 'other'>;
}
export type Referrals = ReturnType<typeof createReferrals>;

export function createReferrals({ clock, policies, accounts, cipher, kinship }: ReferralDeps) {
  const deviceOf = (deviceId: string) => cipher.blindIndex('points device', deviceId);

  async function sawDevice(tx: Tx, buyerId: string, deviceId: string): Promise<void> {
    await tx
      .insertInto('points.device')
      .values({ buyerId, device: deviceOf(deviceId), seenAt: clock.now() })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const wasUsedBy = async (db: Executor, buyerId: string, deviceId: string): Promise<boolean> =>
    (await db
      .selectFrom('points.device')
      .select('device')
      .where('buyerId', '=', buyerId)
      .where('device', '=', deviceOf(deviceId))
      .executeTakeFirst()) !== undefined;

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

    sawDevice,

    /** @param deviceId the phone it is accepted on; the inviter's own phone makes no friend */
    async bind(tx: Tx, buyerId: string, code: string, deviceId?: string): Promise<void> {
      const inviterId = inviterOf(code);
      if (inviterId === undefined) throw referralUnknown();
      if (inviterId === buyerId) throw referralSelf();
      const relation = await kinship(tx, buyerId, inviterId);
      if (relation === 'unknown') throw referralUnknown();
      if (relation === 'same') throw referralSelf();
      if (deviceId !== undefined) {
        if (await wasUsedBy(tx, inviterId, deviceId)) throw referralSelf();
        await sawDevice(tx, buyerId, deviceId);
      }
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
        .values({ buyerId, inviterId, boundAt: clock.now(), actedAt: null, orderNo: null, reversedAt: null })
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
      const isDouble = policies.get(doubleInvites) === 1;
      const points = policies.get(invitePoints) * (isDouble ? policies.get(doubleRate) : 1);
      const note = isDouble ? '老带新双倍积分' : '好友完成首单';
      // Past the inviter's cap of the day neither side is paid: the cap is on how often this happens.
      await accounts.lock(tx, inviterId);
      if ((await countToday(tx, inviterId, 'invite')) >= policies.get(invitesPerDay)) return;
      await accounts.credit(tx, inviterId, points, { sourceKey: `invite:${buyerId}`, kind: 'invite', note });
      const friendPoints = isDouble && policies.get(doubleSides) === 2 ? points : 0;
      if (friendPoints > 0)
        await accounts.credit(tx, buyerId, friendPoints, { sourceKey: 'invited', kind: 'task', note });
      await tx
        .updateTable('points.referral')
        .set({ inviterPoints: points, friendPoints })
        .where('buyerId', '=', buyerId)
        .execute();
    },

    /** The order that brought the reward came back whole: both sides give it back, once. */
    async undone(tx: Tx, buyerId: string, orderNo: string): Promise<void> {
      const referral = await tx
        .updateTable('points.referral')
        .set({ reversedAt: clock.now() })
        .where('buyerId', '=', buyerId)
        .where('orderNo', '=', orderNo)
        .where('reversedAt', 'is', null)
        .returning(['inviterId', 'inviterPoints', 'friendPoints'])
        .executeTakeFirst();
      if (!referral) return;
      const { inviterId, inviterPoints, friendPoints } = referral;
      const movement = (sourceKey: string) => ({ sourceKey, kind: 'reverse', note: '好友首单退款，收回积分' });
      if (friendPoints > 0) await accounts.takeBack(tx, buyerId, friendPoints, movement('invited:reverse'));
      if (inviterPoints > 0)
        await accounts.takeBack(tx, inviterId, inviterPoints, movement(`invite:${buyerId}:reverse`));
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
        reward: policies.get(invitePoints) * (policies.get(doubleInvites) === 1 ? policies.get(doubleRate) : 1),
        friendReward:
          policies.get(doubleInvites) === 1 && policies.get(doubleSides) === 2
            ? policies.get(invitePoints) * policies.get(doubleRate)
            : 0,
        hasInviter: rows.length > invited.length,
      };
    },
  };
}
