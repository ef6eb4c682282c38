/** What the console writes of the home page and the category tree. */
import type { Executor, Tx } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';
import type { LoadBanner, LoadCategory } from './catalog.loader.ts';

/** Titles by id of those on sale. */
export async function titlesOnSale(db: Executor, spuIds: string[]): Promise<Map<string, string>> {
  if (spuIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('catalog.spu')
    .select(['spuId', 'title'])
    .where('spuId', 'in', spuIds)
    .where('status', '=', 'on_sale')
    .execute();
  return new Map(rows.map(({ spuId, title }) => [spuId, title]));
}

export async function replaceBanners(tx: Tx, banners: readonly LoadBanner[]): Promise<void> {
  await tx.deleteFrom('catalog.banner').execute();
  if (banners.length === 0) return;
  await tx
    .insertInto('catalog.banner')
    .values(
      banners.map((banner) => ({
        ...banner,
        picture: JSON.stringify(banner.picture),
        link: JSON.stringify(banner.link),
      })),
    )
    .execute();
}

export async function updateCategory(
  tx: Tx,
  categoryId: string,
  { picture, ...values }: { name: string; sort: number; picture: PictureRef | null },
): Promise<void> {
  await tx
    .updateTable('catalog.category')
    .set({ ...values, picture: picture && JSON.stringify(picture) })
    .where('categoryId', '=', categoryId)
    .execute();
}

export async function insertCategory(tx: Tx, { picture, attributeSchema, ...row }: LoadCategory): Promise<void> {
  await tx
    .insertInto('catalog.category')
    .values({
      ...row,
      picture: picture && JSON.stringify(picture),
      attributeSchema: JSON.stringify(attributeSchema),
    })
    .execute();
}
