/** Shoppers who buy, and go on buying whatever happens: each wish has one key, which is sent until the shop has answered for it. */
import { randomUUID } from 'node:crypto';
import { ApiError, createBuyerApi, encodeQuery, type Send } from '@xiaopu/api-client';
import type { PlacedOrder } from '@xiaopu/contracts';
import { Agent, fetch } from 'undici';
import { address, findProduct } from '../story.ts';

export interface Wish {
  buyerId: string;
  key: string;
  /** undefined until the shop answered for it. */
  placed?: PlacedOrder;
  refusal?: string;
  /** The money left the buyer's purse, whatever the shop knows of it. */
  hasPaidAtSandbox: boolean;
  isPaid: boolean;
}

const patienceMs = 6_000;
/** A payment that is held for people to look at is not told by itself. */
const payPatienceMs = 40_000;
const betweenMs = 150;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

export function openShoppers({ url, certificate }: { url: string; certificate: string }) {
  const agent = new Agent({ connect: { ca: certificate } });
  const wishes: Wish[] = [];
  let isOver = false;

  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const reply = await fetch(url + path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      dispatcher: agent,
      signal: AbortSignal.timeout(patienceMs),
    });
    const text = await reply.text();
    const isJson = reply.headers.get('content-type')?.includes('json');
    return { status: reply.status, body: isJson && text ? (JSON.parse(text) as unknown) : text };
  }
  const sendWith =
    (headers: Record<string, string>): Send =>
    async ({ method, path, query, body, headers: extra }) => {
      const text = encodeQuery(query);
      const reply = await ask(method, text ? `${path}?${text}` : path, body, { ...headers, ...extra });
      const { error } = (reply.body ?? {}) as { error?: ConstructorParameters<typeof ApiError>[1] };
      if (reply.status >= 400 && error) throw new ApiError(reply.status, error);
      if (reply.status >= 400) throw new Error(`status ${reply.status}`);
      return reply.body as never;
    };
  /** Again until it is answered; a refusal is an answer, an outage is none. */
  async function insist<T>(work: () => Promise<T>, forMs = Number.POSITIVE_INFINITY): Promise<T> {
    for (const startedAt = performance.now(); ; ) {
      try {
        return await work();
      } catch (error) {
        const isAnswer = error instanceof ApiError && error.status < 500 && error.status !== 429;
        if (isAnswer || performance.now() - startedAt > forMs) throw error;
        await pause(300);
      }
    }
  }

  async function shop(persona: string): Promise<void> {
    const { code } = await insist(
      async () => (await ask('POST', '/sandbox/phone/login-code', { persona })).body as { code: string },
    );
    const { token, buyer } = await insist(() => createBuyerApi(sendWith({})).session.wechatMini({ code }));
    const headers = { authorization: `Bearer ${token}` };
    const api = createBuyerApi(sendWith(headers));
    const addressId = (await insist(() => api.addresses.create(address))).addressId;
    const choose = async () => {
      const product = await insist(() => findProduct({ api, headers, token, buyerId: buyer.buyerId }, { units: 20 }));
      return [{ skuId: product.skus[0]?.skuId ?? '', quantity: 1 }];
    };
    let lines = await choose();
    while (!isOver) {
      await pause(betweenMs);
      const wish: Wish = { buyerId: buyer.buyerId, key: randomUUID(), hasPaidAtSandbox: false, isPaid: false };
      wishes.push(wish);
      try {
        const order = { source: { kind: 'lines' as const, lines }, addressId };
        const placed = await insist(async () => {
          const answer = await api.orders.submit(order, wish.key);
          if ('paymentId' in answer) return answer;
          const queued = await api.orders.queued(wish.key);
          if (queued.refusal) throw new ApiError(409, { ...queued.refusal, requestId: '' });
          if (!queued.placed) throw new Error('still waiting');
          return queued.placed;
        });
        wish.placed = placed;
        // Most pay; the others leave it to the timers.
        if (wishes.length % 5 === 0) continue;
        await insist(async () => {
          const { params, status } = await api.payments.start(placed.paymentId, { client: 'mp-weixin' });
          if (status === 'succeeded') return;
          const { status: answer } = await ask('POST', '/sandbox/phone/request-payment', { persona, ...params });
          wish.hasPaidAtSandbox ||= answer === 200;
          if ((await api.payments.get(placed.paymentId)).status !== 'succeeded') throw new Error('not told yet');
        }, payPatienceMs);
        wish.isPaid = true;
      } catch (error) {
        wish.refusal = error instanceof ApiError ? error.code : String(error);
        if (wish.refusal === 'inventory.out_of_stock') lines = await choose();
      }
    }
  }

  let going: Promise<unknown> = Promise.resolve();
  return {
    wishes,
    ask,
    start(personas: readonly string[]): void {
      isOver = false;
      going = Promise.all(personas.map(shop));
    },
    /** Each finishes the wish at hand. */
    async finish(): Promise<void> {
      isOver = true;
      await going;
    },
    close: () => agent.close(),
  };
}
