import type { SwitchDefinition } from '../platform/switches.ts';

export const REACH_SWITCHES: readonly SwitchDefinition[] = [
  { key: 'wecom.callsPerMinute', label: '企业微信每分钟调用', hint: '超过回 45009', default: 10_000, max: 1_000_000 },
  { key: 'sms.arrivesMs', label: '短信送达毫秒', hint: '多久以后回执为成功', default: 3_000, max: 600_000 },
  { key: 'sms.phoneOff', label: '手机关机', hint: '回执为失败', default: false },
  { key: 'sms.outOfMoney', label: '短信余额不足', hint: '回 isv.AMOUNT_NOT_ENOUGH', default: false },
];
