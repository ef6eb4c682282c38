/** Cart, address book, favourites, footprints: what a buyer keeps between visits. */
import { type Static, Type } from 'typebox';
import { ProductCard } from './catalog.ts';
import { CursorPage, Fen, Id, Instant, Nullable, Picture } from './common.ts';
import { ReductionProgress } from './offers.ts';

export const CartLineState = Type.Union([
  Type.Literal('ok'),
  Type.Literal('short'), // fewer available than wanted: lower the quantity
  Type.Literal('sold_out'),
  Type.Literal('off_sale'), // unpublished or removed
]);
export type CartLineState = Static<typeof CartLineState>;

export const CartLine = Type.Object({
  lineId: Id,
  spuId: Id,
  skuId: Id,
  title: Type.String(),
  specText: Type.String(),
  picture: Picture,
  quantity: Type.Integer({ minimum: 1 }),
  selected: Type.Boolean(),
  salePrice: Fen,
  listPrice: Fen,
  /** What it cost when it was put in, so that the page can say "比加入时降 ¥5". */
  priceWhenAdded: Fen,
  available: Type.Integer({ minimum: 0 }),
  scarce: Type.Boolean(),
  state: CartLineState,
});
export type CartLine = Static<typeof CartLine>;

export const Cart = Type.Object({
  groups: Type.Array(Type.Object({ shopId: Id, shopName: Type.String(), lines: Type.Array(CartLine) })),
  invalidLines: Type.Array(CartLine),
  lineCount: Type.Integer(),
  /** Sum of quantities of valid lines: the tab badge. */
  unitCount: Type.Integer(),
  selectedUnitCount: Type.Integer(),
  selectedListTotal: Fen,
  selectedTotal: Fen,
  /** 凑单: running reductions that the ticked lines have part in, nearest to their next step first. */
  progress: Type.Array(ReductionProgress),
});
export type Cart = Static<typeof Cart>;

export const Quantity = Type.Integer({ minimum: 1, maximum: 999 });
export const AddCartLine = Type.Object({ skuId: Id, quantity: Quantity });
export type AddCartLine = Static<typeof AddCartLine>;
/** Changing `skuId` to one already in the cart merges both lines (C05-PATH-08). */
export const UpdateCartLine = Type.Object({
  quantity: Type.Optional(Quantity),
  skuId: Type.Optional(Id),
  selected: Type.Optional(Type.Boolean()),
});
export type UpdateCartLine = Static<typeof UpdateCartLine>;
/** Ticks the named lines, a shop's valid lines, or (neither given) all valid lines (C05-PATH-09). */
export const SelectCartLines = Type.Object({
  selected: Type.Boolean(),
  lineIds: Type.Optional(Type.Array(Id, { maxItems: 200 })),
  shopId: Type.Optional(Id),
});
export type SelectCartLines = Static<typeof SelectCartLines>;
export const RemoveCartLines = Type.Object({ lineIds: Type.Array(Id, { minItems: 1, maxItems: 200 }) });
export type RemoveCartLines = Static<typeof RemoveCartLines>;

const phone = Type.String({ pattern: '^(1[3-9][0-9]{9}|0[0-9]{9,11})$' });
export const AddressInput = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 25 }),
  phone,
  province: Type.String({ minLength: 2, maxLength: 20 }),
  city: Type.String({ minLength: 2, maxLength: 20 }),
  district: Type.String({ maxLength: 20 }),
  detail: Type.String({ minLength: 1, maxLength: 120 }),
  isDefault: Type.Boolean({ default: false }),
  lat: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
  lng: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
});
export type AddressInput = Static<typeof AddressInput>;
/** The buyer's own reading of it: full phone, because the form edits it. */
export const Address = Type.Object({
  addressId: Id,
  name: Type.String(),
  phone: Type.String(),
  maskedPhone: Type.String(),
  province: Type.String(),
  city: Type.String(),
  district: Type.String(),
  detail: Type.String(),
  isDefault: Type.Boolean(),
  lastUsedAt: Nullable(Instant),
  distanceMetres: Nullable(Type.Integer()),
});
export type Address = Static<typeof Address>;
export const AddressList = Type.Object({ addresses: Type.Array(Address) });
export type AddressList = Static<typeof AddressList>;
/** With a position: nearest first; without: default, then last used (C05-PATH-05). */
export const AddressQuery = Type.Object({
  lat: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
  lng: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
});
export type AddressQuery = Static<typeof AddressQuery>;
export const RecogniseAddress = Type.Object({ text: Type.String({ minLength: 2, maxLength: 400 }) });
export type RecogniseAddress = Static<typeof RecogniseAddress>;
/** Empty strings for what could not be read. */
export const RecognisedAddress = Type.Object({
  name: Type.String(),
  phone: Type.String(),
  province: Type.String(),
  city: Type.String(),
  district: Type.String(),
  detail: Type.String(),
});
export type RecognisedAddress = Static<typeof RecognisedAddress>;

export const FavouritePage = CursorPage(Type.Object({ product: ProductCard, addedAt: Instant, priceWhenAdded: Fen }));
export type FavouritePage = Static<typeof FavouritePage>;
export const FavouriteState = Type.Object({ isFavourite: Type.Boolean() });
export type FavouriteState = Static<typeof FavouriteState>;
export const FootprintPage = CursorPage(Type.Object({ product: ProductCard, viewedAt: Instant }));
export type FootprintPage = Static<typeof FootprintPage>;
