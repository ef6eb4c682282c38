import { randomToken } from '../platform/random.ts';
import type { Store } from '../platform/store.ts';

/** One-time codes a phone hands to an app: wx.login, the phone-number button, the OAuth page. */
export type CodeKind = 'login' | 'phone' | 'oauth';

export interface IssuedCode {
  personaId: string;
  scope: string;
}

export type Redemption =
  | { outcome: 'ok'; code: IssuedCode }
  | { outcome: 'unknown' | 'used' | 'expired' | 'other-app' };

export interface Codes {
  issue(kind: CodeKind, appid: string, personaId: string, scope?: string): string;
  /** Good once, for five minutes, for the app it was made for. */
  redeem(kind: CodeKind, appid: string, code: string): Redemption;
}

export const CODE_TABLES = `
CREATE TABLE IF NOT EXISTS phone_code (
  code TEXT PRIMARY KEY, kind TEXT NOT NULL, appid TEXT NOT NULL, persona_id TEXT NOT NULL, scope TEXT NOT NULL,
  expires_at INTEGER NOT NULL, used_at INTEGER) STRICT;`;

const CODE_MS = 5 * 60_000;

interface Row {
  kind: CodeKind;
  appid: string;
  personaId: string;
  scope: string;
  expiresAt: number;
  usedAt: number | null;
}

export function createCodes(store: Store, now: () => Date): Codes {
  return {
    issue(kind, appid, personaId, scope = '') {
      const code = `0${randomToken(31)}`;
      store.run(
        'INSERT INTO phone_code (code, kind, appid, persona_id, scope, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
        code,
        kind,
        appid,
        personaId,
        scope,
        now().getTime() + CODE_MS,
      );
      return code;
    },
    redeem(kind, appid, code) {
      const row = store.get<Row>(
        'SELECT kind, appid, persona_id AS personaId, scope, expires_at AS expiresAt, used_at AS usedAt FROM phone_code WHERE code = ?',
        code,
      );
      if (row?.kind !== kind) return { outcome: 'unknown' };
      if (row.appid !== appid) return { outcome: 'other-app' };
      if (row.usedAt !== null) return { outcome: 'used' };
      if (row.expiresAt <= now().getTime()) return { outcome: 'expired' };
      const taken = store.run(
        'UPDATE phone_code SET used_at = ? WHERE code = ? AND used_at IS NULL',
        now().getTime(),
        code,
      );
      return taken === 1
        ? { outcome: 'ok', code: { personaId: row.personaId, scope: row.scope } }
        : { outcome: 'used' };
    },
  };
}
