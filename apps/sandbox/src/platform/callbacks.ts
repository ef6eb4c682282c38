import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Journal, JournalEntry, Twin } from './journal.ts';

export interface CallbackAnswer {
  status: number; // 0: refused, cut or timed out
  body: string;
  error: string;
}

export interface Callback {
  twin: Twin;
  url: string;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
  note: string;
}

export type SendCallback = (callback: Callback) => Promise<CallbackAnswer>;

const KEPT_ANSWER_CHARACTERS = 4000;

/** Calls the shop the way the outside world does, never throws, and writes down both sides. */
export function createCallbackSender(journal: Journal, now: () => Date): SendCallback {
  return async ({ twin, url, headers, body, timeoutMs, note }) => {
    const startedAt = performance.now();
    const answer: CallbackAnswer = { status: 0, body: '', error: '' };
    let responseHeaders: JournalEntry['responseHeaders'] = {};
    try {
      const response = await post(new URL(url), headers, body, timeoutMs);
      answer.body = response.body.slice(0, KEPT_ANSWER_CHARACTERS);
      answer.status = response.status;
      responseHeaders = response.headers;
    } catch (error) {
      answer.error = describeFailure(error, timeoutMs);
    }
    journal.record({
      at: now().toISOString(),
      twin,
      direction: 'out',
      method: 'POST',
      url,
      status: answer.status,
      durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
      requestHeaders: headers,
      requestBody: body,
      responseHeaders,
      responseBody: answer.body,
      verdict: '',
      note: [note, answer.error].filter(Boolean).join('；'),
    });
    return answer;
  };
}

// Shorter than servers keep an idle connection, so that none is used that is just being closed.
const kept = { keepAlive: true, timeout: 3_000 };
const agents = { 'http:': new HttpAgent(kept), 'https:': new HttpsAgent(kept) };

class NoAnswerInTime extends Error {}

/** One POST over a kept-alive connection; redirects are answers like any other. */
async function post(
  url: URL,
  headers: Record<string, string>,
  body: string,
  timeoutMs: number,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const isSecure = url.protocol === 'https:';
  const request = (isSecure ? httpsRequest : httpRequest)(url, {
    method: 'POST',
    agent: agents[isSecure ? 'https:' : 'http:'],
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
  });
  const timer = setTimeout(() => request.destroy(new NoAnswerInTime()), timeoutMs);
  try {
    const reply = await new Promise<IncomingMessage>((done, fail) => {
      request.once('response', done);
      request.once('error', fail);
      request.end(body);
    });
    return { status: reply.statusCode ?? 0, headers: reply.headers, body: await text(reply) };
  } finally {
    clearTimeout(timer);
  }
}

function describeFailure(error: unknown, timeoutMs: number): string {
  if (error instanceof NoAnswerInTime) return `${timeoutMs} 毫秒内没有应答`;
  return `发送失败：${error instanceof Error ? error.message : String(error)}`;
}
