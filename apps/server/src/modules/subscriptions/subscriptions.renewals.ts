/**
 * Renewal by itself, for those who signed for it (C04-INT-02): announced by WeChat days ahead, taken the day before the end, once a
 * period. Whatever changed meanwhile (plan over, contract ended, price risen) makes it skip rather than take.
 */
import type { AutoRenewal, EventPayloads } from '@xiaopu/contracts';
import type { Selectable } from 'kysely';
import { type Clock, dayMs, hourMs, minuteMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { Database, Executor, Tables, Tx } from '#platform/database/database.ts';
import { newId, newTradeNo } from '#platform/ids.ts';
import type { Logger } from '#platform/logger.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Policies } from '#platform/policy.ts';
import type { Contracts } from '../contracts/index.ts';
import type { Payments } from '../payments/index.ts';
import * as errors from './subscriptions.errors.ts';
import { renewalNoticeDays } from './subscriptions.policies.ts';
import * as repository from './subscriptions.repository.ts';

export interface RenewalDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  clock: Clock;
  policies: Policies;
  log: Logger;
  outbox: Outbox;
  contracts: Contracts;
  payments: Pick<Payments, 'open' | 'requestClose'>;
  openidOf: (db: Executor, buyerId: string) => Promise<string | undefined>;
  answeringShops: (db: Executor) => Promise<string[]>;
  /** WeChat's page to sign on as a browser reaches it; the sandbox has one. */
  pageOf: (path: string) => string | null;
  /** Both talk to WeChat: never called in a transaction. */
  announce: (contractId: string, amount: number) => Promise<string>;
  charge: (asked: {
    buyerId: string;
    paymentId: string;
    contractId: string;
    openid: string;
  }) => Promise<{ refusal: string } | undefined>;
}
export type Renewals = ReturnType<typeof createRenewals>;
type Renewal = Selectable<Tables['subscriptions.renewal']>;
type Terms =
  | { skip: string }
  | {
      plan: NonNullable<Awaited<ReturnType<typeof repository.findPlan>>>;
      contract: NonNullable<Awaited<ReturnType<Contracts['signed']>>>;
    };
type Change = Partial<Omit<Renewal, 'buyerId' | 'until'>>;

const purpose = 'paid_membership';
const batch = 20;
const leaseMs = 60_000;
/** As long as an accepted deduction may take before it counts as failed. */
const settleMs = 2 * hourMs;
const retryMs = 10 * minuteMs;

/** What the buyer is to be told of. They know when they ended the contract or renewed by hand themselves. */
function missedBecause(
  status: 'paid' | 'skipped' | 'failed',
  reason: string | null,
): EventPayloads['subscriptions.renewal_missed']['why'] | undefined {
  if (reason === 'price_risen' || reason === 'plan_off') return reason;
  return status === 'failed' && reason !== 'CONTRACT_OVER' ? 'not_deducted' : undefined;
}

export const renewalTerms = (planName: string, fen: number): string =>
  `开通后，${planName}在到期前一天按 ¥${(fen / 100).toFixed(2)} 自动续费，扣款前微信会提醒你；随时可以在这里或微信“支付服务”里关闭，关闭后不再扣款。`;

