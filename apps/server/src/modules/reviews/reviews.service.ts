/** Reviews: one an order line after receipt, held until moderation passes them, answered by the shop. */
import type { Review, ReviewInput, ReviewPage, ReviewQuery, ReviewState, ReviewSummary } from '@xiaopu/contracts';
import type { ConsoleReviewPage, ConsoleReviewQuery, ModerateReview } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { PictureRef, ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import type { Orders } from '../orders/index.ts';
import { averageOf, decodeCursor, encodeCursor, shownName } from './reviews.domain.ts';
import { alreadyDecided, notShown, pictureUnknown, reasonMissing, reviewUnknown } from './reviews.errors.ts';
import { autoShow } from './reviews.policies.ts';
import * as repository from './reviews.repository.ts';
import type { ReviewStatus } from './reviews.tables.ts';

export interface ReviewsDeps {
  clock: Clock;
  outbox: Outbox;
  policies: Policies;
  orders: Pick<Orders, 'takeLineForReview'>;
  /** The buyer's own uploads; anything else is absent. */
  picturesOfBuyer(db: Executor, buyerId: string, mediaIds: string[]): Promise<Map<string, PictureRef>>;
  /** A moderator's verdict on shoppers' pictures: hidden ones open, or stay shut for good. */
  decidePictures(tx: Tx, mediaIds: string[], verdict: 'passed' | 'rejected'): Promise<void>;
  buyerFaces(db: Executor, buyerIds: string[]): Promise<Map<string, { nickname: string; avatarUrl: string | null }>>;
  /** Automatic text check, in process. */
  moderate(text: string): 'pass' | 'hold';
  toPicture: ToPicture;
  /** Addresses that open pictures still hidden, for moderators. */
  toPreview: ToPicture;
}

export interface SeededReview {
  reviewId: string;
  shopId: string;
  spuId: string;
  skuId: string;
  productTitle: string;
  specText: string;
  nickname: string;
  avatarUrl: string | null;
  rating: number;
  text: string;
  pictures: PictureRef[];
  reply: string | null;
  createdAt: Date;
}

export type Reviews = ReturnType<typeof createReviews>;

const headCount = 3;

export function createReviews(deps: ReviewsDeps) {
  const { clock, outbox, policies, orders, toPicture, toPreview } = deps;

  const view = ({
    reviewId,
    nickname,
    avatarUrl,
    rating,
    text,
    specText,
    pictures,
    reply,
    createdAt,
  }: repository.ReviewRow): Review => ({
    reviewId,
    nickname,
    avatarUrl,
    rating,
    text,
    specText,
    pictures: pictures.map(toPicture),
    reply,
    createdAt: createdAt.toISOString(),
  });

  async function summary(db: Executor, spuId: string): Promise<ReviewSummary> {
    const { count, ratingSum, withPictures } = await repository.summaryOf(db, spuId);
    return { count, average: averageOf(count, ratingSum), withPictures };
  }

  return {
    /** Only for a completed order's own line, once; pictures must be the buyer's uploads. */
    async submit(
      tx: Tx,
      buyerId: string,
      orderNo: string,
      { lineId, rating, text, mediaIds, anonymous }: ReviewInput,
    ): Promise<ReviewState> {
      const line = await orders.takeLineForReview(tx, buyerId, orderNo, lineId);
      const uploads = await deps.picturesOfBuyer(tx, buyerId, mediaIds);
      const pictures = mediaIds.map((mediaId) => uploads.get(mediaId));
      if (!pictures.every((picture) => picture !== undefined)) throw pictureUnknown();
      const face = (await deps.buyerFaces(tx, [buyerId])).get(buyerId);
      const { shopId, spuId, skuId, specText, title } = line;
      const verdict = deps.moderate(text);
      // Pictures need people's eyes; plain text that passed may be trusted if the shop says so.
      const isShown = verdict === 'pass' && pictures.length === 0 && policies.get(autoShow, shopId) === 1;
      const reviewId = newId();
      const now = clock.now();
      await repository.insertReviews(tx, [
        {
          shopId,
          reviewId,
          spuId,
          skuId,
          buyerId,
          orderNo,
          lineId,
          productTitle: title,
          specText,
          nickname: shownName(face?.nickname ?? '', anonymous),
          avatarUrl: anonymous ? null : (face?.avatarUrl ?? null),
          rating,
          text,
          pictures,
          pictureCount: pictures.length,
          status: isShown ? 'shown' : 'held',
          verdict,
          rejectReason: null,
          decidedBy: isShown ? '自动' : null,
          decidedAt: isShown ? now : null,
          reply: null,
          repliedAt: null,
          createdAt: now,
        },
      ]);
      await outbox.publish(tx, 'orders.review_submitted', { buyerId, reviewId, spuId, shopId });
      if (isShown) await outbox.publish(tx, 'reviews.review_shown', { reviewId, spuId, shopId });
      return { reviewId, status: isShown ? 'shown' : 'held' };
    },

    /** One statement; held and rejected reviews do not exist here. */
    async list(db: Executor, spuId: string, { filter = 'all', cursor, limit }: ReviewQuery): Promise<ReviewPage> {
      const rows = await repository.shownOfProduct(db, spuId, {
        filter,
        after: decodeCursor(cursor),
        limit: limit + 1,
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map(view),
        nextCursor: rows.length > limit && last ? encodeCursor({ at: last.createdAt, reviewId: last.reviewId }) : null,
      };
    },

    summary,
    /** For the product page: the sum and the newest three. */
    async head(db: Executor, spuId: string): Promise<{ summary: ReviewSummary; reviews: Review[] }> {
      const rows = await repository.shownOfProduct(db, spuId, { filter: 'all', after: undefined, limit: headCount });
      return { summary: await summary(db, spuId), reviews: rows.map(view) };
    },

    /** Reviews an install starts with; the same ids again change nothing. */
    seed: (tx: Tx, reviews: readonly SeededReview[]): Promise<void> =>
      repository.insertReviews(
        tx,
        reviews.map((review) => ({
          ...review,
          buyerId: null,
          orderNo: null,
          lineId: null,
          pictureCount: review.pictures.length,
          status: 'shown',
          verdict: 'pass',
          rejectReason: null,
          decidedBy: null,
          decidedAt: review.createdAt,
          repliedAt: review.reply === null ? null : review.createdAt,
        })),
      ),

    async listOfShop(
      db: Executor,
      shopId: string,
      { page, pageSize, status, rating, q }: ConsoleReviewQuery,
    ): Promise<ConsoleReviewPage> {
      const { rows, total } = await repository.listOfShop(db, shopId, {
        status: status as ReviewStatus | undefined,
        rating,
        text: q?.trim() || undefined,
        offset: (page - 1) * pageSize,
        limit: pageSize,
      });
      return {
        items: rows.map((row) => ({
          reviewId: row.reviewId,
          spuId: row.spuId,
          productTitle: row.productTitle,
          orderNo: row.orderNo,
          nickname: row.nickname,
          rating: row.rating,
          text: row.text,
          pictures: row.pictures.map(row.status === 'shown' ? toPicture : toPreview),
          status: row.status,
          rejectReason: row.rejectReason,
          reply: row.reply,
          createdAt: row.createdAt.toISOString(),
        })),
        total,
        page,
        pageSize,
      };
    },

    /** Passes or rejects a held review, pictures with it; a second decision is refused. */
    async decide(
      tx: Tx,
      shopId: string,
      reviewId: string,
      { decision, reason }: ModerateReview,
      staffName: string,
    ): Promise<void> {
      const review = await repository.lockReview(tx, shopId, reviewId);
      if (!review) throw reviewUnknown();
      const { status, spuId, pictures, buyerId } = review;
      if (status !== 'held') throw alreadyDecided({ status });
      const isShown = decision === 'show';
      const rejectReason = isShown ? null : (reason?.trim() ?? '');
      if (rejectReason === '') throw reasonMissing();
      await repository.changeReview(tx, review, {
        status: isShown ? 'shown' : 'rejected',
        rejectReason,
        decidedBy: staffName,
        decidedAt: clock.now(),
      });
      if (buyerId) {
        await deps.decidePictures(
          tx,
          pictures.map(({ mediaId }) => mediaId),
          isShown ? 'passed' : 'rejected',
        );
      }
      if (isShown) await outbox.publish(tx, 'reviews.review_shown', { reviewId, spuId, shopId });
    },

    async reply(tx: Tx, shopId: string, reviewId: string, reply: string): Promise<void> {
      const review = await repository.lockReview(tx, shopId, reviewId);
      if (!review) throw reviewUnknown();
      if (review.status !== 'shown') throw notShown();
      await repository.changeReview(tx, review, { reply, repliedAt: clock.now() });
      // The product page shows the reply beside the review.
      await outbox.publish(tx, 'reviews.review_shown', { reviewId, spuId: review.spuId, shopId });
    },

    countHeld: repository.countHeld,
  };
}
