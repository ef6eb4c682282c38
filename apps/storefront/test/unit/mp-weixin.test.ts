import { beforeAll, expect, it } from 'vitest';
import { buildWeixin, weixinDist } from '../mp-stub/build.ts';
import { startMiniProgram } from '../mp-stub/mini-program.ts';
import { card, createShop, home, skuIds } from '../mp-stub/shop.ts';

beforeAll(buildWeixin, 120_000);

type Own = Parameters<typeof createShop>[0];
async function openHome({ own = {} as Own, storage = new Map<string, unknown>(), hold = false } = {}) {
  const app = startMiniProgram({
    dist: weixinDist,
    answer: createShop(own),
    storage,
    ...(hold ? { holdTimersFromMs: 50 } : {}),
  });
  await app.launch();
  return app;
}
const asked = (app: { requests: { method: string; path: string }[] }) =>
  app.requests.map(({ method, path }) => `${method} ${path}`);
const kept = (ageMs: number) =>
  new Map<string, unknown>([
    ['xp.home', { schema: 1, savedAt: Date.now() - ageMs, data: { ...home(), version: 'kept', hot: [card(77)] } }],
  ]);

it('opens home with one request and draws it', async () => {
  const app = await openHome();
  expect(asked(app)).toEqual(['GET /api/home']);
  expect(app.byClass('home__category')).toHaveLength(10);
  expect(app.byClass('product')).toHaveLength(20);
  expect(app.text()).toContain('热销榜');
});

it('C05-PERF-01 carries at most 20 KB of setData to the first paint of home, the rest follows', async () => {
  const app = await openHome({ hold: true });
  const bytes = app.setDataNotes.reduce((sum, note) => sum + note.bytes, 0);
  expect(app.byClass('product')).toHaveLength(4);
  expect(bytes).toBeGreaterThan(5_000);
  expect(bytes).toBeLessThanOrEqual(20 * 1024);
  await app.releaseTimers();
  expect(app.byClass('product')).toHaveLength(20);
});

it('C05-PERF-04 asks nothing while the kept copy is fresh, and once when it is stale', async () => {
  const fresh = await openHome({ storage: kept(60_000) });
  expect(asked(fresh)).toEqual([]);
  expect(fresh.text()).toContain('第 77 款');
  const stale = await openHome({ storage: kept(600_000) });
  expect(asked(stale)).toEqual(['GET /api/home']);
  expect(stale.text()).not.toContain('第 77 款');
});

it('C05-PERF-03 shows the kept copy when the network fails, and says so', async () => {
  const app = await openHome({ storage: kept(600_000), own: { 'GET /api/home': () => ({ fail: 'request:fail' }) } });
  expect(asked(app)).toEqual(['GET /api/home', 'GET /api/home']); // one retry of a read
  expect(app.text()).toContain('第 77 款');
  expect(app.calls.filter(({ name }) => name === 'showToast')).toHaveLength(1);
});

it('shows an error with a way back when there is nothing to show, and recovers', async () => {
  let up = false;
  const app = await openHome({
    own: { 'GET /api/home': () => (up ? { body: home() } : { fail: 'request:fail timeout' }) },
  });
  expect(app.text()).toContain('网络有点慢，请稍后再试');
  up = true;
  await app.tap(app.byLabel('重新加载')[0]);
  expect(app.byClass('product')).toHaveLength(20);
});

it('C05-UI-07 pulls page 1 again, and the spinner ends also on failure', async () => {
  let down = false;
  const app = await openHome({ own: { 'GET /api/home': () => (down ? { fail: 'request:fail' } : { body: home() }) } });
  await app.hook('onPullDownRefresh');
  expect(asked(app)).toEqual(['GET /api/home', 'GET /api/home']);
  down = true;
  await app.hook('onPullDownRefresh');
  expect(app.calls.filter(({ name }) => name === 'stopPullDownRefresh')).toHaveLength(2);
});

it('C04-TECH-03 adds the next page below what is there', async () => {
  const app = await openHome();
  const before = app.byClass('product').length;
  await app.hook('onReachBottom');
  expect(app.requests.at(-1)).toMatchObject({ path: '/api/home/feed' });
  expect(app.requests.at(-1)?.query.get('cursor')).toBe('page-2');
  expect(app.byClass('product')).toHaveLength(before + 10);
  await app.hook('onReachBottom');
  expect(app.requests).toHaveLength(2); // the end was reached: nothing more is asked
});

it('goes from a card to the product, chooses a SKU and puts it into the cart', async () => {
  const app = await openHome();
  await app.tap(app.byClass('product')[0]);
  expect(app.routes()).toEqual(['pages/home/index', 'pages/product/index']);
  const spuId = card(0).spuId;
  expect(asked(app).slice(1)).toEqual([
    `GET /api/products/${spuId}`,
    'POST /api/session/guest',
    // Stock is followed from here on (C06-INV-03).
    'GET /api/stock/changes',
    `PUT /api/footprints/${spuId}`,
    `GET /api/products/${spuId}/offers`,
  ]);

  await app.tap(app.byLabel('加入购物车')[0]);
  expect(app.byLabel('雾蓝，无货')).toHaveLength(1);
  const adds = () => app.requests.filter(({ path }) => path === '/api/cart/lines');
  await app.tap(app.byLabel('加入购物车').at(-1)); // nothing chosen yet
  expect(adds()).toHaveLength(0);
  await app.tap(app.byLabel('奶白')[0]);
  expect(app.text()).toContain('库存紧张，仅剩 3 件');
  await app.tap(app.byLabel('增加一件')[0]);
  await app.tap(app.byLabel('加入购物车').at(-1));
  expect(adds().map(({ body, headers }) => [body, headers.authorization])).toEqual([
    [{ skuId: skuIds.white, quantity: 2 }, 'Bearer guest-token'],
  ]);
  expect(app.byLabel('购物车，2件商品')).toHaveLength(1);
});

it('C05-UI-08 vibrates once when something went into the cart, never when turned off', async () => {
  const addOne = async (storage: Map<string, unknown>) => {
    const app = startMiniProgram({ dist: weixinDist, answer: createShop(), storage });
    await app.launch(`pages/product/index?spuId=${card(0).spuId}`);
    await app.tap(app.byLabel('加入购物车')[0]);
    await app.tap(app.byLabel('浅灰')[0]);
    await app.tap(app.byLabel('加入购物车').at(-1));
    return app.calls.filter(({ name }) => name === 'vibrateShort');
  };
  const on = await addOne(new Map());
  expect(on).toHaveLength(1);
  expect(on[0]?.options.type).toBe('light');
  expect(await addOne(new Map([['xp.haptics', false]]))).toHaveLength(0);
});

it('says what happened to a product that is gone or off sale', async () => {
  const open = async (own: Own) => {
    const app = startMiniProgram({ dist: weixinDist, answer: createShop(own) });
    await app.launch(`pages/product/index?spuId=${card(0).spuId}`);
    return app;
  };
  const gone = await open({
    'GET /api/products/:id': () => ({
      status: 404,
      body: { error: { code: 'catalog.product_not_found', message: '商品不存在', requestId: 'r' } },
    }),
  });
  expect(gone.text()).toContain('这件商品不在了');
  expect(gone.byLabel('立即购买')).toHaveLength(0);
});
