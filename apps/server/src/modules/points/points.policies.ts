import { definePolicy } from '#platform/policy.ts';

// Points belong to the person across shops: every number here is the install's.
const define = (key: string, title: string, unit: string, defaultValue: number, [minimum, maximum]: [number, number]) =>
  definePolicy({ key: `points.${key}`, scope: 'install', title, unit, defaultValue, minimum, maximum });

export const pointsPerYuan = define('per_yuan', '每实付 1 元获得的积分', '积分', 1, [0, 100]);
export const validDays = define('valid_days', '积分有效期', '天', 365, [1, 3_650]);
export const graceDays = define('grace_days', '退回的过期积分可再用', '天', 30, [0, 365]);
export const expiryNoticeDays = define('expiry_notice_days', '积分到期前提醒', '天', 7, [1, 60]);

export const offsetPerYuan = define('offset_per_yuan', '抵扣 1 元所需积分', '积分', 100, [1, 100_000]);
export const offsetCap = define('offset_cap', '积分最多抵扣商品金额（万分之）', '‱', 5_000, [0, 10_000]);

export const signInBase = define('sign_in_base', '每日签到积分', '积分', 5, [0, 10_000]);
export const signInStep = define('sign_in_step', '连续签到每天多得', '积分', 2, [0, 1_000]);
export const signInSteps = define('sign_in_steps', '连续签到最多递增', '天', 6, [0, 30]);

export const reviewPoints = define('review_points', '发表评价的积分', '积分', 20, [0, 10_000]);
export const reviewsPerDay = define('reviews_per_day', '每天计分的评价', '条', 3, [0, 100]);
export const firstOrderPoints = define('first_order_points', '首单确认收货的积分', '积分', 50, [0, 10_000]);
export const invitePoints = define('invite_points', '好友首单完成后的邀请积分', '积分', 100, [0, 10_000]);
export const invitesPerDay = define('invites_per_day', '每天计分的邀请', '位', 5, [0, 100]);
export const friendMultiplier = define('friend_multiplier', '受邀好友首单积分倍数', '倍', 2, [1, 10]);

// 老带新 (C08-COM-05): while it runs, each side that is rewarded gets the invite points so many times.
export const doubleInvites = define('old_brings_new', '老带新双倍积分活动（1 进行，0 关闭）', '', 0, [0, 1]);
export const doubleSides = define('old_brings_new_sides', '老带新活动奖励几方（2 双方，1 仅邀请人）', '', 2, [1, 2]);
export const doubleRate = define('old_brings_new_rate', '老带新活动每方积分倍数', '倍', 2, [1, 10]);
