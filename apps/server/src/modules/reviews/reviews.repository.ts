/** All SQL on the reviews schema. */
import { type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { badUpTo, goodFrom, type Position, type ReviewFilter } from './reviews.domain.ts';
import type { ReviewStatus } from './reviews.tables.ts';

export type ReviewRow = Selectable<Tables['reviews.review']>;

export async function insertReviews(tx: Tx, rows: readonly ReviewRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insertInto('reviews.review')
    .values(rows.map((row) => ({ ...row, pictures: JSON.stringify(row.pictures) })))
    .onConflict((conflict) => conflict.columns(['shopId', 'reviewId']).doNothing())
    .execute();
}

export async function shownOfProduct(
  db: Executor,
  spuId: string,
  { filter, after, limit }: { filter: ReviewFilter; after: Position | undefined; limit: number },
): Promise<ReviewRow[]> {
  let query = db.selectFrom('reviews.review').where('spuId', '=', spuId).where('status', '=', 'shown');
  if (filter === 'pictures') query = query.where('pictureCount', '>', 0);
  if (filter === 'good') query = query.where('rating', '>=', goodFrom);
  if (filter === 'bad') query = query.where('rating', '<=', badUpTo);
  if (after)
    query = query.where(sql<boolean>`(created_at, review_id) < (${after.at}::timestamptz, ${after.reviewId}::uuid)`);
  return query.selectAll().orderBy('createdAt', 'desc').orderBy('reviewId', 'desc').limit(limit).execute();
}

export async function summaryOf(
  db: Executor,
  spuId: string,
): Promise<{ count: number; ratingSum: number; withPictures: number }> {
  const { rows } = await sql<{ count: number; ratingSum: number; withPictures: number }>`
    select count(*)::int as count, coalesce(sum(rating), 0)::int as rating_sum,
           count(*) filter (where picture_count > 0)::int as with_pictures
    from reviews.review where spu_id = ${spuId} and status = 'shown'`.execute(db);
  return rows[0] ?? { count: 0, ratingSum: 0, withPictures: 0 };
}

export const lockReview = (tx: Tx, shopId: string, reviewId: string): Promise<ReviewRow | undefined> =>
  tx
    .selectFrom('reviews.review')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('reviewId', '=', reviewId)
    .forUpdate()
    .executeTakeFirst();

export const changeReview = async (
  tx: Tx,
  { shopId, reviewId }: Pick<ReviewRow, 'shopId' | 'reviewId'>,
  change: Partial<Pick<ReviewRow, 'status' | 'rejectReason' | 'decidedBy' | 'decidedAt' | 'reply' | 'repliedAt'>>,
): Promise<void> => {
  await tx
    .updateTable('reviews.review')
    .set(change)
    .where('shopId', '=', shopId)
    .where('reviewId', '=', reviewId)
    .execute();
};

const maxCount = 10_000;
const likeText = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;

export async function listOfShop(
  db: Executor,
  shopId: string,
  {
    status,
    rating,
    text,
    offset,
    limit,
  }: {
    status?: ReviewStatus | undefined;
    rating?: number | undefined;
    text?: string | undefined;
    offset: number;
    limit: number;
  },
): Promise<{ rows: ReviewRow[]; total: number }> {
  let query = db.selectFrom('reviews.review').where('shopId', '=', shopId);
  if (status) query = query.where('status', '=', status);
  if (rating) query = query.where('rating', '=', rating);
  if (text) {
    query = query.where((where) =>
      where.or([
        where('productTitle', 'ilike', likeText(text)),
        where('text', 'ilike', likeText(text)),
        where('orderNo', '=', text),
      ]),
    );
  }
  const rows = await query
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('reviewId', 'desc')
    .offset(offset)
    .limit(limit)
    .execute();
  const { total } = await db
    .selectFrom(query.select('reviewId').limit(maxCount).as('counted'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows, total };
}

export async function countHeld(db: Executor, shopId: string): Promise<number> {
  const { count } = await db
    .selectFrom('reviews.review')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('shopId', '=', shopId)
    .where('status', '=', 'held')
    .executeTakeFirstOrThrow();
  return count;
}
