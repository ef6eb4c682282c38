import type { CheckoutPreview } from '@xiaopu/contracts';
import { beforeAll, expect, it } from 'vitest';
import { buildWeixin, weixinDist } from '../mp-stub/build.ts';
import { startMiniProgram } from '../mp-stub/mini-program.ts';
import { card, createShop, home, noOffers, picture, shopId, skuIds } from '../mp-stub/shop.ts';

beforeAll(buildWeixin, 120_000);

const paymentId = '0198f2c1-0000-7000-8000-0000000000aa';
const addressId = '0198f2c1-0000-7000-8000-0000000000bb';
const params = { appId: 'wx1', timeStamp: '1', nonceStr: 'n', package: 'prepay_id=p1', signType: 'RSA', paySign: 's' };

const preview = (quantity: number, more: Partial<CheckoutPreview> = {}): CheckoutPreview => ({
  address: { addressId, name: '林夏', maskedPhone: '138****0001', text: '浙江省杭州市西湖区文三路 90 号' },
  shops: [
    {
      shopId,
      shopName: '一舍家居',
      lines: [
        {
          spuId: card(0).spuId,
          skuId: skuIds.white,
          title: card(0).title,
          specText: '颜色：奶白',
          picture: picture(0),
          quantity,
          salePrice: 19_900,
          listPrice: 25_900,
          payable: 19_900 * quantity,
          discounts: [],
          available: 3,
          problem: null,
          goods: 'physical',
          booking: null,
        },
      ],
      goodsTotal: 19_900 * quantity,
      freight: 0,
      freightNote: '包邮',
      discount: 0,
      payable: 19_900 * quantity,
      arrival: { earliest: '2026-11-24', latest: '2026-11-24', text: '预计明天送达' },
      offersPickup: false,
      pickup: null,
    },
  ],
  listTotal: 25_900 * quantity,
  goodsTotal: 19_900 * quantity,
  freight: 0,
  discount: 0,
  payable: 19_900 * quantity,
  ...noOffers,
  stages: null,
  needsAddress: true,
  consents: [],
  canSubmit: true,
  blockedBy: null,
  ...more,
});

async function openShop({ soleSkuId = skuIds.white as string | null, own = {}, answers = {} } = {}) {
  const app = startMiniProgram({
    dist: weixinDist,
    answer: createShop({
      'GET /api/home': () => ({ body: { ...home(), feed: { items: [card(0, { soleSkuId })], nextCursor: null } } }),
      'POST /api/session/wechat-mini': ({ body }) => ({
        body: {
          token: `member-${(body as { code: string }).code}`,
          expiresAt: '2027-01-01T00:00:00Z',
          buyer: { buyerId: addressId, isGuest: false, nickname: '林夏', avatarUrl: null, maskedPhone: null },
        },
      }),
      'POST /api/checkout/preview': ({ body }) => ({
        body: preview((body as { source: { lines: { quantity: number }[] } }).source.lines[0]?.quantity ?? 1),
      }),
      'POST /api/orders': () => ({
        status: 201,
        body: {
          paymentId,
          orderNos: ['26112300000000000001'],
          payable: 19_900,
          heldUntil: '2026-11-22T12:15:00Z',
          closesAt: '2026-11-22T12:30:00Z',
        },
      }),
      'POST /api/payments/:id/start': () => ({ body: { paymentId, status: 'prepaid', params, cashierUrl: null } }),
      'GET /api/payments/:id': () => ({
        body: {
          paymentId,
          status: 'succeeded',
          amount: 19_900,
          orderNos: ['26112300000000000001'],
          paidAt: '2026-11-22T12:01:00Z',
          expiresAt: '2026-11-22T12:30:00Z',
        },
      }),
      ...own,
    }),
    answers: { login: () => ({ success: { code: 'c1' } }), ...answers },
  });
  await app.launch();
  return app;
}
type Shop = Awaited<ReturnType<typeof openShop>>;
const asked = (app: Shop) =>
  app.requests.map(({ method, path }) => `${method} ${path.replace(paymentId, ':id').replace(card(0).spuId, ':spu')}`);

