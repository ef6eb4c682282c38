/**
 * Everything that talks to WeChat about contracts: reply, query and notice all end in `apply`. Paths and fields follow the
 * public field tables of 预约扣费 (scheduled deduction); states, notice events and windows are unverified.
 */

import type { Clock } from '#platform/clock.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { NoticeAnswer } from '#platform/http/signed-notice.ts';
import type { Logger } from '#platform/logger.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Policies } from '#platform/policy.ts';
import {
  contractTransitions,
  isLive,
  nextLookMs,
  signingMs,
  statusOf,
  type WechatContract,
} from './contracts.domain.ts';
import { contractPlanId } from './contracts.policies.ts';
import { type Contract, lockContract } from './contracts.service.ts';

/** What contracts need of the WeChat Pay gateway. */
export interface ContractClient {
  ask<T>(request: { method: 'GET' | 'POST'; path: string; body?: unknown }): Promise<T>;
  openNotice(
    rawBody: string,
    header: (name: string) => string | undefined,
  ): Promise<{ id: string; eventType: string; resource: unknown } | string>;
}
export interface ContractFlowDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  client: ContractClient;
  problemOf: (error: unknown) => string | undefined;
  policies: Policies;
  appId: string;
  publicBaseUrl: string;
  clock: Clock;
  log: Logger;
}
export type ContractFlow = ReturnType<typeof createContractFlow>;

export const contractNoticePath = '/api/notify/wechat-pay/contract';
const batch = 10;
const leaseMs = 40_000;

