/** Words and sums of reductions: what a rule says, and how far a cart is from its next step. Pure. */
import type { ReductionProgress, ReductionTag } from '@xiaopu/contracts';
import type { OfferScope, PromotionPhase, ReductionBody } from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import { levelName, type ReductionRule } from '@xiaopu/pricing';

export interface Rule {
  ruleId: string;
  shopId: string;
  name: string;
  body: ReductionBody;
  scope: OfferScope;
  startsAt: Date;
  endsAt: Date;
  priority: number;
  stacks: boolean;
  audiences: string[];
  paused: boolean;
}

export interface Goods {
  skuId: string;
  spuId: string;
  shopId: string;
  categoryIds: readonly string[];
}

const yuan = (amount: number): string => formatYuan(amount).replace(/\.00$/, '');
const zhe = (payRate: number): string => `${payRate / 1000}折`;

export const labelOf: Record<ReductionBody['kind'], string> = {
  amount: '满减',
  percent: '满折',
  nth: '多件',
  bundle: '打包',
};

/** 满199减30，满399减80 */
export function textOf(body: ReductionBody): string {
  switch (body.kind) {
    case 'amount':
      return body.repeat
        ? `每满${yuan(body.steps[0]?.threshold ?? 0)}减${yuan(body.steps[0]?.off ?? 0)}，上不封顶`
        : body.steps.map(({ threshold, off }) => `满${yuan(threshold)}减${yuan(off)}`).join('，');
    case 'percent':
      return (
        body.steps
          .map(({ threshold, minQuantity, payRate }) => {
            const when = [
              ...(threshold ? [`满${yuan(threshold)}`] : []),
              ...(minQuantity ? [`满${minQuantity}件`] : []),
            ].join('且');
            return `${when}${zhe(payRate)}`;
          })
          .join('，') + (body.cap ? `，最多减${yuan(body.cap)}` : '')
      );
    case 'nth':
      return `第${body.nth}件${body.payRate === 0 ? '免费' : body.payRate === 5000 ? '半价' : zhe(body.payRate)}`;
    case 'bundle':
      return body.count ? `任选${body.count}件${yuan(body.price)}元` : `组合价${yuan(body.price)}元`;
  }
}

/** What makes no sense in a rule, or nothing. */
export function problemOf(body: ReductionBody, startsAt: Date, endsAt: Date): string | undefined {
  if (endsAt <= startsAt) return '结束时间要晚于开始时间';
  if (body.kind === 'amount') {
    if (body.steps.some(({ threshold, off }) => off <= 0 || off > threshold)) return '减的金额要大于 0，且不超过门槛';
    if (body.repeat && body.steps.length > 1) return '上不封顶只能设一档';
  }
  if (body.kind === 'percent' && body.steps.some(({ threshold, minQuantity }) => !threshold && !minQuantity))
    return '每一档要有金额或件数门槛';
  if (body.kind === 'bundle' && (body.count === undefined) === (body.items === undefined))
    return '打包请选“任选几件”或“固定组合”其中一种';
  if (body.kind === 'bundle' && body.items) {
    const names = body.items.map(({ skuId, spuId }) => skuId ?? spuId ?? '');
    if (body.items.some(({ skuId, spuId }) => (skuId === undefined) === (spuId === undefined)))
      return '搭配里的每一样要选一件商品或一个规格';
    if (new Set(names).size < names.length) return '搭配里不能有重复的商品';
    if (body.items.reduce((sum, { quantity }) => sum + quantity, 0) < 2) return '搭配至少要两件商品';
  }
  return undefined;
}

export function phaseOf(
  { paused, startsAt, endsAt }: Pick<Rule, 'paused' | 'startsAt' | 'endsAt'>,
  now: Date,
): PromotionPhase {
  if (now >= endsAt) return 'over';
  if (paused) return 'paused';
  return now < startsAt ? 'upcoming' : 'running';
}

export const isRunning = (rule: Rule, now: Date): boolean => phaseOf(rule, now) === 'running';

/** As `@xiaopu/pricing` matches scopes. */
export function reaches({ shopId, scope }: Pick<Rule, 'shopId' | 'scope'>, goods: Goods): boolean {
  const meets = (wanted: readonly string[]) => wanted.some((id) => goods.categoryIds.includes(id));
  return (
    shopId === goods.shopId &&
    (!scope.categoryIds || meets(scope.categoryIds)) &&
    (!scope.spuIds || scope.spuIds.includes(goods.spuId)) &&
    (!scope.skuIds || scope.skuIds.includes(goods.skuId)) &&
    !(scope.excludeCategoryIds && meets(scope.excludeCategoryIds)) &&
    !scope.excludeSpuIds?.includes(goods.spuId)
  );
}

export const toReduction = ({
  ruleId,
  shopId,
  name,
  body,
  scope,
  priority,
  stacks,
  audiences,
}: Rule): ReductionRule => ({
  ...(body as ReductionRule),
  id: ruleId,
  name,
  scope: { ...scope, shopId },
  priority,
  stacks,
  ...(audiences.length > 0 && { audiences }),
});

export const toTag = ({ ruleId, name, body, endsAt }: Rule): ReductionTag => ({
  ruleId,
  kind: body.kind,
  label: body.kind === 'bundle' && body.items ? '搭配购' : labelOf[body.kind],
  ...(body.kind === 'bundle' && body.items && { set: { price: body.price, items: body.items } }),
  name,
  text: textOf(body),
  endsAt: endsAt.toISOString(),
});

