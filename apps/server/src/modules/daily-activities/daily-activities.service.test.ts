import type { NewDailyActivity } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock, hourMs } from '#platform/clock.ts';
import { defineError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createDailyActivities, type Dailies, type DailyMaking } from './daily-activities.service.ts';

const refusedToday = defineError('daily_activities.test_refusal', 'unprocessable', '这件商品已下架');

describe('activities that are made every day', () => {
  let database: TestDatabase;
  const clock = createFixedClock('2026-11-30T09:00:00+08:00');
  const made: DailyMaking[] = [];
  let refuses = false;
  let dailies: Dailies;
  const shopId = newId();
  beforeAll(async () => {
    database = await createTestDatabase();
    dailies = createDailyActivities({
      database,
      clock,
      check: async () => {},
      make: async (_tx, making) => {
        if (refuses) throw refusedToday();
        made.push(making);
      },
    });
  });
  afterAll(() => database?.close());

  const add = async (changes: Partial<NewDailyActivity> = {}): Promise<string> => {
    const templateId = newId();
    await database.inTransaction((tx) =>
      dailies.create(
        tx,
        { shopId, staffName: '店长', mayOverride: false },
        {
          templateId,
          name: '每日团',
          at: '10:00',
          runsHours: 6,
          terms: {
            kind: 'group',
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
    return templateId;
  };
  const runsOf = async (templateId: string) =>
    (await dailies.list(database.db, shopId)).items.find((item) => item.templateId === templateId)?.runs ?? [];

  it('C08-COM-04 once the time of the day has come it exists once, though two workers look at once, every day anew', async () => {
    const templateId = await add();
    expect(await dailies.sweep()).toBe(0);
    clock.set('2026-11-30T10:00:00+08:00');
    const counts = await Promise.all([dailies.sweep(), dailies.sweep(), dailies.sweep(), dailies.sweep()]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await dailies.sweep()).toBe(0);
    expect(made).toMatchObject([
      {
        shopId,
        staffName: '店长',
        startsAt: new Date('2026-11-30T10:00:00+08:00'),
        endsAt: new Date('2026-11-30T16:00:00+08:00'),
      },
    ]);
    clock.set('2026-12-01T10:00:30+08:00');
    await Promise.all([dailies.sweep(), dailies.sweep()]);
    expect(made).toHaveLength(2);
    expect(new Set(made.map(({ activityId }) => activityId)).size).toBe(2);
    expect((await runsOf(templateId)).map(({ day }) => day)).toEqual(['2026-12-01', '2026-11-30']);
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
    const templateId = await add({ at: '20:00' });
    clock.set('2026-12-05T20:00:00+08:00');
    refuses = true;
    expect(await dailies.sweep()).toBe(0);
    expect(await dailies.sweep()).toBe(0);
    expect(await runsOf(templateId)).toMatchObject([
      { day: '2026-12-05', activityId: null, problem: '这件商品已下架' },
    ]);
    refuses = false;
    expect(await dailies.sweep()).toBe(0);
    clock.advance(24 * hourMs);
    expect(await dailies.sweep()).toBe(1);
  });

  it('a paused one makes nothing, and only its own shop may touch it', async () => {
    made.length = 0;
    const templateId = await add({ at: '21:00' });
    const pause = (shop: string, paused: boolean) =>
      database.inTransaction((tx) => dailies.setState(tx, shop, templateId, paused));
    await expect(pause(newId(), true)).rejects.toMatchObject({ code: 'daily_activities.not_found' });
    await pause(shopId, true);
    clock.set('2026-12-06T21:30:00+08:00');
    expect(await dailies.sweep()).toBe(0);
    await pause(shopId, false);
    expect(await dailies.sweep()).toBe(1);
    expect((await dailies.list(database.db, newId())).items).toEqual([]);
  });
});
