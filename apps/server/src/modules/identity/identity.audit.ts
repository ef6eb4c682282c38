/** Who did what in a shop's console, written with the change itself and never rewritten. */
import type { AuditPage, AuditQuery } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import type { AuditTrail } from '#platform/audit.ts';
import { type Clock, dayMs, startOfShanghaiDay } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';

export const createAuditTrail =
  ({ clock }: { clock: Clock }): AuditTrail =>
  async (tx, { staffId, staffName, shopId, action, target, summary, ip }) => {
    await tx
      .insertInto('identity.auditEntry')
      .values({ auditId: newId(), at: clock.now(), staffId, staffName, shopId, action, target, summary, ip })
      .execute();
  };

/** Exact totals stop here: nobody pages further. */
const countLimit = 10_000;

export async function listAudit(
  db: Executor,
  shopId: string,
  { page, pageSize, area, q, from, to }: AuditQuery,
): Promise<AuditPage> {
  let rows = db.selectFrom('identity.auditEntry').where('shopId', '=', shopId);
  // What is about one thing and what is in its name: `_` and `%` are letters here, not wild cards.
  if (area) rows = rows.where(sql<boolean>`starts_with(action, ${`${area}.`})`);
  if (q)
    rows = rows.where(({ or, eb }) =>
      or([eb('target', '=', q), sql<boolean>`strpos(staff_name, ${q}) > 0`, sql<boolean>`strpos(summary, ${q}) > 0`]),
    );
  if (from) rows = rows.where('at', '>=', startOfShanghaiDay(from));
  if (to) rows = rows.where('at', '<', new Date(startOfShanghaiDay(to).getTime() + dayMs));
  const { total } = await db
    .selectFrom(rows.select('auditId').limit(countLimit).as('counted'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const items = await rows
    .select(['auditId', 'at', 'staffName', 'action', 'target', 'summary', 'ip'])
    .orderBy('auditId', 'desc')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { items: items.map((item) => ({ ...item, at: item.at.toISOString() })), total, page, pageSize };
}
