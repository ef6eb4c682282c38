/** A shop that only takes payments, on real PostgreSQL, for this module's tests. With a twin: real HTTP, real signatures. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { EventName } from '@xiaopu/contracts';
import { freePort } from '@xiaopu/free-port';
import { demoOtherCredentials } from '@xiaopu/sandbox';
import type { FastifyRequest } from 'fastify';
import { createFixedClock } from '#platform/clock.ts';
import { createApp } from '#platform/http/app.ts';
import { newId, newTradeNo } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createTestDatabase } from '../../../test/database.ts';
import { startTwin, type Twin } from '../../../test/twin.ts';
import {
  createAlipay,
  createPaymentDesk,
  createPayments,
  createPaypal,
  createWechatPayGateway,
  type WechatPayGateway,
} from './index.ts';
import type { Alipay } from './payments.alipay.ts';
import type { Surroundings } from './payments.golive.ts';
import type { Paypal } from './payments.paypal.ts';

const log = createLogger('silent');
export const shopId = '01970000-0000-7000-8000-00000000000a';
export const otherShopId = '01970000-0000-7000-8000-00000000000b';
export const phoneBrowser = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1';
export const pcBrowser = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36';
export type PaymentWorld = Awaited<ReturnType<typeof openPaymentWorld>>;

interface WorldOptions {
  gateway?: WechatPayGateway;
  appIds?: Record<'mp-weixin' | 'h5', string>;
  openids?: Map<string, Record<'mini' | 'oa', string>>;
  clock?: ReturnType<typeof createFixedClock>;
  paypal?: Paypal;
  alipay?: Alipay;
  surroundings?: Surroundings;
}

const wholeSecond = () => new Date(Math.floor(Date.now() / 1000) * 1000);

export async function openPaymentWorld({
  gateway,
  appIds,
  openids = new Map(),
  clock = createFixedClock(wholeSecond()),
  paypal,
  alipay,
  surroundings = { isSandbox: true, publicBaseUrl: 'http://127.0.0.1', hasOwnKeys: false },
}: WorldOptions = {}) {
  const database = await createTestDatabase();
  const messaging = createMessaging({ database, clock, log });
  const { outbox } = messaging;
  const payments = createPayments({ outbox, clock });
  const prepared: { buyerId: string; paymentId: string }[] = [];
  const audited: { action: string; target: string; shopId: string }[] = [];
  /** What orders say before a payment starts; tests replace it. */
  const orders = { prepare: async () => {} };
  const settings = {
    rate: 72_000,
    isShared: false,
    isCombining: false,
    clearance: 'clear' as 'clear' | 'returning',
    maySetInstall: true,
  };
  const used = gateway ?? fakeGateway().gateway;
  const desk = createPaymentDesk({
    payments,
    gateway: used,
    paypal,
    alipay,
    database,
    outbox,
    clock,
    log,
    appIds: appIds ?? { 'mp-weixin': 'wxmini', h5: 'wxoa' },
    openidOf: async (_db, buyerId, app) =>
      openids.size === 0 ? `openid-${app}-${buyerId}` : openids.get(buyerId)?.[app],
    preparePayment: async (_tx, payment) => {
      prepared.push(payment);
      await orders.prepare();
      return undefined;
    },
    cashierUrl: '/sandbox/cashier',
    rateOf: () => settings.rate,
    isShared: async () => settings.isShared,
    isCombining: () => settings.isCombining,
    clearRefund: async () => settings.clearance,
    surroundings,
    maySetInstall: async () => settings.maySetInstall,
    resultUrl: (paymentId) => `http://shop.test/#/result?paymentId=${paymentId}`,
    audit: async (_tx, entry) => void audited.push(entry),
  });
  const app = await createApp({
    log,
    version: 'test',
    rateLimitPerMinute: 0,
    authenticators: {
      buyer: async ({ headers }: FastifyRequest) => {
        const [buyerId, guest] = (headers.authorization ?? '').replace('Bearer ', '').split('/');
        return buyerId ? { buyerId, isGuest: guest === 'guest' } : undefined;
      },
      staff: async ({ headers }: FastifyRequest) => {
        const [shop, ...permissions] = String(headers['x-test-staff'] ?? '').split('/');
        return shop
          ? { staffId: newId(), name: '小周', shopId: shop, permissions: new Set(permissions) as never }
          : undefined;
      },
    },
  });
  desk.routes(app);

  return {
    database,
    db: database.db,
    inTransaction: database.inTransaction,
    clock,
    payments,
    desk,
    app,
    orders,
    settings,
    outbox,
    log,
    prepared,
    audited,
    gateway: used,
    /** A payment of 89.90 for a new buyer, held for 15 minutes, unless told otherwise. */
    async open(
      given: Partial<{ buyerId: string; amount: number; holdMs: number; description: string; split: number[] }> = {},
    ) {
      const buyerId = given.buyerId ?? randomUUID();
      const paymentId = newId();
      const split = given.split ?? [given.amount ?? 8_990];
      const amount = split.reduce((sum, part) => sum + part, 0);
      const prepayUntil = new Date(clock.now().getTime() + (given.holdMs ?? 900_000));
      const shopIds = [shopId, otherShopId].slice(0, split.length);
      const parts = split.map((part, index) => ({
        orderNo: newTradeNo(buyerId, clock.now()),
        shopId: shopIds[index] ?? shopId,
        amount: part,
      }));
      const orderNos = parts.map(({ orderNo }) => orderNo);
      const description = given.description ?? '一舍家居 · 亚麻四件套等 2 件';
      const payment = { paymentId, buyerId, amount, description, orderNos, shopIds, prepayUntil, parts };
      await database.inTransaction((tx) => payments.open(tx, payment));
      return payment;
    },
    start: (buyerId: string, paymentId: string, client = 'mp-weixin', channel?: string, userAgent = phoneBrowser) =>
      app.inject({
        method: 'POST',
        url: `/api/payments/${paymentId}/start`,
        headers: { authorization: `Bearer ${buyerId}`, 'user-agent': userAgent },
        payload: { client, ...(channel ? { channel } : {}) },
      }),
    staff: (method: 'GET' | 'POST' | 'PUT', path: string, who: string, payload?: object) =>
      app.inject({
        method,
        url: path,
        headers: { 'x-test-staff': who, 'x-requested-with': 'xiaopu-console' },
        ...(payload ? { payload } : {}),
      }),
    decide: (anomalyId: string, decision: string, who = `${shopId}/payments.resolve`) =>
      app.inject({
        method: 'POST',
        url: `/api/console/payments/anomalies/${anomalyId}/decision`,
        headers: { 'x-test-staff': who, 'x-requested-with': 'xiaopu-console' },
        payload: { decision, note: '核对过账单' },
      }),
    read: (buyerId: string, paymentId: string) =>
      app.inject({ url: `/api/payments/${paymentId}`, headers: { authorization: `Bearer ${buyerId}` } }),
    async sweep(name?: string) {
      let handled = 0;
      for (const sweep of desk.sweeps.filter((one) => name === undefined || one.name === name)) {
        for (let found = -1; found !== 0; handled += found) found = await sweep.run();
      }
      return handled;
    },
    /** What was published so far under that name. */
    async events<T = Record<string, unknown>>(name: EventName): Promise<T[]> {
      const rows = await database.db
        .selectFrom('platform.outbox')
        .select('payload')
        .where('name', '=', name)
        .orderBy('eventId')
        .execute();
      return rows.map(({ payload }) => payload as T);
    },
    statusOf: async (paymentId: string) =>
      (
        await database.db
          .selectFrom('payments.payment')
          .select('status')
          .where('paymentId', '=', paymentId)
          .executeTakeFirstOrThrow()
      ).status,
    attemptsOf: (paymentId: string) =>
      database.db
        .selectFrom('payments.attempt')
        .selectAll()
        .where('paymentId', '=', paymentId)
        .orderBy('createdAt')
        .execute(),
    anomalies: () => database.db.selectFrom('payments.anomaly').selectAll().orderBy('anomalyId').execute(),
    async close() {
      await app.close();
      await database.close();
    },
  };
}

