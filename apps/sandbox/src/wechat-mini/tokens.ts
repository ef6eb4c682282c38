import { randomToken } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { apiError } from './api-error.ts';

/** access_token, both ways to get one; the two kinds never disturb each other. */
export interface Tokens {
  plain(query: Record<string, string | undefined>): { access_token: string; expires_in: number };
  stable(body: Record<string, unknown>): { access_token: string; expires_in: number };
  /** The appid a token belongs to; throws the documented errcode otherwise. */
  appidOf(token: string | undefined): string;
  checkApp(appid: unknown, secret: unknown): string;
}

export const TOKEN_TABLES = `
CREATE TABLE IF NOT EXISTS mini_token (
  token TEXT PRIMARY KEY, appid TEXT NOT NULL, kind TEXT NOT NULL, issued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  revoked INTEGER NOT NULL DEFAULT 0) STRICT;`;

const TOKEN_MS = 7_200_000;
const OVERLAP_MS = 300_000; // the old plain token outlives its successor's birth by about five minutes
const RENEW_BEFORE_MS = 300_000;
const FORCE_GAP_MS = 30_000;
const FORCED_PER_DAY = 20;
const DAY_MS = 86_400_000;

interface Row {
  token: string;
  appid: string;
  issuedAt: number;
  expiresAt: number;
  revoked: number;
}

const COLUMNS = 'token, appid, issued_at AS issuedAt, expires_at AS expiresAt, revoked';

export function createTokens({ store, keyring, clock, switches }: World): Tokens {
  const now = () => clock.now().getTime();
  const { credentials } = keyring;
  const secrets = new Map([
    [credentials.miniAppId, credentials.miniAppSecret],
    [credentials.oaAppId, credentials.oaAppSecret],
  ]);

  const issue = (appid: string, kind: 'plain' | 'stable') => {
    const token = `${kind === 'plain' ? '' : 'S'}99_${randomToken(130)}`;
    store.run(
      'INSERT INTO mini_token (token, appid, kind, issued_at, expires_at) VALUES (?, ?, ?, ?, ?)',
      token,
      appid,
      kind,
      now(),
      now() + TOKEN_MS,
    );
    return { access_token: token, expires_in: TOKEN_MS / 1000 };
  };

  const issuedToday = (appid: string, kind: 'plain' | 'stable', extra = '') =>
    store.get<{ count: number }>(
      `SELECT count(*) AS count FROM mini_token WHERE appid = ? AND kind = ? AND issued_at > ? ${extra}`,
      appid,
      kind,
      now() - DAY_MS,
    )?.count ?? 0;

  function checkApp(appid: unknown, secret: unknown): string {
    if (!appid) throw apiError(41002);
    const expected = secrets.get(String(appid));
    if (!expected) throw apiError(40013);
    if (!secret) throw apiError(41004);
    if (secret !== expected) throw apiError(40125);
    return String(appid);
  }

  return {
    checkApp,
    plain({ grant_type: grant, appid, secret }) {
      if (grant !== 'client_credential') throw apiError(40002);
      const app = checkApp(appid, secret);
      return store.transaction(() => {
        if (issuedToday(app, 'plain') >= switches.number('mini.plainTokensPerDay')) throw apiError(45009);
        store.run(
          `UPDATE mini_token SET expires_at = min(expires_at, ?) WHERE appid = ? AND kind = 'plain'`,
          now() + OVERLAP_MS,
          app,
        );
        return issue(app, 'plain');
      });
    },
    stable({ grant_type: grant, appid, secret, force_refresh: isForced }) {
      if (grant !== 'client_credential') throw apiError(40002);
      const app = checkApp(appid, secret);
      return store.transaction(() => {
        const current = store.get<Row>(
          `SELECT ${COLUMNS} FROM mini_token WHERE appid = ? AND kind = 'stable' AND revoked = 0 ORDER BY issued_at DESC, rowid DESC LIMIT 1`,
          app,
        );
        if (isForced === true) {
          if (issuedToday(app, 'stable', 'AND revoked = 1') >= FORCED_PER_DAY) throw apiError(45009);
          if (current && now() - current.issuedAt < FORCE_GAP_MS) throw apiError(45011);
          store.run(`UPDATE mini_token SET revoked = 1 WHERE appid = ? AND kind = 'stable'`, app);
          return issue(app, 'stable');
        }
        if (current && current.expiresAt - now() > RENEW_BEFORE_MS) {
          return { access_token: current.token, expires_in: Math.floor((current.expiresAt - now()) / 1000) };
        }
        return issue(app, 'stable');
      });
    },
    appidOf(token) {
      if (!token) throw apiError(41001);
      const row = store.get<Row>(`SELECT ${COLUMNS} FROM mini_token WHERE token = ?`, token);
      if (!row) throw apiError(token.length < 60 ? 40014 : 40001);
      if (row.revoked) throw apiError(40001);
      if (row.expiresAt <= now()) throw apiError(42001);
      return row.appid;
    },
  };
}
