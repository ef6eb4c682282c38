import { definePolicy } from '#platform/policy.ts';

export const keepDays = definePolicy({
  key: 'events.keep_days',
  scope: 'install',
  title: '浏览与加购记录保留多少天',
  unit: '天',
  defaultValue: 180,
  minimum: 14,
  maximum: 730,
});

export const lateDays = definePolicy({
  key: 'events.late_days',
  scope: 'install',
  title: '离线记录最晚补报',
  unit: '天',
  defaultValue: 7,
  minimum: 1,
  maximum: 14,
});

export const mostPerMinute = definePolicy({
  key: 'events.most_per_minute',
  scope: 'install',
  title: '每位顾客每分钟最多上报多少条行为',
  unit: '条',
  defaultValue: 300,
  minimum: 50,
  maximum: 5_000,
});
