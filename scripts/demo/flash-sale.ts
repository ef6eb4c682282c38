import { randomUUID } from 'node:crypto';
import { ApiError } from '@xiaopu/api-client';
import { demoStaff, homeAddress, type Stage } from './stage.ts';

const codeOf = (error: unknown): string => (error instanceof ApiError ? error.code : String(error));
const buyers = ['lin-xia', 'chen-mo', 'zhou-yutong'] as const;

/** Two units, three shoppers: places, an order at the flash price, a place that comes back to whoever asks next. */
export async function flashSale(stage: Stage): Promise<void> {
  stage.say('the shop sets a sale up: two units leave general stock now and cannot be sold twice');
  const { api: first } = await stage.shopper(buyers[0]);
  const { items } = await first.catalog.products({ limit: 20, inStock: true, sort: 'sales' });
  const products = await Promise.all(items.slice(0, 10).map(({ spuId }) => first.catalog.product(spuId)));
  const product = products.find(({ skus }) => skus.some(({ available }) => available >= 20));
  const sku = product?.skus.find(({ available }) => available >= 20);
  if (!product || !sku) throw new Error('no goods with stock');
  const shop = (await stage.staff(demoStaff.account, demoStaff.password))(product.shop.shopId);
  const now = (await stage.now()).getTime();
  const at = (ms: number) => new Date(now + ms).toISOString();
  const window = { startsAt: at(60_000), endsAt: at(3_600_000) };
  const wanted = Math.round(sku.salePrice * 0.8);
  const check = await shop.activities.check({ kind: 'flash', skuId: sku.skuId, price: wanted, ...window });
  const flashPrice = Math.max(check.floor, wanted);
  const saleId = randomUUID();
  await shop.flashSales.create({
    ...{ saleId, skuId: sku.skuId, name: '整点秒杀', flashPrice, poolSize: 2, buyerLimit: 1, holdSeconds: 120 },
    ...window,
  });
  stage.note(`${product.title}: ${stage.yuan(sku.salePrice)} → ${stage.yuan(flashPrice)}; starts in a minute`);
  for (const { text } of check.warnings) stage.note(`warned: ${text}`);

  stage.say('too early: the server’s clock keeps the door, whatever the phone says');
  await first.flashSales.take(saleId, { quantity: 1 }, randomUUID()).catch((error) => stage.note(codeOf(error)));

  stage.say('it opens; three shoppers press at once, the first one three times with one key');
  await stage.advance(61_000);
  const crowd = await Promise.all(buyers.map((persona) => stage.shopper(persona)));
  const key = randomUUID();
  const presses = crowd.flatMap(({ api }, index) =>
    Array.from({ length: index === 0 ? 3 : 1 }, () =>
      api.flashSales.take(saleId, { quantity: 1 }, index === 0 ? key : randomUUID()).then(
        (place) => ({ index, place, code: '' }),
        (error: unknown) => ({ index, place: undefined, code: codeOf(error) }),
      ),
    ),
  );
  const outcomes = await Promise.all(presses);
  const won = new Map(outcomes.flatMap(({ index, place }) => (place ? [[index, place] as const] : [])));
  for (const { index, place, code } of outcomes)
    stage.note(
      `${buyers[index]}: ${place ? `${place.status} until ${place.until} (${place.placeId.slice(0, 8)})` : code}`,
    );
  if (won.size !== 2) throw new Error(`${won.size} shoppers have a place of two`);
  const places = new Set(outcomes.flatMap(({ place }) => (place ? [place.placeId] : [])));
  stage.note(`${places.size} places for ${outcomes.length} presses`);

  const [winner, leaver] = [...won.keys()] as [number, number];
  const { api } = crowd[winner] as (typeof crowd)[number];
  stage.say(`${buyers[winner]} orders through the place and pays`);
  const { addresses } = await api.addresses.list({});
  const address = addresses[0] ?? (await api.addresses.create(homeAddress));
  const placed = await api.orders.place(
    {
      source: { kind: 'lines', lines: [{ skuId: sku.skuId, quantity: 1 }] },
      addressId: address.addressId,
      entry: { kind: 'flash', id: won.get(winner)?.placeId ?? '' },
    },
    randomUUID(),
  );
  const started = await api.payments.start(placed.paymentId, { client: 'mp-weixin' });
  if (!started.params) throw new Error('no payment parameters');
  stage.note(await stage.pay(buyers[winner] as string, started.params));
  const order = await stage.until(
    () => api.orders.get(placed.orderNos[0] ?? ''),
    ({ status }) => status === 'paid',
  );
  stage.note(`${order.statusText}: ${stage.yuan(order.lines[0]?.payable ?? 0)} for the piece`);

  stage.say(`${buyers[leaver]} lets the time run out: the unit is the sale’s again, and the third one gets it`);
  await stage.advance(121_000);
  const third = [0, 1, 2].find((index) => index !== winner && index !== leaver) as number;
  const last = await stage.until(
    () =>
      (crowd[third] as (typeof crowd)[number]).api.flashSales
        .take(saleId, { quantity: 1 }, randomUUID())
        .catch(() => undefined),
    (place) => place !== undefined,
  );
  stage.note(`${buyers[third]}: ${last?.status}`);

  stage.say('what the shop sees');
  const row = (await shop.flashSales.list({ page: 1, pageSize: 50 })).items.find((item) => item.saleId === saleId);
  stage.note(`of ${row?.poolSize}: ${row?.ordered} ordered, ${row?.held} kept, ${row?.remaining} free`);
  await shop.flashSales.end(saleId);
  process.stdout.write('\nTwo units, two owners; nobody had to share anything to buy.\n');
}
