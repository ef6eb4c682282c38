import { join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Codes } from '../phone/codes.ts';
import type { Persona } from '../phone/personas.ts';
import { html, sendPage, serveAssets } from '../platform/html.ts';
import { journalExchanges } from '../platform/journal.ts';
import { randomToken } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { apiError } from '../wechat-mini/api-error.ts';
import { guardApiRoutes } from '../wechat-mini/guard.ts';
import type { Tokens } from '../wechat-mini/tokens.ts';

export interface OaParts {
  codes: Codes;
  tokens: Tokens;
}

export const OA_TABLES = `
CREATE TABLE IF NOT EXISTS oa_token (
  access_token TEXT PRIMARY KEY, refresh_token TEXT NOT NULL, openid TEXT NOT NULL, persona_id TEXT NOT NULL, scope TEXT NOT NULL,
  expires_at INTEGER NOT NULL, refresh_until INTEGER NOT NULL) STRICT;`;

const TOKEN_SECONDS = 7200;
const REFRESH_MS = 30 * 86_400_000;
const SCOPES = ['snsapi_base', 'snsapi_userinfo'];

interface TokenRow {
  accessToken: string;
  openid: string;
  personaId: string;
  scope: string;
  expiresAt: number;
  refreshUntil: number;
}

const COLUMNS = `access_token AS accessToken, openid, persona_id AS personaId, scope, expires_at AS expiresAt,
  refresh_until AS refreshUntil`;

const query = (request: FastifyRequest) => request.query as Record<string, string | undefined>;

/** open.weixin.qq.com: the consent page inside WeChat. */
export async function oauthPageRoutes(
  app: FastifyInstance,
  { world, parts }: { world: World; parts: OaParts },
): Promise<void> {
  const { people, keyring, switches } = world;
  const { oaAppId, merchantName } = keyring.credentials;
  const assets = `${app.prefix}/assets`;
  const avatarBase = app.prefix.replace(/wechat-open$/, 'avatar');
  journalExchanges(app, 'wechat-oa', world.journal, world.clock.now);
  serveAssets(app, join(import.meta.dirname, 'assets'), ['oauth.css', 'oauth.js']);

  function findFault({
    appid,
    redirect_uri: redirectUri,
    response_type: type,
    scope,
  }: Record<string, string | undefined>): string {
    if (appid !== oaAppId) return '该公众号 AppID 不正确';
    if (type !== 'code') return 'response_type 应为 code';
    if (!SCOPES.includes(scope ?? '')) return 'Scope 参数错误或没有 Scope 权限';
    if (!redirectUri || !/^https?:/.test(redirectUri) || !URL.canParse(redirectUri)) return 'redirect_uri 参数错误';
    const allowed = switches.text('oa.redirectHosts').split(',').filter(Boolean);
    if (allowed.length > 0 && !allowed.includes(new URL(redirectUri).host))
      return 'redirect_uri 域名与后台配置不一致，错误码：10003';
    return '';
  }

  const redirectTo = (redirectUri: string, params: Record<string, string>) => {
    const url = new URL(redirectUri);
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
    return url.toString();
  };

  app.get('/connect/oauth2/authorize', async (request, reply) => {
    const { redirect_uri: redirectUri = '', scope = '', state = '', persona, deny } = query(request);
    const page = { title: '微信登录', assets, style: 'oauth.css', script: 'oauth.js' };
    const fault = findFault(query(request));
    if (fault) return sendPage(reply, { ...page, body: faultPage(fault) }, 400);
    if (deny !== undefined) return reply.redirect(redirectTo(redirectUri, { state }));
    const chosen = persona ? people.find(persona) : undefined;
    if (chosen) {
      const code = parts.codes.issue('oauth', oaAppId, chosen.id, scope);
      return reply.redirect(redirectTo(redirectUri, { code, state }));
    }
    return sendPage(reply, {
      ...page,
      body: consentPage({
        shop: merchantName,
        scope,
        avatarBase,
        persons: people.list().slice(0, 12),
        given: query(request),
      }),
    });
  });
}

