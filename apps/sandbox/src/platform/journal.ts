import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Store } from './store.ts';

export type Twin =
  | 'wechat-pay'
  | 'wechat-mini'
  | 'wechat-oa'
  | 'carriers'
  | 'phone'
  | 'paypal'
  | 'alipay'
  | 'wecom'
  | 'sms';

export interface JournalEntry {
  id: number;
  at: string;
  twin: Twin;
  direction: 'in' | 'out'; // in: the shop called a twin; out: a twin called the shop
  method: string;
  url: string;
  status: number; // 0: no answer at all
  durationMs: number;
  requestHeaders: Record<string, unknown>;
  requestBody: string;
  responseHeaders: Record<string, unknown>;
  responseBody: string;
  verdict: '' | 'ok' | 'bad'; // of the signature on the request
  note: string;
}

export interface Journal {
  record(entry: Omit<JournalEntry, 'id'>): JournalEntry;
  list(filter: JournalFilter): JournalEntry[];
  clear(): void;
  flush(): void;
}

export interface JournalFilter {
  twin?: string;
  direction?: string;
  status?: string;
  contains?: string;
  afterId?: number;
  limit?: number;
}

export const JOURNAL_TABLES = `
CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY, entry TEXT NOT NULL) STRICT;`;

const KEPT_ENTRIES = 1000;
const KEPT_BODY_CHARACTERS = 20_000;
const FLUSH_MS = 400;

/** What each twin received and sent. Kept in memory and written behind, so that logging costs a request nothing. */
export function createJournal(store: Store): Journal {
  const entries: JournalEntry[] = store
    .all<{ entry: string }>('SELECT entry FROM journal ORDER BY id DESC LIMIT ?', KEPT_ENTRIES)
    .map((row) => JSON.parse(row.entry) as JournalEntry)
    .reverse();
  let nextId = (entries.at(-1)?.id ?? 0) + 1;
  let unwritten: JournalEntry[] = [];
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (unwritten.length === 0) return;
    const batch = unwritten.slice(-KEPT_ENTRIES);
    unwritten = [];
    store.transaction(() => {
      for (const entry of batch)
        store.run('INSERT INTO journal (id, entry) VALUES (?, ?)', entry.id, JSON.stringify(entry));
      store.run('DELETE FROM journal WHERE id <= ?', nextId - 1 - KEPT_ENTRIES);
    });
  };

  return {
    record(details) {
      const entry: JournalEntry = {
        ...details,
        id: nextId++,
        requestBody: shorten(details.requestBody),
        responseBody: shorten(details.responseBody),
      };
      entries.push(entry);
      if (entries.length > KEPT_ENTRIES * 1.2) entries.splice(0, entries.length - KEPT_ENTRIES);
      unwritten.push(entry);
      timer ??= setTimeout(flush, FLUSH_MS).unref();
      return entry;
    },
    list({ twin, direction, status, contains, afterId = 0, limit = 100 }) {
      const found: JournalEntry[] = [];
      for (let index = entries.length - 1; index >= 0 && found.length < limit; index--) {
        const entry = entries[index] as JournalEntry;
        if (entry.id <= afterId) break;
        if (twin && entry.twin !== twin) continue;
        if (direction && entry.direction !== direction) continue;
        if (status === 'failed' && entry.status >= 200 && entry.status < 400) continue;
        if (contains && !`${entry.url}\n${entry.requestBody}\n${entry.responseBody}`.includes(contains)) continue;
        found.push(entry);
      }
      return found;
    },
    clear() {
      unwritten = [];
      entries.length = 0;
      store.run('DELETE FROM journal');
    },
    flush,
  };
}

const shorten = (body: string): string =>
  body.length > KEPT_BODY_CHARACTERS ? `${body.slice(0, KEPT_BODY_CHARACTERS)}…` : body;

interface Trace {
  startedAt: number;
  verdict: JournalEntry['verdict'];
  note: string;
  responseBody: string;
}

const traces = new WeakMap<object, Trace>();

/** Notes what a twin concluded about a request (its signature, the fault it was given); shown in the dashboard. */
export function noteOnRequest(request: FastifyRequest, note: string, verdict?: JournalEntry['verdict']): void {
  const trace = traces.get(request.raw);
  if (!trace) return;
  trace.note = trace.note ? `${trace.note}；${note}` : note;
  if (verdict) trace.verdict = verdict;
}

/** Records every exchange of one twin's routes. */
export function journalExchanges(app: FastifyInstance, twin: Twin, journal: Journal, now: () => Date): void {
  app.addHook('onRequest', async (request) => {
    // Looking at a phone is not traffic; only what its owner does is.
    if (twin === 'phone' && request.method === 'GET') return;
    traces.set(request.raw, { startedAt: performance.now(), verdict: '', note: '', responseBody: '' });
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const trace = traces.get(request.raw);
    if (trace) trace.responseBody = describePayload(payload, reply);
    return payload;
  });
  const finish = (request: FastifyRequest, reply: FastifyReply, status: number) => {
    const trace = traces.get(request.raw);
    if (!trace) return;
    traces.delete(request.raw);
    journal.record({
      at: now().toISOString(),
      twin,
      direction: 'in',
      method: request.method,
      url: request.raw.url ?? '',
      status,
      durationMs: Math.round((performance.now() - trace.startedAt) * 100) / 100,
      requestHeaders: request.headers,
      requestBody: typeof request.body === 'string' ? request.body : '',
      responseHeaders: reply.getHeaders(),
      responseBody: trace.responseBody,
      verdict: trace.verdict,
      note: trace.note,
    });
  };
  app.addHook('onResponse', async (request, reply) => finish(request, reply, reply.statusCode));
  app.addHook('onRequestAbort', async (request) => {
    noteOnRequest(request, '对方提前断开');
  });
}

function describePayload(payload: unknown, reply: FastifyReply): string {
  if (typeof payload === 'string') return payload;
  if (Buffer.isBuffer(payload))
    return `[${String(reply.getHeader('content-type') ?? '二进制')}，${payload.length} 字节]`;
  return '';
}
