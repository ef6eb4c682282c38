/** The numbers of distribution: a shop's own, within bounds that the law and WeChat set. */
import { definePolicy } from '#platform/policy.ts';

export const programOn = definePolicy({
  key: 'distribution.on',
  title: '开启分销（1 是，0 否）',
  unit: '',
  defaultValue: 0,
  minimum: 0,
  maximum: 1,
});
/** Three and more are pyramid selling (禁止传销条例): the bound is the law's, the table's check says it again. */
export const levelsOf = definePolicy({
  key: 'distribution.levels',
  title: '分佣层级（最多两级）',
  unit: '级',
  defaultValue: 1,
  minimum: 1,
  maximum: 2,
});
export const bindingRule = definePolicy({
  key: 'distribution.binding_rule',
  title: '客户归属（0 首次锁定，保护期后可更换；1 以最近一次为准；2 一经归属不再更换）',
  unit: '',
  defaultValue: 0,
  minimum: 0,
  maximum: 2,
});
export const protectionDays = definePolicy({
  key: 'distribution.protection_days',
  title: '客户保护期',
  unit: '天',
  defaultValue: 30,
  minimum: 1,
  maximum: 3_650,
});
export const ownPurchases = definePolicy({
  key: 'distribution.own_purchases',
  title: '分销员自购计佣（1 是，0 否）',
  unit: '',
  defaultValue: 0,
  minimum: 0,
  maximum: 1,
});
export const firstRate = definePolicy({
  key: 'distribution.first_rate',
  title: '默认一级佣金比例',
  unit: '万分之',
  defaultValue: 500,
  minimum: 0,
  maximum: 5_000,
});
export const secondRate = definePolicy({
  key: 'distribution.second_rate',
  title: '默认二级佣金比例',
  unit: '万分之',
  defaultValue: 100,
  minimum: 0,
  maximum: 5_000,
});
export const rateCap = definePolicy({
  key: 'distribution.rate_cap',
  title: '两级佣金合计上限',
  unit: '万分之',
  defaultValue: 5_000,
  minimum: 0,
  maximum: 9_000,
  scope: 'install',
});
export const minimumWithdrawal = definePolicy({
  key: 'distribution.minimum_withdrawal',
  title: '最低提现',
  unit: '分',
  defaultValue: 1_000,
  minimum: 30,
  maximum: 100_000,
});
/** C10-RISK-07: from here on people look before money leaves. */
export const reviewFrom = definePolicy({
  key: 'distribution.review_from',
  title: '单笔提现达到此数需审核',
  unit: '分',
  defaultValue: 100_000,
  minimum: 30,
  maximum: 20_000_000,
});
/** C10-RISK-07: from here on a code goes to the bound phone first. */
export const secondFactorFrom = definePolicy({
  key: 'distribution.second_factor_from',
  title: '单笔提现达到此数需短信验证码',
  unit: '分',
  defaultValue: 100_000,
  minimum: 30,
  maximum: 20_000_000,
});
export const taxOn = definePolicy({
  key: 'distribution.tax_on',
  title: '佣金代扣税款（1 是，0 否）',
  unit: '',
  defaultValue: 0,
  minimum: 0,
  maximum: 1,
});
export const taxDeduction = definePolicy({
  key: 'distribution.tax_deduction',
  title: '代扣：每笔付款的减除额',
  unit: '分',
  defaultValue: 0,
  minimum: 0,
  maximum: 10_000_000,
});
export const taxRate = definePolicy({
  key: 'distribution.tax_rate',
  title: '代扣：比例',
  unit: '万分之',
  defaultValue: 0,
  minimum: 0,
  maximum: 5_000,
});
/** An after-sale case is open when the window ends: looked at again after so long. */
export const lookAgainHours = definePolicy({
  key: 'distribution.look_again_hours',
  title: '售后未完结时，佣金结算顺延',
  unit: '小时',
  defaultValue: 12,
  minimum: 1,
  maximum: 168,
  scope: 'install',
});
export const interestDays = definePolicy({
  key: 'distribution.interest_days',
  title: '导购可见客户最近浏览',
  unit: '天',
  defaultValue: 30,
  minimum: 1,
  maximum: 90,
});
