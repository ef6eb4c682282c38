/** Everything that talks to WeChat about Pay Score: reply, query and notice all end in `apply`. */

import type { Clock } from '#platform/clock.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { NoticeAnswer } from '#platform/http/signed-notice.ts';
import type { Logger } from '#platform/logger.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { isOver, nextLookMs, scoreTransitions, statusOf, type WechatScoreOrder } from './pay-score.domain.ts';
import { lockOrder, type ServiceOrder } from './pay-score.service.ts';

/** What Pay Score needs of the WeChat Pay gateway. */
export interface ScoreClient {
  mchId: string;
  call<T>(request: { method: 'GET' | 'POST'; path: string; body?: unknown }): Promise<T>;
  ask<T>(request: { method: 'GET' | 'POST'; path: string; body?: unknown }): Promise<T>;
  openNotice(
    rawBody: string,
    header: (name: string) => string | undefined,
  ): Promise<{ id: string; eventType: string; resource: unknown } | string>;
}
export interface ScoreFlowDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  client: ScoreClient;
  problemOf: (error: unknown) => string | undefined;
  appId: string;
  serviceId: string;
  publicBaseUrl: string;
  outbox: Outbox;
  clock: Clock;
  log: Logger;
}
export type ScoreFlow = ReturnType<typeof createScoreFlow>;

export const scoreNoticePath = '/api/notify/wechat-pay/pay-score';
const root = '/v3/payscore/serviceorder';
const batch = 10;
const leaseMs = 40_000;

