/** What a template means: its face, its words, the coupon it becomes. Pure. */
import type { CouponFace } from '@xiaopu/contracts';
import type { CouponTemplateInput, OfferScope, PromotionPhase } from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import type { Coupon } from '@xiaopu/pricing';
import type { Selectable } from 'kysely';
import { dayMs, hourMs } from '#platform/clock.ts';
import type { Tables } from '#platform/database/database.ts';
import { fenceProblem } from './coupons.fence.ts';
import type { CouponTerms } from './coupons.tables.ts';

export type Template = Selectable<Tables['coupons.template']>;
export type CouponRow = Selectable<Tables['coupons.coupon']>;

const isWhole = (scope: OfferScope): boolean => Object.values(scope).every((list) => list === undefined);

export function scopeTextOf({ scope, platform, fence }: Pick<Template, 'scope' | 'platform' | 'fence'>): string {
  if (fence?.inStoreOnly) return isWhole(scope) ? '限到店使用' : '指定商品，限到店使用';
  if (isWhole(scope)) return platform ? '全平台通用' : '全店通用';
  if (scope.spuIds || scope.skuIds) return '指定商品可用';
  return scope.categoryIds ? '指定分类可用' : '部分商品不可用';
}

/** 新客减 ¥10 · 沉默减 ¥8: everybody reads what each layer gets. */
export const layerTextOf = ({ kind, layerOffs }: Pick<Template, 'kind' | 'layerOffs'>): string =>
  kind === 'amount' ? layerOffs.map(({ layer, off }) => `${layer}减 ¥${formatYuan(off)}`).join(' · ') : '';

export function faceOf(template: Template): CouponFace {
  const { name, kind, threshold, off, payRate, cap, quantity } = template;
  const layerText = layerTextOf(template);
  const face = { name, kind, threshold, off, payRate, cap, quantity, scopeText: scopeTextOf(template) };
  return layerText === '' ? face : { ...face, layerText };
}

/** What this buyer gets off: the first layer of the list that they are in, else the usual. */
export const offFor = (
  { off, layerOffs }: Pick<Template, 'off' | 'layerOffs'>,
  layers: readonly string[],
): number | null => layerOffs.find(({ layer }) => layers.includes(layer))?.off ?? off;

export function faceOfTerms({ scopeText, rule }: CouponTerms): CouponFace {
  return {
    name: rule.name,
    kind: rule.kind,
    threshold: rule.threshold ?? 0,
    off: rule.kind === 'amount' || rule.kind === 'freight' ? (rule.off ?? null) : null,
    payRate: rule.kind === 'percent' ? rule.payRate : null,
    cap: rule.kind === 'percent' ? (rule.cap ?? null) : null,
    quantity: rule.kind === 'exchange' ? rule.quantity : null,
    scopeText,
  };
}

const dayFace = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: 'numeric', day: 'numeric' });

export function validityTextOf({ rollingDays, rollingHours, validFrom, validUntil }: Template): string {
  if (rollingHours) return `领取后 ${rollingHours} 小时内有效`;
  if (rollingDays) return `领取后 ${rollingDays} 天内有效`;
  // It ends at an instant; the last day that is still good is the one before.
  const last = validUntil ? dayFace.format(new Date(validUntil.getTime() - 1)) : '';
  return validFrom ? `${dayFace.format(validFrom)} – ${last} 有效` : `${last} 前有效`;
}

/** The right it gives this buyer, as promised at this moment. */
export function termsOf(template: Template, layers: readonly string[] = []): CouponTerms {
  const { name, kind, threshold, payRate, cap, quantity, scope, shopId, platform, platformShare, audiences, fence } =
    template;
  const off = kind === 'amount' ? offFor(template, layers) : template.off;
  const base = {
    name,
    threshold,
    scope: { ...scope, ...(!platform && { shopId }), ...(fence?.inStoreOnly && { storeIds: fence.storeIds }) },
    platformShare,
    ...(audiences.length > 0 && { audiences }),
    ...(template.exclusive && { excludes: ['*'] }),
  };
  const rule = ((): CouponTerms['rule'] => {
    switch (kind) {
      case 'amount':
        return { ...base, kind, off: off ?? 0 };
      case 'percent':
        return { ...base, kind, payRate: payRate ?? 10_000, ...(cap !== null && { cap }) };
      case 'exchange':
        return { ...base, kind, quantity: quantity ?? 1 };
      case 'freight':
        return { ...base, kind, ...(off !== null && { off }) };
    }
  })();
  return { scopeText: scopeTextOf(template), returnsOnRefund: template.returnsOnRefund, rule };
}

