import type { CheckoutPreview } from '@xiaopu/contracts';
import { type Coupon, type CouponQuestion, chooseCoupons } from '@xiaopu/pricing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildWeixin, weixinDist } from '../mp-stub/build.ts';
import { createTill } from '../mp-stub/buying.ts';
import { startMiniProgram } from '../mp-stub/mini-program.ts';
import { createShop, shopId, skuIds } from '../mp-stub/shop.ts';
import type { WxReply, WxRequest } from '../mp-stub/wx.ts';

beforeAll(buildWeixin, 180_000);

const at = '2026-11-22T04:00:00.000Z';
const day = (count: number) => new Date(Date.parse(at) + count * 86_400_000).toISOString();
/** Twenty: shop and platform ones, percentages, thresholds in reach and out of it, freight, one that stands alone. */
const coupons: Coupon[] = Array.from({ length: 20 }, (_, index): Coupon => {
  const base = {
    id: `0198f2c1-0000-7000-9100-${String(index).padStart(12, '0')}`,
    name: `券${index + 1}号`,
    threshold: [0, 9_900, 19_900, 29_900, 99_900][index % 5] ?? 0,
    expiresAt: day(1 + index),
    ...(index % 2 === 0 && { scope: { shopId } }),
    ...(index === 7 && { excludes: ['*'] }),
  };
  if (index % 6 === 5) return { ...base, kind: 'freight', off: 600 };
  if (index % 4 === 3) return { ...base, kind: 'percent', payRate: 9_000 - index * 50, cap: 3_000 };
  return { ...base, kind: 'amount', off: 500 + ((index * 700) % 3_100) };
});
const question: CouponQuestion = {
  cart: {
    at,
    lines: [
      {
        lineId: skuIds.grey,
        skuId: skuIds.grey,
        spuId: 'p',
        shopId,
        categoryIds: ['c'],
        quantity: 2,
        listPrice: 25_900,
        salePrice: 21_900,
      },
    ],
    benefits: [{ id: 'tier:gold', kind: 'tier', name: '金卡会员', payRate: 9_500 }],
    freight: [{ shopId, amount: 800 }],
  },
  coupons,
};
/** The server's answer to a choice: the same function, as priceQuote calls it. */
function serverCoupons(choice: 'best' | 'none' | string[]): CheckoutPreview['coupons'] {
  const { best, coupons: states } = chooseCoupons(question, choice);
  return {
    best,
    sums: question,
    candidates: coupons.map((coupon, index) => ({
      expiresAt: coupon.expiresAt,
      name: coupon.name,
      kind: coupon.kind,
      threshold: coupon.threshold ?? 0,
      off: coupon.kind === 'amount' ? coupon.off : null,
      payRate: coupon.kind === 'percent' ? coupon.payRate : null,
      cap: null,
      quantity: null,
      scopeText: '全场通用',
      ...(states[index] as (typeof states)[number]),
    })),
  };
}

async function atCheckout({ serverMs = 0, hasWorker = true } = {}) {
  const till = createTill();
  const choices: unknown[] = [];
  const preview = (request: WxRequest): WxReply => {
    const { coupons: choice = 'best' } = request.body as { coupons?: 'best' | 'none' | string[] };
    choices.push(choice);
    const plain = till.routes['POST /api/checkout/preview']?.(request).body as CheckoutPreview;
    return {
      body: { ...plain, coupons: serverCoupons(choice) },
      delayMs: choices.length > 1 ? serverMs : 0,
    };
  };
  const app = startMiniProgram({
    dist: weixinDist,
    answer: createShop({ ...till.routes, 'POST /api/checkout/preview': preview }),
    answers: hasWorker ? {} : { createWorker: () => ({ fail: new Error('createWorker:fail exceed max limit') }) },
    storage: new Map<string, unknown>([
      [
        'xp.session',
        {
          token: 'member-token',
          expiresAt: '2027-01-01T00:00:00Z',
          buyer: { buyerId: 'b', isGuest: false, nickname: '林夏', avatarUrl: null, maskedPhone: null },
        },
      ],
    ]),
  });
  till.put(skuIds.grey, 2);
  await app.launch('packages/checkout/index');
  await app.tap(app.byLabel('选择优惠券')[0]);
  return { app, choices };
}
/** What the picker says of each coupon right now. */
const said = (app: Awaited<ReturnType<typeof atCheckout>>['app']) => app.text();

describe('coupons of the checkout in the built mini program', () => {
  it('C05-PERF-10 C05-PERF-11 sums 20 coupons in the Worker as the server does, and the page only posts and hears', async () => {
    const { app } = await atCheckout();
    const server = serverCoupons('none');
    expect(server.best.saving).toBeGreaterThan(0);
    const [first] = serverCoupons('best').candidates.filter(({ chosen }) => chosen);
    await app.tap(app.byLabel(first?.name ?? '')[0]);
    expect(app.calls.filter(({ name }) => name === 'createWorker').map(({ options }) => options.file)).toEqual([
      'workers/coupons.js',
    ]);
    const [worker] = app.workers;
    expect(worker?.posts).toHaveLength(2);
    for (const { spentMs } of worker?.posts ?? []) expect(spentMs).toBeLessThan(50);
    // Why not this one, for the ones left out.
    expect(said(app)).toContain('还差');
  });

  it.each([
    ['in the Worker', true],
    ['on this thread where no Worker can be made', false],
  ])('X-37 shows the choice %s before the server has answered, and the same after it', async (_name, hasWorker) => {
    const { app, choices } = await atCheckout({ serverMs: 1_800, hasWorker });
    const best = serverCoupons('best');
    const [first] = best.candidates.filter(({ chosen }) => chosen);
    const rest = best.best.couponIds.filter((couponId) => couponId !== first?.couponId);
    const wanted = serverCoupons(rest.length === 0 ? 'none' : rest);
    const tapped = app.tap(app.byLabel(first?.name ?? '')[0]);
    const expected = `最优组合可省 ¥${(wanted.best.saving / 100).toFixed(2).replace(/\.?0+$/, '')}`;
    const started = performance.now();
    while (!said(app).includes(expected) && performance.now() - started < 1_700)
      await new Promise((done) => setTimeout(done, 20));
    const early = said(app);
    expect(early).toContain(expected);
    await tapped;
    expect(choices.at(-1)).toEqual(rest.length === 0 ? 'none' : rest);
    expect(said(app)).toBe(early);
    expect(app.workers).toHaveLength(hasWorker ? 1 : 0);
  });
});