export function createContractFlow(deps: ContractFlowDeps) {
  const { database, client, problemOf, policies, appId, publicBaseUrl, clock, log } = deps;
  const { inTransaction } = database;
  const later = (ms: number) => new Date(clock.now().getTime() + ms);
  const change = async (tx: Tx, { buyerId, contractNo }: Contract, set: Partial<Contract>): Promise<void> => {
    await tx
      .updateTable('contracts.contract')
      .set(set)
      .where('buyerId', '=', buyerId)
      .where('contractNo', '=', contractNo)
      .execute();
  };
  const pathOf = ({ contractNo }: Contract) =>
    `/v3/papay/sign/contracts/plan-id/${policies.get(contractPlanId)}/out-contract-code/${encodeURIComponent(contractNo)}`;

  async function apply(tx: Tx, contract: Contract, said: WechatContract): Promise<void> {
    const current = await lockContract(tx, contract.buyerId, contract.contractNo);
    const status = statusOf(said);
    if (!current || !status || !contractTransitions[current.status].includes(status)) return;
    // Somebody else's name under it: it is not the shopper's contract.
    if (said.openid !== undefined && said.openid !== current.openid) {
      log.error({ contractNo: current.contractNo }, 'a contract was signed by somebody else');
      return change(tx, current, { endReason: 'other_signer', nextAttemptAt: clock.now() });
    }
    const at = clock.now();
    const known = { wechatContractId: said.contract_id ?? current.wechatContractId, lastError: null };
    if (status === 'signed')
      return change(tx, current, {
        ...known,
        // Given up while the page was open: the signature is taken back at once.
        status: current.endReason === null ? 'signed' : 'ending',
        signedAt: at,
        attempts: 0,
        nextAttemptAt: current.endReason === null ? later(nextLookMs('signed', 0)) : at,
      });
    const mode = said.contract_terminate_info?.contract_termination_mode ?? '';
    const endReason = current.endReason ?? (mode === 'USER' ? 'ended_in_wechat' : mode || 'ended');
    await change(tx, current, { ...known, status, endReason, endedAt: at, nextAttemptAt: null, claimedUntil: null });
  }

  /** WeChat's word, or undefined when nothing was signed. */
  async function query(contract: Contract): Promise<WechatContract | undefined> {
    try {
      return await client.ask<WechatContract>({ method: 'GET', path: pathOf(contract) });
    } catch (error) {
      if (problemOf(error) === 'absent') return undefined;
      throw error;
    }
  }

  /** Repeating it under its number gives the same page. */
  async function presign(contract: Contract): Promise<void> {
    const said = await client.ask<{ redirect_appid: string; redirect_path: string }>({
      method: 'POST',
      path: '/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/mini-program',
      body: {
        appid: appId,
        openid: contract.openid,
        plan_id: policies.get(contractPlanId),
        out_contract_code: contract.contractNo,
        contract_display_account: contract.display,
        contract_notify_url: publicBaseUrl + contractNoticePath,
        deduct_schedule: {
          estimated_deduct_date: contract.firstOn,
          estimated_deduct_amount: { total: contract.ceiling, currency: 'CNY' },
          description: contract.description,
        },
      },
    });
    await inTransaction(async (tx) => {
      const current = await lockContract(tx, contract.buyerId, contract.contractNo);
      if (current?.status !== 'requested') return;
      const { redirect_appid: redirectAppId, redirect_path: redirectPath } = said;
      await change(tx, current, { status: 'signing', redirectAppId, redirectPath, attempts: 0, lastError: null });
    });
  }

  async function advance(contract: Contract): Promise<void> {
    if (contract.status === 'requested' && contract.endReason === null) return presign(contract);
    if (contract.status === 'ending')
      await client
        .ask({
          method: 'POST',
          path: `${pathOf(contract)}/terminate`,
          body: { contract_termination_remark: '用户取消自动续费' },
        })
        .catch((error: unknown) => {
          // Ended there already: the query tells.
          if (problemOf(error) !== 'absent' && problemOf(error) !== 'refused') throw error;
        });
    const said = await query(contract);
    if (said) return inTransaction((tx) => apply(tx, contract, said));
    const isOver = clock.now().getTime() - contract.requestedAt.getTime() > signingMs;
    if (!isOver || contract.status === 'signed') return;
    await inTransaction(async (tx) => {
      const current = await lockContract(tx, contract.buyerId, contract.contractNo);
      if (current?.status !== 'requested' && current?.status !== 'signing' && current?.status !== 'ending') return;
      await change(tx, current, {
        status: current.status === 'ending' ? 'ended' : 'refused',
        endedAt: clock.now(),
        nextAttemptAt: null,
      });
    });
  }

  async function follow(contract: Contract): Promise<void> {
    let lastError: string | null = null;
    let isRefused = false;
    try {
      await advance(contract);
    } catch (error) {
      lastError = error instanceof Error ? error.message : String(error);
      isRefused = problemOf(error) === 'refused' && contract.status === 'requested';
      log.warn({ err: error, contractNo: contract.contractNo }, 'contract call failed');
    }
    await inTransaction(async (tx) => {
      const current = await lockContract(tx, contract.buyerId, contract.contractNo);
      if (!current || !isLive(current.status)) return;
      if (isRefused)
        return change(tx, current, { status: 'refused', lastError, nextAttemptAt: null, claimedUntil: null });
      const isChanged = current.nextAttemptAt?.getTime() !== contract.nextAttemptAt?.getTime();
      const attempts = current.status === contract.status ? contract.attempts + 1 : 0;
      const nextAttemptAt = isChanged ? current.nextAttemptAt : later(nextLookMs(current.status, attempts));
      await change(tx, current, { claimedUntil: null, lastError, attempts, nextAttemptAt });
    });
  }

  return {
    /** Announces a deduction to the shopper by WeChat. @returns the first day on which it may be made */
    async announce(contractId: string, amount: number): Promise<string> {
      const { deduct_start_date: day } = await client.ask<{ deduct_start_date: string }>({
        method: 'POST',
        path: `/v3/papay/pay/schedules/contract-id/${encodeURIComponent(contractId)}/schedule`,
        body: { appid: appId, schedule_amount: { total: amount, currency: 'CNY' } },
      });
      return day;
    },

    async takeNotice(rawBody: string, header: (name: string) => string | undefined): Promise<NoticeAnswer> {
      const notice = await client.openNotice(rawBody, header);
      if (typeof notice === 'string') {
        log[notice === 'probe' ? 'info' : 'warn']({ refusal: notice }, 'contract notice refused');
        return { status: notice === 'unreadable' ? 400 : 401, message: `notice ${notice}` };
      }
      const { id: noticeId, eventType } = notice;
      if (!eventType.startsWith('PAPAY.')) return { status: 400, message: 'event not expected here' };
      const said = notice.resource as WechatContract | null;
      if (!said?.out_contract_code || !said.contract_state) return { status: 400, message: 'resource incomplete' };
      return inTransaction(async (tx): Promise<NoticeAnswer> => {
        const contract = await tx
          .selectFrom('contracts.contract')
          .selectAll()
          .where('contractNo', '=', said.out_contract_code)
          .executeTakeFirst();
        if (!contract) return { status: 404, message: 'no such contract' };
        const { numInsertedOrUpdatedRows } = await tx
          .insertInto('contracts.notice')
          .values({ noticeId, eventType, contractNo: contract.contractNo, receivedAt: clock.now() })
          .onConflict((conflict) => conflict.column('noticeId').doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows === 1n) await apply(tx, contract, said);
        return undefined;
      });
    },

    sweep: {
      name: 'contracts.follow',
      everyMs: 1_000,
      async run() {
        const due = await inTransaction(async (tx) => {
          const now = clock.now();
          const rows = await tx
            .selectFrom('contracts.contract')
            .selectAll()
            .where('nextAttemptAt', '<=', now)
            .where((eb) => eb.or([eb('claimedUntil', 'is', null), eb('claimedUntil', '<', now)]))
            .orderBy('nextAttemptAt')
            .limit(batch)
            .forUpdate()
            .skipLocked()
            .execute();
          for (const row of rows) await change(tx, row, { claimedUntil: later(leaseMs) });
          return rows;
        });
        await Promise.all(due.map(follow));
        return due.length;
      },
    } satisfies Sweep,
  };
}
