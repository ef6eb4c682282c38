/** Rules of reduction and overrides of the margin floor: kept by shops, asked for by every price. */
import type { ReductionProgress, ReductionTag } from '@xiaopu/contracts';
import type {
  MarginOverrideInput,
  MarginOverrideRow,
  Promotion,
  PromotionCheck,
  PromotionInput,
  PromotionPage,
  PromotionQuery,
} from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import { lineFloor, type PriceResult, type ReductionRule } from '@xiaopu/pricing';
import { sql } from 'kysely';
import { type Clock, minuteMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { createDirectory } from '#platform/directory.ts';
import { newId } from '#platform/ids.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import {
  deepestRate,
  type Goods,
  isRunning,
  mayMeet,
  phaseOf,
  problemOf,
  progressOf,
  type Rule,
  reaches,
  scopeOf,
  textOf,
  toReduction,
  toTag,
} from './promotions.domain.ts';
import { ruleInvalid, ruleUnknown } from './promotions.errors.ts';
import type {} from './promotions.tables.ts';

export interface CostedGoods extends Goods {
  title: string;
  salePrice: number;
  cost: number;
}

export interface PromotionsDeps {
  clock: Clock;
  outbox: Outbox;
  /** Goods on sale in a shop, for the margin check. One statement. */
  goodsOfShop(db: Executor, shopId: string): Promise<CostedGoods[]>;
  /** Lowest margin of a shop after offers, in basis points. */
  minMarginRateOf(shopId: string): number;
}

export type Promotions = ReturnType<typeof createPromotions>;

interface LiveOverride {
  shopId: string;
  spuIds: string[] | null;
  by: string;
  reason: string;
  until: Date;
}
interface Live {
  rules: Rule[];
  overrides: LiveOverride[];
}

/** How many warnings of one kind are of use to a reader. */
const maxWarnings = 8;
/** Longest a change made by another process stays unseen should its event be lost. */
const maxAgeMs = minuteMs;

