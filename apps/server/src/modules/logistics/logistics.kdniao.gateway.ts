/** 快递鸟 (Kdniao) track query: form POST, signed base64(md5(json + key)). Never call it inside a transaction. */
import { createHash } from 'node:crypto';
import type { TrackNode } from '@xiaopu/contracts';
import type { TrackState } from './logistics.tables.ts';

export interface CarrierTrack {
  state: TrackState;
  nodes: TrackNode[];
}
export interface TrackQuestion {
  kdniaoCode: string;
  waybillNo: string;
  /** Last four digits of sender's or receiver's phone: SF answers nobody without it. */
  phoneTail: string;
}
export interface TrackGateway {
  /** @throws when the carrier service does not answer or refuses */
  query(question: TrackQuestion): Promise<CarrierTrack>;
}
export interface KdniaoConfig {
  trackBaseUrl: string;
  trackBusinessId: string;
  trackApiKey: string;
}

const path = '/Ebusiness/EbusinessOrderHandle.aspx';
const timeoutMs = 4_000;
const instantQuery = '8001';

interface KdniaoReply {
  Success?: boolean;
  Reason?: string;
  State?: string | number;
  StateEx?: string | number;
  Traces?: { AcceptTime?: string; AcceptStation?: string; Location?: string; Action?: string | number }[];
}

export function createKdniaoGateway(config: KdniaoConfig, send: typeof fetch = fetch): TrackGateway {
  const url = config.trackBaseUrl.replace(/\/+$/, '') + path;
  return {
    async query({ kdniaoCode, waybillNo, phoneTail }) {
      const data = JSON.stringify({ ShipperCode: kdniaoCode, LogisticCode: waybillNo, CustomerName: phoneTail });
      const response = await send(url, {
        method: 'POST',
        // URLSearchParams encodes every value once, as the protocol wants it.
        body: new URLSearchParams({
          RequestData: data,
          EBusinessID: config.trackBusinessId,
          RequestType: instantQuery,
          DataSign: signKdniao(data, config.trackApiKey),
          DataType: '2',
        }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) throw new Error(`Kdniao answered ${response.status}`);
      const reply = (await response.json()) as KdniaoReply;
      if (reply.Success !== true) throw new Error(`Kdniao refused: ${reply.Reason ?? 'no reason'}`);
      return readTrack(reply);
    },
  };
}

export const signKdniao = (data: string, apiKey: string): string =>
  Buffer.from(
    createHash('md5')
      .update(data + apiKey)
      .digest('hex'),
  ).toString('base64');

/** Sorted newest first; a node that comes twice is shown once (C11-LOG-05). */
export function readTrack({ State, StateEx, Traces = [] }: KdniaoReply): CarrierTrack {
  const nodes = new Map<string, TrackNode>();
  for (const { AcceptTime = '', AcceptStation = '', Location = '' } of Traces) {
    const at = new Date(`${AcceptTime.trim().replace(' ', 'T')}+08:00`);
    if (Number.isNaN(at.getTime()) || AcceptStation.trim() === '') continue;
    const node: TrackNode = { at: at.toISOString(), text: AcceptStation.trim(), place: Location.trim() };
    nodes.set(`${node.at} ${node.text}`, node);
  }
  // Carriers list the oldest first, so of two nodes in one second the later listed is the newer: reverse, then a stable sort.
  const newestFirst = [...nodes.values()].reverse().sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return { state: stateOf(String(State ?? ''), String(StateEx ?? '')), nodes: newestFirst };
}

const delivering = new Set(['202', '211']);
function stateOf(state: string, stateEx: string): TrackState {
  if (state === '3') return 'signed';
  if (state === '4') return 'problem';
  if (delivering.has(stateEx)) return 'delivering';
  if (state === '2') return 'in_transit';
  return state === '1' ? 'collected' : 'none';
}
