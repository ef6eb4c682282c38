/** Products, categories and media as the merchant edits them. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, NumberedPage, PageQuery, Picture } from '../common.ts';
import { GoodsTerms } from '../goods.ts';

export const ProductStatus = Type.Union([
  Type.Literal('draft'), // never published
  Type.Literal('on_sale'),
  Type.Literal('off_sale'), // unpublished by the shop
]);
export type ProductStatus = Static<typeof ProductStatus>;

export const ConsoleProductRow = Type.Object({
  spuId: Id,
  title: Type.String(),
  picture: Nullable(Picture),
  categoryId: Id,
  categoryName: Type.String(),
  status: ProductStatus,
  salePrice: Fen,
  salePriceMax: Fen,
  skuCount: Type.Integer(),
  available: Type.Integer(),
  soldCount: Type.Integer(),
  updatedAt: Instant,
});
export const ConsoleProductPage = NumberedPage(ConsoleProductRow);
export type ConsoleProductPage = Static<typeof ConsoleProductPage>;
export const ConsoleProductQuery = Type.Intersect([
  PageQuery,
  Type.Object({
    q: Type.Optional(Type.String({ maxLength: 60 })),
    status: Type.Optional(ProductStatus),
    categoryId: Type.Optional(Id),
    stock: Type.Optional(Type.Union([Type.Literal('low'), Type.Literal('out')])),
    sort: Type.Optional(
      Type.Union([Type.Literal('updated'), Type.Literal('sales'), Type.Literal('price'), Type.Literal('stock')]),
    ),
  }),
]);
export type ConsoleProductQuery = Static<typeof ConsoleProductQuery>;

export const SkuInput = Type.Object({
  skuId: Type.Optional(Id),
  skuCode: Type.String({ minLength: 1, maxLength: 40 }),
  specs: Type.Array(Type.String({ minLength: 1, maxLength: 30 }), { maxItems: 3 }),
  salePrice: Type.Integer({ minimum: 1 }),
  listPrice: Type.Integer({ minimum: 1 }),
  cost: Type.Integer({ minimum: 0 }),
  weightGrams: Type.Integer({ minimum: 0 }),
  barcode: Type.Optional(Type.String({ maxLength: 20 })),
  pictureMediaId: Type.Optional(Nullable(Id)),
  /** Only for a new SKU; later stock changes go through the ledger. */
  initialStock: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type SkuInput = Static<typeof SkuInput>;

export const DetailBlockInput = Type.Union([
  Type.Object({ kind: Type.Literal('heading'), text: Type.String({ maxLength: 60 }) }),
  Type.Object({ kind: Type.Literal('paragraph'), text: Type.String({ maxLength: 1000 }) }),
  Type.Object({ kind: Type.Literal('picture'), mediaId: Id }),
  Type.Object({
    kind: Type.Literal('table'),
    rows: Type.Array(Type.Object({ name: Type.String({ maxLength: 30 }), value: Type.String({ maxLength: 200 }) }), {
      maxItems: 40,
    }),
  }),
]);
export const ProductInput = Type.Object({
  title: Type.String({ minLength: 2, maxLength: 60 }),
  brief: Type.String({ maxLength: 60 }),
  categoryId: Id,
  galleryMediaIds: Type.Array(Id, { maxItems: 9 }),
  video: Nullable(Type.Object({ url: Type.String({ maxLength: 500 }), posterMediaId: Id })),
  specNames: Type.Array(Type.String({ minLength: 1, maxLength: 12 }), { maxItems: 3 }),
  skus: Type.Array(SkuInput, { minItems: 1, maxItems: 200 }),
  /** Checked against the category's JSON Schema when publishing (C04-TECH-14). */
  attributes: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  services: Type.Array(Type.String({ maxLength: 20 }), { maxItems: 8 }),
  detail: Type.Array(DetailBlockInput, { maxItems: 60 }),
  shipsFrom: Type.String({ maxLength: 20 }),
  /** Left out or null: physical goods. Fixed once the product was on sale. */
  goods: Type.Optional(Nullable(GoodsTerms)),
  /** Version read with the product; a stale one is 409 catalog.edit_conflict. */
  version: Type.Optional(Type.Integer()),
});
export type ProductInput = Static<typeof ProductInput>;

