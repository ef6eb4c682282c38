/**
 * Two years of orders in the order they came, growing day by day: orders, lines, the first event of their timeline and their
 * payments for all of them; attempts, parcels, later events, stock reservations and their ledger for the newest tenth.
 */
import pg from 'pg';
import { phoneTailPurpose } from '../../src/modules/orders/orders.place.rows.ts';
import { createFieldCipher } from '../../src/platform/field-cipher.ts';
import { type Catalogue, drawShop, now, pictureOf, placeOf, shopIdOf, shopNameOf } from './catalogue.ts';
import { type Cell, type Copier, startCopy } from './copy.ts';
import { createRandom, idOf, scatter } from './random.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const tradeDays = 730;
const firstOrder = now.getTime() - tradeDays * dayMs;
/** One buyer for so many orders. */
const ordersOfBuyer = 8;
/** Share of the orders, the newest, that also have what only recent work reads. */
const detailedShare = 0.1;

export const benchKeys = `bench:${'0123456789abcdef'.repeat(2)}`;

export const buyerCountOf = (orders: number): number => Math.max(10, Math.floor(orders / ordersOfBuyer));
export const buyerIdOf = (buyer: number): string => idOf('buyer', buyer, firstOrder);

/** Half of all orders come from anybody, the rest from a tenth of the buyers, a tenth from one in two hundred. */
export function drawBuyer(roll: number, buyers: number): number {
  if (roll < 0.5) return scatter(Math.floor(roll * 2 * buyers)) % buyers;
  const [share, part] = roll < 0.9 ? [0.1, (roll - 0.5) / 0.4] : [0.005, (roll - 0.9) / 0.1];
  return scatter(Math.floor(part * Math.max(1, buyers * share))) % buyers;
}

const columns = {
  'orders.order':
    'buyer_id order_no shop_id shop_name payment_id reservation_id status list_total goods_total freight discount payable unit_count recipient recipient_label phone_tail_index held_until closes_at cancelled_by cancel_reason unreviewed_lines parcel_count refunded_amount totals created_at paid_at shipped_at completed_at auto_receive_at cancelled_at refunded_at',
  'orders.order_line':
    'buyer_id order_no line_id shop_id spu_id sku_id sku_code title spec_text picture quantity shipped_quantity list_price sale_price cost payable returnable reviewed_at refunded_quantity refunded_amount withdrawn_quantity',
  'orders.order_event': 'buyer_id order_no event_id text actor at',
  'orders.refund':
    'buyer_id refund_no order_no shop_id payment_id amount reason requested_by status requested_at settled_at',
  'payments.payment':
    'buyer_id payment_id amount description order_nos shop_ids status prepay_until refund_reserved paid_out_trade_no transaction_id paid_at prepaid_at closed_at next_check_at created_at',
  'payments.attempt':
    'buyer_id out_trade_no payment_id client app_id openid time_expire state prepay_id prepaid_at created_at',
  'payments.refund':
    'buyer_id refund_no payment_id order_no amount reason status out_refund_no wechat_refund_id requested_at settled_at',
  'fulfilment.parcel':
    'buyer_id parcel_id order_no shop_id payment_id carrier_code carrier_name waybill_no phone_tail item_description lines shipped_at shipped_by upload_state uploaded_at next_upload_at',
  'inventory.reservation_line': 'sku_id reservation_id buyer_id quantity shipped_quantity status held_until',
  'inventory.ledger_entry':
    'sku_id sequence entry_id kind on_hand_delta reserved_delta on_hand_after reserved_after reference actor at',
  'reviews.review':
    'shop_id review_id spu_id sku_id buyer_id order_no line_id product_title spec_text nickname rating text pictures picture_count status verdict created_at',
} as const;
type Table = keyof typeof columns;
export const tradeTables = Object.keys(columns) as Table[];

type Fate = 'pending_payment' | 'paid' | 'shipped' | 'completed' | 'cancelled' | 'refunding' | 'refunded';

