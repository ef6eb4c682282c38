import { randomUUID } from 'node:crypto';
import type {
  ErrorReply,
  EventName,
  Group,
  GroupOfferList,
  InboxPage,
  OrderDetail,
  PlacedOrder,
  ProductDetail,
} from '@xiaopu/contracts';
import type { ConsoleGroupDetail, ConsoleOrderPage } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourMs, minuteMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { openTestShop, type TestBuyer, type TestShop } from '../../../test/shop.ts';
import { address, findProduct, pay, untilOrder } from '../../../test/story.ts';
import { groupBuyAudits } from './group-buy.audits.ts';

interface Person extends TestBuyer {
  persona: string;
  addressId: string;
}

describe('group purchases', () => {
  let world: TestShop;
  let crowd: Person[];
  let product: ProductDetail;
  let skuId: string;
  let salePrice: number;
  let staff: Record<string, string>;
  let next = 0;
  beforeAll(async () => {
    world = await openTestShop();
    const { items } = await world.sandbox<{ items: { id: string }[] }>('POST', '/control/personas', { count: 48 });
    crowd = [];
    for (const { id } of items) {
      const buyer = await world.buyer(id);
      const { addressId } = await buyer.api.addresses.create(address);
      crowd.push({ ...buyer, persona: id, addressId });
    }
    product = await findProduct(crowd[0] as Person, { units: 40 });
    const sku = product.skus.find(({ available }) => available >= 40) ?? product.skus[0];
    skuId = sku?.skuId ?? '';
    salePrice = sku?.salePrice ?? 0;
    staff = await world.staff('admin', product.shop.shopId);
  }, 180_000);
  afterAll(() => world?.close());

  /** People nobody has used yet, so that one test's limits and inboxes are not another's. */
  const people = (count: number): Person[] => {
    const taken = crowd.slice(next, next + count);
    next += count;
    if (taken.length < count) throw new Error('not enough people');
    return taken;
  };
  const at = (ms: number) => new Date(world.clock.now().getTime() + ms).toISOString();
  const share = (rate: number) => salePrice - Math.floor((salePrice * (10_000 - rate)) / 10_000);
  const create = async (changes: object = {}) => {
    const body = {
      activityId: newId(),
      spuId: product.spuId,
      skuIds: [skuId],
      name: '一起买',
      steps: [
        { size: 2, payRate: 9_000 },
        { size: 5, payRate: 7_000 },
      ],
      quota: 40,
      buyerLimit: 1,
      hours: 24,
      allowsSolo: true,
      startsAt: at(-1_000),
      endsAt: at(48 * hourMs),
      overrideReason: '测试放行',
      ...changes,
    };
    const reply = await world.inject({ method: 'POST', url: '/api/console/group-buys', headers: staff, body });
    return { ...reply, activityId: body.activityId };
  };
  const activity = async (changes: object = {}): Promise<string> => {
    const made = await create(changes);
    expect(made.status, made.text).toBe(201);
    return made.activityId;
  };
  const place = (as: Person, id: string, quantity = 1, sku = skuId): Promise<PlacedOrder> =>
    as.api.orders.place(
      {
        source: { kind: 'lines', lines: [{ skuId: sku, quantity }] },
        addressId: as.addressId,
        entry: { kind: 'group', id },
      },
      randomUUID(),
    );
  const buy = async (as: Person, id: string): Promise<string> => {
    const placed = await place(as, id);
    await pay(world, as, as.persona, placed.paymentId);
    await world.shop.settle();
    return placed.orderNos[0] ?? '';
  };
  const groupOf = (as: Person, orderNo: string) => as.api.groupBuys.ofOrder(orderNo);
  const opened = async (as: Person, activityId: string): Promise<{ group: Group; orderNo: string }> => {
    const orderNo = await buy(as, activityId);
    return { group: await groupOf(as, orderNo), orderNo };
  };
  const detail = async (activityId: string): Promise<ConsoleGroupDetail> => {
    const reply = await world.inject({ method: 'GET', url: `/api/console/group-buys/${activityId}`, headers: staff });
    return reply.body as ConsoleGroupDetail;
  };
  /** What went back, once WeChat has told of it. */
  const moneyBack = async (as: Person, orderNo: string): Promise<number[]> => {
    const isThere = ({ refunds }: OrderDetail) => refunds.every(({ status }) => status === 'succeeded');
    const { refunds } = await untilOrder(world, as, orderNo, isThere);
    return refunds.map(({ amount }) => amount);
  };
  const titles = async (as: Person): Promise<string[]> => {
    const { body } = await world.inject({ method: 'GET', url: '/api/messages?limit=20', headers: as.headers });
    return (body as InboxPage).items.map(({ title }) => title);
  };
  /** As the relay would bring it, under a new event id: what is told again must change nothing. */
  const publish = (name: EventName, payload: object) =>
    world.database.db
      .insertInto('platform.outbox')
      .values({
        eventId: newId(),
        name,
        payload: JSON.stringify(payload),
        createdAt: world.clock.now(),
        deliveredAt: null,
        attempts: 0,
        nextAttemptAt: world.clock.now(),
        lastError: null,
        deadAt: null,
      })
      .execute();
  const ship = (orderNo: string) =>
    world.inject({
      method: 'POST',
      url: `/api/console/orders/${orderNo}/parcels`,
      headers: staff,
      body: { carrierCode: 'SF', waybillNo: `SF${orderNo.slice(-12)}1` },
    });

  it('C07-GRP-01 C02-BEH-05 C02-CPT-02 steps 2→90 and 5→70: the fifth completes it, all pay 70 and get the difference, all ship', async () => {
    const activityId = await activity();
    const [opener, ...friends] = people(5) as [Person, ...Person[]];
    const { group, orderNo } = await opened(opener, activityId);
    expect(group).toMatchObject({ status: 'open', paid: 1, leastSize: 2, size: 5, reachedSize: null });
    expect(group.mine).toMatchObject({ status: 'paid', paidPrice: share(9_000), finalPrice: null });
    const held = await opener.api.orders.get(orderNo);
    expect(held).toMatchObject({ status: 'paid', statusText: '待成团', waitingFor: 'group' });
    expect(await ship(orderNo)).toMatchObject({ status: 409, body: { error: { code: 'orders.waiting_for_group' } } });

    const orderNos = [orderNo];
    for (const friend of friends) orderNos.push(await buy(friend, group.groupId));
    await world.shop.settle();
    const done = await groupOf(opener, orderNo);
    expect(done).toMatchObject({ status: 'succeeded', paid: 5, reachedSize: 5 });
    const back = share(9_000) - share(7_000);
    for (const [index, person] of [opener, ...friends].entries()) {
      const own = orderNos[index] ?? '';
      expect(await moneyBack(person, own)).toEqual([back]);
      const order = await person.api.orders.get(own);
      expect(order).toMatchObject({ status: 'paid', statusText: '待发货', waitingFor: null, payable: held.payable });
      expect(order.timeline.map(({ text }) => text).join()).toContain('退还差价');
    }
    expect((await ship(orderNo)).status).toBeLessThan(300);
    expect(await titles(opener)).toEqual(expect.arrayContaining(['开团成功', '有人参加了你的团', '拼团成功']));

    // What was given back is not given back again: the rest of the order is all that is left.
    const second = orderNos[1] ?? '';
    await (friends[0] as Person).api.orders.refund(second, { reason: '不想要了' });
    await world.shop.settle();
    const refunds = await moneyBack(friends[0] as Person, second);
    expect(refunds.reduce((sum, amount) => sum + amount, 0)).toBe(held.payable);

    const { activity: row } = await detail(activityId);
    expect(row.results).toMatchObject({ opened: 1, succeeded: 1, joined: 5, paid: 5, bought: 4 });
    expect(row.results.income).toBe(4 * share(7_000));
    expect(row.results.discount).toBe(4 * (salePrice - share(7_000)));
  }, 60_000);

  it('one alone at the deadline: full refund by itself, never shipped, and the place is free again', async () => {
    const activityId = await activity({ hours: 2 });
    const [opener, late] = people(2) as [Person, Person];
    const { group, orderNo } = await opened(opener, activityId);
    const { payable } = await opener.api.orders.get(orderNo);
    await world.advance(2 * hourMs + 1_000);
    await world.shop.settle();
    expect(await groupOf(opener, orderNo)).toMatchObject({ status: 'failed', reachedSize: null });
    expect(await moneyBack(opener, orderNo)).toEqual([payable]);
    expect((await opener.api.orders.get(orderNo)).status).toBe('refunded');
    // A failed group's goods must never leave.
    expect((await ship(orderNo)).status).toBe(409);
    expect(await titles(opener)).toContain('拼团未成功');
    expect((await detail(activityId)).activity).toMatchObject({
      taken: 0,
      results: { failed: 1, bought: 0, income: 0 },
    });
    await expect(place(late, group.groupId)).rejects.toMatchObject({ code: 'group_buy.over' });
    // The limit of one does not count what failed.
    expect((await opened(opener, activityId)).group.status).toBe('open');
  }, 60_000);

  it('at the deadline the reached step decides: three people keep 90, with nothing to give back', async () => {
    const activityId = await activity({ hours: 1 });
    const [opener, second, third] = people(3) as [Person, Person, Person];
    const { group, orderNo } = await opened(opener, activityId);
    for (const friend of [second, third]) await buy(friend, group.groupId);
    await world.advance(hourMs + 1_000);
    expect(await groupOf(opener, orderNo)).toMatchObject({ status: 'succeeded', reachedSize: 2, paid: 3 });
    expect(await moneyBack(opener, orderNo)).toEqual([]);
    expect((await opener.api.orders.get(orderNo)).statusText).toBe('待发货');
  }, 60_000);

  it('the race for the last places: exactly as many as there are, and who is in cannot join twice', async () => {
    const activityId = await activity({ steps: [{ size: 4, payRate: 9_000 }] });
    const [opener, ...others] = people(9) as [Person, ...Person[]];
    const { group } = await opened(opener, activityId);
    await expect(place(opener, group.groupId)).rejects.toMatchObject({ code: 'group_buy.already_in' });
    const outcomes = await Promise.allSettled(others.map((person) => place(person, group.groupId)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'group_buy.full' });
    expect((await detail(activityId)).activity.taken).toBe(4);

    // Nobody pays: the places go back, and the group is as it was.
    await world.advance(11 * minuteMs);
    await world.shop.settle();
    const now = await opener.api.groupBuys.get(group.groupId);
    expect(now).toMatchObject({ status: 'open', paid: 1, held: 0 });
    expect((await detail(activityId)).activity.taken).toBe(1);
    // One of those who let it lapse joins after all; the same person at once twice takes one place.
    const again = await Promise.allSettled([
      place(others[0] as Person, group.groupId),
      place(others[0] as Person, group.groupId),
    ]);
    expect(again.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await opener.api.groupBuys.get(group.groupId)).held).toBe(1);
  }, 60_000);

  it('money that comes after the group has ended goes back by itself', async () => {
    const activityId = await activity({ hours: 1, steps: [{ size: 2, payRate: 9_000 }] });
    const [opener, second, late] = people(3) as [Person, Person, Person];
    const { group } = await opened(opener, activityId);
    const slow = await place(late, group.groupId);
    await late.api.orders.cancel(slow.orderNos[0] ?? '', { reason: '再看看' });
    await world.shop.settle();
    await buy(second, group.groupId);
    // The order was closed by time, and WeChat tells of money all the same.
    const { db } = world.database;
    await db
      .updateTable('orders.order')
      .set({ cancelledBy: 'timer' })
      .where('orderNo', '=', slow.orderNos[0] ?? '')
      .execute();
    const paid = { buyerId: late.buyerId, paymentId: slow.paymentId, amount: slow.payable, paidAt: at(0) };
    await db
      .updateTable('payments.payment')
      .set({ status: 'succeeded', paidAt: world.clock.now() } as never)
      .where('paymentId', '=', slow.paymentId)
      .execute();
    for (let times = 0; times < 2; times += 1) await publish('payments.payment_succeeded', paid);
    await world.shop.settle();
    const order = await late.api.orders.get(slow.orderNos[0] ?? '');
    expect(['refunding', 'refunded']).toContain(order.status);
    expect(order.refunds.map(({ amount }) => amount)).toEqual([slow.payable]);
    expect((await opener.api.groupBuys.get(group.groupId)).paid).toBe(2);
  }, 60_000);

  it('the same messages twice: decided once, refunded once', async () => {
    const activityId = await activity();
    const [opener, ...friends] = people(5) as [Person, ...Person[]];
    const { group, orderNo } = await opened(opener, activityId);
    for (const friend of friends) await buy(friend, group.groupId);
    await world.shop.settle();
    const { db } = world.database;
    const sent = await db
      .selectFrom('platform.outbox')
      .select(['name', 'payload'])
      .where('name', 'in', ['group_buy.place_decided', 'orders.order_paid'])
      .execute();
    const own = sent.filter(({ payload }) => (payload as { orderNo: string }).orderNo === orderNo);
    expect(own).toHaveLength(2);
    for (const { name, payload } of own) await publish(name as EventName, payload as object);
    await Promise.all([world.shop.settle(), world.shop.settle()]);
    expect(await moneyBack(opener, orderNo)).toHaveLength(1);
    expect(await opener.api.groupBuys.get(group.groupId)).toMatchObject({ status: 'succeeded', paid: 5 });
  }, 60_000);

  it('a member who asks the money back before the end leaves, and the place is free', async () => {
    const activityId = await activity({ steps: [{ size: 2, payRate: 9_000 }] });
    const [opener, guest] = people(2) as [Person, Person];
    const { group, orderNo } = await opened(opener, activityId);
    await opener.api.orders.refund(orderNo, { reason: '不等了' });
    const seen = async () => {
      await world.shop.settle();
      return guest.api.groupBuys.get(group.groupId);
    };
    // WeChat's word on the refund comes over the network, a moment later.
    await expect.poll(seen, { timeout: 10_000 }).toMatchObject({ status: 'failed', paid: 0, mine: null });
    expect((await detail(activityId)).activity.taken).toBe(0);
    await expect.poll(() => moneyBack(opener, orderNo), { timeout: 10_000 }).toHaveLength(1);
  }, 60_000);

  it('X-01 C02-BEH-01 nothing needs a share; who came by whose card is kept', async () => {
    const activityId = await activity();
    const [opener, friend] = people(2) as [Person, Person];
    const { group } = await opened(opener, activityId);
    const guest = await world.inject({ method: 'POST', url: '/api/session/guest' });
    const guestHeaders = { authorization: `Bearer ${(guest.body as { token: string }).token}` };
    const look = (headers: Record<string, string>, invite?: string) =>
      world.inject({
        method: 'POST',
        url: `/api/groups/${group.groupId}/visits`,
        headers,
        body: invite ? { invite } : {},
      });
    const invite = group.mine?.invite ?? '';
    for (const headers of [guestHeaders, friend.headers, friend.headers])
      expect((await look(headers)).status).toBe(204);
    expect((await look(friend.headers, invite)).status).toBe(204);
    expect((await look(opener.headers, invite)).status).toBe(204);
    expect((await detail(activityId)).activity.results).toMatchObject({ visitors: 2, invited: 1 });
    const seen = await world.inject({ method: 'GET', url: `/api/groups/${group.groupId}`, headers: guestHeaders });
    expect(seen.body).toMatchObject({ mine: null, openerName: expect.stringContaining('*') });
    // No field of an activity asks for shares or makes members up.
    for (const extra of [{ requireShare: 3 }, { virtualMembers: 2 }]) expect((await create(extra)).status).toBe(400);
    const document = await world.inject({ method: 'GET', url: '/api/openapi.json' });
    const paths = Object.keys((document.body as { paths: object }).paths).filter((path) => path.includes('group'));
    expect(paths.filter((path) => /complete|simulate|virtual|finish/.test(path))).toEqual([]);
  }, 60_000);

  it('C03-SCN-01 C07-GRP-03 one rule picks the price beside bargain and member price, and below the floor needs a name', async () => {
    const activityId = await activity({ steps: [{ size: 3, payRate: 7_000 }] });
    const bargain = {
      activityId: newId(),
      skuId,
      name: '砍价',
      floorPrice: Math.ceil(salePrice * 0.95),
      helpsNeeded: 2,
      quota: 5,
      hours: 24,
      startsAt: at(-1_000),
      endsAt: at(hourMs),
      overrideReason: '测试放行',
    };
    expect(
      (await world.inject({ method: 'POST', url: '/api/console/bargains', headers: staff, body: bargain })).status,
    ).toBe(201);
    const [person] = people(1) as [Person];
    const source = { kind: 'lines' as const, lines: [{ skuId, quantity: 1 }] };
    const preview = await person.api.checkout.preview({ source, entry: { kind: 'group', id: activityId } });
    expect(preview.breakdown).toMatchObject({ activity: salePrice - share(7_000), member: 0, reduction: 0, coupon: 0 });
    const alone = await person.api.checkout.preview({ source });
    expect(alone.notes.some(({ code }) => code === 'activity.group')).toBe(false);
    const check = { skuId, price: 1, startsAt: at(0), endsAt: at(hourMs) };
    const warned = await world.inject({
      method: 'POST',
      url: '/api/console/activity-check',
      headers: staff,
      body: check,
    });
    expect(warned.text).toContain('「一起买」各按自己的入口计价');
    for (const [changes, code] of [
      [{ steps: [{ size: 2, price: 1 }], overrideReason: undefined }, 'group_buy.below_floor'],
      [{ steps: [{ size: 2, price: salePrice }] }, 'group_buy.bad_steps'],
      [
        {
          steps: [
            { size: 5, payRate: 9_000 },
            { size: 3, payRate: 8_000 },
          ],
        },
        'group_buy.bad_steps',
      ],
      [{ quota: 3 }, 'group_buy.bad_steps'],
      [{ startsAt: at(-hourMs), endsAt: at(-1_000) }, 'group_buy.bad_window'],
      [{ skuIds: [newId()] }, 'group_buy.activity_not_found'],
    ] as const)
      expect(((await create(changes)).body as ErrorReply).error.code).toBe(code);
  }, 60_000);

  it('asks for one piece alone, keeps solo buyers out where the shop says so, and places within its statements', async () => {
    const activityId = await activity({ allowsSolo: false, buyerLimit: 1 });
    const [opener, friend, solo] = people(3) as [Person, Person, Person];
    await expect(place(opener, activityId, 2)).rejects.toMatchObject({ code: 'group_buy.one_piece' });
    await expect(place(opener, newId())).rejects.toMatchObject({ code: 'group_buy.not_found' });
    const source = { kind: 'lines' as const, lines: [{ skuId, quantity: 1 }] };
    await expect(solo.api.orders.place({ source, addressId: solo.addressId }, randomUUID())).rejects.toMatchObject({
      code: 'group_buy.group_only',
    });
    const { group } = await opened(opener, activityId);
    await expect(place(opener, activityId)).rejects.toMatchObject({ code: 'group_buy.over_limit' });
    const statements = await world.database.statementsOf(async () => {
      await place(friend, group.groupId);
    });
    const own = statements.filter((statement) => /group_buy/.test(statement));
    expect(own.length).toBeLessThanOrEqual(4);
    const end = () =>
      world.inject({ method: 'POST', url: `/api/console/group-buys/${activityId}/end`, headers: staff });
    expect((await end()).status).toBe(204);
    expect((await end()).status).toBe(404);
    // Groups that are open go on; new ones are refused, and the goods are sold alone again.
    await expect(place(solo, activityId)).rejects.toMatchObject({ code: 'group_buy.not_running' });
    expect((await place(solo, group.groupId)).orderNos).toHaveLength(1);
    const { body } = await world.inject({ method: 'GET', url: '/api/group-offers' });
    expect((body as GroupOfferList).items.map((item) => item.activityId)).not.toContain(activityId);
  }, 60_000);

  it('orders that wait for their group are a list of their own in the console, and every counter adds up', async () => {
    const listed = async (query: string) => {
      const reply = await world.inject({
        method: 'GET',
        url: `/api/console/orders?pageSize=100&${query}`,
        headers: staff,
      });
      return (reply.body as ConsoleOrderPage).items;
    };
    const waiting = await listed('hold=group');
    expect(waiting.length).toBeGreaterThan(0);
    expect(new Set(waiting.map(({ statusText }) => statusText))).toEqual(new Set(['待成团']));
    expect((await listed('status=paid')).some(({ statusText }) => statusText === '待成团')).toBe(false);
    const counts = await world.inject({ method: 'GET', url: '/api/console/orders/counts', headers: staff });
    expect(counts.body).toMatchObject({ waiting_group: waiting.length });
    for (const { query } of groupBuyAudits) {
      const { rows } = await query(world.clock.now()).execute(world.database.db);
      expect(rows).toEqual([]);
    }
  });
});
