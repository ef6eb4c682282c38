import type { Store } from '../platform/store.ts';

/** Everything a shopper's phone showed: payment vouchers, refunds, subscription messages, SMS. */
export interface PhoneMessage {
  id: number;
  personaId: string;
  at: string;
  channel: string; // 微信支付 · 服务通知 · 短信
  title: string;
  amount: number | null;
  lines: Array<[label: string, value: string]>;
  page: string;
}

export interface Inbox {
  deliver(message: Omit<PhoneMessage, 'id' | 'at'>): void;
  list(personaId?: string, limit?: number): PhoneMessage[];
}

export const INBOX_TABLES = `
CREATE TABLE IF NOT EXISTS phone_message (
  id INTEGER PRIMARY KEY, persona_id TEXT NOT NULL, at TEXT NOT NULL, channel TEXT NOT NULL, title TEXT NOT NULL,
  amount INTEGER, lines TEXT NOT NULL, page TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS phone_message_persona ON phone_message (persona_id, id);`;

interface Row extends Omit<PhoneMessage, 'lines'> {
  lines: string;
}

const SELECT = 'SELECT id, persona_id AS personaId, at, channel, title, amount, lines, page FROM phone_message';

export function createInbox(store: Store, now: () => Date): Inbox {
  return {
    deliver({ personaId, channel, title, amount, lines, page }) {
      store.run(
        'INSERT INTO phone_message (persona_id, at, channel, title, amount, lines, page) VALUES (?, ?, ?, ?, ?, ?, ?)',
        personaId,
        now().toISOString(),
        channel,
        title,
        amount,
        JSON.stringify(lines),
        page,
      );
    },
    list(personaId, limit = 50) {
      const rows = personaId
        ? store.all<Row>(`${SELECT} WHERE persona_id = ? ORDER BY id DESC LIMIT ?`, personaId, limit)
        : store.all<Row>(`${SELECT} ORDER BY id DESC LIMIT ?`, limit);
      return rows.map((row) => ({ ...row, lines: JSON.parse(row.lines) as PhoneMessage['lines'] }));
    },
  };
}