/** Where an order of this age stands. */
function fateOf(ageMs: number, roll: number): Fate {
  if (ageMs < 30 * minuteMs) return roll < 0.4 ? 'pending_payment' : 'paid';
  if (roll < 0.08) return 'cancelled';
  if (roll < 0.11) return 'refunded';
  if (ageMs < 20 * dayMs && roll < 0.112) return 'refunding';
  if (ageMs < dayMs) return roll < 0.8 ? 'paid' : 'shipped';
  if (ageMs < 2 * dayMs) return roll < 0.3 ? 'paid' : 'shipped';
  return ageMs < 9 * dayMs ? 'shipped' : 'completed';
}

export type Progress = (done: number, total: number) => void;

/** @returns how many lines there are */
export async function copyTrade(
  connection: pg.ClientConfig,
  catalogue: Catalogue,
  total: number,
  tell: Progress,
): Promise<number> {
  const clients: pg.Client[] = [];
  const into = {} as Record<Table, Copier>;
  for (const table of tradeTables) {
    const client = new pg.Client(connection);
    await client.connect();
    clients.push(client);
    // Truncated and filled in one transaction: no WAL at wal_level minimal, and rows that need no later freezing.
    await client.query('set synchronous_commit = off; set session_replication_role = replica; begin');
    await client.query(`truncate ${table}`);
    into[table] = startCopy(client, table, columns[table].split(' '), 'with (freeze)');
  }
  const writer = createWriter(catalogue, total, into);
  writer.openStock();
  for (let number = 0; number < total; number += 1) {
    writer.addOrder(number);
    if (number % 40 === 0) for (const table of tradeTables) await into[table].flush();
    if (number % 500_000 === 0) tell(number, total);
  }
  for (const table of tradeTables) await into[table].end();
  for (const client of clients) {
    await client.query('commit');
    await client.end();
  }
  await copyStock(connection, catalogue, writer);
  return writer.lineCount();
}

const iso = (ms: number): string => new Date(ms).toISOString();

