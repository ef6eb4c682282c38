/** Pure rules of Pay Score: which status may follow which, what WeChat's states mean here, when it is asked again. */
import type { ScoreStatus } from '@xiaopu/contracts';

export const scoreTransitions: Record<ScoreStatus, readonly ScoreStatus[]> = {
  requested: ['awaiting_confirmation', 'agreed', 'revoked', 'expired', 'refused', 'held_for_review'],
  awaiting_confirmation: ['agreed', 'collecting', 'paid', 'revoked', 'expired', 'held_for_review'],
  agreed: ['collecting', 'paid', 'revoked', 'held_for_review'],
  collecting: ['paid', 'held_for_review'],
  paid: [],
  revoked: [],
  expired: [],
  refused: [],
  held_for_review: [],
};
export const isOver = (status: ScoreStatus): boolean => scoreTransitions[status].length === 0;

export interface WechatScoreOrder {
  out_order_no: string;
  state: 'CREATED' | 'DOING' | 'DONE' | 'REVOKED' | 'EXPIRED';
  state_description?: 'USER_CONFIRM' | 'MCH_COMPLETE';
  package?: string;
  openid?: string;
  total_amount?: number;
  collection?: { state: 'USER_PAYING' | 'USER_PAID'; details?: { transaction_id?: string }[] };
}

export function statusOf({ state, state_description }: WechatScoreOrder): ScoreStatus {
  switch (state) {
    case 'CREATED':
      return 'awaiting_confirmation';
    case 'DOING':
      return state_description === 'MCH_COMPLETE' ? 'collecting' : 'agreed';
    case 'DONE':
      return 'paid';
    case 'REVOKED':
      return 'revoked';
    case 'EXPIRED':
      return 'expired';
  }
}

const waitsMs = [2_000, 5_000, 15_000, 60_000, 300_000];
export const nextLookMs = (attempts: number): number => waitsMs[attempts] ?? 1_800_000;
