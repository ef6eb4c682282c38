/**
 * Everything that talks to WeChat Pay about a payment. Each step is: a short transaction that plans, the call outside any
 * transaction, a second transaction that records. So this file, unlike a service, opens transactions itself.
 */
import type { ClientKind, PaymentChannel, PaymentChannels, PayParams, StartedPayment } from '@xiaopu/contracts';
import type { Clock } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { sendLater } from '#platform/database/dialect.ts';
import { newTradeNo } from '#platform/ids.ts';
import type { Logger } from '#platform/logger.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import { qrRows } from '#platform/qr.ts';
import {
  type ChannelAdapter,
  type Channels,
  channelTexts,
  clientKindOf,
  isCrossBorder,
  offeredChannels,
  problemOf,
} from './payments.channels.ts';
import { merchantsOf, planParts } from './payments.combine.ts';
import { nextCheck, shortestPrepayMs, wholeSeconds } from './payments.domain.ts';
import * as errors from './payments.errors.ts';
import { toForeign } from './payments.foreign.ts';
import { createRecordPrepay } from './payments.prepays.ts';
import type { Attempt, Payment } from './payments.repository.ts';
import * as repository from './payments.repository.ts';
import type { Outcome, Settle } from './payments.settle.ts';
import type { PayClient } from './payments.tables.ts';
import type { WechatPayGateway } from './payments.wechat.gateway.ts';

export interface PaymentFlowDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  gateway: Pick<WechatPayGateway, 'payParams'>;
  channels: Channels;
  settle: Settle;
  outbox: Outbox;
  clock: Clock;
  log: Logger;
  /** The app whose openid pays: the mini program's, or the official account's on H5. */
  appIds: Record<PayClient, string>;
  openidOf: (db: Executor, buyerId: string, app: 'mini' | 'oa') => Promise<string | undefined>;
  /**
   * Orders' word before each try: refuses what may not be paid any more, and past the hold wins a new one (calling
   * `payments.extend`), which should last at least until `atLeastUntil`.
   */
  preparePayment: (
    tx: Tx,
    payment: { buyerId: string; paymentId: string; atLeastUntil: Date },
  ) => Promise<{ prepayUntil: Date } | undefined>;
  /** Fen for a hundred units of a channel's currency, now. */
  rateOf: (currency: string) => number;
  /** Whether the money of these shops' orders is to stay frozen until it is shared. */
  isShared: (db: Executor, shopIds: readonly string[]) => Promise<boolean>;
  /** Whether shops with merchant numbers of their own take their parts themselves (合单支付). */
  isCombining?: () => boolean;
  /** False while the checklist before real money is open (C10-PAY-01). */
  mayTakeMoney: (db: Executor) => Promise<boolean>;
  /** The storefront's page that tells what became of a payment. */
  resultUrl: (paymentId: string) => string;
  /** The sandbox's cashier page; undefined with the real WeChat. */
  cashierUrl?: string | undefined;
}

/** Who pays, as the server sees it. */
export interface PayerSeat {
  client: PayClient;
  userAgent: string;
  ip: string;
  channel?: PaymentChannel | undefined;
}
interface Seat extends PayerSeat {
  kind: ClientKind;
  channel: PaymentChannel;
}

export interface Charge {
  buyerId: string;
  paymentId: string;
  /** WeChat's number of the contract. */
  contractId: string;
  openid: string;
}

export type PaymentFlow = ReturnType<typeof createPaymentFlow>;

type Plan =
  | { kind: 'paid' }
  | { kind: 'ready'; attempt: Attempt }
  | { kind: 'close_first'; attempt: Attempt }
  | { kind: 'send'; attempt: Attempt; payment: Payment };

const maxRounds = 4;
/** A shopper back from the payment sheet polls; by then a notice should have come, so WeChat is asked. */
const noticeGraceMs = 1_500;
const queryGapMs = 2_000;

