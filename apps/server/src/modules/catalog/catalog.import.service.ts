/** Excel in and out. An import is a job in the database: it goes on where it was after a restart, each product once. */

import type { Readable } from 'node:stream';
import type { ImportJob } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import { type Clock, minuteMs } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import type { Categories } from './catalog.categories.ts';
import { listForExport, listSkus, listTakenSkuCodes, listTakenSpuCodes } from './catalog.console.repository.ts';
import type { CatalogConsole } from './catalog.console.service.ts';
import { importFileRefused, importNotFound, importNotReady, importTooLarge } from './catalog.errors.ts';
import { goodsCells } from './catalog.goods.ts';
import { importMaxRows, importMegabytes } from './catalog.policies.ts';
import type { PicturePort, StockPort } from './catalog.ports.ts';
import { attributeText, checkSheet, columns, exampleRows } from './catalog.sheet.ts';
import type { ImportError, ImportProduct } from './catalog.tables.ts';
import { type Cell, readWorkbook, writeWorkbook } from './catalog.xlsx.ts';

export interface CatalogImportDependencies {
  database: Database;
  clock: Clock;
  policies: Policies;
  categories: Categories;
  products: Pick<CatalogConsole, 'create'>;
  stock: Pick<StockPort, 'levels'>;
  pictures: PicturePort;
}

export type CatalogImport = ReturnType<typeof createCatalogImport>;

const listedJobs = 30;
const exportBatch = 100;
/** A worker that died is succeeded after this long. */
const claimMs = 2 * minuteMs;
/** Errors kept of one sheet: more than anybody fixes in one go. */
const keptErrors = 500;

