/** How the demo's past speaks: the two typed APIs and the twin's phone, without a socket. */
import {
  ApiError,
  type BuyerApi,
  type ConsoleApi,
  createBuyerApi,
  createConsoleApi,
  encodeQuery,
  type Send,
} from '@xiaopu/api-client';
import { demoPassword } from '../modules/identity/index.ts';

interface InjectedReply {
  statusCode: number;
  body: string;
  cookies: { name: string; value: string }[];
}

export interface InProcessApp {
  inject(request: {
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
    url: string;
    headers?: Record<string, string>;
    payload?: object;
    remoteAddress: string;
  }): Promise<InjectedReply>;
}

export interface HistoryCalls {
  as(headers?: Record<string, string>): Send;
  /** New people of the twin. @returns their ids */
  crowd(count: number): Promise<string[]>;
  shopper(persona: string): Promise<BuyerApi>;
  pay(persona: string, params: object): Promise<void>;
  /** wx.requestMerchantTransfer on the persona's phone: money to them is confirmed. */
  confirmTransfer(persona: string, confirmation: object): Promise<void>;
  /** The owner signs in; each call then acts on one shop. */
  staff(): Promise<(shopId: string) => ConsoleApi>;
}

export function historyCalls(app: InProcessApp): HistoryCalls {
  // Everybody calls from an address of their own (RFC 5737): the rate limit of this machine stays untouched.
  let callers = 0;
  const newAddress = () => {
    callers += 1;
    return `198.51.100.${1 + (callers % 250)}`;
  };
  const phones = newAddress();

  async function ask<T>(method: 'GET' | 'POST', url: string, payload?: object): Promise<T> {
    const reply = await app.inject({ method, url, remoteAddress: phones, ...(payload ? { payload } : {}) });
    if (reply.statusCode >= 300) throw new Error(`${url}: ${reply.statusCode} ${reply.body}`);
    return JSON.parse(reply.body) as T;
  }

  const as = (own: Record<string, string> = {}): Send => {
    const remoteAddress = newAddress();
    return async ({ method, path, query, body, headers }) => {
      const text = encodeQuery(query);
      const reply = await app.inject({
        method,
        remoteAddress,
        url: text ? `${path}?${text}` : path,
        headers: { ...own, ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      if (reply.statusCode >= 400) throw new ApiError(reply.statusCode, JSON.parse(reply.body).error);
      return reply.body ? JSON.parse(reply.body) : null;
    };
  };

  return {
    as,
    async crowd(count) {
      const { items } = await ask<{ items: { id: string }[] }>('POST', '/sandbox/control/personas', { count });
      return items.map(({ id }) => id);
    },
    async shopper(persona) {
      const signIn = async (): Promise<Send> => {
        const { code } = await ask<{ code: string }>('POST', '/sandbox/phone/login-code', { persona });
        const { token } = await createBuyerApi(as()).session.wechatMini({ code });
        return as({ authorization: `Bearer ${token}` });
      };
      let send = await signIn();
      // A sign-in lasts a month, the past may be longer: then the phone signs in again, as phones do.
      return createBuyerApi(async (request) => {
        try {
          return await send(request);
        } catch (error) {
          if (!(error instanceof ApiError) || error.status !== 401) throw error;
          send = await signIn();
          return send(request);
        }
      });
    },
    async pay(persona, params) {
      const { errMsg } = await ask<{ errMsg: string }>('POST', '/sandbox/phone/request-payment', {
        persona,
        ...params,
      });
      if (errMsg !== 'requestPayment:ok') throw new Error(errMsg);
    },
    async confirmTransfer(persona, confirmation) {
      await ask('POST', '/sandbox/transfer/confirm', { persona, ...confirmation });
    },
    async staff() {
      const reply = await app.inject({
        method: 'POST',
        url: '/api/console/session',
        remoteAddress: newAddress(),
        headers: { 'x-requested-with': 'xiaopu-console' },
        payload: { account: 'admin', password: demoPassword },
      });
      if (reply.statusCode >= 300) throw new Error(`console login: ${reply.statusCode} ${reply.body}`);
      const cookie = reply.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
      return (shopId) => createConsoleApi(as({ cookie, 'x-requested-with': 'xiaopu-console', 'x-shop-id': shopId }));
    },
  };
}
