/**
 * Pure rules: what an act is worth, how it fades, and the order in which goods are shown.
 *
 * Interest fades by half in a fortnight. It is kept as forward decay (Cormode, Shkapenyuk, Srivastava & Xu, "Forward Decay: A Practical
 * Time Decay Model for Streaming Systems", ICDE 2009): an act at t counts worth · 2^((t − origin) / halfLife), so that sums only ever
 * grow, acts may come late and in any order, and nothing has to be faded by anyone. One factor at reading turns a sum into today's.
 */
import type { RecommendReason } from '@xiaopu/contracts';
import { dayMs, secondMs } from '#platform/clock.ts';

const halfLifeMs = 14 * dayMs;
const origin = Date.UTC(2026, 0, 1);
/** In 39 years the largest double is reached. */
export const growth = (at: Date): number => 2 ** ((at.getTime() - origin) / halfLifeMs);
/** Turns kept sums into what they are worth at that moment. */
export const fading = (now: Date): number => 1 / growth(now);

export type ActOfTaste = { kind: string; amount: number | null };
/** Looking on adds less and less: 10 s 1, 30 s 2, 70 s 3, 150 s 4. Every time put in the cart counts again. */
export function worthOf({ kind, amount }: ActOfTaste): number {
  switch (kind) {
    case 'view':
      return 1;
    case 'dwell':
      return Math.log2(1 + (amount ?? 0) / (10 * secondMs));
    case 'cart':
      return 5;
    case 'buy_now':
    case 'favourite':
      return 4;
    case 'share':
      return 3;
    case 'zoom':
      return 1;
    case 'bought':
      return 6;
    default:
      return 0;
  }
}

export interface Boosts {
  /** Category, of either level, → 0…1. */
  categories?: Record<string, number>;
  price?: 'low' | 'high';
}

export interface Mine {
  spuId: string;
  categoryId: string;
  rootCategoryId: string;
  /** Faded to now. */
  weight: number;
  carts: number;
  boughtAt: string | null;
}
export interface Candidate {
  spuId: string;
  categoryId: string;
  rootCategoryId: string;
  categoryName: string;
  salePrice: number;
  hot: number;
  /** What the shopper's goods say for it, and which of them says most. */
  said: number | null;
  because: string | null;
}
export interface Ranked {
  spuId: string;
  reason: RecommendReason;
  /** The good that it is because of. */
  because: string | null;
  categoryName: string;
  score: number;
}

const shares = { alike: 1, leaf: 0.9, root: 0.6, own: 0.5, hot: 0.4, tag: 0.6, price: 0.25 };
/** With this much interest known, half of the order is the shopper's own. */
const halfKnown = 3;
/** From so much of the strongest on, another good is the reason: it says more than its category. */
const clearly = 0.4;
/** What was bought is not offered again for a while. */
const restMs = 30 * dayMs;
/** After so many goods of one kind something else comes, when there is any: a list is no echo. */
const mostInARow = 5;

function sumBy(mine: readonly Mine[], key: 'categoryId' | 'rootCategoryId'): Map<string, number> {
  const sums = new Map<string, number>();
  for (const one of mine) sums.set(one[key], (sums.get(one[key]) ?? 0) + one.weight);
  return sums;
}
const largest = (values: Iterable<number>): number => Math.max(0, ...values) || 1;

