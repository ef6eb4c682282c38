/** Words and colours of distribution's states. */
import type { CommissionStatus, DistributionChannel, WithdrawalStatus } from '@xiaopu/contracts';
import type { DistributorState } from '@xiaopu/contracts/console';
import type { Tone } from '../../shared/ui/StatusTag.vue';

export const distributorStates: Record<DistributorState, { text: string; tone: Tone }> = {
  applied: { text: '待审核', tone: 'warning' },
  active: { text: '正常', tone: 'success' },
  suspended: { text: '已暂停', tone: 'danger' },
  refused: { text: '已拒绝', tone: 'neutral' },
};
export const commissionStates: Record<CommissionStatus, { text: string; tone: Tone }> = {
  estimated: { text: '待收货', tone: 'info' },
  frozen: { text: '待结算', tone: 'warning' },
  settled: { text: '已结算', tone: 'success' },
  void: { text: '已失效', tone: 'neutral' },
};
export const withdrawalStates: Record<WithdrawalStatus, { text: string; tone: Tone }> = {
  reviewing: { text: '待审核', tone: 'warning' },
  paying: { text: '付款中', tone: 'info' },
  paid: { text: '已到账', tone: 'success' },
  refused: { text: '已拒绝', tone: 'neutral' },
  failed: { text: '付款失败，已退回', tone: 'danger' },
};
export const channelNames: Record<DistributionChannel, string> = {
  chat: '好友会话',
  group: '群聊',
  moments: '朋友圈',
  poster: '海报扫码',
  official: '公众号',
};

export const percent = (basisPoints: number): string => `${basisPoints / 100}%`;
/** "12.5" → 1250; null when it is no percentage with at most two decimals up to 100. */
export function parsePercent(text: string): number | null {
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(text.trim().replace(/%$/, ''));
  if (!match) return null;
  const basisPoints = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return basisPoints <= 10_000 ? basisPoints : null;
}

/** The record for the tax office as a file a spreadsheet opens: BOM, quoted, numbers kept as text. */
export function taxCsv(
  items: readonly {
    realName: string;
    idNumber: string;
    payments: number;
    amount: number;
    taxable: number;
    withheld: number;
  }[],
): string {
  const cell = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const yuan = (fen: number) => (fen / 100).toFixed(2);
  const rows = items.map(({ realName, idNumber, payments, amount, taxable, withheld }) =>
    [realName, `\t${idNumber}`, String(payments), yuan(amount), yuan(taxable), yuan(withheld), yuan(amount - withheld)]
      .map(cell)
      .join(','),
  );
  const head = '姓名,证件号,付款笔数,提现合计（元）,计税金额（元）,代扣（元）,实付（元）';
  return `\uFEFF${[head, ...rows].join('\r\n')}\r\n`;
}

/** How much of a payout was taxed and by which rule, as it stood when it was asked for. */
export const taxText = ({
  taxable,
  taxDeduction,
  taxRate,
}: {
  taxable: number | null;
  taxDeduction: number;
  taxRate: number;
}): string => {
  if (taxable === null) return '未代扣';
  const above = taxDeduction > 0 ? `减除 ¥${(taxDeduction / 100).toFixed(2)} 后` : '';
  return `${above}计税 ¥${(taxable / 100).toFixed(2)}，${percent(taxRate)}`;
};
