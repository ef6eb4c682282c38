/** A shop that only distributes, on real PostgreSQL: orders, people and payouts are stand-ins that tests move. */
import type { ProductCard } from '@xiaopu/contracts';
import { sql } from 'kysely';
import { createFixedClock } from '#platform/clock.ts';
import type { Tx } from '#platform/database/database.ts';
import { createFieldCipher } from '#platform/field-cipher.ts';
import { newId, newTradeNo } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createPolicies } from '#platform/policy.ts';
import { createTestDatabase } from '../../../test/database.ts';
import { picture, toPicture } from '../../../test/trade.ts';
import type { OrderState } from './distribution.domain.ts';
import type { FollowedOrder, PayoutRequest } from './distribution.ports.ts';
import { createDistribution } from './index.ts';

export type DistributionWorld = Awaited<ReturnType<typeof openDistributionWorld>>;

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/** A valid identity number of somebody born in 1990. */
export function idNumberOf(serial: number): string {
  const body = `33010619900101${String(serial).padStart(3, '0')}`;
  return `${body}${'10X98765432'[weights.reduce((all, weight, at) => all + weight * Number(body[at]), 0) % 11]}`;
}

export async function openDistributionWorld() {
  const database = await createTestDatabase();
  const { db, inTransaction } = database;
  const clock = createFixedClock('2026-11-22T08:00:00.000Z');
  const policies = createPolicies({ database, clock });
  const cipher = createFieldCipher('k1:0123456789abcdeffedcba9876543210');
  const [shopId, otherShopId] = [newId(), newId()];
  const people = new Map<string, { person: string; nickname: string; hasOpenid: boolean }>();
  const orders = new Map<string, FollowedOrder & { customerId: string }>();
  const openCases = new Set<string>();
  const payouts: PayoutRequest[] = [];
  const viewed = new Map<string, { product: ProductCard; at: string }[]>();
  const switches = { payoutsOff: false, maximum: 500_000, smsState: 'sent' };
  const messaging = createMessaging({ database, clock, log: createLogger('silent') });
  const texts: { phone: string; text: string }[] = [];
  const phones = new Map<string, string>();
  let serial = 0;

  const distribution = createDistribution({
    clock,
    policies,
    cipher,
    toPicture,
    kinship: async (_db, a, b) =>
      !people.has(b) ? 'unknown' : people.get(a)?.person === people.get(b)?.person ? 'same' : 'other',
    faces: async (_db, ids) =>
      new Map(
        ids.flatMap((id) => {
          const known = people.get(id);
          return known ? [[id, { nickname: known.nickname, avatarUrl: null, maskedPhone: null }]] : [];
        }),
      ),
    openidOf: async (_db, buyerId) => (people.get(buyerId)?.hasOpenid ? `o-${buyerId}` : undefined),
    shopNames: async () =>
      new Map([
        [shopId, '栖木家居'],
        [otherShopId, '山野茶社'],
      ]),
    orderOf: async (_db, buyerId, orderNo) => {
      const order = orders.get(orderNo);
      return order?.customerId === buyerId ? structuredClone(order) : undefined;
    },
    hasOpenCase: async (_db, _buyer, orderNo) => openCases.has(orderNo),
    windowDays: () => 15,
    categoriesOf: async (_db, skuIds) => new Map(skuIds.map((skuId) => [skuId, []])),
    cards: async () => new Map(),
    goodsOf: async () => [],
    categoryNames: async () => new Map(),
    viewedBy: async (_db, buyerId) => viewed.get(buyerId) ?? [],
    favouritesOf: async () => [],
    outbox: messaging.outbox,
    phoneOf: async (_db, buyerId) => phones.get(buyerId) ?? null,
    sms: {
      async send({ phone, text }) {
        texts.push({ phone, text });
        return { state: switches.smsState };
      },
    },
    payout: {
      async request(_tx: Tx, payout) {
        if (switches.payoutsOff) throw new Error('transfers are off');
        payouts.push(payout);
      },
      maximum: () => switches.maximum,
    },
  });
  const { program, roster, bindings, commissions } = distribution;

  const someone = ({ person = newId(), hasOpenid = true } = {}): string => {
    const buyerId = newId();
    people.set(buyerId, { person, nickname: '林小满', hasOpenid });
    return buyerId;
  };

  const rules = {
    isOn: true,
    levels: 2,
    bindingRule: 'first_link' as const,
    protectionDays: 30,
    ownPurchases: false,
    firstRate: 1_000,
    secondRate: 300,
    minimumWithdrawal: 100,
    reviewFrom: 100_000,
    // Out of the way of tests that are not about it.
    secondFactorFrom: 20_000_000,
    tax: { isOn: false, deduction: 0, rate: 0 },
    withholdingNote: '代扣代缴个人所得税',
  };
  const setRules = (changes: Partial<Parameters<typeof program.save>[2]> = {}, at = shopId) =>
    inTransaction((tx) => program.save(tx, at, { ...rules, ...changes }, '店长'));

  async function distributor(parentId: string | null = null, buyerId = someone(), at = shopId): Promise<string> {
    serial += 1;
    const application = { realName: '张三丰', idNumber: idNumberOf(serial), consent: true };
    await inTransaction((tx) => roster.apply(tx, at, buyerId, application, parentId));
    await inTransaction((tx) => roster.decide(tx, at, buyerId, { decision: 'approve' }, '店长'));
    return buyerId;
  }
  const codeOf = (buyerId: string, at = shopId) =>
    roster.linkOf(db, { shopId: at, buyerId, spuId: null, channel: 'chat' });
  const visit = (buyerId: string, code: string, isGuest = false) =>
    inTransaction((tx) => bindings.visit(tx, { buyerId, isGuest }, code));
  const bound = async (distributorId: string, customerId = someone()) => {
    await visit(customerId, await codeOf(distributorId));
    return customerId;
  };
  /** As the subscribers do: of what is placed and paid, only what somebody may earn by. */
  const hear = (orderNo: string, what: 'placed' | 'paid' | 'changed' = 'changed') =>
    inTransaction(async (tx) => {
      const { customerId = '', shopId: at = shopId } = orders.get(orderNo) ?? {};
      const order = { buyerId: customerId, orderNo, shopId: at };
      const concerned = what === 'changed' ? [order] : await commissions.concerned(tx, [order]);
      for (const one of concerned) await commissions.heard(tx, one.buyerId, one.orderNo, what);
    });

  /** An order in the state asked for, and the events that led there. */
  async function order(customerId: string, payables: number[], status: OrderState = 'completed'): Promise<string> {
    const orderNo = newTradeNo(customerId, clock.now());
    orders.set(orderNo, {
      customerId,
      orderNo,
      shopId,
      status: 'pending_payment',
      createdAt: clock.now(),
      completedAt: null,
      lines: payables.map((payable) => ({
        ...{ lineId: newId(), spuId: newId(), skuId: newId(), title: '亚麻靠垫', picture, payable, refundedAmount: 0 },
      })),
    });
    await hear(orderNo, 'placed');
    if (status === 'pending_payment') return orderNo;
    await become(orderNo, 'paid', 'paid');
    if (status !== 'paid') await become(orderNo, status);
    return orderNo;
  }
  async function become(orderNo: string, status: OrderState, what: 'paid' | 'changed' = 'changed'): Promise<void> {
    const known = orders.get(orderNo);
    if (!known) throw new Error('no such order');
    known.status = status;
    if (status === 'completed') known.completedAt ??= clock.now();
    await hear(orderNo, what);
  }
  const settle = async () => {
    while (await inTransaction((tx) => commissions.settleNext(tx)));
  };

  return {
    database,
    db,
    inTransaction,
    clock,
    policies,
    distribution,
    shopId,
    otherShopId,
    people,
    orders,
    openCases,
    payouts,
    viewed,
    switches,
    someone,
    setRules,
    distributor,
    codeOf,
    visit,
    bound,
    hear,
    order,
    become,
    /** Some money of a line goes back. */
    async refund(orderNo: string, line: number, amount: number): Promise<void> {
      const known = orders.get(orderNo)?.lines[line];
      if (known) known.refundedAmount += amount;
      await hear(orderNo);
    },
    settle,
    afterWindow: async () => {
      clock.advance(15 * 86_400_000);
      await settle();
    },
    balance: (buyerId: string) => distribution.accounts.balance(db, { buyerId, shopId }),
    withdraw: (buyerId: string, expectedAmount: number, withdrawalId = newId()) =>
      inTransaction((tx) => distribution.withdrawals.request(tx, shopId, buyerId, { withdrawalId, expectedAmount })),
    payoutEnded: (
      buyerId: string,
      payoutId: string,
      outcome: Parameters<typeof distribution.withdrawals.payoutEnded>[3],
    ) => inTransaction((tx) => distribution.withdrawals.payoutEnded(tx, buyerId, payoutId, outcome)),
    rows: (orderNo: string) =>
      db
        .selectFrom('distribution.commission')
        .select(['buyerId', 'level', 'amount', 'kept', 'status', 'booked'])
        .where('orderNo', '=', orderNo)
        .orderBy('level')
        .execute(),
    texts,
    phones,
    /** What the last message to this phone said. */
    codeTo: (phone: string): string =>
      /\d{6}/.exec(texts.findLast((one) => one.phone === phone)?.text ?? '')?.[0] ?? '',
    sendCode: (buyerId: string) => distribution.factor.send(database, shopId, buyerId),
    checkCode: (buyerId: string, code: string) =>
      inTransaction((tx) => distribution.factor.check(tx, shopId, buyerId, code)),
    told: async (buyerId: string) =>
      (
        await sql<{ amount: number }>`select (payload->>'amount')::int as amount from platform.outbox
          where name = 'distribution.commission_settled' and payload->>'buyerId' = ${buyerId}`.execute(db)
      ).rows.map(({ amount }) => amount),
    close: () => database.close(),
  };
}
