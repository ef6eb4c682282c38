/** Lists, search results and the home picks: one statement each, keyset, no count. */
import { type Expression, type ExpressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Executor, Tables } from '#platform/database/database.ts';
import { type CardRow, cardColumns, coverColumn } from './catalog.cards.ts';
import { beginningWith, groupFilters, type ListOrder, type Position, storedForms } from './catalog.domain.ts';
import { popularTier, shareOf, tierFor } from './catalog.prominence.ts';

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

/** A query as the search module understood it: what matches, about how many that is, and what each word is worth. */
export interface TextQuery {
  tsquery: string;
  terms: { tsquery: string; weight: number }[];
  matches: number;
  /** What to look for instead when that is too many; and when this in turn is too few. */
  narrow: { tsquery: string; matches: number };
  broad: { tsquery: string; matches: number };
}

export interface ListRequest extends ListFilter {
  order: ListOrder;
  after?: Position | undefined;
  limit: number;
}

type SpuBuilder = ExpressionBuilder<Tables, 'catalog.spu'>;

/**
 * A condition that is only looked at in rows something else has found. The planner thinks little of reading tens of thousands of
 * entries of an inverted index, and that words and shelves have nothing to do with each other; `is true` takes the choice away.
 */
const looked = (condition: Expression<SqlBool>): RawBuilder<SqlBool> => sql<boolean>`(${condition}) is true`;
const asked = (condition: Expression<SqlBool>) => condition;

/** @param by what leads to the rows: the filter itself, or a search's words when they match few */
const conditions =
  (filter: ListFilter, by: 'filter' | 'words' = 'filter') =>
  (eb: SpuBuilder) => {
    const led = by === 'filter' ? asked : looked;
    // A literal, so that a prepared plan sees that the partial indexes fit.
    const all: Expression<SqlBool>[] = [sql<boolean>`status = 'on_sale'`];
    if (filter.categoryId) all.push(led(eb('categoryId', '=', filter.categoryId)));
    if (filter.rootCategoryId) all.push(led(eb('rootCategoryId', '=', filter.rootCategoryId)));
    if (filter.shopId) all.push(led(eb('shopId', '=', filter.shopId)));
    if (filter.inStock) all.push(eb('inStock', '=', true));
    if (filter.except?.length) all.push(eb('spuId', 'not in', [...filter.except]));
    // On one shelf the shelf leads: it has fewer goods than the whole shop has of a material.
    return eb.and([...all, ...narrowing(eb, filter, led, filter.categoryId ? looked : led)]);
  };

type Lead = typeof asked | typeof looked;

/** What a shopper narrows a list by: price, and values of attributes. */
function narrowing(
  eb: SpuBuilder,
  { attr, priceMin, priceMax }: Pick<ListFilter, 'attr' | 'priceMin' | 'priceMax'>,
  byPrice: Lead,
  byAttribute: Lead = byPrice,
): Expression<SqlBool>[] {
  return [
    ...(priceMin === undefined ? [] : [byPrice(eb('salePrice', '>=', priceMin))]),
    ...(priceMax === undefined ? [] : [byPrice(eb('salePrice', '<=', priceMax))]),
    ...[...groupFilters(attr)].map(([key, values]) => {
      const forms = values.flatMap(storedForms).map((value) => JSON.stringify({ [key]: value }));
      return byAttribute(eb.or(forms.map((form) => sql<boolean>`attributes @> ${form}::jsonb`)));
    }),
  ];
}

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

const inOrder = ({ columns, direction }: (typeof orders)['default']): RawBuilder<unknown> =>
  sql.raw(
    columns
      .split(', ')
      .map((column) => `${column} ${direction}`)
      .join(', '),
  );

/** So many goods are looked at in the order asked for before a filter itself has to lead to what it matches. */
const walkedGoods = 1_500;
/** Where a filter may match more than that many. */
const isLarge = (products: number) => products > 20_000;

/**
 * One statement. In a large shop what people filter a whole shelf by matches often: a page is full after a few hundred goods in
 * order, while all matches are tens of thousands. What matches seldom is few rows: a second statement finds them by the
 * filter's own index.
 * @param products about how many there are in all
 */
export async function listProducts(
  db: Executor,
  { products = 0, ...request }: ListRequest & { products?: number },
): Promise<ListRow[]> {
  const { attr, categoryId, priceMin, priceMax, order, limit } = request;
  const isByPrice = order === 'price_asc' || order === 'price_desc';
  const isNarrowed = groupFilters(attr).size > 0 || (!isByPrice && (priceMin ?? priceMax) !== undefined);
  if (isNarrowed && categoryId === undefined && isLarge(products)) {
    const walked = await walkedPage(db, request);
    if (walked.length === limit) return walked;
  }
  return filteredPage(db, request);
}

