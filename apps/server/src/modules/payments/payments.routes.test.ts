import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { openTwinWorld, otherShopId, shopId } from './payments.testing.ts';

describe('payment routes', () => {
  let world: Awaited<ReturnType<typeof openTwinWorld>>;
  beforeAll(async () => {
    world = await openTwinWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.db.deleteFrom('platform.outbox').execute();
  });

  const code = (reply: { json: () => unknown }) => (reply.json() as { error?: { code: string } }).error?.code;
  const snapshot = async () => ({
    payments: await world.db.selectFrom('payments.payment').selectAll().orderBy('paymentId').execute(),
    attempts: await world.db.selectFrom('payments.attempt').selectAll().orderBy('outTradeNo').execute(),
    anomalies: await world.anomalies(),
    events: await world.db.selectFrom('platform.outbox').select('name').execute(),
  });
  const read = (path: string, headers: Record<string, string> = {}) => world.app.inject({ url: path, headers });
  const staff = (...permissions: string[]) => ({
    'x-test-staff': [shopId, ...permissions].join('/'),
    'x-requested-with': 'xiaopu-console',
  });

  describe('POST /api/payments/:paymentId/start', () => {
    it('200 hands out params', async () => {
      const { buyerId, paymentId } = await world.openFor('lin-xia');
      const reply = await world.start(buyerId, paymentId);
      expect([reply.statusCode, reply.json().status, reply.json().cashierUrl]).toEqual([200, 'prepaid', null]);
    });
    it.each([{}, { client: 'app' }])('400 for %j', async (payload) => {
      const { buyerId, paymentId } = await world.openFor('lin-xia');
      const reply = await world.app.inject({
        method: 'POST',
        url: `/api/payments/${paymentId}/start`,
        headers: { authorization: `Bearer ${buyerId}` },
        payload,
      });
      expect([reply.statusCode, code(reply)]).toEqual([400, 'request.invalid']);
    });
    it('400 for an id that is none', async () => {
      expect((await world.start(randomUUID(), 'x')).statusCode).toBe(400);
    });
    it('401 without session and for a guest', async () => {
      const { buyerId, paymentId } = await world.openFor('lin-xia');
      const url = `/api/payments/${paymentId}/start`;
      const nobody = await world.app.inject({ method: 'POST', url, payload: { client: 'h5' } });
      expect([nobody.statusCode, code(nobody)]).toEqual([401, 'identity.session_required']);
      const guest = await world.start(`${buyerId}/guest`, paymentId);
      expect([guest.statusCode, code(guest)]).toEqual([401, 'identity.login_required']);
    });
    it('404 for another buyer, and nothing is written or sent', async () => {
      const { paymentId } = await world.openFor('lin-xia');
      const before = await snapshot();
      const reply = await world.start(randomUUID(), paymentId);
      expect([reply.statusCode, code(reply)]).toEqual([404, 'payments.not_found']);
      expect(await snapshot()).toEqual(before);
    });
    it('409 for a buyer without a WeChat identity there', async () => {
      const { buyerId, paymentId } = await world.open();
      const reply = await world.start(buyerId, paymentId);
      expect([reply.statusCode, code(reply)]).toEqual([409, 'payments.payer_unknown']);
    });
    it('503 when WeChat refuses the product', async () => {
      await world.twin.switchTo({ 'pay.noPermission': 'jsapi' });
      const { buyerId, paymentId } = await world.openFor('lin-xia');
      const reply = await world.start(buyerId, paymentId);
      await world.twin.switchTo({ 'pay.noPermission': 'none' });
      expect([reply.statusCode, code(reply), reply.json().error.details]).toEqual([
        503,
        'payments.wechat_refused',
        { code: 'NO_AUTH' },
      ]);
    });
  });

  describe('GET /api/payments/:paymentId', () => {
    it('200 shows the payment and no more', async () => {
      const { buyerId, paymentId, amount, orderNos, prepayUntil } = await world.openFor('lin-xia');
      const reply = await world.read(buyerId, paymentId);
      expect([reply.statusCode, reply.json()]).toEqual([
        200,
        {
          ...{ paymentId, status: 'created', amount, orderNos, paidAt: null, expiresAt: prepayUntil.toISOString() },
          ...{ channel: null, foreign: null },
        },
      ]);
    });
    it('400, 401 and 404', async () => {
      const { paymentId } = await world.openFor('lin-xia');
      expect((await world.read(randomUUID(), 'x')).statusCode).toBe(400);
      expect((await read(`/api/payments/${paymentId}`)).statusCode).toBe(401);
      const other = await world.read(randomUUID(), paymentId);
      expect([other.statusCode, code(other)]).toEqual([404, 'payments.not_found']);
    });
    it('costs two statements beside the ownership look-up of the refresh', async () => {
      const { buyerId, paymentId } = await world.openFor('lin-xia');
      const statements = await world.database.statementsOf(() => world.read(buyerId, paymentId));
      expect(statements.length).toBeLessThanOrEqual(3);
    });
  });

  it('the client can never mark a payment paid: no body, header or forged notice does', async () => {
    const { buyerId, paymentId, amount } = await world.openFor('lin-xia');
    await world.start(buyerId, paymentId);
    const [attempt] = await world.attemptsOf(paymentId);
    const before = await snapshot();
    const paidBody = {
      client: 'mp-weixin',
      status: 'succeeded',
      paid: true,
      amount: 1,
      transactionId: '4200',
      trade_state: 'SUCCESS',
    };
    const headers = { authorization: `Bearer ${buyerId}`, 'content-type': 'application/json' };
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      for (const path of ['', '/start', '/paid', '/succeed', '/confirm', '/status']) {
        await world.app.inject({ method, url: `/api/payments/${paymentId}${path}`, headers, payload: paidBody });
      }
    }
    const forged = JSON.stringify({
      id: newId(),
      event_type: 'TRANSACTION.SUCCESS',
      resource: { out_trade_no: attempt?.outTradeNo, trade_state: 'SUCCESS', amount: { total: amount } },
    });
    const now = String(Math.floor(world.clock.now().getTime() / 1000));
    for (const extra of [
      {},
      {
        'wechatpay-timestamp': now,
        'wechatpay-nonce': 'n',
        'wechatpay-signature': 'AAAA',
        'wechatpay-serial': world.twin.credentials.platformPublicKeyId,
      },
    ]) {
      const reply = await world.app.inject({
        method: 'POST',
        url: '/api/notify/wechat-pay/payment',
        headers: { 'content-type': 'application/json', ...extra },
        payload: forged,
      });
      expect([reply.statusCode, reply.json().code]).toEqual([401, 'FAIL']);
    }
    expect(await world.statusOf(paymentId)).toBe('prepaid');
    expect(await snapshot()).toEqual(before);
  });

  describe('POST /api/notify/wechat-pay/*', () => {
    const post = (kind: string, body: string, headers: Record<string, string> = {}) =>
      world.app.inject({
        method: 'POST',
        url: `/api/notify/wechat-pay/${kind}`,
        headers: { 'content-type': 'application/json', ...headers },
        payload: body,
      });
    /** A genuine notice as the twin sent it, with its headers. */
    async function genuine() {
      const payment = await world.openFor('su-wan');
      const { params } = (await world.start(payment.buyerId, payment.paymentId)).json<{ params: object }>();
      await world.pay(params);
      await world.until(async () => (await world.statusOf(payment.paymentId)) === 'succeeded');
      const [attempt] = await world.attemptsOf(payment.paymentId);
      const { items } = await world.twin.control<{
        items: { url: string; requestBody: string; requestHeaders: Record<string, string> }[];
      }>('GET', '/log?twin=wechat-pay&direction=out&limit=50');
      const sent = items.filter(({ requestBody }) => requestBody.includes('encrypt-resource'));
      const latest = sent.at(0);
      if (!latest) throw new Error('no notice in the journal');
      return {
        ...payment,
        outTradeNo: attempt?.outTradeNo,
        body: latest.requestBody,
        headers: latest.requestHeaders,
        notices: sent,
      };
    }

    it('204 for a genuine repetition, with no second effect', async () => {
      const { body, headers } = await genuine();
      const before = await snapshot();
      const replies = await Promise.all(Array.from({ length: 5 }, () => post('payment', body, headers)));
      expect(replies.map(({ statusCode }) => statusCode)).toEqual([204, 204, 204, 204, 204]);
      expect(await snapshot()).toEqual(before);
    });
    it('C10-PAY-05 C10-SEC-04 401 for a replay six minutes later, a changed byte and a swapped nonce; nothing is written', async () => {
      const { body, headers } = await genuine();
      const before = await snapshot();
      expect((await post('payment', `${body} `, headers)).statusCode).toBe(401);
      expect((await post('payment', body, { ...headers, 'Wechatpay-Nonce': 'other' })).statusCode).toBe(401);
      world.advance(360_000);
      const replay = await post('payment', body, headers);
      expect([replay.statusCode, replay.json()]).toEqual([401, { code: 'FAIL', message: 'notice stale' }]);
      expect(await snapshot()).toEqual(before);
    });
    it('400 for a genuine notice at the wrong door', async () => {
      const { body, headers } = await genuine();
      expect((await post('refund', body, headers)).statusCode).toBe(400);
    });
    it('404 for a genuine notice of a trade this install does not know, and it may be sent again', async () => {
      const { body, headers, paymentId } = await genuine();
      const noticeId = (JSON.parse(body) as { id: string }).id;
      await world.db.deleteFrom('payments.notice').where('noticeId', '=', noticeId).execute();
      await world.db.deleteFrom('payments.attempt').where('paymentId', '=', paymentId).execute();
      expect((await post('payment', body, headers)).statusCode).toBe(404);
      expect(
        await world.db.selectFrom('payments.notice').select('noticeId').where('noticeId', '=', noticeId).execute(),
      ).toEqual([]);
    });
    it('401 for an empty body, 413 for a huge one, both in WeChat’s words', async () => {
      expect([(await post('payment', '')).statusCode, (await post('payment', '')).json().code]).toEqual([401, 'FAIL']);
      const huge = await post('payment', 'x'.repeat(1_100_000));
      expect([huge.statusCode, huge.json().code]).toEqual([413, 'FAIL']);
    });
    it('500 FAIL when our own database fails, so that WeChat repeats it', async () => {
      const { body, headers } = await genuine();
      await world.database.pool.query('alter table payments.notice rename to notice_away');
      const reply = await post('payment', body, headers);
      await world.database.pool.query('alter table payments.notice_away rename to notice');
      expect([reply.statusCode, reply.json()]).toEqual([500, { code: 'FAIL', message: 'try again' }]);
    });
  });

  describe('console anomalies', () => {
    async function anomaly(kind = 'amount_differs') {
      const { buyerId, paymentId } = await world.open();
      const anomalyId = newId();
      const row = {
        buyerId,
        anomalyId,
        paymentId,
        shopIds: [shopId],
        kind,
        expected: 8_990,
        actual: 1,
        detail: '1 CNY',
        foundAt: world.clock.now(),
        resolvedAt: null,
        resolvedBy: null,
        note: null,
      };
      await world.db.insertInto('payments.anomaly').values(row).execute();
      return anomalyId;
    }
    const list = (query = '', headers = staff('payments.read')) =>
      read(`/api/console/payments/anomalies${query}`, headers);
    const resolve = (
      anomalyId: string,
      headers: Record<string, string> = staff('payments.resolve'),
      payload: unknown = { note: '已线下补款' },
    ) =>
      world.app.inject({
        method: 'POST',
        url: `/api/console/payments/anomalies/${anomalyId}/resolution`,
        headers,
        payload: payload as object,
      });

    it('200 lists the shop’s own, newest first, by page and state, in two statements', async () => {
      await world.db.deleteFrom('payments.anomaly').execute();
      const [first, second] = [await anomaly(), await anomaly('refund_abnormal')];
      const page = (await list('?page=1&pageSize=1')).json();
      expect(page).toMatchObject({
        total: 2,
        page: 1,
        pageSize: 1,
        items: [{ anomalyId: second, kindText: '退款异常，资金未到账' }],
      });
      expect((await list('?page=2&pageSize=1')).json().items[0]).toMatchObject({
        anomalyId: first,
        kindText: '实付金额不符',
        paymentStatus: 'created',
      });
      expect((await resolve(first)).statusCode).toBe(204);
      expect((await list('?state=open')).json().items.map(({ anomalyId }: { anomalyId: string }) => anomalyId)).toEqual(
        [second],
      );
      expect((await list('?state=resolved')).json().items[0]).toMatchObject({
        anomalyId: first,
        resolvedBy: '小周',
        note: '已线下补款',
      });
      expect(await world.database.statementsOf(() => list())).toHaveLength(2);
      expect(await world.payments.countOpenAnomalies(world.db, shopId)).toBe(1);
      expect(world.audited.at(-1)).toMatchObject({ action: 'payments.resolve_anomaly', target: first, shopId });
    });
    it('another shop sees none of it and resolves none of it', async () => {
      const anomalyId = await anomaly();
      const other = {
        'x-test-staff': `${otherShopId}/payments.read/payments.resolve`,
        'x-requested-with': 'xiaopu-console',
      };
      const before = await snapshot();
      expect((await list('', other)).json()).toMatchObject({ total: 0, items: [] });
      const reply = await resolve(anomalyId, other);
      expect([reply.statusCode, code(reply)]).toEqual([404, 'payments.anomaly_not_found']);
      expect(await snapshot()).toEqual(before);
    });
    it('400, 401, 403 and 409', async () => {
      const anomalyId = await anomaly();
      expect((await list('?pageSize=1000')).statusCode).toBe(400);
      expect((await list('', {} as never)).statusCode).toBe(401);
      expect((await list('', staff('orders.read'))).statusCode).toBe(403);
      expect((await resolve(anomalyId, staff('payments.resolve'), { note: '' })).statusCode).toBe(400);
      expect((await resolve(anomalyId, { 'x-requested-with': 'xiaopu-console' })).statusCode).toBe(401);
      expect((await resolve(anomalyId, staff('payments.read'))).statusCode).toBe(403);
      expect((await resolve(anomalyId, { 'x-test-staff': `${shopId}/payments.resolve` })).statusCode).toBe(403);
      expect((await resolve(anomalyId)).statusCode).toBe(204);
      const again = await resolve(anomalyId);
      expect([again.statusCode, code(again)]).toEqual([409, 'payments.anomaly_resolved']);
    });
  });
});