export function createCatalogImport({
  database,
  clock,
  policies,
  categories,
  products,
  stock,
  pictures,
}: CatalogImportDependencies) {
  const { db, inTransaction } = database;

  async function get(executor: Executor, shopId: string, jobId: string): Promise<ImportJob> {
    const row = await executor
      .selectFrom('catalog.importJob')
      .selectAll()
      .where('shopId', '=', shopId)
      .where('jobId', '=', jobId)
      .executeTakeFirst();
    if (!row) throw importNotFound();
    return toJob(row);
  }

  /** Faults only the database knows of: codes that exist, pictures that do not. */
  async function checkAgainstShop(
    executor: Executor,
    shopId: string,
    checked: ReturnType<typeof checkSheet>,
  ): Promise<ReturnType<typeof checkSheet>> {
    const { products: candidates } = checked;
    const [spuCodes, skuCodes, known] = await Promise.all([
      listTakenSpuCodes(
        executor,
        shopId,
        candidates.map(({ spuCode }) => spuCode),
      ),
      listTakenSkuCodes(
        executor,
        shopId,
        candidates.flatMap(({ input }) => input.skus.map(({ skuCode }) => skuCode)),
      ),
      pictures(executor, shopId, [...new Set(candidates.flatMap(({ input }) => input.galleryMediaIds))]),
    ]);
    const errors = [...checked.errors];
    const kept = candidates.filter(({ spuCode, row, input }) => {
      const before = errors.length;
      if (spuCodes.includes(spuCode)) errors.push({ row, column: '商品编码*', message: '这个商品编码已经存在' });
      for (const { skuCode } of input.skus)
        if (skuCodes.includes(skuCode))
          errors.push({ row, column: 'SKU编码*', message: `SKU 编码已经存在：${skuCode}` });
      if (input.galleryMediaIds.some((mediaId) => !known.has(mediaId)))
        errors.push({ row, column: '图片编号', message: '有图片不在本店素材库中' });
      return errors.length === before;
    });
    return {
      ...checked,
      products: kept,
      validRows: kept.reduce((sum, { rows }) => sum + rows, 0),
      errors: errors.sort((a, b) => a.row - b.row),
    };
  }

  /** Claims the oldest job that is due, for a while. */
  const claim = () =>
    inTransaction(async (tx) => {
      const now = clock.now();
      const due = await tx
        .selectFrom('catalog.importJob')
        .select('jobId')
        .where('state', '=', 'importing')
        .where((eb) => eb.or([eb('claimedUntil', 'is', null), eb('claimedUntil', '<', now)]))
        .orderBy('createdAt')
        .limit(1)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
      if (!due) return undefined;
      await tx
        .updateTable('catalog.importJob')
        .set({ claimedUntil: new Date(now.getTime() + claimMs) })
        .where('jobId', '=', due.jobId)
        .execute();
      return due.jobId;
    });

  /** Makes the next product of a job, or ends it. The position moves with the product, so a crash repeats nothing. */
  async function step(jobId: string): Promise<boolean> {
    try {
      return await inTransaction(async (tx) => {
        const job = await tx
          .selectFrom('catalog.importJob')
          .select(['shopId', 'nextProduct', sql<ImportProduct | null>`content -> next_product`.as('product')])
          .where('jobId', '=', jobId)
          .where('state', '=', 'importing')
          .forUpdate()
          .executeTakeFirst();
        if (!job) return false;
        if (!job.product) {
          await tx
            .updateTable('catalog.importJob')
            .set({ state: 'done', finishedAt: clock.now(), claimedUntil: null })
            .where('jobId', '=', jobId)
            .execute();
          return false;
        }
        await products.create(tx, job.shopId, job.product.input, { spuCode: job.product.spuCode });
        await advance(tx, jobId, job.product.rows, 1);
        return true;
      });
    } catch (error) {
      if (!(error instanceof AppError) && !isConstraint(error)) throw error;
      const message = error instanceof AppError ? error.message : '商品编码或 SKU 编码已经存在';
      await inTransaction((tx) => skip(tx, jobId, message));
      return true;
    }
  }

  const advance = (tx: Tx, jobId: string, rows: number, made: number) =>
    tx
      .updateTable('catalog.importJob')
      .set((eb) => ({
        nextProduct: eb('nextProduct', '+', 1),
        processedRows: eb('processedRows', '+', rows),
        products: eb('products', '+', made),
        claimedUntil: new Date(clock.now().getTime() + claimMs),
      }))
      .where('jobId', '=', jobId)
      .execute();

  async function skip(tx: Tx, jobId: string, message: string): Promise<void> {
    const job = await tx
      .selectFrom('catalog.importJob')
      .select([sql<ImportProduct | null>`content -> next_product`.as('product')])
      .where('jobId', '=', jobId)
      .forUpdate()
      .executeTakeFirst();
    if (!job?.product) return;
    const fault: ImportError[] = [{ row: job.product.row, column: '商品编码*', message }];
    await sql`update catalog.import_job set errors = errors || ${JSON.stringify(fault)}::jsonb where job_id = ${jobId}`.execute(
      tx,
    );
    await advance(tx, jobId, job.product.rows, 0);
  }

  async function* exportRows(shopId: string): AsyncGenerator<Cell[]> {
    const byId = new Map((await categories.all()).map((category) => [category.categoryId, category]));
    for (let after: string | undefined; ; ) {
      const spus = await listForExport(db, shopId, after, exportBatch);
      if (spus.length === 0) return;
      const skus = await listSkus(
        db,
        spus.map(({ spuId }) => spuId),
      );
      const levels = await stock.levels(
        db,
        skus.map(({ skuId }) => skuId),
      );
      const bySpu = Map.groupBy(skus, ({ spuId }) => spuId);
      for (const spu of spus) {
        const category = byId.get(spu.categoryId);
        const parent = byId.get(spu.rootCategoryId);
        for (const [index, sku] of (bySpu.get(spu.spuId) ?? []).entries()) {
          const once = <T extends Cell>(value: T): T | null => (index === 0 ? value : null);
          yield [
            spu.spuCode,
            once(spu.title),
            once(spu.brief),
            once(category && parent ? `${parent.name}/${category.name}` : ''),
            once(spu.specNames.join('/')),
            sku.specs.join('/'),
            sku.skuCode,
            sku.salePrice / 100,
            sku.listPrice / 100,
            sku.cost / 100,
            sku.weightGrams,
            sku.barcode,
            levels.get(sku.skuId)?.onHand ?? 0,
            once(category ? attributeText(spu.attributes, category) : ''),
            once(spu.services.join('、')),
            once(spu.shipsFrom),
            once(spu.gallery.map(({ mediaId }) => mediaId).join(',')),
            ...goodsCells(spu.goods).map(once),
          ];
        }
      }
      after = spus.at(-1)?.spuId;
    }
  }

  const sheetOf = (rows: Iterable<Cell[]> | AsyncIterable<Cell[]>) => ({
    name: '商品',
    widths: columns.map(({ width }) => width),
    header: columns.map(({ title }) => title),
    rows,
  });

  return {
    get,
    maxBytes: (shopId: string): number => policies.get(importMegabytes, shopId) * 1024 * 1024,

    async list(executor: Executor, shopId: string): Promise<ImportJob[]> {
      const rows = await executor
        .selectFrom('catalog.importJob')
        .selectAll()
        .where('shopId', '=', shopId)
        .orderBy('createdAt', 'desc')
        .limit(listedJobs)
        .execute();
      return rows.map(toJob);
    },

    /** Reads a workbook without changing any product. @throws catalog.import_file_refused, catalog.import_too_large */
    async read(shopId: string, bytes: Uint8Array): Promise<ReturnType<typeof checkSheet>> {
      const cells = await readWorkbook(bytes).catch(() => {
        throw importFileRefused();
      });
      const maxRows = policies.get(importMaxRows, shopId);
      if (cells.length - 1 > maxRows) throw importTooLarge({ maxRows });
      return checkAgainstShop(db, shopId, checkSheet(cells, { categories: await categories.all() }));
    },
    /** Keeps the dry run as a job. @returns its id */
    async keep(tx: Tx, shopId: string, fileName: string, checked: ReturnType<typeof checkSheet>): Promise<string> {
      const jobId = newId();
      const hasNothing = checked.products.length === 0;
      await tx
        .insertInto('catalog.importJob')
        .values({
          jobId,
          shopId,
          fileName: fileName.slice(-120),
          state: hasNothing ? 'failed' : 'checked',
          content: JSON.stringify(checked.products),
          errors: JSON.stringify(checked.errors.slice(0, keptErrors)),
          rowCount: checked.rows,
          validRows: checked.validRows,
          processedRows: 0,
          nextProduct: 0,
          products: 0,
          claimedUntil: null,
          createdAt: clock.now(),
          finishedAt: hasNothing ? clock.now() : null,
        })
        .execute();
      return jobId;
    },
    /** Lets the worker begin; a job that runs or ran is a conflict. */
    async commit(tx: Tx, shopId: string, jobId: string): Promise<void> {
      const { numUpdatedRows } = await tx
        .updateTable('catalog.importJob')
        .set({ state: 'importing' })
        .where('shopId', '=', shopId)
        .where('jobId', '=', jobId)
        .where('state', '=', 'checked')
        .executeTakeFirst();
      if (numUpdatedRows === 1n) return;
      await get(tx, shopId, jobId);
      throw importNotReady();
    },
    /** For a sweep. @returns products handled */
    async run(): Promise<number> {
      const jobId = await claim();
      if (!jobId) return 0;
      let handled = 0;
      while (await step(jobId)) handled += 1;
      return handled + 1;
    },

    exportStream: (shopId: string): Readable => writeWorkbook([sheetOf(exportRows(shopId))]),
    async templateStream(): Promise<Readable> {
      const all = await categories.all();
      const nameOf = new Map(all.map(({ categoryId, name }) => [categoryId, name]));
      const hints = all
        .filter(({ parentId }) => parentId !== null)
        .map(({ parentId, name, attributeSchema }): Cell[] => [
          `${nameOf.get(parentId ?? '') ?? ''}/${name}`,
          Object.entries(attributeSchema.properties)
            .map(
              ([key, { title, enum: values }]) =>
                `${title}${attributeSchema.required?.includes(key) ? '*' : ''}${values ? `(${values.join('|')})` : ''}`,
            )
            .join(';'),
        ]);
      return writeWorkbook([
        sheetOf(exampleRows),
        { name: '分类与属性', widths: [24, 120], header: ['分类', '属性（带 * 上架必填）'], rows: hints },
      ]);
    },
  };
}

const isConstraint = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('23');

interface JobRow {
  jobId: string;
  fileName: string;
  state: ImportJob['state'];
  rowCount: number;
  validRows: number;
  processedRows: number;
  products: number;
  errors: ImportError[];
  createdAt: Date;
  finishedAt: Date | null;
}
const toJob = ({
  jobId,
  fileName,
  state,
  rowCount,
  validRows,
  processedRows,
  products,
  errors,
  createdAt,
  finishedAt,
}: JobRow): ImportJob => ({
  jobId,
  fileName,
  state,
  rows: rowCount,
  validRows,
  processedRows,
  products,
  errors,
  createdAt: createdAt.toISOString(),
  finishedAt: finishedAt?.toISOString() ?? null,
});
