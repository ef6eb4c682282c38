import { beforeAll, expect, it } from 'vitest';
import { buildWeixin, weixinDist } from '../mp-stub/build.ts';
import { createTill, ids, orderNo } from '../mp-stub/buying.ts';
import { startMiniProgram } from '../mp-stub/mini-program.ts';
import { card, createShop, skuIds } from '../mp-stub/shop.ts';
import type { WxOptions } from '../mp-stub/wx.ts';

beforeAll(buildWeixin, 180_000);

type App = ReturnType<typeof startMiniProgram>;
const member = () =>
  new Map<string, unknown>([
    [
      'xp.session',
      {
        token: 'member-token',
        expiresAt: '2027-01-01T00:00:00Z',
        buyer: { buyerId: 'b', isGuest: false, nickname: '林夏', avatarUrl: null, maskedPhone: null },
      },
    ],
  ]);
type Own = Parameters<typeof createShop>[0];
function start({ storage = new Map<string, unknown>(), answers = {} as WxOptions['answers'], own = {} as Own } = {}) {
  const till = createTill();
  const app = startMiniProgram({
    dist: weixinDist,
    answer: createShop({ ...till.routes, ...own }),
    storage,
    answers: { login: () => ({ success: { code: 'login-code' } }), ...answers },
  });
  return { app, till };
}
const asked = (app: App, from = 0) => app.requests.slice(from).map(({ method, path }) => `${method} ${path}`);
const toasts = (app: App) => app.calls.filter(({ name }) => name === 'showToast').map(({ options }) => options.title);
const payments = (app: App) => app.calls.filter(({ name }) => name === 'requestPayment');
async function atCheckout(more: Parameters<typeof start>[0] = {}) {
  const { app, till } = start({ storage: member(), ...more });
  till.put(skuIds.grey, 2);
  await app.launch('packages/checkout/index');
  return { app, till };
}