/** The shop with the sandbox as WeChat, notices arriving on a real port. */
function twinOthers(twin: Twin, publicBaseUrl: string, clock: ReturnType<typeof createFixedClock>) {
  const { paypal, alipay } = demoOtherCredentials(twin.dataDir);
  const gatewayUrl = `${twin.base}/alipay/gateway.do`;
  return {
    paypal: createPaypal({ ...paypal, baseUrl: `${twin.base}/paypal`, currency: 'USD' }, { clock }),
    alipay: createAlipay({ ...alipay, gatewayUrl, pageUrl: gatewayUrl }, { clock, publicBaseUrl }),
  };
}

export async function openTwinWorld(
  mode: 'public-key' | 'certificate' = 'public-key',
  {
    withOthers = false,
    beforeListen = () => {},
  }: {
    withOthers?: boolean;
    beforeListen?: (parts: PaymentWorld & { twin: Twin; publicBaseUrl: string }) => void;
  } = {},
) {
  const clock = createFixedClock(wholeSecond());
  const twin = await startTwin({ clock, notifySchedule: [200, 200, 200, 200] });
  const port = await freePort();
  const { credentials } = twin;
  const gateway = createWechatPayGateway({
    config: {
      mchId: credentials.mchid,
      merchantSerial: credentials.merchantSerial,
      merchantPrivateKey: credentials.merchantPrivateKey,
      apiV3Key: credentials.apiV3Key,
      publicKeyId: mode === 'public-key' ? credentials.platformPublicKeyId : undefined,
      publicKey: mode === 'public-key' ? credentials.platformPublicKey : undefined,
      payBaseUrl: `${twin.base}/wechat-pay`,
    },
    publicBaseUrl: `http://127.0.0.1:${port}`,
    clock,
  });
  const openids = new Map<string, Record<'mini' | 'oa', string>>();
  const others: Partial<ReturnType<typeof twinOthers>> = withOthers
    ? twinOthers(twin, `http://127.0.0.1:${port}`, clock)
    : {};
  const publicBaseUrl = `http://127.0.0.1:${port}`;
  const world = await openPaymentWorld({
    gateway,
    ...others,
    surroundings: { isSandbox: true, publicBaseUrl, hasOwnKeys: false },
    appIds: { 'mp-weixin': credentials.miniAppId, h5: credentials.oaAppId },
    openids,
    clock,
  });
  await twin.switchTo({ 'pay.signatureMode': mode, 'notify.signWith': mode, 'pay.refundSeconds': 0 });
  if (withOthers) await twin.switchTo({ 'paypal.webhookUrl': `http://127.0.0.1:${port}/api/notify/paypal` });
  // More routes for the same door, before it opens.
  beforeListen({ ...world, twin, publicBaseUrl });
  await world.app.listen({ port, host: '127.0.0.1' });
  const { items: personas } = await twin.control<{ items: Persona[] }>('GET', '/personas');
  return {
    ...world,
    ...others,
    publicBaseUrl,
    twin,
    mode,
    personas,
    /** The twin's clock and the shop's are one: both move. */
    advance: (ms: number) => clock.advance(ms),
    async openFor(personaId: string, given: Partial<{ amount: number; holdMs: number; split: number[] }> = {}) {
      const persona = personas.find(({ id }) => id === personaId);
      if (!persona) throw new Error(`no persona ${personaId}`);
      const payment = await world.open(given);
      openids.set(payment.buyerId, { mini: persona.openid, oa: persona.oaOpenid });
      return payment;
    },
    pay: (params: object, action = 'pay') =>
      twin.phone<{ result: string; reason: string }>('/request-payment', { ...params, action }),
    /** Waits, on real time, until `look` gives something. */
    until,
    async close() {
      await world.close();
      await twin.stop();
    },
  };
}

