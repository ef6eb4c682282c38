/** Lists, search results and the home picks: one statement each, keyset, no count. */
import { type ExpressionBuilder, type RawBuilder, sql } from 'kysely';
import type { Executor, Tables } from '#platform/database/database.ts';
import { type CardRow, cardColumns, coverColumn } from './catalog.cards.ts';
import { groupFilters, type ListOrder, type Position, storedForms } from './catalog.domain.ts';

export interface ListFilter {
  categoryId?: string | undefined;
  rootCategoryId?: string | undefined;
  shopId?: string | undefined;
  attr?: readonly string[] | undefined;
  priceMin?: number | undefined;
  priceMax?: number | undefined;
  inStock?: boolean | undefined;
  /** Left out: shown elsewhere on the same page. */
  except?: readonly string[] | undefined;
}

/** A query as the search module understood it: what matches, and what each word is worth. */
export interface TextQuery {
  tsquery: string;
  terms: { tsquery: string; weight: number }[];
}

export interface ListRequest extends ListFilter {
  order: ListOrder;
  after?: Position | undefined;
  limit: number;
}

type SpuBuilder = ExpressionBuilder<Tables, 'catalog.spu'>;

const conditions = (filter: ListFilter) => (eb: SpuBuilder) => {
  const all = [eb('status', '=', 'on_sale')];
  if (filter.categoryId) all.push(eb('categoryId', '=', filter.categoryId));
  if (filter.rootCategoryId) all.push(eb('rootCategoryId', '=', filter.rootCategoryId));
  if (filter.shopId) all.push(eb('shopId', '=', filter.shopId));
  if (filter.priceMin !== undefined) all.push(eb('salePrice', '>=', filter.priceMin));
  if (filter.priceMax !== undefined) all.push(eb('salePrice', '<=', filter.priceMax));
  if (filter.inStock) all.push(eb('inStock', '=', true));
  if (filter.except?.length) all.push(eb('spuId', 'not in', [...filter.except]));
  for (const [key, values] of groupFilters(filter.attr)) {
    const forms = values.flatMap(storedForms).map((value) => JSON.stringify({ [key]: value }));
    all.push(eb.or(forms.map((form) => sql<boolean>`attributes @> ${form}::jsonb`)));
  }
  return eb.and(all);
};

const orders: Record<Exclude<ListOrder, 'relevance'>, { columns: string; direction: 'asc' | 'desc' }> = {
  default: { columns: 'in_stock, score, spu_id', direction: 'desc' },
  sales: { columns: 'sold_count, spu_id', direction: 'desc' },
  newest: { columns: 'published_at, spu_id', direction: 'desc' },
  price_asc: { columns: 'sale_price, spu_id', direction: 'asc' },
  price_desc: { columns: 'sale_price, spu_id', direction: 'desc' },
};
const casts: Record<ListOrder, string[]> = {
  default: ['boolean', 'double precision', 'uuid'],
  sales: ['integer', 'uuid'],
  newest: ['timestamptz', 'uuid'],
  price_asc: ['integer', 'uuid'],
  price_desc: ['integer', 'uuid'],
  relevance: ['double precision', 'uuid'],
};

const comparison = (
  order: ListOrder,
  columns: string,
  direction: 'asc' | 'desc',
  after: Position,
): RawBuilder<boolean> => {
  const values = sql.join(after.map((value, index) => sql`${value}::${sql.raw(casts[order][index] ?? 'text')}`));
  return sql<boolean>`(${sql.raw(columns)}) ${sql.raw(direction === 'asc' ? '>' : '<')} (${values})`;
};

export type ListRow = CardRow & { score: number; relevance?: number };

export function listProducts(db: Executor, { order, after, limit, ...filter }: ListRequest): Promise<ListRow[]> {
  const { columns, direction } = orders[order as Exclude<ListOrder, 'relevance'>];
  return db
    .selectFrom('catalog.spu')
    .select([...cardColumns, 'score', coverColumn])
    .where(conditions(filter))
    .$if(after !== undefined, (query) => query.where(comparison(order, columns, direction, after as Position)))
    .orderBy(
      sql.raw(
        columns
          .split(', ')
          .map((column) => `${column} ${direction}`)
          .join(', '),
      ),
    )
    .limit(limit)
    .execute();
}

/** Ranks at most this many matches of a query; the more popular ones are kept when a word is in half the shop. */
const rankedMatches = 3_000;
/** A match worth less than this share of the best one is noise: a single character in common. */
const relevanceFloor = 0.3;

/** Weights of title, keywords and category, brief: see ts_rank's {D, C, B, A}. */
const fieldWeights = '{0.05, 0.35, 0.7, 1.0}';

export interface SearchRequest extends ListRequest {
  text: TextQuery;
  /** Share by which sales lift a match, 0.06 = 6 % for each tenfold. */
  salesWeight: number;
  /** 0 keeps every match: for measuring. */
  relevanceFloor?: number;
}

