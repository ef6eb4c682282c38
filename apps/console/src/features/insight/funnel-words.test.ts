import { expect, it } from 'vitest';
import { rateText, stepsOf } from './funnel-words.ts';

it('C09-KPI-01 says of each step what is left of the one before and of all, and nothing where nobody came', () => {
  const steps = stepsOf({ visit: 200, browse: 120, cart: 30, pay: 9 });
  expect(steps.map(({ title, ofLast, ofAll }) => [title, rateText(ofLast), rateText(ofAll)])).toEqual([
    ['访问', '—', '100%'],
    ['浏览', '60%', '60%'],
    ['加购', '25%', '15%'],
    ['支付', '30%', '4.5%'],
  ]);
  expect(stepsOf({ visit: 0, browse: 0, cart: 0, pay: 0 }).map(({ ofLast }) => rateText(ofLast))).toEqual([
    '—',
    '—',
    '—',
    '—',
  ]);
});
