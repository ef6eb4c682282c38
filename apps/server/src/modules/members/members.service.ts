import type { FavouritePage, FavouriteState, FootprintPage, ProductCard } from '@xiaopu/contracts';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import type { Policies } from '#platform/policy.ts';
import { createAddresses } from './members.addresses.ts';
import { decodeCursor, encodeCursor, type ListPosition } from './members.domain.ts';
import { cursorInvalid, productNotFound } from './members.errors.ts';
import { footprintLimit } from './members.policies.ts';
import * as repository from './members.repository.ts';

export interface MembersDeps {
  clock: Clock;
  cipher: FieldCipher;
  policies: Policies;
  /** One statement; products that are gone are left out. */
  cards(db: Executor, spuIds: string[]): Promise<Map<string, ProductCard>>;
}

export type Members = ReturnType<typeof createMembers>;

interface PageRequest {
  cursor?: string;
  limit: number;
}

function positionOf(cursor: string | undefined): ListPosition | undefined {
  if (cursor === undefined) return undefined;
  const position = decodeCursor(cursor);
  if (!position) throw cursorInvalid();
  return position;
}

export function createMembers({ clock, cipher, policies, cards }: MembersDeps) {
  const addresses = createAddresses({ clock, cipher, policies });

  /** Reads one row more than asked, which tells whether there is a next page. */
  async function page<Row extends repository.Visit>(
    db: Executor,
    { cursor, limit }: PageRequest,
    list: (range: { after: ListPosition | undefined; limit: number }) => Promise<Row[]>,
  ) {
    const rows = await list({ after: positionOf(cursor), limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const products =
      shown.length === 0
        ? new Map<string, ProductCard>()
        : await cards(
            db,
            shown.map(({ spuId }) => spuId),
          );
    return {
      rows: shown.flatMap((row) => {
        const product = products.get(row.spuId);
        return product ? [{ ...row, product }] : [];
      }),
      nextCursor: rows.length > limit && last ? encodeCursor(last) : null,
    };
  }

  async function getCard(db: Executor, spuId: string): Promise<ProductCard> {
    const card = (await cards(db, [spuId])).get(spuId);
    if (!card) throw productNotFound();
    return card;
  }

  return {
    addresses,
    address: addresses.address,
    preferredAddress: addresses.preferredAddress,
    markAddressesUsed: addresses.markAddressesUsed,

    async favourites(db: Executor, buyerId: string, request: PageRequest): Promise<FavouritePage> {
      const { rows, nextCursor } = await page(db, request, (range) => repository.listFavourites(db, buyerId, range));
      const items = rows.map(({ product, at, priceWhenAdded }) => ({
        product,
        addedAt: at.toISOString(),
        priceWhenAdded,
      }));
      return { items, nextCursor };
    },

    favouriteState: async (db: Executor, buyerId: string, spuId: string): Promise<FavouriteState> => ({
      isFavourite: await repository.isFavourite(db, buyerId, spuId),
    }),

    async addFavourite(tx: Tx, buyerId: string, spuId: string): Promise<FavouriteState> {
      const { salePrice } = await getCard(tx, spuId);
      await repository.insertFavourite(tx, { buyerId, spuId, priceWhenAdded: salePrice, addedAt: clock.now() });
      return { isFavourite: true };
    },

    async removeFavourite(tx: Tx, buyerId: string, spuId: string): Promise<FavouriteState> {
      await repository.deleteFavourite(tx, buyerId, spuId);
      return { isFavourite: false };
    },

    async footprints(db: Executor, buyerId: string, request: PageRequest): Promise<FootprintPage> {
      const { rows, nextCursor } = await page(db, request, (range) => repository.listFootprints(db, buyerId, range));
      return { items: rows.map(({ product, at }) => ({ product, viewedAt: at.toISOString() })), nextCursor };
    },

    async addFootprint(tx: Tx, buyerId: string, spuId: string): Promise<void> {
      await getCard(tx, spuId);
      await repository.saveFootprint(tx, { buyerId, spuId, viewedAt: clock.now() });
      await repository.trimFootprints(tx, buyerId, policies.get(footprintLimit));
    },

    clearFootprints: (tx: Tx, buyerId: string) => repository.clearFootprints(tx, buyerId),

    /** What a guest kept becomes the buyer's; a second delivery finds nothing left to move. */
    async mergeGuest(tx: Tx, guestId: string, buyerId: string): Promise<void> {
      await addresses.copyAddresses(tx, guestId, buyerId);
      await repository.copyFavouritesAndFootprints(tx, guestId, buyerId);
      await repository.trimFootprints(tx, buyerId, policies.get(footprintLimit));
      await repository.deleteAllOf(tx, guestId);
    },
  };
}