function createWriter(catalogue: Catalogue, total: number, into: Record<Table, Copier>) {
  const { shop: shopOf, firstSku, skus, price, titles, ofShop, skuIdOf, spuIdOf, skuCount } = catalogue;
  const random = createRandom(3);
  const buyers = buyerCountOf(total);
  const people = createPeople();
  const onHand = new Uint16Array(skuCount).fill(120);
  const reserved = new Uint16Array(skuCount);
  const sequences = new Uint32Array(skuCount);
  const add = (table: Table, cells: Cell[]) => into[table].add(cells);
  let lines = 0;
  let entries = 0;

  function enter(sku: number, kind: string, hand: number, held: number, reference: string, at: string): void {
    onHand[sku] = (onHand[sku] ?? 0) + hand;
    reserved[sku] = (reserved[sku] ?? 0) + held;
    sequences[sku] = (sequences[sku] ?? 0) + 1;
    entries += 1;
    add('inventory.ledger_entry', [
      ...[skuIdOf(sku), sequences[sku] ?? 1, idOf('other', entries, firstOrder), kind, hand, held],
      ...[onHand[sku] ?? 0, reserved[sku] ?? 0, reference, '系统', at],
    ]);
  }

  /** Reservation and ledger of one line; the shelf is filled up when it runs short. */
  function holdStock(sku: number, quantity: number, order: OrderFacts): void {
    const { reservationId, orderNo, createdAt, status, buyerId } = order;
    if ((onHand[sku] ?? 0) - (reserved[sku] ?? 0) < quantity) enter(sku, 'adjust', 100, 0, '补货', createdAt);
    enter(sku, 'reserve', 0, quantity, reservationId, createdAt);
    const isGone = status === 'shipped' || status === 'completed';
    const isBack = status === 'cancelled' || status === 'refunded';
    if (isGone) enter(sku, 'ship', -quantity, -quantity, orderNo, createdAt);
    if (isBack) enter(sku, 'release', 0, -quantity, reservationId, createdAt);
    add('inventory.reservation_line', [
      ...[skuIdOf(sku), reservationId, buyerId, quantity, isGone ? quantity : 0],
      ...[status === 'pending_payment' ? 'held' : isBack ? 'released' : 'confirmed', order.heldUntil],
    ]);
  }

  return {
    openStock() {
      const at = iso(firstOrder);
      for (let sku = 0; sku < skuCount; sku += 1) {
        // One in twenty-five is sold out, some are low.
        const roll = scatter(sku) % 100;
        onHand[sku] = 0;
        enter(sku, 'opening', roll < 4 ? 0 : roll < 10 ? 3 : 120, 0, '开店', at);
      }
    },
    lineCount: () => lines,
    onHand,
    reserved,
    sequences,

    addOrder(number: number): void {
      const createdMs = Math.floor(firstOrder + tradeDays * dayMs * Math.sqrt(number / total));
      const ageMs = now.getTime() - createdMs;
      const buyer = drawBuyer(random(), buyers);
      const buyerId = buyerIdOf(buyer);
      const status = fateOf(ageMs, random());
      const shop = drawShop(random());
      const shopId = shopIdOf(shop);
      const isDetailed = number >= total * (1 - detailedShare);
      const orderNo = orderNoOf(createdMs, number);
      const isPaid = status !== 'pending_payment' && status !== 'cancelled';
      const isShipped = status === 'shipped' || status === 'completed';
      const createdAt = iso(createdMs);
      const paidAt = isPaid ? iso(createdMs + 2 * minuteMs) : null;
      const shippedAt = isShipped ? iso(Math.min(now.getTime(), createdMs + dayMs * 0.6)) : null;
      const completedAt = status === 'completed' ? iso(createdMs + 6 * dayMs) : null;
      const isBack = status === 'refunded' || status === 'refunding';
      const paymentId = idOf('payment', number, createdMs);
      const facts: OrderFacts = {
        ...{ buyerId, orderNo, createdAt, status },
        reservationId: idOf('reservation', number, createdMs),
        heldUntil: iso(createdMs + 15 * minuteMs),
      };
      const person = people[scatter(buyer) % people.length] as Person;

      const spus = ofShop[shop] ?? new Uint32Array();
      const wanted = 1 + (random() < 0.25 ? 1 : 0) + (random() < 0.1 ? 1 : 0);
      const taken = new Set<number>();
      let goods = 0;
      let units = 0;
      for (let turn = 0; turn < wanted; turn += 1) {
        const spu = spus[placeOf(random(), spus.length)] ?? 0;
        const sku = (firstSku[spu] ?? 0) + Math.floor(random() * (skus[spu] ?? 1));
        if (taken.has(sku)) continue;
        taken.add(sku);
        const quantity = random() < 0.85 ? 1 : 2;
        const salePrice = (price[spu] ?? 990) + (sku - (firstSku[spu] ?? 0)) * 500;
        const payable = salePrice * quantity;
        lines += 1;
        const lineId = idOf('line', lines, createdMs);
        const specText = (skus[spu] ?? 1) > 1 ? `款式：款${sku - (firstSku[spu] ?? 0) + 1}` : '默认';
        const isReviewed = status === 'completed' && random() < 0.05;
        add('orders.order_line', [
          ...[buyerId, orderNo, lineId, shopIdOf(shopOf[spu] ?? 0), spuIdOf(spu), skuIdOf(sku), `S${sku}`],
          ...[titles[spu] ?? '', specText, pictureOf(spu * 3, ''), quantity, isShipped ? quantity : 0],
          ...[Math.floor(salePrice * 1.2), salePrice, Math.floor(salePrice * 0.6), payable, true],
          ...[isReviewed ? completedAt : null, isBack ? quantity : 0, isBack ? payable : 0, isBack ? quantity : 0],
        ]);
        if (isReviewed) {
          add('reviews.review', [
            ...[shopId, idOf('other', 500_000_000 + lines, createdMs), spuIdOf(spu), skuIdOf(sku), buyerId, orderNo],
            ...[lineId, titles[spu] ?? '', specText, person.nickname, 5, '东西很好，和图片一样。', '[]', 0],
            ...[ageMs < 12 * dayMs && random() < 0.1 ? 'held' : 'shown', 'pass', completedAt],
          ]);
        }
        if (isDetailed) holdStock(sku, quantity, facts);
        goods += payable;
        units += quantity;
      }

      add('orders.order', [
        ...[buyerId, orderNo, shopId, shopNameOf(shop), paymentId, facts.reservationId, status],
        ...[goods, goods, 0, 0, goods, units, person.sealed, person.label, person.phoneTailIndex],
        ...[status === 'pending_payment' && ageMs < 15 * minuteMs ? facts.heldUntil : null],
        ...[iso(createdMs + 30 * minuteMs), status === 'cancelled' ? 'timer' : null],
        ...[status === 'cancelled' ? '超时未付款' : null, status === 'completed' ? taken.size : 0, isShipped ? 1 : 0],
        ...[isBack ? goods : 0, isDetailed ? `{"goods":${goods},"payable":${goods}}` : '{}', createdAt, paidAt],
        ...[shippedAt, completedAt, status === 'shipped' ? iso(createdMs + 10 * dayMs) : null],
        ...[status === 'cancelled' ? iso(createdMs + 30 * minuteMs) : null],
        ...[status === 'refunded' ? iso(createdMs + dayMs) : null],
      ]);
      const event = (turn: number, text: string, at: string | null) =>
        at &&
        add('orders.order_event', [buyerId, orderNo, idOf('other', number * 8 + turn, createdMs), text, '系统', at]);
      event(0, '提交订单', createdAt);
      if (isDetailed) {
        event(1, '付款成功', paidAt);
        event(2, '商家已发货', shippedAt);
        event(3, '确认收货', completedAt);
      }

      const tradeNo = `${orderNo}P`;
      add('payments.payment', [
        ...[buyerId, paymentId, goods, '小铺订单', `{${orderNo}}`, `{${shopId}}`],
        ...[isPaid ? 'succeeded' : status === 'cancelled' ? 'closed' : 'prepaid', iso(createdMs + 15 * minuteMs)],
        ...[isBack ? goods : 0, isPaid ? tradeNo : null, isPaid ? `42000${number}` : null, paidAt, createdAt],
        ...[status === 'cancelled' ? iso(createdMs + 30 * minuteMs) : null],
        ...[status === 'pending_payment' ? iso(createdMs + 5 * minuteMs) : null, createdAt],
      ]);
      if (isBack) {
        const settledAt = status === 'refunded' ? iso(createdMs + dayMs) : null;
        const refundNo = orderNoOf(createdMs + 3_600_000, number);
        const state = status === 'refunded' ? 'succeeded' : 'processing';
        add('orders.refund', [
          ...[buyerId, refundNo, orderNo, shopId, paymentId, goods, '不想要了', '买家', state],
          ...[iso(createdMs + 3_600_000), settledAt],
        ]);
        add('payments.refund', [
          ...[buyerId, refundNo, paymentId, orderNo, goods, '不想要了', state, `R${refundNo}`, `50${number}`],
          ...[iso(createdMs + 3_600_000), settledAt],
        ]);
      }
      if (!isDetailed) return;
      add('payments.attempt', [
        ...[buyerId, tradeNo, paymentId, 'mp-weixin', 'wx0123456789abcdef', `o${scatter(buyer).toString(16)}`],
        ...[iso(createdMs + 15 * minuteMs), isPaid ? 'paid' : status === 'cancelled' ? 'closed' : 'prepaid'],
        ...['wx201410272009395522657a690389285100', createdAt, createdAt],
      ]);
      if (!shippedAt) return;
      // The newest uploads still wait, and a few were refused.
      const isWaiting = ageMs < dayMs * 0.62;
      const state = isWaiting ? 'pending' : number % 2_000 === 0 ? 'failed' : 'uploaded';
      add('fulfilment.parcel', [
        ...[buyerId, idOf('other', number * 8 + 7, createdMs), orderNo, shopId, paymentId, 'SF', '顺丰速运'],
        ...[`SF${String(number).padStart(12, '0')}`, person.tailSealed, '小铺商品', '[]', shippedAt, '店员'],
        ...[state, state === 'uploaded' ? shippedAt : null, shippedAt],
      ]);
    },
  };
}

