/**
 * Own coupons shown in WeChat's card bag (商家券), X-06: our engine is the master, WeChat is told. Each coupon has a row that
 * says what is wanted and what WeChat was last told; the sweep makes one step after the other until both agree.
 */
import type { EventPayloads } from '@xiaopu/contracts';
import type { Selectable } from 'kysely';
import { type Clock, dayMs, secondMs } from '#platform/clock.ts';
import type { Database, Executor, Tables, Tx } from '#platform/database/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { definePolicy, type Policies } from '#platform/policy.ts';
import type { StockOrder, WechatCouponGateway } from './wechat-coupons.gateway.ts';

export const showInWechat = definePolicy({
  key: 'wechat_coupons.show_on',
  scope: 'install',
  title: '优惠券同步到微信卡包（商家券，1 开启，0 关闭）',
  unit: '',
  defaultValue: 0,
  minimum: 0,
  maximum: 1,
});

export interface WechatCouponsDeps {
  clock: Clock;
  policies: Policies;
  gateway: WechatCouponGateway;
  /** undefined: WeChat has no equal of it. */
  stockOrderOf(db: Executor, templateId: string): Promise<StockOrder | undefined>;
  openidOf(db: Executor, buyerId: string): Promise<string | undefined>;
  /** In the words of the WeChat Pay gateway; `refused` is final, anything else is tried again. */
  problemOf(error: unknown): string | undefined;
  log: Logger;
}
export type WechatCoupons = ReturnType<typeof createWechatCoupons>;
type Row = Selectable<Tables['wechat_coupons.mirror']>;

const batch = 20;
const leaseMs = 30 * secondMs;
const maxAttempts = 12;
/** 22 characters, ours to give out: no two coupons share it. */
const codeOf = (couponId: string): string => Buffer.from(couponId.replaceAll('-', ''), 'hex').toString('base64url');

