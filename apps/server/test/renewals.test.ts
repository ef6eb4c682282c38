/** 委托代扣 from the signature to the deduction, against the twin over real HTTP (C04-INT-02). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createContractDesk, createContracts } from '../src/modules/contracts/index.ts';
import { problemOf } from '../src/modules/payments/index.ts';
import { openTwinWorld } from '../src/modules/payments/payments.testing.ts';
import {
  createRenewals,
  createSubscriptions,
  type Renewals,
  type Subscriptions,
} from '../src/modules/subscriptions/index.ts';
import { dayMs, hourMs, minuteMs } from '../src/platform/clock.ts';
import { newId } from '../src/platform/ids.ts';
import { createLogger } from '../src/platform/logger.ts';
import { createPolicies } from '../src/platform/policy.ts';

const log = createLogger('silent');

describe('renewal by itself', () => {
  let world: Awaited<ReturnType<typeof openTwinWorld>>;
  let policies: ReturnType<typeof createPolicies>;
  let contracts: ReturnType<typeof createContracts>;
  let desk: ReturnType<typeof createContractDesk>;
  let renewals: Renewals;
  let subscriptions: Subscriptions;
  const openids = new Map<string, string>();
  const setPolicy = async (key: string, value: number) => {
    await world.inTransaction((tx) => policies.set(tx, { key, value, shopId: newId(), by: '小周' }));
  };

  beforeAll(async () => {
    world = await openTwinWorld('public-key', {
      beforeListen({ database, clock, gateway, twin, publicBaseUrl, app }) {
        policies = createPolicies({ database, clock });
        contracts = createContracts({ clock, policies });
        desk = createContractDesk({
          ...{ database, policies, clock, log, problemOf, publicBaseUrl },
          ...{ client: gateway, appId: twin.credentials.miniAppId },
        });
        desk.routes(app);
      },
    });
    const { database, clock, outbox, payments } = world;
    const answeringShops = async () => [newId()];
    renewals = createRenewals({
      ...{ database, clock, policies, log, outbox, contracts, payments, answeringShops },
      openidOf: async (_db, buyerId) => openids.get(buyerId),
      pageOf: (path) => `${world.twin.base}/contract?${path.split('?')[1]}`,
      announce: desk.announce,
      charge: world.desk.charge,
    });
    subscriptions = createSubscriptions({
      ...{ clock, outbox, policies, payments, renewals, answeringShops },
      membership: { setPlan: async () => {} },
      phoneIndexOf: async () => null,
    });
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    await world.twin.control('POST', '/switches/reset');
    await world.twin.switchTo({ 'pay.signatureMode': 'public-key', 'notify.signWith': 'public-key' });
    await turn(1);
    await world.db.deleteFrom('subscriptions.renewal').execute();
  });

  /** Why renewals came to nothing, as the buyer is told. */
  const missed = async (buyerId: string) =>
    (await world.events<{ buyerId: string; why: string }>('subscriptions.renewal_missed'))
      .filter((one) => one.buyerId === buyerId)
      .map(({ why }) => why);
  /** The capability switch. */
  async function turn(value: number) {
    await setPolicy('contracts.on', value);
  }
  async function member() {
    const persona = world.personas.find(({ id }) => id === 'lin-xia');
    const buyerId = newId();
    openids.set(buyerId, persona?.openid ?? '');
    const { paymentId } = await world.inTransaction((tx) => subscriptions.buy(tx, buyerId, 'basic'));
    await paid(buyerId, paymentId);
    return buyerId;
  }
  const paid = (buyerId: string, paymentId: string) =>
    world.inTransaction(async (tx) => {
      const paidAt = world.clock.now().toISOString();
      await subscriptions.paymentSucceeded(tx, { buyerId, paymentId, amount: 0, paidAt });
      await renewals.paymentSucceeded(tx, { buyerId, paymentId });
    });
  const view = (buyerId: string) => subscriptions.view(world.db, buyerId);
  const sweepContracts = async () => {
    for (const sweep of desk.sweeps) await sweep.run();
  };
  const post = async (path: string, body: object) =>
    (await (
      await fetch(`${world.twin.base}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).json()) as { result: string };
  const contractOf = (buyerId: string) =>
    world.db
      .selectFrom('contracts.contract')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .orderBy('requestedAt', 'desc')
      .executeTakeFirstOrThrow();
  async function agreed(buyerId: string) {
    await world.inTransaction((tx) => renewals.start(tx, buyerId));
    await sweepContracts();
    const { autoRenewal } = await view(buyerId);
    if (!autoRenewal?.pageUrl) throw new Error((await contractOf(buyerId)).lastError ?? 'no page');
    return new URL(autoRenewal.pageUrl).searchParams.get('pre_entrustweb_id') ?? '';
  }
  const hasContract = (buyerId: string, status: string) =>
    world.until(async () => (await contractOf(buyerId)).status === status);
  async function signed() {
    const buyerId = await member();
    expect(await post('/contract/sign', { session: await agreed(buyerId) })).toEqual({ result: 'ok' });
    await hasContract(buyerId, 'signed');
    expect((await view(buyerId)).autoRenewal).toMatchObject({ state: 'on' });
    return buyerId;
  }
  const untilOf = async (buyerId: string) => Date.parse((await view(buyerId)).current?.until ?? '');
  const renewalOf = (buyerId: string) =>
    world.db.selectFrom('subscriptions.renewal').selectAll().where('buyerId', '=', buyerId).orderBy('until').execute();
  /** Days ahead of the end: planned and announced. */
  async function announced(buyerId: string) {
    world.advance((await untilOf(buyerId)) - 3 * dayMs + hourMs - world.clock.now().getTime());
    await world.inTransaction(renewals.planDue);
    await renewals.follow();
    expect(await renewalOf(buyerId)).toMatchObject([{ status: 'announced', amount: 990 }]);
  }
  async function deduct(buyerId: string) {
    world.advance((await untilOf(buyerId)) - dayMs + minuteMs - world.clock.now().getTime());
    await renewals.follow();
    const [row] = await renewalOf(buyerId);
    return row?.paymentId ?? '';
  }
  const deductions = async () => (await world.twin.received('wechat-pay', '/v3/papay/pay/transactions/apply')).length;

  it('C04-INT-02 X-16 without the capability nothing is offered and nothing can be agreed to', async () => {
    await turn(0);
    const buyerId = await member();
    expect((await view(buyerId)).autoRenewal).toBeNull();
    await expect(world.inTransaction((tx) => renewals.start(tx, buyerId))).rejects.toMatchObject({
      code: 'contracts.off',
    });
  });

  it('C04-INT-02 is off until signed on WeChat’s page; agreeing here alone deducts nothing', async () => {
    const buyerId = await member();
    expect((await view(buyerId)).autoRenewal).toMatchObject({ state: 'off', amount: 990, redirect: null });
    const session = await agreed(buyerId);
    expect((await view(buyerId)).autoRenewal).toMatchObject({ state: 'signing', nextChargeOn: null });
    expect((await fetch(`${world.twin.base}/contract?pre_entrustweb_id=${session}`)).status).toBe(200);
    expect(await post('/contract/sign', { session, action: 'cancel' })).toEqual({ result: 'cancel' });
    world.advance((await untilOf(buyerId)) - 2 * dayMs - world.clock.now().getTime());
    await sweepContracts();
    await world.inTransaction(renewals.planDue);
    expect(await renewalOf(buyerId)).toEqual([]);
    expect((await contractOf(buyerId)).status).toBe('refused');
    expect((await contractOf(buyerId)).agreedText).toContain('自动续费');
  });

  it('C04-INT-02 is announced days ahead, taken once the day before the end, and the period goes on', async () => {
    const buyerId = await signed();
    const until = await untilOf(buyerId);
    await announced(buyerId);
    const before = await deductions();
    const paymentId = await deduct(buyerId);
    await Promise.all([renewals.follow(), renewals.follow()]);
    await world.until(async () => (await world.statusOf(paymentId)) === 'succeeded');
    expect(await deductions()).toBe(before + 1);
    await paid(buyerId, paymentId);
    await paid(buyerId, paymentId);
    expect(await untilOf(buyerId)).toBeGreaterThan(until + 27 * dayMs);
    expect(await renewalOf(buyerId)).toMatchObject([{ status: 'paid' }]);
    const inbox = (await (await fetch(`${world.twin.base}/phone/messages?persona=lin-xia`)).json()) as {
      items: { title: string }[];
    };
    expect(inbox.items.map(({ title }) => title)).toContain('自动续费扣款提醒');
    const { channel } = await world.payments.view(world.db, buyerId, paymentId);
    expect(channel).toBe('wechat_papay');
  });

  it('C04-INT-02 a lost notice of the deduction is found by asking; lost replies repeat one deduction', async () => {
    const buyerId = await signed();
    await announced(buyerId);
    await world.twin.switchTo({
      'notify.transaction': 'lost',
      'pay.responseFault': 'http-500-after',
      'pay.responseFaultPath': 'apply',
      'pay.responseFaultTimes': 2,
    });
    let paymentId = await deduct(buyerId);
    world.advance(11 * minuteMs);
    await renewals.follow();
    paymentId ||= (await renewalOf(buyerId))[0]?.paymentId ?? '';
    // The bank takes it in its own time.
    await world.until(async () => {
      world.advance(30_000);
      await world.sweep('payments.check');
      return (await world.statusOf(paymentId)) === 'succeeded';
    });
    expect(await world.attemptsOf(paymentId)).toHaveLength(1);
  });

  it('C04-INT-02 an empty wallet ends it as failed; the plan ends with the period it has', async () => {
    const buyerId = await signed();
    await announced(buyerId);
    await world.twin.switchTo({ 'papay.debit': 'short' });
    const paymentId = await deduct(buyerId);
    world.advance(3 * hourMs);
    await world.inTransaction(subscriptions.closeUnpaid);
    // Nobody can stop an accepted deduction: the payment closes once WeChat has given it up.
    await world.until(async () => {
      world.advance(5 * minuteMs);
      await world.sweep('payments.check');
      return (await world.statusOf(paymentId)) === 'closed';
    });
    await world.inTransaction((tx) => renewals.paymentClosed(tx, { buyerId, paymentId }));
    expect(await renewalOf(buyerId)).toMatchObject([{ status: 'failed', reason: 'not_deducted' }]);
    // Told twice it ends once, and the buyer hears of it once.
    await world.inTransaction((tx) => renewals.paymentClosed(tx, { buyerId, paymentId }));
    expect(await missed(buyerId)).toEqual(['not_deducted']);
  });

  it('C04-INT-02 ended here deducts nothing from that moment, and WeChat is told', async () => {
    const buyerId = await signed();
    await announced(buyerId);
    await world.inTransaction((tx) => renewals.stop(tx, buyerId));
    await deduct(buyerId);
    expect(await renewalOf(buyerId)).toMatchObject([{ status: 'skipped', reason: 'contract_over', paymentId: null }]);
    expect(await missed(buyerId)).toEqual([]);
    await sweepContracts();
    expect(await contractOf(buyerId)).toMatchObject({ status: 'ended', endReason: 'buyer' });
    expect((await view(buyerId)).autoRenewal).toMatchObject({ state: 'off' });
  });

  it('C04-INT-02 ended in WeChat is heard once, however often it is told', async () => {
    const buyerId = await signed();
    const { contractNo } = await contractOf(buyerId);
    expect(await post('/contract/end', { code: contractNo })).toEqual({ result: 'ok' });
    const { items } = await world.twin.control<{ items: { id: string; outTradeNo: string; eventType: string }[] }>(
      'GET',
      '/notifications',
    );
    expect(
      items
        .filter((one) => one.outTradeNo === contractNo)
        .map(({ eventType }) => eventType)
        .sort(),
    ).toEqual(['PAPAY.SIGN', 'PAPAY.TERMINATE']);
    await hasContract(buyerId, 'ended');
    for (const { id } of items.filter((one) => one.outTradeNo === contractNo))
      await world.twin.control('POST', `/notifications/${id}/send`);
    expect(await contractOf(buyerId)).toMatchObject({ status: 'ended', endReason: 'ended_in_wechat' });
  });

  it('C04-INT-02 a price above what was signed is not taken, nor a period that was bought by hand', async () => {
    const dear = await signed();
    await announced(dear);
    await world.db.updateTable('subscriptions.plan').set({ price: 1_990 }).where('planId', '=', 'basic').execute();
    await deduct(dear);
    await world.db.updateTable('subscriptions.plan').set({ price: 990 }).where('planId', '=', 'basic').execute();
    expect(await renewalOf(dear)).toMatchObject([{ status: 'skipped', reason: 'price_risen' }]);
    expect(await missed(dear)).toEqual(['price_risen']);
    const buyerId = await signed();
    await announced(buyerId);
    const { paymentId } = await world.inTransaction((tx) => subscriptions.buy(tx, buyerId, 'basic'));
    await paid(buyerId, paymentId);
    world.advance(2 * dayMs);
    await renewals.follow();
    expect(await renewalOf(buyerId)).toMatchObject([{ status: 'skipped', reason: 'period_changed' }]);
  });

  it.each(['lost', 'duplicate', 'bad-signature', 'wrong-key'])(
    'C04-INT-02 hears of the signature though its notice is %s',
    async (fault) => {
      await world.twin.switchTo({ 'notify.papay': fault });
      const buyerId = await member();
      await post('/contract/sign', { session: await agreed(buyerId) });
      world.advance(4_000);
      await sweepContracts();
      await hasContract(buyerId, 'signed');
    },
  );

  it('C04-INT-02 a signature that comes after the shopper gave up is taken back', async () => {
    await world.twin.switchTo({ 'notify.papay': 'lost' });
    const buyerId = await member();
    const session = await agreed(buyerId);
    await world.inTransaction((tx) => renewals.stop(tx, buyerId));
    expect((await view(buyerId)).autoRenewal).toMatchObject({ state: 'off' });
    await post('/contract/sign', { session });
    for (let round = 0; round < 4; round += 1) {
      world.advance(6_000);
      await sweepContracts();
    }
    expect(await contractOf(buyerId)).toMatchObject({ status: 'ended', endReason: 'buyer' });
  });

  it('C04-INT-02 the reminder of who signed says that it will be renewed, never the opposite', async () => {
    const buyerId = await signed();
    const other = await member();
    world.advance((await untilOf(other)) - 4 * dayMs - world.clock.now().getTime());
    while ((await world.inTransaction(subscriptions.remind)) > 0);
    const told = await world.events<{ buyerId: string; renews?: { amount: number } }>('subscriptions.renewal_due');
    expect(told.find((one) => one.buyerId === buyerId)?.renews).toMatchObject({ amount: 990 });
    expect(told.find((one) => one.buyerId === other)).not.toHaveProperty('renews');
  });
});
