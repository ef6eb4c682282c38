/**
 * Offers laid beside each other before they run: where two reach the same goods at the same time, which of them the pipeline
 * will take, and which sell below the margin floor. The pipeline's own rules decide; nothing here knows a second order.
 */
import { activityAllows, activityUnitPrice, isEntered, pickActivity } from './activities.ts';
import { say } from './explain.ts';
import type {
  ActivityKind,
  ActivityPrice,
  BundleItem,
  Fen,
  PriceInput,
  PriceLine,
  Rate,
  Scope,
} from './input.types.ts';
import { lineFloor } from './margin.ts';
import { floorDivide, rateOff } from './math.ts';
import { inScope } from './scope.ts';

export type PlannedKind = ActivityKind | 'reduction' | 'coupon';

export interface PlannedWindow {
  startsAt: Date;
  endsAt: Date;
  /** The activity that runs then, where an offer is a rule that makes one each time; absent: not made yet. */
  activityId?: string;
}

export interface PlannedOffer {
  id: string;
  kind: PlannedKind;
  name: string;
  scope: Scope;
  /** The lowest price of a piece by it alone: in fen, by SKU, or a part of the sale price. None: it depends on the basket. */
  unitPrice?: Fen;
  prices?: Readonly<Record<string, Fen>>;
  payRate?: Rate;
  /** 搭配购: what its pieces cost together; each piece's part is in proportion to its price. */
  set?: { price: Fen; items: readonly BundleItem[] };
  stacks?: boolean;
  /** Takes off the freight, not the goods: no activity keeps it out. */
  onFreight?: boolean;
  windows: readonly PlannedWindow[];
  /** What it gives, in words. */
  text: string;
  isPaused?: boolean;
}

export interface PlannedGoods {
  skuId: string;
  spuId: string;
  shopId: string;
  categoryIds: readonly string[];
  salePrice: Fen;
  /** 0: not known. */
  cost: Fen;
}

/** `warn`: two prices for one piece, of which one counts. `info`: what one of them keeps out. */
export interface PlanConflict {
  ids: [string, string];
  skuId: string;
  severity: 'warn' | 'info';
  text: string;
}

export interface PlanMargin {
  id: string;
  skuId: string;
  price: Fen;
  floor: Fen;
}

const isActivity = (kind: PlannedKind): kind is ActivityKind => kind !== 'reduction' && kind !== 'coupon';

export const windowsMeet = (a: readonly PlannedWindow[], b: readonly PlannedWindow[]): boolean =>
  a.some((one) => b.some((other) => one.startsAt < other.endsAt && other.startsAt < one.endsAt));

/** What one piece would cost by this offer alone; undefined when that depends on the basket. */
export function plannedPrice(offer: PlannedOffer, { skuId, salePrice }: PlannedGoods): Fen | undefined {
  const fixed = offer.prices?.[skuId] ?? offer.unitPrice;
  if (fixed !== undefined) return fixed;
  return offer.payRate === undefined ? undefined : salePrice - rateOff(salePrice, offer.payRate);
}

const isOf = (item: BundleItem, one: PlannedGoods) => item.skuId === one.skuId || item.spuId === one.spuId;

/** The least a piece of a set may bring in: beside the dearest choice of everything else in it. */
function priceInSet(
  { price, items }: NonNullable<PlannedOffer['set']>,
  piece: PlannedGoods,
  goods: readonly PlannedGoods[],
) {
  const own = items.find((item) => isOf(item, piece));
  if (!own) return undefined;
  let whole = piece.salePrice * own.quantity;
  for (const item of items) {
    if (item === own) continue;
    const choices = goods.filter((one) => isOf(item, one)).map(({ salePrice }) => salePrice);
    // Without it there is no set, and nothing is sold below its floor by it.
    if (choices.length === 0) return undefined;
    whole += Math.max(...choices) * item.quantity;
  }
  return price >= whole ? undefined : floorDivide(piece.salePrice * price, whole);
}

/** A set reaches its own pieces alone, whatever its scope says of where it is looked for. */
export const planReaches = (offer: PlannedOffer, goods: PlannedGoods): boolean =>
  (offer.set?.items.some((item) => isOf(item, goods)) ?? true) &&
  inScope({ ...goods, lineId: '', quantity: 1, listPrice: goods.salePrice }, offer.scope);

/** A flash price, too, is only for who holds a place of the sale; the pipeline never sees it otherwise. */
const hasDoor = (kind: ActivityKind): boolean => kind === 'flash' || isEntered(kind);

