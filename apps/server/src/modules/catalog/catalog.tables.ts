import type { BannerLink, GoodsTerms, Review, ReviewSummary } from '@xiaopu/contracts';
import type { ProductInput } from '@xiaopu/contracts/console';
import type { ColumnType, Generated } from 'kysely';
import type { PictureRef } from '#platform/picture.ts';

/** jsonb: read as a value, written as text. */
type Json<T> = ColumnType<T, string, string>;

export type SpuStatus = 'draft' | 'on_sale' | 'off_sale';

export type AttributeValue = string | number | boolean;

export type StoredDetailBlock =
  | { kind: 'heading'; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'picture'; picture: PictureRef }
  | { kind: 'table'; rows: { name: string; value: string }[] };

export interface ReviewHead {
  summary: ReviewSummary;
  reviews: Review[];
}

export interface SpuTable {
  spuId: string;
  shopId: string;
  spuCode: string;
  categoryId: string;
  rootCategoryId: string;
  status: SpuStatus;
  title: string;
  brief: string;
  keywords: string[];
  gallery: Json<PictureRef[]>;
  video: Json<{ url: string; poster: PictureRef } | null> | null;
  specNames: string[];
  attributes: Json<Record<string, AttributeValue>>;
  services: string[];
  detail: Json<StoredDetailBlock[]>;
  shipsFrom: string;
  returnable: boolean;
  /** null: physical goods. */
  goods: Json<GoodsTerms | null> | null;
  version: number;
  skuCount: number;
  soleSkuId: string | null;
  salePrice: number;
  salePriceMax: number;
  listPrice: number;
  soldCount: number;
  available: number;
  inStock: boolean;
  scarce: boolean;
  score: number;
  /** 0 … 3: see catalog.prominence.ts. */
  prominence: Generated<number>;
  reviewHead: Json<ReviewHead | null> | null;
  searchVector: string;
  publishedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface SkuTable {
  spuId: string;
  skuId: string;
  shopId: string;
  skuCode: string;
  position: number;
  specs: string[];
  salePrice: number;
  listPrice: number;
  cost: number;
  weightGrams: number;
  barcode: string;
  picture: Json<PictureRef | null> | null;
  retiredAt: Date | null;
}

export interface CategoryTable {
  categoryId: string;
  parentId: string | null;
  name: string;
  icon: string;
  sort: number;
  picture: Json<PictureRef | null> | null;
  attributeSchema: Json<AttributeSchema>;
  returnable: boolean;
}

/** JSON Schema of a category's attributes; `x-filter` marks what shoppers can filter by. */
export interface AttributeSchema {
  type: 'object';
  properties: Record<
    string,
    { type: string; title: string; enum?: AttributeValue[]; 'x-filter'?: boolean; 'x-unit'?: string }
  >;
  required?: string[];
  additionalProperties?: boolean;
}

export interface ImportError {
  row: number;
  column: string;
  message: string;
}

export interface ImportJobTable {
  jobId: string;
  shopId: string;
  fileName: string;
  state: 'checking' | 'checked' | 'importing' | 'done' | 'failed';
  /** The products of the sheet that passed the dry run. */
  content: Json<ImportProduct[]>;
  errors: Json<ImportError[]>;
  rowCount: number;
  validRows: number;
  processedRows: number;
  /** Index in `content` of the product to make next: moves in the same transaction that makes it. */
  nextProduct: number;
  products: number;
  claimedUntil: Date | null;
  createdAt: Date;
  finishedAt: Date | null;
}

export interface ImportProduct {
  spuCode: string;
  /** First row in the sheet, and how many it takes. */
  row: number;
  rows: number;
  input: ProductInput;
}

declare module '#platform/database/database.ts' {
  interface Tables {
    'catalog.category': CategoryTable;
    'catalog.spu': SpuTable;
    'catalog.sku': SkuTable;
    'catalog.importJob': ImportJobTable;
    'catalog.banner': {
      bannerId: string;
      title: string;
      subtitle: string;
      picture: Json<PictureRef>;
      link: Json<BannerLink>;
      sort: number;
    };
  }
}
