/** Sales that repeat (每日秒杀, 会员日秒杀): a rule of the calendar, and a sweep that sets each next one up exactly once. */
import { createHash } from 'node:crypto';
import type { FlashTemplate, NewFlashTemplate } from '@xiaopu/contracts/console';
import { type Clock, dayMs, hourMs, minuteMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import { isNamedDay } from '../member-day/index.ts';
import type { SaleGoods } from './flash-sale.directory.ts';
import * as errors from './flash-sale.errors.ts';
import { templateLeadHours } from './flash-sale.policies.ts';
import type { FlashSales } from './flash-sale.service.ts';
import type {} from './flash-sale.tables.ts';

export interface TemplateRule {
  templateId: string;
  monthDays: number[];
  weekdays: number[];
  startMinute: number;
  minutes: number;
  startsAt: Date;
  endsAt: Date;
}

/** Every day of a month comes within two months. */
const horizonDays = 62;
const mostTemplates = 500;

/** The sale of one day has one id, whoever sets it up. */
export function occurrenceId(templateId: string, day: string): string {
  const bytes = createHash('sha256').update(`flash template\n${templateId}\n${day}`).digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The sale that runs at `now`, or the next one; whole ones only, within the rule's own start and end. */
export function nextOccurrence(rule: TemplateRule, now: Date) {
  // Yesterday's may still run past midnight.
  const from = Math.max(now.getTime(), rule.startsAt.getTime()) - dayMs;
  for (let ahead = 0; ahead <= horizonDays; ahead += 1) {
    const day = shanghaiDay(new Date(from + ahead * dayMs));
    if (!isNamedDay(rule, day)) continue;
    const startsAt = new Date(startOfShanghaiDay(day).getTime() + rule.startMinute * minuteMs);
    const endsAt = new Date(startsAt.getTime() + rule.minutes * minuteMs);
    if (startsAt < rule.startsAt || endsAt <= now) continue;
    return endsAt <= rule.endsAt ? { saleId: occurrenceId(rule.templateId, day), startsAt, endsAt } : undefined;
  }
  return undefined;
}

export interface TemplatesDeps {
  database: Database;
  clock: Clock;
  policies: Policies;
  sales: Pick<FlashSales, 'setUp' | 'forget' | 'check'>;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, SaleGoods>>;
}

export type FlashTemplates = ReturnType<typeof createFlashTemplates>;

export function createFlashTemplates({ database, clock, policies, sales, findSkus }: TemplatesDeps) {
  const { db, inTransaction } = database;

  const live = (executor: Executor) =>
    executor
      .selectFrom('flashSale.template')
      .selectAll()
      .where('paused', '=', false)
      .where('endsAt', '>', clock.now())
      .orderBy('createdAt')
      .limit(mostTemplates)
      .execute();
  type Template = Awaited<ReturnType<typeof live>>[number];

  const dueOf = (template: Template) => {
    const next = nextOccurrence(template, clock.now());
    const leadMs = policies.get(templateLeadHours, template.shopId) * hourMs;
    return next && next.startsAt.getTime() - leadMs <= clock.now().getTime() ? next : undefined;
  };

  async function setUp(template: Template): Promise<boolean> {
    const due = dueOf(template);
    if (!due) return false;
    const { templateId, shopId, skuId, name, flashPrice, poolSize, buyerLimit, holdSeconds, tiers } = template;
    const when = { startsAt: due.startsAt.toISOString(), endsAt: due.endsAt.toISOString() };
    const input = { saleId: due.saleId, skuId, name, flashPrice, poolSize, buyerLimit, holdSeconds, tiers, ...when };
    const isNew = await inTransaction(async (tx) => {
      const made = await sales.setUp(tx, shopId, input, { by: template.updatedBy, templateId });
      if (made && template.problem !== null) await note(tx, templateId, null);
      return made;
    });
    if (isNew) sales.forget();
    return isNew;
  }
  const note = (executor: Executor, templateId: string, problem: string | null) =>
    executor.updateTable('flashSale.template').set({ problem }).where('templateId', '=', templateId).execute();

  return {
    /** @returns how many sales were set up; what a shop must mend (stock, price) is written on its rule and tried again. */
    async sweep(): Promise<number> {
      const templates = await live(db);
      const due = templates.flatMap((template) => {
        const next = dueOf(template);
        return next ? [{ template, saleId: next.saleId }] : [];
      });
      if (due.length === 0) return 0;
      const known = new Set(
        (
          await db
            .selectFrom('flashSale.sale')
            .select('saleId')
            .where(
              'saleId',
              'in',
              due.map(({ saleId }) => saleId),
            )
            .execute()
        ).map(({ saleId }) => saleId),
      );
      let made = 0;
      for (const { template, saleId } of due) {
        if (known.has(saleId)) continue;
        try {
          if (await setUp(template)) made += 1;
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          if (template.problem !== error.message) await note(db, template.templateId, error.message);
        }
      }
      return made;
    },

    async create(tx: Tx, shopId: string, input: NewFlashTemplate, by: string): Promise<FlashTemplate> {
      const { startsAt, endsAt, ...rest } = input;
      const rule = { ...rest, startsAt: new Date(startsAt), endsAt: new Date(endsAt), templateId: newId() };
      if (rule.endsAt <= rule.startsAt || !nextOccurrence(rule, clock.now())) throw errors.templateNever();
      await sales.check(tx, shopId, input);
      const row = { ...rule, shopId, paused: false, problem: null, updatedBy: by, createdAt: clock.now() };
      await tx.insertInto('flashSale.template').values(row).execute();
      return view(tx, row);
    },

    async setPaused(tx: Tx, shopId: string, templateId: string, paused: boolean): Promise<FlashTemplate> {
      const row = await tx
        .updateTable('flashSale.template')
        .set({ paused })
        .where('templateId', '=', templateId)
        .where('shopId', '=', shopId)
        .returningAll()
        .executeTakeFirst();
      if (!row) throw errors.templateUnknown();
      return view(tx, row);
    },

    async ofShop(executor: Executor, shopId: string): Promise<{ items: FlashTemplate[] }> {
      const rows = await executor
        .selectFrom('flashSale.template')
        .selectAll()
        .where('shopId', '=', shopId)
        .orderBy('createdAt', 'desc')
        .limit(100)
        .execute();
      const goods =
        rows.length === 0
          ? new Map<string, SaleGoods>()
          : await findSkus(
              executor,
              rows.map(({ skuId }) => skuId),
            );
      return { items: rows.map((row) => viewOf(row, goods.get(row.skuId))) };
    },
  };

  async function view(executor: Executor, row: Template): Promise<FlashTemplate> {
    return viewOf(row, (await findSkus(executor, [row.skuId])).get(row.skuId));
  }
  function viewOf({ shopId: _shop, createdAt: _at, startsAt, endsAt, ...row }: Template, goods?: SaleGoods) {
    const next = row.paused ? undefined : nextOccurrence({ ...row, startsAt, endsAt }, clock.now());
    return {
      ...row,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      title: goods?.title ?? '',
      specText: goods?.specText ?? '',
      salePrice: goods?.salePrice ?? 0,
      nextAt: next?.startsAt.toISOString() ?? null,
    };
  }
}