const filteredPage = (db: Executor, { order, after, limit, ...filter }: ListRequest): Promise<ListRow[]> => {
  const { columns, direction } = orders[order as Exclude<ListOrder, 'relevance'>];
  return db
    .selectFrom('catalog.spu')
    .select([...cardColumns, 'score', coverColumn])
    .where(conditions(filter))
    .$if(after !== undefined, (query) => query.where(comparison(order, columns, direction, after as Position)))
    .orderBy(inOrder({ columns, direction }))
    .limit(limit)
    .execute();
};

function walkedPage(db: Executor, { order, after, limit, ...filter }: ListRequest): Promise<ListRow[]> {
  const by = orders[order as Exclude<ListOrder, 'relevance'>];
  const { attr, priceMin, priceMax, ...shelf } = filter;
  // In the walk a price bounds the index itself where it is the order.
  const isByPrice = order === 'price_asc' || order === 'price_desc';
  const leading = isByPrice ? { ...shelf, priceMin, priceMax } : shelf;
  return db
    .with('walked', (cte) =>
      cte
        .selectFrom('catalog.spu')
        .selectAll()
        .where(conditions(leading))
        .$if(after !== undefined, (query) =>
          query.where(comparison(order, by.columns, by.direction, after as Position)),
        )
        .orderBy(inOrder(by))
        .limit(walkedGoods),
    )
    .selectFrom('walked')
    .select([...cardColumns, 'score', coverColumn])
    .where((eb) => eb.and(narrowing(eb as unknown as SpuBuilder, { attr, priceMin, priceMax }, looked)))
    .orderBy(inOrder(by))
    .limit(limit)
    .execute();
}

/** Ranks at most this many matches of a query; the more popular ones are kept when a word is in half the shop. */
const rankedMatches = 600;
/** From so many matches on, only the most popular products are looked at: enough of them to fill many pages. */
const wantedMatches = 200;
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

/** What the text index is asked for, and among how prominent products. */
interface Candidates {
  tsquery: string;
  prominence: number;
  /** About how many they are. */
  count: number;
}
/** So few matches are looked through one by one, whatever else is asked of them. */
const fewMatches = 2_400;

const isWhole = ({ matches }: TextQuery): boolean => matches <= 2 * rankedMatches;
const amongProminent = ({ tsquery, matches }: { tsquery: string; matches: number }): Candidates => {
  const prominence = tierFor(matches, wantedMatches);
  return { tsquery, prominence, count: shareOf(prominence) * matches };
};
const candidatesOf = (text: TextQuery): Candidates =>
  isWhole(text) ? { tsquery: text.tsquery, prominence: 0, count: text.matches } : amongProminent(text.narrow);

/** When those did not fill the page: the same among all products, or what holds any of the words. */
function furtherCandidates(text: TextQuery, { prominence, tsquery }: Candidates): Candidates | undefined {
  if (isWhole(text)) return undefined;
  if (prominence > 0) return { tsquery, prominence: 0, count: text.narrow.matches };
  return amongProminent(text.broad);
}

interface Ranking {
  text: TextQuery;
  candidates: Candidates;
  filter: ListFilter;
  salesWeight: number;
  floor?: number | undefined;
}

