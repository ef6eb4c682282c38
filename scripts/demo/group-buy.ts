import { randomUUID } from 'node:crypto';
import { ApiError } from '@xiaopu/api-client';
import type { Group, OrderDetail } from '@xiaopu/contracts';
import { demoStaff, homeAddress, type Stage } from './stage.ts';

const codeOf = (error: unknown): string => (error instanceof ApiError ? error.code : String(error));
const personas = ['lin-xia', 'chen-mo', 'zhou-yutong', 'wang-dali', 'ma-ke'] as const;
const hourMs = 3_600_000;

/** Steps 2 → 90 % and 5 → 70 %: a group that reaches the last one, and one that nobody joins. */
export async function groupBuy(stage: Stage): Promise<void> {
  stage.say('the shop sets a group purchase up: two people pay 90 %, five pay 70 %, a group stays open for two hours');
  const people = await Promise.all(personas.map((persona) => stage.shopper(persona)));
  const api = (index: number) => (people[index] as (typeof people)[number]).api;
  const { items } = await api(0).catalog.products({ limit: 20, inStock: true, sort: 'sales' });
  const products = await Promise.all(items.slice(0, 10).map(({ spuId }) => api(0).catalog.product(spuId)));
  const product = products.find(({ skus }) => skus.some(({ available }) => available >= 20));
  const sku = product?.skus.find(({ available }) => available >= 20);
  if (!product || !sku) throw new Error('no goods with stock');
  const shop = (await stage.staff(demoStaff.account, demoStaff.password))(product.shop.shopId);
  const now = (await stage.now()).getTime();
  const window = { startsAt: new Date(now).toISOString(), endsAt: new Date(now + 24 * hourMs).toISOString() };
  const price = Math.round(sku.salePrice * 0.7);
  const check = await shop.activities.check({ kind: 'group', skuId: sku.skuId, price, ...window });
  for (const { text } of check.warnings) stage.note(`warned: ${text}`);
  const activityId = randomUUID();
  await shop.groupBuys.create({
    ...{ activityId, spuId: product.spuId, skuIds: [sku.skuId], name: '一起拼', quota: 20, buyerLimit: 2, hours: 2 },
    steps: [
      { size: 2, payRate: 9_000 },
      { size: 5, payRate: 7_000 },
    ],
    allowsSolo: true,
    ...window,
    ...(price < check.floor && { overrideReason: '演示放行' }),
  });
  stage.note(`${product.title}: alone ${stage.yuan(sku.salePrice)}`);

  async function take(index: number, id: string): Promise<string> {
    const { addresses } = await api(index).addresses.list({});
    const address = addresses[0] ?? (await api(index).addresses.create(homeAddress));
    const placed = await api(index).orders.place(
      {
        source: { kind: 'lines', lines: [{ skuId: sku?.skuId ?? '', quantity: 1 }] },
        addressId: address.addressId,
        entry: { kind: 'group', id },
      },
      randomUUID(),
    );
    const started = await api(index).payments.start(placed.paymentId, { client: 'mp-weixin' });
    if (!started.params) throw new Error('no payment parameters');
    await stage.pay(personas[index] as string, started.params);
    return placed.orderNos[0] ?? '';
  }
  const groupOf = (index: number, orderNo: string, isThere: (group: Group) => boolean) =>
    stage.until(() => api(index).groupBuys.ofOrder(orderNo), isThere);
  const orderOf = (index: number, orderNo: string, isThere: (order: OrderDetail) => boolean) =>
    stage.until(() => api(index).orders.get(orderNo), isThere, 30);

  stage.say(`${personas[0]} opens a group; it counts once paid`);
  const first = await take(0, activityId);
  const group = await groupOf(0, first, ({ status }) => status === 'open');
  const waiting = await orderOf(0, first, ({ waitingFor }) => waitingFor === 'group');
  stage.note(
    `${group.paid} of ${group.size}, paid ${stage.yuan(group.mine?.paidPrice ?? 0)}; the order says ${waiting.statusText}`,
  );
  await shop.orders
    .ship(first, { carrierCode: 'SF', waybillNo: 'SF1234567890123' })
    .catch((error) => stage.note(`the shop tries to ship: ${codeOf(error)}`));

  stage.say('friends join by the link; joining one’s own group again is refused');
  await take(0, group.groupId).catch((error) => stage.note(`${personas[0]}: ${codeOf(error)}`));
  const orderNos = [first];
  for (let index = 1; index < personas.length; index += 1) {
    const orderNo = await take(index, group.groupId);
    orderNos.push(orderNo);
    const after = await groupOf(index, orderNo, ({ mine }) => mine?.status !== 'held');
    stage.note(
      `${personas[index]}: ${after.paid} of ${after.size}${after.reachedSize ? `, step ${after.reachedSize} reached` : ''}`,
    );
  }

  stage.say(
    'the fifth completes it at once: everybody pays 70 %, the difference goes back by itself, the orders can be shipped',
  );
  for (const [index, orderNo] of orderNos.entries()) {
    const order = await orderOf(index, orderNo, ({ refunds }) => refunds.some(({ status }) => status === 'succeeded'));
    stage.note(
      `${personas[index]}: ${order.statusText}, ${stage.yuan(order.refunds[0]?.amount ?? 0)} back (${order.refunds[0]?.reason})`,
    );
  }

  stage.say('another group: nobody joins, the time runs out');
  const lonely = await take(1, activityId);
  const alone = await groupOf(1, lonely, ({ status }) => status === 'open');
  await stage.advance(2 * hourMs + 1_000);
  const failed = await groupOf(1, lonely, ({ status }) => status === 'failed');
  const refunded = await orderOf(1, lonely, ({ status }) => status === 'refunded');
  stage.note(
    `${failed.status} with ${failed.paid} of ${failed.leastSize}; ${refunded.statusText}: ${stage.yuan(refunded.refunds[0]?.amount ?? 0)}`,
  );
  await take(2, alone.groupId).catch((error) => stage.note(`too late to join: ${codeOf(error)}`));

  stage.say('what the shop sees');
  const { activity } = await shop.groupBuys.get(activityId);
  const { opened, succeeded, failed: lost, paid, bought, income, discount, grossProfit } = activity.results;
  stage.note(`${opened} groups, ${succeeded} complete, ${lost} not; ${paid} paid, ${bought} bought`);
  stage.note(
    `income ${stage.yuan(income)}, given away ${stage.yuan(discount)}, gross profit ${grossProfit === null ? 'unknown' : stage.yuan(grossProfit)}`,
  );
  await shop.groupBuys.end(activityId);
  process.stdout.write(
    '\nMore people, a lower price for all of them; too few, and the money is back. Nobody had to share to buy.\n',
  );
}