it('goes from the product to the cart, the checkout, the till and paid; the guest logs in only on the way to checkout', async () => {
  const { app, till } = start({
    answers: { requestPayment: () => till.pays() },
  });
  await app.launch(`pages/product/index?spuId=${card(0).spuId}`);
  await app.tap(app.byLabel('加入购物车')[0]);
  await app.tap(app.byLabel('浅灰')[0]);
  await app.tap(app.byLabel('加入购物车').at(-1));
  await app.tap(app.byLabel('购物车，1件商品')[0]);
  expect(app.route()).toBe('pages/cart/index');
  expect(app.text()).toContain('比加入时降 ¥5');
  expect(app.calls.some(({ name }) => name === 'login')).toBe(false);

  const before = app.requests.length;
  await app.tap(app.byLabel('结算(1)')[0]);
  expect(app.route()).toBe('packages/checkout/index');
  expect(asked(app, before)).toEqual(['POST /api/session/wechat-mini', 'POST /api/checkout/preview']);
  expect(app.requests[before]).toMatchObject({
    body: { code: 'login-code' },
    headers: { authorization: 'Bearer guest-token' },
  });
  expect(app.requests[before + 1]).toMatchObject({
    body: { source: { kind: 'cart' } },
    headers: { authorization: 'Bearer member-token' },
  });
  expect(app.text()).toContain('预计后天送达');

  const setDataBefore = app.setDataNotes.length;
  await app.tap(app.byLabel('提交订单')[0]);
  const order = app.requests.find(({ method, path }) => method === 'POST' && path === '/api/orders');
  expect(order?.body).toEqual({ source: { kind: 'cart' }, addressId: ids.address, expectedPayable: 21_900 });
  expect(order?.headers['idempotency-key']).toMatch(/^.{8,64}$/);
  expect(
    payments(app).map(({ options: { timeStamp, nonceStr, package: prepay, signType, paySign } }) => ({
      timeStamp,
      nonceStr,
      prepay,
      signType,
      paySign,
    })),
  ).toEqual([
    { timeStamp: '1795380000', nonceStr: 'nonce', prepay: 'prepay_id=wx1', signType: 'RSA', paySign: 'signed' },
  ]);
  expect(app.requests.find(({ path }) => path.endsWith('/start'))?.body).toEqual({ client: 'mp-weixin' });
  expect(app.route()).toBe('packages/checkout/result');
  expect(app.text()).toContain('支付成功');
  // Paying is not a flood: the page sets data a few dozen times at the most, and little of it.
  const notes = app.setDataNotes.slice(setDataBefore);
  expect(notes.length).toBeLessThan(60);
  expect(notes.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(20 * 1024);
});

it('C05-PATH-12 C02-BEH-08 a returning shopper needs 3 screens and no typed field from product to paid', async () => {
  const { app, till } = start({
    storage: member(),
    answers: { requestPayment: () => till.pays() },
  });
  till.put(skuIds.grey, 1);
  await app.launch(`pages/product/index?spuId=${card(0).spuId}`);
  await app.tap(app.byLabel('立即购买')[0]);
  await app.tap(app.byLabel('浅灰')[0]);
  await app.tap(app.byLabel('立即购买').at(-1));
  expect(app.routes()).toEqual(['pages/product/index', 'packages/checkout/index']);
  await app.tap(app.byLabel('提交订单')[0]);
  expect(app.routes()).toEqual(['pages/product/index', 'packages/checkout/result']);
  const order = app.requests.find(({ method, path }) => method === 'POST' && path === '/api/orders');
  expect(order?.body).toMatchObject({ source: { kind: 'lines', lines: [{ skuId: skuIds.grey, quantity: 1 }] } });
});

it('a shopper who leaves the till finds the order waiting, with its clock, and can cancel it', async () => {
  const { app } = await atCheckout({
    answers: { requestPayment: () => ({ fail: { errMsg: 'requestPayment:fail cancel' } }) },
  });
  await app.tap(app.byLabel('提交订单')[0]);
  expect(app.route()).toBe('packages/orders/detail');
  expect(app.text()).toContain('待付款');
  expect(app.text()).toMatch(/已为你保留 1[45]:\d\d/);
  await app.tap(app.byLabel('取消订单')[0]);
  await app.tap(app.byLabel('不想要了')[0]);
  await app.tap(app.byLabel('确定取消')[0]);
  expect(app.requests.find(({ path }) => path.endsWith('/cancel'))).toMatchObject({
    path: `/api/orders/${orderNo}/cancel`,
    body: { reason: '不想要了' },
  });
  expect(app.text()).toContain('已关闭');
  expect(app.byLabel('立即付款')).toHaveLength(0);
});

it('C04-INT-04 repeats a lost order with the same key, and takes a new key after an answer', async () => {
  const { app, till } = await atCheckout({
    answers: { requestPayment: () => ({ fail: { errMsg: 'requestPayment:fail cancel' } }) },
  });
  const lost = () => ({ fail: 'request:fail timeout' });
  till.state.beforeOrder = [
    lost,
    () => till.refuse(409, 'orders.price_changed', '价格有变化', { payable: 1, expectedPayable: 2 }),
  ];
  const keys = () =>
    app.requests
      .filter(({ method, path }) => method === 'POST' && path === '/api/orders')
      .map(({ headers }) => headers['idempotency-key']);
  await app.tap(app.byLabel('提交订单')[0]);
  expect(toasts(app)).toEqual(['网络有点慢，请稍后再试']);
  await app.tap(app.byLabel('提交订单')[0]);
  expect(app.text()).toContain('价格刚刚有变动');
  await app.tap(app.byLabel('提交订单')[0]);
  const [first, second, third] = keys();
  expect(second).toBe(first);
  expect(third).not.toBe(first);
  expect(till.state.orders.size).toBe(1);
});

it('C05-PATH-11 marks the line when stock goes during checkout, and does not go to the till', async () => {
  const { app, till } = await atCheckout();
  till.state.beforeOrder = [
    () => {
      till.state.available = 1;
      return till.refuse(409, 'inventory.out_of_stock', '库存不足', { shortages: [] });
    },
  ];
  await app.tap(app.byLabel('提交订单')[0]);
  expect(app.text()).toContain('库存只剩 1 件');
  expect(app.text()).toContain('手慢了，有商品库存不足');
  await app.tap(app.byLabel('提交订单')[0]);
  expect(app.requests.filter(({ method, path }) => method === 'POST' && path === '/api/orders')).toHaveLength(1);
  expect(payments(app)).toHaveLength(0);
});

it('C05-UI-05 deletes a swiped line only when confirmed', async () => {
  let yes = false;
  const { app, till } = start({
    storage: member(),
    answers: { showModal: () => ({ success: { confirm: yes, cancel: !yes } }) },
  });
  till.put(skuIds.grey, 1);
  await app.launch('pages/cart/index');
  const [row] = app.byClass('cart-line__front');
  if (row === undefined) throw new Error('no row');
  const touch = (x: number) => ({ touches: [{ clientX: x, clientY: 300 }] });
  const send = (event: string, x: number) => {
    const name = row.attributes[`bind${event}`];
    if (typeof name !== 'string') throw new Error(`${event} is not handled`);
    (row.owner[name] as (event: unknown) => void).call(row.owner, {
      type: event,
      ...touch(x),
      target: { dataset: {} },
      currentTarget: { dataset: {} },
      timeStamp: Date.now(),
    });
  };
  send('touchstart', 300);
  send('touchmove', 240);
  send('touchend', 240);
  await app.settle();
  expect(app.byClass('cart-line__front')[0]?.attributes.style).toContain('translateX(-76px)');
  await app.tap(app.byClass('cart-line__delete')[0]);
  expect(app.byClass('cart-line')).toHaveLength(1);
  yes = true;
  await app.tap(app.byClass('cart-line__delete')[0]);
  expect(app.requests.filter(({ path }) => path === '/api/cart/lines/remove').map(({ body }) => body)).toEqual([
    { lineIds: [ids.line] },
  ]);
  expect(app.text()).toContain('购物车还空着');
});

it('C05-PATH-08 changes a SKU in an overlay, the route stays', async () => {
  const { app, till } = start({ storage: member() });
  till.put(skuIds.grey, 1);
  await app.launch('pages/cart/index');
  await app.tap(app.byClass('cart-line__spec')[0]);
  await app.tap(app.byLabel('奶白')[0]);
  await app.tap(app.byLabel('确定')[0]);
  expect(app.routes()).toEqual(['pages/cart/index']);
  expect(app.requests.find(({ method }) => method === 'PATCH')?.body).toEqual({ skuId: skuIds.white, quantity: 1 });
});

it('takes an optimistic quantity back when the server refuses it', async () => {
  const refused = {
    status: 409,
    body: { error: { code: 'cart.stock_short', message: '库存不足', requestId: 'stub' } },
  };
  const { app, till } = start({ storage: member(), own: { 'PATCH /api/cart/lines/:id': () => refused } });
  till.put(skuIds.grey, 1);
  await app.launch('pages/cart/index');
  app.fire(app.byLabel('增加一件')[0]!, 'tap');
  await new Promise((resolve) => setTimeout(resolve, 60));
  app.fire(app.byLabel('增加一件')[0]!, 'tap');
  await app.settle();
  expect(app.requests.filter(({ method }) => method === 'PATCH').map(({ body }) => body)).toEqual([{ quantity: 3 }]); // two quick taps, one request
  expect(toasts(app)).toEqual(['库存不足']);
  expect(app.text()).toContain('结算(1)');
});

it('X-13 asks for the phone number only by its button, after paying; a refusal changes nothing', async () => {
  const { app, till } = start({ storage: member() });
  till.put(skuIds.grey, 1);
  till.state.paid = true;
  await app.launch(`packages/checkout/result?paymentId=${ids.payment}`);
  const [button] = app.byClass('bind-phone');
  expect(button?.attributes['open-type']).toBe('getPhoneNumber');
  app.fire(button!, 'getphonenumber', { errMsg: 'getPhoneNumber:fail user deny' });
  await app.settle();
  expect(asked(app)).not.toContain('POST /api/session/phone');
  expect(app.text()).toContain('支付成功');
});

it('C05-PATH-04 C05-PATH-07 fills the address from WeChat with no typed field; a refusal leaves the form usable', async () => {
  let willing = false;
  const chosen = {
    userName: '张三',
    telNumber: '13800001234',
    provinceName: '浙江省',
    cityName: '杭州市',
    countyName: '西湖区',
    detailInfo: '文三路1号',
  };
  const saved = { addressId: ids.address, maskedPhone: '138****1234', lastUsedAt: null, distanceMetres: null };
  const { app } = start({
    storage: member(),
    answers: {
      chooseAddress: () => (willing ? { success: chosen } : { fail: { errMsg: 'chooseAddress:fail cancel' } }),
    },
    own: { 'POST /api/addresses': ({ body }) => ({ status: 201, body: { ...saved, ...(body as object) } }) },
  });
  await app.launch('pages/me/index');
  await app.tap(app.byLabel('收货地址')[0]);
  await app.tap(app.byLabel('新增收货地址')[0]);
  await app.tap(app.byLabel('从微信导入地址')[0]);
  await app.tap(app.byLabel('保存')[0]);
  expect(toasts(app)).toContain('请填写收货人');
  await app.tap(app.byLabel('选择所在地区')[0]);
  await app.tap(app.byText('浙江省')[0]);
  await app.tap(app.byText('宁波市')[0]);
  await app.tap(app.byText('鄞州区')[0]);
  expect(app.byLabel('所在地区：浙江省 宁波市 鄞州区')).toHaveLength(1);
  willing = true;
  await app.tap(app.byLabel('从微信导入地址')[0]);
  await app.tap(app.byLabel('保存')[0]);
  expect(
    app.requests.filter(({ method, path }) => method === 'POST' && path === '/api/addresses').map(({ body }) => body),
  ).toEqual([
    {
      name: '张三',
      phone: '13800001234',
      province: '浙江省',
      city: '杭州市',
      district: '西湖区',
      detail: '文三路1号',
      isDefault: false,
    },
  ]);
  expect(app.route()).toBe('packages/addresses/list');
  expect(app.calls.some(({ name }) => name === 'getClipboardData' || name === 'getFuzzyLocation')).toBe(false); // never unasked
});
