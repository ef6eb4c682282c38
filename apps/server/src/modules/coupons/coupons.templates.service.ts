/** What coupons a shop gives out: their templates as the console makes, changes, pauses and counts them. */
import type {
  CouponResults,
  CouponTemplate,
  CouponTemplateInput,
  CouponTemplatePage,
  CouponTemplateQuery,
} from '@xiaopu/contracts/console';
import type { Coupon } from '@xiaopu/pricing';
import { sql } from 'kysely';
import { type Clock, hourMs } from '#platform/clock.ts';
import { type Executor, isUniqueViolation, type Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import { faceOf, phaseOf, problemOf, type Template, termsOf, toOffer, validityTextOf } from './coupons.domain.ts';
import { templateInvalid, templateUnknown } from './coupons.errors.ts';
import * as repository from './coupons.repository.ts';

const noResults: CouponResults = {
  claimed: 0,
  held: 0,
  locked: 0,
  used: 0,
  expired: 0,
  cost: 0,
  shopCost: 0,
  orderAmount: 0,
  liability: 0,
};

export function createCouponTemplates({
  clock,
  outbox,
  storesOf,
}: {
  clock: Clock;
  outbox: Outbox;
  storesOf(db: Executor, shopId: string): Promise<{ storeId: string }[]>;
}) {
  const view = (row: Template, results: CouponResults = noResults): CouponTemplate => ({
    templateId: row.templateId,
    name: row.name,
    kind: row.kind,
    threshold: row.threshold,
    ...(row.off !== null && { off: row.off }),
    ...(row.payRate !== null && { payRate: row.payRate }),
    ...(row.cap !== null && { cap: row.cap }),
    ...(row.quantity !== null && { quantity: row.quantity }),
    scope: row.scope,
    ...(row.validFrom && { validFrom: row.validFrom.toISOString() }),
    ...(row.validUntil && { validUntil: row.validUntil.toISOString() }),
    ...(row.rollingDays !== null && { rollingDays: row.rollingDays }),
    ...(row.rollingHours !== null && { rollingHours: row.rollingHours }),
    claimFrom: row.claimFrom.toISOString(),
    claimUntil: row.claimUntil.toISOString(),
    channel: row.channel,
    ...(row.code !== null && { code: row.code }),
    ...(row.fence !== null && { fence: row.fence }),
    audiences: row.audiences,
    layerOffs: row.layerOffs,
    ...(row.totalLimit !== null && { totalLimit: row.totalLimit }),
    perUserLimit: row.perUserLimit,
    platformShare: row.platformShare,
    exclusive: row.exclusive,
    returnsOnRefund: row.returnsOnRefund,
    face: faceOf(row),
    validityText: validityTextOf(row),
    phase: phaseOf(row, clock.now()),
    results: { ...results, claimed: row.claimed },
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt.toISOString(),
  });

  const ownTemplate = async (db: Executor, shopId: string, templateId: string): Promise<Template> => {
    const template = await repository.findTemplate(db, { templateId });
    if (template?.shopId !== shopId) throw templateUnknown();
    return template;
  };

  return {
    ownTemplate,

    async templates(
      db: Executor,
      shopId: string,
      { page, pageSize, q }: CouponTemplateQuery,
    ): Promise<CouponTemplatePage> {
      let query = db.selectFrom('coupons.template').where('shopId', '=', shopId);
      if (q?.trim()) query = query.where('name', 'ilike', `%${q.trim().replaceAll(/[\\%_]/g, '\\$&')}%`);
      const rows = await query
        .selectAll()
        .orderBy('templateId', 'desc')
        .offset((page - 1) * pageSize)
        .limit(pageSize)
        .execute();
      const { total } = await query.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const results = await repository.resultsOf(
        db,
        rows.map(({ templateId }) => templateId),
      );
      return { items: rows.map((row) => view(row, results.get(row.templateId))), total, page, pageSize };
    },

    async template(db: Executor, shopId: string, templateId: string): Promise<CouponTemplate> {
      const template = await ownTemplate(db, shopId, templateId);
      return view(template, (await repository.resultsOf(db, [templateId])).get(templateId));
    },

    /** As if the shopper held one of each: for the price box. */
    async asOffers(
      db: Executor,
      shopId: string,
      templateIds: readonly string[],
    ): Promise<(Coupon & { scopeText: string })[]> {
      const now = clock.now();
      const templates = await Promise.all(templateIds.map((templateId) => ownTemplate(db, shopId, templateId)));
      return templates.map((template) =>
        toOffer({
          couponId: template.templateId,
          terms: termsOf(template),
          validFrom: template.validFrom ?? new Date(0),
          expiresAt: template.validUntil ?? new Date(now.getTime() + hourMs),
        }),
      );
    },

    /** @param platform across all shops, paid by the platform: only the install's own seed makes those */
    async save(
      tx: Tx,
      { shopId, staffName, platform = false }: { shopId: string; staffName: string; platform?: boolean },
      input: CouponTemplateInput,
      templateId?: string,
    ): Promise<CouponTemplate> {
      const reason = problemOf(input);
      if (reason) throw templateInvalid({ reason });
      if (input.fence) {
        const own = (await storesOf(tx, shopId)).map(({ storeId }) => storeId);
        if (!input.fence.storeIds.every((storeId) => own.includes(storeId)))
          throw templateInvalid({ reason: '请选择本店的门店' });
      }
      const instant = (text: string | undefined) => (text ? new Date(text) : null);
      const isPercent = input.kind === 'percent';
      const values = {
        name: input.name,
        kind: input.kind,
        threshold: input.threshold,
        off: input.kind === 'amount' || input.kind === 'freight' ? input.off || null : null,
        payRate: isPercent ? (input.payRate ?? null) : null,
        cap: isPercent ? input.cap || null : null,
        quantity: input.kind === 'exchange' ? (input.quantity ?? null) : null,
        scope: JSON.stringify(input.scope),
        validFrom: input.rollingDays || input.rollingHours ? null : instant(input.validFrom),
        validUntil: instant(input.validUntil),
        rollingDays: input.rollingDays ?? null,
        rollingHours: input.rollingHours ?? null,
        claimFrom: new Date(input.claimFrom),
        claimUntil: new Date(input.claimUntil),
        channel: input.channel,
        code: input.code ?? null,
        fence: input.fence ? JSON.stringify(input.fence) : null,
        audiences: input.audiences,
        layerOffs: JSON.stringify(input.layerOffs),
        totalLimit: input.totalLimit ?? null,
        perUserLimit: input.perUserLimit,
        platformShare: input.platformShare,
        exclusive: input.exclusive,
        returnsOnRefund: input.returnsOnRefund,
        updatedBy: staffName,
        updatedAt: clock.now(),
      };
      try {
        const row = templateId
          ? await tx
              .updateTable('coupons.template')
              .set(values)
              .where('templateId', '=', templateId)
              .where('shopId', '=', shopId)
              .where(sql<boolean>`claimed <= coalesce(${values.totalLimit}::int, claimed)`)
              .returningAll()
              .executeTakeFirst()
          : await tx
              .insertInto('coupons.template')
              .values({ templateId: newId(), shopId, platform, ...values })
              .returningAll()
              .executeTakeFirst();
        if (!row && templateId) {
          await ownTemplate(tx, shopId, templateId);
          throw templateInvalid({ reason: '总量不能少于已领取的张数' });
        }
        if (!row) throw templateUnknown();
        await outbox.publish(tx, 'coupons.templates_changed', { shopId });
        return view(row);
      } catch (error) {
        if (isUniqueViolation(error)) throw templateInvalid({ reason: '这个口令已被使用，请换一个' });
        throw error;
      }
    },

    async setPaused(tx: Tx, shopId: string, templateId: string, paused: boolean): Promise<CouponTemplate> {
      await ownTemplate(tx, shopId, templateId);
      const row = await tx
        .updateTable('coupons.template')
        .set({ paused, updatedAt: clock.now() })
        .where('templateId', '=', templateId)
        .where('shopId', '=', shopId)
        .returningAll()
        .executeTakeFirstOrThrow();
      await outbox.publish(tx, 'coupons.templates_changed', { shopId });
      return view(row);
    },
  };
}
