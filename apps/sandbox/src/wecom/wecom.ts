/** WeCom's customer contact as the shop uses it: who has added the agent, tags, contact ways, messages the agent confirms. */
import { randomHex, randomToken } from '../platform/random.ts';
import type { World } from '../platform/world.ts';

export const WECOM_TABLES = `
CREATE TABLE IF NOT EXISTS wecom_token (token TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS wecom_contact (
  external_userid TEXT PRIMARY KEY, unionid TEXT NOT NULL UNIQUE, userid TEXT NOT NULL, added_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS wecom_tag (id TEXT PRIMARY KEY, group_name TEXT NOT NULL, name TEXT NOT NULL,
  UNIQUE (group_name, name)) STRICT;
CREATE TABLE IF NOT EXISTS wecom_marked (external_userid TEXT NOT NULL, tag_id TEXT NOT NULL,
  PRIMARY KEY (external_userid, tag_id)) STRICT;
CREATE TABLE IF NOT EXISTS wecom_way (config_id TEXT PRIMARY KEY, state TEXT NOT NULL, userid TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS wecom_message (
  msgid TEXT NOT NULL, external_userid TEXT NOT NULL, text TEXT NOT NULL, page TEXT NOT NULL, status INTEGER NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (msgid, external_userid)) STRICT;`;

export class WecomError extends Error {
  readonly errcode: number;
  constructor(errcode: number, errmsg: string) {
    super(errmsg);
    this.errcode = errcode;
  }
}

const TOKEN_MS = 7_200_000;
const DAY_MS = 86_400_000;
const tagsAtMost = 10_000;

export type Wecom = ReturnType<typeof createWecom>;

export function createWecom({ store, clock }: Pick<World, 'store' | 'clock'>, agentUserId: string) {
  const now = () => clock.now().getTime();
  const contactOf = (externalUserId: string) =>
    store.get<{ userid: string }>('SELECT userid FROM wecom_contact WHERE external_userid = ?', externalUserId);

  /** The relation every call on a customer needs. */
  function needContact(userid: string, externalUserId: string): void {
    if (userid !== agentUserId) throw new WecomError(60111, 'userid not found');
    if (!/^wm[\w-]{30}$/.test(externalUserId)) throw new WecomError(40096, 'invalid external userid');
    if (contactOf(externalUserId)?.userid !== userid) throw new WecomError(84061, 'not external contact');
  }

  return {
    /** The same token inside its validity. */
    token(): { access_token: string; expires_in: number } {
      const known = store.get<{ token: string; expiresAt: number }>(
        'SELECT token, expires_at AS expiresAt FROM wecom_token WHERE expires_at > ? ORDER BY expires_at DESC LIMIT 1',
        now(),
      );
      if (known) return { access_token: known.token, expires_in: Math.ceil((known.expiresAt - now()) / 1000) };
      const token = randomToken(64);
      store.run('INSERT INTO wecom_token (token, expires_at) VALUES (?, ?)', token, now() + TOKEN_MS);
      return { access_token: token, expires_in: TOKEN_MS / 1000 };
    },
    checkToken(token: string | undefined): void {
      if (!token) throw new WecomError(41001, 'access_token missing');
      const known = store.get<{ expiresAt: number }>(
        'SELECT expires_at AS expiresAt FROM wecom_token WHERE token = ?',
        token,
      );
      if (!known) throw new WecomError(40014, 'invalid access_token');
      if (known.expiresAt <= now()) throw new WecomError(42001, 'access_token expired');
    },

    /** Only whoever has added the agent by themselves is known here. */
    externalOf(unionid: string): string | undefined {
      return store.get<{ id: string }>('SELECT external_userid AS id FROM wecom_contact WHERE unionid = ?', unionid)
        ?.id;
    },
    /** The customer's own act: they scan the agent's code. */
    add(unionid: string): string {
      const id = `wm${randomToken(30)}`;
      store.run(
        'INSERT INTO wecom_contact (external_userid, unionid, userid, added_at) VALUES (?, ?, ?, ?) ON CONFLICT (unionid) DO NOTHING',
        id,
        unionid,
        agentUserId,
        now(),
      );
      return (
        store.get<{ id: string }>('SELECT external_userid AS id FROM wecom_contact WHERE unionid = ?', unionid)?.id ??
        id
      );
    },

    tags: () =>
      store.all<{ id: string; group: string; name: string }>(
        'SELECT id, group_name AS "group", name FROM wecom_tag ORDER BY group_name, name',
      ),
    addTag(group: string, name: string): string {
      const { count } = store.get<{ count: number }>('SELECT count(*) AS count FROM wecom_tag') ?? { count: 0 };
      if (count >= tagsAtMost) throw new WecomError(40093, 'tag number exceed limit');
      const known = store.get('SELECT id FROM wecom_tag WHERE group_name = ? AND name = ?', group, name);
      if (known) throw new WecomError(40071, 'tag name repeated');
      const id = `et${randomHex(15)}`;
      store.run('INSERT INTO wecom_tag (id, group_name, name) VALUES (?, ?, ?)', id, group, name);
      return id;
    },
    mark(userid: string, externalUserId: string, tagIds: readonly string[]): void {
      needContact(userid, externalUserId);
      for (const id of tagIds) {
        if (!store.get('SELECT id FROM wecom_tag WHERE id = ?', id)) throw new WecomError(40068, 'invalid tagid');
        store.run(
          'INSERT INTO wecom_marked (external_userid, tag_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
          externalUserId,
          id,
        );
      }
    },

    addWay(userid: string, state: string): string {
      if (userid !== agentUserId) throw new WecomError(60111, 'userid not found');
      const id = randomHex(16);
      store.run('INSERT INTO wecom_way (config_id, state, userid) VALUES (?, ?, ?)', id, state, userid);
      return id;
    },

    /** Handed to the agent, who confirms it; a customer gets one such message a day at most. */
    send(externalUserIds: readonly string[], text: string, page: string): { msgid: string; failed: string[] } {
      const msgid = `msg${randomHex(14)}`;
      const failed: string[] = [];
      for (const id of externalUserIds) {
        const recent = store.get(
          'SELECT msgid FROM wecom_message WHERE external_userid = ? AND at > ?',
          id,
          now() - DAY_MS,
        );
        if (!contactOf(id) || recent) failed.push(id);
        else
          store.run(
            'INSERT INTO wecom_message (msgid, external_userid, text, page, status, at) VALUES (?, ?, ?, ?, 0, ?)',
            msgid,
            id,
            text,
            page,
            now(),
          );
      }
      return { msgid, failed };
    },
    confirm: (msgid: string): number => store.run('UPDATE wecom_message SET status = 1 WHERE msgid = ?', msgid),
    results: (msgid: string) =>
      store.all<{ external_userid: string; status: number; send_time: number }>(
        'SELECT external_userid, status, at / 1000 AS send_time FROM wecom_message WHERE msgid = ?',
        msgid,
      ),
    /** What the twin's page and tests look at. */
    state: () => ({
      contacts: store.all('SELECT external_userid, unionid, userid FROM wecom_contact'),
      marked: store.all('SELECT m.external_userid, t.name FROM wecom_marked m JOIN wecom_tag t ON t.id = m.tag_id'),
      ways: store.all('SELECT config_id, state, userid FROM wecom_way'),
      messages: store.all('SELECT msgid, external_userid, text, page, status FROM wecom_message ORDER BY at'),
    }),
  };
}
