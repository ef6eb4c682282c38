/** Reads all the whole server logs, at its most talkative, while a shopper and a merchant go about their business. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../src/platform/logger.ts';
import { openTestShop, type TestShop } from './shop.ts';
import { findProduct, pay, placeOrder, untilOrder } from './story.ts';

const lines: string[] = [];
const log = createLogger('trace', { write: (line) => void lines.push(line) });
let world: TestShop;
beforeAll(async () => {
  world = await openTestShop({ log });
}, 60_000);
afterAll(() => world.close());

it('no name, phone, address, token or password reaches the log, on good ways and on bad ones', async () => {
  const buyer = await world.buyer('lin-xia');
  const recipient = { name: '欧阳测试', phone: '13912345678', detail: '不存在路 77 号 8 幢 901 室' };
  const place = { province: '浙江省', city: '杭州市', district: '西湖区', isDefault: true };
  await buyer.api.addresses.create({ ...place, ...recipient });
  const product = await findProduct(buyer);
  const { orderNos, paymentId } = await placeOrder(buyer, product);
  await pay(world, buyer, 'lin-xia', paymentId);
  const [orderNo = ''] = orderNos;
  await untilOrder(world, buyer, orderNo, ({ status }) => status === 'paid');
  const post = (url: string, body: unknown, headers: Record<string, string> = buyer.headers) =>
    world.inject({ method: 'POST', url, headers, body });
  const refused = [
    await post('/api/addresses', { ...place, ...recipient, phone: `${recipient.phone}x` }),
    await post('/api/addresses', { ...place, ...recipient, detail: recipient.detail.repeat(100) }),
    await post(
      '/api/console/session',
      { account: 'admin', password: 'hunter2-hunter2' },
      { 'x-requested-with': 'xiaopu-console' },
    ),
    await post('/api/session/wechat-mini', { code: 'no-such-code-13912345678' }, {}),
    await post('/api/orders', { source: { kind: 'cart' }, addressId: orderNo }),
  ];
  for (const { status } of refused) expect(status).toBeGreaterThanOrEqual(400);
  // What fails within: the database's own words carry values.
  const failing = world.database.inTransaction(async (tx) => {
    const session = await tx
      .selectFrom('members.address')
      .selectAll()
      .where('buyerId', '=', buyer.buyerId)
      .executeTakeFirstOrThrow();
    await tx
      .insertInto('members.address')
      .values(session as never)
      .execute();
  });
  await failing.catch((error: unknown) =>
    log.error({ err: error, ...recipient, name: '', token: buyer.token }, 'as a careless line would'),
  );
  await world.staff('admin');
  await world.shop.settle();

  const all = lines.join('\n');
  expect(lines.length).toBeGreaterThan(0);
  expect(all).toContain('as a careless line would');
  const { rows } = await world.database.pool.query<{ openid: string }>(
    'select openid from identity.wechat_account limit 50',
  );
  const secrets = [
    recipient.phone,
    recipient.detail,
    buyer.token,
    'hunter2-hunter2',
    ...rows.map(({ openid }) => openid),
  ];
  expect(rows.length).toBeGreaterThan(0);
  expect(secrets.filter((secret) => all.includes(secret)).map((secret) => secret.slice(0, 3))).toEqual([]);
});
