import { definePolicy } from '#platform/policy.ts';

export const buyerSessionDays = definePolicy({
  key: 'identity.buyer_session_days',
  scope: 'install',
  title: '顾客登录保持天数',
  unit: '天',
  defaultValue: 30,
  minimum: 1,
  maximum: 180,
});
export const oauthStateMinutes = definePolicy({
  key: 'identity.oauth_state_minutes',
  scope: 'install',
  title: '网页授权有效时间',
  unit: '分钟',
  defaultValue: 10,
  minimum: 1,
  maximum: 60,
});
export const staffIdleHours = definePolicy({
  key: 'identity.staff_idle_hours',
  scope: 'install',
  title: '后台无操作退出时间',
  unit: '小时',
  defaultValue: 12,
  minimum: 1,
  maximum: 72,
});
export const wrongLoginWindowMinutes = definePolicy({
  key: 'identity.wrong_login_window_minutes',
  scope: 'install',
  title: '后台输错密码的统计时间',
  unit: '分钟',
  defaultValue: 15,
  minimum: 1,
  maximum: 1440,
});
export const wrongLoginsPerAccount = definePolicy({
  key: 'identity.wrong_logins_per_account',
  scope: 'install',
  title: '同一账号最多输错次数',
  unit: '次',
  defaultValue: 5,
  minimum: 3,
  maximum: 50,
});
// An office shares one address, so its line is higher than one account's.
export const wrongLoginsPerAddress = definePolicy({
  key: 'identity.wrong_logins_per_address',
  scope: 'install',
  title: '同一网络地址最多输错次数',
  unit: '次',
  defaultValue: 20,
  minimum: 5,
  maximum: 500,
});
