import type { SwitchDefinition } from '../platform/switches.ts';
import { NOTIFICATION_FAULTS, times } from './switches.ts';

const notice = (key: string, label: string): SwitchDefinition[] => [
  { key, label, hint: `对之后产生的${label}生效`, default: 'none', choices: NOTIFICATION_FAULTS },
  times(key, label),
];

/** Switches of the products that are applied for one by one: transfer, profit sharing, Pay Score, contracts. */
export const PRODUCT_SWITCHES: readonly SwitchDefinition[] = [
  {
    key: 'transfer.scenes',
    label: '商家转账：已获批场景',
    hint: '场景ID，逗号分隔；1000 现金营销，1005 佣金报酬',
    default: '1000,1005',
  },
  {
    key: 'transfer.funds',
    label: '商家转账：运营账户资金',
    hint: '不足时各页写法不同：直接拒绝，或受理后等资金',
    default: 'enough',
    choices: [
      ['enough', '充足'],
      ['refuse', '不足，答 403 NOT_ENOUGH'],
      ['park', '不足，受理后停在 PROCESSING'],
    ],
  },
  {
    key: 'transfer.outcome',
    label: '商家转账：确认后的结果',
    hint: '用户确认之后才检查收款账户',
    default: 'SUCCESS',
    choices: [
      ['SUCCESS', '到账'],
      ['ACCOUNT_FROZEN', '账户冻结'],
      ['REAL_NAME_CHECK_FAIL', '未实名'],
      ['NAME_NOT_CORRECT', '姓名不符'],
      ['TRANSFER_QUOTA_EXCEED', '超出收款限额'],
      ['DAY_RECEIVED_COUNT_EXCEED', '超出当日收款次数'],
      ['TRANSFER_RISK', '风险拦截'],
    ],
  },
  {
    key: 'transfer.overdueState',
    label: '商家转账：逾期未确认',
    hint: '未证实：24 小时未确认后的状态',
    default: 'FAIL',
    choices: [
      ['FAIL', 'FAIL + OVERDUE_CLOSE'],
      ['CANCELLED', 'CANCELLED + OVERDUE_CLOSE'],
    ],
  },
  {
    key: 'transfer.reentryCode',
    label: '商家转账：重入不一致错误码',
    hint: '未证实',
    default: 'ALREADY_EXISTS',
    choices: [
      ['ALREADY_EXISTS', 'ALREADY_EXISTS'],
      ['INVALID_REQUEST', 'INVALID_REQUEST'],
    ],
  },
  { key: 'transfer.singleLimit', label: '商家转账：单笔限额（分）', hint: '每个场景不同', default: 5_000_000, min: 1 },
  {
    key: 'transfer.dayLimit',
    label: '商家转账：单用户单日限额（分）',
    hint: '超出后 FAIL',
    default: 20_000_000,
    min: 1,
  },
  { key: 'transfer.seconds', label: '商家转账：到账秒数', hint: '确认或撤销之后，业务时钟', default: 1, max: 864_000 },
  ...notice('notify.transfer', '转账通知'),
  {
    key: 'payscore.debit',
    label: '支付分：扣款',
    hint: '余额不足时留在 USER_PAYING，之后每小时再扣',
    default: 'enough',
    choices: [
      ['enough', '成功'],
      ['short', '余额不足'],
    ],
  },
  { key: 'payscore.seconds', label: '支付分：扣款秒数', hint: '完结之后，业务时钟', default: 1, max: 864_000 },
  ...notice('notify.payscore', '支付分通知'),
  ...notice('notify.complaint', '投诉通知'),
  ...notice('notify.papay', '代扣协议通知'),
  ...notice('notify.coupon', '商家券通知'),
  { key: 'sharing.minSeconds', label: '分账：支付后至少秒数', hint: '官方 1 分钟', default: 60, max: 86_400 },
  { key: 'sharing.maxPercent', label: '分账：最大比例 %', hint: '累计；默认 30', default: 30, min: 1, max: 100 },
  { key: 'sharing.seconds', label: '分账：处理秒数', hint: '分账与回退，业务时钟', default: 1, max: 864_000 },
  {
    key: 'sharing.outcome',
    label: '分账：各接收方结果',
    hint: 'FINISHED 不等于成功，要看每个接收方',
    default: 'SUCCESS',
    choices: [
      ['SUCCESS', '成功'],
      ['ACCOUNT_ABNORMAL', '账户异常'],
      ['RECEIVER_HIGH_RISK', '高风险接收方'],
      ['RECEIVER_REAL_NAME_NOT_VERIFIED', '未实名'],
      ['RECEIVER_RECEIPT_LIMIT', '超出收款限额'],
    ],
  },
  {
    key: 'sharing.returnOutcome',
    label: '分账回退：结果',
    hint: '受理后的最终状态',
    default: 'SUCCESS',
    choices: [
      ['SUCCESS', '成功'],
      ['BALANCE_NOT_ENOUGH', '接收方余额不足'],
      ['ACCOUNT_ABNORMAL', '账户异常'],
      ['TIME_OUT_CLOSED', '超时关闭'],
    ],
  },
];