export function createWechatCoupons(deps: WechatCouponsDeps) {
  const { clock, policies, gateway, stockOrderOf, openidOf, problemOf, log } = deps;
  const isOn = (): boolean => policies.get(showInWechat) === 1;
  let isListening = false;

  function change(tx: Tx, { buyerId, couponId }: Row, set: Partial<Omit<Row, 'buyerId' | 'couponId'>>) {
    return tx
      .updateTable('wechat_coupons.mirror')
      .set({ ...set, claimedUntil: null })
      .where('buyerId', '=', buyerId)
      .where('couponId', '=', couponId)
      .execute();
  }

  async function stockOf({ db, inTransaction }: Pick<Database, 'db' | 'inTransaction'>, templateId: string) {
    const known = await db
      .selectFrom('wechat_coupons.stock')
      .select('stockId')
      .where('templateId', '=', templateId)
      .executeTakeFirst();
    if (known) return known.stockId;
    const order = await stockOrderOf(db, templateId);
    // The template's own id is the number: asked twice, WeChat answers the same stock.
    const stockId = order ? await gateway.createStock(templateId, order) : null;
    await inTransaction((tx) =>
      tx
        .insertInto('wechat_coupons.stock')
        .values({ templateId, stockId, createdAt: clock.now() })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    );
    return stockId;
  }

  /** The one next step towards what is wanted. @returns what WeChat now has; undefined when it can never have it */
  async function step(
    database: Pick<Database, 'db' | 'inTransaction'>,
    row: Row,
  ): Promise<'sent' | 'used' | undefined> {
    const { buyerId, templateId, couponCode: code, turn, done } = row;
    const stockId = await stockOf(database, templateId);
    const openid = await openidOf(database.db, buyerId);
    if (stockId === null || openid === undefined) return undefined;
    const requestNo = `${code}-${turn}`;
    if (done === 'none') {
      if (!isListening) {
        await gateway.listenAt();
        isListening = true;
      }
      await gateway.send({ openid, stockId, code, requestNo: code });
      return 'sent';
    }
    if (done === 'sent') {
      await gateway.use({ stockId, code, requestNo, at: clock.now() });
      return 'used';
    }
    await gateway.giveBack({ stockId, code, requestNo });
    return 'sent';
  }

  async function work(database: Pick<Database, 'db' | 'inTransaction'>, row: Row): Promise<void> {
    const { inTransaction } = database;
    try {
      const done = await step(database, row);
      await inTransaction(async (tx) => {
        if (done === undefined) {
          await change(tx, row, { done: 'given_up', nextAttemptAt: null });
          return;
        }
        const current = await tx
          .selectFrom('wechat_coupons.mirror')
          .select('wanted')
          .where('buyerId', '=', row.buyerId)
          .where('couponId', '=', row.couponId)
          .forUpdate()
          .executeTakeFirstOrThrow();
        // What is wanted may have changed while WeChat was asked: then the next step is due at once.
        const nextAttemptAt = current.wanted === done ? null : clock.now();
        const turn = row.done === 'used' || row.done === 'sent' ? row.turn + 1 : row.turn;
        await change(tx, row, { done, turn, nextAttemptAt, attempts: 0, lastError: null });
      });
    } catch (error) {
      const attempts = row.attempts + 1;
      const isFinal = problemOf(error) === 'refused' || attempts >= maxAttempts;
      log.warn({ err: error, attempts }, 'WeChat was not told of a coupon');
      const waitMs = Math.min(secondMs * 2 ** (attempts + 2), dayMs / 4);
      await inTransaction((tx) =>
        change(tx, row, {
          attempts,
          lastError: (error as Error).message.slice(0, 200),
          ...(isFinal
            ? { done: 'given_up' as const, nextAttemptAt: null }
            : { nextAttemptAt: new Date(clock.now().getTime() + waitMs) }),
        }),
      );
    }
  }

  return {
    async claimed(tx: Tx, { buyerId, couponId, templateId }: EventPayloads['coupons.coupon_claimed']): Promise<void> {
      if (!isOn()) return;
      const now = clock.now();
      await tx
        .insertInto('wechat_coupons.mirror')
        .values({
          buyerId,
          couponId,
          templateId,
          couponCode: codeOf(couponId),
          wanted: 'sent',
          nextAttemptAt: now,
          claimedUntil: null,
          lastError: null,
          createdAt: now,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** Late or repeated words change nothing that is not so: what is wanted is a state, not a step. */
    async moved(tx: Tx, { buyerId, couponId, status }: EventPayloads['coupons.coupon_moved']): Promise<void> {
      await tx
        .updateTable('wechat_coupons.mirror')
        .set({ wanted: status === 'used' ? 'used' : 'sent', nextAttemptAt: clock.now() })
        .where('buyerId', '=', buyerId)
        .where('couponId', '=', couponId)
        .where('done', '!=', 'given_up')
        .execute();
    },

    async tellDue(database: Pick<Database, 'db' | 'inTransaction'>): Promise<number> {
      const now = clock.now();
      const due = await database.inTransaction(async (tx) => {
        const rows = await tx
          .selectFrom('wechat_coupons.mirror')
          .selectAll()
          .where('nextAttemptAt', '<=', now)
          .where((eb) => eb.or([eb('claimedUntil', 'is', null), eb('claimedUntil', '<', now)]))
          .orderBy('nextAttemptAt')
          .limit(batch)
          .forUpdate()
          .skipLocked()
          .execute();
        for (const { buyerId, couponId } of rows)
          await tx
            .updateTable('wechat_coupons.mirror')
            .set({ claimedUntil: new Date(now.getTime() + leaseMs) })
            .where('buyerId', '=', buyerId)
            .where('couponId', '=', couponId)
            .execute();
        return rows;
      });
      for (const row of due) {
        if (row.wanted === row.done) await database.inTransaction((tx) => change(tx, row, { nextAttemptAt: null }));
        else await work(database, row);
      }
      return due.length;
    },

    /** WeChat's word that the coupon is in the card bag. Told twice it changes nothing; 404: none of ours. */
    async takeNotice(
      { inTransaction }: Pick<Database, 'inTransaction'>,
      rawBody: string,
      header: (name: string) => string | undefined,
    ): Promise<200 | 400 | 401 | 404> {
      const notice = await gateway.openNotice(rawBody, header);
      if (typeof notice === 'string') return notice === 'unreadable' ? 400 : 401;
      if (notice.eventType !== 'COUPON.SEND') return 400;
      const { coupon_code: code } = notice.resource as { coupon_code?: unknown };
      if (typeof code !== 'string') return 400;
      const known = await inTransaction((tx) =>
        tx
          .updateTable('wechat_coupons.mirror')
          .set({ isConfirmed: true })
          .where('couponCode', '=', code)
          .returning('couponId')
          .execute(),
      );
      return known.length > 0 ? 200 : 404;
    },
  };
}

export const wechatCouponsSweep = (
  coupons: WechatCoupons,
  database: Pick<Database, 'db' | 'inTransaction'>,
): Sweep => ({ name: 'wechat_coupons.tell', everyMs: 5 * secondMs, run: () => coupons.tellDue(database) });
