import { definePolicy } from '#platform/policy.ts';

export const hotSoldCount = definePolicy({
  key: 'catalog.hot_sold_count',
  scope: 'install',
  title: '「热卖」标签所需销量',
  unit: '件',
  defaultValue: 500,
  minimum: 1,
  maximum: 1_000_000,
});
export const newDays = definePolicy({
  key: 'catalog.new_days',
  scope: 'install',
  title: '「新品」标签天数',
  unit: '天',
  defaultValue: 21,
  minimum: 1,
  maximum: 365,
});
export const homePicks = definePolicy({
  key: 'catalog.home_picks',
  scope: 'install',
  title: '首页热卖与新品总数',
  unit: '个',
  defaultValue: 16,
  minimum: 2,
  maximum: 40,
});
export const homeHotPercent = definePolicy({
  key: 'catalog.home_hot_percent',
  scope: 'install',
  title: '首页热卖占比',
  unit: '%',
  defaultValue: 50,
  minimum: 0,
  maximum: 100,
});
export const shownStockCap = definePolicy({
  key: 'catalog.shown_stock_cap',
  title: '对外显示的最大库存',
  unit: '件',
  defaultValue: 99,
  minimum: 1,
  maximum: 9_999,
});
export const defaultSafetyStock = definePolicy({
  key: 'catalog.default_safety_stock',
  title: '新规格的安全库存',
  unit: '件',
  defaultValue: 5,
  minimum: 0,
  maximum: 10_000,
});
export const searchSalesPercent = definePolicy({
  key: 'catalog.search_sales_percent',
  scope: 'install',
  title: '搜索排序中销量的影响',
  unit: '%',
  defaultValue: 6,
  minimum: 0,
  maximum: 100,
});
export const importMaxRows = definePolicy({
  key: 'catalog.import_max_rows',
  title: '一次导入的最多行数',
  unit: '行',
  defaultValue: 2_000,
  minimum: 10,
  maximum: 20_000,
});
export const importMegabytes = definePolicy({
  key: 'catalog.import_megabytes',
  title: '导入文件大小上限',
  unit: 'MB',
  defaultValue: 5,
  minimum: 1,
  maximum: 20,
});
