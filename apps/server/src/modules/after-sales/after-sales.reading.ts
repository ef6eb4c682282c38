/** Reads: a list with its lines in one statement, a case with lines and log in one. */
import type { AfterSaleReason, AfterSaleStatus } from '@xiaopu/contracts';
import { sql } from 'kysely';
import type { Executor } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';
import { type Position, waitingForShop } from './after-sales.domain.ts';
import type { Case, LoggedEvent } from './after-sales.repository.ts';

export interface ReadLine {
  lineId: string;
  spuId: string;
  title: string;
  specText: string;
  picture: PictureRef;
  quantity: number;
  amount: number;
}
export type ListedCase = Case & { lines: ReadLine[] };
export type DetailedCase = ListedCase & { events: LoggedEvent[] };

const lines = sql<ReadLine[]>`(
  select coalesce(json_agg(json_build_object('lineId', l.line_id, 'spuId', l.spu_id, 'title', l.title, 'specText', l.spec_text,
    'picture', l.picture, 'quantity', l.quantity, 'amount', l.amount) order by l.line_id), '[]'::json)
  from after_sales.case_line l where l.buyer_id = c.buyer_id and l.case_no = c.case_no)`;
const events = sql<LoggedEvent[]>`(
  select coalesce(json_agg(json_build_object('sequence', e.sequence, 'text', e.text, 'actor', e.actor, 'at', e.at,
    'pictures', e.pictures, 'hash', e.hash) order by e.sequence), '[]'::json)
  from after_sales.case_event e where e.buyer_id = c.buyer_id and e.case_no = c.case_no)`;

export async function listOfBuyer(
  db: Executor,
  buyerId: string,
  { orderNo, after, limit }: { orderNo?: string | undefined; after: Position | undefined; limit: number },
): Promise<ListedCase[]> {
  let query = db.selectFrom('after_sales.case as c').where('c.buyerId', '=', buyerId);
  if (orderNo) query = query.where('c.orderNo', '=', orderNo);
  if (after) query = query.where(sql<boolean>`(c.created_at, c.case_no) < (${after.at}::timestamptz, ${after.caseNo})`);
  return query
    .selectAll('c')
    .select(lines.as('lines'))
    .orderBy('c.createdAt', 'desc')
    .orderBy('c.caseNo', 'desc')
    .limit(limit)
    .execute();
}

const detail = (db: Executor) =>
  db
    .selectFrom('after_sales.case as c')
    .selectAll('c')
    .select([lines.as('lines'), events.as('events')]);
export const findOfBuyer = (db: Executor, buyerId: string, caseNo: string): Promise<DetailedCase | undefined> =>
  detail(db).where('c.buyerId', '=', buyerId).where('c.caseNo', '=', caseNo).executeTakeFirst();
export const findOfShop = (db: Executor, shopId: string, caseNo: string): Promise<DetailedCase | undefined> =>
  detail(db).where('c.shopId', '=', shopId).where('c.caseNo', '=', caseNo).executeTakeFirst();

export interface ShopFilter {
  status?: AfterSaleStatus | 'waiting' | undefined;
  kind?: Case['kind'] | undefined;
  reason?: AfterSaleReason | undefined;
  text?: string | undefined;
  from?: Date | undefined;
  until?: Date | undefined;
  offset: number;
  limit: number;
}

const maxCount = 10_000;
const likeText = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;

/** One page and the count up to 10,000: two statements. */
export async function listOfShop(
  db: Executor,
  shopId: string,
  { status, kind, reason, text, from, until, offset, limit }: ShopFilter,
): Promise<{ rows: ListedCase[]; total: number }> {
  let query = db.selectFrom('after_sales.case as c').where('c.shopId', '=', shopId);
  if (status === 'waiting') query = query.where('c.status', 'in', waitingForShop);
  else if (status) query = query.where('c.status', '=', status);
  if (kind) query = query.where('c.kind', '=', kind);
  if (reason) query = query.where('c.reason', '=', reason);
  if (from) query = query.where('c.createdAt', '>=', from);
  if (until) query = query.where('c.createdAt', '<', until);
  if (text) {
    query = query.where((where) =>
      where.or([
        ...(/^\d{4,20}$/.test(text)
          ? [where('c.caseNo', 'like', `%${text}`), where('c.orderNo', 'like', `%${text}`)]
          : []),
        where.exists(
          where
            .selectFrom('after_sales.caseLine as l')
            .select(sql`1`.as('one'))
            .whereRef('l.buyerId', '=', 'c.buyerId')
            .whereRef('l.caseNo', '=', 'c.caseNo')
            .where('l.title', 'ilike', likeText(text)),
        ),
      ]),
    );
  }
  const rows = await query
    .selectAll('c')
    .select(lines.as('lines'))
    .orderBy('c.createdAt', 'desc')
    .orderBy('c.caseNo', 'desc')
    .offset(offset)
    .limit(limit)
    .execute();
  const { total } = await db
    .selectFrom(query.select('c.caseNo').limit(maxCount).as('counted'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows, total };
}

export async function countsOfShop(db: Executor, shopId: string): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('after_sales.case')
    .select(({ fn }) => ['status', fn.countAll<number>().as('count')])
    .where('shopId', '=', shopId)
    .groupBy('status')
    .execute();
  const waiting = rows.filter(({ status }) => waitingForShop.includes(status)).reduce((sum, row) => sum + row.count, 0);
  return { ...Object.fromEntries(rows.map(({ status, count }) => [status, count])), waiting };
}

export async function countWaiting(db: Executor, shopId: string): Promise<number> {
  const { count } = await db
    .selectFrom('after_sales.case')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('shopId', '=', shopId)
    .where('status', 'in', waitingForShop)
    .executeTakeFirstOrThrow();
  return count;
}

const reportedProducts = 20;

export async function reasonCounts(db: Executor, shopId: string, { from, until }: { from: Date; until: Date }) {
  const { rows: reasons } = await sql<{ reason: AfterSaleReason; cases: number; amount: number }>`
    select reason, count(*)::int as cases, coalesce(sum(goods_amount + freight) filter (where status = 'refunded'), 0)::bigint as amount
    from after_sales.case where shop_id = ${shopId} and created_at >= ${from} and created_at < ${until}
    group by reason order by cases desc, reason`.execute(db);
  const { rows: products } = await sql<{ spuId: string; title: string; reason: AfterSaleReason; cases: number }>`
    select l.spu_id, max(l.title) as title, c.reason, count(*)::int as cases
    from after_sales.case c join after_sales.case_line l using (buyer_id, case_no)
    where c.shop_id = ${shopId} and c.created_at >= ${from} and c.created_at < ${until}
    group by l.spu_id, c.reason order by cases desc, l.spu_id limit ${reportedProducts}`.execute(db);
  return { reasons, products };
}
