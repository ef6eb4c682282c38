/** Rows → what goes over the wire. */
import type { ProductCard } from '@xiaopu/contracts';
import { sql } from 'kysely';
import type { PictureRef, ToPicture } from '#platform/picture.ts';
import { type TagRules, tagsOf } from './catalog.domain.ts';

export interface CardRow {
  spuId: string;
  shopId: string;
  title: string;
  brief: string;
  cover: PictureRef;
  salePrice: number;
  listPrice: number;
  soldCount: number;
  inStock: boolean;
  scarce: boolean;
  soleSkuId: string | null;
  publishedAt: Date | null;
}

export const cardColumns = [
  'spuId',
  'shopId',
  'title',
  'brief',
  'salePrice',
  'listPrice',
  'soldCount',
  'inStock',
  'scarce',
  'soleSkuId',
  'publishedAt',
] as const;
export const coverColumn = sql<PictureRef>`gallery -> 0`.as('cover');

export type CardMaker = (row: CardRow) => ProductCard;

export function createCardMaker({
  toPicture,
  rules,
  now,
}: {
  toPicture: ToPicture;
  rules: () => TagRules;
  now: () => Date;
}): CardMaker {
  return (row) => ({
    spuId: row.spuId,
    shopId: row.shopId,
    title: row.title,
    brief: row.brief,
    picture: toPicture(row.cover),
    salePrice: row.salePrice,
    listPrice: row.listPrice,
    soldCount: row.soldCount,
    inStock: row.inStock,
    tags: tagsOf(row, rules(), now()),
    soleSkuId: row.soleSkuId,
  });
}
