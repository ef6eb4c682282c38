import type { SwitchDefinition } from '../platform/switches.ts';

export const CARRIER_SWITCHES: readonly SwitchDefinition[] = [
  {
    key: 'carriers.fault',
    label: '快递鸟故障',
    hint: '查询、电子面单、订阅的应答',
    default: 'none',
    choices: [
      ['none', '正常'],
      ['refused', 'Success=false 系统繁忙'],
      ['no-trace', '查无轨迹'],
      ['http-500', 'HTTP 500'],
      ['slow', '慢应答'],
      ['dropped', '断开连接'],
    ],
  },
  {
    key: 'carriers.faultTimes',
    label: '快递鸟故障：次数',
    hint: '用过几次后自动恢复；0 表示一直有效',
    default: 0,
    max: 1000,
  },
  { key: 'carriers.slowMs', label: '慢应答毫秒', hint: '慢应答时等多久', default: 3000, max: 120_000 },
  {
    key: 'carriers.fate',
    label: '新包裹的命运',
    hint: '对之后产生的包裹生效',
    default: 'normal',
    choices: [
      ['normal', '正常签收'],
      ['locker', '驿站自提'],
      ['refused', '拒收退回'],
      ['stuck', '途中滞留'],
    ],
  },
  {
    key: 'carriers.adoptUnknown',
    label: '认领手填单号',
    hint: '开：第一次见到的单号从此刻开始有轨迹；关：一直查无轨迹',
    default: true,
  },
  {
    key: 'carriers.duplicateCode',
    label: '重复下单 ResultCode',
    hint: '未证实；两种都返回原单号',
    default: '100',
    choices: [
      ['100', '100 成功'],
      ['106', '106 订单号重复'],
    ],
  },
  { key: 'carriers.pushUrl', label: '轨迹推送地址', hint: '空为不推送', default: '' },
  { key: 'carriers.fullState', label: '返回 StateEx', hint: '关：老 1002 账号，没有细分状态', default: true },
];
