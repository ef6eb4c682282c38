/** The one place that decides on what the shop wants to tell unasked: who gets it now, later or not at all, and by which way. */
import type {
  InboxKind,
  MessagePreferences,
  OpenedMessage,
  ReachChannel,
  SetMessagePreference,
} from '@xiaopu/contracts';
import type { NoticeChannel } from '@xiaopu/contracts/console';
import type { Selectable } from 'kysely';
import { type Clock, dayMs, minuteMs } from '#platform/clock.ts';
import type { Database, Executor, Tables, Tx } from '#platform/database/database.ts';
import { defineError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Policies } from '#platform/policy.ts';
import { decide } from './messaging.decide.ts';
import * as kinds from './messaging.kinds.ts';
import * as repository from './messaging.notices.repository.ts';
import type { Messages } from './messaging.service.ts';
import type { MessageFacts, MessageTemplates } from './messaging.templates.ts';
import { heldTemplates, spendAccept, templateOf } from './messaging.wallet.ts';

export type NoticeRow = Selectable<Tables['messaging.notice']>;

export const noticeUnknown = defineError('messaging.notice_not_found', 'not_found', '没有找到这条消息');
export const preferenceFixed = defineError('messaging.preference_fixed', 'unprocessable', '订单和售后通知不能关闭');

export interface Proposal {
  buyerId: string;
  kind: InboxKind;
  sourceKey: string;
  shopId?: string | null;
  title: string;
  body: string;
  /** Storefront page with its query, without a leading slash. */
  page: string;
  facts: MessageFacts;
  validUntil?: Date;
  window?: kinds.HourWindow;
  campaignId?: string;
}

/** Is what it says still so? Asked when it is decided on; kinds that are not named always are. */
export type TruthChecks = Partial<Record<InboxKind, (db: Executor, notice: NoticeRow) => Promise<boolean>>>;

export interface NoticesDeps {
  clock: Clock;
  policies: Policies;
  messages: Pick<Messages, 'tell'>;
  templates: MessageTemplates;
  checks: TruthChecks;
  /** Whether this shopper has an address there and the channel is set up. */
  canReach(db: Executor, buyerId: string, channel: ReachChannel): Promise<boolean>;
  /** What a shopper gets who comes back by this message, once (C07-OA-07). */
  giftOf(tx: Tx, notice: NoticeRow): Promise<{ name: string; expiresAt: string } | undefined>;
}
export type Notices = ReturnType<typeof createNotices>;

const batch = 50;
const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** The page says which message led to it. */
const withNotice = (page: string, noticeId: string): string =>
  `${page}${page.includes('?') ? '&' : '?'}notice=${noticeId}`;

