/** Mini program: who sent a login code, and the number behind a phone-button code. */
import type { Logger } from '#platform/logger.ts';
import { type AccessTokens, tokenErrors, type WechatAppCredentials } from './identity.access-tokens.ts';
import { wechatUnavailable } from './identity.errors.ts';
import { toShopperError, type WechatClient, WechatRefusal } from './identity.wechat-client.ts';

export interface WechatPerson {
  openid: string;
  /** Only when the app is bound to an Open Platform account. */
  unionid: string | undefined;
}

export interface WechatMiniGateway {
  personOf(code: string): Promise<WechatPerson>;
  /** The number without country code. */
  phoneOf(code: string): Promise<string>;
}

export function toPerson({ openid, unionid }: Record<string, unknown>): WechatPerson {
  if (typeof openid !== 'string' || openid === '') throw wechatUnavailable();
  return { openid, unionid: typeof unionid === 'string' && unionid !== '' ? unionid : undefined };
}

export function createWechatMiniGateway({
  call,
  app,
  tokens,
  log,
}: {
  call: WechatClient;
  app: WechatAppCredentials;
  tokens: AccessTokens;
  log: Logger;
}): WechatMiniGateway {
  async function withToken(path: string, body: unknown, isRetry = false): Promise<Record<string, unknown>> {
    const token = await tokens.get(app);
    try {
      return await call({ path, query: { access_token: token }, body });
    } catch (error) {
      if (isRetry || !(error instanceof WechatRefusal) || !tokenErrors.has(error.errcode)) throw error;
      tokens.drop(app.appId, token);
      return withToken(path, body, true);
    }
  }

  return {
    async personOf(code) {
      try {
        const query = { appid: app.appId, secret: app.secret, js_code: code, grant_type: 'authorization_code' };
        return toPerson(await call({ path: '/sns/jscode2session', query }));
      } catch (error) {
        throw toShopperError(error, log);
      }
    },
    async phoneOf(code) {
      try {
        const reply = await withToken('/wxa/business/getuserphonenumber', { code });
        const info = reply.phone_info as { purePhoneNumber?: unknown; watermark?: { appid?: unknown } } | undefined;
        if (typeof info?.purePhoneNumber !== 'string') throw wechatUnavailable();
        if (info.watermark?.appid !== undefined && info.watermark.appid !== app.appId) throw wechatUnavailable();
        return info.purePhoneNumber;
      } catch (error) {
        throw toShopperError(error, log);
      }
    },
  };
}
