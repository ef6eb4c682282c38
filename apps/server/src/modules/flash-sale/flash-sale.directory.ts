/** The sales of the day, kept in memory: a rush of thousands asks the database nothing to learn what is on. */
import type { FlashSale, FlashSaleList } from '@xiaopu/contracts';
import { type Clock, hourMs } from '#platform/clock.ts';
import type { Db, Executor } from '#platform/database/database.ts';
import { createDirectory } from '#platform/directory.ts';
import type { PictureRef, ToPicture } from '#platform/picture.ts';
import { type Sale, stateOf } from './flash-sale.domain.ts';
import * as repository from './flash-sale.repository.ts';

export interface SaleGoods {
  shopName: string;
  title: string;
  specText: string;
  picture: PictureRef;
  salePrice: number;
  listPrice: number;
  cost: number;
  shopId: string;
  spuId: string;
  onSale: boolean;
}
export interface FlashDirectoryDeps {
  db: Db;
  clock: Clock;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, SaleGoods>>;
  /** Free units now; undefined where this process cannot say. */
  figures(poolId: string): Promise<{ free: number } | undefined>;
  toPicture: ToPicture;
}

export type FlashDirectory = ReturnType<typeof createFlashDirectory>;

/** What a lost event could keep stale, at most. */
const maxAgeMs = 30_000;
/** How old the remaining numbers of the list may be. */
const figuresMs = 250;
const maxSales = 500;

export function createFlashDirectory({ db, clock, findSkus, figures, toPicture }: FlashDirectoryDeps) {
  let list: { at: number; body: Promise<Buffer> } | undefined;
  const lastFree = new Map<string, number>();
  const sales = createDirectory({
    maxAgeMs,
    async read(executor) {
      const rows = await repository.recentSales(executor, new Date(clock.now().getTime() - hourMs), maxSales);
      const skuIds = [...new Set(rows.map(({ skuId }) => skuId))];
      const goods = skuIds.length === 0 ? new Map<string, SaleGoods>() : await findSkus(executor, skuIds);
      return new Map(rows.map((sale) => [sale.saleId, { sale, goods: goods.get(sale.skuId) }]));
    },
  });

  async function freeOf({ poolId, poolSize }: Sale): Promise<number> {
    const found = await figures(poolId).catch(() => undefined);
    if (found) lastFree.set(poolId, found.free);
    return Math.max(0, lastFree.get(poolId) ?? poolSize);
  }

  async function viewOf(sale: Sale, goods: SaleGoods): Promise<FlashSale> {
    const { saleId, shopId, spuId, skuId, name, flashPrice, poolSize, buyerLimit, holdMs, startsAt, endsAt, tiers } =
      sale;
    const remaining = await freeOf(sale);
    return {
      saleId,
      shopId,
      shopName: goods.shopName,
      spuId,
      skuId,
      name,
      title: goods.title,
      specText: goods.specText,
      picture: toPicture(goods.picture),
      flashPrice,
      salePrice: goods.salePrice,
      listPrice: goods.listPrice,
      poolSize,
      remaining,
      buyerLimit,
      tiers,
      holdSeconds: holdMs / 1_000,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      state: stateOf(sale, remaining, clock.now()),
    };
  }

  async function listNow(): Promise<FlashSaleList> {
    const items: FlashSale[] = [];
    for (const { sale, goods } of (await sales.all(db)).values())
      if (goods?.onSale) items.push(await viewOf(sale, goods));
    return { serverTime: clock.now().toISOString(), items };
  }

  return {
    find: async (executor: Executor, saleId: string): Promise<Sale | undefined> =>
      (await sales.all(executor)).get(saleId)?.sale,
    peek: (saleId: string): Sale | undefined => sales.peek()?.get(saleId)?.sale,
    salesOf: async (executor: Executor, skuIds: ReadonlySet<string>): Promise<Sale[]> =>
      [...(await sales.all(executor)).values()].map(({ sale }) => sale).filter(({ skuId }) => skuIds.has(skuId)),
    freeOf,
    /** Serialised; no statement while nothing changes. */
    list(): Promise<Buffer> {
      const now = performance.now();
      if (list && now - list.at < figuresMs) return list.body;
      const entry = { at: now, body: listNow().then((view) => Buffer.from(JSON.stringify(view))) };
      entry.body.catch(() => {
        if (list === entry) list = undefined;
      });
      list = entry;
      return entry.body;
    },
    async view(saleId: string): Promise<FlashSale | undefined> {
      const found = (await sales.all(db)).get(saleId);
      return found?.goods && viewOf(found.sale, found.goods);
    },
    forget(): void {
      sales.forget();
      list = undefined;
    },
  };
}