export function createNotices(deps: NoticesDeps) {
  const { clock, policies, messages, templates, checks, canReach, giftOf } = deps;
  const channelPolicies = { sms: kinds.smsOn, wecom: kinds.wecomOn };

  const toInbox = (tx: Tx, { buyerId, kind, sourceKey, title, body, page }: Omit<NoticeRow, 'facts'>) =>
    messages.tell(tx, { buyerId, kind, sourceKey, title, body, page });

  async function outsideChannel(
    db: Executor,
    buyerId: string,
    preferences: Map<string, boolean>,
  ): Promise<ReachChannel | undefined> {
    for (const channel of ['wecom', 'sms'] as const) {
      const isOn = policies.get(channelPolicies[channel]) === 1 && preferences.get(channel) === true;
      if (isOn && (await canReach(db, buyerId, channel))) return channel;
    }
    return undefined;
  }

  async function send(tx: Tx, notice: NoticeRow, outside: ReachChannel | undefined): Promise<NoticeChannel> {
    const { buyerId, kind, sourceKey, title, body, page } = notice;
    const now = clock.now();
    // The inbox has it whichever way it went: the shopper finds it again.
    await toInbox(tx, notice);
    if (await spendAccept(tx, templates, { buyerId, kind, sourceKey, facts: { ...notice.facts, page } }, now))
      return 'wechat';
    if (!outside) return 'inbox';
    await tx
      .insertInto('messaging.outreach')
      .values({
        buyerId,
        outreachId: newId(),
        sourceKey,
        channel: outside,
        text: `${title}：${body}`,
        page,
        state: 'queued',
        nextAttemptAt: now,
        claimedUntil: null,
        providerRef: null,
        lastError: null,
        createdAt: now,
        sentAt: null,
        arrivedAt: null,
      })
      .execute();
    return outside;
  }

  /** All that is due for one shopper, settled together under their lock. */
  async function decideFor(tx: Tx, buyerId: string): Promise<number> {
    await repository.lockPace(tx, buyerId);
    const now = clock.now();
    const due = await repository.dueNotices(tx, buyerId, now);
    if (due.length === 0) return 0;
    const preferences = await repository.preferencesOf(tx, buyerId);
    const held = await heldTemplates(tx, buyerId);
    const outside = await outsideChannel(tx, buyerId, preferences);
    const canPush = (kind: InboxKind): boolean =>
      outside !== undefined || held.has(templateOf(templates, kind)?.templateId ?? '');
    const pace = {
      dayCap: policies.get(kinds.dayCap),
      weekCap: policies.get(kinds.weekCap),
      quiet: { from: policies.get(kinds.quietFrom), until: policies.get(kinds.quietUntil) },
      ...(await repository.paceOf(tx, buyerId, now)),
    };
    const waiting = [];
    for (const notice of due) {
      const { noticeId, kind, hourFrom, hourUntil, createdAt, validUntil } = notice;
      const rule = kinds.ruleOf(policies, kind);
      // It stands in the inbox already, and there is no way to push it: nothing to decide.
      if (rule.isAlwaysInInbox && !canPush(kind)) {
        await repository.changeNotice(tx, notice, { state: 'sent', channel: 'inbox', decidedAt: now });
        continue;
      }
      waiting.push({
        noticeId,
        rule,
        window: hourFrom === null || hourUntil === null ? undefined : { from: hourFrom, until: hourUntil },
        isOptedOut: preferences.get(kind) === false,
        isStillTrue: (await checks[kind]?.(tx, notice)) ?? true,
        createdAt,
        validUntil,
      });
    }
    const byId = new Map(due.map((notice) => [notice.noticeId, notice]));
    for (const ruling of decide(now, waiting, pace)) {
      const notice = byId.get(ruling.noticeId) as NoticeRow;
      if (ruling.verdict === 'wait') await repository.changeNotice(tx, notice, { dueAt: ruling.until });
      else if (ruling.verdict === 'suppress')
        await repository.changeNotice(tx, notice, { state: 'suppressed', reason: ruling.reason, decidedAt: now });
      else {
        const channel = await send(tx, notice, outside);
        await repository.changeNotice(tx, notice, { state: 'sent', channel, decidedAt: now });
      }
    }
    return due.length;
  }

  async function preferences(db: Executor, buyerId: string): Promise<MessagePreferences> {
    const known = await repository.preferencesOf(db, buyerId);
    return {
      kinds: kinds.marketingKinds.map((kind) => ({
        kind,
        ...kinds.kindSwitches[kind],
        isOn: known.get(kind) !== false,
      })),
      channels: (['wecom', 'sms'] as const)
        .filter((channel) => policies.get(channelPolicies[channel]) === 1)
        .map((channel) => ({
          channel,
          title: channel === 'sms' ? '短信' : '企业微信',
          hint: channel === 'sms' ? '同意后，重要提醒可能发到你的手机号' : '同意后，专属客服可能给你发提醒',
          isOn: known.get(channel) === true,
        })),
    };
  }

  return {
    /** Repeats of one cause change nothing. What comes within the gathering time is decided on together. */
    async propose(tx: Tx, proposal: Proposal): Promise<void> {
      const { window, validUntil, campaignId, shopId, page, ...told } = proposal;
      const now = clock.now();
      const noticeId = newId();
      const isNew = await repository.insertNotice(tx, {
        ...told,
        noticeId,
        shopId: shopId ?? null,
        page: withNotice(page, noticeId),
        hourFrom: window?.from ?? null,
        hourUntil: window?.until ?? null,
        campaignId: campaignId ?? null,
        dueAt: new Date(now.getTime() + policies.get(kinds.gatherMinutes) * minuteMs),
        validUntil: validUntil ?? new Date(now.getTime() + policies.get(kinds.keepDays) * dayMs),
        createdAt: now,
      });
      if (isNew && kinds.ruleOf(policies, told.kind).isAlwaysInInbox)
        await messages.tell(tx, { ...told, page: withNotice(page, noticeId) });
    },

    /** What was to be told is no longer so. */
    withdraw: (tx: Tx, buyerIds: readonly string[], which: readonly InboxKind[]): Promise<void> =>
      repository.withdraw(tx, buyerIds, which, clock.now()),

    /** @returns notices looked at; each shopper is settled in a transaction of their own */
    async decideDue({ db, inTransaction }: Pick<Database, 'db' | 'inTransaction'>): Promise<number> {
      let seen = 0;
      for (const { buyerId } of await repository.dueBuyers(db, clock.now(), batch))
        seen += await inTransaction((tx) => decideFor(tx, buyerId));
      return seen;
    },

    async opened(tx: Tx, buyerId: string, noticeId: string): Promise<OpenedMessage> {
      const found = isUuid(noticeId) ? await repository.markOpened(tx, buyerId, noticeId, clock.now()) : undefined;
      if (!found) throw noticeUnknown();
      return { coupon: (found.isFirst && (await giftOf(tx, found.notice))) || null };
    },

    preferences,
    async setPreference(tx: Tx, buyerId: string, { what, isOn }: SetMessagePreference): Promise<MessagePreferences> {
      const isFree = what === 'sms' || what === 'wecom' || kinds.classOf(what) === 'marketing';
      if (!isFree) throw preferenceFixed();
      await repository.setPreference(tx, { buyerId, what, isOn, changedAt: clock.now() });
      return preferences(tx, buyerId);
    },
  };
}

export const noticeSweep = (notices: Notices, database: Pick<Database, 'db' | 'inTransaction'>): Sweep => ({
  name: 'messaging.decide',
  everyMs: 10_000,
  run: () => notices.decideDue(database),
});
