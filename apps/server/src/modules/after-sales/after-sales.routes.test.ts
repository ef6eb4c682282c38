import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { shopB } from '../../../test/trade.ts';
import { asBuyer, asGuest, asStaff } from '../../../test/trade-app.ts';
import { openWorld, type World } from './after-sales.testing.ts';

describe('after-sale routes', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.audited.length = 0;
  });

  const noCase = '20261122120000000000';
  const parcel = { carrierCode: 'SF', waybillNo: 'SF1234567890' };
  async function given({ quantity = 2 } = {}) {
    const order = await world.givenOrder({ lines: [{ salePrice: 5_000, quantity }], receive: true });
    const lines = [{ lineId: order.lineIds[0] as string, quantity: 1 }];
    const ask = { kind: 'return', reason: 'quality', description: '', mediaIds: [], lines };
    return { ...order, lines, ask, body: { orderNo: order.orderNo, ...ask }, me: asBuyer(order.buyerId) };
  }
  type Given = Awaited<ReturnType<typeof given>>;
  async function applied(over: object = {}): Promise<Given & { caseNo: string }> {
    const order = await given();
    const { body } = await world.call('POST', '/api/after-sales', order.me, { ...order.body, ...over });
    return { ...order, caseNo: body.caseNo };
  }
  /** Everything after-sale keeps, to show that a refused call wrote nothing. */
  const kept = async (buyerId: string) => ({
    cases: await world.db.selectFrom('after_sales.case').selectAll().where('buyerId', '=', buyerId).execute(),
    lines: await world.db.selectFrom('after_sales.caseLine').selectAll().where('buyerId', '=', buyerId).execute(),
    events: await world.db.selectFrom('after_sales.caseEvent').selectAll().where('buyerId', '=', buyerId).execute(),
    refunds: await world.db.selectFrom('orders.refund').selectAll().where('buyerId', '=', buyerId).execute(),
    orders: await world.db.selectFrom('orders.order').selectAll().where('buyerId', '=', buyerId).execute(),
  });

  it('options and quote: 200, 400, 401, 404 for others, 409 for what is not there', async () => {
    const { orderNo, me, lines, shopId } = await given();
    const url = `/api/after-sales/options?orderNo=${orderNo}`;
    expect(await world.call('GET', url, me)).toMatchObject({
      status: 200,
      body: { refusal: null, lines: [{ most: { refund: 2, return: 2, exchange: 2 }, openCaseNo: null }] },
    });
    expect(await world.call('GET', url, asBuyer(newId()))).toMatchObject({ status: 404 });
    expect(await world.call('GET', url)).toMatchObject({ status: 401 });
    expect(await world.call('GET', '/api/after-sales/options?orderNo=1', me)).toMatchObject({ status: 400 });
    const quote = { orderNo, kind: 'return', lines };
    const post = (headers: Record<string, string>, body: unknown) =>
      world.call('POST', '/api/after-sales/quote', headers, body);
    expect(await post(me, quote)).toMatchObject({
      status: 200,
      body: { amount: 5_000, goodsAmount: 5_000, freight: 0, note: '按实付金额计算，原路退回' },
    });
    expect(await post(asBuyer(newId()), quote)).toMatchObject({ status: 404 });
    expect(await post({}, quote)).toMatchObject({ status: 401 });
    expect(await post(me, { ...quote, amount: 1, lines: [] })).toMatchObject({ status: 400 });
    expect(await post(me, { ...quote, lines: [{ ...lines[0], quantity: 3 }] })).toMatchObject({ status: 409 });
    expect(shopId).not.toBe(shopB);
  });

  it('POST /api/after-sales: 201, 409 again, 400, 401, 404 for another buyer, 422; refused calls write nothing', async () => {
    const { buyerId, me, body } = await given();
    const before = await kept(buyerId);
    const post = (headers: Record<string, string>, payload: unknown = body) =>
      world.call('POST', '/api/after-sales', headers, payload);
    expect(await post({})).toMatchObject({ status: 401, code: 'identity.session_required' });
    expect(await post(asGuest(buyerId))).toMatchObject({ status: 401, code: 'identity.login_required' });
    expect(await post(asBuyer(newId()))).toMatchObject({ status: 404, code: 'after_sales.order_not_found' });
    expect(await post(me, { ...body, kind: 'gift' })).toMatchObject({ status: 400 });
    expect(await post(me, { ...body, mediaIds: Array.from({ length: 10 }, newId) })).toMatchObject({ status: 400 });
    expect(await post(me, { ...body, reason: 'changed_mind' })).toMatchObject({ status: 422 });
    expect(await post(me, { ...body, mediaIds: [newId()] })).toMatchObject({ status: 422 });
    expect(await kept(buyerId)).toEqual(before);
    // The amount in the body is nobody's business: the server prices.
    expect(await post(me, { ...body, amount: 1 })).toMatchObject({ status: 201, body: { amount: 5_000 } });
    expect(await post(me)).toMatchObject({ status: 409, code: 'after_sales.already_open' });
  });

  it('list costs one statement and detail one; another buyer reads neither', async () => {
    const { caseNo, me, orderNo } = await applied();
    const list = `/api/after-sales?orderNo=${orderNo}`;
    const detail = `/api/after-sales/${caseNo}`;
    expect(await world.database.statementsOf(() => world.call('GET', list, me))).toHaveLength(1);
    expect(await world.database.statementsOf(() => world.call('GET', detail, me))).toHaveLength(1);
    const stranger = asBuyer(newId());
    expect((await world.call('GET', list, me)).body.items).toHaveLength(1);
    expect((await world.call('GET', '/api/after-sales', stranger)).body).toEqual({ items: [], nextCursor: null });
    expect(await world.call('GET', detail, stranger)).toMatchObject({ status: 404, code: 'after_sales.not_found' });
    expect(await world.call('GET', `${detail}/track`, stranger)).toMatchObject({ status: 404 });
    expect(await world.call('GET', `${detail}/track`, me)).toMatchObject({ status: 200, body: { parcels: [] } });
    expect(await world.call('GET', '/api/after-sales?limit=0', me)).toMatchObject({ status: 400 });
    for (const url of [list, detail, `${detail}/track`]) expect((await world.call('GET', url)).status).toBe(401);
  });

  it('keyset pages of one’s own cases have no gaps and no repeats', async () => {
    const { buyerId, me, orderNo, caseNo } = await applied();
    const made = [caseNo];
    for (let i = 0; i < 4; i += 1) {
      if (i % 2) world.clock.advance(1_000);
      await world.inTransaction((tx) => world.afterSales.cancel(tx, buyerId, made.at(-1) as string));
      const { lines } = (await world.call('GET', `/api/after-sales/options?orderNo=${orderNo}`, me)).body;
      const again = { orderNo, kind: 'return', reason: 'quality', lines: [{ lineId: lines[0].lineId, quantity: 1 }] };
      made.push((await world.call('POST', '/api/after-sales', me, again)).body.caseNo);
    }
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await world.call('GET', `/api/after-sales?limit=2${cursor && `&cursor=${cursor}`}`, me);
      seen.push(...body.items.map((item: { caseNo: string }) => item.caseNo));
      cursor = body.nextCursor;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set(made));
  });

  const buyerSteps: [string, 'POST' | 'PUT', string, (given: Given) => unknown, string[], string][] = [
    ['cancel', 'POST', '/cancel', () => undefined, [], 'closed'],
    ['edit', 'PUT', '', ({ ask }) => ask, [], 'applied'],
    ['ship back', 'POST', '/return-parcel', () => parcel, ['agree'], 'returned'],
    ['accept', 'POST', '/offer/accept', () => undefined, ['offer'], 'refunding'],
    ['decline', 'POST', '/offer/decline', () => undefined, ['offer'], 'applied'],
  ];
  it.each(buyerSteps)(
    'buyer %s: 200, 401, 404 for another buyer with nothing written, 409 from a wrong state',
    async (name, method, path, bodyOf, before, to) => {
      const found = await applied();
      for (const decision of before)
        await world.call('POST', `/api/console/after-sales/${found.caseNo}/${decision}`, asStaff(found.shopId), {
          amount: 100,
        });
      const url = `/api/after-sales/${found.caseNo}${path}`;
      const body = bodyOf(found);
      const state = await kept(found.buyerId);
      expect(await world.call(method, url, asBuyer(newId()), body)).toMatchObject({ status: 404 });
      expect(await world.call(method, url, {}, body)).toMatchObject({ status: 401 });
      expect(await world.call(method, url.replace(found.caseNo, noCase), found.me, body)).toMatchObject({
        status: 404,
      });
      expect(await kept(found.buyerId)).toEqual(state);
      expect(await world.call(method, url, found.me, body)).toMatchObject({ status: 200, body: { status: to } });
      if (name !== 'edit') expect(await world.call(method, url, found.me, body)).toMatchObject({ status: 409 });
    },
  );

  it('waybills are checked; escalation and confirming wait for their state', async () => {
    const { caseNo, me, shopId } = await applied();
    await world.call('POST', `/api/console/after-sales/${caseNo}/agree`, asStaff(shopId));
    const ship = (body: object) => world.call('POST', `/api/after-sales/${caseNo}/return-parcel`, me, body);
    expect(await ship({ ...parcel, carrierCode: 'XX' })).toMatchObject({
      status: 422,
      code: 'after_sales.carrier_unknown',
    });
    expect(await ship({ ...parcel, waybillNo: 'YT12345678' })).toMatchObject({ status: 422 });
    expect(await ship({ ...parcel, waybillNo: '?' })).toMatchObject({ status: 400 });
    const escalate = `/api/after-sales/${caseNo}/escalate`;
    expect(await world.call('POST', escalate, me, { note: '请处理' })).toMatchObject({ status: 409 });
    expect(await world.call('POST', escalate, asBuyer(newId()), { note: '请处理' })).toMatchObject({ status: 404 });
    expect(await world.call('POST', `/api/after-sales/${caseNo}/confirm`, me)).toMatchObject({ status: 409 });
    expect(await world.call('POST', `/api/after-sales/${caseNo}/confirm`, asBuyer(newId()))).toMatchObject({
      status: 404,
    });
  });

  const decisions: [string, unknown, string[], string][] = [
    ['agree', undefined, [], 'returning'],
    ['refuse', { reason: '影响二次销售' }, [], 'refused'],
    ['offer', { amount: 300, note: '补偿' }, [], 'offered'],
    ['receive', { restock: true }, ['agree', 'ship'], 'refunding'],
  ];
  it.each(decisions)(
    'console %s: 200 with audit, 401, 403, 404 for another shop with nothing written, 409 again',
    async (name, body, before, to) => {
      const found = await applied();
      const { caseNo, shopId, me } = found;
      for (const step of before)
        if (step === 'ship') await world.call('POST', `/api/after-sales/${caseNo}/return-parcel`, me, parcel);
        else await world.call('POST', `/api/console/after-sales/${caseNo}/${step}`, asStaff(shopId));
      world.audited.length = 0;
      const state = await kept(found.buyerId);
      const url = `/api/console/after-sales/${caseNo}/${name}`;
      expect(await world.call('POST', url, asStaff(shopB), body)).toMatchObject({
        status: 404,
        code: 'after_sales.not_found',
      });
      expect(await world.call('POST', url, { 'x-requested-with': 'xiaopu-console' }, body)).toMatchObject({
        status: 401,
      });
      expect(await world.call('POST', url, asStaff(shopId, 'after_sales.read'), body)).toMatchObject({ status: 403 });
      expect([await kept(found.buyerId), world.audited]).toEqual([state, []]);
      expect(await world.call('POST', url, asStaff(shopId, 'after_sales.decide'), body)).toMatchObject({
        status: 200,
        body: { status: to, isLogWhole: true },
      });
      expect(world.audited).toEqual([{ action: `after_sales.${name}`, target: caseNo, shopId }]);
      expect(await world.call('POST', url, asStaff(shopId), body)).toMatchObject({ status: 409 });
    },
  );

  it('console exchange parcel and arbitration: only from their states, only with their rights', async () => {
    const { caseNo, shopId, buyerId } = await applied();
    const send = `/api/console/after-sales/${caseNo}/exchange-parcel`;
    const judge = `/api/console/after-sales/${caseNo}/arbitrate`;
    const verdict = { verdict: 'buyer', note: '凭证充分' };
    const state = await kept(buyerId);
    expect(await world.call('POST', send, asStaff(shopId), parcel)).toMatchObject({ status: 409 });
    expect(await world.call('POST', send, asStaff(shopB), parcel)).toMatchObject({ status: 404 });
    expect(await world.call('POST', judge, asStaff(shopId, 'after_sales.decide'), verdict)).toMatchObject({
      status: 403,
    });
    expect(await world.call('POST', judge, asStaff(shopB), verdict)).toMatchObject({ status: 404 });
    expect(await world.call('POST', judge, asStaff(shopId), verdict)).toMatchObject({ status: 409 });
    expect(await kept(buyerId)).toEqual(state);
  });

  it('console list, counts, detail and report: scoped to the shop, at most two statements', async () => {
    const { caseNo, shopId, orderNo } = await applied();
    const staff = asStaff(shopId);
    const list = `/api/console/after-sales?status=waiting&q=${orderNo}`;
    expect((await world.call('GET', list, staff)).body).toMatchObject({
      total: 1,
      items: [{ caseNo, status: 'applied' }],
    });
    expect((await world.call('GET', list, asStaff(shopB))).body).toMatchObject({ total: 0, items: [] });
    expect((await world.call('GET', '/api/console/after-sales?kind=exchange&reason=damaged', staff)).body.total).toBe(
      0,
    );
    expect((await world.call('GET', '/api/console/after-sales?q=亚麻', staff)).body.total).toBeGreaterThan(0);
    expect(await world.call('GET', '/api/console/after-sales?status=nope', staff)).toMatchObject({ status: 400 });
    const detail = `/api/console/after-sales/${caseNo}`;
    expect(await world.database.statementsOf(() => world.call('GET', list, staff))).toHaveLength(2);
    // The buyer's name is a stand-in here; with the real one it is two.
    expect(await world.database.statementsOf(() => world.call('GET', detail, staff))).toHaveLength(1);
    expect(await world.call('GET', detail, asStaff(shopB))).toMatchObject({ status: 404 });
    expect(await world.call('GET', `${detail}/track`, asStaff(shopB))).toMatchObject({ status: 404 });
    expect(await world.call('GET', `${detail}/track`, staff)).toMatchObject({ status: 200 });
    const counts = (await world.call('GET', '/api/console/after-sales/counts', staff)).body;
    expect(counts.waiting).toBeGreaterThanOrEqual(1);
    expect((await world.call('GET', '/api/console/after-sales/counts', asStaff(shopB))).body).toEqual({ waiting: 0 });
    expect((await world.call('GET', '/api/console/after-sales/reasons', asStaff(shopB))).body).toEqual({
      reasons: [],
      products: [],
    });
    for (const url of [list, detail, '/api/console/after-sales/counts', '/api/console/after-sales/reasons'])
      expect([
        (await world.call('GET', url)).status,
        (await world.call('GET', url, asStaff(shopId, 'orders.read'))).status,
      ]).toEqual([401, 403]);
  });

  it('the return address is sealed in the table, scoped to the shop, and audited', async () => {
    const { shopId } = await applied();
    const url = '/api/console/after-sales/return-address';
    const address = { name: '退货组', phone: '13700001111', text: '杭州市余杭区仓前街道 8 号' };
    expect(await world.call('PUT', url, asStaff(shopId, 'after_sales.read'), address)).toMatchObject({ status: 403 });
    expect(await world.call('PUT', url, asStaff(shopId), { ...address, phone: '一' })).toMatchObject({ status: 400 });
    expect(await world.call('PUT', url, asStaff(shopId), address)).toMatchObject({ status: 200, body: { address } });
    expect((await world.call('GET', url, asStaff(shopId))).body).toEqual({ address });
    expect((await world.call('GET', url, asStaff(shopB))).body).toEqual({ address: null });
    const { sealed } = await world.db
      .selectFrom('after_sales.returnAddress')
      .select('sealed')
      .executeTakeFirstOrThrow();
    expect(sealed).not.toContain('13700001111');
    expect(world.audited).toEqual([{ action: 'after_sales.return_address', target: shopId, shopId }]);
  });
});
