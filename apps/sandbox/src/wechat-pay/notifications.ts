import { randomUUID } from 'node:crypto';
import type { SendCallback } from '../platform/callbacks.ts';
import { toRfc3339 } from '../platform/clock.ts';
import { randomHex, randomToken } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { probeSignature, type SigningKey, seal, signatureHeaders, wrongSignature } from './signature.ts';
import { NOTIFICATION_COLUMNS, type NotificationState, type PayNotification } from './tables.ts';

/** Waits after each failed attempt: 15 tries over about a day (pay-skills, callback handling). */
export const DOCUMENTED_WAITS_MS: readonly number[] = [
  15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600,
].map((seconds) => seconds * 1000);

const POLL_MS = 250;
const PARALLEL = 16;
const TAMPERED = new Set(['bad-signature', 'sign-test', 'unknown-serial', 'wrong-amount', 'wrong-key']);

export interface NotificationEvent {
  id: string;
  kind: PayNotification['kind'];
  eventType: string;
  originalType: string;
  summary: string;
  outTradeNo: string;
  url: string;
  resource: Record<string, unknown>;
}

export interface Notifications {
  queue(event: NotificationEvent): void;
  /** Sends whatever is due now; resolves when those attempts have ended. */
  deliverDue(): Promise<number>;
  /** Sends one at once, properly, whatever its state. False for an unknown id. */
  resend(id: string): Promise<boolean>;
  list(limit: number): PayNotification[];
  start(): void;
  stop(): Promise<void>;
}

