/** The door others use inside their own transactions: it only writes down what to do; the sweep talks to WeChat. */
import type { PayoutView } from '@xiaopu/contracts';
import type {
  ConsolePayout,
  ConsolePayoutDetail,
  ConsolePayoutPage,
  ConsolePayoutQuery,
  PayoutScene,
} from '@xiaopu/contracts/console';
import { type Clock, hourMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import { newTradeNo } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import { failText, isSettled, payoutTransitions, statusTexts } from './payouts.domain.ts';
import * as errors from './payouts.errors.ts';
import * as policy from './payouts.policies.ts';
import type { Transfer } from './payouts.repository.ts';
import * as repository from './payouts.repository.ts';

export interface RequestPayout {
  payoutId: string;
  buyerId: string;
  /** Of the mini program: there the buyer confirms. */
  openid: string;
  amount: number;
  /** Shown to the buyer by WeChat, its first 32 characters. */
  reason: string;
  scene: PayoutScene;
  /** Whose staff look after it; without one, the install's first shop. */
  shopId?: string;
  /** Needed from `payouts.name_needed_from` on. */
  payeeName?: string;
}

export interface PayoutsDeps {
  clock: Clock;
  policies: Policies;
  cipher: FieldCipher;
  appId: string;
  mchId: string;
  /** The sandbox plays WeChat: transfers are open, and it has a page to confirm them on. */
  sandboxUrl: string | undefined;
  firstShop: (db: Executor) => Promise<string>;
}

export type Payouts = ReturnType<typeof createPayouts>;

export function createPayouts(deps: PayoutsDeps) {
  const { clock, policies, cipher, appId, mchId, sandboxUrl, firstShop } = deps;

  function confirmUrlOf(packageInfo: string): string | null {
    if (!sandboxUrl) return null;
    return `${sandboxUrl}/transfer?${new URLSearchParams({ mchId, appId, package: packageInfo })}`;
  }

  return {
    isOpen: (): boolean => sandboxUrl !== undefined || policies.get(policy.transfersOn) === 1,

    /**
     * Idempotent by payoutId. Result: payouts.payout_settled, or payouts.payout_failed, after which nothing will ever be paid
     * under this id.
     */
    async request(tx: Tx, given: RequestPayout): Promise<void> {
      const { payoutId, buyerId, openid, amount, reason, scene } = given;
      if (!Number.isSafeInteger(amount) || amount <= 0) throw new RangeError(`not an amount in fen: ${amount}`);
      const existing = await repository.findTransfer(tx, { buyerId, payoutId });
      if (existing) return sameOrThrow(existing, given);
      if (!this.isOpen()) throw errors.payoutsOff();
      const minimum = policies.get(policy.minimumPayout);
      const maximum = policies.get(policy.maximumPayout);
      if (amount < minimum || amount > maximum) throw errors.amountOutOfRange({ minimum, maximum });
      const from = policies.get(policy.nameNeededFrom);
      if (amount >= from && !given.payeeName) throw errors.payeeNameNeeded({ from });
      const now = clock.now();
      const isNew = await repository.insertTransfer(tx, {
        buyerId,
        payoutId,
        shopId: given.shopId ?? (await firstShop(tx)),
        outBillNo: newTradeNo(buyerId, now),
        scene,
        sceneId: String(policies.get(scene === 'commission' ? policy.commissionScene : policy.rewardScene)),
        appId,
        openid,
        payeeName: amount >= from && given.payeeName ? cipher.encrypt(given.payeeName) : null,
        amount,
        reason,
        status: 'requested',
        transferBillNo: null,
        packageInfo: null,
        failReason: null,
        nextAttemptAt: now,
        claimedUntil: null,
        queriedAt: null,
        lastError: null,
        requestedAt: now,
        sentAt: null,
        acceptedAt: null,
        settledAt: null,
      });
      if (isNew) return;
      const raced = await repository.findTransfer(tx, { buyerId, payoutId });
      if (raced) sameOrThrow(raced, given);
    },

    /** @throws payouts.not_found, also for another buyer's */
    async view(db: Executor, buyerId: string, payoutId: string): Promise<PayoutView> {
      const row = await repository.findTransfer(db, { buyerId, payoutId });
      if (!row) throw errors.payoutNotFound();
      const isWaiting = row.status === 'awaiting_confirmation' && row.packageInfo !== null;
      const confirmMs = policies.get(policy.confirmHours) * hourMs;
      return {
        payoutId,
        status: row.status,
        statusText: statusTexts[row.status],
        amount: row.amount,
        reason: row.reason,
        failReason: row.failReason === null ? null : failText(row.failReason),
        confirmation: isWaiting ? { mchId, appId: row.appId, package: row.packageInfo as string } : null,
        confirmUrl: isWaiting ? confirmUrlOf(row.packageInfo as string) : null,
        confirmBefore:
          row.status === 'awaiting_confirmation' && row.acceptedAt
            ? new Date(row.acceptedAt.getTime() + confirmMs).toISOString()
            : null,
        requestedAt: row.requestedAt.toISOString(),
        settledAt: row.settledAt?.toISOString() ?? null,
      };
    },

    async page(db: Executor, shopId: string, query: ConsolePayoutQuery): Promise<ConsolePayoutPage> {
      const { rows, total } = await repository.pageOfShop(db, shopId, query);
      return { items: rows.map(toConsole), total, page: query.page, pageSize: query.pageSize };
    },

    async detail(db: Executor, shopId: string, payoutId: string): Promise<ConsolePayoutDetail> {
      const row = await repository.findShopTransfer(db, shopId, payoutId);
      if (!row) throw errors.payoutNotFound();
      const steps = await repository.listSteps(db, row);
      return {
        payout: toConsole(row),
        steps: steps.map(({ at, fromStatus, toStatus, by, detail }) => ({
          at: at.toISOString(),
          from: fromStatus,
          to: toStatus,
          by,
          detail,
        })),
      };
    },

    /** Sends a blocked one again under the same number: were it known there after all, it is found and not sent twice. */
    async retry(tx: Tx, shopId: string, payoutId: string, by: string): Promise<void> {
      const row = await lockOfShop(tx, shopId, payoutId);
      if (row.status !== 'blocked') throw errors.payoutNotRetryable();
      const now = clock.now();
      await repository.moveTransfer(
        tx,
        row,
        'requested',
        { by, at: now, detail: '重新发送' },
        { nextAttemptAt: now, claimedUntil: null, lastError: null },
      );
    },

    /** Takes it back: cancelled at WeChat first, so the payee may still win. */
    async cancel(tx: Tx, shopId: string, payoutId: string, by: string): Promise<void> {
      const row = await lockOfShop(tx, shopId, payoutId);
      if (row.status === 'cancelling') return;
      if (!payoutTransitions[row.status].includes('cancelling')) throw errors.payoutNotCancellable();
      const now = clock.now();
      await repository.moveTransfer(tx, row, 'cancelling', { by, at: now, detail: '撤销' }, { nextAttemptAt: now });
    },

    /** Anonymous to the caller's own buyer: how much is still on its way. */
    async pendingOf(db: Executor, buyerId: string): Promise<number> {
      const { amount } = await db
        .selectFrom('payouts.transfer')
        .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('amount'), eb.val(0)).as('amount'))
        .where('buyerId', '=', buyerId)
        .where('status', 'not in', ['succeeded', 'failed'])
        .executeTakeFirstOrThrow();
      return amount;
    },
  };

  async function lockOfShop(tx: Tx, shopId: string, payoutId: string): Promise<Transfer> {
    const found = await repository.findShopTransfer(tx, shopId, payoutId);
    const row = found && (await repository.lockTransfer(tx, found));
    if (!row) throw errors.payoutNotFound();
    return row;
  }
}

function sameOrThrow(existing: Transfer, { amount, openid, scene }: RequestPayout): void {
  if (existing.amount === amount && existing.openid === openid && existing.scene === scene) return;
  throw errors.payoutNumberTaken();
}

const toConsole = (row: Transfer): ConsolePayout => ({
  payoutId: row.payoutId,
  outBillNo: row.outBillNo,
  transferBillNo: row.transferBillNo,
  scene: row.scene,
  amount: row.amount,
  reason: row.reason,
  status: row.status,
  statusText: statusTexts[row.status],
  failReason: row.failReason === null ? null : failText(row.failReason),
  lastError: row.lastError,
  attempts: row.attempts,
  nextAttemptAt: isSettled(row.status) ? null : (row.nextAttemptAt?.toISOString() ?? null),
  requestedAt: row.requestedAt.toISOString(),
  acceptedAt: row.acceptedAt?.toISOString() ?? null,
  settledAt: row.settledAt?.toISOString() ?? null,
});
