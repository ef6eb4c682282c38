/** What a shopper's words are worth, and how PostgreSQL is asked for them. Pure. */
import { pairsOf, partsOf, runsOf, termsOf, wordsOf } from './search.segment.ts';

export interface TermStatistics {
  documents: number;
  /** In how many documents a term occurs. */
  counts: ReadonlyMap<string, number>;
}

export interface TextQuery {
  tsquery: string;
  terms: { tsquery: string; weight: number }[];
}

/** Measured on product-search-zh (docs/benchmarks/search.md): a whole word says most, a single character least. */
const worth = { word: 1, pair: 0.6, character: 0.3, part: 0.6, synonym: 0.6 };
/** A character in this share of all products tells nothing apart; it is asked for only when there is nothing else. */
const commonShare = 0.4;

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

  const all = [...weights].map(([term, facts]) => ({ term, ...facts }));
  const telling = all.filter(
    ({ term, isCharacter }) => !isCharacter || (statistics.counts.get(term) ?? 0) <= statistics.documents * commonShare,
  );
  const terms = (telling.length > 0 ? telling : all).map(({ term, weight, isPrefix }) => ({
    tsquery: `${quoted(term)}${isPrefix ? ':*' : ''}`,
    weight: Math.round(weight * 1e4) / 1e4,
  }));
  return terms.length === 0 ? undefined : { tsquery: terms.map(({ tsquery }) => tsquery).join(' | '), terms };
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
