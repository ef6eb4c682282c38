/** Pure rules of contracts: which status may follow which, and what WeChat's words mean. */
import type { ContractStatus } from './contracts.tables.ts';

export const contractTransitions: Record<ContractStatus, readonly ContractStatus[]> = {
  requested: ['signing', 'signed', 'ended', 'refused'],
  signing: ['signed', 'ended', 'refused'],
  signed: ['ending', 'ended'],
  // Told to end, WeChat may still say "signed" once more: only its end counts.
  ending: ['ended'],
  ended: [],
  refused: [],
};
export const isLive = (status: ContractStatus): boolean => contractTransitions[status].length > 0;

export interface WechatContract {
  out_contract_code: string;
  contract_id?: string;
  contract_state: string;
  openid?: string;
  plan_id?: number;
  contract_terminate_info?: { contract_termination_mode?: string };
}
export const statusOf = ({ contract_state: state }: WechatContract): ContractStatus | undefined =>
  ({ SIGNED: 'signed', TERMINATED: 'ended' })[state] as ContractStatus | undefined;

/** A page that nobody signed on within two hours is gone. */
export const signingMs = 2 * 3_600_000;
const waitsMs = [3_000, 5_000, 10_000, 30_000, 60_000, 300_000];
/** A signed contract is looked at once a day: a shopper may end it in WeChat, and the notice may be lost. */
export const nextLookMs = (status: ContractStatus, attempts: number): number =>
  status === 'signed' ? 24 * 3_600_000 : (waitsMs[attempts] ?? 600_000);
