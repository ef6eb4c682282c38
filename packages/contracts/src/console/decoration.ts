/** What the home page shows besides goods: banners, words to search for, categories. One install, one home page. */
import { type Static, Type } from 'typebox';
import { BannerLink } from '../catalog.ts';
import { Id, Nullable, Picture } from '../common.ts';

export const ConsoleBanner = Type.Object({
  bannerId: Id,
  title: Type.String(),
  subtitle: Type.String(),
  picture: Picture,
  link: BannerLink,
  /** What the link leads to, by name; null when it is gone or off sale. */
  target: Nullable(Type.String()),
});
export type ConsoleBanner = Static<typeof ConsoleBanner>;

export const Decoration = Type.Object({
  banners: Type.Array(ConsoleBanner),
  /** Set by hand, shown first, in this order. */
  hotWords: Type.Array(Type.String()),
  /** What shoppers see now: those by hand, then the most searched. */
  shownHotWords: Type.Array(Type.String()),
});
export type Decoration = Static<typeof Decoration>;

export const BannerInput = Type.Object({
  /** Left out: a new one. */
  bannerId: Type.Optional(Id),
  title: Type.String({ minLength: 1, maxLength: 24 }),
  subtitle: Type.String({ maxLength: 40 }),
  mediaId: Id,
  link: BannerLink,
});
export type BannerInput = Static<typeof BannerInput>;

/** The whole list, in order; what is left out goes. */
export const SaveBanners = Type.Object({ banners: Type.Array(BannerInput, { maxItems: 8 }) });
export type SaveBanners = Static<typeof SaveBanners>;

export const SaveHotWords = Type.Object({
  words: Type.Array(Type.String({ minLength: 1, maxLength: 20 }), { maxItems: 20 }),
});
export type SaveHotWords = Static<typeof SaveHotWords>;

export const CategoryInput = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 10 }),
  sort: Type.Integer({ minimum: 0, maximum: 9999, description: 'smaller comes first' }),
  pictureMediaId: Nullable(Id),
});
export type CategoryInput = Static<typeof CategoryInput>;

export const NewCategory = Type.Object({
  ...CategoryInput.properties,
  parentId: Id,
  /** The category whose parameters and return rule the new one starts with. */
  likeCategoryId: Id,
});
export type NewCategory = Static<typeof NewCategory>;
