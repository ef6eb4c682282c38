/** What every story needs: typed calls as a shopper and as staff, the sandbox's phone, and a narrator. */
import { ApiError, createBuyerApi, createConsoleApi, encodeQuery, type Send } from '@xiaopu/api-client';
import type { ErrorReply, PayParams } from '@xiaopu/contracts';
import { formatYuan } from '@xiaopu/money';

export type Stage = ReturnType<typeof createStage>;

export function createStage(origin: string) {
  let step = 0;

  const send =
    (headersOf: () => Record<string, string>): Send =>
    async ({ method, path, query, body, headers }) => {
      const text = encodeQuery(query);
      const reply = await fetch(`${origin}${path}${text ? `?${text}` : ''}`, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headersOf(), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const content = await reply.text();
      if (!reply.ok) throw new ApiError(reply.status, (JSON.parse(content) as ErrorReply).error);
      return content === '' ? null : JSON.parse(content);
    };

  async function sandbox<T>(path: string, body: unknown, method = 'POST'): Promise<T> {
    const reply = await fetch(`${origin}/sandbox${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`sandbox ${path}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as T;
  }

  return {
    /** Says what happens next; the story's numbered line. */
    say(text: string): void {
      step += 1;
      process.stdout.write(`\n${String(step).padStart(2)}. ${text}\n`);
    },
    /** A fact under the current step. */
    note(text: string): void {
      process.stdout.write(`      ${text}\n`);
    },
    yuan: (fen: number) => `¥${formatYuan(fen)}`,

    /** A persona of the sandbox opens the mini program: wx.login → session. */
    async shopper(persona: string) {
      const { code } = await sandbox<{ code: string }>('/phone/login-code', { persona });
      const { token, buyer } = await createBuyerApi(send(() => ({}))).session.wechatMini({ code });
      return { api: createBuyerApi(send(() => ({ authorization: `Bearer ${token}` }))), buyer };
    },

    async staff(account: string, password: string) {
      const login = await fetch(`${origin}/api/console/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-requested-with': 'xiaopu-console' },
        body: JSON.stringify({ account, password }),
      });
      if (!login.ok) throw new Error(`console login: ${login.status} ${await login.text()}`);
      const cookie = login.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ');
      return (shopId: string) =>
        createConsoleApi(send(() => ({ cookie, 'x-requested-with': 'xiaopu-console', 'x-shop-id': shopId })));
    },

    /** wx.requestPayment on the persona's phone. @returns WeChat's errMsg */
    async pay(persona: string, params: PayParams): Promise<string> {
      return (await sandbox<{ errMsg: string }>('/phone/request-payment', { persona, ...params })).errMsg;
    },

    /** wx.requestMerchantTransfer on the persona's phone. @returns WeChat's errMsg */
    async confirmTransfer(persona: string, confirmation: object | null): Promise<string> {
      return (await sandbox<{ errMsg: string }>('/transfer/confirm', { persona, ...confirmation })).errMsg;
    },

    /** Turns the sandbox's switches, as its page would. */
    switchTo: (values: Record<string, string | number | boolean>) => sandbox('/control/switches', values, 'PUT'),

    /** The shop's own time, which a story may have moved. */
    async now(): Promise<Date> {
      const { now } = (await (await fetch(`${origin}/sandbox/control/clock`)).json()) as { now: string };
      return new Date(now);
    },

    advance: (ms: number) => sandbox('/control/clock/advance', { ms }),

    /** Asks until the answer satisfies, at most `seconds`. */
    async until<T>(ask: () => Promise<T>, isDone: (value: T) => boolean, seconds = 15): Promise<T> {
      const deadline = Date.now() + seconds * 1_000;
      for (;;) {
        const value = await ask();
        if (isDone(value)) return value;
        if (Date.now() > deadline) throw new Error('what the story waited for did not happen in time');
        await new Promise((done) => setTimeout(done, 150));
      }
    },
  };
}

export const demoStaff = { account: 'admin', password: 'xiaopu-demo-2026' };
export const homeAddress = {
  name: '林夏',
  phone: '13800000001',
  province: '浙江省',
  city: '杭州市',
  district: '西湖区',
  detail: '文三路 1 号 3 幢 502',
  isDefault: true,
};
