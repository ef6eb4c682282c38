import { randomUUID } from 'node:crypto';
import { demoStaff, homeAddress, type Stage } from './stage.ts';

/** Finds by search, orders, pays; used by the other stories too. */
export async function placeAndPay(stage: Stage, words = '四件套') {
  stage.say('林夏 opens the mini program: wx.login, no form, no password');
  const { api, buyer } = await stage.shopper('lin-xia');
  stage.note(`${buyer.nickname || 'a new member'} has a session`);

  stage.say(`searches for 「${words}」`);
  const { items } = await api.catalog.products({ q: words, limit: 10, inStock: true });
  const [first] = items;
  if (!first) throw new Error(`nothing found for ${words}`);
  for (const card of items.slice(0, 3)) stage.note(`${stage.yuan(card.salePrice).padStart(10)}  ${card.title}`);

  stage.say('opens the first and puts it into the cart');
  const product = await api.catalog.product(first.spuId);
  const sku = product.skus.find(({ available }) => available > 0);
  if (!sku) throw new Error('sold out meanwhile');
  const cart = await api.cart.add({ skuId: sku.skuId, quantity: 1 });
  stage.note(
    `${product.title} · ${sku.specs.join(' ') || '默认'} · ${product.shop.name}; cart holds ${cart.unitCount}`,
  );

  stage.say('checks out: the server prices, the client only shows');
  const { addresses } = await api.addresses.list({});
  const address = addresses[0] ?? (await api.addresses.create(homeAddress));
  const source = { kind: 'lines' as const, lines: [{ skuId: sku.skuId, quantity: 1 }] };
  const preview = await api.checkout.preview({ source, addressId: address.addressId });
  stage.note(
    `goods ${stage.yuan(preview.goodsTotal)} + freight ${stage.yuan(preview.freight)} = ${stage.yuan(preview.payable)}; ${preview.shops[0]?.arrival?.text ?? ''}`,
  );

  stage.say('places the order twice with one key, as a nervous thumb would');
  const key = randomUUID();
  const body = { source, addressId: address.addressId, expectedPayable: preview.payable };
  const [placed, again] = await Promise.all([api.orders.place(body, key), api.orders.place(body, key)]);
  const [orderNo = ''] = placed.orderNos;
  stage.note(`order ${orderNo}, and once more ${again.orderNos[0]}: one order; stock held until ${placed.heldUntil}`);

  stage.say('pays: prepay signed by the shop, verified by WeChat Pay, sheet opened, notice sent back');
  const started = await api.payments.start(placed.paymentId, { client: 'mp-weixin' });
  if (!started.params) throw new Error('no payment parameters');
  stage.note(await stage.pay('lin-xia', started.params));
  const paid = await stage.until(
    () => api.orders.get(orderNo),
    ({ status }) => status === 'paid',
  );
  stage.note(`${paid.statusText}: ${paid.headline}`);
  return { api, orderNo, shopId: product.shop.shopId, paid };
}

export async function buy(stage: Stage): Promise<void> {
  const { api, orderNo, shopId } = await placeAndPay(stage);

  stage.say('the shop signs in to the console and ships');
  const consoleApi = (await stage.staff(demoStaff.account, demoStaff.password))(shopId);
  const { carriers } = await consoleApi.orders.carriers();
  const carrier = carriers.find(({ code }) => code === 'SF') ?? carriers[0];
  if (!carrier) throw new Error('no carrier');
  await consoleApi.orders.ship(orderNo, { carrierCode: carrier.code, waybillNo: `SF${Date.now()}` });
  const shipped = await stage.until(
    () => consoleApi.orders.get(orderNo),
    ({ parcels }) => parcels[0]?.upload.state === 'uploaded',
  );
  stage.note(
    `${shipped.statusText}; WeChat was told of parcel ${shipped.parcels[0]?.waybillNo} (${shipped.parcels[0]?.upload.state})`,
  );

  stage.say('two days pass; 林夏 looks where the parcel is');
  await stage.advance(2 * 86_400_000);
  const track = await api.orders.track(orderNo);
  for (const node of (track.parcels[0]?.nodes ?? []).slice(0, 4))
    stage.note(`${node.at.slice(5, 16).replace('T', ' ')}  ${node.text}`);

  stage.say('receives it and says so');
  const done = await api.orders.confirmReceipt(orderNo);
  stage.note(`${done.statusText}: ${done.headline}`);

  stage.say('writes a review, which waits for moderation');
  const [line] = done.lines;
  if (!line) throw new Error('no line');
  const review = await api.orders.review(orderNo, {
    lineId: line.lineId,
    rating: 5,
    text: '面料很柔软，颜色和图片一样，物流也快。',
    mediaIds: [],
    anonymous: false,
  });
  stage.note(`review ${review.status}`);
  process.stdout.write('\nThe shop sells.\n');
}
