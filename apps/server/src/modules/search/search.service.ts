import type { ReplyCache } from '#platform/cache.ts';
import { type Clock, dayMs, shanghaiDay } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { definePolicy, type Policies } from '#platform/policy.ts';
import { buildQuery, buildVector, everyTerm, type TermStatistics, type TextQuery, tidyWords } from './search.query.ts';
import * as repository from './search.repository.ts';

export const historySize = definePolicy({
  key: 'search.history_size',
  scope: 'install',
  title: '搜索历史条数',
  unit: '条',
  defaultValue: 15,
  minimum: 1,
  maximum: 50,
});
export const hotWordCount = definePolicy({
  key: 'search.hot_word_count',
  scope: 'install',
  title: '热搜词数量',
  unit: '个',
  defaultValue: 12,
  minimum: 1,
  maximum: 30,
});
export const hotWordDays = definePolicy({
  key: 'search.hot_word_days',
  scope: 'install',
  title: '热搜统计天数',
  unit: '天',
  defaultValue: 7,
  minimum: 1,
  maximum: 60,
});
export const hotWordMinimum = definePolicy({
  key: 'search.hot_word_minimum',
  scope: 'install',
  title: '成为热搜的最少搜索次数',
  unit: '次',
  defaultValue: 20,
  minimum: 1,
  maximum: 100_000,
});
export const suggestionCount = definePolicy({
  key: 'search.suggestion_count',
  scope: 'install',
  title: '搜索建议条数',
  unit: '条',
  defaultValue: 10,
  minimum: 1,
  maximum: 20,
});

export interface SearchDependencies {
  database: Database;
  clock: Clock;
  cache: ReplyCache;
  policies: Policies;
}
/** From the catalogue, which is built with what this module knows of text: bound after both exist. */
export interface SearchSources {
  /** @param about `products`: about how many there are */
  phrases(db: Executor, about: { typed: string; limit: number; products: number }): Promise<string[]>;
  termCounts(db: Executor): Promise<TermStatistics>;
}

interface Noted {
  buyerId: string | undefined;
  word: string;
  found: boolean;
  at: Date;
}
/** More than this waiting to be written means the database is in trouble: searches go on, notes are dropped. */
const maxWaiting = 5_000;

export type Search = ReturnType<typeof createSearch>;

