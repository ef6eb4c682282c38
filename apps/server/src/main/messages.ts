/** Wires what the shop tells: the inbox, WeChat's subscription messages, and the decision on everything unasked. */
import type { Executor, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { cartIdleSweep, createCartIdle, type FindSkus } from '../modules/cart/index.ts';
import type { Coupons } from '../modules/coupons/index.ts';
import type { Identity } from '../modules/identity/index.ts';
import type { Membership } from '../modules/membership/index.ts';
import {
  campaignSweep,
  createCampaigns,
  createMessageDesk,
  createMessages,
  createNotices,
  deliverySweep,
  demoTemplates,
  messagingConsoleRoutes,
  messagingRoutes,
  noticeSweep,
  type OrderFacts,
  type OutreachSender,
  outreachSweep,
  subscribeMessaging,
  templatesFrom,
} from '../modules/messaging/index.ts';
import { createWecom, WecomRefusal, wecomRoutes, wecomSweep } from '../modules/wecom/index.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Outside } from './outside.ts';

export interface MessagesNeeds {
  infrastructure: Infrastructure;
  outside: Outside;
  identity: Identity;
  findSkus: FindSkus;
  membership: Pick<Membership, 'membersOf'>;
  coupons: Pick<Coupons, 'isHeld' | 'grantRecall'>;
  orderFacts(db: Executor, buyerId: string, orderNo: string): Promise<OrderFacts | undefined>;
  balanceOf(db: Executor, buyerId: string, orderNo: string): Promise<number | undefined>;
  /** Not come since then. */
  isStillAway(db: Executor, buyerId: string, since: Date): Promise<boolean>;
  tierWords: { tierName(tier: string): string; tierRank(tier: string): number };
}

export function composeMessages(needs: MessagesNeeds) {
  const { infrastructure, outside, identity, findSkus, membership, coupons, orderFacts, balanceOf } = needs;
  const { tierWords, isStillAway } = needs;
  const { clock, database, messaging, sweeps, policies, log } = infrastructure;
  const { messageTemplates } = outside.wechat;
  const templates = messageTemplates ? templatesFrom(messageTemplates) : demoTemplates;
  const messages = createMessages({ templates, clock });
  const idle = createCartIdle({
    clock,
    policies,
    outbox: messaging.outbox,
    findSkus,
    membersAmong: identity.membersAmong,
  });
  const notices = createNotices({
    clock,
    policies,
    messages,
    templates,
    checks: {
      cart_idle: (db, { buyerId, facts }) => idle.isStillIdle(db, buyerId, new Date(facts.ref ?? 0)),
      dormant: (db, { buyerId, facts }) => isStillAway(db, buyerId, new Date(facts.ref ?? 0)),
      coupon_expiring: (db, { buyerId, facts }) => coupons.isHeld(db, buyerId, facts.ref ?? ''),
    },
    canReach: async (db, buyerId, channel) =>
      channel === 'wecom'
        ? wecom.canReach(db, buyerId)
        : outside.sms !== undefined && (await identity.phoneOf(db, buyerId)) !== null,
    giftOf: (tx: Tx, { buyerId, shopId, kind, noticeId }) =>
      shopId !== null && recallKinds.has(kind)
        ? coupons.grantRecall(tx, { buyerId, shopId, noticeId })
        : Promise.resolve(undefined),
  });
  const wecom = createWecom({
    clock,
    policies,
    gateway: outside.wecom,
    unionidOf: identity.unionidOf,
    openidOf: (db, buyerId) => identity.openidOf(db, buyerId, 'mini'),
    tellInvited: (tx, buyerId) =>
      messages.tell(tx, {
        buyerId,
        kind: 'invitation',
        sourceKey: 'wecom_invitation',
        title: '你的专属客服',
        body: '邀请你添加专属客服，商品和售后都可以直接问 TA。',
        page: 'packages/growth/centre',
      }),
    log,
  });
  messaging.subscribers.on('membership.high_value', 'wecom', (tx, { payload }) =>
    wecom.passedLine(tx, payload.buyerId),
  );
  const senders: Record<'wecom' | 'sms', OutreachSender> = {
    wecom: {
      async send(db, message) {
        try {
          const ref = await wecom.send(db, message);
          return ref === undefined
            ? { state: 'refused', reason: 'no contact, or had one today' }
            : { state: 'sent', ref };
        } catch (error) {
          const reason = (error as Error).message;
          // A refusal was not sent; anything else may have been.
          return error instanceof WecomRefusal ? { state: 'retry', reason } : { state: 'unsure', reason };
        }
      },
    },
    sms: {
      async send(db, { buyerId, outreachId, text }) {
        const phone = await identity.phoneOf(db, buyerId);
        if (phone === null || !outside.sms) return { state: 'refused', reason: 'no phone' };
        return outside.sms.send({ phone, text, outId: outreachId });
      },
      async receipt(db, { buyerId, ...sent }) {
        const phone = await identity.phoneOf(db, buyerId);
        return phone === null || !outside.sms ? 'waiting' : outside.sms.receipt({ phone, ...sent });
      },
    },
  };
  const campaigns = createCampaigns({ clock, notices, membersOf: membership.membersOf });
  const desk = createMessageDesk({ clock, policies, templates, nicknames: identity.buyers });

  subscribeMessaging(messaging.subscribers, { messages, notices, orderFacts, balanceOf, ...tierWords });
  for (const sweep of [
    deliverySweep({
      database,
      api: outside.api,
      templates,
      openidOf: identity.openidOf,
      pageOf: (orderNo) => `packages/orders/detail?orderNo=${orderNo}`,
      clock,
      log,
    }),
    noticeSweep(notices, database),
    campaignSweep(campaigns, database),
    cartIdleSweep(idle, database),
    outreachSweep({ database, senders, clock, log }),
    wecomSweep(wecom, database),
  ])
    sweeps.add(sweep);

  return {
    messages,
    notices,
    routes(app: RouteApp): void {
      wecomRoutes(app, { database, wecom });
      messagingRoutes(app, { database, messages, notices });
      messagingConsoleRoutes(app, { database, desk, campaigns, audit: identity.audit });
    },
  };
}

/** Messages that ask somebody back may carry a coupon (C07-OA-07). */
const recallKinds: ReadonlySet<string> = new Set(['cart_idle', 'lapsed', 'dormant']);
