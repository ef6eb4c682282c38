/** The demo's activities: a flash sale that runs and one to come, two group purchases and a daily one, two bargains, a member day. */
import { lineFloor } from '@xiaopu/pricing';
import { type Clock, dayMs, hourMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { Bargains } from '../modules/bargain/index.ts';
import type { FlashSales } from '../modules/flash-sale/index.ts';
import type { DailyGroupBuys, GroupActivities } from '../modules/group-buy/index.ts';
import type { Inventory } from '../modules/inventory/index.ts';
import type { MemberDays } from '../modules/member-day/index.ts';

interface Targets {
  goodsOfShop(shopId: string): Promise<{ skuId: string; spuId: string }[]>;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, { salePrice: number; cost: number; onSale: boolean }>>;
  inventory: Pick<Inventory, 'levels'>;
  sales: Pick<FlashSales, 'create'>;
  groups: Pick<GroupActivities, 'create'>;
  dailies: Pick<DailyGroupBuys, 'create'>;
  bargains: Pick<Bargains, 'create'>;
  memberDays: Pick<MemberDays, 'create'>;
  clock: Clock;
  marginRateOf(shopId: string): number;
}

interface Pick2 {
  skuId: string;
  spuId: string;
  salePrice: number;
  floor: number;
}

const by = '小铺';
const wanted = 8;
const enoughUnits = 60;
/** Whole yuan, and never below the shop's margin floor. */
const priced = ({ salePrice, floor }: Pick2, rate: number): number =>
  Math.max(Math.ceil(floor / 100) * 100, Math.round((salePrice * rate) / 100) * 100);

export async function seedActivities(tx: Tx, targets: Targets, shopIds: readonly string[]): Promise<void> {
  // The third shop: the first two already show reductions, and what is told apart is read more easily.
  const shopId = shopIds[2] ?? shopIds[0];
  if (shopId === undefined) return;
  const { sales, groups, dailies, bargains, memberDays, clock } = targets;
  const picks = await choose(tx, targets, shopId);
  const now = clock.now().getTime();
  const at = (ms: number) => new Date(now + ms).toISOString();
  const flash = (pick: Pick2 | undefined, name: string, rate: number, poolSize: number, from: number, until: number) =>
    pick &&
    sales.create(
      tx,
      shopId,
      {
        saleId: newId(),
        skuId: pick.skuId,
        name,
        flashPrice: priced(pick, rate),
        poolSize,
        buyerLimit: 1,
        holdSeconds: 300,
        startsAt: at(from),
        endsAt: at(until),
      },
      by,
    );
  const bargain = (pick: Pick2 | undefined, name: string, rate: number, helpsNeeded: number) =>
    pick &&
    bargains.create(
      tx,
      { shopId, staffName: by, mayOverride: false },
      {
        activityId: newId(),
        skuId: pick.skuId,
        name,
        floorPrice: priced(pick, rate),
        helpsNeeded,
        quota: 50,
        hours: 24,
        startsAt: at(-hourMs),
        endsAt: at(30 * dayMs),
      },
    );
  await flash(picks[0], '限时秒杀', 0.7, 30, -hourMs, 7 * dayMs);
  await flash(picks[1], '限时秒杀', 0.75, 20, -hourMs, 7 * dayMs);
  await flash(picks[2], '下一场', 0.6, 20, 6 * hourMs, 12 * hourMs);
  await bargain(picks[3], '好友帮砍', 0.6, 2);
  await bargain(picks[4], '好友帮砍', 0.5, 8);
  const group = (pick: Pick2 | undefined, name: string, steps: { size: number; rate: number }[], hours: number) =>
    pick &&
    groups.create(
      tx,
      { shopId, staffName: by, mayOverride: false },
      {
        activityId: newId(),
        spuId: pick.spuId,
        skuIds: [pick.skuId],
        name,
        steps: steps.map(({ size, rate }) => ({ size, price: priced(pick, rate) })),
        quota: 60,
        buyerLimit: 3,
        hours,
        allowsSolo: true,
        startsAt: at(-hourMs),
        endsAt: at(30 * dayMs),
      },
    );
  await group(
    picks[5],
    '两人先成团，五人更便宜',
    [
      { size: 2, rate: 0.9 },
      { size: 5, rate: 0.75 },
    ],
    24,
  );
  await group(picks[6], '三人团', [{ size: 3, rate: 0.8 }], 24);
  const daily = picks[7];
  if (daily)
    await dailies.create(
      tx,
      { shopId, staffName: by, mayOverride: false },
      {
        dailyId: newId(),
        at: '10:00',
        runsHours: 12,
        terms: {
          spuId: daily.spuId,
          skuIds: [daily.skuId],
          name: '每日两人团',
          steps: [{ size: 2, price: priced(daily, 0.85) }],
          quota: 20,
          buyerLimit: 1,
          hours: 12,
          allowsSolo: true,
        },
      },
    );
  await memberDays.create(
    tx,
    { shopId, staffName: by },
    {
      name: '会员日',
      payRate: 8_800,
      tiers: [],
      spuIds: [],
      monthDays: [8, 18, 28],
      weekdays: [],
      startsAt: at(-dayMs),
      endsAt: at(180 * dayMs),
    },
  );
}

/** Goods with stock to spare and room above the floor, one SKU a product. */
async function choose(
  tx: Tx,
  { goodsOfShop, findSkus, inventory, marginRateOf }: Targets,
  shopId: string,
): Promise<Pick2[]> {
  const goods = await goodsOfShop(shopId);
  const skuIds = goods.map(({ skuId }) => skuId);
  const [skus, levels] = [await findSkus(tx, skuIds), await inventory.levels(tx, skuIds)];
  const picks = new Map<string, Pick2>();
  for (const { skuId, spuId } of goods) {
    const sku = skus.get(skuId);
    if (!sku?.onSale || picks.has(spuId) || (levels.get(skuId)?.available ?? 0) < enoughUnits) continue;
    const { salePrice, cost } = sku;
    const floor = cost > 0 ? lineFloor(cost, 1, marginRateOf(shopId)) : 0;
    if (salePrice >= 5_000 && floor < salePrice * 0.75) picks.set(spuId, { skuId, spuId, salePrice, floor });
    if (picks.size === wanted) break;
  }
  return [...picks.values()];
}