export const ConsoleSku = Type.Object({
  skuId: Id,
  skuCode: Type.String(),
  specs: Type.Array(Type.String()),
  salePrice: Fen,
  listPrice: Fen,
  cost: Fen,
  weightGrams: Type.Integer(),
  barcode: Type.String(),
  picture: Nullable(Picture),
  onHand: Type.Integer(),
  reserved: Type.Integer(),
  available: Type.Integer(),
});
export const ConsoleProduct = Type.Object({
  spuId: Id,
  shopId: Id,
  status: ProductStatus,
  version: Type.Integer(),
  title: Type.String(),
  brief: Type.String(),
  categoryId: Id,
  gallery: Type.Array(Picture),
  video: Nullable(Type.Object({ url: Type.String(), poster: Picture })),
  specNames: Type.Array(Type.String()),
  skus: Type.Array(ConsoleSku),
  attributes: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  services: Type.Array(Type.String()),
  detail: Type.Array(
    Type.Union([
      Type.Object({ kind: Type.Literal('heading'), text: Type.String() }),
      Type.Object({ kind: Type.Literal('paragraph'), text: Type.String() }),
      Type.Object({ kind: Type.Literal('picture'), mediaId: Id, picture: Picture }),
      Type.Object({
        kind: Type.Literal('table'),
        rows: Type.Array(Type.Object({ name: Type.String(), value: Type.String() })),
      }),
    ]),
  ),
  shipsFrom: Type.String(),
  goods: Nullable(GoodsTerms),
  soldCount: Type.Integer(),
  updatedAt: Instant,
});
export type ConsoleProduct = Static<typeof ConsoleProduct>;

export const ProductIds = Type.Object({ spuIds: Type.Array(Id, { minItems: 1, maxItems: 100 }) });
export type ProductIds = Static<typeof ProductIds>;
export const BatchResult = Type.Object({
  done: Type.Array(Id),
  failed: Type.Array(Type.Object({ id: Id, code: Type.String(), message: Type.String() })),
});
export type BatchResult = Static<typeof BatchResult>;

/** `attributeSchema` is a JSON Schema object; properties carry Chinese `title`, and `x-filter: true` when shoppers can filter by it. */
export const ConsoleCategory = Type.Object({
  categoryId: Id,
  parentId: Nullable(Id),
  name: Type.String(),
  icon: Type.String(),
  sort: Type.Integer(),
  picture: Nullable(Picture),
  productCount: Type.Integer(),
  attributeSchema: Type.Record(Type.String(), Type.Unknown()),
});
export const ConsoleCategories = Type.Object({ categories: Type.Array(ConsoleCategory) });
export type ConsoleCategories = Static<typeof ConsoleCategories>;

export const MediaRow = Type.Object({
  mediaId: Id,
  picture: Picture,
  name: Type.String(),
  bytes: Type.Integer(),
  createdAt: Instant,
});
export const MediaPage = NumberedPage(MediaRow);
export type MediaPage = Static<typeof MediaPage>;

/** Excel import: upload → dry run with row errors → commit; a job that can be left and found again. */
export const ImportJob = Type.Object({
  jobId: Id,
  fileName: Type.String(),
  state: Type.Union([
    Type.Literal('checking'),
    Type.Literal('checked'),
    Type.Literal('importing'),
    Type.Literal('done'),
    Type.Literal('failed'),
  ]),
  rows: Type.Integer(),
  validRows: Type.Integer(),
  processedRows: Type.Integer(),
  products: Type.Integer(),
  errors: Type.Array(Type.Object({ row: Type.Integer(), column: Type.String(), message: Type.String() })),
  createdAt: Instant,
  finishedAt: Nullable(Instant),
});
export type ImportJob = Static<typeof ImportJob>;