it('C05-PATH-01 one tap on a card opens one confirm sheet with price and address', async () => {
  const app = await openShop();
  await app.tap(app.byLabel('闪电购')[0]);
  expect(asked(app)).toEqual(['GET /api/home', 'POST /api/session/wechat-mini', 'POST /api/checkout/preview']);
  expect(app.routes()).toEqual(['pages/home/index']);
  for (const words of ['林夏', '138****0001', '文三路 90 号', '预计明天送达', '¥199.00'])
    expect(app.text()).toContain(words);
});

it('C05-PATH-02 one confirm makes the order and the payment, past the cart', async () => {
  const app = await openShop();
  await app.tap(app.byLabel('闪电购')[0]);
  await app.tap(app.byLabel('立即支付')[0]);
  expect(asked(app).slice(3, 6)).toEqual(['POST /api/orders', 'POST /api/payments/:id/start', 'GET /api/payments/:id']);
  const order = app.requests[3];
  expect(order?.body).toEqual({
    source: { kind: 'lines', lines: [{ skuId: skuIds.white, quantity: 1 }] },
    addressId,
    expectedPayable: 19_900,
  });
  expect(order?.headers['idempotency-key']).toMatch(/^[\w-]{16,64}$/);
  expect(app.requests[4]?.body).toEqual({ client: 'mp-weixin' });
  const paid = app.calls.filter(({ name }) => name === 'requestPayment');
  expect(paid).toHaveLength(1);
  expect(paid[0]?.options).toMatchObject({
    timeStamp: '1',
    nonceStr: 'n',
    package: 'prepay_id=p1',
    signType: 'RSA',
    paySign: 's',
  });
  expect(app.requests.some(({ path }) => path.startsWith('/api/cart/lines'))).toBe(false);
});

it('C05-PATH-02 asks for the SKU when there is a choice', async () => {
  const app = await openShop({ soleSkuId: null });
  await app.tap(app.byLabel('闪电购')[0]);
  expect(asked(app).at(-1)).toBe('GET /api/products/:spu');
  await app.tap(app.byLabel('浅灰')[0]);
  await app.tap(app.byLabel('立即购买')[0]);
  expect(app.requests.at(-1)?.body).toEqual({
    source: { kind: 'lines', lines: [{ skuId: skuIds.grey, quantity: 1 }] },
  });
  expect(app.byLabel('立即支付')).toHaveLength(1);
});

it('asks WeChat for no login code and the server for nothing more when the shopper refuses to log in', async () => {
  const app = await openShop({ answers: { login: () => ({ fail: { errMsg: 'login:fail' } }) } });
  await app.tap(app.byLabel('闪电购')[0]);
  expect(asked(app)).toEqual(['GET /api/home']);
  expect(app.byLabel('立即支付')).toHaveLength(0);
});

it('C04-INT-04 repeats a lost order request with the same key', async () => {
  let tries = 0;
  const app = await openShop({
    own: {
      'POST /api/orders': () =>
        ++tries === 1
          ? { fail: 'request:fail timeout' }
          : {
              status: 201,
              body: {
                paymentId,
                orderNos: ['26112300000000000001'],
                payable: 19_900,
                heldUntil: '2026-11-22T12:15:00Z',
                closesAt: '2026-11-22T12:30:00Z',
              },
            },
    },
  });
  await app.tap(app.byLabel('闪电购')[0]);
  await app.tap(app.byLabel('立即支付')[0]);
  expect(app.byLabel('立即支付')).toHaveLength(1); // still here, with the reason said
  await app.tap(app.byLabel('立即支付')[0]);
  const keys = app.requests
    .filter(({ path }) => path === '/api/orders')
    .map(({ headers }) => headers['idempotency-key']);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
});

it('a payment the shopper cancels is not taken for paid', async () => {
  const app = await openShop({
    answers: { requestPayment: () => ({ fail: { errMsg: 'requestPayment:fail cancel' } }) },
  });
  await app.tap(app.byLabel('闪电购')[0]);
  await app.tap(app.byLabel('立即支付')[0]);
  expect(asked(app)).not.toContain('GET /api/payments/:id');
});
