import type { GroupOffer } from '@xiaopu/contracts';
import { describe, expect, it } from 'vitest';
import {
  groupStanding,
  helpPercent,
  onlyByGroup,
  rateText,
  soldPercent,
  sorted,
  startText,
  stateAt,
  stepsText,
  stillNeeded,
} from './activity-texts.ts';

const at = (text: string) => new Date(text).getTime();

describe('flash sales on the page', () => {
  it('C07-SEC-03 follow the server’s clock: open, sold out and over without asking again', () => {
    const sale = {
      state: 'upcoming',
      startsAt: '2026-11-23T02:00:00.000Z',
      endsAt: '2026-11-23T04:00:00.000Z',
      remaining: 3,
    } as const;
    expect(stateAt(sale, at('2026-11-23T01:59:59.999Z'))).toBe('upcoming');
    expect(stateAt(sale, at('2026-11-23T02:00:00Z'))).toBe('running');
    expect(stateAt({ ...sale, remaining: 0 }, at('2026-11-23T03:00:00Z'))).toBe('sold_out');
    expect(stateAt(sale, at('2026-11-23T04:00:00Z'))).toBe('ended');
    expect(stateAt({ ...sale, state: 'ended' }, at('2026-11-23T03:00:00Z'))).toBe('ended');
  });

  it('show a bar that is full only when nothing is left', () => {
    const percent = (poolSize: number, remaining: number) => soldPercent({ poolSize, remaining });
    expect([percent(10, 10), percent(1_000, 999), percent(10, 5), percent(1_000, 1), percent(10, 0)]).toEqual([
      0, 1, 50, 99, 100,
    ]);
  });

  it('put what can be bought first', () => {
    const now = at('2026-11-23T03:00:00Z');
    const sale = (startsAt: string, remaining: number) => ({
      state: 'running' as const,
      startsAt,
      endsAt: '2026-11-24T00:00:00.000Z',
      remaining,
    });
    const [sold, later, soon, open] = [
      sale('2026-11-23T01:00:00.000Z', 0),
      sale('2026-11-23T09:00:00.000Z', 5),
      sale('2026-11-23T05:00:00.000Z', 5),
      sale('2026-11-23T02:00:00.000Z', 5),
    ];
    expect(sorted([sold, later, soon, open], now)).toEqual([open, soon, later, sold]);
  });

  it('name the day in Shanghai', () => {
    const now = at('2026-11-23T15:00:00Z'); // 23:00 there
    expect(startText('2026-11-23T15:30:00Z', now)).toBe('今天 23:30');
    expect(startText('2026-11-23T16:30:00Z', now)).toBe('明天 00:30');
    expect(startText('2026-11-28T02:00:00Z', now)).toBe('11-28 10:00');
  });
});

it('C07-BRG-02 says how many friends are needed, and how far it is', () => {
  expect([helpPercent({ helped: 1, helpsNeeded: 3 }), stillNeeded({ helped: 1, helpsNeeded: 3 })]).toEqual([33, 2]);
  expect([helpPercent({ helped: 3, helpsNeeded: 3 }), stillNeeded({ helped: 3, helpsNeeded: 3 })]).toEqual([100, 0]);
  expect([rateText(8_800), rateText(9_000)]).toEqual(['8.8折', '9折']);
});

describe('a group on its page', () => {
  const steps = [
    { size: 2, price: 9_000 },
    { size: 5, price: 7_000 },
  ];
  const offer = { steps, state: 'running' } as never;
  const open = { status: 'open' as const, paid: 1, held: 0, size: 5, leastSize: 2, mine: null, offer };
  const mine = (status: 'held' | 'paid' | 'settled' | 'refunded' | 'left') => ({ status }) as never;

  it.each([
    ['a stranger of an open group', {}, '还差 1 人成团', 'join'],
    ['a stranger once the first step is reached', { paid: 3 }, '已成团，再来 2 人更便宜', 'join'],
    ['a stranger of a full one', { paid: 3, held: 2 }, '名额已满', 'open_own'],
    ['a member', { mine: mine('paid') }, '还差 1 人成团', 'invite'],
    ['who has not paid yet', { held: 1, mine: mine('held') }, '等你付款', 'pay'],
    ['who left and may come back', { mine: mine('left') }, '还差 1 人成团', 'join'],
    ['a member of one that succeeded', { status: 'succeeded' as const, mine: mine('settled') }, '拼团成功', 'none'],
    ['a stranger of one that succeeded', { status: 'succeeded' as const }, '这个团已经成团', 'open_own'],
    ['a member of one that failed', { status: 'failed' as const, mine: mine('refunded') }, '没有成团', 'open_own'],
    ['anybody while it is decided', { status: 'settling' as const }, '时间到，正在结算', 'none'],
  ])('C07-GRP-01 shows %s what is so and what can be done', (_who, changes, title, action) => {
    expect(groupStanding({ ...open, ...changes })).toMatchObject({ title, action });
  });

  it('offers no group of one’s own once the activity is over', () => {
    const over = { ...open, status: 'failed' as const, offer: { steps, state: 'ended' } as never };
    expect(groupStanding(over).action).toBe('none');
    expect(stepsText(steps)).toBe('2人团 ¥90，5人团 ¥70');
  });
});

describe('goods in a group purchase', () => {
  const offer = (activityId: string, allowsSolo: boolean, ...skuIds: string[]) =>
    ({ activityId, allowsSolo, skus: skuIds.map((skuId) => ({ skuId })) }) as GroupOffer;

  it('are had by the group and no other way only where the shop says so', () => {
    const offers = [offer('open', true, 'a'), offer('closed', false, 'b', 'c')];
    expect(onlyByGroup(offers, 'a')).toBeUndefined();
    expect(onlyByGroup(offers, 'c')?.activityId).toBe('closed');
    expect(onlyByGroup(offers, 'd')).toBeUndefined();
  });
});
