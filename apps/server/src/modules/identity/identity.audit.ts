/** Who did what in a shop's console, written with the change itself and never rewritten. */
import type { AuditPage } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';

export interface AuditRecord {
  staffId: string;
  staffName: string;
  shopId: string;
  action: string;
  target: string;
  summary: string;
  ip: string;
}
export type AuditTrail = (tx: Tx, entry: AuditRecord) => Promise<void>;

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
  { page, pageSize }: { page: number; pageSize: number },
): Promise<AuditPage> {
  const rows = db.selectFrom('identity.auditEntry').where('shopId', '=', shopId);
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
