/** What the catalogue needs from its neighbours, as narrow functions: wired in main/compose.ts. */
import type { ShopCard } from '@xiaopu/contracts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';
import type { TextQuery } from './catalog.list.repository.ts';
import type { ReviewHead } from './catalog.tables.ts';

export interface StockLevel {
  onHand: number;
  reserved: number;
  available: number;
  safetyStock: number;
}

/** inventory */
export interface StockPort {
  levels(db: Executor, skuIds: string[]): Promise<Map<string, StockLevel>>;
  createLevels(
    tx: Tx,
    rows: { skuId: string; spuId: string; shopId: string; onHand: number; safetyStock: number }[],
  ): Promise<void>;
}

/** stores */
export interface ShopPort {
  names(db: Executor, shopIds: string[]): Promise<Map<string, string>>;
  card(db: Executor, shopId: string): Promise<ShopCard | undefined>;
}

/** media: pictures this shop may use, by id */
export type PicturePort = (db: Executor, shopId: string, mediaIds: string[]) => Promise<Map<string, PictureRef>>;

/** reviews: summary and the first three, shown ones only */
export type ReviewPort = (db: Executor, spuId: string) => Promise<ReviewHead>;

/** search: how text becomes what PostgreSQL stores and asks for */
export interface TextPort {
  vectorOf(text: { title: string; keywords: readonly string[]; brief: string }): string;
  /** undefined when nothing of it can be searched for (only punctuation). */
  queryOf(words: string): TextQuery | undefined;
  /** What holds all of it, for a console's search box; undefined likewise. */
  allOf(words: string): string | undefined;
  hotWords(db: Executor): Promise<string[]>;
  /** About how many products are on sale: 0 before they were ever counted. */
  products(): number;
}
