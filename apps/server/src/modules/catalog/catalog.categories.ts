/** The category tree: a few hundred rows that everything asks for, kept in memory and read again once a minute. */
import type { Category } from '@xiaopu/contracts';
import { LRUCache } from 'lru-cache';
import { minuteMs } from '#platform/clock.ts';
import type { Db } from '#platform/database/database.ts';
import type { PictureRef, ToPicture } from '#platform/picture.ts';
import { categoryNotFound } from './catalog.errors.ts';
import { listCategories } from './catalog.repository.ts';
import type { AttributeSchema } from './catalog.tables.ts';

export interface CategoryRecord {
  categoryId: string;
  parentId: string | null;
  name: string;
  icon: string;
  sort: number;
  picture: PictureRef | null;
  attributeSchema: AttributeSchema;
  returnable: boolean;
}

export type Categories = ReturnType<typeof createCategories>;

export function createCategories({ db, toPicture }: { db: Db; toPicture: ToPicture }) {
  const kept = new LRUCache<'all', Promise<CategoryRecord[]>>({ max: 1, ttl: minuteMs });

  function all(): Promise<CategoryRecord[]> {
    const known = kept.get('all');
    if (known) return known;
    const loading = listCategories(db) as Promise<CategoryRecord[]>;
    kept.set('all', loading);
    loading.catch(() => kept.delete('all'));
    return loading;
  }

  const find = async (categoryId: string): Promise<CategoryRecord | undefined> =>
    (await all()).find((category) => category.categoryId === categoryId);

  return {
    all,
    find,
    forget: () => kept.clear(),

    /** Which column a category filter names. @throws catalog.category_not_found */
    async scopeOf(categoryId: string | undefined): Promise<{ categoryId?: string; rootCategoryId?: string }> {
      if (categoryId === undefined) return {};
      const category = await find(categoryId);
      if (!category) throw categoryNotFound();
      return category.parentId === null ? { rootCategoryId: categoryId } : { categoryId };
    },

    /** Attributes shoppers can filter by, in the schema's order; of all categories below when it is a parent or none. */
    async filterable(categoryId: string | undefined): Promise<{ key: string; title: string }[]> {
      const titles = new Map<string, string>();
      for (const category of await all()) {
        const isWithin =
          categoryId === undefined || category.categoryId === categoryId || category.parentId === categoryId;
        if (!isWithin) continue;
        for (const [key, property] of Object.entries(category.attributeSchema.properties ?? {})) {
          if (property['x-filter'] && !titles.has(key)) titles.set(key, property.title);
        }
      }
      return [...titles].map(([key, title]) => ({ key, title }));
    },

    async tree(): Promise<Category[]> {
      const rows = await all();
      const shown = ({ picture }: CategoryRecord) => picture && toPicture(picture);
      return rows
        .filter(({ parentId }) => parentId === null)
        .map((root) => ({
          categoryId: root.categoryId,
          name: root.name,
          icon: root.icon,
          picture: shown(root),
          children: rows
            .filter(({ parentId }) => parentId === root.categoryId)
            .map((child) => ({ categoryId: child.categoryId, name: child.name, picture: shown(child) })),
        }));
    },
    async pictures(): Promise<PictureRef[]> {
      return (await all()).flatMap(({ picture }) => picture ?? []);
    },
  };
}
