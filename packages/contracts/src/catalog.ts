/** What a shopper sees before buying: home, categories, lists, search, product detail, shops. */
import { type Static, Type } from 'typebox';
import { ActivityZone } from './activities.ts';
import { Cursor, CursorPage, Fen, Id, Instant, Nullable, Picture } from './common.ts';
import { GoodsNotes } from './goods.ts';

/** True statements only: `scarce` when available ≤ the SKU's safety threshold (C06-INV-10), `hot`/`new` by set rules. */
export const ReasonTag = Type.Union([Type.Literal('hot'), Type.Literal('new'), Type.Literal('scarce')]);
export type ReasonTag = Static<typeof ReasonTag>;

export const ProductCard = Type.Object({
  spuId: Id,
  shopId: Id,
  title: Type.String(),
  brief: Type.String(),
  picture: Picture,
  salePrice: Fen,
  listPrice: Fen,
  soldCount: Type.Integer({ minimum: 0 }),
  inStock: Type.Boolean(),
  tags: Type.Array(ReasonTag),
  /** The only SKU, so that quick buy can skip the SKU sheet; null when there is a choice (C05-PATH-02). */
  soleSkuId: Nullable(Id),
});
export type ProductCard = Static<typeof ProductCard>;
export const ProductPage = CursorPage(ProductCard);
export type ProductPage = Static<typeof ProductPage>;

export const Category = Type.Object({
  categoryId: Id,
  name: Type.String(),
  icon: Type.String({ description: 'key of the icon font; empty for level 2' }),
  picture: Nullable(Picture),
  children: Type.Array(Type.Object({ categoryId: Id, name: Type.String(), picture: Nullable(Picture) })),
});
export type Category = Static<typeof Category>;
export const CategoryTree = Type.Object({ categories: Type.Array(Category) });
export type CategoryTree = Static<typeof CategoryTree>;

export const BannerLink = Type.Union([
  Type.Object({ kind: Type.Literal('product'), spuId: Id }),
  Type.Object({ kind: Type.Literal('category'), categoryId: Id }),
  Type.Object({ kind: Type.Literal('shop'), shopId: Id }),
]);
export type BannerLink = Static<typeof BannerLink>;
export const Banner = Type.Object({
  bannerId: Id,
  title: Type.String(),
  subtitle: Type.String(),
  picture: Picture,
  link: BannerLink,
});
export type Banner = Static<typeof Banner>;

/** First screen in one reply. `version` changes when content does, so a client refreshes only when stale. */
export const Home = Type.Object({
  version: Type.String(),
  generatedAt: Instant,
  hotWords: Type.Array(Type.String()),
  banners: Type.Array(Banner),
  categories: Type.Array(Type.Object({ categoryId: Id, name: Type.String(), icon: Type.String() })),
  hot: Type.Array(ProductCard),
  newest: Type.Array(ProductCard),
  feed: ProductPage,
  /** What is on; left out when nothing is. */
  activities: Type.Optional(ActivityZone),
});
export type Home = Static<typeof Home>;

export const ProductSort = Type.Union([
  Type.Literal('default'),
  Type.Literal('sales'),
  Type.Literal('newest'),
  Type.Literal('price_asc'),
  Type.Literal('price_desc'),
]);
export type ProductSort = Static<typeof ProductSort>;

export const ProductQuery = Type.Object({
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 60, description: 'search words; results are ranked' })),
  categoryId: Type.Optional(Id),
  shopId: Type.Optional(Id),
  sort: Type.Optional(ProductSort),
  /** `key:value`, repeatable; values of one key are alternatives, keys combine. */
  attr: Type.Optional(Type.Array(Type.String({ maxLength: 80 }), { maxItems: 20 })),
  priceMin: Type.Optional(Fen),
  priceMax: Type.Optional(Fen),
  inStock: Type.Optional(Type.Boolean()),
  cursor: Type.Optional(Cursor),
  limit: Type.Integer({ minimum: 1, maximum: 50, default: 20 }),
});
export type ProductQuery = Static<typeof ProductQuery>;

export const FacetQuery = Type.Omit(ProductQuery, ['cursor', 'limit', 'sort']);
export type FacetQuery = Static<typeof FacetQuery>;
export const Facet = Type.Object({
  key: Type.String(),
  title: Type.String(),
  values: Type.Array(Type.Object({ value: Type.String(), count: Type.Integer() })),
});
export const Facets = Type.Object({
  facets: Type.Array(Facet),
  priceMin: Fen,
  priceMax: Fen,
  total: Type.Integer({ description: 'products that match, counted up to 1,000' }),
});
export type Facets = Static<typeof Facets>;

