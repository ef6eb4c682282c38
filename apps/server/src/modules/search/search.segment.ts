/** Text → terms. Words come from jieba; pairs and single characters catch what its dictionary cuts differently. */
import { Jieba } from '@node-rs/jieba';
import { dict } from '@node-rs/jieba/dict.js';

let loaded: Jieba | undefined;
/** 0.2 s and 5 MB: at the first use, not at import. */
const jieba = (): Jieba => {
  loaded ??= Jieba.withDict(dict);
  return loaded;
};

export interface Run {
  kind: 'han' | 'latin';
  text: string;
}

/** Width and case folded; runs of Chinese and of letters and digits, everything else only separates. */
export function runsOf(text: string): Run[] {
  const folded = text.normalize('NFKC').toLowerCase();
  const found = folded.matchAll(
    /(\p{Script=Han}+)|(?:[[\p{L}\p{N}]--\p{Script=Han}]+(?:\.\d[[\p{L}\p{N}]--\p{Script=Han}]*)*)/gv,
  );
  return [...found].map(([whole, han]) => ({ kind: han === undefined ? 'latin' : 'han', text: whole }));
}

export const wordsOf = (han: string): string[] => jieba().cut(han, true);

export function pairsOf(han: string): string[] {
  const characters = [...han];
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

/** `iphone15` is also `iphone` and `15`: people type either. */
export const partsOf = (latin: string): string[] => {
  const parts = latin.match(/\d+(?:\.\d+)?|[^\d.]+/g) ?? [];
  return parts.length > 1 ? parts : [];
};

/** Terms of a stored text in reading order, with repeats: how often one occurs is part of its rank. */
export function termsOf(text: string): string[] {
  return runsOf(text).flatMap(({ kind, text: run }) => {
    if (kind === 'latin') return [run, ...partsOf(run)];
    const words = jieba()
      .cutForSearch(run, true)
      .filter((word) => [...word].length > 1);
    const known = new Set(words);
    return [...words, ...pairsOf(run).filter((pair) => !known.has(pair)), ...run];
  });
}
