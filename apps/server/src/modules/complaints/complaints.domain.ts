/** What WeChat says of a complaint, as the shop keeps it, and the clocks that run. Pure. */
import type { ComplaintEvidence, ComplaintState } from '@xiaopu/contracts/console';
import { hourMs } from '#platform/clock.ts';
import type { Side, Told } from './complaints.tables.ts';

export interface WechatComplaint {
  complaint_id: string;
  complaint_time: string;
  complaint_detail: string;
  complaint_state: ComplaintState;
  payer_phone?: string;
  complaint_order_info?: { transaction_id: string; out_trade_no: string; amount: number }[];
  complaint_full_refunded?: boolean;
  incoming_user_response?: boolean;
  problem_type?: string;
  apply_refund_amount?: number;
  user_complaint_times?: number;
  in_platform_service?: boolean;
}
export interface WechatLog {
  log_id: string;
  operator: string;
  operate_time: string;
  operate_type: string;
  operate_details?: string;
  complaint_media_list?: { media_url: string[] }[];
  image_list?: string[];
}
export interface Entry {
  entryId: string;
  side: Side;
  operator: string;
  kind: string;
  text: string;
  images: number;
  at: Date;
}

const sideOf = (operateType: string): Side => {
  if (operateType.startsWith('USER_') && !operateType.endsWith('SYSTEM_MESSAGE')) return 'payer';
  return operateType.startsWith('MERCHANT_') ? 'shop' : 'platform';
};

export const entryOf = (log: WechatLog): Entry => ({
  entryId: log.log_id,
  side: sideOf(log.operate_type),
  operator: log.operator,
  kind: log.operate_type,
  text: log.operate_details ?? '',
  images:
    log.image_list?.length ?? log.complaint_media_list?.reduce((sum, { media_url }) => sum + media_url.length, 0) ?? 0,
  at: new Date(log.operate_time),
});

const opening = 'USER_CREATE_COMPLAINT';
const closing = 'MERCHANT_CONFIRM_COMPLETE';
const placeInSecond = (kind: string): number => (kind === opening ? 0 : kind === closing ? 2 : 1);
/** WeChat tells whole seconds and its numbers say nothing of the order: within one second the complaint opens and its completion closes. */
export const inThread = <T extends Pick<Entry, 'at' | 'kind'>>(entries: readonly T[]): T[] =>
  entries.toSorted(
    (one, other) => one.at.getTime() - other.at.getTime() || placeInSecond(one.kind) - placeInSecond(other.kind),
  );

/** Since when the payer waits: their first word after the shop's last one. A sent answer ends it, whatever came in which order. */
export function waitsSince(
  entries: readonly Pick<Entry, 'side' | 'at' | 'kind'>[],
  state: ComplaintState,
): Date | null {
  if (state === 'PROCESSED') return null;
  const byTime = inThread(entries);
  const last = byTime.findLastIndex(({ side }) => side === 'shop');
  const word = byTime.slice(last + 1).find(({ side }) => side === 'payer');
  if (word || byTime[last]?.kind !== closing) return word?.at ?? null;
  // Completed, yet no longer so: the word that opened it again fell into the second of the completion.
  return byTime.findLast(({ side, kind }) => side === 'payer' && kind !== opening)?.at ?? null;
}
export const answeredAt = (entries: readonly Pick<Entry, 'kind' | 'at'>[]): Date | null =>
  entries
    .filter(({ kind }) => kind === 'MERCHANT_RESPONSE')
    .map(({ at }) => at)
    .toSorted((one, other) => one.getTime() - other.getTime())[0] ?? null;

export interface Terms {
  answerHours: number;
  closeHours: number;
  nearHours: number;
}
export interface Deadlines {
  answerBy: Date | null;
  closeBy: Date | null;
  clock: Told;
}
/** Both clocks: the answer that is due, and the end. The nearer one decides the colour. */
export function deadlinesOf(
  { state, waitsSince: since, complainedAt }: { state: ComplaintState; waitsSince: Date | null; complainedAt: Date },
  terms: Terms,
  now: Date,
): Deadlines {
  if (state === 'PROCESSED') return { answerBy: null, closeBy: null, clock: 'calm' };
  const answerBy = since && new Date(since.getTime() + terms.answerHours * hourMs);
  const closeBy = new Date(complainedAt.getTime() + terms.closeHours * hourMs);
  const nearest = Math.min(answerBy?.getTime() ?? Number.POSITIVE_INFINITY, closeBy.getTime());
  const left = nearest - now.getTime();
  return { answerBy, closeBy, clock: left <= 0 ? 'late' : left <= terms.nearHours * hourMs ? 'near' : 'calm' };
}

const dayTime = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  ...{ month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false },
});
export const mostCharacters = 200;

/** A first answer from the evidence: what is proven, in the length WeChat takes. A person reads it before it goes. */
export function draftOf({ orderNo, facts, parcels, refunds }: ComplaintEvidence): string {
  if (orderNo === null) return '您好，抱歉给您带来不便。我们正在核实这笔交易，会尽快给您答复。';
  const parts = [`您好，抱歉给您带来不便。订单 ${orderNo.slice(-6)}：`];
  parts.push(facts.map(({ name, value }) => `${name}${value}`).join('，'));
  const [parcel] = parcels;
  if (parcel) {
    const [latest] = parcel.nodes;
    parts.push(
      `；${parcel.carrier} ${parcel.waybillNo}${latest ? `，${dayTime.format(new Date(latest.at))} ${latest.text}` : ''}`,
    );
  }
  const [refund] = refunds;
  if (refund) parts.push(`；${refund.text}`);
  const end = '。我们会尽快为您处理。';
  return [...parts.join('')].slice(0, mostCharacters - end.length).join('') + end;
}
