import type { Field, RunningSandbox } from './start-sandbox.ts';

/** The shop's server calling api.weixin.qq.com. */
export function createApi({ base, credentials }: RunningSandbox) {
  let token = '';
  const send = async (method: string, path: string, query: Record<string, string>, body?: unknown) => {
    const response = await fetch(`${base}/wechat-api${path}?${new URLSearchParams(query)}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    return response;
  };
  const json = async (response: Response) => (await response.json()) as Record<string, Field>;

  return {
    get: async (path: string, query: Record<string, string>) => json(await send('GET', path, query)),
    stableToken: async (over: Record<string, unknown> = {}) =>
      json(
        await send(
          'POST',
          '/cgi-bin/stable_token',
          {},
          {
            grant_type: 'client_credential',
            appid: credentials.miniAppId,
            secret: credentials.miniAppSecret,
            ...over,
          },
        ),
      ),
    plainToken: async () =>
      json(
        await send('GET', '/cgi-bin/token', {
          grant_type: 'client_credential',
          appid: credentials.miniAppId,
          secret: credentials.miniAppSecret,
        }),
      ),
    async post(path: string, body: unknown, accessToken?: string) {
      return json(await this.raw(path, body, accessToken));
    },
    async raw(path: string, body: unknown, accessToken?: string) {
      token ||= String((await this.stableToken()).access_token);
      return send('POST', path, { access_token: accessToken ?? token }, body);
    },
    login: async (code: string, over: Record<string, string> = {}) =>
      json(
        await send('GET', '/sns/jscode2session', {
          appid: credentials.miniAppId,
          secret: credentials.miniAppSecret,
          js_code: code,
          grant_type: 'authorization_code',
          ...over,
        }),
      ),
  };
}
