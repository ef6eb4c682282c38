/** Parcels: what left, with whom, whether WeChat knows, and where it is. */
import type { Track, TrackNode } from '@xiaopu/contracts';
import type { ShipOrder } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Database, Db, Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import type { Logistics, UploadResult, UploadTask } from '../logistics/index.ts';
import type { HandOver, OrderParcel, Orders } from '../orders/index.ts';
import type { Payments } from '../payments/index.ts';
import { alreadyUploaded, carrierUnknown, parcelExists, parcelUnknown, waybillMismatch } from './fulfilment.errors.ts';
import * as repository from './fulfilment.repository.ts';

export interface FulfilmentDeps {
  clock: Clock;
  fieldCipher: FieldCipher;
  /** The upload work table is claimed and recorded in short transactions of its own, around WeChat's call. */
  database: Pick<Database, 'db' | 'inTransaction'>;
  orders: Pick<Orders, 'recordShipment' | 'isPaymentShipped' | 'deliveriesOf' | 'get'>;
  payments: Pick<Payments, 'view'>;
  logistics: Pick<Logistics, 'findCarrier' | 'fitsCarrier' | 'track'>;
}

export type Fulfilment = ReturnType<typeof createFulfilment>;

const claimMs = 60_000;
const describedLines = 5;
/** What was handed over without a carrier is a parcel all the same, so that its upload goes the way of all others. */
const ways = {
  pickup: { code: 'PICKUP', name: '到店自提' },
  service: { code: 'SERVICE', name: '到店使用' },
  virtual: { code: 'VIRTUAL', name: '自动发放' },
} as const;
type Way = keyof typeof ways;
const wayOf = (carrierCode: string): Way | undefined =>
  (Object.keys(ways) as Way[]).find((way) => ways[way].code === carrierCode);

const describe = (lines: HandOver['lines']): string =>
  lines
    .slice(0, describedLines)
    .map(({ title, specText, quantity }) => `${title}${specText ? ` ${specText}` : ''}*${quantity}`)
    .join('; ');

export const tidyWaybillNo = (waybillNo: string): string => waybillNo.replaceAll(/\s/g, '').toUpperCase();

