/** Every kind of message with its class, and the numbers that govern it as the shop's settings say them now. */
import type { InboxKind } from '@xiaopu/contracts';
import type { MessageClass } from '@xiaopu/contracts/console';
import { definePolicy, type Policies, type Policy } from '#platform/policy.ts';

export const kindTitles: Record<InboxKind, string> = {
  order_paid: '支付成功',
  order_shipped: '发货',
  pickup_ready: '自提备好',
  order_refunded: '退款',
  balance_due: '付尾款提醒',
  after_sale: '售后进展',
  group: '拼团进展',
  membership: '会员等级与生日',
  plan: '付费会员到期提醒',
  invitation: '专属客服邀请',
  commission: '佣金结算',
  cart_idle: '购物车未下单',
  coupon_expiring: '优惠券到期',
  points_expiring: '积分到期',
  lapsed: '30 天未购买',
  dormant: '7 天未访问',
  campaign: '活动消息',
};

// A message belongs to the person across shops: every number here is the install's.
const define = (
  key: string,
  title: string,
  unit: string,
  defaultValue: number,
  [minimum, maximum]: [number, number],
): Policy => definePolicy({ key: `messaging.${key}`, scope: 'install', title, unit, defaultValue, minimum, maximum });

export const dayCap = define('day_cap', '每人每天最多收到的营销消息', '条', 1, [0, 20]);
export const weekCap = define('week_cap', '每人 7 天内最多收到的营销消息', '条', 3, [0, 60]);
export const quietFrom = define('quiet_from', '免打扰开始', '点', 23, [0, 24]);
export const quietUntil = define('quiet_until', '免打扰结束', '点', 8, [0, 24]);
export const gatherMinutes = define('gather_minutes', '同时触发的消息合并等待', '分钟', 1, [0, 120]);
export const keepDays = define('keep_days', '过期未发的消息作废', '天', 2, [1, 14]);
export const smsOn = define('sms_on', '短信渠道（1 开启，0 关闭）', '', 0, [0, 1]);
export const wecomOn = define('wecom_on', '企业微信渠道（1 开启，0 关闭）', '', 0, [0, 1]);

/** the cart before 30 days without buying before 7 days away. What the shopper would lose comes right after the cart. */
const startingPriorities = {
  cart_idle: 90,
  coupon_expiring: 80,
  lapsed: 70,
  points_expiring: 60,
  dormant: 50,
  campaign: 40,
} as const satisfies Partial<Record<InboxKind, number>>;
export type MarketingKind = keyof typeof startingPriorities;
export const marketingKinds = Object.keys(startingPriorities) as MarketingKind[];

/** What a shopper reads at the switch. */
export const kindSwitches: Record<MarketingKind, { title: string; hint: string }> = {
  cart_idle: { title: '购物车提醒', hint: '加购后没下单，提醒一次' },
  coupon_expiring: { title: '优惠券到期提醒', hint: '快到期时提醒，别浪费' },
  lapsed: { title: '回购优惠', hint: '隔一段时间送上老顾客优惠' },
  points_expiring: { title: '积分到期提醒', hint: '积分快到期时提醒' },
  dormant: { title: '店铺动态', hint: '几天没来时，说说店里的新东西' },
  campaign: { title: '活动通知', hint: '上新、大促等活动' },
};

/** Facts on what is the shopper's own: in the inbox whatever is decided about the push, and free of the caps there. */
const alwaysInInbox: ReadonlySet<InboxKind> = new Set(['coupon_expiring', 'points_expiring', 'plan', 'commission']);
const services: ReadonlySet<InboxKind> = new Set(['plan', 'membership', 'invitation', 'commission']);

const perKind = Object.fromEntries(
  marketingKinds.map((kind) => {
    const title = kindTitles[kind];
    return [
      kind,
      {
        priority: define(`${kind}_priority`, `${title}：优先级`, '', startingPriorities[kind], [0, 100]),
        on: define(`${kind}_on`, `${title}：发送（1 开启，0 关闭）`, '', 1, [0, 1]),
        from: define(`${kind}_from`, `${title}：最早几点发`, '点', 0, [0, 23]),
        until: define(`${kind}_until`, `${title}：最晚几点发`, '点', 24, [1, 24]),
      },
    ];
  }),
) as Record<MarketingKind, { priority: Policy; on: Policy; from: Policy; until: Policy }>;

export interface HourWindow {
  /** Hours of a Shanghai day; `until` is no longer inside. `from` above `until` goes over midnight. */
  from: number;
  until: number;
}
export interface KindRule {
  messageClass: MessageClass;
  priority: number;
  isOn: boolean;
  window: HourWindow;
  isAlwaysInInbox: boolean;
}

const isMarketing = (kind: InboxKind): kind is MarketingKind => kind in perKind;

export const classOf = (kind: InboxKind): MessageClass =>
  isMarketing(kind) ? 'marketing' : services.has(kind) ? 'service' : 'transaction';

export const allDay: HourWindow = { from: 0, until: 24 };

export function ruleOf(policies: Pick<Policies, 'get'>, kind: InboxKind): KindRule {
  const isAlwaysInInbox = alwaysInInbox.has(kind);
  if (!isMarketing(kind))
    return { messageClass: classOf(kind), priority: 100, isOn: true, window: allDay, isAlwaysInInbox };
  const { priority, on, from, until } = perKind[kind];
  return {
    messageClass: 'marketing',
    priority: policies.get(priority),
    isOn: policies.get(on) === 1,
    window: { from: policies.get(from), until: policies.get(until) },
    isAlwaysInInbox,
  };
}

export const pushOnlyCounts = marketingKinds.filter((kind) => alwaysInInbox.has(kind));