interface OrderFacts {
  buyerId: string;
  orderNo: string;
  createdAt: string;
  status: Fate;
  reservationId: string;
  heldUntil: string;
}

const orderNoOf = (ms: number, number: number): string => {
  const local = new Date(ms + 8 * 3_600_000).toISOString();
  return `${local.slice(2, 4)}${local.slice(5, 7)}${local.slice(8, 10)}${local.slice(11, 13)}${local.slice(14, 16)}${local.slice(17, 19)}${String(number % 100_000_000).padStart(8, '0')}`;
};

interface Person {
  nickname: string;
  label: string;
  sealed: string;
  tailSealed: string;
  phoneTailIndex: string;
}

/** A thousand addresses, sealed as the shop seals them; buyers share them. */
function createPeople(): Person[] {
  const cipher = createFieldCipher(benchKeys);
  return Array.from({ length: 1_000 }, (_, number) => {
    const tail = String(scatter(number) % 10_000).padStart(4, '0');
    const recipient = { name: '林夏', phone: `1380000${tail}`, province: '浙江省', city: '杭州市', district: '西湖区' };
    return {
      nickname: `买家${number}`,
      label: '林** 浙江省 杭州市',
      sealed: cipher.encrypt(JSON.stringify({ ...recipient, detail: `文三路${number}号` })),
      tailSealed: cipher.encrypt(tail),
      phoneTailIndex: cipher.blindIndex(phoneTailPurpose, tail),
    };
  });
}

