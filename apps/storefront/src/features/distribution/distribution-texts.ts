/** Words of the distributor's pages. */
import type { CommissionStatus, EarningsEntry, ProgramTerms, WithdrawalStatus } from '@xiaopu/contracts';

export const commissionTexts: Record<CommissionStatus, string> = {
  estimated: '待收货',
  frozen: '待结算',
  settled: '已结算',
  void: '已失效',
};

export const entryTexts: Record<EarningsEntry['kind'], string> = {
  commission: '佣金结算',
  claw_back: '退款追回',
  withdrawal: '提现',
  withdrawal_back: '提现退回',
};

export const isOpenWithdrawal = (status: WithdrawalStatus): boolean => status === 'reviewing' || status === 'paying';

/** 1250 basis points → "12.5%" */
export const percentText = (basisPoints: number): string => `${basisPoints / 100}%`;

const bindingTexts: Record<ProgramTerms['bindingRule'], (days: number) => string> = {
  first_link: (days) =>
    `客户首次通过你的链接进店即归属于你，${days} 天保护期内不会变更；过期后通过他人链接进店会变更。`,
  last_link: () => '客户归属以最近一次通过的推广链接为准。',
  only_unbound: () => '客户一经归属不再变更；只有还没有归属的客户会归属于你。',
};

/** The programme in plain words, in the order people ask. */
export function ruleTexts(terms: ProgramTerms, yuan: (fen: number) => string): string[] {
  return [
    `无入门费，不用先买东西；佣金最多两级，本店${terms.levels === 1 ? '只有一级' : '为两级'}。`,
    `佣金按客户实付金额计算（不含运费），默认 ${percentText(terms.firstRate)}${terms.levels === 2 ? `，二级 ${percentText(terms.secondRate)}` : ''}；部分商品另有比例，以推广商品页为准。`,
    bindingTexts[terms.bindingRule](terms.protectionDays),
    terms.ownPurchases ? '自己购买也计佣金。' : '自己购买不计佣金，也不能把自己的其他账号设为客户。',
    `客户收货满 ${terms.windowDays} 天、没有未完结的售后，佣金才会结算到余额；之后退款按比例追回，不足部分从后续佣金抵扣。`,
    `满 ${yuan(terms.minimumWithdrawal)} 可提现到微信零钱，需在微信里确认收款；单笔满 ${yuan(terms.reviewFrom)} 需商家审核。`,
    terms.withholdingNote,
    '只转发不会得到奖励；请勿诱导分享，也不要承诺收益。',
  ];
}

/** Bars of the trend: heights in percent of the tallest, a little of something for anything above nothing. */
export function barHeights(values: readonly number[]): number[] {
  const tallest = Math.max(...values, 1);
  return values.map((value) => (value === 0 ? 0 : Math.max(6, Math.round((value / tallest) * 100))));
}