export const Sku = Type.Object({
  skuId: Id,
  specs: Type.Array(Type.String(), { description: 'one value per spec of the product, in the same order' }),
  salePrice: Fen,
  listPrice: Fen,
  available: Type.Integer({ minimum: 0, description: 'exact when scarce, else capped at 99' }),
  scarce: Type.Boolean(),
  picture: Nullable(Picture),
});
export type Sku = Static<typeof Sku>;

export const DetailBlock = Type.Union([
  Type.Object({ kind: Type.Literal('heading'), text: Type.String() }),
  Type.Object({ kind: Type.Literal('paragraph'), text: Type.String() }),
  Type.Object({ kind: Type.Literal('picture'), picture: Picture }),
  Type.Object({
    kind: Type.Literal('table'),
    rows: Type.Array(Type.Object({ name: Type.String(), value: Type.String() })),
  }),
]);
export type DetailBlock = Static<typeof DetailBlock>;

export const ShopCard = Type.Object({
  shopId: Id,
  name: Type.String(),
  logo: Nullable(Picture),
  brandColor: Type.String(),
  slogan: Type.String(),
  productCount: Type.Integer(),
  stores: Type.Array(
    Type.Object({
      storeId: Id,
      name: Type.String(),
      address: Type.String(),
      phone: Type.String(),
      hours: Type.String(),
      lat: Type.Number(),
      lng: Type.Number(),
    }),
  ),
});
export type ShopCard = Static<typeof ShopCard>;

export const Review = Type.Object({
  reviewId: Id,
  nickname: Type.String(),
  avatarUrl: Nullable(Type.String()),
  rating: Type.Integer({ minimum: 1, maximum: 5 }),
  text: Type.String(),
  specText: Type.String(),
  pictures: Type.Array(Picture),
  reply: Nullable(Type.String()),
  createdAt: Instant,
});
export type Review = Static<typeof Review>;
export const ReviewPage = CursorPage(Review);
export type ReviewPage = Static<typeof ReviewPage>;
export const ReviewSummary = Type.Object({
  count: Type.Integer(),
  average: Type.Number({ description: '1–5, one decimal; 0 with no review' }),
  withPictures: Type.Integer(),
});
export type ReviewSummary = Static<typeof ReviewSummary>;
export const ReviewQuery = Type.Object({
  filter: Type.Optional(
    Type.Union([Type.Literal('all'), Type.Literal('pictures'), Type.Literal('good'), Type.Literal('bad')]),
  ),
  cursor: Type.Optional(Cursor),
  limit: Type.Integer({ minimum: 1, maximum: 50, default: 10 }),
});
export type ReviewQuery = Static<typeof ReviewQuery>;

export const ProductDetail = Type.Object({
  spuId: Id,
  categoryId: Id,
  title: Type.String(),
  brief: Type.String(),
  gallery: Type.Array(Picture),
  video: Nullable(Type.Object({ url: Type.String(), poster: Picture })),
  salePrice: Fen,
  salePriceMax: Fen,
  listPrice: Fen,
  soldCount: Type.Integer(),
  tags: Type.Array(ReasonTag),
  onSale: Type.Boolean({ description: 'false once unpublished: the page stays, buying does not' }),
  specs: Type.Array(Type.Object({ name: Type.String(), values: Type.Array(Type.String()) })),
  skus: Type.Array(Sku),
  attributes: Type.Array(Type.Object({ name: Type.String(), value: Type.String() })),
  services: Type.Array(Type.String()),
  detail: Type.Array(DetailBlock),
  shop: ShopCard,
  reviewSummary: ReviewSummary,
  reviews: Type.Array(Review, { description: 'the first three' }),
  shipsFrom: Type.String(),
  /** null: physical goods. */
  goods: Nullable(GoodsNotes),
});
export type ProductDetail = Static<typeof ProductDetail>;

export const SuggestQuery = Type.Object({ q: Type.String({ minLength: 1, maxLength: 60 }) });
export type SuggestQuery = Static<typeof SuggestQuery>;
export const Suggestions = Type.Object({ suggestions: Type.Array(Type.String()) });
export type Suggestions = Static<typeof Suggestions>;
export const HotWords = Type.Object({ hotWords: Type.Array(Type.String()) });
export type HotWords = Static<typeof HotWords>;
export const SearchHistory = Type.Object({ words: Type.Array(Type.String()) });
export type SearchHistory = Static<typeof SearchHistory>;