/** Undefined: nothing is known of this shopper, and popularity is all there is. */
export function rank(
  { mine, candidates, boosts }: { mine: readonly Mine[]; candidates: readonly Candidate[]; boosts: Boosts },
  now: Date,
): Ranked[] | undefined {
  const hasBoosts = Object.keys(boosts.categories ?? {}).length > 0 || boosts.price !== undefined;
  if (mine.length === 0 && !hasBoosts) return undefined;
  const [leaves, roots] = [sumBy(mine, 'categoryId'), sumBy(mine, 'rootCategoryId')];
  const [mostLeaf, mostRoot] = [largest(leaves.values()), largest(roots.values())];
  const mostSaid = largest(candidates.map(({ said }) => said ?? 0));
  const own = new Map(mine.map((one) => [one.spuId, one]));
  const mostOwn = largest(mine.map(({ weight }) => weight));
  const known = mine.reduce((sum, { weight }) => sum + weight, 0);
  const trust = known / (known + halfKnown);
  const prices = candidates.map(({ salePrice }) => salePrice).sort((a, b) => a - b);
  const priceRank = (price: number) => prices.findIndex((other) => other >= price) / Math.max(1, prices.length - 1);

  const scored = candidates
    .filter(({ spuId }) => {
      const boughtAt = own.get(spuId)?.boughtAt ?? null;
      return boughtAt === null || now.getTime() - new Date(boughtAt).getTime() > restMs;
    })
    .map((candidate): Ranked & { root: string } => {
      const { spuId, categoryId, rootCategoryId, categoryName, salePrice, hot, said, because } = candidate;
      const parts = {
        alike: shares.alike * trust * Math.max(-0.5, (said ?? 0) / mostSaid),
        category:
          trust *
          (shares.leaf * ((leaves.get(categoryId) ?? 0) / mostLeaf) +
            shares.root * ((roots.get(rootCategoryId) ?? 0) / mostRoot)),
        seen: (shares.own * trust * (own.get(spuId)?.weight ?? 0)) / mostOwn,
        tag: shares.tag * Math.max(boosts.categories?.[categoryId] ?? 0, boosts.categories?.[rootCategoryId] ?? 0),
        hot: shares.hot * hot,
      };
      const fit =
        boosts.price === 'low' ? 1 - priceRank(salePrice) : boosts.price === 'high' ? priceRank(salePrice) : 0;
      const score = parts.alike + parts.category + parts.seen + parts.tag + parts.hot + shares.price * fit;
      const seen = own.get(spuId);
      const reason = seen ? (seen.carts > 0 ? 'carted' : 'seen') : reasonOf(parts, because !== null, trust);
      return { spuId, reason, because, categoryName, score, root: rootCategoryId };
    })
    .sort((a, b) => b.score - a.score || (a.spuId < b.spuId ? -1 : 1));
  return varied(scored).map(({ root: _root, ...ranked }) => ranked);
}

function reasonOf(
  parts: { alike: number; category: number; tag: number },
  hasSpeaker: boolean,
  trust: number,
): RecommendReason {
  if (hasSpeaker && parts.alike > clearly * trust) return 'alike';
  if (parts.category > 0.15 && parts.category >= parts.tag) return 'category';
  return parts.tag > 0.1 ? 'tag' : 'hot';
}

/** The same order, but never more than a few of one kind together while there is another. */
function varied<One extends { root: string }>(ranked: readonly One[]): One[] {
  const waiting = [...ranked];
  const placed: One[] = [];
  while (waiting.length > 0) {
    const last = placed.slice(-mostInARow);
    const [first] = last;
    const isLong = last.length === mostInARow && last.every(({ root }) => root === first?.root);
    const at = isLong ? waiting.findIndex(({ root }) => root !== first?.root) : 0;
    placed.push(...waiting.splice(Math.max(0, at), 1));
  }
  return placed;
}

/** A title in a sentence: its beginning is enough. */
const short = (title: string): string => (title.length > 9 ? `${title.slice(0, 8)}…` : title);

export function reasonText(
  { reason, categoryName }: Pick<Ranked, 'reason' | 'categoryName'>,
  because?: string,
): string {
  switch (reason) {
    case 'carted':
      return '你加购过';
    case 'seen':
      return '你最近看过';
    case 'alike':
      return because === undefined ? '看过同类的人也喜欢' : `因为你看过「${short(because)}」`;
    case 'category':
      return `你常看${categoryName}`;
    case 'tag':
      return '合你的偏好';
    case 'hot':
      return '';
  }
}
