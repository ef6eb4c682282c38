import { formatYuan } from '@xiaopu/money';
import { dayMs, shanghaiDay } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Notices } from './messaging.notices.ts';
import type { Messages, Notification, Told } from './messaging.service.ts';

/** What a message may say about an order beyond the event; asked in the handler's transaction. */
export interface OrderFacts {
  title: string;
  carrierName?: string;
  waybillNo?: string;
}

export interface SubscriberDeps {
  messages: Messages;
  notices: Pick<Notices, 'propose' | 'withdraw'>;
  orderFacts: (db: Executor, buyerId: string, orderNo: string) => Promise<OrderFacts | undefined>;
  /** What a presale order has still to pay, freight included. */
  balanceOf(db: Executor, buyerId: string, orderNo: string): Promise<number | undefined>;
  /** Tiers as membership names and orders them. */
  tierName(tier: string): string;
  tierRank(tier: string): number;
}

export function subscribeMessaging(
  subscribers: Subscribers,
  { messages, notices, orderFacts, balanceOf, tierName, tierRank }: SubscriberDeps,
): void {
  subscribers.onBatch('orders.order_paid', 'messaging', async (tx, events) => {
    const paid: Notification[] = [];
    for (const { payload, at } of events) {
      const { buyerId, orderNo, shopId, payable, shippingHold, storeName, facts } = payload;
      const known = facts ? { title: facts.title } : await orderFacts(tx, buyerId, orderNo);
      paid.push({
        buyerId,
        shopId,
        kind: 'order_paid',
        sourceKey: `order_paid/${orderNo}`,
        title: '支付成功',
        body: `已收到 ¥${formatYuan(payable)}，${shippingHold ? '成团后' : ''}${storeName ? `${storeName}会尽快备货，备好后通知你来取` : `${shippingHold ? '' : '我们会'}尽快发货`}。`,
        facts: { orderNo, at, amount: payable, ...known },
      });
    }
    await messages.notify(tx, paid);
  });

  subscribers.on('orders.order_shipped', 'messaging', async (tx, { payload, at }) => {
    const { buyerId, orderNo, shopId } = payload;
    const known = await orderFacts(tx, buyerId, orderNo);
    const by = known?.carrierName ? `，${known.carrierName} ${known.waybillNo ?? ''}`.trimEnd() : '';
    await messages.notify(tx, [
      {
        buyerId,
        shopId,
        kind: 'order_shipped',
        sourceKey: `order_shipped/${orderNo}`,
        title: '订单已发货',
        body: `您的宝贝已经上路${by}。`,
        facts: { orderNo, at, ...known },
      },
    ]);
  });

  subscribers.on('orders.order_ready', 'messaging', async (tx, { payload, at }) => {
    const { buyerId, orderNo, shopId, storeName, expiresAt } = payload;
    const known = await orderFacts(tx, buyerId, orderNo);
    await messages.notify(tx, [
      {
        buyerId,
        shopId,
        kind: 'pickup_ready',
        sourceKey: `pickup_ready/${orderNo}`,
        title: '可以来取货了',
        body: `商品已在${storeName}备好，到店出示订单里的取货码即可；${momentText(expiresAt)} 前未取会自动退款。`,
        facts: { orderNo, at, name: storeName, hint: '到店出示取货码', ...known },
      },
    ]);
  });

  subscribers.on('orders.order_refunded', 'messaging', async (tx, { payload, at }) => {
    const { buyerId, orderNo, shopId, refundNo, amount } = payload;
    const known = await orderFacts(tx, buyerId, orderNo);
    await messages.notify(tx, [
      {
        buyerId,
        shopId,
        kind: 'order_refunded',
        sourceKey: `order_refunded/${refundNo}`,
        title: '退款成功',
        body: `¥${formatYuan(amount)} 已原路退回，到账时间以银行为准。`,
        facts: { orderNo, at, amount, reason: '订单退款', ...known },
      },
    ]);
  });

  subscribers.on('presale.balance_due', 'messaging', async (tx, { payload }) => {
    const { buyerId, orderNo, shopId, closesAt, isEnding } = payload;
    const amount = await balanceOf(tx, buyerId, orderNo);
    if (amount === undefined) return;
    const known = await orderFacts(tx, buyerId, orderNo);
    const reason = isEnding ? '尾款即将截止，请尽快支付' : '可以付尾款了';
    await messages.notify(tx, [
      {
        buyerId,
        shopId,
        kind: 'balance_due',
        sourceKey: `balance_${isEnding ? 'ending' : 'opened'}/${orderNo}`,
        title: isEnding ? '尾款快截止了' : '可以付尾款了',
        body: `尾款 ¥${formatYuan(amount)}，${momentText(closesAt)} 截止。`,
        facts: { orderNo, at: closesAt, amount, reason, ...known },
      },
    ]);
  });

  subscribers.on('after_sales.case_moved', 'messaging', async (tx, { id, payload }) => {
    const { buyerId, orderNo, status } = payload;
    const said = caseTexts[status];
    if (said) await messages.tell(tx, { buyerId, kind: 'after_sale', sourceKey: `case/${id}`, orderNo, ...said });
  });

  const tellOfGroup = (tx: Tx, sourceKey: string, told: Pick<Told, 'buyerId' | 'orderNo' | 'title' | 'body'>) =>
    messages.tell(tx, { ...told, kind: 'group', sourceKey });
  subscribers.on('group_buy.group_opened', 'messaging', async (tx, { payload: { buyerId, orderNo, missing } }) => {
    const body = `再有 ${missing} 人参团就成团，把团发给朋友看看；到期没有成团会自动退款。`;
    await tellOfGroup(tx, `group_opened/${orderNo}`, { buyerId, orderNo, title: '开团成功', body });
  });
  subscribers.on('group_buy.member_joined', 'messaging', async (tx, { id, payload: { buyerId, orderNo, missing } }) => {
    const body = missing > 0 ? `再有 ${missing} 人就到下一档。` : '人已经满了，马上成团。';
    await tellOfGroup(tx, `group_joined/${id}`, { buyerId, orderNo, title: '有人参加了你的团', body });
  });
  subscribers.on('group_buy.place_decided', 'messaging', async (tx, { payload }) => {
    const { buyerId, orderNo, outcome, size, backAmount } = payload;
    const back = backAmount > 0 ? `，差价 ¥${formatYuan(backAmount)} 原路退回` : '';
    const told =
      outcome === 'succeeded'
        ? { title: '拼团成功', body: `已满 ${size} 人${back}，商家开始备货。` }
        : { title: '拼团未成功', body: '到期人数不够，款项已自动申请原路退回。' };
    await tellOfGroup(tx, `group_decided/${orderNo}`, { buyerId, orderNo, ...told });
  });

  subscribers.on('coupons.coupon_expiring', 'messaging', async (tx, { payload, at }) => {
    const { buyerId, couponId, shopId, name, expiresAt } = payload;
    await notices.propose(tx, {
      buyerId,
      kind: 'coupon_expiring',
      sourceKey: `coupon_expiring/${couponId}/${expiresAt}`,
      shopId,
      title: '优惠券快到期了',
      body: `「${name}」${dayText(expiresAt)}到期，过期就不能用了。`,
      page: 'packages/coupons/mine',
      facts: { at, name, until: expiresAt, hint: '过期就不能用了', ref: couponId },
      validUntil: new Date(expiresAt),
    });
  });

  subscribers.on('membership.lapsed', 'messaging', async (tx, { payload, at }) => {
    const { buyerId, shopId, since } = payload;
    await notices.propose(tx, {
      buyerId,
      kind: 'lapsed',
      sourceKey: `lapsed/${shopId}/${since}`,
      shopId,
      title: '好久不见',
      body: '店里上了不少新东西，回来看看有没有喜欢的。',
      page: `packages/browse/shop/index?shopId=${shopId}`,
      facts: { at, name: '好久不见', hint: '店里上了新东西，来看看' },
    });
  });

  subscribers.on('distribution.commission_settled', 'messaging', async (tx, { payload: { buyerId, shopId }, at }) => {
    // Many orders end their window on one day: one word a day, the sums are on the page.
    const day = shanghaiDay(new Date(at));
    await notices.propose(tx, {
      buyerId,
      kind: 'commission',
      sourceKey: `commission/${shopId}/${day}`,
      shopId,
      title: '佣金可以提现了',
      body: '有客户的订单过了售后期，佣金已结算到余额。',
      page: `packages/distribution/withdraw?shopId=${shopId}`,
      facts: { at, name: '佣金已结算', hint: '可以提现到微信零钱' },
    });
  });

  subscribers.on('visits.dormant', 'messaging', async (tx, { payload: { buyerId, since }, at }) => {
    await notices.propose(tx, {
      buyerId,
      kind: 'dormant',
      sourceKey: `dormant/${since}`,
      title: '这几天上新了',
      body: '你关注的店有了新东西和新优惠，有空来看看。',
      page: 'pages/home/index',
      facts: { at, name: '店铺上新', hint: '有了新东西和新优惠', ref: since },
    });
  });

  subscribers.on('points.expiring', 'messaging', async (tx, { payload, at }) => {
    const { buyerId, points, day } = payload;
    const ends = `${day}T00:00:00+08:00`;
    await notices.propose(tx, {
      buyerId,
      kind: 'points_expiring',
      sourceKey: `points_expiring/${day}`,
      title: '积分快到期了',
      body: `${points} 积分${dayText(ends)}到期，可以抵现或兑换好物。`,
      page: 'packages/growth/points',
      facts: { at, name: '积分快到期', hint: `${points} 积分即将到期` },
      validUntil: new Date(Date.parse(ends) + dayMs),
    });
  });

  subscribers.on('cart.cart_idle', 'messaging', async (tx, { payload, at }) => {
    const { buyerId, shopId, title, lines, since } = payload;
    await notices.propose(tx, {
      buyerId,
      kind: 'cart_idle',
      sourceKey: `cart_idle/${since}`,
      shopId,
      title: '购物车里还有没买的',
      body: lines > 1 ? `「${title}」等 ${lines} 件还在购物车里。` : `「${title}」还在购物车里。`,
      page: 'pages/cart/index',
      facts: { at, title, hint: '还在购物车里，随时可以下单', ref: since },
    });
  });
  for (const name of ['orders.order_placed', 'orders.order_paid'] as const)
    subscribers.onBatch(name, 'messaging.bought', (tx, events) =>
      notices.withdraw(
        tx,
        events.map(({ payload: { buyerId } }) => buyerId),
        ['cart_idle', 'lapsed', 'dormant'],
      ),
    );

  subscribers.on('membership.tier_changed', 'messaging', async (tx, { id, payload }) => {
    const { buyerId, from, to } = payload;
    const isUp = tierRank(to) > tierRank(from);
    await messages.tell(tx, {
      buyerId,
      kind: 'membership',
      sourceKey: `tier/${id}`,
      title: isUp ? `恭喜升级为${tierName(to)}` : `会员等级变为${tierName(to)}`,
      body: isUp ? '新等级的权益已生效，去会员中心看看。' : '退款扣回了对应的成长值，再多逛逛就能升回来。',
    });
  });

  subscribers.on('membership.birthday_given', 'messaging', async (tx, { payload }) => {
    const { buyerId, year, points } = payload;
    await messages.tell(tx, {
      buyerId,
      kind: 'membership',
      sourceKey: `birthday/${year}`,
      title: '生日快乐',
      body: `生日礼包到了：${points} 积分已存入你的账户。`,
    });
  });

  subscribers.on('subscriptions.renewal_due', 'messaging', async (tx, { payload, at }) => {
    const { buyerId, planName, until, renews } = payload;
    await notices.propose(tx, {
      buyerId,
      kind: 'plan',
      sourceKey: `renewal/${until}`,
      title: renews ? '付费会员即将自动续费' : '付费会员快到期了',
      body: renews
        ? `${planName}将于${dayText(renews.chargeAt)}自动续费 ¥${formatYuan(renews.amount)}，不想续可以随时关闭。`
        : `${planName}${dayText(until)}到期，到期不会自动扣费，需要时再续。`,
      page: 'packages/growth/plans',
      facts: { at, name: planName, until, hint: renews ? '将自动续费，可随时关闭' : '到期不自动扣费，可随时取消提醒' },
      validUntil: new Date(until),
    });
  });

  subscribers.on('subscriptions.renewal_missed', 'messaging', async (tx, { payload }) => {
    const { buyerId, planName, until, why } = payload;
    await messages.tell(tx, {
      buyerId,
      kind: 'plan',
      sourceKey: `renewal_missed/${until}`,
      title: '付费会员没有自动续费',
      body: `${missedTexts[why]}${planName}的权益到${dayText(until)}为止，没有扣款；需要时可以手动续费。`,
    });
  });

  subscribers.on('subscriptions.ended', 'messaging', async (tx, { id, payload: { buyerId, planName } }) => {
    const said = { title: '付费会员已结束', body: `${planName}的权益已停止，积分和优惠券不受影响。` };
    await messages.tell(tx, { buyerId, kind: 'plan', sourceKey: `plan_ended/${id}`, ...said });
  });
}

