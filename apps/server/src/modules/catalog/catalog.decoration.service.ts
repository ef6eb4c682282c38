/** The home page's banners and hot words and the category tree: shared by all shops, changed by whoever may in each of them. */
import type { BannerLink } from '@xiaopu/contracts';
import type { BannerInput, CategoryInput, Decoration, NewCategory } from '@xiaopu/contracts/console';
import type { Executor, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { PictureRef, ToPicture } from '#platform/picture.ts';
import * as repository from './catalog.decoration.repository.ts';
import {
  bannerTargetGone,
  categoryNotFound,
  categoryRefused,
  decorationForbidden,
  pictureUnknown,
} from './catalog.errors.ts';
import type { PicturePort } from './catalog.ports.ts';
import { listBanners, listCategories } from './catalog.repository.ts';

export interface DecorationDependencies {
  outbox: Outbox;
  toPicture: ToPicture;
  pictures: PicturePort;
  shopNames(db: Executor, shopIds: string[]): Promise<Map<string, string>>;
  /** May this person decorate in every shop? */
  mayDecorate(db: Executor, staffId: string): Promise<boolean>;
  hotWords: {
    own(db: Executor): Promise<string[]>;
    shown(db: Executor): Promise<string[]>;
    save(tx: Tx, words: readonly string[]): Promise<void>;
  };
}

export interface Decorator {
  staffId: string;
  shopId: string;
}

export type DecorationService = ReturnType<typeof createDecoration>;

const keyOf = (link: BannerLink): string =>
  link.kind === 'product' ? link.spuId : link.kind === 'category' ? link.categoryId : link.shopId;

export function createDecoration(deps: DecorationDependencies) {
  const { outbox, toPicture, pictures, hotWords } = deps;

  /** Names of what links lead to, by id; missing where there is nothing to lead to. */
  async function targetsOf(db: Executor, links: readonly BannerLink[]): Promise<Map<string, string>> {
    const ids = (kind: BannerLink['kind']) => links.filter((link) => link.kind === kind).map(keyOf);
    const [products, categories, shops] = [
      await repository.titlesOnSale(db, ids('product')),
      await listCategories(db),
      await deps.shopNames(db, ids('shop')),
    ];
    return new Map([...products, ...categories.map(({ categoryId, name }) => [categoryId, name] as const), ...shops]);
  }

  async function get(db: Executor): Promise<Decoration> {
    const banners = await listBanners(db);
    const targets = await targetsOf(
      db,
      banners.map(({ link }) => link),
    );
    return {
      banners: banners.map(({ bannerId, title, subtitle, picture, link }) => ({
        bannerId,
        title,
        subtitle,
        picture: toPicture(picture),
        link,
        target: targets.get(keyOf(link)) ?? null,
      })),
      hotWords: await hotWords.own(db),
      shownHotWords: await hotWords.shown(db),
    };
  }

  async function change(tx: Tx, { staffId }: Decorator, write: () => Promise<void>): Promise<void> {
    if (!(await deps.mayDecorate(tx, staffId))) throw decorationForbidden();
    await write();
    await outbox.publish(tx, 'catalog.decoration_changed', {});
  }

  async function pictureOf(tx: Tx, shopId: string, mediaId: string | null, kept: PictureRef | null) {
    if (mediaId === null) return null;
    if (kept?.mediaId === mediaId) return kept;
    const found = (await pictures(tx, shopId, [mediaId])).get(mediaId);
    if (!found) throw pictureUnknown({ mediaIds: [mediaId] });
    return found;
  }

  return {
    get,

    /** Replaces the list. A picture already shown may stay, whichever shop's library it is from; new ones are the own shop's. */
    saveBanners: (tx: Tx, by: Decorator, inputs: readonly BannerInput[]): Promise<void> =>
      change(tx, by, async () => {
        const targets = await targetsOf(
          tx,
          inputs.map(({ link }) => link),
        );
        const lost = inputs.filter(({ link }) => !targets.has(keyOf(link)));
        if (lost.length > 0) throw bannerTargetGone({ titles: lost.map(({ title }) => title) });
        const kept = new Map((await listBanners(tx)).map(({ picture }) => [picture.mediaId, picture]));
        const fresh = [...new Set(inputs.map(({ mediaId }) => mediaId))].filter((mediaId) => !kept.has(mediaId));
        const found = fresh.length > 0 ? await pictures(tx, by.shopId, fresh) : new Map<string, PictureRef>();
        const missing = fresh.filter((mediaId) => !found.has(mediaId));
        if (missing.length > 0) throw pictureUnknown({ mediaIds: missing });
        await repository.replaceBanners(
          tx,
          inputs.map(({ bannerId, title, subtitle, mediaId, link }, sort) => ({
            bannerId: bannerId ?? newId(),
            title: title.trim(),
            subtitle: subtitle.trim(),
            picture: { ...((kept.get(mediaId) ?? found.get(mediaId)) as PictureRef), alt: title.trim() },
            link,
            sort,
          })),
        );
      }),

    saveHotWords: (tx: Tx, by: Decorator, words: readonly string[]): Promise<void> =>
      change(tx, by, () => hotWords.save(tx, [...new Set(words.map((word) => word.trim()).filter(Boolean))])),

    saveCategory: (tx: Tx, by: Decorator, categoryId: string, input: CategoryInput): Promise<void> =>
      change(tx, by, async () => {
        const category = (await listCategories(tx)).find((row) => row.categoryId === categoryId);
        if (!category) throw categoryNotFound();
        const picture = await pictureOf(tx, by.shopId, input.pictureMediaId, category.picture);
        await repository.updateCategory(tx, categoryId, { name: input.name.trim(), sort: input.sort, picture });
      }),

    /** Level 2 only: a parent with its icon is a matter of the design. */
    createCategory: (tx: Tx, by: Decorator, { parentId, likeCategoryId, ...input }: NewCategory): Promise<void> =>
      change(tx, by, async () => {
        const all = await listCategories(tx);
        const parent = all.find(({ categoryId }) => categoryId === parentId);
        const like = all.find(({ categoryId }) => categoryId === likeCategoryId);
        if (!parent || !like) throw categoryNotFound();
        if (parent.parentId !== null) throw categoryRefused();
        await repository.insertCategory(tx, {
          categoryId: newId(),
          parentId,
          name: input.name.trim(),
          icon: '',
          sort: input.sort,
          picture: await pictureOf(tx, by.shopId, input.pictureMediaId, null),
          attributeSchema: like.attributeSchema,
          returnable: like.returnable,
        });
      }),
  };
}
