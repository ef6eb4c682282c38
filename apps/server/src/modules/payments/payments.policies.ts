import { definePolicy, type Policies } from '#platform/policy.ts';

const rate = { unit: '分（每 100 外币）', minimum: 1_000, maximum: 10_000_000, scope: 'install' as const };
const usdRate = definePolicy({ ...rate, key: 'payments.rate_usd', title: 'PayPal 美元汇率', defaultValue: 72_000 });
const eurRate = definePolicy({ ...rate, key: 'payments.rate_eur', title: 'PayPal 欧元汇率', defaultValue: 78_000 });

/** Off until shops have been admitted as sub-merchants: a product of its own at WeChat Pay. */
const combined = definePolicy({
  key: 'payments.combined',
  title: '多店一单时合单支付，各店各收（1 是，0 否）',
  unit: '',
  defaultValue: 0,
  minimum: 0,
  maximum: 1,
  scope: 'install',
});
export const combiningOf = (policies: Policies) => () => policies.get(combined) === 1;

/** Fen for a hundred units, as set by the merchant; each payment keeps the one it was opened with. */
export const ratesOf = (policies: Policies) => (currency: string) =>
  policies.get(currency === 'EUR' ? eurRate : usdRate);