export const toOffer = ({
  couponId,
  terms,
  validFrom,
  expiresAt,
}: Pick<CouponRow, 'couponId' | 'terms' | 'validFrom' | 'expiresAt'>): Coupon & { scopeText: string } => ({
  ...(terms.rule as Coupon),
  scopeText: terms.scopeText,
  id: couponId,
  validFrom: validFrom.toISOString(),
  expiresAt: expiresAt.toISOString(),
});

export function validityOf(
  { validFrom, validUntil, rollingDays, rollingHours }: Template,
  now: Date,
): { validFrom: Date; expiresAt: Date } {
  return {
    validFrom: validFrom && validFrom > now ? validFrom : now,
    expiresAt:
      validUntil ?? new Date(now.getTime() + (rollingHours ? rollingHours * hourMs : (rollingDays ?? 1) * dayMs)),
  };
}

export function phaseOf({ paused, claimFrom, claimUntil }: Template, now: Date): PromotionPhase {
  if (now >= claimUntil) return 'over';
  if (paused) return 'paused';
  return now < claimFrom ? 'upcoming' : 'running';
}

/** What makes no sense in a template, or nothing. */
export function problemOf(input: CouponTemplateInput): string | undefined {
  const { kind, off, payRate, quantity, threshold, validUntil, validFrom, rollingDays, rollingHours, channel, code } =
    input;
  if (kind === 'amount' && !off) return '请填写减多少';
  if (kind === 'amount' && threshold > 0 && (off ?? 0) > threshold) return '减的金额不能超过门槛';
  if (input.layerOffs.length > 0 && kind !== 'amount') return '只有代金券能按人群分档';
  if (input.layerOffs.some(({ off: each }) => each > threshold && threshold > 0)) return '减的金额不能超过门槛';
  if (new Set(input.layerOffs.map(({ layer }) => layer)).size < input.layerOffs.length) return '同一人群只能填一档';
  if (kind === 'percent' && (payRate === undefined || payRate <= 0 || payRate >= 10_000))
    return '折扣要在 0 到 10 折之间';
  if (kind === 'exchange' && !quantity) return '请填写可兑换的件数';
  if (kind === 'exchange' && isWhole(input.scope)) return '兑换券要指定商品或分类';
  if ([rollingDays, rollingHours, validUntil].filter((each) => each !== undefined).length !== 1)
    return '有效期请选固定日期、领取后几天或几小时，三选一';
  if (validUntil && validFrom && validUntil <= validFrom) return '有效期的结束要晚于开始';
  if (input.claimUntil <= input.claimFrom) return '领取的结束时间要晚于开始时间';
  if (validUntil && new Date(validUntil) <= new Date(input.claimFrom)) return '券在开始领取前就已过期';
  if ((channel === 'code') !== (code !== undefined)) return '口令券需要填写口令';
  if ((channel === 'nearby') !== (input.fence !== undefined)) return '附近领取的券需要选门店和距离';
  return input.fence && fenceProblem(input.fence);
}

/** A template in the words of WeChat's 商家券. */
export interface MerchantCoupon {
  name: string;
  comment: string;
  goods: string;
  threshold: number;
  /** What it takes off in fen, or what is paid in percent. */
  off?: number;
  payPercent?: number;
  beginsAt: Date;
  endsAt: Date;
  daysAfterReceive?: number;
  maxCoupons: number;
  perUser: number;
}
const farMs = 365 * dayMs;
const unlimited = 10_000_000;

/** Layers with amounts of their own, freight and exchange coupons have no equal there. */
export function merchantCouponOf(template: Template, now: Date): MerchantCoupon | undefined {
  const { name, kind, threshold, off, payRate, validFrom, validUntil, rollingDays, totalLimit, perUserLimit } =
    template;
  const isPlain =
    (kind === 'amount' && template.layerOffs.length === 0) || (kind === 'percent' && template.cap === null);
  // Nor has one that counts in hours or only near a store.
  if (!isPlain || template.fence || template.rollingHours) return undefined;
  return {
    name: [...name].slice(0, 21).join(''),
    comment: template.templateId.slice(-12),
    goods: scopeTextOf(template),
    threshold,
    ...(kind === 'amount' ? { off: off ?? 0 } : { payPercent: Math.round((payRate ?? 10_000) / 100) }),
    beginsAt: validFrom ?? template.claimFrom,
    endsAt: validUntil ?? new Date(Math.max(template.claimUntil.getTime(), now.getTime()) + farMs),
    ...(rollingDays !== null && { daysAfterReceive: rollingDays }),
    maxCoupons: totalLimit ?? unlimited,
    perUser: Math.min(perUserLimit, 100),
  };
}