const missedTexts = {
  not_deducted: '微信没有扣款成功，可能是余额或银行卡额度不足。',
  price_risen: '套餐价格高于你签约时同意的金额，我们没有按新价格扣款。',
  plan_off: '这个套餐已经停售。',
};

/** Steps of an after-sale case that the buyer should hear of; the refund itself is told as a refund. */
const caseTexts: Partial<Record<string, { title: string; body: string }>> = {
  refused: { title: '售后申请未通过', body: '商家说明了原因，你可以修改后再次申请。' },
  offered: { title: '商家提出了退款方案', body: '请看看金额，同意后立即退款。' },
  returning: { title: '商家同意退货', body: '请按退货地址寄回商品，并填写快递单号。' },
  sent: { title: '换货商品已寄出', body: '收到后请确认。' },
  escalated: { title: '平台已介入', body: '平台会看双方的说明和凭证，再作决定。' },
  closed: { title: '售后已关闭', body: '如果问题没有解决，在期限内可以再次申请。' },
};

const momentText = (instant: string): string => {
  const [, month, day, hour, minute] = new Date(Date.parse(instant) + 8 * 3_600_000)
    .toISOString()
    .split(/\D/)
    .map(Number);
  return `${month}月${day}日 ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
};

const dayText = (instant: string): string => {
  const [, month, day] = new Date(Date.parse(instant) + 8 * 3_600_000)
    .toISOString()
    .slice(0, 10)
    .split('-')
    .map(Number);
  return `将在${month}月${day}日`;
};
