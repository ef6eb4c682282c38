/** The merchant's side: drafts, versioned edits, publishing. Every use case takes the shop first. */
import type {
  BatchResult,
  ConsoleCategories,
  ConsoleProduct,
  ConsoleProductPage,
  ConsoleProductQuery,
  ProductInput,
} from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import { type Executor, isUniqueViolation, type Tx } from '#platform/database/database.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { PictureRef, ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import type { Categories, CategoryRecord } from './catalog.categories.ts';
import * as repository from './catalog.console.repository.ts';
import { pageOfShop } from './catalog.console-list.repository.ts';
import { popularity, publishObstacles, stockFlags } from './catalog.domain.ts';
import {
  categoryRefused,
  editConflict,
  goodsRefused,
  pictureUnknown,
  priceRefused,
  productNotFound,
  publishRefused,
  skuCodeTaken,
  skuUnknown,
  specsMismatch,
} from './catalog.errors.ts';
import { goodsFault } from './catalog.goods.ts';
import { defaultSafetyStock } from './catalog.policies.ts';
import type { PicturePort, StockPort, TextPort } from './catalog.ports.ts';
import type { StoredDetailBlock } from './catalog.tables.ts';

export interface CatalogConsoleDependencies {
  clock: Clock;
  outbox: Outbox;
  policies: Policies;
  toPicture: ToPicture;
  stock: StockPort;
  pictures: PicturePort;
  text: Pick<TextPort, 'vectorOf' | 'allOf'>;
  categories: Categories;
}

export type CatalogConsole = ReturnType<typeof createCatalogConsole>;

const noStock = { onHand: 0, reserved: 0, available: 0, safetyStock: 0 };