async function copyStock(
  connection: pg.ClientConfig,
  { skuCount, spuOfSku, shop, skuIdOf, spuIdOf }: Catalogue,
  { onHand, reserved, sequences }: Pick<ReturnType<typeof createWriter>, 'onHand' | 'reserved' | 'sequences'>,
): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  const copy = startCopy(client, 'inventory.stock_level', [
    ...['sku_id', 'spu_id', 'shop_id', 'on_hand', 'reserved', 'safety_stock', 'sequence', 'is_low', 'updated_at'],
  ]);
  for (let sku = 0; sku < skuCount; sku += 1) {
    const spu = spuOfSku[sku] ?? 0;
    const [hand, held] = [onHand[sku] ?? 0, reserved[sku] ?? 0];
    const isLow = hand > held && hand - held < 5;
    copy.add([
      ...[skuIdOf(sku), spuIdOf(spu), shopIdOf(shop[spu] ?? 0), hand, held, 5, sequences[sku] ?? 1, isLow],
      iso(now.getTime() - (scatter(sku) % 1_000_000) * 60),
    ]);
    if (sku % 200 === 0) await copy.flush();
  }
  await copy.end();
  await client.end();
}

export async function copyBuyers(client: pg.Client, orders: number): Promise<void> {
  const copy = startCopy(client, 'identity.buyer', ['buyer_id', 'is_guest', 'nickname', 'created_at']);
  const at = iso(firstOrder);
  for (let buyer = 0; buyer < buyerCountOf(orders); buyer += 1) {
    copy.add([buyerIdOf(buyer), false, `买家${buyer}`, at]);
    if (buyer % 200 === 0) await copy.flush();
  }
  await copy.end();
}

/** What people searched in the last sixty days; a larger shop hears more different words. */
export async function copySearches(client: pg.Client, words: readonly string[], orders: number): Promise<void> {
  const random = createRandom(5);
  const copy = startCopy(client, 'search.word_count', ['day', 'word', 'count']);
  const wordsADay = Math.max(100, Math.floor(orders / 500));
  for (let back = 0; back < 60; back += 1) {
    const day = iso(now.getTime() - back * dayMs).slice(0, 10);
    for (let place = 0; place < wordsADay; place += 1) {
      const word = `${words[Math.floor(random() ** 2 * words.length)]}${place < words.length ? '' : place}`;
      copy.add([day, place < words.length ? (words[place] as string) : word, 1 + Math.floor(2_000 / (place + 1))]);
    }
    await copy.flush();
  }
  await copy.end();
}