/** The part of api.weixin.qq.com that web login uses. */
export async function oauthApiRoutes(
  app: FastifyInstance,
  { world, parts }: { world: World; parts: OaParts },
): Promise<void> {
  const { people, store, switches, keyring } = world;
  const { oaAppId } = keyring.credentials;
  const now = () => world.clock.now().getTime();
  guardApiRoutes(app, world, 'wechat-oa');

  const issue = (person: Persona, scope: string, refreshToken = randomToken(110)) => {
    const accessToken = `OA99_${randomToken(104)}`;
    const openid = people.openidOf(person, oaAppId);
    store.run(
      `INSERT INTO oa_token (access_token, refresh_token, openid, persona_id, scope, expires_at, refresh_until)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      accessToken,
      refreshToken,
      openid,
      person.id,
      scope,
      now() + TOKEN_SECONDS * 1000,
      now() + REFRESH_MS,
    );
    return {
      access_token: accessToken,
      expires_in: TOKEN_SECONDS,
      refresh_token: refreshToken,
      openid,
      scope,
      ...(switches.isOn('mini.withUnionid') ? { unionid: people.unionidOf(person) } : {}),
    };
  };

  app.get('/sns/oauth2/access_token', async (request) => {
    const { appid, secret, code, grant_type: grant } = query(request);
    const app = parts.tokens.checkApp(appid, secret);
    if (grant !== 'authorization_code') throw apiError(40002);
    if (!code) throw apiError(41008);
    const redeemed = parts.codes.redeem('oauth', app, code);
    if (redeemed.outcome === 'used') throw apiError(40163);
    if (redeemed.outcome === 'expired') throw apiError(42003);
    if (redeemed.outcome !== 'ok') throw apiError(40029);
    const person = people.find(redeemed.code.personaId);
    if (!person) throw apiError(40029);
    return issue(person, redeemed.code.scope);
  });

  app.get('/sns/oauth2/refresh_token', async (request) => {
    const { appid, refresh_token: refreshToken = '', grant_type: grant } = query(request);
    if (appid !== oaAppId) throw apiError(40013);
    if (grant !== 'refresh_token') throw apiError(40002);
    const row = store.get<TokenRow>(
      `SELECT ${COLUMNS} FROM oa_token WHERE refresh_token = ? ORDER BY expires_at DESC LIMIT 1`,
      refreshToken,
    );
    if (!row) throw apiError(40030, 'invalid refresh_token');
    if (row.refreshUntil <= now()) throw apiError(42002, 'refresh_token expired');
    return issue(people.find(row.personaId) as Persona, row.scope, refreshToken);
  });

  const tokenOf = (request: FastifyRequest): TokenRow => {
    const { access_token: accessToken, openid } = query(request);
    if (!accessToken) throw apiError(41001);
    const row = store.get<TokenRow>(`SELECT ${COLUMNS} FROM oa_token WHERE access_token = ?`, accessToken);
    if (!row) throw apiError(40001);
    if (row.expiresAt <= now()) throw apiError(42001);
    if (row.openid !== openid) throw apiError(40003);
    return row;
  };

  app.get('/sns/auth', async (request) => {
    tokenOf(request);
    return { errcode: 0, errmsg: 'ok' };
  });

  app.get('/sns/userinfo', async (request) => {
    const { personaId, openid, scope } = tokenOf(request);
    if (scope !== 'snsapi_userinfo') throw apiError(48001);
    const person = people.find(personaId) as Persona;
    return {
      openid,
      nickname: person.nickname,
      sex: 0,
      language: '',
      city: '',
      province: '',
      country: '',
      headimgurl: `${world.publicUrl}/avatar/${person.id}.svg`,
      privilege: [],
      ...(switches.isOn('mini.withUnionid') ? { unionid: people.unionidOf(person) } : {}),
    };
  });
}

const LOGO = html`<svg viewBox="0 0 48 48" aria-hidden="true"><rect width="48" height="48" rx="10" fill="#E63B2E"/><path d="M12 20h24l-2.2 15a2 2 0 0 1-2 1.7H16.2a2 2 0 0 1-2-1.7z" fill="#fff"/><path d="M17.5 20v-2.5a6.5 6.5 0 0 1 13 0V20" fill="none" stroke="#fff" stroke-width="2.6"/><path d="M19.5 27.5a4.5 4.5 0 0 0 9 0" fill="none" stroke="#E63B2E" stroke-width="2.4" stroke-linecap="round"/></svg>`;

interface Consent {
  shop: string;
  scope: string;
  avatarBase: string;
  persons: Persona[];
  given: Record<string, string | undefined>;
}

function consentPage({ shop, scope, avatarBase, persons, given }: Consent) {
  const hidden = ['appid', 'redirect_uri', 'response_type', 'scope', 'state'].map(
    (name) => html`<input type="hidden" name="${name}" value="${given[name] ?? ''}">`,
  );
  const wishes = scope === 'snsapi_userinfo' ? '获得你的昵称、头像' : '识别你的微信身份';
  return html`
<main class="consent">
  <header class="app">
    <span class="logo">${LOGO}</span>
    <h1>${shop}<span>公众号</span></h1>
  </header>
  <form method="get" action="">
    ${hidden}
    <section>
      <h2>申请</h2>
      <p class="wish">${wishes}</p>
    </section>
    <fieldset>
      <legend>选择演示身份</legend>
      ${persons.map(
        (person, index) => html`
      <label class="person">
        <img class="avatar" src="${avatarBase}/${person.id}.svg" alt="">
        <span class="who">${person.nickname}<small>${person.city} · ${person.phone.slice(0, 3)}****${person.phone.slice(-4)}</small></span>
        <input type="radio" name="persona" value="${person.id}" data-testid="oauth-${person.id}" ${index === 0 ? html`checked` : ''}><i></i>
      </label>`,
      )}
    </fieldset>
    <footer>
      <button type="submit" name="deny" value="1" class="refuse" data-testid="oauth-deny">拒绝</button>
      <button type="submit" class="allow" data-testid="oauth-allow">允许</button>
    </footer>
  </form>
  <p class="note">本机沙箱，不会连接真实的微信</p>
</main>`;
}

const faultPage = (text: string) => html`
<main class="consent consent-fault" role="alert">
  <svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="21"/><path d="M24 13v14M24 34v.5"/></svg>
  <h1>无法登录</h1>
  <p>${text}</p>
</main>`;
