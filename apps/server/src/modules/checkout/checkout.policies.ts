import { definePolicy, type Policies } from '#platform/policy.ts';

/** Offers together may not take a line below its cost at this margin; a price the shop set lower itself is left as it is. */
export const minMarginPercent = definePolicy({
  key: 'pricing.min_margin_percent',
  title: '优惠后最低毛利率',
  unit: '%',
  defaultValue: 0,
  minimum: 0,
  maximum: 90,
});

/** In basis points, as prices are worked out with. */
export const minMarginRateOf =
  (policies: Policies) =>
  (shopId: string): number =>
    Math.round(policies.get(minMarginPercent, shopId) * 100);