export function createRenewals(deps: RenewalDeps) {
  const { database, clock, policies, log, outbox, contracts, payments } = deps;
  const { db, inTransaction } = database;
  const later = (ms: number) => new Date(clock.now().getTime() + ms);

  const change = async (tx: Tx, { buyerId, until }: Renewal, set: Change): Promise<void> => {
    await tx
      .updateTable('subscriptions.renewal')
      .set(set)
      .where('buyerId', '=', buyerId)
      .where('until', '=', until)
      .execute();
  };
  async function finish(tx: Tx, renewal: Renewal, status: 'paid' | 'skipped' | 'failed', reason: string | null) {
    await change(tx, renewal, { status, reason, settledAt: clock.now(), nextAttemptAt: null, claimedUntil: null });
    const why = missedBecause(status, reason);
    if (!why) return;
    const { buyerId, until, planId } = renewal;
    const planName = (await repository.findPlan(tx, planId))?.name ?? '付费会员';
    await outbox.publish(tx, 'subscriptions.renewal_missed', { buyerId, planName, until: until.toISOString(), why });
  }

  /** Why this period is not to be renewed any more; the terms when it is. */
  async function termsOf(tx: Tx, { buyerId, until, contractNo, planId, amount }: Renewal): Promise<Terms> {
    const entitlement = await repository.lockEntitlement(tx, buyerId, clock.now());
    const plan = await repository.findPlan(tx, planId);
    const contract = await contracts.signed(tx, buyerId, contractNo);
    const isSame =
      entitlement.planId === planId && !entitlement.isTrial && entitlement.until.getTime() === until.getTime();
    if (!isSame || until <= clock.now()) return { skip: 'period_changed' };
    if (!contract) return { skip: 'contract_over' };
    if (!plan?.isOn) return { skip: 'plan_off' };
    // Never above what was signed, nor above what was announced.
    if (plan.price > contract.ceiling || plan.price > amount) return { skip: 'price_risen' };
    return { plan, contract };
  }

  async function announce(renewal: Renewal): Promise<void> {
    const terms = await inTransaction(async (tx) => {
      const found = await termsOf(tx, renewal);
      if ('skip' in found) await finish(tx, renewal, 'skipped', found.skip);
      return found;
    });
    if ('skip' in terms) return;
    const day = await deps.announce(terms.contract.contractId, renewal.amount);
    const from = Math.max(startOfShanghaiDay(day).getTime(), renewal.until.getTime() - dayMs);
    const chargeFrom = new Date(from);
    const next = { chargeFrom, nextAttemptAt: chargeFrom, claimedUntil: null, attempts: 0 };
    await inTransaction((tx) => change(tx, renewal, { status: 'announced', ...next }));
  }

  /** The purchase and its payment, made once. */
  async function open(renewal: Renewal): Promise<Renewal | undefined> {
    const { buyerId } = renewal;
    return inTransaction(async (tx) => {
      const found = await termsOf(tx, renewal);
      if ('skip' in found) return void (await finish(tx, renewal, 'skipped', found.skip));
      const now = clock.now();
      const pending = await repository.findPending(tx, buyerId);
      // Being renewed by hand right now: that one counts, and changes the period.
      if (pending && pending.payUntil > now) return undefined;
      const { plan } = found;
      const paymentId = newId();
      const payUntil = later(settleMs);
      await repository.insertPurchase(tx, {
        ...{ buyerId, purchaseNo: newTradeNo(buyerId, now), paymentId, planId: plan.planId, planName: plan.name },
        ...{ kind: 'renewal', price: plan.price, credit: 0, amount: plan.price, refunded: 0, status: 'pending' },
        ...{ startsAt: null, endsAt: null, payUntil, refundNo: null, createdAt: now, paidAt: null },
      });
      await payments.open(tx, {
        ...{ paymentId, buyerId, amount: plan.price, description: `${plan.name}自动续费`, orderNos: [] },
        ...{ shopIds: await deps.answeringShops(tx), prepayUntil: payUntil },
      });
      await change(tx, renewal, { status: 'charging', paymentId });
      return { ...renewal, status: 'charging' as const, paymentId };
    });
  }

  async function charge(renewal: Renewal): Promise<void> {
    const { buyerId, paymentId, contractNo } = renewal;
    if (paymentId === null) return;
    const contract = await contracts.signed(db, buyerId, contractNo);
    const refusal = contract
      ? await deps.charge({ buyerId, paymentId, contractId: contract.contractId, openid: contract.openid })
      : { refusal: 'CONTRACT_OVER' };
    if (!refusal) return;
    await inTransaction(async (tx) => {
      await repository.lockEntitlement(tx, buyerId, clock.now());
      const purchase = await repository.lockByPayment(tx, buyerId, paymentId);
      if (purchase?.status === 'pending') {
        await repository.changePurchase(tx, purchase, { status: 'closed' });
        await payments.requestClose(tx, { buyerId, paymentId });
      }
      await finish(tx, renewal, 'failed', refusal.refusal);
    });
  }

  async function follow(renewal: Renewal): Promise<void> {
    try {
      if (renewal.status === 'planned') await announce(renewal);
      else {
        const opened = renewal.status === 'announced' ? await open(renewal) : renewal;
        if (opened) await charge(opened);
      }
    } catch (error) {
      log.warn({ err: error, buyerId: renewal.buyerId }, 'renewal call failed, will try again');
    }
    await inTransaction((tx) =>
      tx
        .updateTable('subscriptions.renewal')
        .set({ claimedUntil: null, attempts: renewal.attempts + 1, nextAttemptAt: later(retryMs) })
        .where('buyerId', '=', renewal.buyerId)
        .where('until', '=', renewal.until)
        // What moved on set its own next look.
        .where('nextAttemptAt', '=', renewal.nextAttemptAt)
        .execute(),
    );
  }

  return {
    /** For the plans page; null where nothing is offered and nothing runs. */
    async view(
      executor: Executor,
      buyerId: string,
      current: { planName: string; price: number; until: Date; isTrial: boolean } | undefined,
    ): Promise<AutoRenewal | null> {
      const contract = await contracts.current(executor, buyerId, purpose);
      const canOpen = contracts.isOn() && current !== undefined && !current.isTrial;
      if (!contract && !canOpen) return null;
      const amount = contract?.ceiling ?? current?.price ?? 0;
      const states = { requested: 'opening', signing: 'signing', signed: 'on', ending: 'ending' } as const;
      const state = contract ? states[contract.status as keyof typeof states] : 'off';
      const next = state === 'on' && current ? shanghaiDay(new Date(current.until.getTime() - dayMs)) : null;
      return {
        state,
        amount,
        nextChargeOn: next,
        terms: renewalTerms(current?.planName ?? '付费会员', amount),
        redirect: contract?.redirect ?? null,
        pageUrl: contract?.redirect ? deps.pageOf(contract.redirect.path) : null,
      };
    },

    /** The shopper agreed to the terms shown; WeChat's page asks for the signature. */
    async start(tx: Tx, buyerId: string): Promise<void> {
      const now = clock.now();
      const entitlement = await repository.lockEntitlement(tx, buyerId, now);
      const { planId, until, isTrial } = entitlement;
      const plan = planId && until > now && !isTrial ? await repository.findPlan(tx, planId) : undefined;
      if (!plan?.isOn) throw errors.notSubscribed();
      const openid = await deps.openidOf(tx, buyerId);
      if (!openid) throw errors.signerUnknown();
      await contracts.open(tx, {
        ...{ buyerId, openid, purpose, ceiling: plan.price, display: plan.name, description: `${plan.name}自动续费` },
        firstOn: shanghaiDay(new Date(Math.max(until.getTime() - dayMs, now.getTime() + dayMs))),
        agreedText: renewalTerms(plan.name, plan.price),
      });
    },

    async stop(tx: Tx, buyerId: string): Promise<void> {
      await repository.lockEntitlement(tx, buyerId, clock.now());
      const contract = await contracts.current(tx, buyerId, purpose);
      if (contract) await contracts.end(tx, buyerId, contract.contractNo, 'buyer');
    },

    async paymentSucceeded(
      tx: Tx,
      { buyerId, paymentId }: Pick<EventPayloads['payments.payment_succeeded'], 'buyerId' | 'paymentId'>,
    ) {
      const renewal = await byPayment(tx, buyerId, paymentId);
      // Late money counts: the period was bought after all.
      if (renewal && renewal.status !== 'paid') await finish(tx, renewal, 'paid', null);
    },
    async paymentClosed(tx: Tx, { buyerId, paymentId }: EventPayloads['payments.payment_closed']) {
      const renewal = await byPayment(tx, buyerId, paymentId);
      if (renewal?.status === 'charging') await finish(tx, renewal, 'failed', 'not_deducted');
    },

    /** Of these, whose period is going to be renewed by itself, when and for how much: nobody of them may be told otherwise. */
    async dueAmong(
      tx: Tx,
      ending: readonly { buyerId: string; planId: string | null; until: Date }[],
    ): Promise<Map<string, { amount: number; chargeAt: string }>> {
      const renewing = new Map<string, { amount: number; chargeAt: string }>();
      if (!contracts.isOn()) return renewing;
      const signed = await contracts.signedAmong(
        tx,
        purpose,
        ending.map(({ buyerId }) => buyerId),
      );
      for (const { buyerId, planId, until } of ending.filter((one) => signed.has(one.buyerId))) {
        const plan = planId === null ? undefined : await repository.findPlan(tx, planId);
        const chargeAt = new Date(until.getTime() - dayMs).toISOString();
        if (plan) renewing.set(buyerId, { amount: plan.price, chargeAt });
      }
      return renewing;
    },

    /** Periods that end soon, of those who signed: one row a period. */
    async planDue(tx: Tx): Promise<number> {
      if (!contracts.isOn()) return 0;
      const now = clock.now();
      const ending = await tx
        .selectFrom('subscriptions.entitlement as e')
        .innerJoin('subscriptions.plan as p', 'p.planId', 'e.planId')
        .select(['e.buyerId', 'e.until', 'p.planId', 'p.price'])
        .where('e.isTrial', '=', false)
        .where('e.until', '>', now)
        .where('e.until', '<=', later(policies.get(renewalNoticeDays) * dayMs))
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('subscriptions.renewal as r')
                .select('r.buyerId')
                .whereRef('r.buyerId', '=', 'e.buyerId')
                .whereRef('r.until', '=', 'e.until'),
            ),
          ),
        )
        .orderBy('e.until')
        .limit(500)
        .execute();
      const signed = await contracts.signedAmong(
        tx,
        purpose,
        ending.map(({ buyerId }) => buyerId),
      );
      const rows = ending.flatMap(({ buyerId, until, planId, price }) => {
        const contractNo = signed.get(buyerId);
        if (!contractNo) return [];
        return [
          {
            ...{ buyerId, until, contractNo, planId, amount: price, status: 'planned' as const, plannedAt: now },
            ...{
              paymentId: null,
              chargeFrom: null,
              reason: null,
              nextAttemptAt: now,
              claimedUntil: null,
              settledAt: null,
            },
          },
        ];
      });
      if (rows.length > 0)
        await tx
          .insertInto('subscriptions.renewal')
          .values(rows)
          .onConflict((conflict) => conflict.columns(['buyerId', 'until']).doNothing())
          .execute();
      return rows.length;
    },

    async follow(): Promise<number> {
      const due = await inTransaction(async (tx) => {
        const now = clock.now();
        const rows = await tx
          .selectFrom('subscriptions.renewal')
          .selectAll()
          .where('nextAttemptAt', '<=', now)
          .where((eb) => eb.or([eb('claimedUntil', 'is', null), eb('claimedUntil', '<', now)]))
          .orderBy('nextAttemptAt')
          .limit(batch)
          .forUpdate()
          .skipLocked()
          .execute();
        for (const row of rows) await change(tx, row, { claimedUntil: later(leaseMs) });
        return rows;
      });
      for (const renewal of due) await follow(renewal);
      return due.length;
    },
  };

  function byPayment(tx: Tx, buyerId: string, paymentId: string): Promise<Renewal | undefined> {
    return tx
      .selectFrom('subscriptions.renewal')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .where('paymentId', '=', paymentId)
      .forUpdate()
      .executeTakeFirst();
  }
}
