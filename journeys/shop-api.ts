/** Typed calls to the running shop, for what a journey needs to know or prepare away from the screen. */
import {
  ApiError,
  type BuyerApi,
  type ConsoleApi,
  createBuyerApi,
  createConsoleApi,
  encodeQuery,
  type Send,
} from '@xiaopu/api-client';
import type { ErrorReply } from '@xiaopu/contracts';

export const demoPassword = 'xiaopu-demo-2026';

const sendTo =
  (origin: string, given: Record<string, string>): Send =>
  async ({ method, path, query, body, headers }) => {
    const text = encodeQuery(query);
    const reply = await fetch(`${origin}${path}${text ? `?${text}` : ''}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...given, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const content = await reply.text();
    if (!reply.ok) throw new ApiError(reply.status, (JSON.parse(content) as ErrorReply).error);
    return content === '' ? null : JSON.parse(content);
  };

export const buyerApi = (origin: string, token?: string): BuyerApi =>
  createBuyerApi(sendTo(origin, token === undefined ? {} : { authorization: `Bearer ${token}` }));

/** A persona of the sandbox, logged in through the mini program. */
export async function member(origin: string, persona: string): Promise<{ api: BuyerApi; token: string }> {
  const { code } = await sandbox<{ code: string }>(origin, 'POST', '/phone/login-code', { persona });
  const { token } = await buyerApi(origin).session.wechatMini({ code });
  return { api: buyerApi(origin, token), token };
}

export async function staffApi(origin: string, account = 'admin'): Promise<(shopId: string) => ConsoleApi> {
  const reply = await fetch(`${origin}/api/console/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'xiaopu-console' },
    body: JSON.stringify({ account, password: demoPassword }),
  });
  if (!reply.ok) throw new Error(`console login: ${reply.status} ${await reply.text()}`);
  const cookie = reply.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return (shopId) =>
    createConsoleApi(sendTo(origin, { cookie, 'x-requested-with': 'xiaopu-console', 'x-shop-id': shopId }));
}

export async function sandbox<T = unknown>(
  origin: string,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
): Promise<T> {
  const reply = await fetch(`${origin}/sandbox${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!reply.ok) throw new Error(`sandbox ${path}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as T;
}

/** Asks until the answer satisfies. */
export async function until<T>(ask: () => Promise<T>, isDone: (value: T) => boolean, withinMs = 15_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (isDone(value)) return value;
    if (Date.now() > deadline)
      throw new Error(`did not happen within ${withinMs} ms: ${JSON.stringify(value).slice(0, 400)}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