/** How far the goods are from the next step of a rule; nothing for rules without steps. */
export function progressOf(
  rule: Rule,
  lines: readonly (Goods & { quantity: number; amount: number })[],
): ReductionProgress | undefined {
  const { body, ruleId, shopId, name } = rule;
  const own = lines.filter((line) => reaches(rule, line));
  if (own.length === 0) return undefined;
  const base = own.reduce((sum, { amount }) => sum + amount, 0);
  const pieces = own.reduce((sum, { quantity }) => sum + quantity, 0);
  const say = (
    reached: number,
    short: number,
    nextOff: number,
    percent: number,
    text: string,
    called = name,
  ): ReductionProgress => ({
    ruleId,
    shopId,
    name: called,
    text,
    reached,
    short,
    nextOff,
    percent: Math.max(0, Math.min(100, Math.floor(percent))),
  });
  if (body.kind === 'amount') {
    const steps = body.steps.toSorted((a, b) => a.threshold - b.threshold);
    if (body.repeat) {
      const { threshold = 1, off = 0 } = steps[0] ?? {};
      const times = Math.floor(base / threshold);
      const short = (times + 1) * threshold - base;
      const text = `${times > 0 ? `已减 ¥${yuan(times * off)}，` : ''}再买 ¥${formatYuan(short)} ${times > 0 ? '再减' : '减'} ¥${yuan(off)}`;
      return say(times * off, short, off, ((threshold - short) * 100) / threshold, text);
    }
    const last = steps.filter(({ threshold }) => threshold <= base).at(-1);
    const next = steps.find(({ threshold }) => threshold > base);
    const reached = last?.off ?? 0;
    // The step that counts now, or the first one to come: its name may quote another.
    const step = last ?? next;
    const called = step ? levelName(name, step) : name;
    if (!next) return say(reached, 0, 0, 100, `已满足，减 ¥${yuan(reached)}`, called);
    const short = next.threshold - base;
    const text = `${reached > 0 ? `已减 ¥${yuan(reached)}，` : ''}再买 ¥${formatYuan(short)} ${reached > 0 ? '可减' : '减'} ¥${yuan(next.off)}`;
    return say(reached, short, next.off, (base * 100) / next.threshold, text, called);
  }
  if (body.kind === 'percent') {
    const next = body.steps.find(({ threshold = 0, minQuantity = 0 }) => base < threshold || pieces < minQuantity);
    if (!next) return say(0, 0, 0, 100, `已满足「${name}」，${textOf(body)}`);
    const { threshold = 0, minQuantity = 0, payRate } = next;
    const missing = [
      ...(base < threshold ? [`再买 ¥${formatYuan(threshold - base)}`] : []),
      ...(pieces < minQuantity ? [`再选 ${minQuantity - pieces} 件`] : []),
    ].join('、');
    const percent = Math.min(
      threshold ? (base * 100) / threshold : 100,
      minQuantity ? (pieces * 100) / minQuantity : 100,
    );
    return say(0, Math.max(0, threshold - base), 0, percent, `${missing} 享${zhe(payRate)}`);
  }
  const count = body.kind === 'nth' ? body.nth : (body.count ?? 0);
  if (count === 0) return undefined;
  if (pieces >= count) return say(0, 0, 0, 100, `已满足「${name}」，${textOf(body)}`);
  return say(0, 0, 0, (pieces * 100) / count, `再选 ${count - pieces} 件享「${textOf(body)}」`);
}

/** A set is shown and looked for on the pages of its own goods only. */
export function scopeOf(body: ReductionBody, scope: OfferScope): OfferScope {
  if (body.kind !== 'bundle' || !body.items) return scope;
  const [skuIds, spuIds] = [
    body.items.flatMap(({ skuId }) => skuId ?? []),
    body.items.flatMap(({ spuId }) => spuId ?? []),
  ];
  // Lists of a scope must all match: of a set that names both kinds neither list alone says which goods are in it.
  if (skuIds.length > 0 && spuIds.length > 0) return {};
  return spuIds.length > 0 ? { spuIds } : { skuIds };
}

/** The lowest part of its price a piece may be left with by this rule alone, in basis points; nothing when it depends on the basket. */
export function deepestRate(body: ReductionBody): number | undefined {
  switch (body.kind) {
    case 'amount':
      return Math.min(
        ...body.steps.map(({ threshold, off }) => Math.floor(((threshold - off) * 10_000) / Math.max(1, threshold))),
      );
    case 'percent':
      return Math.min(...body.steps.map(({ payRate }) => payRate));
    case 'nth':
      return Math.floor(((body.nth - 1) * 10_000 + body.payRate) / body.nth);
    case 'bundle':
      return undefined;
  }
}

/** Whether two rules can meet on one product: surely not only when both name products and share none. */
export function mayMeet(a: Pick<Rule, 'scope'>, b: Pick<Rule, 'scope'>): boolean {
  const apart = (one?: readonly string[], other?: readonly string[]) =>
    one !== undefined && other !== undefined && !one.some((id) => other.includes(id));
  return (
    !apart(a.scope.spuIds, b.scope.spuIds) &&
    !apart(a.scope.skuIds, b.scope.skuIds) &&
    !apart(a.scope.categoryIds, b.scope.categoryIds)
  );
}
