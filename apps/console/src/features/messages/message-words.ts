/** Words of the message pages. */
import type { Campaign, MessageKindRow, NoticeRow } from '@xiaopu/contracts/console';

export const noticeStates: Record<
  NoticeRow['state'],
  { text: string; tone: 'success' | 'info' | 'neutral' | 'danger' }
> = {
  waiting: { text: '等待', tone: 'info' },
  sent: { text: '已发出', tone: 'success' },
  suppressed: { text: '未发', tone: 'neutral' },
  failed: { text: '失败', tone: 'danger' },
};
export const channelNames: Record<NonNullable<NoticeRow['channel']>, string> = {
  wechat: '微信订阅消息',
  wecom: '企业微信',
  sms: '短信',
  inbox: '站内消息',
};
export const campaignStates: Record<
  Campaign['state'],
  { text: string; tone: 'success' | 'info' | 'neutral' | 'warning' }
> = {
  planned: { text: '待开始', tone: 'info' },
  running: { text: '进行中', tone: 'success' },
  done: { text: '已提交', tone: 'neutral' },
  stopped: { text: '已停止', tone: 'warning' },
};
export const classNames: Record<MessageKindRow['messageClass'], string> = {
  transaction: '交易，始终发送',
  service: '服务，只避开免打扰',
  marketing: '营销，受上限和免打扰约束',
};

const hour = (at: number): string => `${String(at).padStart(2, '0')}:00`;
export const windowText = (window: { from: number; until: number } | null): string =>
  window === null ? '全天' : `${hour(window.from)}–${window.until <= window.from ? '次日 ' : ''}${hour(window.until)}`;

/** Opened of what was sent, 1 decimal; a dash when nothing was. */
export const rateText = (opened: number, sent: number): string =>
  sent === 0 ? '—' : `${((opened * 100) / sent).toFixed(1)}%`;
