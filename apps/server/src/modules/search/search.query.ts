/** What a shopper's words are worth, and how PostgreSQL is asked for them. Pure. */
import { pairsOf, partsOf, runsOf, termsOf, wordsOf } from './search.segment.ts';

export interface TermStatistics {
  documents: number;
  /** In how many documents a term occurs. */
  counts: ReadonlyMap<string, number>;
}

export interface Matching {
  tsquery: string;
  matches: number;
}

export interface TextQuery {
  /** Whatever holds one of the terms. */
  tsquery: string;
  terms: { tsquery: string; weight: number }[];
  /** About how many products that is; terms that go together are counted more than once. */
  matches: number;
  /** For when that is too many: what holds all the words, and what holds one of the rarest terms. */
  narrow: Matching;
  /** For when that is too few: what holds one of the words. */
  broad: Matching;
}

/** Measured on product-search-zh (docs/benchmarks/search.md): a whole word says most, a single character least. */
const worth = { word: 1, pair: 0.6, character: 0.3, part: 0.6, synonym: 0.6 };
/** A character in this share of all products tells nothing apart; it is asked for only when there is nothing else. */
const commonShare = 0.4;

/** What a beginning such as `ip…` is thought to match at least. */
const prefixShare = 0.002;

const quoted = (term: string): string => `'${term.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;

/** Rare terms weigh more, as in BM25. */
export function rarity(term: string, { documents, counts }: TermStatistics): number {
  const count = counts.get(term) ?? 0;
  return Math.log(1 + (documents - count + 0.5) / (count + 0.5));
}

export function buildQuery(
  words: string,
  statistics: TermStatistics,
  synonyms: ReadonlyMap<string, readonly string[]>,
): TextQuery | undefined {
  const weights = new Map<string, { weight: number; isPrefix: boolean; isCharacter: boolean }>();
  const add = (term: string, share: number, { isPrefix = false, isCharacter = false } = {}) => {
    const weight = share * rarity(term, statistics);
    const known = weights.get(term);
    if (!known || known.weight < weight) weights.set(term, { weight, isPrefix, isCharacter });
  };
  const addText = (text: string, share: number) => {
    for (const { kind, text: run } of runsOf(text)) {
      if (kind === 'latin') {
        add(run, share * worth.word, { isPrefix: run.length > 1 });
        for (const part of partsOf(run)) add(part, share * worth.part);
        continue;
      }
      const characters = [...run];
      for (const word of wordsOf(run)) if ([...word].length > 1) add(word, share * worth.word);
      for (const pair of pairsOf(run)) add(pair, share * worth.pair);
      // A lone character is all there is to go by: it counts as a word.
      const isWord = characters.length === 1;
      for (const character of characters) {
        add(character, share * (isWord ? worth.word : worth.character), { isCharacter: !isWord });
      }
    }
  };
  addText(words, 1);
  for (const word of termsOf(words)) for (const synonym of synonyms.get(word) ?? []) addText(synonym, worth.synonym);

  const countOf = (term: string, isPrefix: boolean) =>
    Math.max(statistics.counts.get(term) ?? 0, isPrefix ? statistics.documents * prefixShare : 0);
  const all = [...weights].map(([term, facts]) => ({ term, ...facts, count: countOf(term, facts.isPrefix) }));
  const telling = all.filter(
    ({ term, isCharacter }) => !isCharacter || (statistics.counts.get(term) ?? 0) <= statistics.documents * commonShare,
  );
  const kept = (telling.length > 0 ? telling : all).map(({ term, weight, isPrefix, count }) => ({
    tsquery: `${quoted(term)}${isPrefix ? ':*' : ''}`,
    weight: Math.round(weight * 1e4) / 1e4,
    count,
  }));
  if (kept.length === 0) return undefined;
  return {
    tsquery: kept.map(({ tsquery }) => tsquery).join(' | '),
    terms: kept.map(({ tsquery, weight }) => ({ tsquery, weight })),
    matches: kept.reduce((sum, { count }) => sum + count, 0),
    ...narrowed(words, kept, statistics, synonyms),
  };
}

/** Products that the narrow query's rare terms may bring in together: ranking more costs a request too much. */
const narrowMatches = 1_200;

/**
 * In a large catalogue "one of the terms" is half of it, for single characters are terms too. What holds every word is worth
 * most; beside it, the rarest terms as far as they bring in few.
 */
function narrowed(
  words: string,
  terms: readonly { tsquery: string; count: number }[],
  statistics: TermStatistics,
  synonyms: ReadonlyMap<string, readonly string[]>,
): Pick<TextQuery, 'narrow' | 'broad'> {
  const countOf = (term: string) => statistics.counts.get(term) ?? 0;
  const groups = essentialWords(words).map((word) => {
    const alternatives = [word, ...(synonyms.get(word) ?? []).flatMap(essentialWords)];
    return {
      tsquery: `(${alternatives.map(quoted).join(' | ')})`,
      matches: alternatives.reduce((sum, term) => sum + countOf(term), 0),
    };
  });
  const every = { tsquery: groups.map(({ tsquery }) => tsquery).join(' & '), matches: together(groups, statistics) };
  const parts = groups.length === 0 ? [] : [`(${every.tsquery})`];
  let { matches } = every;
  // What holds the only word is there already.
  const others = groups.length === 1 ? terms.filter(({ tsquery }) => !every.tsquery.includes(tsquery)) : terms;
  for (const { tsquery, count } of others.toSorted((a, b) => a.count - b.count)) {
    if (parts.length > 0 && matches + count > narrowMatches) break;
    parts.push(tsquery);
    matches += count;
  }
  return {
    narrow: { tsquery: parts.join(' | '), matches },
    broad: {
      tsquery: groups.length === 0 ? parts.join(' | ') : groups.map(({ tsquery }) => tsquery).join(' | '),
      matches: groups.length === 0 ? matches : groups.reduce((sum, group) => sum + group.matches, 0),
    },
  };
}

/** How many hold all the words: between what chance would make it and the rarest word's, for words of one kind go together. */
function together(groups: readonly Matching[], { documents }: TermStatistics): number {
  if (groups.length === 0 || documents === 0) return 0;
  const least = Math.min(...groups.map(({ matches }) => matches));
  const byChance = groups.reduce((share, { matches }) => share * Math.min(1, matches / documents), 1) * documents;
  return Math.sqrt(least * byChance);
}

/** Words as a title's vector has them; a lone character counts as one. */
const essentialWords = (text: string): string[] =>
  runsOf(text).flatMap(({ kind, text: run }) => {
    if (kind === 'latin' || [...run].length === 1) return [run];
    const found = wordsOf(run).filter((word) => [...word].length > 1);
    return found.length > 0 ? found : pairsOf(run);
  });

/**
 * What holds all that was typed, as one looks for a thing one knows: Chinese by its pairs of characters, so that any part of a name
 * is found, letters and digits by their beginning. undefined: only punctuation.
 */
export function everyTerm(text: string): string | undefined {
  const terms = runsOf(text).flatMap(({ kind, text: run }) => {
    if (kind === 'latin') return [`${quoted(run)}:*`];
    return ([...run].length === 1 ? [run] : pairsOf(run)).map(quoted);
  });
  return terms.length === 0 ? undefined : [...new Set(terms)].join(' & ');
}

/** PostgreSQL keeps positions up to 16383 and 256 a term. */
const maxPosition = 16_383;

/** A tsvector literal: title A, keywords and category B, brief C. */
export function buildVector({
  title,
  keywords,
  brief,
}: {
  title: string;
  keywords: readonly string[];
  brief: string;
}): string {
  const places = new Map<string, string[]>();
  let position = 0;
  for (const [text, weight] of [
    [title, 'A'],
    [keywords.join(' '), 'B'],
    [brief, 'C'],
  ] as const) {
    for (const term of termsOf(text)) {
      position = Math.min(position + 1, maxPosition);
      const known = places.get(term) ?? [];
      if (known.length < 200) known.push(`${position}${weight}`);
      places.set(term, known);
    }
  }
  return [...places].map(([term, at]) => `${quoted(term)}:${at.join(',')}`).join(' ');
}

/** As kept in history and counts: one spelling, one line. */
export const tidyWords = (words: string): string => words.normalize('NFKC').replace(/\s+/g, ' ').trim().slice(0, 60);
