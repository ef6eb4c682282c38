import { placeAndPay } from './buy.ts';
import { demoStaff, type Stage } from './stage.ts';

/** A return with goods, from the first word to the settled refund; the shop's silence is shown on the way. */
export async function afterSale(stage: Stage): Promise<void> {
  const { api, orderNo, shopId, paid } = await placeAndPay(stage, '毛巾');
  const [line] = paid.lines;
  if (!line) throw new Error('no line');

  stage.say('the shop ships, 林夏 receives');
  const signIn = async () => (await stage.staff(demoStaff.account, demoStaff.password))(shopId);
  const shop = await signIn();
  await shop.orders.ship(orderNo, { carrierCode: 'SF', waybillNo: `SF${Date.now()}` });
  await api.orders.confirmReceipt(orderNo);
  const sku = async () =>
    (await api.catalog.product(line.spuId)).skus.find(({ skuId }) => skuId === line.skuId)?.available ?? 0;
  const before = await sku();

  stage.say('it has a flaw: what can she ask for, and what would come back?');
  const options = await api.afterSales.options({ orderNo });
  stage.note(`reasons for a return: ${options.reasons.return.map(({ text }) => text).join(' · ')}`);
  const lines = [{ lineId: line.lineId, quantity: 1 }];
  const ask = { orderNo, kind: 'return' as const, reason: 'quality' as const, lines };
  const quote = await api.afterSales.quote(ask);
  stage.note(`${stage.yuan(quote.amount)} (${quote.note})`);

  stage.say('she asks, three times at once: one case');
  const body = { ...ask, description: '边角脱线', mediaIds: [] };
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => api.afterSales.apply(body)));
  const made = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const [found] = made;
  if (!found || made.length !== 1) throw new Error(`${made.length} cases were made`);
  const { caseNo } = found;
  stage.note(`case ${caseNo}: ${found.statusText}; ${found.headline}`);

  stage.say('nobody at the shop answers for five days: it is agreed by itself');
  await stage.advance(5 * 86_400_000 + 60_000);
  const agreed = await stage.until(
    () => api.afterSales.get(caseNo),
    ({ status }) => status === 'returning',
  );
  stage.note(`${agreed.statusText}: send to ${agreed.returnAddress?.name} ${agreed.returnAddress?.text}`);

  stage.say('she sends it back');
  const back = await api.afterSales.shipBack(caseNo, { carrierCode: 'SF', waybillNo: `SF${Date.now()}` });
  stage.note(`${back.statusText}: ${back.returnParcel?.carrierName} ${back.returnParcel?.waybillNo}`);

  stage.say('the shop receives it: on the shelf again, money on its way');
  // Five days later the staff session is over.
  await (await signIn()).afterSales.receive(caseNo, { restock: true });
  const done = await stage.until(
    () => api.afterSales.get(caseNo),
    ({ status }) => status === 'refunded',
  );
  stage.note(`${done.statusText}: ${done.headline}`);
  const order = await api.orders.get(orderNo);
  stage.note(
    `order: ${order.statusText}; refunds ${order.refunds.map(({ amount }) => stage.yuan(amount)).join(' + ')}`,
  );
  const after = await stage.until(sku, (available) => available > before || available === 99);
  stage.note(`available ${before} → ${after}`);

  stage.say('the log of it');
  for (const entry of [...done.timeline].reverse()) stage.note(`${entry.actor}  ${entry.text}`);
  process.stdout.write('\nNothing lost, and nobody had to ask twice.\n');
}
