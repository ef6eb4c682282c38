import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPaymentWorld, type PaymentWorld, shopId } from './payments.testing.ts';

const surroundings = { isSandbox: false, publicBaseUrl: 'https://shop.example', hasOwnKeys: true };
let world: PaymentWorld;
beforeAll(async () => {
  world = await openPaymentWorld({ surroundings });
});
afterAll(() => world.close());

const root = '/api/console/go-live';
const who = `${shopId}/payments.read/settings.write`;
const mark = (step: string, isDone = true) =>
  world.staff('PUT', `${root}/steps/${step}`, who, { isDone, note: '已核对' });
const manual = ['licence', 'legal_person', 'merchant_review', 'app_bound', 'mini_review'];

describe('going live', () => {
  it('C10-PAY-01 production is refused with the list of what is missing, and no buyer can pay meanwhile', async () => {
    for (const step of manual.slice(1)) expect((await mark(step)).statusCode).toBe(204);
    const refused = await world.staff('POST', root, who);
    expect([refused.statusCode, refused.json().error]).toMatchObject([
      409,
      { code: 'payments.go_live_unfinished', details: { missing: [{ step: 'licence', title: '营业执照认证' }] } },
    ]);
    const { buyerId, paymentId } = await world.open();
    const reply = await world.start(buyerId, paymentId);
    expect([reply.statusCode, reply.json().error.code]).toEqual([409, 'payments.not_live']);
  });

  it('C10-PAY-01 with every step done it goes live; a step taken back ends it', async () => {
    await mark('licence');
    const replies = await Promise.all([1, 2, 3].map(() => world.staff('POST', root, who)));
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([204, 204, 204]);
    const state = (await world.staff('GET', root, who)).json();
    expect(state.liveSince).not.toBeNull();
    expect(state.items.every(({ isDone }: { isDone: boolean }) => isDone)).toBe(true);
    const { buyerId, paymentId } = await world.open();
    expect((await world.start(buyerId, paymentId)).statusCode).toBe(200);
    expect(world.audited.at(-1)).toMatchObject({ action: 'payments.go_live' });
    await mark('licence', false);
    const other = await world.open();
    expect((await world.start(other.buyerId, other.paymentId)).json().error.code).toBe('payments.not_live');
  });

  it('what the server sees by itself cannot be ticked, and only who may set the install decides', async () => {
    expect((await mark('https')).json().error.code).toBe('payments.step_seen_by_server');
    world.settings.maySetInstall = false;
    expect((await mark('licence')).statusCode).toBe(403);
    expect((await world.staff('POST', root, who)).statusCode).toBe(403);
    world.settings.maySetInstall = true;
  });
});
