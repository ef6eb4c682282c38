/** A shop that only pays out, on real PostgreSQL, with the sandbox as WeChat over real HTTP. For the tests of payouts. */
import { randomUUID } from 'node:crypto';
import type { EventName } from '@xiaopu/contracts';
import { freePort } from '@xiaopu/free-port';
import type { FastifyRequest } from 'fastify';
import {
  complaintRoutes,
  createComplaintFlow,
  createComplaintGateway,
  createComplaints,
} from '../src/modules/complaints/index.ts';
import { createPayScore, createScoreDesk } from '../src/modules/pay-score/index.ts';
import { createWechatPayGateway, problemOf } from '../src/modules/payments/index.ts';
import { createPayoutDesk, createPayouts, createShares } from '../src/modules/payouts/index.ts';
import { createFixedClock } from '../src/platform/clock.ts';
import { createFieldCipher } from '../src/platform/field-cipher.ts';
import { createApp } from '../src/platform/http/app.ts';
import { newId } from '../src/platform/ids.ts';
import { createLogger } from '../src/platform/logger.ts';
import { createMessaging } from '../src/platform/messaging/outbox.ts';
import { createPolicies } from '../src/platform/policy.ts';
import { createTestDatabase } from './database.ts';
import { startTwin } from './twin.ts';

export const shopId = '01970000-0000-7000-8000-00000000000a';
export const otherShopId = '01970000-0000-7000-8000-00000000000b';
export type PayoutWorld = Awaited<ReturnType<typeof openPayoutWorld>>;

const log = createLogger('silent');

