import type { SendCallback } from '../platform/callbacks.ts';
import { toBeijingText } from '../platform/clock.ts';
import { md5 } from '../platform/random.ts';
import { parseJsonObject } from '../platform/raw-body.ts';
import type { World } from '../platform/world.ts';
import type { Parcel, Parcels } from './parcels.ts';
import type { TrackStep } from './track.ts';

const POLL_MS = 500;
const TIMEOUT_MS = 5000;
const RETRY_MS = 60_000;

export interface Refusal {
  EBusinessID: string;
  OrderCode: unknown;
  ShipperCode: unknown;
  LogisticCode: unknown;
  Success: false;
  Reason: string;
}

export const refusalOf = (businessId: string, reason: string, input: Record<string, unknown>): Refusal => ({
  EBusinessID: businessId,
  OrderCode: input.OrderCode ?? '',
  ShipperCode: input.ShipperCode ?? '',
  LogisticCode: input.LogisticCode ?? '',
  Success: false,
  Reason: reason,
});

/** State, StateEx and Traces as queries and pushes write them; oldest first unless asked otherwise. */
export function describeTrack(steps: readonly TrackStep[], isFull: boolean, newestFirst = false) {
  const last = steps.at(-1);
  const traces = steps.map(({ at, text, city, action }) => ({
    AcceptTime: toBeijingText(at),
    AcceptStation: text,
    ...(isFull ? { Location: city, Action: action } : {}),
  }));
  return {
    State: last?.state ?? '0',
    ...(isFull ? { StateEx: last?.action ?? '0', Location: last?.city ?? '' } : {}),
    Traces: newestFirst ? traces.reverse() : traces,
  };
}

export interface TrackPush {
  deliverDue(): Promise<number>;
  start(): void;
  stop(): Promise<void>;
}

/** Pushes a subscribed parcel's whole track each time it moves, until the shop says Success. */
export function createTrackPush(
  world: World,
  parcels: Parcels,
  sendCallback: SendCallback,
  defaultUrl = '',
): TrackPush {
  const { switches, keyring, clock } = world;
  const { kdniaoBusinessId, kdniaoApiKey } = keyring.credentials;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> | undefined;
  let isStopped = false;

  async function push(parcel: Parcel, url: string): Promise<void> {
    const steps = parcels.steps(parcel);
    const data = JSON.stringify({
      EBusinessID: kdniaoBusinessId,
      PushTime: toBeijingText(clock.now()),
      Count: '1',
      Data: [
        {
          EBusinessID: kdniaoBusinessId,
          OrderCode: parcel.orderCode,
          ShipperCode: parcel.shipperCode,
          LogisticCode: parcel.waybillNo,
          Success: true,
          Reason: '',
          CallBack: parcel.callbackTag,
          ...describeTrack(steps, parcel.pushType === '102' || switches.isOn('carriers.fullState')),
        },
      ],
    });
    const form = new URLSearchParams({
      RequestData: data,
      RequestType: parcel.pushType,
      DataSign: Buffer.from(md5(data + kdniaoApiKey)).toString('base64'),
    });
    const answer = await sendCallback({
      twin: 'carriers',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
      body: form.toString(),
      timeoutMs: TIMEOUT_MS,
      note: `轨迹推送 ${parcel.waybillNo}，${steps.length} 条`,
    });
    if (isStopped) return;
    const isTaken = answer.status === 200 && parseJsonObject(answer.body)?.Success === true;
    parcels.markPushed(parcel, isTaken ? steps.length : parcel.pushedSteps, isTaken ? undefined : RETRY_MS);
  }

  async function deliverDue(): Promise<number> {
    const url = switches.text('carriers.pushUrl') || defaultUrl;
    if (!url || isStopped) return 0;
    const due = parcels.duePushes();
    for (const parcel of due) await push(parcel, url);
    return due.length;
  }

  return {
    deliverDue,
    start() {
      timer ??= setInterval(() => {
        running ??= deliverDue()
          .catch((error: unknown) => !isStopped && process.emitWarning(`sandbox track push failed: ${String(error)}`))
          .finally(() => {
            running = undefined;
          });
      }, POLL_MS).unref();
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
