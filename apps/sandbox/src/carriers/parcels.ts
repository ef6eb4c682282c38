import { randomDigits } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { type Carrier, findCarrier } from './carriers.table.ts';
import { type Fate, planTrack, reachedSteps, type TrackStep } from './track.ts';

export interface Parcel {
  shipperCode: string;
  waybillNo: string;
  orderCode: string;
  fromCity: string;
  toCity: string;
  startedAt: number;
  aheadMs: number; // pushed forward by hand, on top of the clock
  times: string; // when each step was uncovered, for those uncovered by hand and those before them
  fate: Fate;
  pushType: string; // 101 or 102 once subscribed
  callbackTag: string;
  pushedSteps: number;
  nextPushAt: number | null;
}

export interface Parcels {
  find(shipperCode: string, waybillNo: string): Parcel | undefined;
  findByOrder(shipperCode: string, orderCode: string): Parcel | undefined;
  create(
    carrier: Carrier,
    details: { waybillNo?: string; orderCode?: string; fromCity?: string; toCity?: string },
  ): Parcel;
  subscribe(parcel: Parcel, pushType: string, callbackTag: string): void;
  steps(parcel: Parcel): TrackStep[];
  /** Uncovers the next step now, or all of them. */
  advance(waybillNo: string, toEnd: boolean): Parcel | undefined;
  setFate(waybillNo: string, fate: Fate): Parcel | undefined;
  duePushes(): Parcel[];
  markPushed(parcel: Parcel, steps: number, retryMs: number | undefined): void;
  list(limit: number): Parcel[];
}

export const CARRIER_TABLES = `
CREATE TABLE IF NOT EXISTS parcel (
  shipper_code TEXT NOT NULL, waybill_no TEXT NOT NULL, order_code TEXT NOT NULL, from_city TEXT NOT NULL, to_city TEXT NOT NULL,
  started_at INTEGER NOT NULL, ahead_ms INTEGER NOT NULL DEFAULT 0, times TEXT NOT NULL DEFAULT '[]', fate TEXT NOT NULL, push_type TEXT NOT NULL DEFAULT '',
  callback_tag TEXT NOT NULL DEFAULT '', pushed_steps INTEGER NOT NULL DEFAULT 0, next_push_at INTEGER,
  PRIMARY KEY (shipper_code, waybill_no)) STRICT;
CREATE INDEX IF NOT EXISTS parcel_order ON parcel (shipper_code, order_code);
CREATE INDEX IF NOT EXISTS parcel_push ON parcel (next_push_at) WHERE next_push_at IS NOT NULL;`;

const COLUMNS = `shipper_code AS shipperCode, waybill_no AS waybillNo, order_code AS orderCode, from_city AS fromCity,
  to_city AS toCity, started_at AS startedAt, ahead_ms AS aheadMs, times, fate, push_type AS pushType, callback_tag AS callbackTag,
  pushed_steps AS pushedSteps, next_push_at AS nextPushAt`;

export function createParcels({ store, clock, switches }: World): Parcels {
  const now = () => clock.now().getTime();
  const select = (where: string, ...values: string[]) =>
    store.get<Parcel>(`SELECT ${COLUMNS} FROM parcel WHERE ${where}`, ...values);
  const find = (shipperCode: string, waybillNo: string) =>
    select('shipper_code = ? AND waybill_no = ?', shipperCode, waybillNo);
  const journeyOf = (parcel: Parcel) => ({ ...parcel, carrier: findCarrier(parcel.shipperCode) as Carrier });
  const steps = (parcel: Parcel) => {
    const times = JSON.parse(parcel.times) as number[];
    return reachedSteps(journeyOf(parcel), now() + parcel.aheadMs).map((step, index) => ({
      ...step,
      at: times[index] ?? step.at - parcel.aheadMs,
    }));
  };

  /** When the next unpushed step will be reached, on the business clock. */
  const nextPushAt = (parcel: Parcel): number | null => {
    const next = planTrack(journeyOf(parcel))[parcel.pushedSteps];
    return parcel.pushType && next ? next.at - parcel.aheadMs : null;
  };
  const reschedule = (shipperCode: string, waybillNo: string) => {
    const parcel = find(shipperCode, waybillNo) as Parcel;
    store.run(
      'UPDATE parcel SET next_push_at = ? WHERE shipper_code = ? AND waybill_no = ?',
      nextPushAt(parcel),
      shipperCode,
      waybillNo,
    );
    return find(shipperCode, waybillNo) as Parcel;
  };

  return {
    find,
    steps,
    findByOrder: (shipperCode, orderCode) => select('shipper_code = ? AND order_code = ?', shipperCode, orderCode),
    create(
      carrier,
      { waybillNo = carrier.makeWaybillNo(randomDigits(15)), orderCode = '', fromCity = '杭州市', toCity = '上海市' },
    ) {
      store.run(
        `INSERT INTO parcel (shipper_code, waybill_no, order_code, from_city, to_city, started_at, fate) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        carrier.kdniao,
        waybillNo,
        orderCode,
        fromCity,
        toCity,
        now(),
        switches.text('carriers.fate'),
      );
      return find(carrier.kdniao, waybillNo) as Parcel;
    },
    subscribe({ shipperCode, waybillNo }, pushType, callbackTag) {
      store.run(
        'UPDATE parcel SET push_type = ?, callback_tag = ? WHERE shipper_code = ? AND waybill_no = ?',
        pushType,
        callbackTag,
        shipperCode,
        waybillNo,
      );
      reschedule(shipperCode, waybillNo);
    },
    advance(waybillNo, toEnd) {
      const parcel = select('waybill_no = ?', waybillNo);
      if (!parcel) return undefined;
      const plan = planTrack(journeyOf(parcel));
      const reached = steps(parcel);
      const target = toEnd ? plan.length : Math.min(reached.length + 1, plan.length);
      const last = plan[target - 1];
      if (last && target > reached.length) {
        const times = plan.slice(0, target).map((_, index) => reached[index]?.at ?? now());
        store.run(
          'UPDATE parcel SET ahead_ms = ?, times = ? WHERE waybill_no = ?',
          Math.max(parcel.aheadMs, last.at - now()),
          JSON.stringify(times),
          waybillNo,
        );
      }
      return reschedule(parcel.shipperCode, waybillNo);
    },
    setFate(waybillNo, fate) {
      const parcel = select('waybill_no = ?', waybillNo);
      if (!parcel) return undefined;
      store.run('UPDATE parcel SET fate = ? WHERE waybill_no = ?', fate, waybillNo); // what has been seen stays: fates share their beginning
      return reschedule(parcel.shipperCode, waybillNo);
    },
    duePushes: () =>
      store.all<Parcel>(
        `SELECT ${COLUMNS} FROM parcel WHERE next_push_at IS NOT NULL AND next_push_at <= ? LIMIT 20`,
        now(),
      ),
    markPushed(parcel, pushedSteps, retryMs) {
      const next = retryMs === undefined ? nextPushAt({ ...parcel, pushedSteps }) : now() + retryMs;
      store.run(
        'UPDATE parcel SET pushed_steps = ?, next_push_at = ? WHERE shipper_code = ? AND waybill_no = ?',
        pushedSteps,
        next,
        parcel.shipperCode,
        parcel.waybillNo,
      );
    },
    list: (limit) =>
      store.all<Parcel>(`SELECT ${COLUMNS} FROM parcel ORDER BY started_at DESC, rowid DESC LIMIT ?`, limit),
  };
}
