/** The tier table as the policies say it now. */
import type { Tier, TierStep } from '@xiaopu/contracts';
import type { Static } from 'typebox';
import type { Policies } from '#platform/policy.ts';
import { type TierRule, tierNames } from './membership.domain.ts';
import * as policy from './membership.policies.ts';

const rateText = (payRate: number): string => `会员价 ${payRate / 1000} 折`;

export function createTierBook(policies: Policies) {
  const rules = (): TierRule[] => [
    { tier: 'bronze', growth: 0, payRate: 10_000, birthdayPoints: policies.get(policy.bronzeBirthday) },
    {
      tier: 'silver',
      growth: policies.get(policy.silverGrowth),
      payRate: policies.get(policy.silverRate),
      birthdayPoints: policies.get(policy.silverBirthday),
    },
    {
      tier: 'gold',
      growth: policies.get(policy.goldGrowth),
      payRate: policies.get(policy.goldRate),
      birthdayPoints: policies.get(policy.goldBirthday),
    },
    {
      tier: 'diamond',
      growth: policies.get(policy.diamondGrowth),
      payRate: policies.get(policy.diamondRate),
      birthdayPoints: policies.get(policy.diamondBirthday),
    },
  ];
  return {
    rules,
    ruleOf(tier: Tier): TierRule {
      const rule = rules().find((each) => each.tier === tier);
      if (!rule) throw new Error(`no tier ${tier}`);
      return rule;
    },
    describe: ({ tier, growth, payRate, birthdayPoints }: TierRule): Static<typeof TierStep> => ({
      tier,
      name: tierNames[tier],
      growth,
      payRate,
      benefits: [
        ...(payRate < 10_000 ? [rateText(payRate)] : []),
        '购物得积分',
        `生日礼包 ${birthdayPoints} 积分`,
        ...(tier === 'gold' || tier === 'diamond' ? ['专属客服'] : []),
        ...(tier === 'diamond' ? ['免费退换货'] : []),
      ],
    }),
  };
}
