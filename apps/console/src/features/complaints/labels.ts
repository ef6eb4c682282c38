import type { ComplaintRow } from '@xiaopu/contracts/console';
import type { Tone } from '../../shared/ui/StatusTag.vue';

export const complaintStates: Record<ComplaintRow['state'], { text: string; tone: Tone }> = {
  PENDING: { text: '待处理', tone: 'warning' },
  PROCESSING: { text: '处理中', tone: 'info' },
  PROCESSED: { text: '已完成', tone: 'success' },
};
export const problemTexts: Record<string, string> = {
  REFUND: '申请退款',
  SERVICE_NOT_WORK: '服务未生效',
  OTHERS: '其他问题',
};

/** The nearer of the two deadlines, in words. */
export function dueText({ answerBy, closeBy, clock }: ComplaintRow, now: Date): string {
  const due = answerBy && (!closeBy || answerBy < closeBy) ? answerBy : closeBy;
  if (!due) return '—';
  const hours = Math.floor(Math.abs(Date.parse(due) - now.getTime()) / 3_600_000);
  const what = due === answerBy ? '回复' : '完成';
  const length = hours >= 48 ? `${Math.floor(hours / 24)} 天` : hours >= 1 ? `${hours} 小时` : '不到 1 小时';
  return clock === 'late' ? `${what}超期 ${length}` : `${length}内${what}`;
}
