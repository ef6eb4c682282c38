import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type {} from './search.tables.ts';

export interface Note {
  buyerId: string;
  word: string;
  at: Date;
}

/** Newest time wins; what falls off the end of a buyer's list is removed with it. */
export async function saveHistory(tx: Tx, notes: Note[], keep: number): Promise<void> {
  const latest = new Map<string, Note>();
  for (const note of notes) latest.set(`${note.buyerId} ${note.word}`, note);
  const rows = [...latest.values()].sort((a, b) => (a.buyerId + a.word < b.buyerId + b.word ? -1 : 1));
  if (rows.length === 0) return;
  await tx
    .insertInto('search.history')
    .values(rows.map(({ buyerId, word, at }) => ({ buyerId, word, searchedAt: at })))
    .onConflict((conflict) =>
      conflict
        .columns(['buyerId', 'word'])
        .doUpdateSet({ searchedAt: sql`greatest(history.searched_at, excluded.searched_at)` }),
    )
    .execute();
  await trimHistory(tx, [...new Set(rows.map(({ buyerId }) => buyerId))], keep);
}

const trimHistory = async (tx: Tx, buyerIds: string[], keep: number): Promise<void> => {
  await sql`
    delete from search.history h using (
      select buyer_id, word, row_number() over (partition by buyer_id order by searched_at desc, word) as place
      from search.history where buyer_id = any(${buyerIds}::uuid[])
    ) as ranked
    where h.buyer_id = ranked.buyer_id and h.word = ranked.word and ranked.place > ${keep}`.execute(tx);
};

export async function listHistory(
  db: Executor,
  buyerId: string,
  limit: number,
): Promise<{ word: string; searchedAt: Date }[]> {
  return db
    .selectFrom('search.history')
    .select(['word', 'searchedAt'])
    .where('buyerId', '=', buyerId)
    .orderBy('searchedAt', 'desc')
    .orderBy('word')
    .limit(limit)
    .execute();
}

export const clearHistory = async (tx: Tx, buyerId: string): Promise<void> => {
  await tx.deleteFrom('search.history').where('buyerId', '=', buyerId).execute();
};

export const forgetHistories = async (tx: Tx, buyerIds: readonly string[]): Promise<void> => {
  await sql`delete from search.history where buyer_id = any(${buyerIds}::uuid[])`.execute(tx);
};

export async function mergeHistory(tx: Tx, guestId: string, buyerId: string, keep: number): Promise<void> {
  await sql`
    insert into search.history (buyer_id, word, searched_at)
    select ${buyerId}::uuid, word, searched_at from search.history where buyer_id = ${guestId}::uuid
    on conflict (buyer_id, word) do update set searched_at = greatest(history.searched_at, excluded.searched_at)`.execute(
    tx,
  );
  await clearHistory(tx, guestId);
  await trimHistory(tx, [buyerId], keep);
}

export async function addCounts(tx: Tx, day: string, counts: ReadonlyMap<string, number>): Promise<void> {
  const words = [...counts.keys()].sort();
  if (words.length === 0) return;
  await tx
    .insertInto('search.wordCount')
    .values(words.map((word) => ({ day, word, count: counts.get(word) ?? 1 })))
    .onConflict((conflict) =>
      conflict.columns(['day', 'word']).doUpdateSet({ count: sql`word_count.count + excluded.count` }),
    )
    .execute();
}

export async function listDeclaredWords(db: Executor): Promise<string[]> {
  const rows = await db.selectFrom('search.hotWord').select('word').orderBy('sort').execute();
  return rows.map(({ word }) => word);
}

/** Of a day's words so many times as many as are wanted are looked at: one that is hot over days is near the top of one of them. */
const candidatesOfDay = 4;

/**
 * Declared words first, then what was searched most in these days by at least `minimum` searches. Summed are only the words that
 * stand high on one of the days: the long tail of a large shop's words costs nothing.
 */
export async function listHotWords(
  db: Executor,
  { days, minimum, limit }: { days: readonly string[]; minimum: number; limit: number },
): Promise<string[]> {
  // A subquery for each day, not one for all of them joined sideways: that is what a cluster, too, can send to its nodes.
  const mostOf = (day: string) => sql`(
    select word from search.word_count where day = ${day}::date order by count desc, word limit ${limit * candidatesOfDay})`;
  const { rows } = await sql<{ word: string }>`
    select word from (
      select word, 0 as kind, sort, 0 as total from search.hot_word
      union all
      (select c.word, 1, 0, sum(c.count)::int from search.word_count c
        where c.day = any(${[...days]}::date[]) and c.word = any(array(
          select word from (${sql.join(days.map(mostOf), sql` union `)}) as high))
        group by c.word having sum(c.count) >= ${minimum} order by 4 desc limit ${limit})
    ) as words
    group by word order by min(kind), min(sort), max(total) desc, word limit ${limit}`.execute(db);
  return rows.map(({ word }) => word);
}

export async function listCountedWords(
  db: Executor,
  prefix: string,
  sinceDay: string,
  minimum: number,
  limit: number,
): Promise<string[]> {
  const escaped = prefix.replace(/[\\%_]/g, '\\$&');
  const { rows } = await sql<{ word: string }>`
    select word from search.word_count where word like ${`${escaped}%`} and day >= ${sinceDay}::date
    group by word having sum(count) >= ${minimum} order by sum(count) desc, word limit ${limit}`.execute(db);
  return rows.map(({ word }) => word);
}

export async function replaceHotWords(tx: Tx, words: readonly string[]): Promise<void> {
  await tx.deleteFrom('search.hotWord').execute();
  if (words.length > 0)
    await tx
      .insertInto('search.hotWord')
      .values(words.map((word, sort) => ({ word, sort })))
      .execute();
}

export const listSynonyms = (db: Executor) => db.selectFrom('search.synonym').selectAll().execute();