export function createNotifications(
  world: World,
  sendCallback: SendCallback,
  waitsMs: readonly number[] = DOCUMENTED_WAITS_MS,
): Notifications {
  const { store, switches, keyring, transport } = world;
  const now = () => world.clock.now().getTime();
  const inFlight = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const get = (id: string) =>
    store.get<PayNotification>(`SELECT ${NOTIFICATION_COLUMNS} FROM pay_notification WHERE id = ?`, id);

  function signingKey(): SigningKey {
    const mode = switches.text('pay.signatureMode');
    if (mode !== 'both') return mode as SigningKey;
    const preferred = switches.text('notify.signWith');
    if (preferred !== 'random') return preferred as SigningKey;
    return Math.random() < 0.5 ? 'certificate' : 'public-key';
  }

  async function compose(notification: PayNotification, tamper: string) {
    const plaintext = tamper === 'wrong-amount' ? withWrongAmount(notification.resource) : notification.resource;
    const key = tamper === 'wrong-key' ? randomToken(32) : keyring.credentials.apiV3Key;
    const associatedData = switches.isOn('notify.emptyAad') ? '' : notification.originalType;
    const body = JSON.stringify({
      id: notification.id,
      create_time: toRfc3339(notification.createdAt),
      resource_type: 'encrypt-resource',
      event_type: notification.eventType,
      summary: notification.summary,
      resource: { original_type: notification.originalType, ...seal(plaintext, key, associatedData) },
    });
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      Accept: '*/*',
      'User-Agent': 'Mozilla/4.0',
      'Request-ID': randomHex(16),
      ...(await signatureHeaders(body, signingKey(), keyring, transport)),
    };
    if (tamper === 'bad-signature') headers['Wechatpay-Signature'] = wrongSignature();
    if (tamper === 'sign-test') headers['Wechatpay-Signature'] = probeSignature();
    if (tamper === 'unknown-serial') headers['Wechatpay-Serial'] = randomHex(20).toUpperCase();
    return { body, headers };
  }

  async function attempt(notification: PayNotification, isByHand: boolean): Promise<void> {
    const isFirst = notification.attempts === 0;
    const tampersNow =
      TAMPERED.has(notification.fault) && !isByHand && (isFirst || switches.isOn('notify.tamperAlways'));
    const tamper = tampersNow ? notification.fault : '';
    const copies = notification.fault === 'duplicate' && isFirst && !isByHand ? 3 : 1;
    const { body, headers } = await compose(notification, tamper);
    const number = notification.attempts + 1;
    const note = [
      `第 ${number} 次`,
      isByHand ? '手动' : '',
      tamper ? `故障 ${tamper}` : '',
      copies > 1 ? '重复三份' : '',
    ];
    const answers = await Promise.all(
      Array.from({ length: copies }, () =>
        sendCallback({
          twin: 'wechat-pay',
          url: notification.url,
          headers,
          body,
          timeoutMs: switches.number('notify.timeoutMs'),
          note: note.filter(Boolean).join('，'),
        }),
      ),
    );
    if (isStopped) return; // the row still waits, so the next start sends it again
    const accepted = answers.find(({ status }) => status === 200 || status === 204);
    const answer = accepted ?? answers[0];
    const wait = waitsMs[notification.attempts];
    const state: NotificationState = accepted ? 'delivered' : wait === undefined ? 'gave-up' : 'waiting';
    store.run(
      `UPDATE pay_notification SET state = ?, attempts = ?, due_at = ?, last_status = ?, last_error = ?, delivered_at = ? WHERE id = ?`,
      // A copy sent by hand that fails must not bring a delivered one back to life.
      notification.state === 'delivered' ? 'delivered' : state,
      number,
      now() + (wait ?? 0) / switches.number('notify.speed'),
      answer?.status ?? 0,
      accepted ? '' : (answer?.error || answer?.body || '').slice(0, 500),
      accepted ? now() : notification.deliveredAt,
      notification.id,
    );
    if (accepted) releaseHeld(notification.id);
  }

  /** A delivered notification overtakes those held back for being out of order. */
  function releaseHeld(deliveredId: string): void {
    store.run(
      `UPDATE pay_notification SET state = 'waiting', due_at = ? WHERE state = 'held' AND id <> ?`,
      now(),
      deliveredId,
    );
  }

  function send(notification: PayNotification, isByHand = false): Promise<void> {
    const running = inFlight.get(notification.id);
    if (running) return running;
    const sending = attempt(notification, isByHand).finally(() => inFlight.delete(notification.id));
    inFlight.set(notification.id, sending);
    return sending;
  }

  async function deliverDue(): Promise<number> {
    if (isStopped) return 0;
    const due = store
      .all<PayNotification>(
        `SELECT ${NOTIFICATION_COLUMNS} FROM pay_notification WHERE state IN ('waiting', 'held') AND due_at <= ? ORDER BY due_at LIMIT ?`,
        now(),
        PARALLEL + inFlight.size,
      )
      .filter(({ id }) => !inFlight.has(id))
      .slice(0, Math.max(0, PARALLEL - inFlight.size));
    await Promise.all(due.map((notification) => send(notification)));
    return due.length;
  }

  const poll = () => {
    deliverDue().then(
      (sent) => sent > 0 && setImmediate(poll),
      (error: unknown) => !isStopped && process.emitWarning(`sandbox notification failed: ${String(error)}`),
    );
  };

  return {
    queue(event) {
      const fault = switches.takeFault(`notify.${event.kind}`);
      const { state, waitMs } = planFirstAttempt(fault, switches);
      store.run(
        `INSERT INTO pay_notification (id, kind, event_type, original_type, summary, out_trade_no, url, resource, fault, state,
           attempts, created_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`,
        event.id || randomUUID(),
        event.kind,
        event.eventType,
        event.originalType,
        event.summary,
        event.outTradeNo,
        event.url,
        JSON.stringify(event.resource),
        fault,
        state,
        now(),
        now() + waitMs,
      );
      if (timer && state === 'waiting' && waitMs === 0) setImmediate(poll);
    },
    deliverDue,
    async resend(id) {
      const notification = get(id);
      if (!notification) return false;
      await inFlight.get(id);
      await send(get(id) as PayNotification, true);
      return true;
    },
    list: (limit) =>
      store.all<PayNotification>(
        `SELECT ${NOTIFICATION_COLUMNS} FROM pay_notification ORDER BY created_at DESC, rowid DESC LIMIT ?`,
        limit,
      ),
    start() {
      timer ??= setInterval(poll, POLL_MS).unref();
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      timer = undefined;
      await Promise.allSettled(inFlight.values());
    },
  };
}

function planFirstAttempt(fault: string, switches: World['switches']): { state: NotificationState; waitMs: number } {
  const first = switches.number('notify.firstDelayMs');
  switch (fault) {
    case 'lost':
      return { state: 'lost', waitMs: 0 };
    case 'slow':
      return { state: 'waiting', waitMs: first + switches.number('notify.slowMs') };
    case 'late':
      return { state: 'waiting', waitMs: first + switches.number('notify.lateMinutes') * 60_000 };
    case 'out-of-order':
      return { state: 'held', waitMs: first + switches.number('notify.heldSeconds') * 1000 };
    default:
      return { state: 'waiting', waitMs: first };
  }
}

/** Properly signed, properly sealed, and one fen short: only comparing amounts finds it. */
function withWrongAmount(resource: string): string {
  const parsed = JSON.parse(resource) as { amount?: Record<string, number>; transfer_amount?: number };
  if (parsed.transfer_amount !== undefined)
    return JSON.stringify({ ...parsed, transfer_amount: parsed.transfer_amount + 1 });
  const amount = { ...parsed.amount };
  for (const field of ['total', 'payer_total', 'refund', 'payer_refund']) {
    const value = amount[field];
    if (typeof value === 'number') amount[field] = value > 1 ? value - 1 : value + 1;
  }
  return JSON.stringify({ ...parsed, amount });
}
