/** Activities and their results. */
import { type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import type { Activity } from './group-buy.domain.ts';
import type {} from './group-buy.tables.ts';

export type ActivityRecord = Selectable<Tables['groupBuy.activity']>;

const columns = [
  'activityId',
  'shopId',
  'spuId',
  'skuIds',
  'name',
  'steps',
  'quota',
  'taken',
  'buyerLimit',
  'hours',
  'allowsSolo',
  'startsAt',
  'endsAt',
  'status',
  'overrideReason',
  'createdBy',
] as const;

export const recentActivities = (db: Executor, endedSince: Date, limit: number): Promise<Activity[]> =>
  db
    .selectFrom('groupBuy.activity')
    .select(columns)
    .where('endsAt', '>', endedSince)
    .orderBy('endsAt')
    .orderBy('activityId')
    .limit(limit)
    .execute();

export const findActivity = (db: Executor, activityId: string, shopId?: string): Promise<Activity | undefined> => {
  const query = db.selectFrom('groupBuy.activity').select(columns).where('activityId', '=', activityId);
  return (shopId === undefined ? query : query.where('shopId', '=', shopId)).executeTakeFirst();
};

export async function insertActivity(tx: Tx, { steps, ...activity }: Activity, createdAt: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('groupBuy.activity')
    .values({ ...activity, steps: JSON.stringify(steps), createdAt })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export const endActivity = (tx: Tx, shopId: string, activityId: string) =>
  tx
    .updateTable('groupBuy.activity')
    .set({ status: 'ended' })
    .where('activityId', '=', activityId)
    .where('shopId', '=', shopId)
    .where('status', '=', 'live')
    .returning(['activityId', 'name'])
    .executeTakeFirst();

export async function pageOfShop(db: Executor, shopId: string, offset: number, limit: number) {
  const items: Activity[] = await db
    .selectFrom('groupBuy.activity')
    .select(columns)
    .where('shopId', '=', shopId)
    .orderBy('startsAt', 'desc')
    .orderBy('activityId')
    .offset(offset)
    .limit(limit)
    .execute();
  const { total } = await db
    .selectFrom('groupBuy.activity')
    .where('shopId', '=', shopId)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { items, total };
}

export interface ResultRow {
  activityId: string;
  visitors: number;
  invited: number;
  opened: number;
  running: number;
  succeeded: number;
  failed: number;
  joined: number;
  paid: number;
  bought: number;
  income: number;
  discount: number;
  cost: number;
  hasUnknownCost: boolean;
}
export async function resultsOf(db: Executor, activityIds: string[]): Promise<ResultRow[]> {
  const { rows } = await sql<ResultRow>`
    select a.activity_id, coalesce(v.visitors, 0)::int as visitors, coalesce(v.invited, 0)::int as invited,
      coalesce(g.opened, 0)::int as opened, coalesce(g.running, 0)::int as running, coalesce(g.succeeded, 0)::int as succeeded,
      coalesce(g.failed, 0)::int as failed, coalesce(p.joined, 0)::int as joined, coalesce(p.paid, 0)::int as paid,
      coalesce(p.bought, 0)::int as bought, coalesce(p.income, 0)::bigint as income, coalesce(p.discount, 0)::bigint as discount,
      coalesce(p.cost, 0)::bigint as cost, coalesce(p.has_unknown_cost, false) as has_unknown_cost
    from unnest(${activityIds}::uuid[]) as a (activity_id)
    left join lateral (
      select count(*) as visitors, count(invited_by) as invited from group_buy.visit where activity_id = a.activity_id
    ) v on true
    left join lateral (
      select count(opened_at) as opened, count(*) filter (where status = 'open') as running,
        count(*) filter (where status = 'succeeded') as succeeded, count(*) filter (where status = 'failed') as failed
      from group_buy.group where activity_id = a.activity_id
    ) g on true
    left join lateral (
      select count(*) as joined, count(paid_at) as paid, count(*) filter (where status = 'settled') as bought,
        sum(final_price) filter (where status = 'settled') as income,
        sum(sale_price - final_price) filter (where status = 'settled') as discount,
        sum(cost) filter (where status = 'settled') as cost,
        bool_or(cost = 0) filter (where status = 'settled') as has_unknown_cost
      from group_buy.place where activity_id = a.activity_id
    ) p on true`.execute(db);
  return rows;
}
