/** Words and icons of a case. */
import type { AfterSaleAction, AfterSaleKind, AfterSaleStatus } from '@xiaopu/contracts';
import type { IconName } from '@/shared/icons/strokes';

export const kinds: { kind: AfterSaleKind; text: string; hint: string; icon: IconName }[] = [
  { kind: 'refund', text: '仅退款', hint: '没收到货，或与店家商量好不用退货', icon: 'wallet' },
  { kind: 'return', text: '退货退款', hint: '已收到货，寄回后退款', icon: 'refund' },
  { kind: 'exchange', text: '换货', hint: '已收到货，寄回后换一件新的', icon: 'box' },
];
export const actionTexts: Record<AfterSaleAction, string> = {
  ship_back: '填写退货物流',
  accept_offer: '同意协商',
  decline_offer: '不同意',
  edit: '修改申请',
  escalate: '平台介入',
  confirm: '确认收到',
  cancel: '撤销申请',
};
export const statusIcons: Record<AfterSaleStatus, IconName> = {
  applied: 'clock',
  refused: 'warn',
  offered: 'comment',
  returning: 'box',
  returned: 'truck',
  exchanging: 'shop',
  sent: 'truck',
  refunding: 'refund',
  refunded: 'check-circle',
  completed: 'check-circle',
  escalated: 'shield',
  closed: 'close',
};
export const isLive = (status: AfterSaleStatus): boolean => !['refunded', 'completed', 'closed'].includes(status);
