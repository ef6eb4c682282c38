/** Pure: names as shown, filters, cursors. */
import type { ReviewQuery } from '@xiaopu/contracts';
import { maskName } from '#platform/field-cipher.ts';

/** An anonymous reviewer keeps one character; a nickname is otherwise the buyer's own public name. */
export const shownName = (nickname: string, anonymous: boolean): string => {
  const name = nickname || '微信用户';
  return anonymous ? maskName(name) : name;
};

export type ReviewFilter = NonNullable<ReviewQuery['filter']>;

export const goodFrom = 4;
export const badUpTo = 2;

export interface Position {
  at: Date;
  reviewId: string;
}
export const encodeCursor = ({ at, reviewId }: Position): string =>
  Buffer.from(`${at.getTime()}.${reviewId}`).toString('base64url');
export function decodeCursor(cursor: string | undefined): Position | undefined {
  const match = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(Buffer.from(cursor ?? '', 'base64url').toString());
  return match ? { at: new Date(Number(match[1])), reviewId: match[2] as string } : undefined;
}

/** 1–5 with one decimal; 0 with no review. */
export const averageOf = (count: number, ratingSum: number): number =>
  count === 0 ? 0 : Math.round((ratingSum * 10) / count) / 10;
