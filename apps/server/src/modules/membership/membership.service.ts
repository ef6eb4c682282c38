import type { GrowthPage, GrowthQuery, MemberCentre, MemberCode, SetBirthday, Tier } from '@xiaopu/contracts';
import type { ConsoleMember, MemberDetail, MemberPage, MemberQuery } from '@xiaopu/contracts/console';
import type { MemberBenefit } from '@xiaopu/pricing';
import { LRUCache } from 'lru-cache';
import { type Clock, dayMs, secondMs, shanghaiDay } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Policies } from '#platform/policy.ts';
import { qrRows } from '#platform/qr.ts';
import * as domain from './membership.domain.ts';
import { birthdayFixed, birthdayInvalid, codeInvalid, cursorInvalid, memberNotFound } from './membership.errors.ts';
import * as rules from './membership.policies.ts';
import * as repository from './membership.repository.ts';
import { createTierBook } from './membership.tiers.ts';

export interface MembershipDeps {
  clock: Clock;
  outbox: Outbox;
  policies: Policies;
  cipher: Pick<FieldCipher, 'blindIndex'>;
  faces(
    db: Executor,
    buyerIds: readonly string[],
  ): Promise<Map<string, { nickname: string; maskedPhone: string | null }>>;
  pointsOf(db: Executor, buyerIds: readonly string[]): Promise<Map<string, number>>;
  /** Who looks after members: in one shop, or wherever they were given somebody last. */
  agentNamesOf(db: Executor, buyerIds: readonly string[], shopId?: string): Promise<Map<string, string>>;
  /** Coupons the member can use now. */
  couponsOf(db: Executor, buyerId: string): Promise<number>;
}

export type Membership = ReturnType<typeof createMembership>;

export interface OrderWord {
  buyerId: string;
  orderNo: string;
  shopId: string;
}

const birthdayBatch = 100;
/** A shop that was shut down for long does not tell of everybody at once. */
const lapseToldWithinMs = 3 * dayMs;
const codePurpose = 'member code';
/** The paid plan that brings an own agent, as subscriptions name it. */
const seniorPlan = 'senior';

interface PriceQuestion {
  buyerId: string;
  at: Date;
  lines: readonly { spuId: string }[];
}

/** How long prices may lag behind a product's being kept out of member prices. */
const keptOutTtlMs = 5 * secondMs;

