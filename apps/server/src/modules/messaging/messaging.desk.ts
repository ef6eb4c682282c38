/** What the console reads: the kinds with their rules and figures, and the log of what was sent or held back and why. */
import type { MessageDesk, NoticeLog, NoticeQuery } from '@xiaopu/contracts/console';
import { type Clock, dayMs } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import type { Policies } from '#platform/policy.ts';
import { type HeldBack, heldBackTexts } from './messaging.decide.ts';
import * as kinds from './messaging.kinds.ts';
import * as repository from './messaging.notices.repository.ts';
import type { MessageTemplates } from './messaging.templates.ts';
import { templateOf } from './messaging.wallet.ts';

export interface DeskDeps {
  clock: Clock;
  policies: Policies;
  templates: MessageTemplates;
  nicknames(db: Executor, buyerIds: string[]): Promise<Map<string, { nickname: string }>>;
}
export type MessageDeskService = ReturnType<typeof createMessageDesk>;

const shownDays = 30;
const none = { sent: 0, pushed: 0, opened: 0, suppressed: 0, failed: 0 };
const reasonText = (reason: string | null): string => heldBackTexts[reason as HeldBack] ?? reason ?? '';

export function createMessageDesk({ clock, policies, templates, nicknames }: DeskDeps) {
  return {
    /** Two statements. */
    async overview(db: Executor, shopId: string): Promise<MessageDesk> {
      const since = new Date(clock.now().getTime() - shownDays * dayMs);
      const figures = await repository.kindFigures(db, shopId, since);
      const reasons = await repository.reasonFigures(db, shopId, since);
      const shown = (Object.keys(kinds.kindTitles) as (keyof typeof kinds.kindTitles)[]).filter(
        (kind) => kinds.classOf(kind) === 'marketing' || templateOf(templates, kind) !== undefined,
      );
      return {
        dayCap: policies.get(kinds.dayCap),
        weekCap: policies.get(kinds.weekCap),
        quiet: { from: policies.get(kinds.quietFrom), until: policies.get(kinds.quietUntil) },
        channels: { sms: policies.get(kinds.smsOn) === 1, wecom: policies.get(kinds.wecomOn) === 1 },
        kinds: shown
          .map((kind) => {
            const { messageClass, priority, isOn, window } = kinds.ruleOf(policies, kind);
            const isMarketing = messageClass === 'marketing';
            return {
              kind,
              title: kinds.kindTitles[kind],
              messageClass,
              priority: isMarketing ? priority : null,
              isOn,
              window: isMarketing && !(window.from === 0 && window.until === 24) ? window : null,
              hasTemplate: templateOf(templates, kind) !== undefined,
              ...none,
              ...figures.get(kind),
            };
          })
          .sort((a, b) => (b.priority ?? 101) - (a.priority ?? 101)),
        reasons: reasons.map(({ reason, count }) => ({ reason, text: reasonText(reason), count })),
      };
    },

    /** Two statements. */
    async log(db: Executor, shopId: string, { page, pageSize, ...filter }: NoticeQuery): Promise<NoticeLog> {
      const { rows, total } = await repository.noticeLog(db, shopId, { page, pageSize, ...filter });
      const names = await nicknames(db, [...new Set(rows.map(({ buyerId }) => buyerId))]);
      return {
        items: rows.map((row) => ({
          noticeId: row.noticeId,
          buyerName: names.get(row.buyerId)?.nickname ?? '微信用户',
          kind: row.kind,
          kindTitle: kinds.kindTitles[row.kind],
          title: row.title,
          body: row.body,
          state: row.state,
          channel: row.channel,
          reasonText: reasonText(row.reason),
          createdAt: row.createdAt.toISOString(),
          dueAt: row.dueAt.toISOString(),
          decidedAt: row.decidedAt?.toISOString() ?? null,
          openedAt: row.openedAt?.toISOString() ?? null,
        })),
        total,
        page,
        pageSize,
      };
    },
  };
}
