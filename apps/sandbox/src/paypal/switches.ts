import type { SwitchDefinition } from '../platform/switches.ts';
import { times } from '../wechat-pay/switches.ts';

export const PAYPAL_SWITCHES: readonly SwitchDefinition[] = [
  {
    key: 'paypal.fault',
    label: 'PayPal：应答故障',
    hint: '对之后的接口调用生效',
    default: 'none',
    choices: [
      ['none', '正常'],
      ['http-500', '未受理，答 500'],
      ['http-500-after', '已受理，答 500'],
      ['expired-token', '访问令牌失效'],
    ],
  },
  times('paypal.fault', 'PayPal 应答故障'),
  {
    key: 'paypal.capture',
    label: 'PayPal：扣款结果',
    hint: '顾客同意之后商户扣款时',
    default: 'COMPLETED',
    choices: [
      ['COMPLETED', '成功'],
      ['PENDING', '待确认'],
      ['DECLINED', '拒付（INSTRUMENT_DECLINED）'],
    ],
  },
  {
    key: 'paypal.refund',
    label: 'PayPal：退款结果',
    hint: '待确认的退款下一次查询时成功',
    default: 'COMPLETED',
    choices: [
      ['COMPLETED', '成功'],
      ['PENDING', '待确认'],
    ],
  },
  {
    key: 'paypal.reportFault',
    label: 'PayPal：交易报表差异',
    hint: '对之后的交易查询生效',
    default: 'none',
    choices: [
      ['none', '如实'],
      ['missing-line', '少一笔支付'],
      ['extra-line', '多一笔支付'],
      ['other-amount', '一笔支付金额不同'],
      ['other-refund', '一笔退款金额不同'],
    ],
  },
  { key: 'paypal.webhookUrl', label: 'PayPal：通知地址', hint: '留空则用商城自己的地址', default: '' },
  {
    key: 'paypal.webhook',
    label: 'PayPal：通知',
    hint: '发出的 webhook：照常、签名不对或不发',
    default: 'sent',
    choices: [
      ['sent', '照常'],
      ['lost', '丢失'],
      ['twice', '每条两次'],
      ['forged', '签名不对'],
    ],
  },
];
