import type { ColumnType } from 'kysely';
import type { PictureRef } from '#platform/picture.ts';

declare module '#platform/database/database.ts' {
  interface Tables {
    'reviews.review': {
      shopId: string;
      reviewId: string;
      spuId: string;
      skuId: string | null;
      /** Null for reviews an install is seeded with. */
      buyerId: string | null;
      orderNo: string | null;
      lineId: string | null;
      productTitle: string;
      specText: string;
      /** As shown: masked when the buyer asked for it. */
      nickname: string;
      avatarUrl: string | null;
      rating: number;
      text: string;
      pictures: ColumnType<PictureRef[], string, string>;
      pictureCount: number;
      status: ReviewStatus;
      /** What the automatic text check said. */
      verdict: 'pass' | 'hold';
      rejectReason: string | null;
      decidedBy: string | null;
      decidedAt: Date | null;
      reply: string | null;
      repliedAt: Date | null;
      createdAt: Date;
    };
  }
}

export type ReviewStatus =
  | 'held' // waits for moderation, nobody else sees it
  | 'shown'
  | 'rejected';
