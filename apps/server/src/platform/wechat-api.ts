/** api.weixin.qq.com with an access_token: one renewal when the token is refused, and the answer as a value, not a throw. */

export interface WechatApp {
  appId: string;
  secret: string;
}

export interface WechatApiDeps<Body = Record<string, unknown>> {
  /** Sends one request; rejects with an error carrying `errcode` on a refusal, with anything else when there is no answer. */
  call: (request: { path: string; query: Record<string, string>; body: unknown }) => Promise<Body>;
  tokens: { get(app: WechatApp): Promise<string>; drop(appId: string, token: string): void };
  app: WechatApp;
}

export type WechatReply<Body = Record<string, unknown>> =
  | { kind: 'ok'; body: Body }
  | { kind: 'refused'; errcode: number; message: string }
  // No answer. `wasSent` false: it never left, for want of a token; true: what happened there is unknown.
  | { kind: 'silent'; message: string; wasSent: boolean };

export interface WechatApi {
  post(path: string, body: unknown): Promise<WechatReply>;
}

const staleToken = new Set([40001, 40014, 42001]);

/** For answers of any kind: objects, pictures. */
export function createWechatPost<Body>({ call, tokens, app }: WechatApiDeps<Body>) {
  async function attempt(
    path: string,
    body: unknown,
  ): Promise<{ reply: WechatReply<Body>; token: string | undefined }> {
    let token: string | undefined;
    try {
      token = await tokens.get(app);
      return { token, reply: { kind: 'ok', body: await call({ path, query: { access_token: token }, body }) } };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const errcode = error instanceof Error && 'errcode' in error ? Number(error.errcode) : undefined;
      return {
        token,
        reply:
          errcode === undefined
            ? { kind: 'silent', message, wasSent: token !== undefined }
            : { kind: 'refused', errcode, message },
      };
    }
  }

  return async (path: string, body: unknown): Promise<WechatReply<Body>> => {
    const { reply, token } = await attempt(path, body);
    if (reply.kind !== 'refused' || !staleToken.has(reply.errcode) || token === undefined) return reply;
    tokens.drop(app.appId, token);
    return (await attempt(path, body)).reply;
  };
}

export const createWechatApi = (deps: WechatApiDeps): WechatApi => ({ post: createWechatPost(deps) });
