/**
 * What must be true before real money is taken (C10-PAY-01): some of it the server sees, the rest people confirm. Until all
 * is done and somebody says so, the real WeChat takes no payment here; the sandbox always does.
 */
import type { GoLive, GoLiveStep, GoLiveStepId } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { goLiveUnfinished, stepSeenByServer } from './payments.errors.ts';

export interface Surroundings {
  isSandbox: boolean;
  publicBaseUrl: string;
  /** Personal fields are sealed with keys from the environment, not with keys that lie beside the data. */
  hasOwnKeys: boolean;
}
type Seen = (surroundings: Surroundings) => boolean;

const steps: Record<GoLiveStepId, { title: string; about: string; seen?: Seen }> = {
  licence: { title: '营业执照认证', about: '在微信支付商户平台提交营业执照并通过' },
  legal_person: { title: '法人身份认证', about: '法人身份证明已提交并通过' },
  merchant_review: { title: '商户号审核', about: '微信支付审核通过，商户号已开通' },
  app_bound: { title: 'AppID 绑定', about: '小程序、公众号与商户号已互相绑定' },
  mini_review: { title: '小程序审核', about: '小程序已通过微信审核并发布' },
  credentials: {
    title: '微信凭据',
    about: '商户号、证书序列号、私钥、APIv3 密钥由环境变量提供，并与微信一致',
    seen: ({ isSandbox }) => !isSandbox,
  },
  https: {
    title: 'HTTPS 地址',
    about: '顾客与微信回调用的地址是 https',
    seen: ({ publicBaseUrl }) => publicBaseUrl.startsWith('https://'),
  },
  field_keys: {
    title: '个人信息密钥',
    about: '加密个人信息的 SM4 密钥由环境变量提供，不与数据放在一起',
    seen: ({ hasOwnKeys }) => hasOwnKeys,
  },
};

export type GoLiveDesk = ReturnType<typeof createGoLive>;

export function createGoLive({ clock, surroundings }: { clock: Clock; surroundings: Surroundings }) {
  let isKnownLive = false;

  async function read(db: Executor): Promise<GoLive> {
    const done = await db.selectFrom('payments.goLiveStep').selectAll().execute();
    const live = await db.selectFrom('payments.goLive').selectAll().executeTakeFirst();
    const items = (Object.keys(steps) as GoLiveStepId[]).map((step): GoLiveStep => {
      const { title, about, seen } = steps[step];
      const by = done.find((row) => row.step === step);
      return {
        step,
        title,
        about,
        isSeen: seen !== undefined,
        isDone: seen ? seen(surroundings) : by !== undefined,
        doneBy: by?.doneBy ?? null,
        doneAt: by?.doneAt.toISOString() ?? null,
        note: by?.note ?? '',
      };
    });
    return { isSandbox: surroundings.isSandbox, liveSince: live?.liveSince.toISOString() ?? null, items };
  }

  return {
    read,

    /** People confirm a step, or take their word back; taking it back takes the install off production. */
    async mark(
      tx: Tx,
      { step, isDone, note, by }: { step: GoLiveStepId; isDone: boolean; note: string; by: string },
    ): Promise<void> {
      if (steps[step].seen) throw stepSeenByServer();
      if (!isDone) {
        await tx.deleteFrom('payments.goLiveStep').where('step', '=', step).execute();
        await tx.deleteFrom('payments.goLive').execute();
        isKnownLive = false;
        return;
      }
      const row = { note, doneBy: by, doneAt: clock.now() };
      await tx
        .insertInto('payments.goLiveStep')
        .values({ step, ...row })
        .onConflict((conflict) => conflict.column('step').doUpdateSet(row))
        .execute();
    },

    /** @throws payments.go_live_unfinished with the list of what is missing */
    async goLive(tx: Tx, by: string): Promise<void> {
      const { items } = await read(tx);
      const missing = items.filter(({ isDone }) => !isDone).map(({ step, title }) => ({ step, title }));
      if (missing.length > 0) throw goLiveUnfinished({ missing });
      await tx
        .insertInto('payments.goLive')
        .values({ isLive: true, liveSince: clock.now(), byWhom: by })
        .onConflict((conflict) => conflict.column('isLive').doNothing())
        .execute();
    },

    /** Whether buyers may pay. Asked at each payment until the answer is yes. */
    async mayTakeMoney(db: Executor): Promise<boolean> {
      if (surroundings.isSandbox || isKnownLive) return true;
      const row = await db.selectFrom('payments.goLive').select('isLive').executeTakeFirst();
      isKnownLive = row !== undefined;
      return isKnownLive;
    },
  };
}
