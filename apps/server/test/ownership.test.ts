/** Walks every route as nobody, as a second buyer and as a second shop: nothing readable, nothing written (design rule 8). */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RouteAccess } from '../src/platform/http/access.ts';
import { openTestShop, type TestBuyer, type TestShop } from './shop.ts';
import { findProduct, pay, placeOrder, untilOrder } from './story.ts';

const anId = '01970000-0000-7000-8000-000000000000';

describe('ownership', () => {
  let world: TestShop;
  let owner: TestBuyer;
  let stranger: TestBuyer;
  /** What the owner and their shop have, by path parameter. */
  let owned: Record<string, string>;
  /** Values that must never be read by anyone else. */
  let secrets: string[];
  let otherShopId: string;
  let routes: RouteAccess[];

  beforeAll(async () => {
    world = await openTestShop();
    owner = await world.buyer('lin-xia');
    stranger = await world.buyer('chen-mo');
    const product = await findProduct(owner);
    const { paymentId, orderNos, addressId, skuId } = await placeOrder(owner, product);
    const [orderNo = ''] = orderNos;
    await pay(world, owner, 'lin-xia', paymentId);
    const order = await untilOrder(world, owner, orderNo, ({ status }) => status === 'paid');
    const cart = await owner.api.cart.add({ skuId, quantity: 1 });
    await owner.api.favourites.add(product.spuId);
    const lineId = cart.groups[0]?.lines[0]?.lineId ?? '';
    secrets = [orderNo, paymentId, addressId, lineId, order.lines[0]?.lineId ?? '', owner.buyerId];
    expect(secrets.every((secret) => secret.length > 10)).toBe(true);
    owned = {
      orderNo,
      paymentId,
      addressId,
      lineId,
      skuId,
      spuId: product.spuId,
      storeId: anId,
      barcode: '6901234567892',
      shopId: product.shop.shopId,
      parcelId: anId,
      refundNo: orderNo,
      reviewId: anId,
      jobId: anId,
      staffId: anId,
      roleId: anId,
      anomalyId: anId,
      payoutId: anId,
      receiverId: anId,
      scoreId: anId,
      caseNo: orderNo,
      saleId: anId,
      placeId: anId,
      bargainId: anId,
      groupId: anId,
      dailyId: anId,
      activityId: anId,
      kind: 'flash',
      distributorId: anId,
      withdrawalId: anId,
      bindingId: anId,
      code: '0123456789',
      dayId: anId,
      endpointId: anId,
      eventId: anId,
      differenceId: anId,
      complaintId: '200202611220001',
      day: '2026-01-01',
      messageId: anId,
      mediaId: anId,
      buyerId: owner.buyerId,
      itemId: anId,
      lotteryId: anId,
      redemptionId: anId,
      planId: 'basic',
      categoryId: anId,
      templateId: anId,
      noticeId: anId,
      trialId: anId,
      campaignId: anId,
      // A packet is there to be opened by others: what of it is theirs to do is tested with the coupons.
      packetId: anId,
      ruleId: anId,
      tagId: anId,
      key: 'orders.hold_minutes',
      lineKey: 'api_p95',
      step: 'licence',
      idempotencyKey: anId,
    };
    const { db } = world.database;
    const own = [owner.buyerId, anId, product.shop.shopId].map((id) => sql`${id}::uuid`);
    // Settled ones: no sweep touches them while the walk compares.
    await sql`
      insert into payouts.transfer (buyer_id, payout_id, shop_id, out_bill_no, scene, scene_id, app_id, openid, amount, reason,
        status, requested_at)
      values (${sql.join(own)}, '1', 'commission', '1005', 'wx', 'o', 100, '佣金', 'succeeded', now())`.execute(db);
    await sql`
      insert into pay_score.service_order (buyer_id, score_id, shop_id, out_order_no, openid, introduction, ceiling, status,
        requested_at)
      values (${sql.join(own)}, '1', 'o', '先享后付', 100, 'revoked', now())`.execute(db);
    await sql`
      insert into payouts.receiver (shop_id, receiver_id, account, name, status, created_at)
      values (${product.shop.shopId}, ${anId}, '1900000109', 'sealed', 'removed', now())`.execute(db);
    await sql`
      insert into messaging.notice (buyer_id, notice_id, shop_id, source_key, kind, title, body, facts, page, state, channel,
        due_at, valid_until, created_at, decided_at)
      values (${sql.join(own)}, 'walk', 'cart_idle', '标题', '正文', '{}', 'pages/cart/index', 'sent', 'inbox',
        now(), now(), now(), now())`.execute(db);
    await sql`
      insert into messaging.campaign (campaign_id, shop_id, name, body, page, tiers, starts_at, ends_at, hour_from, hour_until,
        state, created_by, created_at)
      values (${anId}, ${product.shop.shopId}, '夜间上新', '八点开抢', 'pages/home/index', '{}', now(),
        now() + interval '1 day', 20, 23, 'done', '小陈', now())`.execute(db);
    await sql`
      insert into complaints.complaint (shop_id, complaint_id, out_trade_no, transaction_id, amount, order_no, state, problem_type,
        detail, is_refunded, has_platform, times, phone, complained_at, asked_at, evidence)
      values (${product.shop.shopId}, '200202611220001', 'T1', '4200', 100, ${owned.orderNo}, 'PROCESSED', 'OTHERS', '壶是裂的',
        false, false, 1, '', now(), now(), ${JSON.stringify({ orderNo: null, facts: [], timeline: [], parcels: [], refunds: [] })})`.execute(
      db,
    );
    const { rows } = await sql<{
      shopId: string;
    }>`select shop_id from stores.shop where shop_id <> ${product.shop.shopId}`.execute(world.database.db);
    otherShopId = rows[0]?.shopId ?? '';
    expect(otherShopId).not.toBe('');
    routes = world.shop.app.routeAccess.filter(({ url }) => url.startsWith('/api/'));
  }, 120_000);
  afterAll(() => world?.close());

  const fill = (url: string) =>
    url.replace(/:(\w+)(\([^)]*\))?/g, (_all, name: string) => {
      const value = owned[name];
      if (value === undefined) throw new Error(`the walk knows no :${name} of ${url}: give it one the owner has`);
      return value;
    });
  const isConsole = ({ access }: RouteAccess) => access === 'staff' || (typeof access === 'object' && access !== null);
  const isBuyers = ({ access }: RouteAccess) => access === 'shopper' || access === 'member';

  /** Everything the owner or their shop has, table by table. */
  async function snapshot(
    column: 'buyer_id' | 'shop_id',
    value: string,
    except: string[] = [],
  ): Promise<Record<string, string>> {
    const { rows: tables } = await sql<{ name: string }>`
      select format('%I.%I', table_schema, table_name) as name from information_schema.columns
      where column_name = ${column} and table_schema not in ('platform', 'information_schema', 'pg_catalog') order by 1`.execute(
      world.database.db,
    );
    const state: Record<string, string> = {};
    for (const { name } of tables) {
      if (except.some((part) => name.includes(part))) continue;
      const { rows } = await sql<{ digest: string }>`
        select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as digest from ${sql.raw(name)} t where ${sql.ref(column)} = ${value}`.execute(
        world.database.db,
      );
      state[name] = rows[0]?.digest ?? '';
    }
    return state;
  }

  const bodies: Record<string, unknown> = {
    '/api/cart/lines/:lineId': { quantity: 3 },
    '/api/addresses/:addressId': {
      name: '别人',
      phone: '13900000009',
      province: '北京市',
      city: '北京市',
      district: '朝阳区',
      detail: '一号',
      isDefault: true,
    },
    '/api/orders/:orderNo/cancel': { reason: '不想要了' },
    '/api/orders/:orderNo/refund': { reason: '不想要了' },
    '/api/payments/:paymentId/start': { client: 'mp-weixin' },
  };
  const bodyFor = (url: string): unknown =>
    url === '/api/orders/:orderNo/reviews'
      ? { lineId: secrets[4], rating: 1, text: '差', mediaIds: [], anonymous: false }
      : (bodies[url] ?? {});

  it('answers 401 on every route that needs a session when there is none', async () => {
    const guarded = routes.filter((route) => isConsole(route) || isBuyers(route));
    expect(guarded.length).toBeGreaterThan(40);
    const open: string[] = [];
    for (const { method, url } of guarded) {
      const { status } = await world.inject({
        method,
        url: fill(url),
        headers: { 'x-requested-with': 'xiaopu-console' },
        body: method === 'GET' ? undefined : bodyFor(url),
      });
      if (status !== 401) open.push(`${status} ${method} ${url}`);
    }
    expect(open).toEqual([]);
  });

  it('a second buyer reads and changes nothing of the first', async () => {
    const before = await snapshot('buyer_id', owner.buyerId);
    const leaks: string[] = [];
    for (const { method, url } of routes.filter(isBuyers)) {
      const reply = await world.inject({
        method,
        url: fill(url),
        headers: { ...stranger.headers, 'idempotency-key': 'walk-000001' },
        body: method === 'GET' ? undefined : bodyFor(url),
      });
      if (reply.status >= 500) leaks.push(`${reply.status} ${method} ${url}`);
      if (/:(orderNo|paymentId|addressId|lineId)/.test(url) && reply.status < 400)
        leaks.push(`${reply.status} ${method} ${url}`);
      const echoed = fill(url);
      for (const secret of secrets)
        if (reply.text.includes(secret) && !echoed.includes(secret)) leaks.push(`${method} ${url} shows ${secret}`);
    }
    expect(leaks).toEqual([]);
    expect(await snapshot('buyer_id', owner.buyerId)).toEqual(before);
  });

  it('C03-GOAL-08 staff of a second shop read and change nothing of the first', async () => {
    const headers = await world.staff('admin', otherShopId);
    const before = await snapshot('shop_id', owned.shopId ?? '', ['identity.']);
    const leaks: string[] = [];
    for (const { method, url } of routes.filter(isConsole)) {
      // About the caller's own account: a logout or a new password is theirs to do, and would end this walk.
      if (/\/session/.test(url)) continue;
      const reply = await world.inject({ method, url: fill(url), headers, body: method === 'GET' ? undefined : {} });
      if (reply.status >= 500) leaks.push(`${reply.status} ${method} ${url}`);
      if (/:(orderNo|skuId|spuId|refundNo)/.test(url) && reply.status < 400)
        leaks.push(`${reply.status} ${method} ${url}`);
      for (const secret of [owned.orderNo, owned.paymentId]) {
        if (secret && reply.text.includes(secret) && !fill(url).includes(secret))
          leaks.push(`${method} ${url} shows ${secret}`);
      }
    }
    expect(leaks).toEqual([]);
    expect(await snapshot('shop_id', owned.shopId ?? '', ['identity.'])).toEqual(before);
  });

  it('C12-ENC-04 every console route names a permission, or is about the caller’s own account', () => {
    const unnamed = routes
      .filter(({ url }) => url.startsWith('/api/console/'))
      .filter(
        ({ access, url }) =>
          !(typeof access === 'object' && access !== null) && !url.startsWith('/api/console/session'),
      )
      .map(({ method, url }) => `${method} ${url}`);
    expect(unnamed).toEqual([]);
  });
});