export function createPaymentFlow(deps: PaymentFlowDeps) {
  const { database, gateway, channels, settle, outbox, clock, log, appIds, openidOf, preparePayment, cashierUrl } =
    deps;
  const { db, inTransaction } = database;
  const record = createRecordPrepay(db);
  const outsideError = (error: unknown) => {
    const problem = problemOf(error);
    if (problem === undefined) return error;
    log.warn({ err: error, problem }, 'WeChat Pay call failed');
    const { code } = error as { code: string };
    return problem === 'unreachable' || problem === 'unverified'
      ? errors.wechatUnavailable()
      : errors.wechatRefused({ code });
  };

  function adapterOf({ channel }: { channel: PaymentChannel }): ChannelAdapter {
    const adapter = channels[channel];
    if (!adapter) throw new Error(`${channel} is not configured any more`);
    return adapter;
  }
  const offers = ({ client, userAgent }: Pick<PayerSeat, 'client' | 'userAgent'>) => {
    const kind = clientKindOf(client, userAgent);
    return { kind, offered: offeredChannels(kind, channels, cashierUrl !== undefined) };
  };
  function seatOf(seat: PayerSeat): Seat {
    const { kind, offered } = offers(seat);
    const channel = seat.channel ?? offered[0];
    if (!channel || !offered.includes(channel)) throw errors.channelNotOffered({ offered });
    return { ...seat, kind, channel };
  }

  async function plan(tx: Tx, buyerId: string, paymentId: string, seat: Seat): Promise<Plan> {
    const { client, channel } = seat;
    const atLeastUntil = new Date(clock.now().getTime() + shortestPrepayMs);
    // Orders lock first, the payment after them: the order every path keeps, so that none deadlocks. All of it is asked in
    // one go; what orders say counts only for a payment that is still open.
    const isJsapi = channel === 'wechat_jsapi';
    const [prepared, locked, openid, open] = await Promise.all([
      preparePayment(tx, { buyerId, paymentId, atLeastUntil }).then(
        (said) => ({ said }),
        (refusal: unknown) => ({ refusal }),
      ),
      repository.lockPayment(tx, buyerId, paymentId),
      // Only JSAPI names its payer; the others learn who paid from the answer, if at all.
      isJsapi ? openidOf(tx, buyerId, client === 'h5' ? 'oa' : 'mini') : '',
      repository.listOpenAttempts(tx, buyerId, paymentId),
    ]);
    if (!locked) throw errors.paymentNotFound();
    let payment = locked;
    if (payment.status === 'created' || payment.status === 'prepaid') {
      if ('refusal' in prepared) throw prepared.refusal;
      // The hold was won anew, and the payment's end moved with it.
      if (prepared.said?.prepayUntil.getTime() !== payment.prepayUntil.getTime())
        payment = (await repository.lockPayment(tx, buyerId, paymentId)) ?? payment;
    }
    if (payment.status === 'succeeded') return { kind: 'paid' };
    if (payment.status === 'closed') throw errors.paymentClosed();
    if (payment.status === 'held_for_review') throw errors.paymentUnderReview();
    if (payment.closeRequestedAt) throw errors.paymentClosing();

    if (openid === undefined) throw errors.payerUnknown();
    const now = clock.now();
    const appId = appIds[client];
    const timeExpire = wholeSeconds(payment.prepayUntil);
    const isSame = (attempt: Attempt) =>
      attempt.channel === channel &&
      attempt.appId === appId &&
      attempt.openid === openid &&
      attempt.timeExpire.getTime() === timeExpire.getTime();
    const { merchantId, currency, handleMs } = adapterOf(seat);
    // Two live prepays could both be paid: another app's or channel's, or one of an older hold, is closed before a new one
    // (C10-PAY-04).
    const other = open.find((attempt) => !isSame(attempt));
    if (other) return { kind: 'close_first', attempt: other };

    const same = open.find(isSame);
    const leftMs = timeExpire.getTime() - now.getTime();
    if (same?.prepaidAt && leftMs > 0 && now.getTime() - same.prepaidAt.getTime() < handleMs) {
      return { kind: 'ready', attempt: same };
    }
    if (leftMs < shortestPrepayMs) throw errors.paymentTooLate();
    if (same) return { kind: 'send', attempt: same, payment };
    const isShared = channel.startsWith('wechat') && (await deps.isShared(tx, payment.shopIds));
    const outTradeNo = newTradeNo(buyerId, now);
    const parts =
      channel.startsWith('wechat') && payment.parts !== null && deps.isCombining?.()
        ? planParts(outTradeNo, payment.parts, await merchantsOf(tx, payment.shopIds))
        : null;
    const attempt: Attempt = {
      buyerId,
      outTradeNo,
      paymentId,
      client,
      appId,
      openid,
      timeExpire,
      state: 'sending',
      channel,
      merchantId,
      currency: currency ?? 'CNY',
      asked: currency ? toForeign(payment.amount, deps.rateOf(currency)) : payment.amount,
      rate: currency ? deps.rateOf(currency) : null,
      payerIp: channel === 'wechat_h5' ? seat.ip : '',
      channelTradeId: null,
      isShared: isShared && parts === null,
      parts,
      prepayId: null,
      prepaidAt: null,
      createdAt: now,
    };
    const row = { ...attempt, parts: parts && JSON.stringify(parts) };
    await sendLater(tx, tx.insertInto('payments.attempt').values(row));
    return { kind: 'send', attempt, payment };
  }

  /** @returns undefined when the plan must be made anew: the number is spent, or the attempt was closed meanwhile */
  async function send(attempt: Attempt, payment: Payment, kind: ClientKind): Promise<Attempt | undefined> {
    const adapter = adapterOf(attempt);
    let opened: Awaited<ReturnType<ChannelAdapter['open']>>;
    try {
      opened = await adapter.open({
        attempt,
        total: attempt.asked ?? payment.amount,
        description: payment.description,
        kind,
        returnUrl: deps.resultUrl(payment.paymentId),
      });
    } catch (error) {
      const problem = problemOf(error);
      if (problem === 'paid') {
        await ask(attempt);
        return undefined;
      }
      // The number is closed there, or taken by other params: it can carry nothing any more.
      if (problem === 'closed' || problem === 'number_used') {
        await inTransaction((tx) => repository.setAttemptState(tx, attempt, 'closed'));
        return undefined;
      }
      throw outsideError(error);
    }
    const at = clock.now();
    const nextCheckAt = nextCheck(0, at, payment.prepayUntil);
    const recorded = await record({ attempt, ...opened, at, nextCheckAt, handleMs: adapter.handleMs });
    // Closed while WeChat was answering: what it opened must not stay payable. time_expire bounds it should this fail too.
    if (!recorded)
      await adapter.close(attempt).catch((error: unknown) => log.warn({ err: error }, 'late close failed'));
    return recorded;
  }

  /** Asks WeChat about one attempt and applies the answer. An attempt WeChat never saw counts as unpaid. */
  async function ask(attempt: Attempt): Promise<Outcome> {
    try {
      const transaction = await adapterOf(attempt).query(attempt);
      return await inTransaction((tx) => settle.applyTransaction(tx, transaction));
    } catch (error) {
      if (problemOf(error) === 'absent') return 'unpaid';
      throw error;
    }
  }

  /** @returns whether it is closed at WeChat now; false: it was paid, and that has been applied */
  async function closeAttempt(attempt: Attempt): Promise<boolean> {
    try {
      await adapterOf(attempt).close(attempt);
    } catch (error) {
      const problem = problemOf(error);
      if (problem === 'paid') {
        await ask(attempt);
        return false;
      }
      if (problem !== 'closed' && problem !== 'absent') throw error;
    }
    await inTransaction((tx) => repository.setAttemptState(tx, attempt, 'closed'));
    return true;
  }

  async function toStarted(paymentId: string, { client, channel }: Seat, attempt?: Attempt): Promise<StartedPayment> {
    const nothing = { paymentId, channel, params: null, redirectUrl: null, code: null, cashierUrl: null };
    if (!attempt?.prepayId) return { ...nothing, status: 'succeeded' };
    const { prepayId: handle } = attempt;
    const started = { ...nothing, status: 'prepaid' as const };
    switch (channel) {
      case 'wechat_jsapi': {
        const params = await gateway.payParams(attempt.appId, handle);
        const url = cashierUrl !== undefined && client === 'h5' ? cashierPage(cashierUrl, params) : null;
        return { ...started, params, cashierUrl: url };
      }
      case 'wechat_native':
        return {
          ...started,
          code: { text: handle, rows: qrRows(handle) },
          // In the sandbox there is no phone at hand to scan with: its page stands in.
          cashierUrl: cashierUrl === undefined ? null : `${cashierUrl}/h5${new URL(handle).search}`,
        };
      case 'wechat_h5':
        return { ...started, redirectUrl: withReturn(handle, deps.resultUrl(paymentId)) };
      default:
        return { ...started, redirectUrl: handle };
    }
  }

  return {
    ask,
    closeAttempt,

    channelsFor(seat: Pick<PayerSeat, 'client' | 'userAgent'>): PaymentChannels {
      const { kind, offered } = offers(seat);
      return {
        kind,
        items: offered.map((channel) => {
          const { currency } = adapterOf({ channel });
          const note = currency
            ? `按 1 ${currency} = ¥${deps.rateOf(currency) / 10_000} 折算`
            : channelTexts[channel].note;
          return { channel, title: channelTexts[channel].title, note, isCrossBorder: isCrossBorder(channel) };
        }),
      };
    },

    /**
     * Params for the payment sheet. Tapped twice it hands out one prepay; when the app, the payer or the hold changed, the
     * earlier prepay is closed at WeChat before a new number is used.
     */
    async start(buyerId: string, paymentId: string, asked: PayerSeat): Promise<StartedPayment> {
      const seat = seatOf(asked);
      if (!(await deps.mayTakeMoney(db))) throw errors.notLive();
      for (let round = 0; round < maxRounds; round += 1) {
        const next = await inTransaction((tx) => plan(tx, buyerId, paymentId, seat));
        if (next.kind === 'paid') return toStarted(paymentId, seat);
        if (next.kind === 'ready') return toStarted(paymentId, seat, next.attempt);
        if (next.kind === 'close_first') {
          await closeAttempt(next.attempt).catch((error: unknown) => {
            throw outsideError(error);
          });
          continue;
        }
        const attempt = await send(next.attempt, next.payment, seat.kind);
        if (attempt) return toStarted(paymentId, seat, attempt);
      }
      throw errors.wechatUnavailable();
    },

    /**
     * Takes a payment under a signed contract; nobody has to be there. Repeating it repeats one trade. What became of it comes
     * by payments.payment_succeeded, or by the payment's closing. @returns why WeChat would never take it, if so
     */
    async charge({ buyerId, paymentId, contractId, openid }: Charge): Promise<{ refusal: string } | undefined> {
      const channel = 'wechat_papay' as const;
      if (!(await deps.mayTakeMoney(db))) return { refusal: 'NOT_LIVE' };
      const planned = await inTransaction(async (tx) => {
        const payment = await repository.lockPayment(tx, buyerId, paymentId);
        if (!payment) throw errors.paymentNotFound();
        const isOpen = payment.status === 'created' || payment.status === 'prepaid';
        if (!isOpen || payment.closeRequestedAt) return undefined;
        const open = await repository.listOpenAttempts(tx, buyerId, paymentId);
        const same = open.find((attempt) => attempt.channel === channel);
        // Somebody is paying it by hand: two live trades could both be paid.
        if (open.length > 0 && !same) return undefined;
        if (same) return { attempt: same, payment };
        const now = clock.now();
        const attempt: Attempt = {
          ...{ buyerId, paymentId, openid, channel, client: 'mp-weixin', appId: appIds['mp-weixin'], state: 'sending' },
          ...{ outTradeNo: newTradeNo(buyerId, now), timeExpire: wholeSeconds(payment.prepayUntil) },
          ...{ merchantId: adapterOf({ channel }).merchantId, currency: 'CNY', asked: payment.amount, rate: null },
          ...{ payerIp: '', channelTradeId: contractId, isShared: false, parts: null },
          ...{ prepayId: null, prepaidAt: null, createdAt: now },
        };
        await tx
          .insertInto('payments.attempt')
          .values({ ...attempt, parts: null })
          .execute();
        return { attempt, payment };
      });
      if (!planned || planned.attempt.state === 'prepaid') return undefined;
      try {
        await send(planned.attempt, planned.payment, 'mini_program');
      } catch (error) {
        const { code, details } = error as { code?: string; details?: { code?: string } };
        if (code !== 'payments.wechat_refused') throw error;
        await inTransaction((tx) => repository.setAttemptState(tx, planned.attempt, 'closed'));
        return { refusal: details?.code ?? 'REFUSED' };
      }
      return undefined;
    },

    /** Looks at WeChat when a prepaid payment has heard nothing for a moment; at most once in two seconds per payment. */
    async refresh(buyerId: string, paymentId: string): Promise<void> {
      const payment = await repository.findPayment(db, buyerId, paymentId);
      if (!payment) throw errors.paymentNotFound();
      const now = clock.now();
      if (
        payment.status !== 'prepaid' ||
        !payment.prepaidAt ||
        now.getTime() - payment.prepaidAt.getTime() < noticeGraceMs
      )
        return;
      if (!(await inTransaction((tx) => repository.claimQuery(tx, payment, now, queryGapMs)))) return;
      try {
        for (const attempt of await repository.listOpenAttempts(db, buyerId, paymentId)) await ask(attempt);
      } catch (error) {
        // The stored state is still true; the sweep asks again.
        log.warn({ err: error, paymentId }, 'payment query failed');
      }
    },

    /** Closes what was asked to close, at WeChat first. @throws when WeChat does not answer */
    async finishClose({ buyerId, paymentId }: Payment): Promise<void> {
      for (const attempt of await repository.listOpenAttempts(db, buyerId, paymentId)) {
        if (!(await closeAttempt(attempt))) return;
      }
      await inTransaction(async (tx) => {
        const payment = await repository.lockPayment(tx, buyerId, paymentId);
        const open = await repository.listOpenAttempts(tx, buyerId, paymentId);
        if (!payment?.closeRequestedAt || open.length > 0) return;
        const change = { closedAt: clock.now(), nextCheckAt: null, claimedUntil: null };
        if (!(await repository.movePayment(tx, payment, 'closed', change))) return;
        await outbox.publish(tx, 'payments.payment_closed', { buyerId, paymentId });
      });
    },
  };
}

/** WeChat appends nothing itself: the page to come back to goes along as it is asked for. */
const withReturn = (url: string, back: string): string =>
  `${url}${url.includes('?') ? '&' : '?'}redirect_url=${encodeURIComponent(back)}`;
const cashierPage = (base: string, params: PayParams): string => `${base}?${new URLSearchParams(params).toString()}`;