interface Persona {
  id: string;
  openid: string;
  oaOpenid: string;
}

export async function until<T>(look: () => Promise<T | undefined | false>, timeoutMs = 5_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

type Fake = { -readonly [K in keyof WechatPayGateway]: WechatPayGateway[K] };
/** A gateway whose `answers` tests may change at any time; it keeps its calls. */
export function fakeGateway() {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const unreachable = 'http://127.0.0.1:1';
  const real = createWechatPayGateway({
    config: {
      mchId: '1900000001',
      merchantSerial: 'AB',
      merchantPrivateKey: privateKey,
      apiV3Key: 'k'.repeat(32),
      publicKeyId: undefined,
      publicKey: undefined,
      payBaseUrl: unreachable,
    },
    publicBaseUrl: unreachable,
    clock: { now: () => new Date() },
  });
  let prepays = 0;
  const defaults: Fake = {
    ...real,
    async prepay() {
      prepays += 1;
      return `wx-prepay-${prepays}`;
    },
    query: async (outTradeNo) => ({
      appid: 'wxmini',
      mchid: '1900000001',
      out_trade_no: outTradeNo,
      trade_state: 'NOTPAY',
    }),
    close: async () => {},
    refund: async ({ outTradeNo, outRefundNo, amount, total }) => ({
      refund_id: `r-${outRefundNo}`,
      out_refund_no: outRefundNo,
      out_trade_no: outTradeNo,
      status: 'SUCCESS',
      amount: { refund: amount, total },
    }),
  };
  const answers: Fake = { ...defaults };
  const calls: { name: string; args: unknown[] }[] = [];
  const gateway = new Proxy(answers, {
    get(_target, name: keyof Fake) {
      const answer = answers[name];
      if (typeof answer !== 'function' || name === 'payParams') return answer;
      return (...args: never[]) => {
        calls.push({ name, args });
        return (answer as (...given: never[]) => unknown)(...args);
      };
    },
  });
  return {
    gateway,
    answers,
    calls,
    callsNamed: (name: keyof Fake) => calls.filter((call) => call.name === name).map(({ args }) => args[0]),
    /** Back to the usual answers, calls forgotten. */
    reset() {
      Object.assign(answers, defaults);
      calls.length = 0;
    },
    answerAgain: () => Object.assign(answers, defaults),
  };
}
