import { randomUUID } from 'node:crypto';
import type { EventName } from '@xiaopu/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { openPayoutWorld, type PayoutWorld, shopId } from '../../../test/payouts.ts';
import { isOver, scoreTransitions } from './pay-score.domain.ts';

let world: PayoutWorld;
beforeAll(async () => {
  world = await openPayoutWorld();
});
beforeEach(async () => {
  await world.twin.control('POST', '/switches/reset');
  await world.twin.switchTo({ 'notify.signWith': 'public-key', 'payscore.seconds': 0 });
});
afterAll(() => world.close());

const orderOf = (given: object = {}) => ({
  scoreId: newId(),
  buyerId: randomUUID(),
  shopId,
  openid: world.openid,
  introduction: '先享后付',
  limit: 10_000,
  ...given,
});
type Order = ReturnType<typeof orderOf>;
const open = (order: Order) => world.inTransaction((tx) => world.score.open(tx, order));
const complete = ({ buyerId, scoreId }: Order, total: number) =>
  world.inTransaction((tx) => world.score.complete(tx, { buyerId, scoreId, total }));
const cancel = ({ buyerId, scoreId }: Order) =>
  world.inTransaction((tx) => world.score.cancel(tx, { buyerId, scoreId, reason: '买家取消' }));
const view = ({ buyerId, scoreId }: Order) => world.score.view(world.db, buyerId, scoreId);
const sweep = () => world.sweepScore();
const confirm = (packageText: string | null) =>
  world.twin.control<{ result: string }>('POST', '/pay-score/confirm', { package: packageText });
const hasStatus = (order: Order, status: string) =>
  world.until(async () => {
    if ((await view(order)).status === status) return true;
    await sweep();
    return false;
  });
async function told(name: EventName, { scoreId }: Order): Promise<unknown[]> {
  const rows = await world.db.selectFrom('platform.outbox').select('payload').where('name', '=', name).execute();
  return rows.map(({ payload }) => payload as { scoreId: string }).filter((payload) => payload.scoreId === scoreId);
}
async function agreed(given: object = {}) {
  const order = orderOf(given);
  await open(order);
  await sweep();
  expect((await confirm((await view(order)).package)).result).toBe('ok');
  await hasStatus(order, 'agreed');
  return order;
}

describe('Pay Score', () => {
  it('C03-DIF-07 is agreed to, completed and paid: states and amounts agree, each told once', async () => {
    const order = await agreed();
    await complete(order, 8_800);
    await complete(order, 8_800);
    await sweep();
    await hasStatus(order, 'paid');
    expect(await view(order)).toMatchObject({ status: 'paid', limit: 10_000, total: 8_800, package: null });
    const { buyerId, scoreId } = order;
    expect(await told('pay_score.agreed', order)).toEqual([{ buyerId, scoreId }]);
    const transactionId = expect.stringMatching(/^4200\d{24}$/);
    expect(await told('pay_score.paid', order)).toEqual([{ buyerId, scoreId, total: 8_800, transactionId }]);
    const { items } = await world.twin.control<{ items: { totalAmount: number; state: string }[] }>(
      'GET',
      '/pay-score',
    );
    expect(items[0]).toMatchObject({ totalAmount: 8_800, state: 'DONE' });
  });

  it('C03-DIF-07 is cancelled before completion and never after', async () => {
    const order = await agreed();
    await cancel(order);
    await sweep();
    await hasStatus(order, 'revoked');
    expect(await told('pay_score.ended', order)).toMatchObject([{ reason: 'revoked' }]);
    await expect(complete(order, 1)).rejects.toMatchObject({ code: 'pay_score.not_agreed' });
    const done = await agreed();
    await complete(done, 1);
    await expect(cancel(done)).rejects.toMatchObject({ code: 'pay_score.not_cancellable' });
  });

  it('finds out by query when notices are lost, and debits once when the payer was short', async () => {
    await world.twin.switchTo({ 'notify.payscore': 'lost', 'payscore.debit': 'short' });
    const order = orderOf();
    await open(order);
    await sweep();
    await confirm((await view(order)).package);
    world.clock.advance(10_000);
    await sweep();
    expect((await view(order)).status).toBe('agreed');
    await complete(order, 500);
    await sweep();
    expect((await view(order)).status).toBe('collecting');
    await world.twin.switchTo({ 'payscore.debit': 'enough' });
    world.clock.advance(2 * 3_600_000);
    await sweep();
    expect((await view(order)).status).toBe('paid');
    expect(await told('pay_score.paid', order)).toHaveLength(1);
  });

  it.each(['http-500-after', 'dropped-after', 'http-500', 'bad-signature', 'sign-test'])(
    'creates, completes and is paid once when replies are lost (%s)',
    async (fault) => {
      const lose = () =>
        world.twin.switchTo({
          'pay.responseFault': fault,
          'pay.responseFaultTimes': 1,
          'pay.responseFaultPath': 'serviceorder',
        });
      await lose();
      const order = orderOf();
      await open(order);
      await sweep();
      world.clock.advance(10_000);
      await sweep();
      await confirm((await view(order)).package);
      await hasStatus(order, 'agreed');
      await lose();
      await complete(order, 700);
      await sweep();
      world.clock.advance(10_000);
      await sweep();
      await hasStatus(order, 'paid');
      expect(await told('pay_score.paid', order)).toHaveLength(1);
    },
  );

  it.each(['duplicate', 'bad-signature', 'wrong-key'])('takes a %s notice as one, or not at all', async (fault) => {
    await world.twin.switchTo({ 'notify.payscore': fault, 'notify.payscoreTimes': 1 });
    const order = orderOf();
    await open(order);
    await sweep();
    await confirm((await view(order)).package);
    await world.until(async () => {
      world.clock.advance(100);
      return (await view(order)).status === 'agreed';
    });
    expect(await told('pay_score.agreed', order)).toHaveLength(1);
  });

  it('never debits more than agreed, and one id carries one order', async () => {
    const order = await agreed();
    await expect(complete(order, 10_001)).rejects.toMatchObject({ code: 'pay_score.over_limit' });
    await expect(open({ ...order, limit: 9_999 })).rejects.toMatchObject({ code: 'pay_score.number_taken' });
    await complete(order, 100);
    await expect(complete(order, 101)).rejects.toMatchObject({ code: 'pay_score.number_taken' });
    await expect(view({ ...order, buyerId: randomUUID() })).rejects.toMatchObject({ code: 'pay_score.not_found' });
  });

  it('X-16 a merchant WeChat did not invite is told so, once', async () => {
    await world.twin.switchTo({ 'pay.noPermission': 'payscore' });
    const order = orderOf();
    await open(order);
    await sweep();
    expect((await view(order)).status).toBe('refused');
    expect(await told('pay_score.ended', order)).toMatchObject([{ reason: 'refused' }]);
  });

  it('nothing leaves an end, and every status can reach one', () => {
    for (const [status, next] of Object.entries(scoreTransitions))
      expect(next.length === 0 || next.some(isOver), status).toBe(true);
  });
});