function activityOf(offer: PlannedOffer, kind: ActivityKind, goods: PlannedGoods, entered: boolean): ActivityPrice {
  return {
    id: offer.id,
    kind,
    name: offer.name,
    unitPrice: plannedPrice(offer, goods) ?? goods.salePrice,
    ...(entered && hasDoor(kind) && { entered }),
  };
}

/** Asks the pipeline's own choice between two activities for one piece; `entered`: by the doors of those that have one. */
function winnerOf(a: ActivityPrice, b: ActivityPrice, goods: PlannedGoods, rules: PriceInput['rules']) {
  const line: PriceLine = {
    ...{ lineId: 'plan', quantity: 1, listPrice: goods.salePrice, activities: [a, b] },
    ...goods,
  };
  return pickActivity(line, { at: '', lines: [line], ...(rules && { rules }) }).winner?.activity;
}

function meeting(
  a: PlannedOffer,
  b: PlannedOffer,
  goods: PlannedGoods,
  rules: PriceInput['rules'],
): Pick<PlanConflict, 'severity' | 'text'> | undefined {
  if (a.kind === 'reduction' && b.kind === 'reduction')
    return a.stacks && b.stacks ? undefined : { severity: 'warn', text: say.planOneReduction(a.name, b.name) };
  if (isActivity(a.kind) && isActivity(b.kind)) {
    const [left, right] = [activityOf(a, a.kind, goods, true), activityOf(b, b.kind, goods, true)];
    const unit = (one: ActivityPrice) => activityUnitPrice(one, goods.salePrice);
    if (left.entered && right.entered) return { severity: 'warn', text: say.planOwnDoors(a.name, b.name) };
    const winner = winnerOf(left, right, goods, rules);
    if (!winner) return undefined;
    const loser = winner === left ? right : left;
    return {
      severity: 'warn',
      text: winner.entered
        ? say.planByDoor(winner.name, unit(winner), loser.name, unit(loser))
        : say.planWins(winner.name, unit(winner), loser.name),
    };
  }
  const [activity, other] = isActivity(a.kind) ? [a, b] : [b, a];
  if (!isActivity(activity.kind) || isActivity(other.kind) || other.onFreight) return undefined;
  const allows = activityAllows(activityOf(activity, activity.kind, goods, true), rules);
  return allows[other.kind] ? undefined : { severity: 'info', text: say.planKeptOut(activity.name, other.name) };
}

/**
 * Every pair that meets in time and on goods, once, with the first of the goods it meets on.
 * @param about only pairs with this offer
 */
export function planConflicts(
  offers: readonly PlannedOffer[],
  goods: readonly PlannedGoods[],
  { about, rules }: { about?: string; rules?: PriceInput['rules'] } = {},
): PlanConflict[] {
  const reach = new Map<string, PlannedGoods[]>();
  const goodsOf = (offer: PlannedOffer): PlannedGoods[] => {
    const known = reach.get(offer.id);
    if (known) return known;
    const own = goods.filter((one) => planReaches(offer, one));
    reach.set(offer.id, own);
    return own;
  };
  const found: PlanConflict[] = [];
  offers.forEach((a, index) => {
    for (const b of offers.slice(index + 1)) {
      if (about !== undefined && a.id !== about && b.id !== about) continue;
      if (!windowsMeet(a.windows, b.windows)) continue;
      const [few, many] = goodsOf(a).length <= goodsOf(b).length ? [a, b] : [b, a];
      const shared = goodsOf(few).find((one) => planReaches(many, one));
      const met = shared && meeting(a, b, shared, rules);
      if (met) found.push({ ids: [a.id, b.id], skuId: shared.skuId, ...met });
    }
  });
  return found;
}

/** Goods that an offer alone sells below their floor, the deepest first. */
export function planMargins(
  offer: PlannedOffer,
  goods: readonly PlannedGoods[],
  minMarginRateOf: (shopId: string) => Rate,
): PlanMargin[] {
  const found: PlanMargin[] = [];
  for (const one of goods) {
    const isMeant = one.cost > 0 && planReaches(offer, one);
    const price = isMeant ? (offer.set ? priceInSet(offer.set, one, goods) : plannedPrice(offer, one)) : undefined;
    if (price === undefined) continue;
    // Goods sold below the floor as they are do not become the offer's fault until it goes lower.
    const floor = Math.min(lineFloor(one.cost, 1, minMarginRateOf(one.shopId)), one.salePrice);
    if (price < floor) found.push({ id: offer.id, skuId: one.skuId, price, floor });
  }
  return found.sort((a, b) => b.floor - b.price - (a.floor - a.price));
}