export async function openPayoutWorld({ isSandbox = true }: { isSandbox?: boolean } = {}) {
  const clock = createFixedClock(new Date(Math.floor(Date.now() / 1000) * 1000));
  const twin = await startTwin({ clock, notifySchedule: [200, 200, 200, 200] });
  const port = await freePort();
  const publicBaseUrl = `http://127.0.0.1:${port}`;
  const { credentials } = twin;
  const client = createWechatPayGateway({
    config: {
      mchId: credentials.mchid,
      merchantSerial: credentials.merchantSerial,
      merchantPrivateKey: credentials.merchantPrivateKey,
      apiV3Key: credentials.apiV3Key,
      publicKeyId: credentials.platformPublicKeyId,
      publicKey: credentials.platformPublicKey,
      payBaseUrl: `${twin.base}/wechat-pay`,
    },
    publicBaseUrl,
    clock,
  });
  const database = await createTestDatabase();
  const { outbox } = createMessaging({ database, clock, log });
  const cipher = createFieldCipher('k1:0123456789abcdef0123456789abcdef');
  const audited: { action: string; target: string; shopId: string }[] = [];
  const policies = createPolicies({ database, clock });
  const shares = createShares({ clock, policies, cipher });
  const payouts = createPayouts({
    clock,
    policies,
    cipher,
    appId: credentials.miniAppId,
    mchId: credentials.mchid,
    sandboxUrl: isSandbox ? twin.base : undefined,
    firstShop: async () => shopId,
  });
  const desk = createPayoutDesk({
    payouts,
    shares,
    appId: credentials.miniAppId,
    client,
    problemOf,
    publicBaseUrl,
    database,
    cipher,
    outbox,
    clock,
    log,
    audit: async (_tx, entry) => void audited.push(entry),
  });
  const app = await createApp({
    log,
    version: 'test',
    rateLimitPerMinute: 0,
    authenticators: {
      buyer: async ({ headers }: FastifyRequest) => {
        const buyerId = (headers.authorization ?? '').replace('Bearer ', '');
        return buyerId ? { buyerId, isGuest: false } : undefined;
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
  const score = createPayScore({ clock, policies, isSandbox });
  const scoreDesk = createScoreDesk({
    score,
    client,
    problemOf,
    appId: credentials.miniAppId,
    serviceId: '500001',
    publicBaseUrl,
    database,
    outbox,
    clock,
    log,
  });
  scoreDesk.routes(app);
  const complaints = createComplaints({ clock, policies, cipher });
  const lateReports: number[] = [];
  const complaintFlow = createComplaintFlow({
    ...{ database, policies, cipher, clock, log, problemOf },
    gateway: createComplaintGateway({ client, publicBaseUrl, problemOf }),
    tradeOf: async (_db, outTradeNo) =>
      outTradeNo.startsWith('T') ? { shopId, orderNo: `20261201${outTradeNo.slice(-12)}` } : undefined,
    evidenceOf: async (_shopId, orderNo) => ({
      orderNo,
      facts: [{ name: '实付', value: '128.00 元' }],
      timeline: [],
      parcels: [
        { carrier: '顺丰速运', waybillNo: 'SF1000000001', nodes: [{ at: clock.now().toISOString(), text: '已签收' }] },
      ],
      refunds: [],
    }),
    firstShop: async () => otherShopId,
    reportLate: async (count) => void lateReports.push(count),
  });
  complaintRoutes(app, {
    database,
    complaints,
    flow: complaintFlow,
    audit: async (_tx, entry) => void audited.push(entry),
  });
  await app.listen({ port, host: '127.0.0.1' });
  await twin.switchTo({ 'pay.signatureMode': 'public-key', 'notify.signWith': 'public-key', 'transfer.seconds': 0 });
  const { items: personas } = await twin.control<{ items: { id: string; openid: string; balance: number }[] }>(
    'GET',
    '/personas',
  );
  const openid = personas.find(({ id }) => id === 'lin-xia')?.openid ?? '';

  return {
    appId: credentials.miniAppId,
    complaints,
    lateReports,
    sweepComplaint: (name: 'look' | 'send' | 'poll' | 'clock') =>
      complaintFlow.sweeps.find((sweep) => sweep.name === `complaints.${name}`)?.run() ??
      Promise.reject(new Error(name)),
    publicBaseUrl,
    database,
    db: database.db,
    inTransaction: database.inTransaction,
    clock,
    twin,
    payouts,
    shares,
    policies,
    score,
    sweepScore: async () => {
      for (const one of scoreDesk.sweeps) await one.run();
    },
    client,
    desk,
    app,
    audited,
    openid,
    /** 12.34 of commission for a new buyer, unless told otherwise. */
    requestOf: (given: Partial<Parameters<typeof payouts.request>[1]> = {}) => ({
      payoutId: newId(),
      buyerId: randomUUID(),
      openid,
      amount: 1_234,
      reason: '九月推广佣金',
      scene: 'commission' as const,
      ...given,
    }),
    async request(given: Partial<Parameters<typeof payouts.request>[1]> = {}) {
      const request = this.requestOf(given);
      await database.inTransaction((tx) => payouts.request(tx, request));
      return request;
    },
    async sweep(name?: string) {
      for (const sweep of desk.sweeps.filter((one) => name === undefined || one.name === name)) await sweep.run();
    },
    rowOf: (payoutId: string) =>
      database.db.selectFrom('payouts.transfer').selectAll().where('payoutId', '=', payoutId).executeTakeFirstOrThrow(),
    statusOf: async (payoutId: string) =>
      (
        await database.db
          .selectFrom('payouts.transfer')
          .select('status')
          .where('payoutId', '=', payoutId)
          .executeTakeFirstOrThrow()
      ).status,
    read: (buyerId: string, payoutId: string) =>
      app.inject({ url: `/api/payouts/${payoutId}`, headers: { authorization: `Bearer ${buyerId}` } }),
    staff: (
      method: 'GET' | 'POST' | 'PUT' | 'DELETE',
      path: string,
      who = `${shopId}/payouts.read/payouts.manage`,
      payload?: object,
    ) =>
      app.inject({
        method,
        ...(payload ? { payload } : {}),
        url: path.startsWith('/api') ? path : `/api/console/payouts${path}`,
        headers: { 'x-test-staff': who, 'x-requested-with': 'xiaopu-console' },
      }),
    async confirm(confirmation: object, action = 'confirm') {
      const response = await fetch(`${twin.base}/transfer/confirm`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...confirmation, action }),
      });
      return (await response.json()) as { result: string; reason?: string };
    },
    /** The bills WeChat really has. */
    async bills() {
      const { items } = await twin.control<{ items: { outBillNo: string; amount: number; state: string }[] }>(
        'GET',
        '/transfers',
      );
      return items;
    },
    async events<T = Record<string, unknown>>(name: EventName, payoutId: string): Promise<T[]> {
      const rows = await database.db
        .selectFrom('platform.outbox')
        .select('payload')
        .where('name', '=', name)
        .orderBy('eventId')
        .execute();
      return rows
        .map(({ payload }) => payload as T & { payoutId?: string })
        .filter((payload) => payload.payoutId === payoutId);
    },
    until,
    async close() {
      // The twin first: a notice on its way would keep the shop open.
      await twin.stop();
      await app.close();
      await database.close();
    },
  };
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
