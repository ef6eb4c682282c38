/**
 * High-value members in WeCom (C06-WCM-01): who passes the line is looked up there. Somebody who has added the agent gets a tag;
 * everybody else is invited once, because WeCom adds nobody without their own act, and is tagged when they have come.
 */
import type { AgentInvitation } from '@xiaopu/contracts';
import { type Clock, dayMs, hourMs, secondMs } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { defineError } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { definePolicy, type Policies } from '#platform/policy.ts';
import type { WecomGateway } from './wecom.gateway.ts';

export const invitationUnknown = defineError('wecom.no_invitation', 'not_found', '还没有专属客服邀请');
export const wecomSync = definePolicy({
  key: 'wecom.sync_on',
  scope: 'install',
  title: '高价值会员同步企业微信（1 开启，0 关闭）',
  unit: '',
  defaultValue: 0,
  minimum: 0,
  maximum: 1,
});

export interface WecomDeps {
  clock: Clock;
  policies: Policies;
  /** undefined: no WeCom is set up. */
  gateway: WecomGateway | undefined;
  unionidOf(db: Executor, buyerId: string): Promise<string | undefined>;
  openidOf(db: Executor, buyerId: string): Promise<string | undefined>;
  /** Into the shopper's inbox, once. */
  tellInvited(tx: Tx, buyerId: string): Promise<unknown>;
  log: Logger;
}
export type Wecom = ReturnType<typeof createWecom>;

interface Task {
  buyerId: string;
  state: 'waiting' | 'invited' | 'tagged';
  attempts: number;
}
const tag = { group: '小铺会员', name: '高价值会员' };
const batch = 20;
const leaseMs = 30 * secondMs;
/** Who was invited is looked for this often, and so long. */
const lookAgainMs = hourMs;
const lookForMs = 60 * dayMs;

/** 22 characters that come back with whoever uses the code: short enough for `state`, and no id of ours in clear. */
const stateOf = (buyerId: string): string => Buffer.from(buyerId.replaceAll('-', ''), 'hex').toString('base64url');