export function createCatalogConsole({
  clock,
  outbox,
  policies,
  toPicture,
  stock,
  pictures,
  text,
  categories,
}: CatalogConsoleDependencies) {
  async function leafCategory(categoryId: string): Promise<CategoryRecord> {
    const category = await categories.find(categoryId);
    if (!category || category.parentId === null) throw categoryRefused();
    return category;
  }

  /** Every picture the input names, of this shop. @throws catalog.picture_unknown */
  async function picturesOf(tx: Tx, shopId: string, input: ProductInput): Promise<(mediaId: string) => PictureRef> {
    const wanted = new Set([
      ...input.galleryMediaIds,
      ...(input.video ? [input.video.posterMediaId] : []),
      ...input.skus.flatMap(({ pictureMediaId }) => pictureMediaId ?? []),
      ...input.detail.flatMap((block) => (block.kind === 'picture' ? block.mediaId : [])),
    ]);
    const found = await pictures(tx, shopId, [...wanted]);
    const missing = [...wanted].filter((mediaId) => !found.has(mediaId));
    if (missing.length > 0) throw pictureUnknown({ mediaIds: missing });
    return (mediaId) => found.get(mediaId) as PictureRef;
  }

  function checkSkus({ specNames, skus, goods }: ProductInput): void {
    const fault = goods && goodsFault(goods);
    if (fault) throw goodsRefused({ fault });
    const seen = new Set<string>();
    const codes = new Set<string>();
    for (const { skuCode, specs, salePrice, listPrice } of skus) {
      const key = specs.join('\u0000');
      if (specs.length !== specNames.length || seen.has(key)) throw specsMismatch({ skuCode });
      if (codes.has(skuCode)) throw skuCodeTaken({ skuCodes: [skuCode] });
      if (listPrice < salePrice) throw priceRefused({ skuCode });
      seen.add(key);
      codes.add(skuCode);
    }
  }

  async function columnsOf(tx: Tx, shopId: string, input: ProductInput, category: CategoryRecord) {
    const refOf = await picturesOf(tx, shopId, input);
    const parent = await categories.find(category.parentId ?? '');
    const keywords = [category.name, ...(parent ? [parent.name] : [])];
    const cheapest = input.skus.reduce((low, sku) => (sku.salePrice < low.salePrice ? sku : low));
    const detail: StoredDetailBlock[] = input.detail.map((block) =>
      block.kind === 'picture' ? { kind: 'picture', picture: refOf(block.mediaId) } : block,
    );
    const title = input.title.trim();
    return {
      refOf,
      columns: {
        categoryId: category.categoryId,
        rootCategoryId: category.parentId ?? category.categoryId,
        title,
        brief: input.brief,
        keywords,
        gallery: JSON.stringify(input.galleryMediaIds.map((mediaId) => ({ ...refOf(mediaId), alt: title }))),
        video: input.video && JSON.stringify({ url: input.video.url, poster: refOf(input.video.posterMediaId) }),
        specNames: input.specNames,
        attributes: JSON.stringify(input.attributes),
        services: input.services,
        detail: JSON.stringify(detail),
        shipsFrom: input.shipsFrom,
        // What is delivered or used at once is not taken back without a reason.
        returnable: category.returnable && !input.goods,
        goods: input.goods ? JSON.stringify(input.goods) : null,
        skuCount: input.skus.length,
        salePrice: cheapest.salePrice,
        salePriceMax: Math.max(...input.skus.map(({ salePrice }) => salePrice)),
        listPrice: cheapest.listPrice,
        searchVector: text.vectorOf({ title, keywords, brief: input.brief }),
        updatedAt: clock.now(),
      },
    };
  }

  /** Stores the SKUs and opens a stock level for each new one; returns what the lists show of the stock. */
  async function saveSkus(
    tx: Tx,
    shopId: string,
    spuId: string,
    input: ProductInput,
    known: ReadonlySet<string>,
    refOf: (mediaId: string) => PictureRef,
  ) {
    const taken = await repository.listTakenSkuCodes(
      tx,
      shopId,
      input.skus.map(({ skuCode }) => skuCode),
      spuId,
    );
    if (taken.length > 0) throw skuCodeTaken({ skuCodes: taken });
    const rows = input.skus.map((sku, position) => {
      if (sku.skuId !== undefined && !known.has(sku.skuId)) throw skuUnknown({ skuId: sku.skuId });
      return {
        spuId,
        shopId,
        skuId: sku.skuId ?? newId(),
        skuCode: sku.skuCode,
        position,
        specs: sku.specs,
        salePrice: sku.salePrice,
        listPrice: sku.listPrice,
        cost: sku.cost,
        weightGrams: sku.weightGrams,
        barcode: sku.barcode ?? '',
        picture: sku.pictureMediaId ? JSON.stringify(refOf(sku.pictureMediaId)) : null,
        retiredAt: null,
      };
    });
    await repository.replaceSkus(tx, spuId, rows, clock.now()).catch((error: unknown) => {
      // Somebody took the code since it was looked up.
      throw isUniqueViolation(error) ? skuCodeTaken({ skuCodes: rows.map(({ skuCode }) => skuCode) }) : error;
    });
    const safetyStock = policies.get(defaultSafetyStock, shopId);
    // Of card codes there are as many as were added.
    const isStocked = !(input.goods?.kind === 'virtual' && input.goods.delivery === 'code');
    const fresh = rows.flatMap(({ skuId }, index) =>
      known.has(skuId)
        ? []
        : [{ skuId, spuId, shopId, onHand: isStocked ? (input.skus[index]?.initialStock ?? 0) : 0, safetyStock }],
    );
    if (fresh.length > 0) await stock.createLevels(tx, fresh);
    const levels = await stock.levels(
      tx,
      rows.map(({ skuId }) => skuId),
    );
    const soleSkuId = rows.length === 1 ? (rows[0]?.skuId ?? null) : null;
    return { ...stockFlags(levels.values()), soleSkuId };
  }

  const service = {
    async page(db: Executor, shopId: string, query: ConsoleProductQuery): Promise<ConsoleProductPage> {
      const { q, ...filter } = query;
      const { items, total } = await pageOfShop(db, shopId, {
        ...filter,
        ...(q?.trim() && { text: { typed: q.trim(), tsquery: text.allOf(q) } }),
      });
      return {
        items: items.map(({ cover, updatedAt, ...row }) => ({
          ...row,
          picture: cover && toPicture(cover),
          updatedAt: updatedAt.toISOString(),
        })),
        total,
        page: query.page,
        pageSize: query.pageSize,
      };
    },

    async get(db: Executor, shopId: string, spuId: string): Promise<ConsoleProduct> {
      const spu = await repository.findSpu(db, shopId, spuId);
      if (!spu) throw productNotFound();
      const skus = await repository.listSkus(db, [spuId]);
      const levels = await stock.levels(
        db,
        skus.map(({ skuId }) => skuId),
      );
      return {
        spuId,
        shopId,
        status: spu.status,
        version: spu.version,
        title: spu.title,
        brief: spu.brief,
        categoryId: spu.categoryId,
        gallery: spu.gallery.map(toPicture),
        video: spu.video && { url: spu.video.url, poster: toPicture(spu.video.poster) },
        specNames: spu.specNames,
        skus: skus.map(({ skuId, skuCode, specs, salePrice, listPrice, cost, weightGrams, barcode, picture }) => {
          const { onHand, reserved, available } = levels.get(skuId) ?? noStock;
          return {
            skuId,
            skuCode,
            specs,
            salePrice,
            listPrice,
            cost,
            weightGrams,
            barcode,
            picture: picture && toPicture(picture),
            onHand,
            reserved,
            available,
          };
        }),
        attributes: spu.attributes,
        services: spu.services,
        detail: spu.detail.map((block) =>
          block.kind === 'picture'
            ? { kind: 'picture' as const, mediaId: block.picture.mediaId, picture: toPicture(block.picture) }
            : block,
        ),
        shipsFrom: spu.shipsFrom,
        goods: spu.goods,
        soldCount: spu.soldCount,
        updatedAt: spu.updatedAt.toISOString(),
      };
    },

    /** Makes a draft. @returns its id */
    async create(tx: Tx, shopId: string, input: ProductInput, { spuCode }: { spuCode?: string } = {}): Promise<string> {
      checkSkus(input);
      const category = await leafCategory(input.categoryId);
      const spuId = newId();
      const { columns, refOf } = await columnsOf(tx, shopId, input, category);
      const now = clock.now();
      await repository.insertSpu(tx, {
        ...columns,
        spuId,
        shopId,
        spuCode: spuCode ?? `P${spuId.replaceAll('-', '').slice(-12).toUpperCase()}`,
        status: 'draft',
        version: 1,
        soleSkuId: null,
        soldCount: 0,
        available: 0,
        inStock: false,
        scarce: false,
        score: 0,
        reviewHead: null,
        publishedAt: null,
        createdAt: now,
      });
      await repository.updateSpu(tx, spuId, await saveSkus(tx, shopId, spuId, input, new Set(), refOf));
      return spuId;
    },

    /** Changes a product as it was read: another edit in between is a conflict, and nothing is written. */
    async update(tx: Tx, shopId: string, spuId: string, input: ProductInput): Promise<void> {
      checkSkus(input);
      const category = await leafCategory(input.categoryId);
      const [spu] = await repository.lockSpus(tx, shopId, [spuId]);
      if (!spu) throw productNotFound();
      if (input.version !== undefined && input.version !== spu.version)
        throw editConflict({ currentVersion: spu.version });
      // Who has ordered it is waiting for what it was.
      if (spu.publishedAt && (spu.goods?.kind ?? null) !== (input.goods?.kind ?? null))
        throw goodsRefused({ fault: '商品上架过，不能再改商品类型；请新建一个商品' });
      if (spu.status === 'on_sale') refuseObstacles(input, category);
      const known = new Set((await repository.listSkus(tx, [spuId])).map(({ skuId }) => skuId));
      const { columns, refOf } = await columnsOf(tx, shopId, input, category);
      const flags = await saveSkus(tx, shopId, spuId, input, known, refOf);
      await repository.updateSpu(tx, spuId, { ...columns, ...flags, version: spu.version + 1 });
      await outbox.publish(tx, 'catalog.product_changed', { spuId, shopId });
    },

    /** Puts products on sale; what stands in the way of one does not hold up the others. */
    async publish(tx: Tx, shopId: string, spuIds: string[]): Promise<BatchResult> {
      const result: BatchResult = { done: [], failed: [] };
      const rows = new Map((await repository.lockSpus(tx, shopId, spuIds)).map((spu) => [spu.spuId, spu]));
      const skus = Map.groupBy(await repository.listSkus(tx, spuIds), ({ spuId }) => spuId);
      for (const spuId of new Set(spuIds)) {
        const spu = rows.get(spuId);
        try {
          if (!spu) throw productNotFound();
          const category = await leafCategory(spu.categoryId);
          const obstacles = publishObstacles({
            gallerySize: spu.gallery.length,
            skus: skus.get(spuId) ?? [],
            attributes: spu.attributes,
            schema: category.attributeSchema,
          });
          if (obstacles.length > 0) throw publishRefused({ obstacles });
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          result.failed.push({ id: spuId, code: error.code, message: error.message });
          continue;
        }
        if (spu.status !== 'on_sale') {
          // The first time counts: taking it off and on again does not make it new.
          const publishedAt = spu.publishedAt ?? clock.now();
          await repository.updateSpu(tx, spuId, {
            status: 'on_sale',
            publishedAt,
            score: popularity(spu.soldCount, publishedAt),
            version: spu.version + 1,
            updatedAt: clock.now(),
          });
          await outbox.publish(tx, 'catalog.product_published', { spuId, shopId });
        }
        result.done.push(spuId);
      }
      return result;
    },

    async unpublish(tx: Tx, shopId: string, spuIds: string[]): Promise<BatchResult> {
      const result: BatchResult = { done: [], failed: [] };
      const rows = new Map((await repository.lockSpus(tx, shopId, spuIds)).map((spu) => [spu.spuId, spu]));
      for (const spuId of new Set(spuIds)) {
        const spu = rows.get(spuId);
        if (!spu) {
          const { code, message } = productNotFound();
          result.failed.push({ id: spuId, code, message });
          continue;
        }
        if (spu.status === 'on_sale') {
          await repository.updateSpu(tx, spuId, {
            status: 'off_sale',
            version: spu.version + 1,
            updatedAt: clock.now(),
          });
          await outbox.publish(tx, 'catalog.product_unpublished', { spuId, shopId });
        }
        result.done.push(spuId);
      }
      return result;
    },

    async categories(db: Executor, shopId: string): Promise<ConsoleCategories> {
      const [all, counts] = await Promise.all([categories.all(), repository.countByCategory(db, shopId)]);
      return {
        categories: all.map(({ categoryId, parentId, name, icon, sort, picture, attributeSchema }) => ({
          categoryId,
          parentId,
          name,
          icon,
          sort,
          picture: picture && toPicture(picture),
          productCount: counts.get(categoryId) ?? 0,
          attributeSchema: { ...attributeSchema },
        })),
      };
    },
  };

  function refuseObstacles(input: ProductInput, category: CategoryRecord): void {
    const obstacles = publishObstacles({
      gallerySize: input.galleryMediaIds.length,
      skus: input.skus,
      attributes: input.attributes,
      schema: category.attributeSchema,
    });
    if (obstacles.length > 0) throw publishRefused({ obstacles });
  }
  return service;
}
