/** The demo's redeem mall and lottery, and who looks after members. */
import { type Clock, dayMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { Agents } from '../modules/agents/index.ts';
import type { Points } from '../modules/points/index.ts';

const items = [
  { name: '手冲咖啡杯', detail: '陶瓷，350 毫升，两色随机', icon: 'cup', points: 300, stock: 60, marketPrice: 3900 },
  { name: '帆布购物袋', detail: '加厚帆布，可机洗', icon: 'bag', points: 180, stock: 120, marketPrice: 1990 },
  { name: '香薰小夜灯', detail: '三档亮度，USB 供电', icon: 'lamp', points: 800, stock: 20, marketPrice: 8900 },
  { name: '坚果礼盒', detail: '六种坚果，共 750 克', icon: 'snack', points: 1200, stock: 30, marketPrice: 12800 },
];
const prizes = [
  { name: '坚果礼盒', kind: 'goods', points: 0, value: 12_800, odds: 1_000, stock: 5 },
  { name: '100 积分', kind: 'points', points: 100, value: 100, odds: 20_000, stock: 500 },
  { name: '20 积分', kind: 'points', points: 20, value: 20, odds: 179_000, stock: 5_000 },
  { name: '10 积分', kind: 'points', points: 10, value: 10, odds: 300_000, stock: 10_000 },
  { name: '谢谢参与', kind: 'none', points: 0, value: 0, odds: 500_000, stock: 0 },
] as const;

export async function seedGrowth(
  tx: Tx,
  { points, clock }: { points: Points; clock: Clock },
  shopIds: readonly string[],
): Promise<void> {
  const [shopId] = shopIds;
  if (shopId === undefined) return;
  for (const item of items) await points.mall.saveItem(tx, shopId, { ...item, perBuyer: 2, isOn: true });
  const now = clock.now().getTime();
  await points.lottery.open(tx, shopId, {
    name: '积分转盘',
    cost: 10,
    dailyLimit: 5,
    startsAt: new Date(now - dayMs).toISOString(),
    endsAt: new Date(now + 60 * dayMs).toISOString(),
    prizes: [...prizes],
  });
}

/** Whoever of the demo's team is of the service looks after the shop's best members. */
export async function seedAgents(
  tx: Tx,
  { agents, teamOf }: { agents: Agents; teamOf(db: Executor, shopId: string): Promise<Map<string, string>> },
  shopIds: readonly string[],
): Promise<void> {
  for (const shopId of shopIds) {
    const [staffId] = [...(await teamOf(tx, shopId))].find(([, name]) => name.endsWith('客服')) ?? [];
    if (staffId === undefined) continue;
    await agents.saveDesk(tx, shopId, { corpId: '', chatUrl: '', hours: '每天 9:00–21:00' });
    await agents.saveAgent(tx, shopId, staffId, { name: '小陈', chatUrl: '', capacity: 100 });
  }
}
