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
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      answer.body = (await response.text()).slice(0, KEPT_ANSWER_CHARACTERS);
      answer.status = response.status;
      responseHeaders = Object.fromEntries(response.headers);
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

function describeFailure(error: unknown, timeoutMs: number): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return `${timeoutMs} 毫秒内没有应答`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
  return `发送失败：${cause || (error instanceof Error ? error.message : String(error))}`;
}
