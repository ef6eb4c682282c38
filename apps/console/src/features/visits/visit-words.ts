/** Words and small sums of campaign links, channels and coming back. */
import type { CampaignLink, VisitChannel } from '@xiaopu/contracts/console';

export const channelTitles: Record<VisitChannel, string> = {
  oa_menu: '公众号菜单',
  oa_article: '公众号推文',
  moments: '朋友圈',
  community: '社群',
  chat: '好友聊天',
  search: '微信搜索',
  scan: '扫码',
  sms: '短信',
  offline: '线下物料',
  other: '其他推广',
  direct: '自己进来',
};
/** A link is made for these; the others are doors that need none. */
export const linkChannels: VisitChannel[] = [
  'oa_article',
  'oa_menu',
  'community',
  'moments',
  'chat',
  'sms',
  'offline',
  'other',
];

export const linkPages = [
  { value: 'pages/home/index', title: '首页' },
  { value: 'packages/coupons/centre', title: '领券中心' },
  { value: 'packages/flash-sale/list', title: '限时秒杀' },
  { value: 'packages/group-buy/list', title: '拼团' },
  { value: 'packages/growth/centre', title: '会员中心' },
];

/** 20.5%; — while there is nobody to count. */
export const shareText = (part: number, whole: number): string =>
  whole === 0 ? '—' : `${Number(((part / whole) * 100).toFixed(1))}%`;

/** What a new buyer cost, in fen; undefined while there is none, or nothing was spent. */
export const costPerPayer = ({ cost, payers }: Pick<CampaignLink, 'cost' | 'payers'>): number | undefined =>
  cost === 0 || payers === 0 ? undefined : Math.round(cost / payers);

const alphabet = '23456789abcdefghjkmnpqrstuvwxyz';
/** As the server makes them; made here once per dialog, so that a repeated press makes one link. */
export function newLinkCode(): string {
  const bytes = crypto.getRandomValues(new Uint32Array(8));
  return Array.from(bytes, (each) => alphabet[each % alphabet.length]).join('');
}
