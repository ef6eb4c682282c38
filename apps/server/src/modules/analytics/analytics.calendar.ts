/**
 * The activity calendar: every offer of a shop within a time, and what saving one more would lead to. Each kind answers for
 * itself in at most two statements; who wins is the price pipeline's word.
 */
import type {
  ActivityCalendar,
  ActivityCheck,
  ActivityCheckInput,
  ActivityPlan,
  ActivityWarnings,
  CalendarEntry,
  CalendarQuery,
} from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import {
  lineFloor,
  type PlannedGoods,
  type PlannedOffer,
  planConflicts,
  planMargins,
  planReaches,
} from '@xiaopu/pricing';
import { type Clock, dayMs, startOfShanghaiDay } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import { windowsWithin } from '../member-day/index.ts';
import { badRange, skuUnknown } from './analytics.errors.ts';

export interface Range {
  from: Date;
  until: Date;
}
export interface CalendarGoods extends PlannedGoods {
  title: string;
}
export interface CalendarDeps {
  clock: Clock;
  /** One a kind. */
  sources: readonly ((db: Executor, shopId: string, range: Range, now: Date) => Promise<PlannedOffer[]>)[];
  /** Goods on sale in a shop; one statement. */
  goodsOfShop(db: Executor, shopId: string): Promise<CalendarGoods[]>;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, CalendarGoods>>;
  availableOf(db: Executor, skuId: string): Promise<number>;
  minMarginRateOf(shopId: string): number;
}

export type ActivityCalendars = ReturnType<typeof createActivityCalendar>;

const longestDays = 62;
const shownMargins = 3;
const shownConflicts = 8;