export function createMembership({
  clock,
  outbox,
  policies,
  cipher,
  faces,
  pointsOf,
  agentNamesOf,
  couponsOf,
}: MembershipDeps) {
  const tiers = createTierBook(policies);

  /** Growth moved: the tier follows, up or down, and leaves a row. */
  async function move(
    tx: Tx,
    standing: repository.Standing,
    change: { growth: number; spent?: number; activeDays?: number; interactions?: number },
  ): Promise<void> {
    const { buyerId } = standing;
    const growth = Math.max(0, standing.growth + change.growth);
    const tier = domain.tierOf(growth, tiers.rules());
    const now = clock.now();
    const spent = Math.max(0, standing.spent + (change.spent ?? 0));
    const isUnlocked = (change.spent ?? 0) > 0 && spent >= policies.get(rules.conciergeSpend);
    await repository.changeStanding(tx, buyerId, {
      growth,
      spent,
      // The period runs from the last time the line was passed or held with more spend.
      ...(isUnlocked && {
        conciergeUntil: new Date(now.getTime() + policies.get(rules.conciergeDays) * dayMs),
      }),
      activeDays: standing.activeDays + (change.activeDays ?? 0),
      interactions: standing.interactions + (change.interactions ?? 0),
      ...(tier === standing.tier ? {} : { tier, tierSince: now }),
    });
    if ((change.spent ?? 0) > 0 && spent >= policies.get(rules.highValueSpend))
      await outbox.publish(tx, 'membership.high_value', { buyerId, spent });
    if (tier === standing.tier) return;
    const { tier: from } = standing;
    await repository.addTierChange(tx, { buyerId, changeId: newId(), fromTier: from, toTier: tier, growth, at: now });
    await outbox.publish(tx, 'membership.tier_changed', { buyerId, from, to: tier, growth });
  }

  /** One order said something; what it counts for is worked out anew, so repetition and order do not matter. */
  async function heard(
    tx: Tx,
    { buyerId, orderNo, shopId }: OrderWord,
    word: { paid: number } | { completed: true } | { refundNo: string; amount: number },
  ): Promise<void> {
    const now = clock.now();
    const standing = await repository.lockStanding(tx, buyerId, now);
    const row = await repository.lockOrderSpend(tx, buyerId, orderNo, shopId);
    const isFirstWord = row.paid === null && 'paid' in word;
    const facts = {
      paid: 'paid' in word ? word.paid : row.paid,
      isCompleted: 'completed' in word || row.isCompleted,
      refunds: 'refundNo' in word ? { ...row.refunds, [word.refundNo]: word.amount } : row.refunds,
    };
    const spent = domain.countedSpend(facts);
    const growth = domain.spendGrowth(spent, policies.get(rules.growthPerYuan));
    const difference = { spent: spent - row.countedSpent, growth: growth - row.countedGrowth };
    const version = row.version + 1;
    await repository.saveOrderSpend(tx, row, {
      paid: facts.paid,
      isCompleted: facts.isCompleted,
      refunds: JSON.stringify(facts.refunds),
      countedSpent: spent,
      countedGrowth: growth,
      version,
    });
    if (isFirstWord || difference.spent !== 0)
      await repository.addPatron(tx, {
        buyerId,
        shopId,
        orders: isFirstWord ? 1 : 0,
        spent: difference.spent,
        at: now,
      });
    if (difference.spent === 0 && difference.growth === 0) return;
    await repository.addGrowthEntry(tx, {
      buyerId,
      sourceKey: `order:${orderNo}:${version}`,
      kind: 'spend',
      amount: difference.growth,
      day: shanghaiDay(now),
      note: difference.growth >= 0 ? '购物确认收货' : '订单退款',
      at: now,
    });
    await move(tx, standing, difference);
  }

  /** Above the line now, or unlocked before and its period not over: refunds do not take it away in between (C03-SCN-07). */
  const isConcierge = ({ spent, conciergeUntil }: Pick<repository.Standing, 'spent' | 'conciergeUntil'>) =>
    spent >= policies.get(rules.conciergeSpend) || (conciergeUntil !== null && conciergeUntil > clock.now());
  const runningPlan = ({ planName, planUntil, planPayRate, planId }: repository.Standing, at: Date) =>
    planId !== null && planUntil !== null && planUntil > at
      ? { planId, name: planName ?? '', until: planUntil, payRate: planPayRate ?? 10_000 }
      : null;
  /** Gold and diamond members, whoever is above the concierge line, and senior paid members have somebody of their own. */
  const agentRight = (standing: repository.Standing): { isConcierge: boolean } | null => {
    const concierge = isConcierge(standing);
    const isSenior = runningPlan(standing, clock.now())?.planId === seniorPlan;
    if (!concierge && !isSenior && standing.tier !== 'gold' && standing.tier !== 'diamond') return null;
    return { isConcierge: concierge };
  };
  function benefitsOf(standing: repository.PriceStanding, at: Date): MemberBenefit[] {
    const benefits: MemberBenefit[] = [];
    const { payRate } = tiers.ruleOf(standing.tier);
    if (payRate < 10_000)
      benefits.push({ id: `tier:${standing.tier}`, kind: 'tier', name: domain.tierNames[standing.tier], payRate });
    const plan = runningPlan(standing, at);
    if (plan && plan.payRate < 10_000)
      benefits.push({ id: `plan:${plan.planId}`, kind: 'plan', name: plan.name, payRate: plan.payRate });
    const onBirthday = policies.get(rules.birthdayRate);
    const today = shanghaiDay(at);
    const isBirthday = standing.birthday !== null && domain.birthdaysOn(today).includes(standing.birthday);
    // One birthday a year, whatever is edited: this year's pack was given on another day.
    const wasBefore = standing.packGivenAt !== null && shanghaiDay(standing.packGivenAt) !== today;
    if (isBirthday && !wasBefore && onBirthday < 10_000)
      benefits.push({ id: 'birthday', kind: 'birthday', name: '生日特惠', payRate: onBirthday });
    return benefits;
  }
  /**
   * What pricing needs: rights and layers in one statement that needs only the buyer, then which of the goods take no
   * member price. That is a setting, in memory for a moment, and asked only for who has a member price.
   */
  async function prepareOffers(db: Executor, { buyerId, at }: Omit<PriceQuestion, 'lines'>) {
    const year = Number(shanghaiDay(at).slice(0, 4));
    const standing = await repository.findPriceStanding(db, { buyerId, year });
    const benefits = standing ? benefitsOf(standing, at) : [];
    const audiences = domain.layersOf(standing && { ...standing, hasPlan: runningPlan(standing, at) !== null }, {
      now: at,
      silentDays: policies.get(rules.silentDays),
    });
    return async ({ lines }: Pick<PriceQuestion, 'lines'>) => ({
      benefits,
      audiences,
      memberExcluded: benefits.length === 0 ? new Set<string>() : await keptOutOf(db, lines),
    });
  }

  const isKeptOut = new LRUCache<string, boolean>({ max: 50_000, ttl: keptOutTtlMs });
  async function keptOutOf(db: Executor, lines: PriceQuestion['lines']): Promise<Set<string>> {
    const spuIds = [...new Set(lines.map(({ spuId }) => spuId))];
    const unknown = spuIds.filter((spuId) => isKeptOut.get(spuId) === undefined);
    const found = unknown.length > 0 ? await repository.keptOutAmong(db, unknown) : new Set<string>();
    for (const spuId of unknown) isKeptOut.set(spuId, found.has(spuId));
    return new Set(spuIds.filter((spuId) => found.has(spuId) || isKeptOut.get(spuId)));
  }

  const codeOf = (buyerId: string, step: number) =>
    domain.digitsOf(cipher.blindIndex(codePurpose, `${buyerId} ${step}`));

  type PatronRow = repository.Standing & { orders: number; spentHere: number; lastAt: Date };
  async function consoleMembers(db: Executor, shopId: string, rows: PatronRow[]): Promise<ConsoleMember[]> {
    const ids = rows.map(({ buyerId }) => buyerId);
    const people = await faces(db, ids);
    const points = await pointsOf(db, ids);
    const agents = await agentNamesOf(db, ids, shopId);
    const now = clock.now();
    return rows.map((row) => ({
      buyerId: row.buyerId,
      nickname: people.get(row.buyerId)?.nickname ?? '微信用户',
      maskedPhone: people.get(row.buyerId)?.maskedPhone ?? null,
      tier: row.tier,
      tierName: domain.tierNames[row.tier],
      growth: row.growth,
      points: points.get(row.buyerId) ?? 0,
      orders: row.orders,
      spent: row.spentHere,
      planName: runningPlan(row, now)?.name ?? null,
      isConcierge: isConcierge(row),
      agentName: agents.get(row.buyerId) ?? '',
      lastAt: row.lastAt.toISOString(),
    }));
  }

  async function detail(db: Executor, shopId: string, buyerId: string): Promise<MemberDetail> {
    const row = await repository.findPatron(db, shopId, buyerId);
    if (!row) throw memberNotFound();
    const [member] = await consoleMembers(db, shopId, [row]);
    if (!member) throw memberNotFound();
    const entries = await repository.listGrowth(db, buyerId, { after: undefined, limit: 50 });
    const changes = await repository.listTierChanges(db, buyerId);
    return {
      ...member,
      activeDays: row.activeDays,
      interactions: row.interactions,
      birthday: row.birthday,
      planUntil: runningPlan(row, clock.now())?.until.toISOString() ?? null,
      tierSince: row.tierSince.toISOString(),
      growthEntries: entries.map(({ amount, note, at }) => ({ amount, note, at: at.toISOString() })),
      tierChanges: changes.map(({ fromTier: from, toTier: to, growth, at }) => ({
        from,
        to,
        growth,
        at: at.toISOString(),
      })),
    };
  }

  return {
    /** The first word of nearly every order: counts for nothing before it is completed, so all go together. */
    async ordersPaid(tx: Tx, orders: readonly (OrderWord & { payable: number })[]): Promise<void> {
      const isFirst = await repository.addPaidOrders(tx, orders, clock.now());
      for (const { payable, buyerId, orderNo, shopId } of orders)
        if (!isFirst.has(orderNo)) await heard(tx, { buyerId, orderNo, shopId }, { paid: payable });
    },
    orderCompleted: (tx: Tx, order: OrderWord) => heard(tx, order, { completed: true }),
    orderRefunded: (tx: Tx, { refundNo, amount, ...order }: OrderWord & { refundNo: string; amount: number }) =>
      heard(tx, order, { refundNo, amount }),

    /** Once a Shanghai day. */
    async activeDay(tx: Tx, buyerId: string, day: string): Promise<void> {
      const now = clock.now();
      const standing = await repository.lockStanding(tx, buyerId, now);
      const amount = policies.get(rules.growthPerActiveDay);
      const entry = {
        buyerId,
        sourceKey: `active:${day}`,
        kind: 'active',
        amount,
        day,
        note: '当日活跃',
        at: now,
      } as const;
      if (await repository.addGrowthEntry(tx, entry)) await move(tx, standing, { growth: amount, activeDays: 1 });
    },

    /** Counted at most so often a day; what comes above the cap leaves no trace. */
    async interaction(tx: Tx, buyerId: string, source: string, note: string): Promise<void> {
      const now = clock.now();
      const day = shanghaiDay(now);
      const standing = await repository.lockStanding(tx, buyerId, now);
      const today = await repository.countEntries(tx, buyerId, 'interaction', day);
      if (today >= policies.get(rules.interactionsPerDay)) return;
      const amount = policies.get(rules.growthPerInteraction);
      const entry = { buyerId, sourceKey: `act:${source}`, kind: 'interaction', amount, day, note, at: now } as const;
      if (await repository.addGrowthEntry(tx, entry)) await move(tx, standing, { growth: amount, interactions: 1 });
    },

    offers: async (db: Executor, question: PriceQuestion) => (await prepareOffers(db, question))(question),
    prepareOffers,

    /** Diamond: the shop pays the way back (C08-LTV-02). One statement. */
    async hasFreeReturns(db: Executor, buyerId: string): Promise<boolean> {
      return (await repository.findStanding(db, buyerId))?.tier === 'diamond';
    },
    async tierOf(db: Executor, buyerId: string): Promise<Tier> {
      return (await repository.findStanding(db, buyerId))?.tier ?? 'bronze';
    },
    /** null: no own agent. One statement. */
    async agentRightOf(db: Executor, buyerId: string): Promise<{ isConcierge: boolean } | null> {
      const standing = await repository.findStanding(db, buyerId);
      return standing ? agentRight(standing) : null;
    },
    /** Shops the member bought in or was scanned by, the last one first. */
    shopsOf: repository.patronShops,
    isPatron: async (db: Executor, shopId: string, buyerId: string): Promise<boolean> =>
      (await repository.findPatron(db, shopId, buyerId)) !== undefined,

    async centre(db: Executor, buyerId: string): Promise<MemberCentre> {
      const now = clock.now();
      const standing = await repository.findStanding(db, buyerId);
      const growth = standing?.growth ?? 0;
      const tier = standing?.tier ?? 'bronze';
      const steps = tiers.rules();
      const next = steps.find((rule) => rule.growth > growth);
      const plan = standing ? runningPlan(standing, now) : null;
      const right = standing ? agentRight(standing) : null;
      const agentName = right && (await agentNamesOf(db, [buyerId])).get(buyerId);
      return {
        tier,
        tierName: domain.tierNames[tier],
        payRate: tiers.ruleOf(tier).payRate,
        growth,
        next: next
          ? { tier: next.tier, name: domain.tierNames[next.tier], growth: next.growth, missing: next.growth - growth }
          : null,
        tiers: steps.map((rule) => tiers.describe(rule)),
        spent: standing?.spent ?? 0,
        activeDays: standing?.activeDays ?? 0,
        interactions: standing?.interactions ?? 0,
        birthday: standing?.birthday ?? null,
        agent: right && { name: agentName ?? '专属客服', ...right },
        points: (await pointsOf(db, [buyerId])).get(buyerId) ?? 0,
        coupons: await couponsOf(db, buyerId),
        plan: plan && { name: plan.name, until: plan.until.toISOString(), payRate: plan.payRate },
      };
    },

    async growth(db: Executor, buyerId: string, { cursor, limit }: GrowthQuery): Promise<GrowthPage> {
      const after = cursor === undefined ? undefined : domain.decodeCursor(cursor);
      if (cursor !== undefined && !after) throw cursorInvalid();
      const rows = await repository.listGrowth(db, buyerId, { after, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(({ amount, note, at }) => ({ amount, note, at: at.toISOString() })),
        nextCursor: rows.length > limit && last ? domain.encodeCursor({ at: last.at, key: last.sourceKey }) : null,
      };
    },

    /** Told once, changed at most once a year; a pack already given stays the only one of its year. */
    async setBirthday(tx: Tx, buyerId: string, { month, day }: SetBirthday): Promise<void> {
      const birthday = domain.birthdayOf(month, day);
      if (birthday === undefined) throw birthdayInvalid();
      const now = clock.now();
      const year = Number(shanghaiDay(now).slice(0, 4));
      const standing = await repository.lockStanding(tx, buyerId, now);
      if (standing.birthday === birthday) return;
      if (standing.birthday !== null && standing.birthdayChangedYear === year) throw birthdayFixed();
      await repository.changeStanding(tx, buyerId, { birthday, birthdayChangedYear: year });
    },

    /** The birthday job: one pack a calendar year (C06-MEM-04). @returns packs given */
    async giveBirthdayPacks(tx: Tx): Promise<number> {
      const now = clock.now();
      const today = shanghaiDay(now);
      const year = Number(today.slice(0, 4));
      const due = await repository.listBirthdays(tx, domain.birthdaysOn(today), year, birthdayBatch);
      for (const { buyerId, tier } of due) {
        const points = tiers.ruleOf(tier).birthdayPoints;
        if (await repository.addBirthdayPack(tx, { buyerId, year, tier, points, givenAt: now }))
          await outbox.publish(tx, 'membership.birthday_given', { buyerId, year, tier, points });
      }
      return due.length;
    },

    /** Bought last so many days ago, and not since: told of once. @returns how many */
    async tellLapsed(tx: Tx): Promise<number> {
      const until = new Date(clock.now().getTime() - policies.get(rules.silentDays) * dayMs);
      const from = new Date(until.getTime() - lapseToldWithinMs);
      const due = await repository.takeLapsed(tx, { until, from, limit: birthdayBatch });
      for (const { buyerId, shopId, since } of due)
        await outbox.publish(tx, 'membership.lapsed', { buyerId, shopId, since: since.toISOString() });
      return due.length;
    },

    /** The paid plan as subscriptions tell it; null when it ended. */
    async setPlan(
      tx: Tx,
      buyerId: string,
      plan: { planId: string; name: string; payRate: number; until: Date } | null,
    ): Promise<void> {
      await repository.lockStanding(tx, buyerId, clock.now());
      await repository.changeStanding(tx, buyerId, {
        planId: plan?.planId ?? null,
        planName: plan?.name ?? null,
        planPayRate: plan?.payRate ?? null,
        planUntil: plan?.until ?? null,
      });
    },

    code(buyerId: string): MemberCode {
      const step = domain.stepAt(clock.now());
      const digits = codeOf(buyerId, step);
      const code = `${domain.shortId(buyerId)}${digits}`;
      const refreshAt = new Date((step + 1) * domain.codeSeconds * 1000).toISOString();
      return { code, digits: digits.replace(/(.{4})/, '$1 '), refreshAt, rows: qrRows(code) };
    },

    /** A scan at the counter: this step's code or the last one's, each once. The member is this shop's patron from now on. */
    async scan(tx: Tx, shopId: string, code: string): Promise<MemberDetail> {
      const buyerId = domain.longId(code.slice(0, 22));
      const digits = code.slice(22);
      const now = clock.now();
      const current = domain.stepAt(now);
      const step = [current, current - 1].find((each) => buyerId !== undefined && codeOf(buyerId, each) === digits);
      if (buyerId === undefined || step === undefined) throw codeInvalid();
      await repository.lockStanding(tx, buyerId, now);
      if (!(await repository.spendCardStep(tx, buyerId, step))) throw codeInvalid();
      await repository.addPatron(tx, { buyerId, shopId, orders: 0, spent: 0, at: now });
      return detail(tx, shopId, buyerId);
    },

    /** Goods of this shop without member prices, newest first (C06-MEM-03). */
    keptOut: repository.keptOutOf,
    async setKeptOut(
      tx: Tx,
      { shopId, staffName }: { shopId: string; staffName: string },
      spuId: string,
      keep: boolean,
    ): Promise<void> {
      isKeptOut.delete(spuId);
      if (keep) await repository.keepOut(tx, { shopId, spuId, keptBy: staffName, keptAt: clock.now() });
      else await repository.letIn(tx, shopId, spuId);
    },

    /** For a message to the shop's members. */
    membersOf: repository.patronIds,

    async list(db: Executor, shopId: string, { page, pageSize, tier, paid }: MemberQuery): Promise<MemberPage> {
      const filter = { tier, paidAt: paid === '1' ? clock.now() : undefined };
      const range = { offset: (page - 1) * pageSize, limit: pageSize };
      const { rows, total } = await repository.listPatrons(db, shopId, { ...filter, ...range });
      return { items: await consoleMembers(db, shopId, rows), total, page, pageSize };
    },
    detail,
  };
}