export function createFulfilment({ clock, fieldCipher, database, orders, payments, logistics }: FulfilmentDeps) {
  const tracksOf = (db: Db, parcels: repository.Parcel[]) =>
    Promise.all(
      parcels.map(async (parcel) => {
        const { carrierCode, waybillNo } = parcel;
        if (wayOf(carrierCode)) return { parcel, track: { state: 'signed' as const, nodes: [] } };
        const track = await logistics.track(db, {
          carrierCode,
          waybillNo,
          phoneTail: fieldCipher.decrypt(parcel.phoneTail),
        });
        return { parcel, track };
      }),
    );

  async function recordUpload(
    { taskId: parcelId, buyerId }: Pick<UploadTask, 'taskId' | 'buyerId'>,
    result: UploadResult,
  ): Promise<void> {
    const change =
      result.state === 'uploaded'
        ? { uploadState: 'uploaded' as const, uploadError: null, uploadedAt: clock.now() }
        : result.state === 'retry'
          ? { uploadError: result.reason, nextUploadAt: result.retryAt }
          : result.state === 'failed'
            ? { uploadState: 'failed' as const, uploadError: result.reason }
            : { uploadState: 'not_required' as const, uploadError: null };
    await database.inTransaction((tx) => repository.recordTry(tx, { buyerId, parcelId }, change));
  }

  return {
    /**
     * Ships the named quantities, or everything not yet shipped, in one parcel. The last one makes the order shipped; each
     * becomes an upload for WeChat in the same transaction.
     */
    async ship(
      tx: Tx,
      shopId: string,
      { orderNo, carrierCode, waybillNo: typed, lines, staffName }: ShipOrder & { orderNo: string; staffName: string },
    ): Promise<{ parcelId: string }> {
      const carrier = logistics.findCarrier(carrierCode);
      if (!carrier) throw carrierUnknown();
      const waybillNo = tidyWaybillNo(typed);
      if (!logistics.fitsCarrier(carrierCode, waybillNo)) throw waybillMismatch({ carrierName: carrier.name });
      const known = await repository.parcelsOfShopOrder(tx, shopId, orderNo);
      if (known.some((parcel) => parcel.carrierCode === carrierCode && parcel.waybillNo === waybillNo))
        throw parcelExists();
      const parcelId = newId();
      const shipment = await orders.recordShipment(tx, shopId, {
        orderNo,
        parcelId,
        lines,
        actor: staffName,
        text: `${carrier.name} ${waybillNo} 已发出`,
      });
      const now = clock.now();
      const isNew = await repository.insertParcel(tx, {
        buyerId: shipment.buyerId,
        parcelId,
        orderNo,
        shopId,
        paymentId: shipment.paymentId,
        carrierCode,
        carrierName: carrier.name,
        waybillNo,
        phoneTail: fieldCipher.encrypt(shipment.recipientPhone.slice(-4)),
        itemDescription: describe(shipment.lines),
        lines: shipment.lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
        shippedAt: now,
        shippedBy: staffName,
        nextUploadAt: now,
      });
      if (!isNew) throw parcelExists();
      return { parcelId };
    },

    /** Handed over in a store, used in a place, or delivered by itself: nothing travels, but WeChat waits to hear of it. */
    async recordHandOver(
      tx: Tx,
      shopId: string,
      {
        orderNo,
        parcelId,
        staffName,
        buyerId,
        paymentId,
        lines,
        recipientPhone,
        way,
      }: HandOver & { orderNo: string; parcelId: string; staffName: string; way: Way },
    ): Promise<void> {
      const now = clock.now();
      await repository.insertParcel(tx, {
        ...{ buyerId, parcelId, orderNo, shopId, paymentId },
        ...{ carrierCode: ways[way].code, carrierName: ways[way].name, waybillNo: '' },
        phoneTail: fieldCipher.encrypt(recipientPhone.slice(-4)),
        itemDescription: describe(lines),
        lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
        ...{ shippedAt: now, shippedBy: staffName, nextUploadAt: now },
      });
    },

    /** A failed upload goes out again at once; one that waits stops waiting. */
    async retryUpload(tx: Tx, shopId: string, orderNo: string, parcelId: string): Promise<void> {
      const parcel = (await repository.parcelsOfShopOrder(tx, shopId, orderNo)).find(
        (candidate) => candidate.parcelId === parcelId,
      );
      if (!parcel) throw parcelUnknown();
      if (parcel.uploadState === 'uploaded' || parcel.uploadState === 'not_required') throw alreadyUploaded();
      await repository.changeParcel(tx, parcel, {
        uploadState: 'pending',
        uploadAttempts: 0,
        nextUploadAt: clock.now(),
      });
    },

    /** For the order pages. One statement. */
    async parcelsOf(db: Executor, buyerId: string, orderNo: string): Promise<OrderParcel[]> {
      return (await repository.parcelsOfOrder(db, buyerId, orderNo)).map(
        ({ parcelId, carrierCode, carrierName, waybillNo, shippedAt, shippedBy, lines, ...upload }) => ({
          parcelId,
          carrierCode,
          carrierName,
          waybillNo,
          shippedAt,
          shippedBy,
          lines,
          upload: {
            state: upload.uploadState,
            attempts: upload.uploadAttempts,
            lastError: upload.uploadError,
            uploadedAt: upload.uploadedAt,
          },
        }),
      );
    },

    async uploadStates(db: Executor, shopId: string, orderNos: string[]) {
      const rows = await repository.worstUploadStates(db, shopId, orderNos);
      return new Map(rows.map(({ orderNo, state }) => [orderNo, state]));
    },

    /** Asks carriers through the cache, so it runs outside any transaction. Another buyer's order is not found. */
    async track(db: Db, buyerId: string, orderNo: string): Promise<Track> {
      const { parcels } = await orders.get(db, buyerId, orderNo);
      if (parcels.length === 0) return { parcels: [] };
      const tracks = await tracksOf(db, await repository.parcelsOfOrder(db, buyerId, orderNo));
      return {
        parcels: tracks.map(({ parcel: { parcelId, carrierName, waybillNo }, track: { state, nodes } }) => ({
          parcelId,
          carrierName,
          waybillNo,
          state,
          nodes,
        })),
      };
    },

    /** For the shop's order page: nodes by parcel. */
    async tracksOfShopOrder(db: Db, shopId: string, orderNo: string): Promise<Map<string, TrackNode[]>> {
      const tracks = await tracksOf(db, await repository.parcelsOfShopOrder(db, shopId, orderNo));
      return new Map(tracks.map(({ parcel, track }) => [parcel.parcelId, track.nodes]));
    },

    /** The shipping upload's work list, for the sweep that calls WeChat. Claimed for a minute. */
    async claimUploads(limit: number): Promise<UploadTask[]> {
      const now = clock.now();
      const claimed = await database.inTransaction((tx) =>
        repository.claimDue(tx, now, new Date(now.getTime() + claimMs), limit),
      );
      const tasks: UploadTask[] = [];
      for (const parcel of claimed) {
        const { buyerId, paymentId, parcelId, orderNo, carrierCode, waybillNo } = parcel;
        const { amount, outTradeNo, payer, parts } = await payments.view(database.db, buyerId, paymentId);
        // The duty, and the money that waits for it, are the mini program's: 发货信息录入 is called with its token and knows trades
        // placed under its app id, by the payer's openid there. H5, Native and the official account's JSAPI trade under the
        // official account's app id (WeChat would answer 10060001, and holds no money back for them); Alipay and PayPal
        // are not WeChat's at all. Nothing was traded where nothing was paid.
        if (payer?.client === 'h5' || amount === 0) {
          await recordUpload({ taskId: parcelId, buyerId }, { state: 'not_required' });
          continue;
        }
        if (!outTradeNo || !payer) {
          await recordUpload(
            { taskId: parcelId, buyerId },
            { state: 'failed', reason: '没有找到这笔订单的微信支付单' },
          );
          continue;
        }
        // In a combined payment each order is a trade of its own.
        const part = parts?.find((one) => one.orderNo === orderNo);
        const alone = part && orderNo;
        const way = wayOf(carrierCode);
        if (way && !part) {
          // WeChat knows one way of delivery a trade: the parcels' where there are any, else picking up, told once all is gone.
          const { sent, waiting } = await orders.deliveriesOf(database.db, buyerId, paymentId);
          if (sent > 0 || waiting > 0) {
            await recordUpload({ taskId: parcelId, buyerId }, { state: 'not_required' });
            continue;
          }
        }
        const siblings = await repository.siblingsOf(database.db, parcel, alone);
        const isAllDelivered =
          way !== undefined ||
          (siblings.pending === 0 && (await orders.isPaymentShipped(database.db, buyerId, paymentId, alone)));
        tasks.push({
          taskId: parcelId,
          buyerId,
          orderNo,
          outTradeNo,
          openid: payer.openid,
          ...(part && { part: { outTradeNo: part.outTradeNo, mchId: part.subMchId } }),
          parcels: [
            {
              carrierCode,
              waybillNo,
              itemDescription: parcel.itemDescription,
              phoneTail: fieldCipher.decrypt(parcel.phoneTail),
            },
          ],
          isAllDelivered,
          isSingle: way !== undefined || (isAllDelivered && siblings.count === 0),
          way: way ?? 'express',
          attempts: parcel.uploadAttempts,
        });
      }
      return tasks;
    },

    recordUpload,

    countFailedUploads: repository.countFailedUploads,
    failedUploads: repository.failedUploads,
  };
}