export function createActivityCalendar(deps: CalendarDeps) {
  const { clock, sources, minMarginRateOf } = deps;

  async function plansOf(db: Executor, shopId: string, range: Range): Promise<PlannedOffer[]> {
    const now = clock.now();
    const found: PlannedOffer[] = [];
    // One after the other: they may share the caller's connection.
    for (const source of sources) found.push(...(await source(db, shopId, range, now)));
    return found;
  }

  /** Goods on sale, and those that offers name though they are not on sale now. */
  async function goodsOf(db: Executor, shopId: string, offers: readonly PlannedOffer[]): Promise<CalendarGoods[]> {
    const goods = await deps.goodsOfShop(db, shopId);
    const known = new Set(goods.map(({ skuId }) => skuId));
    const missing = [...new Set(offers.flatMap(({ scope }) => scope.skuIds ?? []))].filter(
      (skuId) => !known.has(skuId),
    );
    const named = missing.length === 0 ? [] : [...(await deps.findSkus(db, missing)).values()];
    return [...goods, ...named.filter((one) => one.shopId === shopId)];
  }

  /** What is over gets in nobody's way any more. */
  const ahead = (offers: readonly PlannedOffer[], now: Date): PlannedOffer[] =>
    offers
      .filter(({ isPaused }) => !isPaused)
      .map((offer) => ({ ...offer, windows: offer.windows.filter(({ endsAt }) => endsAt > now) }))
      .filter(({ windows }) => windows.length > 0);

  function warningsOf(
    offers: readonly PlannedOffer[],
    goods: readonly CalendarGoods[],
    about?: string,
  ): (offer: PlannedOffer) => ActivityWarnings {
    const byId = new Map(offers.map((offer) => [offer.id, offer]));
    const titles = new Map(goods.map(({ skuId, title }) => [skuId, title]));
    const conflicts = planConflicts(offers, goods, about === undefined ? {} : { about });
    return (offer) => {
      const below = byId.has(offer.id) ? planMargins(offer, goods, minMarginRateOf) : [];
      return {
        conflicts: conflicts
          .filter(({ ids }) => ids.includes(offer.id))
          .sort((a, b) => Number(a.severity === 'info') - Number(b.severity === 'info'))
          .slice(0, shownConflicts)
          .flatMap(({ ids, skuId, severity, text }) => {
            const other = byId.get(ids[0] === offer.id ? ids[1] : ids[0]);
            if (!other) return [];
            const { id: withId, kind: withKind, name: withName } = other;
            return [{ withId, withKind, withName, severity, title: titles.get(skuId) ?? '', text }];
          }),
        margins: below.slice(0, shownMargins).map(({ skuId, price, floor }) => ({
          ...{ skuId, price, floor, title: titles.get(skuId) ?? '' },
        })),
        belowFloor: below.length,
      };
    };
  }

  function goodsText(offer: PlannedOffer, goods: readonly CalendarGoods[]): string {
    const { shopId: _shop, ...limits } = offer.scope;
    if (!offer.set && Object.values(limits).every((list) => list === undefined)) return '全店商品';
    const titles = [...new Set(goods.filter((one) => planReaches(offer, one)).map(({ title }) => title))];
    if (titles.length === 0) return '没有在售商品';
    return titles.length === 1 ? (titles[0] ?? '') : `${titles[0]} 等 ${titles.length} 种商品`;
  }

  function stateOf({ windows, isPaused }: PlannedOffer, now: Date): CalendarEntry['state'] {
    if (isPaused) return 'stopped';
    if (windows.every(({ endsAt }) => endsAt <= now)) return 'ended';
    return windows.some(({ startsAt, endsAt }) => startsAt <= now && now < endsAt) ? 'running' : 'upcoming';
  }

  /** What one more offer would meet, by what is planned beside it. */
  async function plan(db: Executor, shopId: string, offer: PlannedOffer, exceptId?: string): Promise<ActivityWarnings> {
    const [from, until] = [offer.windows[0]?.startsAt, offer.windows.at(-1)?.endsAt];
    if (!from || !until) return { conflicts: [], margins: [], belowFloor: 0 };
    const others = (await plansOf(db, shopId, { from, until })).filter(({ id }) => id !== exceptId);
    const offers = [offer, ...ahead(others, clock.now())];
    return warningsOf(offers, await goodsOf(db, shopId, offers), offer.id)(offer);
  }

  return {
    async calendar(db: Executor, shopId: string, query: CalendarQuery): Promise<ActivityCalendar> {
      const from = startOfShanghaiDay(query.from);
      const until = new Date(startOfShanghaiDay(query.to).getTime() + dayMs);
      if (until <= from || until.getTime() - from.getTime() > longestDays * dayMs) throw badRange();
      const now = clock.now();
      const offers = (await plansOf(db, shopId, { from, until })).filter(({ windows }) => windows.length > 0);
      const goods = await goodsOf(db, shopId, offers);
      const warn = warningsOf(ahead(offers, now), goods);
      return {
        serverTime: now.toISOString(),
        entries: offers.map((offer) => ({
          ...{ kind: offer.kind, id: offer.id, name: offer.name, text: offer.text },
          goodsText: goodsText(offer, goods),
          state: stateOf(offer, now),
          windows: offer.windows.map(({ startsAt, endsAt, activityId }) => ({
            startsAt: startsAt.toISOString(),
            endsAt: endsAt.toISOString(),
            activityId: activityId ?? null,
          })),
          ...warn(offer),
        })),
      };
    },

    async check(db: Executor, shopId: string, input: ActivityPlan): Promise<ActivityWarnings> {
      const { kind, exceptId, name, scope, price, payRate, stacks, monthDays, weekdays } = input;
      const [startsAt, endsAt] = [new Date(input.startsAt), new Date(input.endsAt)];
      const offer: PlannedOffer = {
        ...{ id: 'planned', kind, name: name || '新活动', stacks, text: '' },
        scope: { ...scope, shopId },
        ...(price !== undefined && { unitPrice: price }),
        ...(payRate !== undefined && { payRate }),
        windows: windowsWithin({ monthDays, weekdays, startsAt, endsAt }, startsAt, endsAt),
      };
      return plan(db, shopId, offer, exceptId);
    },

    /** Of one SKU at a price of its own: what it costs, what there is of it, and what it would meet. */
    async checkSku(
      db: Executor,
      shopId: string,
      { skuId, price, kind, ...window }: ActivityCheckInput,
    ): Promise<ActivityCheck> {
      const goods = (await deps.findSkus(db, [skuId])).get(skuId);
      if (!goods || goods.shopId !== shopId) throw skuUnknown();
      const { salePrice, cost } = goods;
      const floor = cost > 0 ? Math.min(lineFloor(cost, 1, minMarginRateOf(shopId)), salePrice) : 0;
      const available = await deps.availableOf(db, skuId);
      const windows = [{ startsAt: new Date(window.startsAt), endsAt: new Date(window.endsAt) }];
      const offer: PlannedOffer = {
        ...{ id: 'planned', kind, name: '这个活动', text: '', windows },
        scope: { shopId, skuIds: [skuId] },
        unitPrice: price,
      };
      const { conflicts } = await plan(db, shopId, offer);
      const warnings: ActivityCheck['warnings'] = [];
      if (price >= salePrice) warnings.push({ kind: 'margin', text: `要低于售价 ¥${formatYuan(salePrice)}` });
      if (price < floor)
        warnings.push({
          kind: 'margin',
          text: `低于毛利底线 ¥${formatYuan(floor)}（成本 ¥${formatYuan(cost)}），需要放行`,
        });
      if (available === 0) warnings.push({ kind: 'stock', text: '这个规格现在没有可售库存' });
      for (const { severity, text } of conflicts)
        warnings.push({ kind: severity === 'warn' ? 'conflict' : 'kept_out', text });
      return { salePrice, cost, floor, available, warnings };
    },
  };
}
