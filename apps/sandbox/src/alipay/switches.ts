import type { SwitchDefinition } from '../platform/switches.ts';
import { times } from '../wechat-pay/switches.ts';

export const ALIPAY_SWITCHES: readonly SwitchDefinition[] = [
  {
    key: 'alipay.fault',
    label: '支付宝：应答故障',
    hint: '对之后的接口调用生效',
    default: 'none',
    choices: [
      ['none', '正常'],
      ['system-error', '答 20000 系统繁忙，未受理'],
      ['http-500-after', '已受理，答 500'],
      ['bad-signature', '应答签名不对'],
    ],
  },
  times('alipay.fault', '支付宝应答故障'),
  {
    key: 'alipay.notify',
    label: '支付宝：异步通知',
    hint: '发出的异步通知：照常、签名不对或不发',
    default: 'sent',
    choices: [
      ['sent', '照常'],
      ['lost', '丢失'],
      ['twice', '每条两次'],
      ['forged', '签名不对'],
      ['other-app', '另一个应用的通知'],
    ],
  },
  {
    key: 'alipay.billFault',
    label: '支付宝：账单差异',
    hint: '对之后申请的账单生效',
    default: 'none',
    choices: [
      ['none', '如实'],
      ['missing-line', '少一笔支付'],
      ['extra-line', '多一笔支付'],
      ['other-amount', '一笔支付金额不同'],
      ['other-refund', '一笔退款金额不同'],
      ['cut', '文件不全'],
    ],
  },
  times('alipay.billFault', '支付宝账单差异'),
  { key: 'alipay.paidTotal', label: '支付宝：实付金额', hint: '分；0 表示照订单', default: 0 },
];
