/** A shop's coupons by the time they can be claimed, as the calendar lays them beside activities. One statement. */
import { formatYuan } from '@xiaopu/money';
import type { PlannedOffer } from '@xiaopu/pricing';
import type { Executor } from '#platform/database/database.ts';
import type { Template } from './coupons.domain.ts';
import type {} from './coupons.tables.ts';

const most = 200;

type Terms = Pick<Template, 'kind' | 'threshold' | 'off' | 'payRate' | 'quantity' | 'layerOffs'>;

function textOf({ kind, threshold, off, payRate, quantity }: Terms): string {
  const from = threshold > 0 ? `满 ¥${formatYuan(threshold)}` : '无门槛';
  if (kind === 'percent') return `${from} ${(payRate ?? 0) / 1_000} 折`;
  if (kind === 'exchange') return `兑换 ${quantity ?? 1} 件`;
  const takes = kind === 'amount' ? '减' : '抵运费';
  return off === null ? `${from}免运费` : `${from}${takes} ¥${formatYuan(off)}`;
}

/** The part of its price goods may be left with by this coupon alone, at its threshold; none where goods decide that. */
export function deepestRate({ kind, threshold, off, payRate, layerOffs }: Terms): number | undefined {
  if (kind === 'percent') return payRate ?? undefined;
  const most = Math.max(off ?? 0, ...layerOffs.map((each) => each.off));
  return kind === 'amount' && threshold > 0
    ? Math.max(0, Math.floor(((threshold - most) * 10_000) / threshold))
    : undefined;
}

export function planOf(
  row: Terms & Pick<Template, 'templateId' | 'shopId' | 'name' | 'scope' | 'claimFrom' | 'claimUntil' | 'paused'>,
): PlannedOffer {
  const payRate = deepestRate(row);
  return {
    id: row.templateId,
    kind: 'coupon',
    name: row.name,
    scope: { ...row.scope, shopId: row.shopId },
    ...(payRate !== undefined && { payRate }),
    onFreight: row.kind === 'freight',
    text: textOf(row),
    isPaused: row.paused,
    windows: [{ startsAt: row.claimFrom, endsAt: row.claimUntil, activityId: row.templateId }],
  };
}

export async function couponsWithin(
  db: Executor,
  shopId: string,
  { from, until, only }: { from: Date; until: Date; only?: string },
): Promise<PlannedOffer[]> {
  const rows = await db
    .selectFrom('coupons.template')
    .select(['templateId', 'shopId', 'name', 'kind', 'threshold', 'off', 'payRate', 'quantity', 'layerOffs', 'scope'])
    .select(['claimFrom', 'claimUntil', 'paused'])
    .where('shopId', '=', shopId)
    .where('claimFrom', '<', until)
    .where('claimUntil', '>', from)
    .$if(only !== undefined, (rows) => rows.where('templateId', '=', only ?? ''))
    .orderBy('claimFrom')
    .limit(most)
    .execute();
  return rows.map(planOf);
}