const ranked = (db: Executor, { text, candidates, filter, salesWeight, floor = relevanceFloor }: Ranking) =>
  db
    .with('matched', (cte) =>
      cte
        .selectFrom('catalog.spu')
        .select([...cardColumns, 'score', 'attributes', 'searchVector', coverColumn])
        .where(conditions(filter, candidates.count <= fewMatches ? 'words' : 'filter'))
        .where(sql<boolean>`search_vector @@ ${candidates.tsquery}::tsquery`)
        // A literal: the planner must see that the tier's own index fits.
        .$if(candidates.prominence > 0, (query) =>
          query.where(sql<boolean>`prominence >= ${sql.raw(String(candidates.prominence))}`),
        )
        .orderBy('score', 'desc')
        .limit(rankedMatches),
    )
    // Materialised, or the rank would be worked out twice: for the row, and for the best of all.
    .with(
      (cte) => cte('rated').materialized(),
      (cte) =>
        cte.selectFrom('matched').select([
          ...cardColumns,
          'score',
          'attributes',
          'cover',
          sql<number>`(
          select sum(term.weight * ts_rank(${fieldWeights}::float4[], search_vector, term.query, 0))
          from unnest(${text.terms.map(({ tsquery }) => tsquery)}::tsquery[], ${text.terms.map(({ weight }) => weight)}::float8[])
            as term (query, weight)
        ) * (1 + ${salesWeight} * log((1 + sold_count)::double precision))`.as('relevance'),
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

/** One statement; a second, which looks further, when a large catalogue's first choice does not fill the page. */
export async function searchProducts(
  db: Executor,
  { text, salesWeight, relevanceFloor: floor, order, after, limit, ...filter }: SearchRequest,
): Promise<ListRow[]> {
  const { columns, direction } =
    order === 'relevance' ? { columns: 'relevance, spu_id', direction: 'desc' as const } : orders[order];
  const page = (candidates: Candidates): Promise<ListRow[]> =>
    ranked(db, { text, candidates, filter, salesWeight, floor })
      .selectFrom('kept')
      .select([...cardColumns, 'score', 'cover', 'relevance'])
      .$if(after !== undefined, (query) => query.where(comparison(order, columns, direction, after as Position)))
      .orderBy(inOrder({ columns, direction }))
      .limit(limit)
      .execute();
  const candidates = candidatesOf(text);
  const found = await page(candidates);
  const further = found.length < limit ? furtherCandidates(text, candidates) : undefined;
  return further ? page(further) : found;
}

export interface FacetRow {
  attributes: Record<string, string | number | boolean>;
  salePrice: number;
}

/** Values are counted among so many; of more, the best placed in the list. */
export const facetLimit = 500;

/** What the facets are counted from; attribute filters are applied by the caller, key by key. */
export function listForFacets(
  db: Executor,
  filter: ListFilter,
  text: TextQuery | undefined,
  salesWeight: number,
): Promise<FacetRow[]> {
  if (text) {
    return ranked(db, { text, candidates: candidatesOf(text), filter, salesWeight })
      .selectFrom('kept')
      .select(['attributes', 'salePrice'])
      .limit(facetLimit)
      .execute();
  }
  return db
    .selectFrom('catalog.spu')
    .select(['attributes', 'salePrice'])
    .where(conditions(filter))
    .orderBy(sql`in_stock desc, score desc, spu_id desc`)
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

/** Titles and keywords that begin with, or else contain, what was typed; among the most popular products of a large shop. */
export async function listPhrases(
  db: Executor,
  { typed, limit, products }: { typed: string; limit: number; products: number },
): Promise<string[]> {
  const tier = popularTier(products);
  const begun = beginningWith(typed.toLowerCase());
  const escaped = typed.toLowerCase().replace(/[\\%_]/g, '\\$&');
  const { rows } = await sql<{ phrase: string }>`
    with popular as materialized (
      select title, lower(title) as folded, keywords, sold_count from catalog.spu
      where status = 'on_sale' ${tier === 0 ? sql`` : sql.raw(`and prominence >= ${tier}`)}
    )
    select phrase from (
      select name as phrase, 0 as kind, 0 as sold from catalog.category where lower(name) like ${`%${escaped}%`}
      union all
      (select keyword, 1, max(sold_count) from popular, unnest(keywords) as keyword
        where lower(keyword) like ${`${escaped}%`} group by keyword order by 3 desc limit ${limit})
      union all
      (select title, case when folded like ${`${escaped}%`} then 2 else 3 end, sold_count from popular
        where folded like ${`%${escaped}%`} order by 2, sold_count desc limit ${limit})
      union all
      -- A title typed from its beginning is found whatever its sales.
      (select title, 2, sold_count from (
        select title, sold_count from catalog.spu
        -- A range, for a plan made once for all values cannot look for a LIKE in the index.
        where status = 'on_sale' and lower(title) ~>=~ ${begun.from} and lower(title) ~<~ ${begun.below} limit 200) as begun
        order by sold_count desc limit ${limit})
    ) as found
    group by phrase order by min(kind), max(sold) desc, phrase limit ${limit}`.execute(db);
  return rows.map(({ phrase }) => phrase);
}

/** Up to so many products every vector is counted, above it a sample of about as many. */
const countedProducts = 20_000;

/** In how many products each term occurs: what a search word is worth. */
export async function listTermCounts(db: Executor): Promise<{ documents: number; counts: Map<string, number> }> {
  const known = await sql<{ rows: number }>`
    select greatest(reltuples, 0)::int as rows from pg_class where oid = 'catalog.spu'::regclass`.execute(db);
  const share = Math.min(1, countedProducts / Math.max(1, known.rows[0]?.rows ?? 1));
  // The same pages for both: the seed says which. A term the sample lacks is as rare as one can be told apart.
  const sample = share < 1 ? `tablesample system (${(share * 100).toFixed(4)}) repeatable (1)` : '';
  const { rows } = await sql<{ term: string | null; count: number }>`
    select word as term, ndoc as count
    from ts_stat(${`select search_vector from catalog.spu ${sample} where status = 'on_sale'`})
    union all select null, count(*)::int from catalog.spu ${sql.raw(sample)} where status = 'on_sale'`.execute(db);
  const counts = new Map<string, number>();
  let documents = 0;
  for (const { term, count } of rows) {
    if (term === null) documents = Math.round(count / share);
    else counts.set(term, Math.round(count / share));
  }
  return { documents, counts };
}
