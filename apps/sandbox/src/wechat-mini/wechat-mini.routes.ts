import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Codes } from '../phone/codes.ts';
import { bodyText, parseJsonObject } from '../platform/raw-body.ts';
import type { World } from '../platform/world.ts';
import { apiError } from './api-error.ts';
import { guardApiRoutes } from './guard.ts';
import type { Tokens } from './tokens.ts';

export interface MiniParts {
  codes: Codes;
  tokens: Tokens;
}

export const SESSION_TABLES = `
CREATE TABLE IF NOT EXISTS mini_session (
  openid TEXT PRIMARY KEY, session_key TEXT NOT NULL, visited_at INTEGER NOT NULL) STRICT;`;

const CODE_ERRORS = { unknown: 40029, 'other-app': 40029, expired: 40029, used: 40163 } as const;

/** api.weixin.qq.com as the mini program's server sees it. */
export async function wechatMiniRoutes(
  app: FastifyInstance,
  { world, parts }: { world: World; parts: MiniParts },
): Promise<void> {
  const { people, switches, store } = world;
  const { codes, tokens } = parts;
  guardApiRoutes(app, world, 'wechat-mini');

  const query = (request: FastifyRequest) => request.query as Record<string, string | undefined>;

  app.get('/cgi-bin/token', async (request) => tokens.plain(query(request)));
  app.post('/cgi-bin/stable_token', async (request) => tokens.stable(jsonBody(request)));

  app.get('/sns/jscode2session', async (request) => {
    const { appid, secret, js_code: code, grant_type: grant } = query(request);
    const app = tokens.checkApp(appid, secret);
    if (grant !== 'authorization_code') throw apiError(40002);
    if (!code) throw apiError(41008);
    const redeemed = codes.redeem('login', app, code);
    if (redeemed.outcome !== 'ok') throw apiError(CODE_ERRORS[redeemed.outcome]);
    const person = people.find(redeemed.code.personaId);
    if (!person) throw apiError(40029);
    const openid = people.openidOf(person, app);
    const sessionKey = randomBytes(16).toString('base64');
    store.run(
      `INSERT INTO mini_session (openid, session_key, visited_at) VALUES (?, ?, ?)
       ON CONFLICT (openid) DO UPDATE SET session_key = excluded.session_key, visited_at = excluded.visited_at`,
      openid,
      sessionKey,
      world.clock.now().getTime(),
    );
    return {
      session_key: sessionKey,
      openid,
      ...(switches.isOn('mini.withUnionid') ? { unionid: people.unionidOf(person) } : {}),
    };
  });

  app.post('/wxa/business/getuserphonenumber', async (request) => {
    const app = tokens.appidOf(query(request).access_token);
    const { code } = jsonBody(request);
    if (!code) throw apiError(40029);
    const redeemed = codes.redeem('phone', app, String(code));
    if (redeemed.outcome === 'other-app') throw apiError(40013);
    if (redeemed.outcome !== 'ok') throw apiError(40029);
    const person = people.find(redeemed.code.personaId);
    if (!person) throw apiError(40029);
    return {
      errcode: 0,
      errmsg: 'ok',
      phone_info: {
        phoneNumber: person.phone,
        purePhoneNumber: person.phone,
        countryCode: '86',
        watermark: { timestamp: Math.floor(world.clock.now().getTime() / 1000), appid: app },
      },
    };
  });
}

export function jsonBody(request: FastifyRequest): Record<string, unknown> {
  const text = bodyText(request.body);
  if (!text) throw apiError(44002);
  const parsed = parseJsonObject(text);
  if (!parsed) throw apiError(47001);
  return parsed;
}
