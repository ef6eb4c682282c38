/** Campaigns: one message to a shop's members, within hours of the day; each member goes past the same decision as ever. */
import type { Campaign, CampaignPage, NewCampaign } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import { type Clock, minuteMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { defineError } from '#platform/errors.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Notices } from './messaging.notices.ts';

export const campaignUnknown = defineError('messaging.campaign_not_found', 'not_found', '没有找到这个活动消息');
export const campaignInvalid = defineError<{ reason: string }>(
  'messaging.campaign_invalid',
  'unprocessable',
  ({ reason }) => reason,
);

export interface CampaignsDeps {
  clock: Clock;
  notices: Pick<Notices, 'propose'>;
  /** Members of a shop in order of their id, so that a campaign can go on where it stopped. */
  membersOf(
    db: Executor,
    shopId: string,
    range: { tiers: readonly string[]; after: string | null; limit: number },
  ): Promise<string[]>;
}
export type Campaigns = ReturnType<typeof createCampaigns>;

const batch = 200;
interface Figures {
  campaignId: string;
  sent: number;
  opened: number;
  suppressed: number;
}

export function createCampaigns({ clock, notices, membersOf }: CampaignsDeps) {
  async function figuresOf(db: Executor, campaignIds: readonly string[]): Promise<Map<string, Figures>> {
    if (campaignIds.length === 0) return new Map();
    const { rows } = await sql<Figures>`
      select campaign_id, count(*) filter (where state = 'sent')::int as sent,
        count(*) filter (where opened_at is not null)::int as opened,
        count(*) filter (where state = 'suppressed')::int as suppressed
      from messaging.notice where campaign_id = any(${[...campaignIds]}::uuid[]) group by 1`.execute(db);
    return new Map(rows.map((row) => [row.campaignId, row]));
  }

  return {
    async create(tx: Tx, { shopId, staffName }: { shopId: string; staffName: string }, input: NewCampaign) {
      const { startsAt, endsAt, page, ...rest } = input;
      const reason =
        endsAt <= startsAt
          ? '结束时间要晚于开始时间'
          : new Date(endsAt) <= clock.now()
            ? '结束时间已过'
            : input.hourFrom === input.hourUntil
              ? '发送时段的开始和结束不能相同'
              : undefined;
      if (reason) throw campaignInvalid({ reason });
      await tx
        .insertInto('messaging.campaign')
        .values({
          ...rest,
          page: page.replace(/^\//, ''),
          startsAt: new Date(startsAt),
          endsAt: new Date(endsAt),
          shopId,
          state: 'planned',
          reachedBuyer: null,
          createdBy: staffName,
          createdAt: clock.now(),
        })
        .onConflict((conflict) => conflict.column('campaignId').doNothing())
        .execute();
    },

    /** What is still waiting does not go out any more. */
    async stop(tx: Tx, shopId: string, campaignId: string): Promise<void> {
      const stopped = await tx
        .updateTable('messaging.campaign')
        .set({ state: 'stopped' })
        .where('campaignId', '=', campaignId)
        .where('shopId', '=', shopId)
        .returning('campaignId')
        .executeTakeFirst();
      if (!stopped) throw campaignUnknown();
      await tx
        .updateTable('messaging.notice')
        .set({ state: 'suppressed', reason: 'stopped', decidedAt: clock.now() })
        .where('campaignId', '=', campaignId)
        .where('state', '=', 'waiting')
        .execute();
    },

    async page(
      db: Executor,
      shopId: string,
      { page, pageSize }: { page: number; pageSize: number },
    ): Promise<CampaignPage> {
      const query = db.selectFrom('messaging.campaign').where('shopId', '=', shopId);
      const rows = await query
        .selectAll()
        .orderBy('createdAt', 'desc')
        .orderBy('campaignId', 'desc')
        .offset((page - 1) * pageSize)
        .limit(pageSize)
        .execute();
      const { total } = await query.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const figures = await figuresOf(
        db,
        rows.map(({ campaignId }) => campaignId),
      );
      const items = rows.map(({ shopId: _, reachedBuyer: __, createdAt: ___, startsAt, endsAt, ...row }): Campaign => {
        const { sent = 0, opened = 0, suppressed = 0 } = figures.get(row.campaignId) ?? {};
        return { ...row, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), sent, opened, suppressed };
      });
      return { items, total, page, pageSize };
    },

    /** One batch of members of one campaign that is due. @returns members proposed to */
    async proposeDue(tx: Tx): Promise<number> {
      const now = clock.now();
      const due = await tx
        .selectFrom('messaging.campaign')
        .selectAll()
        .where('state', 'in', ['planned', 'running'])
        .where('startsAt', '<=', now)
        .orderBy('startsAt')
        .limit(1)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
      if (!due) return 0;
      const { campaignId, shopId, tiers, name, body, page, hourFrom, hourUntil, startsAt, endsAt } = due;
      const members =
        endsAt <= now ? [] : await membersOf(tx, shopId, { tiers, after: due.reachedBuyer, limit: batch });
      for (const buyerId of members) {
        await notices.propose(tx, {
          buyerId,
          kind: 'campaign',
          sourceKey: `campaign/${campaignId}`,
          shopId,
          title: name,
          body,
          page,
          facts: { at: startsAt.toISOString(), name, hint: body },
          validUntil: endsAt,
          window: { from: hourFrom, until: hourUntil },
          campaignId,
        });
      }
      await tx
        .updateTable('messaging.campaign')
        .set({
          state: members.length < batch ? 'done' : 'running',
          reachedBuyer: members.at(-1) ?? due.reachedBuyer,
          proposed: due.proposed + members.length,
        })
        .where('campaignId', '=', campaignId)
        .execute();
      return 1 + members.length;
    },
  };
}

export const campaignSweep = (
  campaigns: Campaigns,
  { inTransaction }: { inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T> },
): Sweep => ({ name: 'messaging.campaigns', everyMs: minuteMs / 2, run: () => inTransaction(campaigns.proposeDue) });
