import { randomUUID } from 'node:crypto';
import { demoStaff, homeAddress, type Stage } from './stage.ts';

const day = 86_400_000;
const [guidePersona, friendPersona] = ['zhou-yutong', 'wang-dali'] as const;
/** Of a region that does not exist: nobody's. */
const idNumber = '999999199001011051';

/** A link, a friend who buys, a part given back, the window passes, the commission is paid out and confirmed. */
export async function distribution(stage: Stage): Promise<void> {
  const { api: guide, buyer } = await stage.shopper(guidePersona);
  const { api: friend } = await stage.shopper(friendPersona);
  const { items: programs } = await guide.distribution.programs();
  const program = programs.find(({ isOn }) => isOn);
  if (!program) throw new Error('no shop distributes');
  const { shopId } = program;
  const atDesk = async () => (await stage.staff(demoStaff.account, demoStaff.password))(shopId);

  stage.say(
    `${buyer.nickname} applies at ${program.shopName}: free of charge, a name and a number for payment and tax`,
  );
  if (program.state === 'none' || program.state === 'refused')
    await guide.distribution.apply(shopId, { realName: '周雨桐', idNumber, consent: true });
  const shop = await atDesk();
  const { items } = await shop.distribution.distributors({ page: 1, pageSize: 50 });
  const mine = items.find(({ distributorId }) => distributorId === buyer.buyerId);
  stage.note(`the shop sees ${mine?.realName}, ${mine?.idNumber}: ${mine?.state}`);
  if (mine?.state === 'applied') await shop.distribution.decide(buyer.buyerId, { decision: 'approve' });

  stage.say('goods to promote, highest commission first; a poster carries a mini program code');
  const { items: goods } = await guide.distribution.goods(shopId);
  const products = await Promise.all(goods.slice(0, 20).map(({ spuId }) => guide.catalog.product(spuId)));
  const product = products.find(({ skus }) => skus.some(({ available }) => available > 5));
  const sku = product?.skus.find(({ available }) => available > 5);
  if (!product || !sku) throw new Error('nothing to promote');
  const promoted = goods.find(({ spuId }) => spuId === product.spuId);
  stage.note(
    `${product.title}: ${stage.yuan(product.salePrice)}, earns ${stage.yuan(promoted?.commission ?? 0)} a piece`,
  );
  const link = await guide.distribution.makeLink(shopId, { spuId: product.spuId, channel: 'poster' });
  stage.note(`poster ${link.posterUrl}, scene d=${link.code}`);

  stage.say('a friend scans it: bound for the protection period, not to oneself, not twice');
  const landing = await friend.distribution.visit({ code: link.code });
  stage.note(`${landing.guideName} of ${landing.shopName}: ${landing.isBound ? 'bound' : 'not bound'}`);
  const own = await guide.distribution.visit({ code: link.code });
  stage.note(`the distributor scanning their own poster: ${own.isBound ? 'bound' : 'not bound'}`);

  stage.say('the friend orders two pieces and pays; the commission is estimated from what was really paid');
  const { addresses } = await friend.addresses.list({});
  const address = addresses[0] ?? (await friend.addresses.create(homeAddress));
  const source = { kind: 'lines' as const, lines: [{ skuId: sku.skuId, quantity: 2 }] };
  const placed = await friend.orders.place({ source, addressId: address.addressId }, randomUUID());
  const started = await friend.payments.start(placed.paymentId, { client: 'mp-weixin' });
  if (!started.params) throw new Error('no payment parameters');
  stage.note(await stage.pay(friendPersona, { ...started.params }));
  const orderNo = placed.orderNos[0] ?? '';
  const commission = async () =>
    (await guide.distribution.commissions(shopId, { limit: 50 })).items.find((row) => row.orderNo === orderNo);
  const estimated = await stage.until(commission, (row) => row?.status === 'estimated');
  stage.note(`${stage.yuan(estimated?.kept ?? 0)} paid for goods: ${stage.yuan(estimated?.amount ?? 0)} estimated`);

  stage.say('shipped and received: frozen while goods can come back; one of the two does, and takes its half along');
  await shop.orders.ship(orderNo, { carrierCode: 'SF', waybillNo: 'SF1029384756102' });
  const received = await friend.orders.confirmReceipt(orderNo);
  const { caseNo } = await friend.afterSales.apply({
    ...{ orderNo, kind: 'refund', reason: 'quality', description: '有一件边角磕了。', mediaIds: [] },
    lines: [{ lineId: received.lines[0]?.lineId ?? '', quantity: 1 }],
  });
  await shop.afterSales.agree(caseNo);
  const frozen = await stage.until(commission, (row) => row?.status === 'frozen' && row.kept < (estimated?.kept ?? 0));
  stage.note(
    `${stage.yuan(frozen?.kept ?? 0)} kept: ${stage.yuan(frozen?.amount ?? 0)} frozen until ${frozen?.settleAt?.slice(0, 10)}`,
  );

  stage.say(`${program.terms.windowDays} days later, with no case open: settled into the balance`);
  await stage.advance((program.terms.windowDays + 1) * day);
  const settled = await stage.until(commission, (row) => row?.status === 'settled', 30);
  const { available, minimum } = await guide.distribution.withdrawals(shopId);
  stage.note(
    `${stage.yuan(settled?.amount ?? 0)} settled; ${stage.yuan(available)} can be withdrawn (from ${stage.yuan(minimum)})`,
  );

  stage.say('withdrawn: large ones wait for the shop; WeChat then waits for the payee');
  const withdrawalId = randomUUID();
  const asked = await guide.distribution.withdraw(shopId, { withdrawalId, expectedAmount: available });
  stage.note(asked.statusText);
  if (asked.status === 'reviewing')
    await (await atDesk()).distribution.decideWithdrawal(withdrawalId, { decision: 'approve' });
  const waiting = await stage.until(
    () => guide.payouts.get(withdrawalId),
    ({ confirmation }) => confirmation !== null,
    30,
  );
  stage.note(`${waiting.statusText}, by ${waiting.confirmBefore?.slice(0, 16)}`);
  stage.note(await stage.confirmTransfer(guidePersona, waiting.confirmation));
  const paid = await stage.until(
    async () => {
      await guide.payouts.get(withdrawalId);
      return (await guide.distribution.withdrawals(shopId)).items.find((row) => row.withdrawalId === withdrawalId);
    },
    (row) => row?.status === 'paid',
    30,
  );
  stage.note(`${paid?.statusText}: ${stage.yuan(paid?.amount ?? 0)}`);
  for (const { kind, amount, balance } of (await guide.distribution.earnings(shopId, { limit: 3 })).items)
    stage.note(`${kind} ${stage.yuan(amount)}, balance ${stage.yuan(balance)}`);
  process.stdout.write('\nTwo levels at most, no joining fee, and nothing earned but of goods paid and kept.\n');
}
