/** Notes who came and by which way, tells of members who stay away, and lays orders at the door they are owed to. */
import { randomInt } from 'node:crypto';
import type { NoteVisit } from '@xiaopu/contracts';
import type { CampaignLinkPage, ChannelReport, MonthlyRetention, NewCampaignLink } from '@xiaopu/contracts/console';
import { type Clock, dayMs, minuteMs, shanghaiDay } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { defineError } from '#platform/errors.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Policies } from '#platform/policy.ts';
import { channelOf, monthBefore, monthOf, newCode, owedTo, sourceOfChannel, sourceOfLink } from './visits.domain.ts';
import { attributionDays, dormantDays } from './visits.policies.ts';
import * as repository from './visits.repository.ts';

export const linkUnknown = defineError('visits.link_not_found', 'not_found', '没有找到这个链接');
export const linkRepeated = defineError('visits.link_repeated', 'conflict', '这个链接已经建好了');

export interface VisitsDeps {
  clock: Clock;
  outbox: Outbox;
  policies: Policies;
  publicBaseUrl: string;
  /** Those of them whose points moved in a time. */
  pointsMoved(db: Executor, buyerIds: string[], from: Date, until: Date): Promise<ReadonlySet<string>>;
}
export type Visits = ReturnType<typeof createVisits>;

/** Coming back within it is the same visit. */
const pauseMs = 30 * minuteMs;
/** An absence that began longer ago is no news: the first run of an old shop does not wake everybody. */
const toldWithinMs = 3 * dayMs;
const batch = 100;
const retentionBatch = 5_000;
const shownMonths = 6;

interface Placed {
  buyerId: string;
  orderNo: string;
  shopId: string;
  at: string;
}

export function createVisits({ clock, outbox, policies, publicBaseUrl, pointsMoved }: VisitsDeps) {
  async function retained(db: Executor, month: string, next: string) {
    const withPoints = { active: 0, back: 0 };
    const others = { active: 0, back: 0 };
    const [from, until] = [new Date(`${month}T00:00:00+08:00`), new Date(`${next}T00:00:00+08:00`)];
    for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
      const buyerIds = await repository.activeIn(db, month, after, retentionBatch);
      const last = buyerIds.at(-1);
      if (last === undefined) return { withPoints, others };
      const moved = await pointsMoved(db, buyerIds, from, until);
      const back = await repository.alsoActiveIn(db, next, buyerIds);
      for (const buyerId of buyerIds) {
        const group = moved.has(buyerId) ? withPoints : others;
        group.active += 1;
        if (back.has(buyerId)) group.back += 1;
      }
      after = last;
    }
  }

  return {
    /** Somebody opened the shop, or came back to it. */
    async note(tx: Tx, { buyerId, isGuest }: { buyerId: string; isGuest: boolean }, { code, scene }: NoteVisit) {
      const at = clock.now();
      const link = code === undefined ? undefined : await repository.findLink(tx, code);
      const channel = link?.channel ?? channelOf(scene);
      const source = link ? sourceOfLink(link.code) : sourceOfChannel(channel);
      const isFirstAsMember = isGuest ? undefined : await repository.seen(tx, buyerId, at, monthOf(shanghaiDay(at)));
      await repository.arrive(
        tx,
        { buyerId, source, channel, code: link?.code ?? null, shopId: link?.shopId ?? null, isFirstAsMember },
        { at, pauseMs },
      );
    },

    merged: repository.merge,

    async ordersPlaced(tx: Tx, orders: Placed[]): Promise<void> {
      const touches = Map.groupBy(
        await repository.touchesOf(tx, [...new Set(orders.map(({ buyerId }) => buyerId))]),
        ({ buyerId }) => buyerId,
      );
      if (touches.size === 0) return;
      const windowMs = policies.get(attributionDays) * dayMs;
      const rows = orders.flatMap(({ buyerId, orderNo, shopId, at }) => {
        const placedAt = new Date(at);
        const owed = owedTo(touches.get(buyerId) ?? [], shopId, new Date(placedAt.getTime() - windowMs));
        if (!owed) return [];
        const { first, last } = owed;
        return [
          {
            ...{ buyerId, orderNo, shopId, placedAt },
            ...{ firstSource: first.source, firstChannel: first.channel },
            ...{ lastSource: last.source, lastChannel: last.channel },
          },
        ];
      });
      await repository.insertOrders(tx, rows);
    },
    ordersPaid: repository.ordersPaid,
    orderRefunded: repository.orderRefunded,

    /** Still away since then? Asked when the message is decided on. */
    async isStillAway(db: Executor, buyerId: string, since: Date): Promise<boolean> {
      const seen = await repository.lastSeen(db, buyerId);
      return seen !== undefined && seen.getTime() <= since.getTime();
    },

    async createLink(
      tx: Tx,
      { shopId, staffName }: { shopId: string; staffName: string },
      { cost = 0, ...link }: NewCampaignLink,
    ): Promise<void> {
      const row = { ...link, cost, shopId, createdBy: staffName, createdAt: clock.now() };
      if (!(await repository.insertLink(tx, row))) throw linkRepeated();
    },
    async setOpen(tx: Tx, shopId: string, code: string, isOpen: boolean): Promise<string> {
      const link = await repository.setOpen(tx, shopId, code, isOpen);
      if (!link) throw linkUnknown();
      return link.name;
    },
    newCode: () => newCode(randomInt),

    async links(
      db: Executor,
      shopId: string,
      { page, pageSize }: { page: number; pageSize: number },
    ): Promise<CampaignLinkPage> {
      const rows = await repository.linksOfShop(db, shopId, (page - 1) * pageSize, pageSize);
      const total = await repository.countLinks(db, shopId);
      return {
        items: rows.map((row) => {
          const miniPath = `${row.page}${row.page.includes('?') ? '&' : '?'}l=${row.code}`;
          return { ...row, miniPath, url: `${publicBaseUrl}/#/${miniPath}`, createdAt: row.createdAt.toISOString() };
        }),
        ...{ total, page, pageSize },
      };
    },

    async channels(db: Executor, shopId: string, days: number): Promise<ChannelReport> {
      const from = new Date(clock.now().getTime() - days * dayMs);
      return { days, items: await repository.channelsOfShop(db, shopId, from) };
    },

    /** C01-CMP-06: do those who use points come back more? A month is told once the next has begun. */
    async retention(db: Executor): Promise<MonthlyRetention> {
      const running = monthOf(shanghaiDay(clock.now()));
      const months: MonthlyRetention['months'] = [];
      for (let next = running; months.length < shownMonths; next = monthBefore(next)) {
        const month = monthBefore(next);
        const found = await retained(db, month, next);
        if (found.withPoints.active + found.others.active === 0) break;
        months.push({ month: month.slice(0, 7), isRunning: next === running, ...found });
      }
      return { months };
    },

    sweeps: ({ inTransaction }: Pick<Database, 'inTransaction'>): Sweep[] => [
      {
        name: 'visits.dormant',
        everyMs: minuteMs,
        run: () =>
          inTransaction(async (tx) => {
            const until = new Date(clock.now().getTime() - policies.get(dormantDays) * dayMs);
            const from = new Date(until.getTime() - toldWithinMs);
            const due = await repository.takeDormant(tx, { until, from, limit: batch });
            for (const { buyerId, since } of due)
              await outbox.publish(tx, 'visits.dormant', { buyerId, since: since.toISOString() });
            return due.length;
          }),
      },
    ],
  };
}
