/** The demo's live coupons and reductions: one of each kind that a shopper can try at once. */
import type { CouponTemplateInput, PromotionInput } from '@xiaopu/contracts/console';
import { type Clock, dayMs } from '#platform/clock.ts';
import type { Tx } from '#platform/database/database.ts';
import type { Coupons } from '../modules/coupons/index.ts';
import type { Promotions } from '../modules/promotions/index.ts';

const coupon: Pick<
  CouponTemplateInput,
  'scope' | 'channel' | 'audiences' | 'layerOffs' | 'perUserLimit' | 'platformShare' | 'exclusive' | 'returnsOnRefund'
> = {
  scope: {},
  channel: 'public',
  audiences: [],
  layerOffs: [],
  perUserLimit: 1,
  platformShare: 0,
  exclusive: false,
  returnsOnRefund: true,
};

export async function seedOffers(
  tx: Tx,
  { coupons, promotions, clock }: { coupons: Coupons; promotions: Promotions; clock: Clock },
  shopIds: readonly string[],
): Promise<void> {
  const now = clock.now().getTime();
  const at = (days: number) => new Date(now + days * dayMs).toISOString();
  const claim = { claimFrom: at(-1), claimUntil: at(90) };
  const staffName = '小铺';
  const rule = (name: string, body: PromotionInput['body']): PromotionInput => ({
    name,
    body,
    scope: {},
    startsAt: at(-1),
    endsAt: at(90),
    priority: 100,
    stacks: false,
    audiences: [],
  });
  const [first, second] = shopIds;
  for (const shopId of shopIds) {
    const own = (input: Omit<CouponTemplateInput, keyof typeof coupon | 'claimFrom' | 'claimUntil'>) =>
      coupons.save(tx, { shopId, staffName }, { ...coupon, ...claim, ...input });
    await own({ name: '店铺券', kind: 'amount', threshold: 9_900, off: 1_000, rollingDays: 7, totalLimit: 10_000 });
    // Both wait for their moment: after a purchase, and when a message brings somebody back.
    const waiting = (channel: 'share' | 'recall', name: string, off: number, rollingDays: number) =>
      coupons.save(
        tx,
        { shopId, staffName },
        { ...coupon, ...claim, channel, name, kind: 'amount', threshold: 8_900, off, rollingDays },
      );
    await waiting('share', '好友分享券', 800, 7);
    await waiting('recall', '回购券', 1_000, 3);
    if (shopId === second)
      await own({
        name: '满150打9折',
        kind: 'percent',
        threshold: 15_000,
        payRate: 9_000,
        cap: 5_000,
        rollingDays: 15,
      });
  }
  if (first !== undefined) {
    await coupons.save(
      tx,
      { shopId: first, staffName, platform: true },
      {
        ...coupon,
        ...claim,
        name: '见面礼',
        kind: 'amount',
        threshold: 5_000,
        off: 500,
        layerOffs: [
          { layer: '新客', off: 1_000 },
          { layer: '沉默', off: 800 },
        ],
        rollingDays: 30,
        platformShare: 10_000,
      },
    );
    await coupons.save(
      tx,
      { shopId: first, staffName, platform: true },
      {
        ...coupon,
        ...claim,
        name: '运费券',
        kind: 'freight',
        threshold: 0,
        rollingDays: 30,
        platformShare: 10_000,
      },
    );
    await promotions.save(
      tx,
      { shopId: first, staffName },
      rule('满199减30', {
        kind: 'amount',
        steps: [
          { threshold: 19_900, off: 3_000 },
          { threshold: 39_900, off: 8_000 },
        ],
      }),
    );
  }
  for (const shopId of shopIds) {
    const [nearby] = await coupons.storesOf(tx, shopId);
    if (nearby)
      await coupons.save(
        tx,
        { shopId, staffName },
        {
          ...{ ...coupon, ...claim, name: '限时堂食5折券', kind: 'percent', threshold: 0, payRate: 5_000, cap: 2_000 },
          ...{ channel: 'nearby', rollingHours: 2 },
          fence: { storeIds: [nearby.storeId], metres: 3_000, inStoreOnly: true },
        },
      );
  }
  if (second !== undefined)
    await promotions.save(
      tx,
      { shopId: second, staffName },
      rule('第二件半价', { kind: 'nth', nth: 2, payRate: 5_000, once: true }),
    );
}
