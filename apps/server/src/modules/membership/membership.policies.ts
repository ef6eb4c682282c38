import { definePolicy } from '#platform/policy.ts';

// A tier belongs to the person, not to one shop: every number here is the install's.
const define = (key: string, title: string, unit: string, defaultValue: number, [minimum, maximum]: [number, number]) =>
  definePolicy({ key: `membership.${key}`, scope: 'install', title, unit, defaultValue, minimum, maximum });

export const growthPerYuan = define('growth_per_yuan', '每消费 1 元的成长值', '点', 1, [0, 100]);
export const growthPerActiveDay = define('growth_per_active_day', '每个活跃日的成长值', '点', 2, [0, 1000]);
export const growthPerInteraction = define('growth_per_interaction', '每次互动的成长值', '点', 5, [0, 1000]);
export const interactionsPerDay = define('interactions_per_day', '每天计入成长值的互动次数', '次', 3, [0, 100]);

export const silverGrowth = define('silver_growth', '银卡会员所需成长值', '点', 500, [1, 10_000_000]);
export const goldGrowth = define('gold_growth', '金卡会员所需成长值', '点', 2_000, [1, 10_000_000]);
export const diamondGrowth = define('diamond_growth', '钻石会员所需成长值', '点', 8_000, [1, 10_000_000]);

// 最高 8 折: a tier alone never goes below 8000.
export const silverRate = define('silver_rate', '银卡会员价（万分之）', '‱', 9_800, [8_000, 10_000]);
export const goldRate = define('gold_rate', '金卡会员价（万分之）', '‱', 9_500, [8_000, 10_000]);
export const diamondRate = define('diamond_rate', '钻石会员价（万分之）', '‱', 8_000, [8_000, 10_000]);
export const birthdayRate = define('birthday_rate', '生日当天会员价（万分之）', '‱', 8_800, [5_000, 10_000]);

export const bronzeBirthday = define('bronze_birthday', '铜卡生日礼包积分', '积分', 50, [0, 100_000]);
export const silverBirthday = define('silver_birthday', '银卡生日礼包积分', '积分', 100, [0, 100_000]);
export const goldBirthday = define('gold_birthday', '金卡生日礼包积分', '积分', 200, [0, 100_000]);
export const diamondBirthday = define('diamond_birthday', '钻石生日礼包积分', '积分', 500, [0, 100_000]);

export const conciergeSpend = define('concierge_spend', '专属管家的累计消费', '分', 2_000_000, [1, 1_000_000_000]);
export const conciergeDays = define('concierge_days', '专属管家每次解锁后保留', '天', 365, [1, 3_650]);
export const silentDays = define('silent_days', '多久未购买算沉默顾客', '天', 30, [1, 365]);
export const highValueSpend = define('high_value_spend', '高价值会员的累计消费', '分', 500_000, [1, 1_000_000_000]);
