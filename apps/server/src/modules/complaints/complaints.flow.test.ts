import { randomUUID } from 'node:crypto';
import type { ComplaintDetail } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hourMs } from '#platform/clock.ts';
import { openPayoutWorld, otherShopId, type PayoutWorld, shopId } from '../../../test/payouts.ts';

let world: PayoutWorld;
const staff = { shopId, name: '小周' };
beforeAll(async () => {
  world = await openPayoutWorld();
  // Says WeChat where to knock.
  await world.sweepComplaint('poll');
});
beforeEach(() => world.twin.control('POST', '/switches/reset'));
beforeEach(() => world.twin.switchTo({ 'notify.signWith': 'public-key', 'pay.signatureMode': 'public-key' }));
afterAll(() => world.close());

let serial = 0;
async function paidTrade(prefix = 'T'): Promise<string> {
  serial += 1;
  const outTradeNo = `${prefix}${Date.now()}${String(serial).padStart(4, '0')}`;
  const prepayId = await world.client.prepay({
    ...{ appId: world.appId, outTradeNo, description: '手冲壶', amount: 12_800, attach: '', openid: world.openid },
    timeExpire: new Date(world.clock.now().getTime() + 10 * 60_000),
  });
  const params = await world.client.payParams(world.appId, prepayId);
  await world.twin.phone('/request-payment', { ...params, persona: 'lin-xia', action: 'pay' });
  return outTradeNo;
}
const complain = async (given: object = {}): Promise<string> => {
  const { complaintId } = await world.twin.control<{ complaintId: string }>('POST', '/complaints', {
    ...{ outTradeNo: await paidTrade(), detail: '壶是裂的', problemType: 'REFUND', phone: '13912345678' },
    ...given,
  });
  return complaintId;
};
const payer = (complaintId: string, text: string) =>
  world.twin.control('POST', `/complaints/${complaintId}/payer`, { text });
const get = (complaintId: string, shop = shopId): Promise<ComplaintDetail> =>
  world.complaints.get(world.db, shop, complaintId);
const drain = async () => {
  for (const name of ['send', 'look'] as const) while ((await world.sweepComplaint(name)) > 0);
};
const known = (complaintId: string, isRight: (detail: ComplaintDetail) => boolean = () => true) =>
  world.until(async () => {
    await drain();
    return get(complaintId).then(isRight, () => false);
  });
const answer = (complaintId: string, text: string, answerId: string = randomUUID()) =>
  world.inTransaction((tx) => world.complaints.answer(tx, staff, complaintId, { answerId, text }));
const complete = (complaintId: string, answerId: string = randomUUID()) =>
  world.inTransaction((tx) => world.complaints.complete(tx, staff, complaintId, { answerId }));
const repliesOf = async (complaintId: string) =>
  (await get(complaintId)).entries.filter(({ side }) => side === 'shop').map(({ text }) => text);

