import { describe, expect, it } from 'vitest';
import { buildQuery, buildVector, rarity, tidyWords } from './search.query.ts';
import { pairsOf, partsOf, runsOf, termsOf } from './search.segment.ts';

const statistics = {
  documents: 100,
  counts: new Map([
    ['被', 30],
    ['羊毛', 5],
    ['的', 90],
    ['款', 80],
  ]),
};
const none = new Map<string, string[]>();
const termsIn = (words: string, synonyms: ReadonlyMap<string, string[]> = none) =>
  new Map(buildQuery(words, statistics, synonyms)?.terms.map(({ tsquery, weight }) => [tsquery, weight]));

describe('understanding words', () => {
  it('splits Chinese from letters and digits, folding width and case', () => {
    expect(runsOf('ＩＰｈｏｎｅ15 手机壳，Type-C 3.5mm！')).toEqual([
      { kind: 'latin', text: 'iphone15' },
      { kind: 'han', text: '手机壳' },
      { kind: 'latin', text: 'type' },
      { kind: 'latin', text: 'c' },
      { kind: 'latin', text: '3.5mm' },
    ]);
    expect(runsOf('，。 —')).toEqual([]);
  });

  it('cuts words, pairs and characters', () => {
    expect(termsOf('纯棉四件套')).toEqual(['纯棉', '四件', '件套', '四件套', '棉四', '纯', '棉', '四', '件', '套']);
    expect(pairsOf('四件套')).toEqual(['四件', '件套']);
    expect([partsOf('iphone15'), partsOf('iphone')]).toEqual([['iphone', '15'], []]);
  });

  it('weighs words over pairs over characters, and rare over common', () => {
    expect(rarity('羊毛', statistics)).toBeGreaterThan(rarity('被', statistics));
    const terms = termsIn('羊毛被');
    expect([...terms.keys()].sort()).toEqual(["'毛'", "'毛被'", "'羊'", "'羊毛'", "'被'"].sort());
    expect(terms.get("'羊毛'")).toBeGreaterThan(terms.get("'被'") ?? 0);
  });

  it('leaves out characters that tell nothing apart, unless there is nothing else', () => {
    expect(termsIn('羊毛的').has("'的'")).toBe(false);
    expect([...termsIn('的').keys()]).toEqual(["'的'"]);
  });

  it('finds what letters begin with, and parts of mixed ones', () => {
    expect([...termsIn('iphone15').keys()]).toEqual(["'iphone15':*", "'iphone'", "'15'"]);
  });

  it('adds synonyms at less than the word itself', () => {
    const terms = termsIn('番茄', new Map([['番茄', ['西红柿']]]));
    expect(terms.get("'西红柿'")).toBeGreaterThan(0);
    expect(terms.get("'西红柿'")).toBeLessThan(terms.get("'番茄'") ?? 0);
  });

  it('quotes what could be an operator, and gives up on punctuation', () => {
    expect(buildQuery("o'neil | !", statistics, none)?.tsquery).toBe("'o' | 'neil':*");
    expect(buildQuery('…！？', statistics, none)).toBeUndefined();
  });

  it('writes a vector with title A, keywords B, brief C', () => {
    expect(buildVector({ title: '杯', keywords: ['壶'], brief: '杯' })).toBe("'杯':1A,3C '壶':2B");
  });

  it('keeps one spelling of a search', () => {
    expect(tidyWords('  羊毛　被  ')).toBe('羊毛 被');
    expect(tidyWords('字'.repeat(80))).toHaveLength(60);
  });

  it('C04-TECH-11 says about how many match, and what to ask when that is half a large shop', () => {
    const counts = new Map([
      ['纯棉', 60_000],
      ['四件套', 2_000],
      ['棉四', 900],
      ['四件', 2_000],
      ['件套', 2_100],
      ...['纯', '棉', '四', '件', '套'].map((character) => [character, 90_000] as const),
    ]);
    const query = buildQuery('纯棉四件套', { documents: 500_000, counts }, new Map());
    expect(query?.matches).toBeGreaterThan(400_000);
    // All the words, beside the rarest pair: few enough to rank every one.
    expect(query?.narrow.tsquery).toContain("('纯棉') & ('四件套')");
    expect(query?.narrow.matches).toBeLessThanOrEqual(1_200);
    expect(query?.narrow.tsquery).not.toContain("'件套'");
    expect(query?.broad).toEqual({ tsquery: "('纯棉') | ('四件套')", matches: 62_000 });
  });

  it('a word and its other names count as one', () => {
    const counts = new Map([
      ['手机', 5_000],
      ['电话', 4_000],
      ['手', 70_000],
      ['机', 80_000],
    ]);
    const query = buildQuery('手机', { documents: 500_000, counts }, new Map([['手机', ['电话']]]));
    expect(query?.narrow).toEqual({ tsquery: "(('手机' | '电话'))", matches: 9_000 });
  });
});
