/** The demo's activities: a flash sale that runs and one to come, two group purchases and a daily one, two bargains, a presale, a member day. */
import { lineFloor } from '@xiaopu/pricing';
import { type Clock, dayMs, hourMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { Bargains } from '../modules/bargain/index.ts';
import type { FlashSales } from '../modules/flash-sale/index.ts';
import type { DailyGroupBuys, GroupActivities } from '../modules/group-buy/index.ts';
import type { Inventory } from '../modules/inventory/index.ts';
import type { MemberDays } from '../modules/member-day/index.ts';
import type { Presales } from '../modules/presale/index.ts';

interface Targets {
  goodsOfShop(shopId: string): Promise<{ skuId: string; spuId: string }[]>;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, { salePrice: number; cost: number; onSale: boolean }>>;
  inventory: Pick<Inventory, 'levels'>;
  sales: Pick<FlashSales, 'create'>;
  groups: Pick<GroupActivities, 'create'>;
  dailies: Pick<DailyGroupBuys, 'create'>;
  bargains: Pick<Bargains, 'create'>;
  memberDays: Pick<MemberDays, 'create'>;
  presales: Pick<Presales, 'create'>;
  clock: Clock;
  marginRateOf(shopId: string): number;
}

interface Pick2 {
  skuId: string;
  spuId: string;
  /** All of its product that are on sale. */
  siblings: string[];
  salePrice: number;
  floor: number;
}

const by = '小铺';
const wanted = 9;
const enoughUnits = 60;
/** The lowest any of these prices goes: goods whose margin allows it are chosen. */
const deepestRate = 7_500;
/** Whole yuan, and never below the shop's margin floor. */
const priced = ({ salePrice, floor }: Pick2, rate: number): number =>
  Math.max(Math.ceil(floor / 100) * 100, Math.round((salePrice * rate) / 100) * 100);

export async function seedActivities(tx: Tx, targets: Targets, shopIds: readonly string[]): Promise<void> {
  // The third shop: the first two already show reductions, and what is told apart is read more easily.
  const shopId = shopIds[2] ?? shopIds[0];
  if (shopId === undefined) return;
  const { sales, groups, dailies, bargains, memberDays, presales, clock } = targets;
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
  const termsOf = (pick: Pick2, name: string, steps: { size: number; payRate: number }[]) => ({
    ...{ spuId: pick.spuId, skuIds: pick.siblings, name, steps, quota: 60, buyerLimit: 3, hours: 24, allowsSolo: true },
  });
  const group = (pick: Pick2 | undefined, name: string, steps: { size: number; payRate: number }[]) =>
    pick &&
    groups.create(
      tx,
      { shopId, staffName: by, mayOverride: false },
      { activityId: newId(), ...termsOf(pick, name, steps), startsAt: at(-hourMs), endsAt: at(30 * dayMs) },
    );
  await group(picks[5], '两人先成团，五人更便宜', [
    { size: 2, payRate: 9_000 },
    { size: 5, payRate: deepestRate },
  ]);
  await group(picks[6], '三人团', [{ size: 3, payRate: 8_000 }]);
  if (picks[7])
    await dailies.create(
      tx,
      { shopId, staffName: by, mayOverride: false },
      {
        dailyId: newId(),
        at: '10:00',
        runsHours: 12,
        terms: termsOf(picks[7], '每日两人团', [{ size: 2, payRate: 8_500 }]),
      },
    );
  const booked = picks[8];
  if (booked) {
    // 20 % at most (the law's line): a tenth of the price, counting twice.
    const price = priced(booked, 0.95);
    const deposit = Math.max(100, Math.floor(price / 1_000) * 100);
    await presales.create(
      tx,
      { shopId, staffName: by, mayOverride: false },
      {
        ...{ activityId: newId(), skuId: booked.skuId, name: '新品预售', price, deposit, depositWorth: deposit * 2 },
        ...{ quota: 40, buyerLimit: 2, startsAt: at(-hourMs), endsAt: at(5 * dayMs) },
        ...{ balanceOpensAt: at(5 * dayMs), balanceClosesAt: at(8 * dayMs), shipsBy: at(15 * dayMs), forfeits: true },
      },
    );
  }
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
  const floorOf = ({ cost }: { cost: number }) => (cost > 0 ? lineFloor(cost, 1, marginRateOf(shopId)) : 0);
  const leaves = (sku: { cost: number; salePrice: number }) => floorOf(sku) < (sku.salePrice * deepestRate) / 10_000;
  for (const { skuId, spuId } of goods) {
    const sku = skus.get(skuId);
    if (!sku?.onSale || picks.has(spuId) || (levels.get(skuId)?.available ?? 0) < enoughUnits) continue;
    const siblings = goods.flatMap((one) => (one.spuId === spuId && skus.get(one.skuId)?.onSale ? [one.skuId] : []));
    const allLeave = siblings.every((id) => leaves(skus.get(id) ?? sku));
    const { salePrice } = sku;
    if (salePrice >= 5_000 && allLeave) picks.set(spuId, { skuId, spuId, siblings, salePrice, floor: floorOf(sku) });
    if (picks.size === wanted) break;
  }
  return [...picks.values()];
}
