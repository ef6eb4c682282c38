/** Guests nobody can come back as: their last session has expired. What they left elsewhere is forgotten with them. */
import { sql } from 'kysely';
import type { Tx } from '#platform/database/database.ts';
import { definePolicy } from '#platform/policy.ts';
import type { RetentionRule } from '#platform/retention.ts';
import type {} from './identity.tables.ts';

const guestDays = definePolicy({
  key: 'retention.guest_days',
  scope: 'install',
  title: '再没来过的游客，身份、购物车与搜索记录保留',
  unit: '天',
  defaultValue: 180,
  minimum: 30,
  maximum: 1_095,
});

/** @param forget what other modules know of these guests */
export const guestRetention = (forget: (tx: Tx, guestIds: string[]) => Promise<void>): RetentionRule => ({
  key: 'identity.guests',
  title: '游客的身份、购物车与搜索记录',
  basis: '未登录、登录凭证已失效，没有人能再用这个身份；登录过的顾客不清除',
  limit: guestDays,
  async purge(tx, before, most) {
    const { rows } = await sql<{ buyerId: string }>`
      select buyer_id from identity.buyer
      where is_guest and merged_into is null and created_at < ${before}
        and buyer_id not in (select buyer_id from identity.buyer_session where is_guest)
      order by created_at limit ${most} for update skip locked`.execute(tx);
    const guestIds = rows.map(({ buyerId }) => buyerId);
    if (guestIds.length === 0) return 0;
    await forget(tx, guestIds);
    await sql`delete from identity.buyer where buyer_id = any(${guestIds}::uuid[])`.execute(tx);
    return guestIds.length;
  },
});
