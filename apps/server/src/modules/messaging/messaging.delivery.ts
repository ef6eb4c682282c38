/** Sends queued subscription messages. At most once: one accept is one message, so what may have arrived is not repeated. */
import type { Clock } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { WechatApi, WechatReply } from '#platform/wechat-api.ts';
import { failNotice } from './messaging.notices.repository.ts';
import type { DeliveryState } from './messaging.tables.ts';
import { fillTemplate, type MessageFacts, type MessageTemplates } from './messaging.templates.ts';

export interface DeliveryDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  api: WechatApi;
  templates: MessageTemplates;
  openidOf: (db: Executor, buyerId: string, app: 'mini') => Promise<string | undefined>;
  /** The mini program page a message opens. */
  pageOf: (orderNo: string) => string;
  clock: Clock;
  log: Logger;
}

interface Delivery {
  buyerId: string;
  deliveryId: string;
  sourceKey: string;
  templateId: string;
  facts: MessageFacts;
  state: DeliveryState;
  attempts: number;
}

type Verdict = { state: 'sent' } | { state: 'retry' | 'unsure' | 'refused' | 'used_up'; reason: string };

const path = '/cgi-bin/message/subscribe/send';
const batch = 20;
const leaseMs = 20_000;
const maxAttempts = 8;
const usedUp = 43101;
/** Busy, too frequent, or another message to the same person at the same moment: nothing was sent, later is fine. */
const passing = new Set([-1, 43108, 44990, 44991, 45009, 45011, 40001, 40014, 42001]);

export function judgeDelivery(reply: WechatReply): Verdict {
  if (reply.kind === 'ok') return { state: 'sent' };
  const reason = reply.message;
  if (reply.kind === 'silent') return { state: reply.wasSent ? 'unsure' : 'retry', reason };
  if (reply.errcode === usedUp) return { state: 'used_up', reason };
  return { state: passing.has(reply.errcode) ? 'retry' : 'refused', reason };
}

export function deliverySweep(deps: DeliveryDeps): Sweep {
  const { database, api, templates, openidOf, pageOf, clock, log } = deps;
  const { db, inTransaction } = database;
  const byTemplate = new Map(Object.values(templates).map((template) => [template.templateId, template]));

  async function claim(tx: Tx): Promise<Delivery[]> {
    const now = clock.now();
    const due = await tx
      .selectFrom('messaging.delivery')
      .select(['buyerId', 'deliveryId', 'sourceKey', 'templateId', 'facts', 'state', 'attempts'])
      .where('state', 'in', ['queued', 'sending'])
      .where('nextAttemptAt', '<=', now)
      .where((eb) => eb.or([eb('claimedUntil', 'is', null), eb('claimedUntil', '<', now)]))
      .orderBy('nextAttemptAt')
      .limit(batch)
      .forUpdate()
      .skipLocked()
      .execute();
    for (const delivery of due) {
      await change(tx, delivery, { state: 'sending', claimedUntil: new Date(now.getTime() + leaseMs) });
    }
    return due;
  }

  async function change(
    tx: Tx,
    { buyerId, deliveryId }: Delivery,
    set: {
      state: DeliveryState;
      claimedUntil?: Date | null;
      nextAttemptAt?: Date | null;
      attempts?: number;
      lastError?: string | null;
      sentAt?: Date;
    },
  ): Promise<void> {
    await tx
      .updateTable('messaging.delivery')
      .set(set)
      .where('buyerId', '=', buyerId)
      .where('deliveryId', '=', deliveryId)
      .execute();
  }

  async function send(delivery: Delivery): Promise<Verdict> {
    // It was being sent when a process ended: it may have arrived.
    if (delivery.state === 'sending') return { state: 'unsure', reason: 'interrupted while sending' };
    const template = byTemplate.get(delivery.templateId);
    const openid = await openidOf(db, delivery.buyerId, 'mini');
    if (!template || openid === undefined)
      return { state: 'refused', reason: template ? 'no mini program openid' : 'template gone' };
    const data = fillTemplate(template, delivery.facts);
    if ('unfit' in data) return { state: 'refused', reason: `field ${String(data.unfit)} cannot be filled` };
    const { page: own, orderNo = '' } = delivery.facts;
    const page = own ?? pageOf(orderNo);
    return judgeDelivery(await api.post(path, { touser: openid, template_id: delivery.templateId, page, data }));
  }

  async function record(tx: Tx, delivery: Delivery, verdict: Verdict): Promise<void> {
    const attempts = delivery.attempts + 1;
    const done = { attempts, claimedUntil: null, nextAttemptAt: null };
    if (verdict.state === 'sent')
      return change(tx, delivery, { ...done, state: 'sent', sentAt: clock.now(), lastError: null });
    const lastError = verdict.reason;
    log.warn({ templateId: delivery.templateId, ...verdict }, 'subscription message not sent');
    if (verdict.state === 'retry' && attempts < maxAttempts) {
      const nextAttemptAt = new Date(clock.now().getTime() + Math.min(2_000 * 2 ** attempts, 600_000));
      return change(tx, delivery, { attempts, lastError, state: 'queued', claimedUntil: null, nextAttemptAt });
    }
    await change(tx, delivery, { ...done, lastError, state: verdict.state === 'unsure' ? 'unsure' : 'refused' });
    if (verdict.state !== 'unsure') await failNotice(tx, delivery.buyerId, delivery.sourceKey, lastError);
    const wallet = tx
      .updateTable('messaging.wallet')
      .where('buyerId', '=', delivery.buyerId)
      .where('templateId', '=', delivery.templateId);
    // WeChat's count is the true one: used up there is used up here; refused otherwise, the accept still stands.
    if (verdict.state === 'used_up') await wallet.set({ remaining: 0 }).execute();
    else if (verdict.state !== 'unsure') await wallet.set((eb) => ({ remaining: eb('remaining', '+', 1) })).execute();
  }

  return {
    name: 'messaging.deliver',
    everyMs: 1_000,
    async run() {
      const due = await inTransaction(claim);
      for (const delivery of due) {
        const verdict = await send(delivery);
        await inTransaction((tx) => record(tx, delivery, verdict));
      }
      return due.length;
    },
  };
}