export function createWecom({ clock, policies, gateway, unionidOf, openidOf, tellInvited, log }: WecomDeps) {
  const isOn = (): boolean => gateway !== undefined && policies.get(wecomSync) === 1;

  function claim(tx: Tx): Promise<Task[]> {
    const now = clock.now();
    return tx
      .updateTable('wecom.member')
      .set({ claimedUntil: new Date(now.getTime() + leaseMs) })
      .where('buyerId', 'in', (eb) =>
        eb
          .selectFrom('wecom.member')
          .select('buyerId')
          .where('nextAttemptAt', '<=', now)
          .where((or) => or.or([or('claimedUntil', 'is', null), or('claimedUntil', '<', now)]))
          .orderBy('nextAttemptAt')
          .limit(batch)
          .forUpdate()
          .skipLocked(),
      )
      .returning(['buyerId', 'state', 'attempts'])
      .execute();
  }
  type Change = Partial<{
    state: Task['state'];
    externalUserId: string;
    configId: string;
    qrCode: string;
    attempts: number;
    nextAttemptAt: Date | null;
    lastError: string | null;
    invitedAt: Date;
    taggedAt: Date;
  }>;
  const change = (tx: Tx, buyerId: string, set: Change) =>
    tx
      .updateTable('wecom.member')
      .set({ ...set, claimedUntil: null })
      .where('buyerId', '=', buyerId)
      .execute();
  const later = (ms: number) => new Date(clock.now().getTime() + ms);

  async function work(database: Pick<Database, 'db' | 'inTransaction'>, { buyerId, state, attempts }: Task) {
    const { db, inTransaction } = database;
    const outside = gateway as WecomGateway;
    const done = (set: Change) => inTransaction((tx) => change(tx, buyerId, { lastError: null, attempts: 0, ...set }));
    try {
      const [unionid, openid] = [await unionidOf(db, buyerId), await openidOf(db, buyerId)];
      // Without a unionid WeCom cannot know them; they may bind one later.
      const external = unionid && openid ? await outside.externalUserOf({ unionid, openid }) : undefined;
      if (external) {
        await outside.markTag(external, await outside.ensureTag(tag.group, tag.name));
        return await done({
          state: 'tagged',
          externalUserId: external,
          nextAttemptAt: null,
          taggedAt: clock.now(),
        });
      }
      if (state === 'invited') return await done({ nextAttemptAt: later(lookAgainMs) });
      const { configId, qrCode } = await outside.addContactWay({ state: stateOf(buyerId), remark: '高价值会员' });
      await inTransaction(async (tx) => {
        await change(tx, buyerId, {
          ...{ state: 'invited', configId, qrCode, lastError: null, attempts: 0 },
          nextAttemptAt: later(lookAgainMs),
          invitedAt: clock.now(),
        });
        await tellInvited(tx, buyerId);
      });
    } catch (error) {
      const lastError = (error as Error).message.slice(0, 200);
      log.warn({ err: error, attempts }, 'WeCom did not take a member');
      const waitMs = Math.min(secondMs * 2 ** Math.min(attempts + 3, 14), dayMs);
      await inTransaction((tx) =>
        change(tx, buyerId, { attempts: attempts + 1, lastError, nextAttemptAt: later(waitMs) }),
      );
    }
  }

  return {
    /** Passing the line again, or being told of it twice, makes no second task and no second invitation. */
    async passedLine(tx: Tx, buyerId: string): Promise<void> {
      if (!isOn()) return;
      const now = clock.now();
      await tx
        .insertInto('wecom.member')
        .values({
          buyerId,
          state: 'waiting',
          externalUserId: null,
          configId: null,
          qrCode: null,
          nextAttemptAt: now,
          claimedUntil: null,
          lastError: null,
          createdAt: now,
          invitedAt: null,
          taggedAt: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    async syncDue(database: Pick<Database, 'db' | 'inTransaction'>): Promise<number> {
      if (!isOn()) return 0;
      const tasks = await database.inTransaction(async (tx) => {
        // Whoever did not come in all that time is not looked for any more.
        await tx
          .updateTable('wecom.member')
          .set({ nextAttemptAt: null })
          .where('state', '=', 'invited')
          .where('invitedAt', '<', new Date(clock.now().getTime() - lookForMs))
          .where('nextAttemptAt', 'is not', null)
          .execute();
        return claim(tx);
      });
      for (const task of tasks) await work(database, task);
      return tasks.length;
    },

    async invitation(db: Executor, buyerId: string): Promise<AgentInvitation> {
      const row = await db
        .selectFrom('wecom.member')
        .select(['state', 'qrCode'])
        .where('buyerId', '=', buyerId)
        .executeTakeFirst();
      if (!row || row.state === 'waiting') throw invitationUnknown();
      return { qrCode: row.qrCode, hasAdded: row.state === 'tagged' };
    },

    async canReach(db: Executor, buyerId: string): Promise<boolean> {
      return gateway !== undefined && (await externalUserOf(db, buyerId)) !== null;
    },
    /** To somebody who added the agent. @returns what WeCom calls it, undefined when it cannot be sent */
    async send(db: Executor, message: { buyerId: string; text: string; page: string }): Promise<string | undefined> {
      const externalUserId = await externalUserOf(db, message.buyerId);
      if (!gateway || externalUserId === null) return undefined;
      const { text, page } = message;
      return gateway.send({ externalUserId, text, title: text.slice(0, 20), page });
    },
  };

  async function externalUserOf(db: Executor, buyerId: string): Promise<string | null> {
    const row = await db
      .selectFrom('wecom.member')
      .select('externalUserId')
      .where('buyerId', '=', buyerId)
      .executeTakeFirst();
    return row?.externalUserId ?? null;
  }
}

export const wecomSweep = (wecom: Wecom, database: Pick<Database, 'db' | 'inTransaction'>): Sweep => ({
  name: 'wecom.sync',
  everyMs: 10 * secondMs,
  run: () => wecom.syncDue(database),
});
