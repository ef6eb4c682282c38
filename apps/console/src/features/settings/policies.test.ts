import { expect, it } from 'vitest';
import {
  fromTyped,
  groupPolicies,
  isLogistics,
  policyProblem,
  shown,
  titleOf,
  toTyped,
  typedUnit,
} from './policies.ts';

const policy = {
  key: 'orders.hold_minutes',
  title: '库存保留',
  unit: '分钟',
  value: 15,
  defaultValue: 15,
  minimum: 5,
  maximum: 60,
  isInstallWide: false,
  history: [],
};
const freight = { ...policy, key: 'freight.free_from', unit: '分', minimum: 0, maximum: 100_000 };

it('shows fen as yuan and everything else with its unit', () => {
  expect(shown(policy, 15)).toBe('15 分钟');
  expect(shown(freight, 9900)).toBe('¥99.00');
});

it('shows a yes or no as such, without the note on 1 and 0', () => {
  const flag = { ...policy, unit: '', minimum: 0, maximum: 1, title: '无图评价直接展示（1 开 0 关）' };
  expect([shown(flag, 1), shown(flag, 0), titleOf(flag), titleOf(policy)]).toEqual([
    '开启',
    '关闭',
    '无图评价直接展示',
    '库存保留',
  ]);
});

it('shows a share as per cent and takes it back as it is kept, to the hundredth', () => {
  const share = {
    ...policy,
    title: '生日当天会员价（万分之）',
    unit: '‱',
    value: 8_800,
    minimum: 5_000,
    maximum: 10_000,
  };
  expect([titleOf(share), shown(share, 8_800), shown(share, 8_825), typedUnit(share)]).toEqual([
    '生日当天会员价',
    '88%',
    '88.25%',
    '%',
  ]);
  expect([toTyped(share, 8_825), fromTyped(share, 88.25), fromTyped(share, 0.07), fromTyped(policy, 15)]).toEqual([
    88.25, 8_825, 7, 15,
  ]);
  expect(policyProblem(share, 4_999)).toBe('可填 50% – 100%');
});

it('refuses what lies outside the bounds', () => {
  expect(policyProblem(policy, 4)).toBe('可填 5 分钟 – 60 分钟');
  expect(policyProblem(policy, 60)).toBe('');
  expect(policyProblem(freight, null)).toBe('请填写');
});

it('parts freight from trading rules', () => {
  expect([policy, freight].map(isLogistics)).toEqual([false, true]);
});

it('groups trading rules by module, freight apart and strangers last', () => {
  const stranger = { ...policy, key: 'flash.cap' };
  const login = { ...policy, key: 'identity.idle' };
  expect(
    groupPolicies([stranger, login, freight, policy]).map((group) => [
      group.title,
      group.policies.map((each) => each.key),
    ]),
  ).toEqual([
    ['下单与收货', ['orders.hold_minutes']],
    ['登录与安全', ['identity.idle']],
    ['其他', ['flash.cap']],
  ]);
});
