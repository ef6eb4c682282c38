/** The door others use inside their own transactions: it only writes down what to do; the sweep talks to WeChat. */
import type { Selectable } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { newTradeNo } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import { isLive } from './contracts.domain.ts';
import * as errors from './contracts.errors.ts';
import { contractsOn } from './contracts.policies.ts';
import type { ContractStatus } from './contracts.tables.ts';

export type Contract = Selectable<Tables['contracts.contract']>;
export interface OpenContract {
  buyerId: string;
  openid: string;
  purpose: string;
  ceiling: number;
  display: string;
  description: string;
  firstOn: string;
  agreedText: string;
}
export interface ContractView {
  contractNo: string;
  status: ContractStatus;
  ceiling: number;
  /** Where the shopper signs, once WeChat has a page. */
  redirect: { appId: string; path: string } | null;
  signedAt: Date | null;
}
export type Contracts = ReturnType<typeof createContracts>;

export const lockContract = (tx: Tx, buyerId: string, contractNo: string): Promise<Contract | undefined> =>
  tx
    .selectFrom('contracts.contract')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('contractNo', '=', contractNo)
    .forUpdate()
    .executeTakeFirst();

export function createContracts({ clock, policies }: { clock: Clock; policies: Policies }) {
  const live = async (db: Executor, buyerId: string, purpose: string): Promise<Contract | undefined> => {
    const rows = await db
      .selectFrom('contracts.contract')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .where('purpose', '=', purpose)
      .where('status', 'in', ['requested', 'signing', 'signed', 'ending'])
      .orderBy('requestedAt', 'desc')
      .execute();
    // Given up before it was signed: the sweep sees to it, the shopper need not.
    return rows.find(({ status, endReason }) => endReason === null || status === 'ending');
  };
  return {
    isOn: (): boolean => policies.get(contractsOn) === 1,

    /** The newest that still lives. */
    async current(db: Executor, buyerId: string, purpose: string): Promise<ContractView | undefined> {
      const row = await live(db, buyerId, purpose);
      if (!row) return undefined;
      const { contractNo, status, ceiling, redirectAppId, redirectPath, signedAt } = row;
      const canSign = status === 'signing' && redirectAppId !== null && redirectPath !== null;
      return {
        contractNo,
        status,
        ceiling,
        redirect: canSign ? { appId: redirectAppId, path: redirectPath } : null,
        signedAt,
      };
    },

    /** The caller holds a lock of the buyer's. One that waits for its signature is given up for the new one. */
    async open(tx: Tx, { buyerId, ...asked }: OpenContract): Promise<string> {
      if (policies.get(contractsOn) !== 1) throw errors.contractsOff();
      const now = clock.now();
      const earlier = await live(tx, buyerId, asked.purpose);
      if (earlier?.status === 'signed' || earlier?.status === 'ending') throw errors.alreadySigned();
      if (earlier) {
        const isSame = earlier.ceiling === asked.ceiling && earlier.openid === asked.openid;
        if (isSame) return earlier.contractNo;
        // Should it be signed all the same, the sweep ends it at WeChat.
        await tx
          .updateTable('contracts.contract')
          .set({ endReason: 'replaced' })
          .where('buyerId', '=', buyerId)
          .where('contractNo', '=', earlier.contractNo)
          .execute();
      }
      const contractNo = newTradeNo(buyerId, now);
      await tx
        .insertInto('contracts.contract')
        .values({
          ...{ buyerId, contractNo, ...asked, status: 'requested', requestedAt: now, nextAttemptAt: now },
          ...{ wechatContractId: null, redirectAppId: null, redirectPath: null, endReason: null, lastError: null },
          ...{ claimedUntil: null, signedAt: null, endedAt: null },
        })
        .execute();
      return contractNo;
    },

    /** Ended here at once: nothing is deducted any more, whatever WeChat answers. Told to WeChat by the sweep. */
    async end(tx: Tx, buyerId: string, contractNo: string, reason: string): Promise<void> {
      const row = await lockContract(tx, buyerId, contractNo);
      if (!row) throw errors.contractNotFound();
      if (!isLive(row.status) || row.status === 'ending') return;
      const now = clock.now();
      const isSigned = row.status === 'signed';
      await tx
        .updateTable('contracts.contract')
        // A page nobody signed yet: WeChat knows no contract to end, but is asked in case it was signed just now.
        .set({ ...(isSigned ? { status: 'ending' } : {}), endReason: reason, nextAttemptAt: now, attempts: 0 })
        .where('buyerId', '=', buyerId)
        .where('contractNo', '=', contractNo)
        .execute();
    },

    /** What a deduction needs; undefined when none may be made. */
    async signed(
      db: Executor,
      buyerId: string,
      contractNo: string,
    ): Promise<{ contractId: string; openid: string; ceiling: number } | undefined> {
      const row = await db
        .selectFrom('contracts.contract')
        .selectAll()
        .where('buyerId', '=', buyerId)
        .where('contractNo', '=', contractNo)
        .executeTakeFirst();
      if (row?.status !== 'signed' || !row.wechatContractId || policies.get(contractsOn) !== 1) return undefined;
      return { contractId: row.wechatContractId, openid: row.openid, ceiling: row.ceiling };
    },

    /** Of these buyers, who has a signed one for this. */
    async signedAmong(db: Executor, purpose: string, buyerIds: readonly string[]): Promise<Map<string, string>> {
      if (buyerIds.length === 0) return new Map();
      const rows = await db
        .selectFrom('contracts.contract')
        .select(['buyerId', 'contractNo'])
        .where('buyerId', 'in', [...buyerIds])
        .where('purpose', '=', purpose)
        .where('status', '=', 'signed')
        .execute();
      return new Map(rows.map(({ buyerId, contractNo }) => [buyerId, contractNo]));
    },
  };
}
