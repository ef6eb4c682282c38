import type { SendCallback } from '../platform/callbacks.ts';
import { randomDigits, randomToken, sha1 } from '../platform/random.ts';
import type { World } from '../platform/world.ts';

/** Events WeChat pushes to the mini program's one message URL, plaintext mode, JSON. */
export interface Push {
  queue(appid: string, openid: string, event: Record<string, unknown>, waitMs?: number): void;
  deliverDue(): Promise<number>;
  start(): void;
  stop(): Promise<void>;
}

export const PUSH_TABLES = `
CREATE TABLE IF NOT EXISTS mini_push (
  id INTEGER PRIMARY KEY, openid TEXT NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'waiting') STRICT;`;

const POLL_MS = 250;
const TRIES = 4; // one and three retries
const RETRY_MS = 5000;
const TIMEOUT_MS = 5000;

interface Row {
  id: number;
  openid: string;
  body: string;
  attempts: number;
}

export function createPush(world: World, sendCallback: SendCallback, defaultUrl = ''): Push {
  const { store, switches, keyring } = world;
  const now = () => world.clock.now().getTime();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> | undefined;
  let isStopped = false;

  async function send({ id, openid, body, attempts }: Row, url: string): Promise<void> {
    const timestamp = String(world.transport.seconds());
    const nonce = randomDigits(10);
    const signature = sha1([keyring.credentials.messagePushToken, timestamp, nonce].sort().join(''));
    const answer = await sendCallback({
      twin: 'wechat-mini',
      url: `${url}?${new URLSearchParams({ signature, timestamp, nonce, openid })}`,
      headers: { 'content-type': 'application/json', 'user-agent': 'Mozilla/4.0' },
      body,
      timeoutMs: TIMEOUT_MS,
      note: `消息推送，第 ${attempts + 1} 次`,
    });
    if (isStopped) return;
    const isTaken = answer.status === 200 && (answer.body === 'success' || answer.body === '');
    const state = isTaken ? 'delivered' : attempts + 1 >= TRIES ? 'gave-up' : 'waiting';
    store.run(
      'UPDATE mini_push SET attempts = ?, state = ?, due_at = ? WHERE id = ?',
      attempts + 1,
      state,
      now() + RETRY_MS,
      id,
    );
  }

  async function deliverDue(): Promise<number> {
    const url = switches.text('mini.pushUrl') || defaultUrl;
    if (!url || isStopped) return 0;
    const due = store.all<Row>(
      `SELECT id, openid, body, attempts FROM mini_push WHERE state = 'waiting' AND due_at <= ? ORDER BY id LIMIT 20`,
      now(),
    );
    for (const row of due) await send(row, url);
    return due.length;
  }

  const poll = () => {
    running ??= deliverDue()
      .catch((error: unknown) => !isStopped && process.emitWarning(`sandbox push failed: ${String(error)}`))
      .finally(() => {
        running = undefined;
      });
  };

  return {
    queue(appid, openid, event, waitMs = 0) {
      const body = JSON.stringify({
        ToUserName: `gh_${sha1(appid).slice(0, 12)}`,
        FromUserName: openid,
        CreateTime: Math.floor(now() / 1000),
        MsgType: 'event',
        ...event,
      });
      store.run('INSERT INTO mini_push (openid, body, due_at) VALUES (?, ?, ?)', openid, body, now() + waitMs);
    },
    deliverDue,
    start() {
      timer ??= setInterval(poll, POLL_MS).unref();
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

export const makeTraceId = (): string => randomToken(32).toLowerCase();