export function createSearch({ database, clock, cache, policies }: SearchDependencies) {
  let sources: SearchSources = {
    phrases: async () => [],
    termCounts: async () => ({ documents: 0, counts: new Map() }),
  };
  let statistics: TermStatistics = { documents: 0, counts: new Map() };
  let synonyms: ReadonlyMap<string, readonly string[]> = new Map();
  let isStale = true;
  /** Counting takes at most this share of the time, however large the catalogue and however often it changes. */
  const refreshShare = 0.01;
  let restUntil = 0;
  let waiting: Noted[] = [];

  const sinceDay = () => shanghaiDay(new Date(clock.now().getTime() - policies.get(hotWordDays) * dayMs));
  const hotWords = (db: Executor): Promise<string[]> =>
    repository.listHotWords(db, {
      days: Array.from({ length: policies.get(hotWordDays) + 1 }, (_, back) =>
        shanghaiDay(new Date(clock.now().getTime() - back * dayMs)),
      ),
      ...{ minimum: policies.get(hotWordMinimum), limit: policies.get(hotWordCount) },
    });

  return {
    bind(bound: SearchSources): void {
      sources = bound;
    },

    /** Weights of words as products stand now; between refreshes a new word only ranks a little off. */
    async refresh(): Promise<void> {
      const [counted, listed] = await Promise.all([
        sources.termCounts(database.db),
        repository.listSynonyms(database.db),
      ]);
      statistics = counted;
      synonyms = new Map(listed.map(({ word, synonyms: others }) => [word, others]));
      isStale = false;
    },
    markStale(): void {
      isStale = true;
    },
    /** For a sweep. */
    async refreshIfStale(): Promise<number> {
      const startedAt = clock.now().getTime();
      if (!isStale || startedAt < restUntil) return 0;
      await this.refresh();
      const endedAt = clock.now().getTime();
      restUntil = endedAt + (endedAt - startedAt) / refreshShare;
      return 0;
    },

    vectorOf: buildVector,
    allOf: everyTerm,
    queryOf: (words: string): TextQuery | undefined => buildQuery(words, statistics, synonyms),
    hotWords,
    products: (): number => statistics.documents,

    /** Remembers a search without making it wait; {@link flushNotes} writes. */
    note({ buyerId, words, found }: { buyerId: string | undefined; words: string; found: boolean }): void {
      const word = tidyWords(words);
      if (word === '' || waiting.length >= maxWaiting) return;
      waiting.push({ buyerId, word, found, at: clock.now() });
    },
    /** Writes what was noted, a batch in one transaction. @returns how many */
    async flushNotes(): Promise<number> {
      const batch = waiting;
      if (batch.length === 0) return 0;
      waiting = [];
      try {
        await database.inTransaction(async (tx) => {
          const mine = batch.flatMap(({ buyerId, word, at }) => (buyerId ? { buyerId, word, at } : []));
          await repository.saveHistory(tx, mine, policies.get(historySize));
          const counts = new Map<string, number>();
          // Words that found nothing never become hot, whatever people type.
          for (const { word, found } of batch) if (found) counts.set(word, (counts.get(word) ?? 0) + 1);
          await repository.addCounts(tx, shanghaiDay(clock.now()), counts);
        });
      } catch (error) {
        waiting = [...batch, ...waiting].slice(0, maxWaiting);
        throw error;
      }
      return batch.length;
    },

    /** What this buyer searched, newest first; notes not yet written are in it. */
    async history(db: Executor, buyerId: string): Promise<string[]> {
      const limit = policies.get(historySize);
      const stored = await repository.listHistory(db, buyerId, limit);
      const fresh = waiting
        .filter((note) => note.buyerId === buyerId)
        .reverse()
        .map(({ word }) => word);
      return [...new Set([...fresh, ...stored.map(({ word }) => word)])].slice(0, limit);
    },
    async clearHistory(tx: Tx, buyerId: string): Promise<void> {
      waiting = waiting.map((note) => (note.buyerId === buyerId ? { ...note, buyerId: undefined } : note));
      await repository.clearHistory(tx, buyerId);
    },
    /** Of guests who are gone. */
    forgetHistories: repository.forgetHistories,
    async mergeHistory(tx: Tx, guestId: string, buyerId: string): Promise<void> {
      waiting = waiting.map((note) => (note.buyerId === guestId ? { ...note, buyerId } : note));
      await repository.mergeHistory(tx, guestId, buyerId, policies.get(historySize));
    },

    declaredHotWords: (db: Executor): Promise<string[]> => repository.listDeclaredWords(db),
    declareHotWords: (tx: Tx, words: readonly string[]): Promise<void> => repository.replaceHotWords(tx, words),

    // JSON text from the cache.
    hotWordsReply: (): Promise<string> =>
      cache.get('hot-words', async () => ({
        body: JSON.stringify({ hotWords: await hotWords(database.db) }),
        tags: ['home'],
      })),
    suggestionsReply: (typed: string): Promise<string> => {
      const prefix = tidyWords(typed);
      return cache.get(`suggest:${prefix}`, async () => {
        const limit = policies.get(suggestionCount);
        const [counted, phrases] = await Promise.all([
          repository.listCountedWords(database.db, prefix, sinceDay(), policies.get(hotWordMinimum), limit),
          sources.phrases(database.db, { typed: prefix, limit, products: statistics.documents }),
        ]);
        const suggestions = prefix === '' ? [] : [...new Set([...counted, ...phrases])].slice(0, limit);
        return { body: JSON.stringify({ suggestions }), tags: ['list'] };
      });
    },
  };
}
