/** Official account on H5: the OAuth page's address, and who came back from it. */
import type { Logger } from '#platform/logger.ts';
import type { WechatAppCredentials } from './identity.access-tokens.ts';
import { toShopperError, type WechatClient } from './identity.wechat-client.ts';
import { toPerson, type WechatPerson } from './identity.wechat-mini.gateway.ts';

export interface WechatOaGateway {
  authorizeUrl(request: { redirectUri: string; state: string }): string;
  personOf(code: string): Promise<WechatPerson>;
}

export function createWechatOaGateway({
  call,
  app,
  openBaseUrl,
  log,
}: {
  call: WechatClient;
  app: WechatAppCredentials;
  openBaseUrl: string;
  log: Logger;
}): WechatOaGateway {
  return {
    authorizeUrl({ redirectUri, state }) {
      const query = new URLSearchParams({
        appid: app.appId,
        redirect_uri: redirectUri,
        response_type: 'code',
        // snsapi_base does not give the unionid, which joins this person to the mini program's (C03-DIF-04).
        scope: 'snsapi_userinfo',
        state,
      });
      return `${openBaseUrl}/connect/oauth2/authorize?${query}#wechat_redirect`;
    },
    async personOf(code) {
      try {
        const query = { appid: app.appId, secret: app.secret, code, grant_type: 'authorization_code' };
        return toPerson(await call({ path: '/sns/oauth2/access_token', query }));
      } catch (error) {
        throw toShopperError(error, log);
      }
    },
  };
}
