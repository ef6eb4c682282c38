/** access_token of each WeChat app, by stable_token: asked once however many wait, renewed before it ends. */
import { type Clock, minuteMs, secondMs } from '#platform/clock.ts';
import { wechatUnavailable } from './identity.errors.ts';
import type { WechatClient } from './identity.wechat-client.ts';

export interface WechatAppCredentials {
  appId: string;
  secret: string;
}

export interface AccessTokens {
  get(app: WechatAppCredentials): Promise<string>;
  /** WeChat refused this token (40001, 40014, 42001): the next `get` asks again. A newer token stays. */
  drop(appId: string, token: string): void;
}

/** WeChat renews five minutes before the end, old and new being valid meanwhile. */
const renewBeforeMs = 5 * minuteMs;

export function createAccessTokens({ call, clock }: { call: WechatClient; clock: Clock }): AccessTokens {
  const known = new Map<string, { token: string; renewAt: number }>();
  const asking = new Map<string, Promise<string>>();

  async function ask({ appId, secret }: WechatAppCredentials): Promise<string> {
    const reply = await call({
      path: '/cgi-bin/stable_token',
      query: {},
      body: { grant_type: 'client_credential', appid: appId, secret, force_refresh: false },
    });
    const { access_token: token, expires_in: seconds } = reply;
    if (typeof token !== 'string' || typeof seconds !== 'number') throw wechatUnavailable();
    const lifeMs = seconds * secondMs;
    known.set(appId, { token, renewAt: clock.now().getTime() + Math.max(lifeMs - renewBeforeMs, lifeMs / 2) });
    return token;
  }

  return {
    async get(app) {
      const entry = known.get(app.appId);
      if (entry && entry.renewAt > clock.now().getTime()) return entry.token;
      const running = asking.get(app.appId) ?? ask(app).finally(() => asking.delete(app.appId));
      asking.set(app.appId, running);
      return running;
    },
    drop(appId, token) {
      if (known.get(appId)?.token === token) known.delete(appId);
    },
  };
}

export const tokenErrors: ReadonlySet<number> = new Set([40001, 40014, 42001]);
