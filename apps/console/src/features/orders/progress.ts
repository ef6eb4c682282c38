import type { ConsoleOrder } from '@xiaopu/contracts/console';

export interface Step {
  title: string;
  at: string | null;
  state: 'done' | 'now' | 'todo' | 'stopped';
}

/** The road of an order as four steps, or the shorter one it took when it was closed or paid back. */
export function stepsOf(
  order: Pick<ConsoleOrder, 'status' | 'createdAt' | 'payment' | 'parcels' | 'refunds'> &
    Partial<Pick<ConsoleOrder, 'stages' | 'pickup'>>,
): Step[] {
  const { status, createdAt, payment, parcels, refunds, stages, pickup } = order;
  const placed: Step = { title: '买家下单', at: createdAt, state: 'done' };
  const paid: Step = { title: '付款', at: payment.paidAt, state: payment.paidAt ? 'done' : 'todo' };
  if (status === 'cancelled')
    return [placed, ...(payment.paidAt ? [paid] : []), { title: '已取消', at: null, state: 'stopped' }];
  if (status === 'refunding' || status === 'refunded') {
    const settled = refunds.find((refund) => refund.settledAt)?.settledAt ?? null;
    return [
      placed,
      paid,
      { title: '申请退款', at: refunds[0]?.requestedAt ?? null, state: 'done' },
      {
        title: status === 'refunded' ? '已退款' : '等待退款到账',
        at: settled,
        state: status === 'refunded' ? 'stopped' : 'now',
      },
    ];
  }
  const shipped = status === 'shipped' || status === 'completed';
  const lastShippedAt =
    parcels
      .map((parcel) => parcel.shippedAt)
      .sort()
      .at(-1) ?? null;
  const payments: Step[] = stages
    ? [
        { title: '付定金', at: stages.depositPaidAt, state: stages.depositPaidAt ? 'done' : 'now' },
        status === 'deposit_paid' || !stages.depositPaidAt
          ? { title: '等待尾款', at: null, state: stages.depositPaidAt ? 'now' : 'todo' }
          : { ...paid, title: '付尾款' },
      ]
    : [{ ...paid, title: paid.state === 'done' ? '付款' : '等待付款', state: paid.state === 'done' ? 'done' : 'now' }];
  if (pickup) {
    const isPickedUp = status === 'completed';
    const { readyAt } = pickup;
    return [
      placed,
      ...payments,
      {
        title: readyAt ? '门店备好' : '门店备货',
        at: readyAt,
        state: readyAt ? 'done' : status === 'paid' ? 'now' : 'todo',
      },
      {
        title: isPickedUp ? '已取货' : '等待取货',
        at: lastShippedAt,
        state: isPickedUp ? 'done' : readyAt ? 'now' : 'todo',
      },
    ];
  }
  return [
    placed,
    ...payments,
    {
      title: shipped ? '发货' : parcels.length > 0 ? '部分发货' : '等待发货',
      at: lastShippedAt,
      state: shipped ? 'done' : status === 'paid' ? 'now' : 'todo',
    },
    {
      title: status === 'completed' ? '已完成' : '买家收货',
      at: null,
      state: status === 'completed' ? 'done' : shipped ? 'now' : 'todo',
    },
  ];
}
