import type { NewDailyGroup, NewGroupActivity } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock, hourMs } from '#platform/clock.ts';
import { defineError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import type { GroupActivities } from './group-buy.activities.ts';
import { createDailyGroups, type DailyGroupBuys } from './group-buy.daily.ts';

const refusedToday = defineError('group_buy.test_refusal', 'unprocessable', '这件商品已下架');

describe('group purchases that are made every day', () => {
  let database: TestDatabase;
  const clock = createFixedClock('2026-11-30T09:00:00+08:00');
  const made: (NewGroupActivity & { shopId: string; staffName: string })[] = [];
  let refuses = false;
  let dailies: DailyGroupBuys;
  const shopId = newId();
  beforeAll(async () => {
    database = await createTestDatabase();
    const activities: Pick<GroupActivities, 'create' | 'drawUp'> = {
      drawUp: async () => ({}) as never,
      create: async (_tx, { shopId: shop, staffName }, activity) => {
        if (refuses) throw refusedToday();
        made.push({ ...activity, shopId: shop, staffName });
      },
    };
    dailies = createDailyGroups({ database, clock, activities });
  });
  afterAll(() => database?.close());

  const add = async (changes: Partial<NewDailyGroup> = {}): Promise<string> => {
    const dailyId = newId();
    await database.inTransaction((tx) =>
      dailies.create(
        tx,
        { shopId, staffName: '店长', mayOverride: false },
        {
          dailyId,
          at: '10:00',
          runsHours: 6,
          terms: {
            spuId: newId(),
            skuIds: [newId()],
            name: '每日团',
            steps: [{ size: 2, payRate: 8_000 }],
            quota: 10,
            buyerLimit: 1,
            hours: 6,
            allowsSolo: true,
          },
          ...changes,
        },
      ),
    );
    return dailyId;
  };
  const runsOf = async (dailyId: string) =>
    (await dailies.list(database.db, shopId)).items.find((item) => item.dailyId === dailyId)?.runs ?? [];

  it('C08-COM-04 once the time of the day has come it exists once, though two workers look at once, every day anew', async () => {
    const dailyId = await add();
    expect(await dailies.sweep()).toBe(0);
    clock.set('2026-11-30T10:00:00+08:00');
    const counts = await Promise.all([dailies.sweep(), dailies.sweep(), dailies.sweep(), dailies.sweep()]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await dailies.sweep()).toBe(0);
    expect(made).toMatchObject([
      {
        shopId,
        staffName: '店长',
        startsAt: '2026-11-30T02:00:00.000Z',
        endsAt: '2026-11-30T08:00:00.000Z',
      },
    ]);
    clock.set('2026-12-01T10:00:30+08:00');
    await Promise.all([dailies.sweep(), dailies.sweep()]);
    expect(made).toHaveLength(2);
    expect(new Set(made.map(({ activityId }) => activityId)).size).toBe(2);
    expect((await runsOf(dailyId)).map(({ day }) => day)).toEqual(['2026-12-01', '2026-11-30']);
  });

  it('a worker that was away makes it late, and hours that are over are not made up for', async () => {
    made.length = 0;
    clock.set('2026-12-03T15:59:00+08:00');
    expect(await dailies.sweep()).toBe(1);
    clock.set('2026-12-05T16:00:00+08:00');
    expect(await dailies.sweep()).toBe(0);
    expect(made).toHaveLength(1);
  });

  it('what the rules refuse is told once for that day, and the next day is tried again', async () => {
    made.length = 0;
    const dailyId = await add({ at: '20:00' });
    clock.set('2026-12-05T20:00:00+08:00');
    refuses = true;
    expect(await dailies.sweep()).toBe(0);
    expect(await dailies.sweep()).toBe(0);
    expect(await runsOf(dailyId)).toMatchObject([{ day: '2026-12-05', activityId: null, problem: '这件商品已下架' }]);
    refuses = false;
    expect(await dailies.sweep()).toBe(0);
    clock.advance(24 * hourMs);
    expect(await dailies.sweep()).toBe(1);
  });

  it('a paused one makes nothing, and only its own shop may touch it', async () => {
    made.length = 0;
    const dailyId = await add({ at: '21:00' });
    const pause = (shop: string, paused: boolean) =>
      database.inTransaction((tx) => dailies.setState(tx, shop, dailyId, paused));
    await expect(pause(newId(), true)).rejects.toMatchObject({ code: 'group_buy.daily_not_found' });
    await pause(shopId, true);
    clock.set('2026-12-06T21:30:00+08:00');
    expect(await dailies.sweep()).toBe(0);
    await pause(shopId, false);
    expect(await dailies.sweep()).toBe(1);
    expect((await dailies.list(database.db, newId())).items).toEqual([]);
  });
});
