/** What recommenders read of the catalogue: where goods belong, what sells, and cards of what may be shown. A statement each. */
import type { ProductCard } from '@xiaopu/contracts';
import { sql } from 'kysely';
import type { Executor } from '#platform/database/database.ts';
import { type CardMaker, cardColumns, coverColumn } from './catalog.cards.ts';
import { listProducts } from './catalog.list.repository.ts';

export interface ProductMark {
  shopId: string;
  categoryId: string;
  rootCategoryId: string;
}

export const createRecommending = ({ toCard }: { toCard: CardMaker }) => ({
  /** Shop and categories by product; unknown ones are absent. */
  async marks(executor: Executor, spuIds: string[]): Promise<Map<string, ProductMark>> {
    if (spuIds.length === 0) return new Map();
    const rows = await executor
      .selectFrom('catalog.spu')
      .select(['spuId', 'shopId', 'categoryId', 'rootCategoryId'])
      .where('spuId', 'in', [...new Set(spuIds)])
      .execute();
    return new Map(rows.map(({ spuId, ...mark }) => [spuId, mark]));
  },

  /** The best placed of each category that can be bought now. */
  async goodsOnSale(executor: Executor, perCategory: number) {
    const { rows } = await sql<{
      spuId: string;
      shopId: string;
      categoryId: string;
      rootCategoryId: string;
      categoryName: string;
      salePrice: number;
      soldCount: number;
    }>`
      select s.*, c.name as category_name from catalog.category c cross join lateral (
        select spu_id, shop_id, category_id, root_category_id, sale_price, sold_count from catalog.spu
        where category_id = c.category_id and status = 'on_sale' and in_stock
        order by in_stock desc, score desc, spu_id desc limit ${perCategory}) s`.execute(executor);
    return rows;
  },

  /** Cards of those that can be bought now; the others are absent. `known`: shown in words only, so bought or not. */
  async buyableCards(
    executor: Executor,
    spuIds: readonly string[],
    known: readonly string[] = [],
  ): Promise<{ cards: Map<string, ProductCard>; titles: Map<string, string> }> {
    if (spuIds.length === 0) return { cards: new Map(), titles: new Map() };
    const rows = await executor
      .selectFrom('catalog.spu')
      .select([...cardColumns, coverColumn, 'status'])
      .where('spuId', 'in', [...new Set([...spuIds, ...known])])
      .where('status', '!=', 'draft')
      .where(sql<boolean>`jsonb_array_length(gallery) > 0`)
      .execute();
    const buyable = rows.filter(({ status, inStock }) => status === 'on_sale' && inStock);
    return {
      cards: new Map(buyable.map((row) => [row.spuId, toCard(row)])),
      titles: new Map(rows.map(({ spuId, title }) => [spuId, title])),
    };
  },

  /** What sells best and can be bought, of a shop or of all: the same for everybody. */
  async bestSellers(executor: Executor, { shopId, limit }: { shopId?: string | undefined; limit: number }) {
    const rows = await listProducts(executor, { order: 'default', inStock: true, shopId, limit });
    return rows.map(toCard);
  },
});