describe('complaints of WeChat Pay', () => {
  it('C10-DSP-05 a notice brings the complaint, its thread and its evidence, for its shop alone', async () => {
    const id = await complain();
    await known(id);
    const detail = await get(id);
    expect(detail).toMatchObject({
      ...{ state: 'PENDING', detail: '壶是裂的', amount: 12_800, refundWanted: 12_800, isWaiting: true, clock: 'calm' },
      phone: '139****5678',
      entries: [{ side: 'payer', text: '壶是裂的' }],
      evidence: { parcels: [{ waybillNo: 'SF1000000001' }] },
    });
    expect(detail.draft).toContain('顺丰速运 SF1000000001');
    expect([...detail.draft].length).toBeLessThanOrEqual(200);
    await expect(get(id, otherShopId)).rejects.toMatchObject({ code: 'complaints.not_found' });
    const page = { page: 1, pageSize: 20 };
    expect(
      (await world.complaints.list(world.db, otherShopId, page)).items.map((row) => row.complaintId),
    ).not.toContain(id);
    await expect(
      world.inTransaction((tx) =>
        world.complaints.answer(tx, { shopId: otherShopId, name: '旁人' }, id, { answerId: randomUUID(), text: '在' }),
      ),
    ).rejects.toMatchObject({ code: 'complaints.not_found' });
    const sealed = await world.db
      .selectFrom('complaints.complaint')
      .select('phone')
      .where('complaintId', '=', id)
      .execute();
    expect(JSON.stringify(sealed)).not.toContain('13912345678');
  });

  it('C10-DSP-05 whose notices are lost is found by the list; found twice and at once it is one', async () => {
    await world.twin.switchTo({ 'notify.complaint': 'lost' });
    const id = await complain();
    world.clock.advance(11 * 60_000);
    await world.sweepComplaint('poll');
    await Promise.all([1, 2, 3].map(() => world.sweepComplaint('look')));
    await known(id);
    world.clock.advance(11 * 60_000);
    await world.sweepComplaint('poll');
    await drain();
    const rows = await world.db.selectFrom('complaints.entry').selectAll().where('complaintId', '=', id).execute();
    expect(rows).toHaveLength(1);
  });

  it('C10-DSP-05 an answer older than what is known changes no state, and its entries are kept once', async () => {
    const id = await complain();
    await known(id);
    await answer(id, '已安排退款');
    await known(id, ({ state }) => state === 'PROCESSING');
    // As if another process had asked an hour later.
    const later = new Date(world.clock.now().getTime() + hourMs);
    await world.db
      .updateTable('complaints.complaint')
      .set({ askedAt: later, state: 'PROCESSED' })
      .where('complaintId', '=', id)
      .execute();
    await payer(id, '还没收到');
    await world.until(async () => {
      await drain();
      return (await get(id)).entries.length === 3;
    });
    expect((await get(id)).state).toBe('PROCESSED');
  });

  it('C10-DSP-05 an answer is sent once: pressed twice at once, with a reply that got lost, with WeChat away for a while', async () => {
    const id = await complain();
    await known(id);
    const answerId = randomUUID();
    await Promise.all([answer(id, '非常抱歉', answerId), answer(id, '非常抱歉', answerId)]);
    await expect(answer(id, '别的话', answerId)).rejects.toMatchObject({ code: 'complaints.answer_conflict' });
    // It arrives, and nobody hears of it.
    await world.twin.switchTo({ 'pay.responseFault': 'http-500-after', 'pay.responseFaultPath': '/response' });
    await world.sweepComplaint('send');
    expect((await get(id)).unsent).toMatchObject([{ text: '非常抱歉', isRefused: false }]);
    await world.twin.control('POST', '/switches/reset');
    await world.twin.switchTo({ 'notify.signWith': 'public-key', 'pay.signatureMode': 'public-key' });
    world.clock.advance(60_000);
    await known(id, ({ unsent, state }) => unsent.length === 0 && state === 'PROCESSING');
    expect(await repliesOf(id)).toEqual(['非常抱歉']);
    expect(await get(id)).toMatchObject({ isWaiting: false, answerBy: null });
  });

  it('C10-DSP-05 is completed after an answer and not before, once; the payer’s next word opens it again', async () => {
    const id = await complain();
    await known(id);
    await expect(complete(id)).rejects.toMatchObject({ code: 'complaints.answer_first' });
    await answer(id, '已退款');
    await known(id, ({ state }) => state === 'PROCESSING');
    await complete(id);
    await known(id, ({ state }) => state === 'PROCESSED');
    await expect(complete(id)).rejects.toMatchObject({ code: 'complaints.already_processed' });
    await payer(id, '钱没到');
    await known(id, ({ state, times }) => state === 'PENDING' && times === 2);
    expect(await get(id)).toMatchObject({ isWaiting: true });
  });

  it('C10-DSP-07 one thread of payer, WeChat and shop; a note is for colleagues and is never sent', async () => {
    const id = await complain();
    await known(id);
    await world.inTransaction((tx) => world.complaints.note(tx, staff, id, '老客户，先退'));
    await answer(id, '已为您退款');
    await known(id, ({ state }) => state === 'PROCESSING');
    await world.twin.control('POST', `/complaints/${id}/platform`, { text: '请双方协商' });
    await known(id, ({ entries }) => entries.length === 4);
    const { entries } = await get(id);
    expect(entries.map(({ side }) => side).sort()).toEqual(['note', 'payer', 'platform', 'shop']);
    expect(JSON.stringify(await world.twin.received('wechat-pay', 'complaints-v2'))).not.toContain('老客户');
  });

  it('C10-DSP-05 warns when the answer is near its 24 hours and when they are over, once each, and starts anew', async () => {
    const id = await complain();
    await known(id);
    const told = async () =>
      (
        await world.db
          .selectFrom('complaints.complaint')
          .select('told')
          .where('complaintId', '=', id)
          .executeTakeFirstOrThrow()
      ).told;
    await world.sweepComplaint('clock');
    expect(await told()).toBe('calm');
    world.clock.advance(18.5 * hourMs);
    const warned = await Promise.all([world.sweepComplaint('clock'), world.sweepComplaint('clock')]);
    expect(await told()).toBe('near');
    expect((await get(id)).clock).toBe('near');
    expect(warned.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    world.clock.advance(6 * hourMs);
    await world.sweepComplaint('clock');
    expect(await told()).toBe('late');
    expect(world.lateReports.at(-1)).toBeGreaterThan(0);
    await world.sweepComplaint('clock');
    await answer(id, '抱歉久等');
    await known(id, ({ isWaiting }) => !isWaiting);
    // Answered: what is left is the end of 72 hours.
    expect(await get(id)).toMatchObject({ clock: 'calm', answerBy: null });
  });

  it('C10-DSP-05 refuses a notice that is not WeChat’s, and takes one about a trade nobody knows', async () => {
    const forged = await fetch(`${world.publicBaseUrl}/api/notify/wechat-pay/complaint`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'x', event_type: 'COMPLAINT.CREATE', resource: {} }),
    });
    expect(forged.status).toBe(401);
    const id = await complain({ outTradeNo: await paidTrade('X') });
    await world.until(async () => {
      await drain();
      return get(id, otherShopId).then(
        () => true,
        () => false,
      );
    });
    expect(await get(id, otherShopId)).toMatchObject({ orderNo: null, evidence: { facts: [] } });
  });
});
