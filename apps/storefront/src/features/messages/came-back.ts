/** The shopper came back by a message of the shop: it counts as opened, and what came with it is in the coupon bag. */
import { api } from '@/platform/request';
import { isMember } from '@/platform/session';
import { toast } from '@/platform/toast';

const told = new Set<string>();

/** `?notice=…` of a page, as the shop's messages carry it. */
export const noticeIn = (page: string): string | undefined => /[?&]notice=([\w-]+)/.exec(page)?.[1];

export async function cameBackBy(noticeId: string | undefined): Promise<void> {
  if (noticeId === undefined || !isMember.value || told.has(noticeId)) return;
  told.add(noticeId);
  try {
    const { coupon } = await api.messages.opened(noticeId);
    if (coupon) toast(`送你一张「${coupon.name}」，已放进优惠券`);
  } catch {
    // Somebody else's link, or no network: the page it opened matters more.
  }
}