export function createScoreFlow(deps: ScoreFlowDeps) {
  const { database, client, problemOf, appId, serviceId, publicBaseUrl, outbox, clock, log } = deps;
  const { inTransaction } = database;
  const own = { appid: appId, service_id: serviceId };
  const later = (ms: number) => new Date(clock.now().getTime() + ms);
  const change = (tx: Tx, { buyerId, scoreId }: ServiceOrder, set: Partial<ServiceOrder>) =>
    tx
      .updateTable('payScore.serviceOrder')
      .set(set)
      .where('buyerId', '=', buyerId)
      .where('scoreId', '=', scoreId)
      .execute();

  async function apply(tx: Tx, order: ServiceOrder, said: WechatScoreOrder): Promise<void> {
    const current = await lockOrder(tx, order);
    if (!current) return;
    const isOurs =
      (said.total_amount === undefined || said.total_amount === current.total) &&
      (said.openid === undefined || said.openid === current.openid);
    const status = isOurs ? statusOf(said) : 'held_for_review';
    const known = said.package === undefined ? {} : { package: said.package };
    if (status === current.status || !scoreTransitions[current.status].includes(status))
      return void (said.package === undefined ? undefined : await change(tx, current, known));
    const end = isOver(status) ? { nextAttemptAt: null, claimedUntil: null, package: null } : {};
    const paidAt = status === 'paid' ? clock.now() : null;
    const transactionId = said.collection?.details?.[0]?.transaction_id ?? null;
    await change(tx, current, { ...known, ...end, status, paidAt, transactionId, lastError: null });
    const { buyerId, scoreId } = current;
    if (status === 'agreed') await outbox.publish(tx, 'pay_score.agreed', { buyerId, scoreId });
    else if (status === 'paid')
      await outbox.publish(tx, 'pay_score.paid', { buyerId, scoreId, total: current.total ?? 0, transactionId });
    else if (status === 'revoked' || status === 'expired')
      await outbox.publish(tx, 'pay_score.ended', { buyerId, scoreId, reason: status });
  }

  const create = (order: ServiceOrder): Promise<WechatScoreOrder> =>
    client.call({
      method: 'POST',
      path: root,
      body: {
        ...own,
        out_order_no: order.outOrderNo,
        service_introduction: order.introduction,
        risk_fund: { name: 'ESTIMATE_ORDER_COST', amount: order.ceiling },
        time_range: { start_time: 'OnAccept' },
        notify_url: publicBaseUrl + scoreNoticePath,
        openid: order.openid,
        need_user_confirm: true,
      },
    });
  const query = (order: ServiceOrder): Promise<WechatScoreOrder> => {
    const parameters = new URLSearchParams({ ...own, out_order_no: order.outOrderNo });
    return client.ask({ method: 'GET', path: `${root}?${parameters}` });
  };
  const act = <T>(order: ServiceOrder, action: string, body: object): Promise<T> =>
    client.ask({
      method: 'POST',
      path: `${root}/${encodeURIComponent(order.outOrderNo)}/${action}`,
      body: { ...own, ...body },
    });

  /** Creating repeats safely under one number, and brings the package again. */
  async function advance(order: ServiceOrder): Promise<WechatScoreOrder> {
    if (order.status === 'requested' || (order.status === 'awaiting_confirmation' && order.package === null)) {
      const said = await create(order);
      if (order.wanted === null) return said;
    }
    if (order.wanted === 'cancel') {
      await act(order, 'cancel', { reason: order.reason || '取消' });
      return query(order);
    }
    if (order.wanted === 'complete' && order.status === 'agreed') {
      const total = order.total ?? 0;
      return act(order, 'complete', { post_payments: [{ name: '商品', amount: total }], total_amount: total });
    }
    return query(order);
  }

  async function follow(order: ServiceOrder): Promise<void> {
    let lastError: string | null = null;
    let isRefused = false;
    try {
      const said = await advance(order);
      await inTransaction((tx) => apply(tx, order, said));
    } catch (error) {
      lastError = error instanceof Error ? error.message : String(error);
      isRefused = problemOf(error) === 'refused' && order.status === 'requested';
      log.warn({ err: error, scoreId: order.scoreId }, 'Pay Score call failed');
    }
    await inTransaction(async (tx) => {
      const current = await lockOrder(tx, order);
      if (!current || isOver(current.status)) return;
      if (isRefused) {
        await change(tx, current, { status: 'refused', lastError, nextAttemptAt: null, claimedUntil: null });
        const { buyerId, scoreId } = current;
        return outbox.publish(tx, 'pay_score.ended', { buyerId, scoreId, reason: 'refused' });
      }
      // A decision taken meanwhile keeps its earlier date; something new is looked at again soon.
      const isChanged = current.wanted !== order.wanted;
      const attempts = current.status === order.status ? order.attempts : 0;
      await change(tx, current, {
        claimedUntil: null,
        lastError,
        attempts: attempts + 1,
        ...(isChanged ? {} : { nextAttemptAt: later(nextLookMs(attempts)) }),
      });
    });
  }

  async function claim(tx: Tx): Promise<ServiceOrder[]> {
    const now = clock.now();
    const due = await tx
      .selectFrom('payScore.serviceOrder')
      .selectAll()
      .where('nextAttemptAt', '<=', now)
      .where((eb) => eb.or([eb('claimedUntil', 'is', null), eb('claimedUntil', '<', now)]))
      .orderBy('nextAttemptAt')
      .limit(batch)
      .forUpdate()
      .skipLocked()
      .execute();
    for (const order of due) await change(tx, order, { claimedUntil: later(leaseMs) });
    return due;
  }

  return {
    async takeNotice(rawBody: string, header: (name: string) => string | undefined): Promise<NoticeAnswer> {
      const notice = await client.openNotice(rawBody, header);
      if (typeof notice === 'string') {
        log[notice === 'probe' ? 'info' : 'warn']({ refusal: notice }, 'Pay Score notice refused');
        return { status: notice === 'unreadable' ? 400 : 401, message: `notice ${notice}` };
      }
      const { id: noticeId, eventType } = notice;
      if (!eventType.startsWith('PAYSCORE.')) return { status: 400, message: 'event not expected here' };
      const said = notice.resource as WechatScoreOrder | null;
      if (!said?.out_order_no || !said.state) return { status: 400, message: 'resource incomplete' };
      return inTransaction(async (tx): Promise<NoticeAnswer> => {
        const order = await tx
          .selectFrom('payScore.serviceOrder')
          .selectAll()
          .where('outOrderNo', '=', said.out_order_no)
          .executeTakeFirst();
        if (!order) return { status: 404, message: 'no such order' };
        const { numInsertedOrUpdatedRows } = await tx
          .insertInto('payScore.notice')
          .values({ noticeId, eventType, outOrderNo: said.out_order_no, receivedAt: clock.now() })
          .onConflict((conflict) => conflict.column('noticeId').doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows === 1n) await apply(tx, order, said);
        return undefined;
      });
    },

    sweep: {
      name: 'pay_score.follow',
      everyMs: 1_000,
      async run() {
        const due = await inTransaction(claim);
        await Promise.all(due.map(follow));
        return due.length;
      },
    } satisfies Sweep,
  };
}
