import type { ShareOrder, ShareReceiver } from '@xiaopu/contracts/console';
import type { Tone } from '../../shared/ui/StatusTag.vue';

export const receiverStates = {
  adding: { text: '待微信确认', tone: 'info' },
  active: { text: '生效', tone: 'success' },
  refused: { text: '被拒绝', tone: 'danger' },
  removing: { text: '移除中', tone: 'warning' },
  removed: { text: '已移除', tone: 'neutral' },
} satisfies Record<ShareReceiver['status'], { text: string; tone: Tone }>;

export const shareStates = {
  requested: { text: '待发送', tone: 'info' },
  processing: { text: '处理中', tone: 'info' },
  finished: { text: '已完成', tone: 'success' },
  refused: { text: '被拒绝', tone: 'danger' },
} satisfies Record<ShareOrder['status'], { text: string; tone: Tone }>;
