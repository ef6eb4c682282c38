/**
 * A shop's sales and repeating sales within a time, as the calendar lays them beside other activities. Two statements.
 * `only` asks for one of them.
 */
import { formatYuan } from '@xiaopu/money';
import type { PlannedOffer, PlannedWindow } from '@xiaopu/pricing';
import type { Executor } from '#platform/database/database.ts';
import type {} from './flash-sale.tables.ts';
import { nextOccurrence } from './flash-sale.templates.ts';

const most = 500;

export async function flashSalesWithin(
  db: Executor,
  shopId: string,
  { from, until, only }: { from: Date; until: Date; only?: string },
): Promise<PlannedOffer[]> {
  const sales = await db
    .selectFrom('flashSale.sale')
    .select(['saleId', 'spuId', 'skuId', 'name', 'flashPrice', 'startsAt', 'endsAt', 'endedAt', 'templateId'])
    .where('shopId', '=', shopId)
    .where('startsAt', '<', until)
    .where('endsAt', '>', from)
    .$if(only !== undefined, (sales) =>
      sales.where((where) => where.or([where('saleId', '=', only ?? ''), where('templateId', '=', only ?? '')])),
    )
    .orderBy('startsAt')
    .limit(most)
    .execute();
  const templates = await db
    .selectFrom('flashSale.template')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('startsAt', '<', until)
    .where('endsAt', '>', from)
    .$if(only !== undefined, (rules) => rules.where('templateId', '=', only ?? ''))
    .orderBy('createdAt')
    .limit(most)
    .execute();
  const offerOf = (row: { skuId: string; name: string; flashPrice: number }) => ({
    kind: 'flash' as const,
    name: row.name,
    scope: { shopId, skuIds: [row.skuId] },
    unitPrice: row.flashPrice,
    text: `秒杀价 ¥${formatYuan(row.flashPrice)}`,
  });
  // What was ended early ends on the calendar too.
  const windowOf = ({ saleId, startsAt, endsAt, endedAt }: (typeof sales)[number]): PlannedWindow => ({
    startsAt,
    endsAt: endedAt && endedAt < endsAt ? endedAt : endsAt,
    activityId: saleId,
  });
  const known = new Set(templates.map(({ templateId }) => templateId));
  return [
    ...sales
      .filter(({ templateId }) => templateId === null || !known.has(templateId))
      .map((sale) => ({ ...offerOf(sale), id: sale.saleId, windows: [windowOf(sale)] })),
    ...templates.map((template) => {
      const made = sales.filter(({ templateId }) => templateId === template.templateId).map(windowOf);
      const ids = new Set(made.map(({ activityId }) => activityId));
      const coming: PlannedWindow[] = [];
      for (let at = from; !template.paused && at < until && coming.length < most; ) {
        const next = nextOccurrence(template, at);
        if (!next || next.startsAt >= until) break;
        if (!ids.has(next.saleId)) coming.push({ startsAt: next.startsAt, endsAt: next.endsAt });
        at = next.endsAt;
      }
      return {
        ...offerOf(template),
        id: template.templateId,
        isPaused: template.paused,
        windows: [...made, ...coming].sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime()),
      };
    }),
  ];
}
