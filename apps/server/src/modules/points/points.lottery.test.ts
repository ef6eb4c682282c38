import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { openPointsWorld, shopId } from './points.testing.ts';

const { books, database, give, inTx, points, roll, someone } = await openPointsWorld();
afterAll(() => database.close());

describe('lottery', () => {
  const prize = (odds: number, change: object = {}) => ({
    name: '奖',
    kind: 'goods' as const,
    points: 0,
    value: 1_000,
    odds,
    stock: 1,
    ...change,
  });
  const none = (odds: number) => prize(odds, { name: '谢谢参与', kind: 'none', stock: 0, value: 0 });
  const lottery = (prizes: ReturnType<typeof prize>[], dailyLimit = 100) =>
    inTx((tx) =>
      points.lottery.open(tx, shopId, {
        name: '转盘',
        cost: 10,
        dailyLimit,
        startsAt: '2026-11-01T00:00:00.000Z',
        endsAt: '2026-12-01T00:00:00.000Z',
        prizes,
      }),
    );

  it('C06-PTS-06 refuses odds that do not sum to 100 %, a prize above 50,000 yuan, and no consolation', async () => {
    await expect(lottery([prize(1_000), none(998_999)])).rejects.toMatchObject({ code: 'points.odds_wrong' });
    await expect(lottery([prize(1_000, { value: 5_000_001 }), none(999_000)])).rejects.toMatchObject({
      code: 'points.prize_too_dear',
    });
    await expect(lottery([prize(1_000), prize(999_000)])).rejects.toMatchObject({ code: 'points.consolation_missing' });
  });

  it('C06-PTS-06 gives the last prize to one of 30 who hit it at once, and keeps roll and odds of each draw', async () => {
    const lotteryId = await lottery([prize(500_000), none(500_000)]);
    const buyers = Array.from({ length: 30 }, () => someone());
    for (const buyerId of buyers) await give(buyerId, 25);
    roll(499_999);
    const results = await Promise.all(
      buyers.map((buyerId) => inTx((tx) => points.lottery.draw(tx, buyerId, lotteryId, 'same-key-1'))),
    );
    expect(results.filter(({ kind }) => kind === 'goods')).toHaveLength(1);
    const again = await inTx((tx) => points.lottery.draw(tx, buyers[0] ?? '', lotteryId, 'same-key-1'));
    expect(again.drawId).toBe(results[0]?.drawId);
    expect((await books(buyers[0] ?? '')).balance).toBe(15);
    roll(500_000);
    const edge = await inTx((tx) => points.lottery.draw(tx, buyers[0] ?? '', lotteryId, 'edge-key-1'));
    expect(edge.kind).toBe('none');
    await expect(inTx((tx) => points.lottery.draw(tx, buyers[0] ?? '', lotteryId, 'poor-key-1'))).rejects.toMatchObject(
      { code: 'points.insufficient' },
    );
    const { items } = await points.lottery.listOfShop(database.db, shopId, { page: 1, pageSize: 10 });
    const shown = items.find((each) => each.lotteryId === lotteryId);
    expect(shown).toMatchObject({ draws: 31 });
    expect(shown?.prizes.map(({ won, hits }) => [won, hits])).toEqual([
      [1, 30],
      [0, 1],
    ]);
    const { rows } = await sql<{ roll: number; odds: { odds: number }[] }>`
      select roll, odds from points.draw where lottery_id = ${lotteryId} and roll = 500000`.execute(database.db);
    expect(rows[0]).toMatchObject({ roll: 500_000, odds: [{ odds: 500_000 }, { odds: 500_000 }] });
  });

  it('stops at the daily limit and when the lottery is over', async () => {
    const lotteryId = await lottery([prize(0), none(1_000_000)], 2);
    const buyerId = someone();
    await give(buyerId, 100);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) =>
        inTx((tx) => points.lottery.draw(tx, buyerId, lotteryId, `limit-${index}-x`)),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect((await books(buyerId)).balance).toBe(80);
    await inTx((tx) => points.lottery.stop(tx, shopId, lotteryId));
    await expect(inTx((tx) => points.lottery.draw(tx, buyerId, lotteryId, 'late-key-1'))).rejects.toMatchObject({
      code: 'points.lottery_closed',
    });
    await expect(inTx((tx) => points.lottery.stop(tx, newId(), lotteryId))).rejects.toMatchObject({
      code: 'points.lottery_not_found',
    });
  });
});
