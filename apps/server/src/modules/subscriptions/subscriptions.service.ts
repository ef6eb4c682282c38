import type { EventPayloads, PaidMembership, PlanId, PlanPurchase } from '@xiaopu/contracts';
import type { PlanInput, PlanList } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import { type Clock, dayMs, minuteMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { newId, newTradeNo } from '#platform/ids.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Policies } from '#platform/policy.ts';
import type { Membership } from '../membership/index.ts';
import type { Payments } from '../payments/index.ts';
import { addMonths, dayOfMonth, unusedWorth } from './subscriptions.domain.ts';
import * as errors from './subscriptions.errors.ts';
import * as rules from './subscriptions.policies.ts';
import type { Renewals } from './subscriptions.renewals.ts';
import type { Entitlement, Purchase } from './subscriptions.repository.ts';
import * as repository from './subscriptions.repository.ts';

export interface SubscriptionsDeps {
  clock: Clock;
  outbox: Outbox;
  policies: Policies;
  payments: Pick<Payments, 'open' | 'extend' | 'requestClose' | 'requestRefund'>;
  membership: Pick<Membership, 'setPlan'>;
  /** Blind index of the buyer's phone, if known. */
  phoneIndexOf(db: Executor, buyerId: string): Promise<string | null>;
  /** Renewal by itself, where the install has it. */
  renewals?: Pick<Renewals, 'view' | 'dueAmong'> | undefined;
  /** The shops that see an anomaly of such a payment. */
  answeringShops(db: Executor): Promise<string[]>;
}
export type Subscriptions = ReturnType<typeof createSubscriptions>;

const batch = 50;
const trialPlan: PlanId = 'basic';

export function createSubscriptions(deps: SubscriptionsDeps) {
  const { clock, outbox, policies, payments, membership } = deps;

  async function personKeys(db: Executor, buyerId: string): Promise<string[]> {
    const phone = await deps.phoneIndexOf(db, buyerId);
    return [`buyer:${buyerId}`, ...(phone === null ? [] : [`phone:${phone}`])];
  }
  async function planOf(db: Executor, planId: string) {
    const plan = await repository.findPlan(db, planId);
    if (!plan) throw errors.planNotFound();
    return plan;
  }
  const isRunning = ({ planId, until }: Pick<Entitlement, 'planId' | 'until'>, at: Date) =>
    planId !== null && until > at;

  /** What the paid periods not yet used are worth at `at`. */
  function creditOf(paid: readonly Purchase[], at: Date): number {
    return paid.reduce((sum, { amount, startsAt, endsAt }) => {
      if (!startsAt || !endsAt || endsAt <= at) return sum;
      return sum + (startsAt >= at ? amount : unusedWorth(amount, { startsAt, endsAt }, at));
    }, 0);
  }

  /** How a plan would be bought now. */
  function quote(
    plan: { planId: PlanId; price: number },
    entitlement: Pick<Entitlement, 'planId' | 'until' | 'isTrial'> | undefined,
    paid: readonly Purchase[],
    at: Date,
  ): { kind: Purchase['kind']; credit: number; amount: number } | undefined {
    const { price } = plan;
    const runs = entitlement && isRunning(entitlement, at) && !entitlement.isTrial;
    if (!runs) return { kind: 'new', credit: 0, amount: price };
    if (entitlement.planId === plan.planId) return { kind: 'renewal', credit: 0, amount: price };
    if (plan.planId === 'basic') return undefined;
    const credit = Math.min(price, creditOf(paid, at));
    return { kind: 'upgrade', credit, amount: price - credit };
  }

  async function tellMembership(tx: Tx, buyerId: string, planId: PlanId, until: Date): Promise<string> {
    const { name, payRate } = await planOf(tx, planId);
    await membership.setPlan(tx, buyerId, { planId, name, payRate, until });
    return name;
  }

  async function end(tx: Tx, { buyerId, planId }: Pick<Entitlement, 'buyerId' | 'planId'>, until: Date): Promise<void> {
    const planName = planId === null ? '' : (await planOf(tx, planId)).name;
    await repository.changeEntitlement(tx, buyerId, { planId: null, isTrial: false, until, endedAt: clock.now() });
    await membership.setPlan(tx, buyerId, null);
    await outbox.publish(tx, 'subscriptions.ended', { buyerId, planName });
  }

  function refundable(paid: readonly Purchase[], at: Date): { purchase: Purchase; amount: number } | undefined {
    const [purchase] = paid;
    if (!purchase?.paidAt || !purchase.startsAt || !purchase.endsAt) return undefined;
    if (at.getTime() - purchase.paidAt.getTime() > policies.get(rules.refundDays) * dayMs) return undefined;
    const { startsAt, endsAt } = purchase;
    const amount = startsAt >= at ? purchase.amount : unusedWorth(purchase.amount, { startsAt, endsAt }, at);
    return amount > 0 ? { purchase, amount } : undefined;
  }

  return {
    async view(db: Executor, buyerId: string): Promise<PaidMembership> {
      const now = clock.now();
      const plans = await repository.listPlans(db);
      const entitlement = await repository.findEntitlement(db, buyerId);
      const paid = await repository.listPaid(db, buyerId);
      const pending = await repository.findPending(db, buyerId);
      const tried = await repository.hasTried(db, await personKeys(db, buyerId));
      const runs = entitlement && isRunning(entitlement, now);
      const running = runs ? plans.find(({ planId }) => planId === entitlement.planId) : undefined;
      const autoRenewal = await deps.renewals?.view(
        db,
        buyerId,
        running &&
          entitlement && {
            planName: running.name,
            price: running.price,
            until: entitlement.until,
            isTrial: entitlement.isTrial,
          },
      );
      const back = refundable(paid, now);
      return {
        plans: plans
          .filter(({ isOn }) => isOn)
          .map((plan) => ({
            planId: plan.planId,
            name: plan.name,
            price: plan.price,
            months: plan.months,
            payRate: plan.payRate,
            benefits: plan.benefits,
            due: quote(plan, entitlement, paid, now)?.amount ?? null,
          })),
        current:
          runs && entitlement.planId
            ? {
                planId: entitlement.planId,
                name: plans.find(({ planId }) => planId === entitlement.planId)?.name ?? '',
                isTrial: entitlement.isTrial,
                until: entitlement.until.toISOString(),
                wantsReminder: entitlement.wantsReminder,
                refundable: back ? { purchaseNo: back.purchase.purchaseNo, amount: back.amount } : null,
              }
            : null,
        autoRenewal: autoRenewal ?? null,
        trialDays: policies.get(rules.trialDays),
        canTry: !tried && !runs && policies.get(rules.trialDays) > 0,
        pending:
          pending && pending.payUntil > now
            ? { paymentId: pending.paymentId, planName: pending.planName, amount: pending.amount }
            : null,
      };
    },

    /** Free, once a person, and nothing is charged when it ends (C13-SUB-04). */
    async startTrial(tx: Tx, buyerId: string): Promise<void> {
      const now = clock.now();
      const entitlement = await repository.lockEntitlement(tx, buyerId, now);
      if (isRunning(entitlement, now)) throw errors.alreadyMember();
      const days = policies.get(rules.trialDays);
      if (days === 0 || !(await repository.claimTrial(tx, await personKeys(tx, buyerId), buyerId, now)))
        throw errors.trialTaken();
      const until = new Date(now.getTime() + days * dayMs);
      await repository.changeEntitlement(tx, buyerId, {
        planId: trialPlan,
        isTrial: true,
        anchorDay: dayOfMonth(now),
        startedAt: now,
        until,
        endedAt: null,
      });
      const planName = await tellMembership(tx, buyerId, trialPlan, until);
      await outbox.publish(tx, 'subscriptions.started', {
        buyerId,
        planName,
        until: until.toISOString(),
        isTrial: true,
      });
    },

    /** One purchase waits for money at a time: asking for the same plan again answers with it, another plan replaces it. */
    async buy(tx: Tx, buyerId: string, planId: PlanId): Promise<PlanPurchase> {
      const now = clock.now();
      const entitlement = await repository.lockEntitlement(tx, buyerId, now);
      const plan = await planOf(tx, planId);
      if (!plan.isOn) throw errors.planNotFound();
      const terms = quote(plan, entitlement, await repository.listPaid(tx, buyerId), now);
      if (!terms) throw errors.downgradeRefused();
      const pending = await repository.findPending(tx, buyerId);
      if (pending) {
        if (pending.planId === planId && pending.amount === terms.amount && pending.payUntil > now) {
          const { paymentId, purchaseNo, amount, payUntil } = pending;
          return { paymentId, purchaseNo, amount, payUntil: payUntil.toISOString() };
        }
        await repository.changePurchase(tx, pending, { status: 'closed' });
        await payments.requestClose(tx, { buyerId, paymentId: pending.paymentId });
      }
      const payUntil = new Date(now.getTime() + policies.get(rules.payMinutes) * minuteMs);
      const purchase: Purchase = {
        buyerId,
        purchaseNo: newTradeNo(buyerId, now),
        paymentId: newId(),
        planId,
        planName: plan.name,
        price: plan.price,
        ...terms,
        refunded: 0,
        status: 'pending',
        startsAt: null,
        endsAt: null,
        payUntil,
        refundNo: null,
        createdAt: now,
        paidAt: null,
      };
      await repository.insertPurchase(tx, purchase);
      const { paymentId, purchaseNo, amount } = purchase;
      await payments.open(tx, {
        paymentId,
        buyerId,
        amount,
        description: plan.name,
        orderNos: [],
        shopIds: await deps.answeringShops(tx),
        prepayUntil: payUntil,
      });
      return { paymentId, purchaseNo, amount, payUntil: payUntil.toISOString() };
    },

    /** Payments ask before each try. @returns false when the payment is none of ours */
    async preparePayment(
      tx: Tx,
      { buyerId, paymentId, atLeastUntil }: { buyerId: string; paymentId: string; atLeastUntil: Date },
    ): Promise<boolean> {
      const purchase = await repository.lockByPayment(tx, buyerId, paymentId);
      if (!purchase) return false;
      if (purchase.status !== 'pending' || purchase.payUntil <= clock.now()) throw errors.purchaseNotPayable();
      if (purchase.payUntil < atLeastUntil) {
        await repository.changePurchase(tx, purchase, { payUntil: atLeastUntil });
        await payments.extend(tx, { buyerId, paymentId, prepayUntil: atLeastUntil });
      }
      return true;
    },

    /** Of these buyers, those who have or had a plan. One statement. */
    holdersAmong: async (db: Executor, buyerIds: readonly string[]): Promise<Set<string>> =>
      new Set((await repository.findHolders(db, buyerIds)).map(({ buyerId }) => buyerId)),

    /** Money is in: the period begins, once, whatever was closed meanwhile. */
    async paymentSucceeded(
      tx: Tx,
      { buyerId, paymentId, paidAt: paidAtText }: EventPayloads['payments.payment_succeeded'],
    ): Promise<void> {
      // The entitlement first, the purchase after it: the order every path keeps.
      const seen = await repository.findEntitlement(tx, buyerId);
      if (!seen) return;
      const entitlement = await repository.lockEntitlement(tx, buyerId, clock.now());
      const purchase = await repository.lockByPayment(tx, buyerId, paymentId);
      if (!purchase || (purchase.status !== 'pending' && purchase.status !== 'closed')) return;
      const paidAt = new Date(paidAtText);
      const now = clock.now();
      const { planId } = purchase;
      const runs = isRunning(entitlement, now);
      const continues = runs && (entitlement.isTrial || entitlement.planId === planId);
      const startsAt = continues ? entitlement.until : now;
      const keepsAnchor = continues && !entitlement.isTrial;
      const anchorDay = keepsAnchor ? entitlement.anchorDay : dayOfMonth(startsAt);
      const endsAt = addMonths(startsAt, (await planOf(tx, planId)).months, anchorDay);
      await repository.changePurchase(tx, purchase, { status: 'paid', paidAt, startsAt, endsAt });
      await repository.changeEntitlement(tx, buyerId, {
        planId,
        isTrial: false,
        anchorDay,
        startedAt: runs ? entitlement.startedAt : now,
        until: endsAt,
        endedAt: null,
      });
      const planName = await tellMembership(tx, buyerId, planId, endsAt);
      const until = endsAt.toISOString();
      await outbox.publish(tx, 'subscriptions.started', { buyerId, planName, until, isTrial: false });
    },

    async paymentClosed(tx: Tx, { buyerId, paymentId }: EventPayloads['payments.payment_closed']): Promise<void> {
      const purchase = await repository.lockByPayment(tx, buyerId, paymentId);
      if (purchase?.status === 'pending') await repository.changePurchase(tx, purchase, { status: 'closed' });
    },

    async setReminder(tx: Tx, buyerId: string, wantsReminder: boolean): Promise<void> {
      const entitlement = await repository.lockEntitlement(tx, buyerId, clock.now());
      if (!isRunning(entitlement, clock.now())) throw errors.notSubscribed();
      await repository.changeEntitlement(tx, buyerId, { wantsReminder });
    },

    /** The unused days of the latest purchase go back; what was paid before it goes on. */
    async refund(tx: Tx, buyerId: string): Promise<void> {
      const now = clock.now();
      const entitlement = await repository.lockEntitlement(tx, buyerId, now);
      const back = refundable(await repository.listPaid(tx, buyerId), now);
      if (!back) throw errors.notRefundable();
      const { purchase, amount } = back;
      const { paymentId, purchaseNo } = purchase;
      const refundNo = newTradeNo(buyerId, now);
      await repository.changePurchase(tx, purchase, { status: 'refunding', refundNo });
      await payments.requestRefund(tx, {
        buyerId,
        paymentId,
        orderNo: purchaseNo,
        refundNo,
        amount,
        reason: '付费会员退款',
      });
      const startsAt = purchase.startsAt ?? now;
      if (purchase.kind === 'renewal' && startsAt > now && entitlement.planId) {
        await repository.changeEntitlement(tx, buyerId, { until: startsAt });
        await tellMembership(tx, buyerId, entitlement.planId, startsAt);
      } else await end(tx, entitlement, now);
    },

    async refundSettled(
      tx: Tx,
      { buyerId, paymentId, refundNo, amount, outcome }: EventPayloads['payments.refund_settled'],
    ): Promise<void> {
      const purchase = await repository.lockByPayment(tx, buyerId, paymentId);
      if (purchase?.refundNo !== refundNo || purchase.status !== 'refunding' || outcome !== 'succeeded') return;
      await repository.changePurchase(tx, purchase, { status: 'refunded', refunded: amount });
    },

    async closeUnpaid(tx: Tx): Promise<number> {
      const due = await repository.claimUnpaid(tx, clock.now(), batch);
      for (const purchase of due) {
        await repository.changePurchase(tx, purchase, { status: 'closed' });
        await payments.requestClose(tx, purchase);
      }
      return due.length;
    },

    /** One reminder a period, days ahead (C13-SUB-05). */
    async remind(tx: Tx): Promise<number> {
      const now = clock.now();
      const until = new Date(now.getTime() + policies.get(rules.remindDays) * dayMs);
      const due = await repository.claimToRemind(tx, now, until, batch);
      const renewing = await deps.renewals?.dueAmong(tx, due);
      for (const { buyerId, planId, until: endsAt } of due) {
        await repository.changeEntitlement(tx, buyerId, { remindedUntil: endsAt });
        const planName = planId === null ? '' : (await planOf(tx, planId)).name;
        const renews = renewing?.get(buyerId);
        const told = { buyerId, planName, until: endsAt.toISOString(), ...(renews && { renews }) };
        await outbox.publish(tx, 'subscriptions.renewal_due', told);
      }
      return due.length;
    },

    async endDue(tx: Tx): Promise<number> {
      const due = await repository.claimEnded(tx, clock.now(), batch);
      for (const entitlement of due) await end(tx, entitlement, entitlement.until);
      return due.length;
    },

    async plans(db: Executor): Promise<PlanList> {
      const plans = await repository.listPlans(db);
      const { rows } = await sql<{ planId: PlanId; members: number; trials: number }>`
        select plan_id, count(*)::int as members, count(*) filter (where is_trial)::int as trials
        from subscriptions.entitlement where plan_id is not null and until > ${clock.now()} group by 1`.execute(db);
      const { rows: money } = await sql<{ planId: PlanId; income: number }>`
        select plan_id, sum(amount - refunded)::bigint as income from subscriptions.purchase
        where status in ('paid', 'refunding', 'refunded') group by 1`.execute(db);
      return {
        plans: plans.map((plan) => ({
          ...plan,
          members: rows.find(({ planId }) => planId === plan.planId)?.members ?? 0,
          trials: rows.find(({ planId }) => planId === plan.planId)?.trials ?? 0,
          income: money.find(({ planId }) => planId === plan.planId)?.income ?? 0,
        })),
      };
    },

    async savePlan(tx: Tx, planId: PlanId, input: PlanInput): Promise<void> {
      const { numUpdatedRows } = await tx
        .updateTable('subscriptions.plan')
        .set(input)
        .where('planId', '=', planId)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw errors.planNotFound();
    },
  };
}
