import { md5 } from '../platform/random.ts';
import type { Carrier } from './carriers.table.ts';

export type Fate = 'normal' | 'locker' | 'refused' | 'stuck';
export const FATES: readonly Fate[] = ['normal', 'locker', 'refused', 'stuck'];

export interface TrackStep {
  at: number;
  text: string;
  city: string;
  state: string; // 1 picked up, 2 on the way, 3 signed, 4 problem
  action: string; // finer: 201 arrived in the city, 202 out for delivery, 301 signed …
}

export interface Journey {
  waybillNo: string;
  carrier: Carrier;
  fromCity: string;
  toCity: string;
  startedAt: number;
  fate: Fate;
}

const HOUR_MS = 3_600_000;
const COURIERS = ['张建国', '李志强', '王海波', '刘洋', '赵敏', '孙立军'];

/** The whole life of one parcel. The same number always travels the same way; only time uncovers it. */
export function planTrack({ waybillNo, carrier, fromCity, toCity, startedAt, fate }: Journey): TrackStep[] {
  const seed = Number.parseInt(md5(waybillNo).slice(0, 8), 16);
  const jitter = (index: number, spread: number) => (((seed >> index) % 100) / 100) * spread * HOUR_MS;
  const courier = COURIERS[seed % COURIERS.length];
  const phone = `139${String(seed).padStart(8, '0').slice(0, 8)}`;
  const isFar = fromCity !== toCity;
  const step = (
    hours: number,
    spread: number,
    state: string,
    action: string,
    city: string,
    text: string,
  ): TrackStep => ({
    at: Math.round(startedAt + hours * HOUR_MS + jitter(Math.round(hours) % 16, spread)),
    text,
    city,
    state,
    action,
  });

  const start = [
    step(
      1,
      1,
      '1',
      '1',
      fromCity,
      `【${fromCity}】您的快件已由【${carrier.name}${fromCity}营业部】揽收，揽件人：${courier}`,
    ),
    step(4, 1, '2', '2', fromCity, `【${fromCity}】快件已到达【${fromCity}转运中心】`),
    ...(isFar ? [step(7, 1, '2', '2', fromCity, `【${fromCity}】快件已发往【${toCity}转运中心】`)] : []),
  ];
  if (fate === 'stuck')
    return [...start, step(31, 2, '4', '405', fromCity, `【${fromCity}】快件因天气原因延误，我们会尽快安排发出`)];

  const shift = isFar ? 0 : -16;
  const arrival = [
    step(26 + shift, 3, '2', '201', toCity, `【${toCity}】快件已到达【${toCity}转运中心】`),
    step(
      36 + shift,
      1,
      '2',
      '202',
      toCity,
      `【${toCity}】快件正在派送，派件员：${courier}，电话：${phone}，客服电话：${carrier.hotline}`,
    ),
  ];
  const end = {
    normal: [step(40 + shift, 2, '3', '301', toCity, `【${toCity}】快件已签收，签收人：本人，感谢使用${carrier.name}`)],
    locker: [
      step(40 + shift, 1, '2', '211', toCity, `【${toCity}】快件已存放至【菜鸟驿站】，请凭取件码及时领取`),
      step(58 + shift, 4, '3', '311', toCity, `【${toCity}】快件已从驿站取出，签收人：本人`),
    ],
    refused: [
      step(40 + shift, 1, '4', '404', toCity, `【${toCity}】收件人拒收，快件将退回寄件人`),
      step(76 + shift, 3, '4', '406', fromCity, `【${fromCity}】退回件已由寄件人签收`),
    ],
  }[fate];
  return [...start, ...arrival, ...end];
}

export const reachedSteps = (journey: Journey, at: number): TrackStep[] =>
  planTrack(journey).filter((step) => step.at <= at);