export function createPromotions({ clock, outbox, goodsOfShop, minMarginRateOf }: PromotionsDeps) {
  async function load(db: Executor): Promise<Live> {
    const { rows } = await sql<{
      rules: (Omit<Rule, 'startsAt' | 'endsAt'> & { startsAt: string; endsAt: string })[];
      overrides: (Omit<LiveOverride, 'until'> & { until: string })[];
    }>`
      select
        (select coalesce(json_agg(json_build_object('ruleId', rule_id, 'shopId', shop_id, 'name', name, 'body', body, 'scope', scope,
           'startsAt', starts_at, 'endsAt', ends_at, 'priority', priority, 'stacks', stacks, 'audiences', audiences, 'paused', paused)
           order by priority, rule_id), '[]'::json)
         from promotions.rule where not paused and ends_at > ${clock.now()}) as rules,
        (select coalesce(json_agg(json_build_object('shopId', shop_id, 'spuIds', spu_ids, 'by', by, 'reason', reason, 'until', until)), '[]'::json)
         from promotions.margin_override where until > ${clock.now()}) as overrides`.execute(db);
    const [row] = rows;
    return {
      rules: (row?.rules ?? []).map((rule) => ({
        ...rule,
        startsAt: new Date(rule.startsAt),
        endsAt: new Date(rule.endsAt),
      })),
      overrides: (row?.overrides ?? []).map((one) => ({ ...one, until: new Date(one.until) })),
    };
  }

  const { all: live, forget } = createDirectory({ maxAgeMs, read: load });

  const running = async (db: Executor): Promise<Rule[]> => {
    const now = clock.now();
    return (await live(db)).rules.filter((rule) => isRunning(rule, now));
  };

  type Row = Rule & { updatedBy: string; updatedAt: Date };
  const view = (row: Row): Promotion => ({
    ruleId: row.ruleId,
    name: row.name,
    body: row.body,
    scope: row.scope,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    priority: row.priority,
    stacks: row.stacks,
    audiences: row.audiences,
    phase: phaseOf(row, clock.now()),
    text: textOf(row.body),
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt.toISOString(),
  });

  async function changed(tx: Tx, shopId: string): Promise<void> {
    await outbox.publish(tx, 'promotions.rules_changed', { shopId });
  }

  const draftOf = (shopId: string, { body, scope, ...input }: PromotionInput) => ({
    ...input,
    body,
    scope: scopeOf(body, scope),
    shopId,
    startsAt: new Date(input.startsAt),
    endsAt: new Date(input.endsAt),
  });

  return {
    forget,

    /** For the price pipeline: rules and overrides of the shops in question. No statement while the memory is fresh. */
    async offers(
      db: Executor,
      { lines }: { lines: readonly { shopId: string }[] },
    ): Promise<{
      reductions: ReductionRule[];
      marginOverrides: { shopId: string; spuIds?: readonly string[]; by: string; reason: string }[];
    }> {
      const { overrides } = await live(db);
      const shopIds = new Set(lines.map(({ shopId }) => shopId));
      const now = clock.now();
      return {
        reductions: (await running(db)).filter(({ shopId }) => shopIds.has(shopId)).map(toReduction),
        marginOverrides: overrides
          .filter(({ shopId, until }) => shopIds.has(shopId) && until > now)
          .map(({ shopId, spuIds, by, reason }) => ({ shopId, by, reason, ...(spuIds && { spuIds }) })),
      };
    },

    /** Writes down under whose name an order went below the floor. */
    async take(
      tx: Tx,
      { buyerId, paymentId, at, result }: { buyerId: string; paymentId: string; at: Date; result: PriceResult },
    ): Promise<void> {
      const { override, breaches } = result.margin;
      if (!override) return;
      const shopOf = new Map(result.lines.map(({ lineId, shopId }) => [lineId, shopId]));
      const byShop = new Map<string, number>();
      for (const { lineId, shortfall, overridden } of breaches) {
        const shopId = shopOf.get(lineId) ?? '';
        if (overridden) byShop.set(shopId, (byShop.get(shopId) ?? 0) + shortfall);
      }
      await tx
        .insertInto('promotions.marginUse')
        .values([...byShop].map(([shopId, shortfall]) => ({ buyerId, paymentId, shopId, ...override, shortfall, at })))
        .execute();
    },

    /** What product pages say. */
    tagsOf: async (db: Executor, goods: Goods): Promise<ReductionTag[]> =>
      (await running(db)).filter((rule) => rule.audiences.length === 0 && reaches(rule, goods)).map(toTag),

    /** 凑单: the way to each rule's next step for the ticked lines, nearest first. */
    async progress(
      db: Executor,
      lines: readonly (Goods & { quantity: number; amount: number })[],
    ): Promise<ReductionProgress[]> {
      if (lines.length === 0) return [];
      return (await running(db))
        .filter(({ audiences }) => audiences.length === 0)
        .flatMap((rule) => progressOf(rule, lines) ?? [])
        .toSorted((a, b) => b.percent - a.percent);
    },

    async page(db: Executor, shopId: string, { page, pageSize, phase }: PromotionQuery): Promise<PromotionPage> {
      const now = clock.now();
      let query = db.selectFrom('promotions.rule').where('shopId', '=', shopId);
      if (phase === 'over') query = query.where('endsAt', '<=', now);
      else if (phase) query = query.where('endsAt', '>', now).where('paused', '=', phase === 'paused');
      if (phase === 'upcoming') query = query.where('startsAt', '>', now);
      if (phase === 'running') query = query.where('startsAt', '<=', now);
      const rows = await query
        .selectAll()
        .orderBy('endsAt', 'desc')
        .orderBy('ruleId', 'desc')
        .offset((page - 1) * pageSize)
        .limit(pageSize)
        .execute();
      const { total } = await query.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      return { items: rows.map(view), total, page, pageSize };
    },

    async save(
      tx: Tx,
      { shopId, staffName }: { shopId: string; staffName: string },
      input: PromotionInput,
      ruleId?: string,
    ): Promise<Promotion> {
      const draft = draftOf(shopId, input);
      const reason = problemOf(draft.body, draft.startsAt, draft.endsAt);
      if (reason) throw ruleInvalid({ reason });
      const values = {
        name: draft.name,
        body: JSON.stringify(draft.body),
        scope: JSON.stringify(draft.scope),
        startsAt: draft.startsAt,
        endsAt: draft.endsAt,
        priority: draft.priority,
        stacks: draft.stacks,
        audiences: draft.audiences,
        updatedBy: staffName,
        updatedAt: clock.now(),
      };
      const row = ruleId
        ? await tx
            .updateTable('promotions.rule')
            .set(values)
            .where('ruleId', '=', ruleId)
            .where('shopId', '=', shopId)
            .returningAll()
            .executeTakeFirst()
        : await tx
            .insertInto('promotions.rule')
            .values({ ruleId: newId(), shopId, paused: false, ...values })
            .returningAll()
            .executeTakeFirst();
      if (!row) throw ruleUnknown();
      await changed(tx, shopId);
      return view(row);
    },

    async setPaused(tx: Tx, shopId: string, ruleId: string, paused: boolean): Promise<Promotion> {
      const row = await tx
        .updateTable('promotions.rule')
        .set({ paused, updatedAt: clock.now() })
        .where('ruleId', '=', ruleId)
        .where('shopId', '=', shopId)
        .returningAll()
        .executeTakeFirst();
      if (!row) throw ruleUnknown();
      await changed(tx, shopId);
      return view(row);
    },

    /** What saving this would lead to. */
    async check(db: Executor, shopId: string, input: PromotionInput, ruleId?: string): Promise<PromotionCheck> {
      const draft = draftOf(shopId, input);
      const rules = await db
        .selectFrom('promotions.rule')
        .selectAll()
        .where('shopId', '=', shopId)
        .where('paused', '=', false)
        .where('endsAt', '>', draft.startsAt)
        .where('startsAt', '<', draft.endsAt)
        .execute();
      const conflicts = rules
        .filter((rule) => rule.ruleId !== ruleId && mayMeet(rule, draft) && !(rule.stacks && draft.stacks))
        .slice(0, maxWarnings)
        .map(({ ruleId: otherId, name }) => ({
          ruleId: otherId,
          name,
          text: `与「${name}」时间重叠，同一件商品只享受其中一个`,
        }));
      const rate = deepestRate(draft.body);
      const margins: PromotionCheck['margins'] = [];
      for (const goods of rate === undefined ? [] : await goodsOfShop(db, shopId)) {
        if (margins.length >= maxWarnings || goods.cost <= 0 || !reaches(draft, goods)) continue;
        const floor = lineFloor(goods.cost, 1, minMarginRateOf(shopId));
        const price = Math.floor((goods.salePrice * (rate ?? 10_000)) / 10_000);
        if (price >= floor) continue;
        margins.push({
          skuId: goods.skuId,
          title: goods.title,
          price,
          floor,
          text: `优惠后最低约 ¥${formatYuan(price)}，低于底线 ¥${formatYuan(floor)}，届时不会生效`,
        });
      }
      return { conflicts, margins };
    },

    async override(
      tx: Tx,
      { shopId, staffName }: { shopId: string; staffName: string },
      { spuIds, reason, until }: MarginOverrideInput,
    ): Promise<void> {
      if (new Date(until) <= clock.now()) throw ruleInvalid({ reason: '截止时间要晚于现在' });
      await tx
        .insertInto('promotions.marginOverride')
        .values({
          overrideId: newId(),
          shopId,
          spuIds: spuIds ?? null,
          by: staffName,
          reason,
          until: new Date(until),
          createdAt: clock.now(),
        })
        .execute();
      await changed(tx, shopId);
    },

    async overrides(db: Executor, shopId: string): Promise<MarginOverrideRow[]> {
      const rows = await db
        .selectFrom('promotions.marginOverride as o')
        .selectAll('o')
        .select(({ selectFrom }) =>
          selectFrom('promotions.marginUse as u')
            .select(({ fn }) => fn.countAll<number>().as('uses'))
            .whereRef('u.shopId', '=', 'o.shopId')
            .whereRef('u.by', '=', 'o.by')
            .whereRef('u.reason', '=', 'o.reason')
            .as('uses'),
        )
        .where('o.shopId', '=', shopId)
        .orderBy('o.createdAt', 'desc')
        .limit(100)
        .execute();
      return rows.map(({ shopId: _shopId, createdAt, until, uses, ...row }) => ({
        ...row,
        createdAt: createdAt.toISOString(),
        until: until.toISOString(),
        uses: uses ?? 0,
      }));
    },
  };
}