const ranked = (text: TextQuery, filter: ListFilter, salesWeight: number, db: Executor, floor = relevanceFloor) =>
  db
    .with('matched', (cte) =>
      cte
        .selectFrom('catalog.spu')
        .selectAll()
        .where(conditions(filter))
        .where(sql<boolean>`search_vector @@ ${text.tsquery}::tsquery`)
        .orderBy('score', 'desc')
        .limit(rankedMatches),
    )
    .with('rated', (cte) =>
      cte.selectFrom('matched').select([
        ...cardColumns,
        'score',
        'attributes',
        coverColumn,
        sql<number>`(
          select sum(term.weight * ts_rank(${fieldWeights}::float4[], search_vector, term.query, 0))
          from unnest(${text.terms.map(({ tsquery }) => tsquery)}::tsquery[], ${text.terms.map(({ weight }) => weight)}::float8[])
            as term (query, weight)
        ) * (1 + ${salesWeight} * log((1 + sold_count)::numeric)::double precision)`.as('relevance'),
      ]),
    )
    .with('kept', (cte) =>
      cte
        .selectFrom(
          cte.selectFrom('rated').selectAll().select(sql<number>`max(relevance) over ()`.as('best')).as('compared'),
        )
        .selectAll()
        .where(sql<boolean>`relevance >= best * ${floor}`),
    );

export function searchProducts(
  db: Executor,
  { text, salesWeight, relevanceFloor: floor, order, after, limit, ...filter }: SearchRequest,
): Promise<ListRow[]> {
  const { columns, direction } =
    order === 'relevance' ? { columns: 'relevance, spu_id', direction: 'desc' as const } : orders[order];
  return ranked(text, filter, salesWeight, db, floor)
    .selectFrom('kept')
    .select([...cardColumns, 'score', 'cover', 'relevance'])
    .$if(after !== undefined, (query) => query.where(comparison(order, columns, direction, after as Position)))
    .orderBy(
      sql.raw(
        columns
          .split(', ')
          .map((column) => `${column} ${direction}`)
          .join(', '),
      ),
    )
    .limit(limit)
    .execute();
}

export interface FacetRow {
  attributes: Record<string, string | number | boolean>;
  salePrice: number;
}

export const facetLimit = 1_000;

/** What the facets are counted from; attribute filters are applied by the caller, key by key. */
export function listForFacets(
  db: Executor,
  filter: ListFilter,
  text: TextQuery | undefined,
  salesWeight: number,
): Promise<FacetRow[]> {
  if (text) {
    return ranked(text, filter, salesWeight, db)
      .selectFrom('kept')
      .select(['attributes', 'salePrice'])
      .limit(facetLimit)
      .execute();
  }
  return db
    .selectFrom('catalog.spu')
    .select(['attributes', 'salePrice'])
    .where(conditions(filter))
    .limit(facetLimit)
    .execute();
}

/** The best sellers and the newest in stock, `count` of each, in one statement. */
export const listHomeCandidates = (db: Executor, count: number) => {
  const best = (column: 'soldCount' | 'publishedAt', source: 'hot' | 'newest') =>
    db
      .selectFrom('catalog.spu')
      .select([...cardColumns, 'score', coverColumn, sql<typeof source>`${source}::text`.as('source')])
      .where('status', '=', 'on_sale')
      .where('inStock', '=', true)
      .orderBy(column, 'desc')
      .orderBy('spuId', 'desc')
      .limit(count)
      .as(source);
  // Each in a subquery of its own: an order and limit beside UNION would be that of the whole.
  return db
    .selectFrom(best('soldCount', 'hot'))
    .selectAll()
    .unionAll(db.selectFrom(best('publishedAt', 'newest')).selectAll())
    .execute();
};

/** Titles and keywords that begin with, or else contain, what was typed. */
export async function listPhrases(db: Executor, typed: string, limit: number): Promise<string[]> {
  const escaped = typed.replace(/[\\%_]/g, '\\$&');
  const { rows } = await sql<{ phrase: string }>`
    select phrase from (
      select name as phrase, 0 as kind, 0 as sold from catalog.category where name ilike ${`%${escaped}%`}
      union all
      (select keyword, 1, max(sold_count) from catalog.spu, unnest(keywords) as keyword
        where status = 'on_sale' and keyword ilike ${`${escaped}%`} group by keyword order by 3 desc limit ${limit})
      union all
      (select title, 2, sold_count from catalog.spu where status = 'on_sale' and title ilike ${`${escaped}%`}
        order by sold_count desc limit ${limit})
      union all
      (select title, 3, sold_count from catalog.spu where status = 'on_sale' and title ilike ${`%${escaped}%`}
        order by sold_count desc limit ${limit})
    ) as found
    group by phrase order by min(kind), max(sold) desc, phrase limit ${limit}`.execute(db);
  return rows.map(({ phrase }) => phrase);
}

/** In how many products each term occurs: what a search word is worth. */
export async function listTermCounts(db: Executor): Promise<{ documents: number; counts: Map<string, number> }> {
  const { rows } = await sql<{ term: string | null; count: number }>`
    select word as term, ndoc as count from ts_stat('select search_vector from catalog.spu where status = ''on_sale''')
    union all select null, count(*)::int from catalog.spu where status = 'on_sale'`.execute(db);
  const counts = new Map<string, number>();
  let documents = 0;
  for (const { term, count } of rows) {
    if (term === null) documents = count;
    else counts.set(term, count);
  }
  return { documents, counts };
}
