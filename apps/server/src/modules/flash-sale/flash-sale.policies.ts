import { definePolicy } from '#platform/policy.ts';

/** A repeating sale is set up this long before it starts: early enough to be announced, late enough to keep stock on sale. */
export const templateLeadHours = definePolicy({
  key: 'flash_sale.template_lead_hours',
  title: '周期秒杀提前生成',
  unit: '小时',
  defaultValue: 24,
  minimum: 1,
  maximum: 168,
});
