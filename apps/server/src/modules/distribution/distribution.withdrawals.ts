/** Out of the account and to the payee: debited at once, reviewed when large, paid by payouts, given back once when it fails. */
import type { Withdraw, Withdrawal, WithdrawalList, WithdrawalStatus } from '@xiaopu/contracts';
import type { DecideWithdrawal, TaxRecord } from '@xiaopu/contracts/console';
import { type Selectable, sql } from 'kysely';
import { startOfShanghaiDay } from '#platform/clock.ts';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { maskName } from '#platform/field-cipher.ts';
import type { Accounts } from './distribution.accounts.ts';
import * as errors from './distribution.errors.ts';
import type { SecondFactor } from './distribution.factor.ts';
import type { DistributionDeps } from './distribution.ports.ts';
import type { Program } from './distribution.program.ts';
import type { Roster } from './distribution.roster.ts';
import { taxOf } from './distribution.tax.ts';

type Row = Selectable<Tables['distribution.withdrawal']>;
export type Withdrawals = ReturnType<typeof createWithdrawals>;
type Deps = Pick<DistributionDeps, 'clock' | 'cipher' | 'openidOf' | 'payout'>;

export const withdrawalTexts: Record<WithdrawalStatus, string> = {
  reviewing: '审核中',
  paying: '待收款',
  paid: '已到账',
  refused: '未通过，已退回余额',
  failed: '付款未成功，已退回余额',
};
const shownWithdrawals = 50;

export function createWithdrawals(
  { clock, cipher, openidOf, payout }: Deps,
  { program, roster, accounts, factor }: { program: Program; roster: Roster; accounts: Accounts; factor: SecondFactor },
) {
  /** A single transfer has a limit; what is above it waits for the next one. */
  const availableOf = (balance: number): number => Math.max(0, Math.min(balance, payout.maximum()));

  const lock = (tx: Tx, buyerId: string, withdrawalId: string): Promise<Row | undefined> =>
    tx
      .selectFrom('distribution.withdrawal')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .where('withdrawalId', '=', withdrawalId)
      .forUpdate()
      .executeTakeFirst();

  async function move(tx: Tx, row: Row, change: Partial<Row> & { status: WithdrawalStatus }): Promise<void> {
    await tx
      .updateTable('distribution.withdrawal')
      .set(change)
      .where('buyerId', '=', row.buyerId)
      .where('withdrawalId', '=', row.withdrawalId)
      .execute();
  }

  async function pay(tx: Tx, { buyerId, withdrawalId, shopId, amount, withheld, payeeName }: Row): Promise<void> {
    const openid = await openidOf(tx, buyerId);
    if (openid === undefined) throw errors.wechatNeeded();
    await payout.request(tx, {
      payoutId: withdrawalId,
      buyerId,
      openid,
      amount: amount - withheld,
      reason: '推广佣金',
      scene: 'commission',
      shopId,
      payeeName: cipher.decrypt(payeeName),
    });
  }

  async function giveBack(tx: Tx, row: Row, change: Partial<Row> & { status: WithdrawalStatus }): Promise<void> {
    const { buyerId, shopId, withdrawalId, amount } = row;
    await move(tx, row, { ...change, endedAt: clock.now() });
    await accounts.book(
      tx,
      { buyerId, shopId },
      { amount, kind: 'withdrawal_back', sourceKey: `withdrawal_back:${withdrawalId}`, withdrawalId },
    );
  }

  const view = (row: Row): Withdrawal => ({
    withdrawalId: row.withdrawalId,
    amount: row.amount,
    withheld: row.withheld,
    status: row.status,
    statusText: withdrawalTexts[row.status],
    reason: row.reason,
    requestedAt: row.requestedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  });

  return {
    availableOf,

    async list(db: Executor, shopId: string, buyerId: string): Promise<WithdrawalList> {
      const { realName } = await roster.need(db, shopId, buyerId);
      const rows = await db
        .selectFrom('distribution.withdrawal')
        .selectAll()
        .where('buyerId', '=', buyerId)
        .where('shopId', '=', shopId)
        .orderBy('requestedAt', 'desc')
        .limit(shownWithdrawals)
        .execute();
      const available = availableOf(await accounts.balance(db, { buyerId, shopId }));
      const factorFrom = factor.from(shopId);
      return {
        available,
        withheld: taxOf(available, program.taxRule(shopId)).withheld,
        secondFactor:
          factorFrom === undefined ? null : { from: factorFrom, maskedPhone: await factor.maskedPhone(db, buyerId) },
        minimum: program.minimumWithdrawal(shopId),
        reviewFrom: program.reviewFrom(shopId),
        withholdingNote: await program.noteOf(db, shopId),
        payeeName: maskName(cipher.decrypt(realName)),
        items: rows.map(view),
      };
    },

    /** The same id is the same withdrawal. All of the balance, up to what one transfer may carry. */
    async request(
      tx: Tx,
      shopId: string,
      buyerId: string,
      { withdrawalId, expectedAmount }: Withdraw,
    ): Promise<Withdrawal> {
      const { realName, idNumber } = await roster.needActive(tx, shopId, buyerId);
      const key = { buyerId, shopId };
      const { balance } = await accounts.lock(tx, key);
      const known = await lock(tx, buyerId, withdrawalId);
      if (known) {
        if (known.shopId !== shopId) throw errors.withdrawalUnknown();
        return view(known);
      }
      const amount = availableOf(balance);
      const minimum = program.minimumWithdrawal(shopId);
      if (amount < minimum) throw errors.belowMinimum({ minimum });
      if (amount !== expectedAmount) throw errors.amountChanged({ amount });
      const factorFrom = factor.from(shopId);
      if (factorFrom !== undefined && amount >= factorFrom && !(await factor.spend(tx, shopId, buyerId)))
        throw errors.codeNeeded();
      const isReviewed = amount >= program.reviewFrom(shopId);
      const row: Row = {
        buyerId,
        withdrawalId,
        shopId,
        amount,
        status: isReviewed ? 'reviewing' : 'paying',
        payeeName: realName,
        payeeIdNumber: idNumber,
        withholdingNote: await program.noteOf(tx, shopId),
        ...taxOf(amount, program.taxRule(shopId)),
        reason: '',
        requestedAt: clock.now(),
        decidedBy: null,
        decidedAt: null,
        endedAt: null,
      };
      await tx.insertInto('distribution.withdrawal').values(row).execute();
      const sourceKey = `withdrawal:${withdrawalId}`;
      await accounts.book(tx, key, { amount: -amount, kind: 'withdrawal', sourceKey, withdrawalId });
      // Refused here (transfers off, no mini program account), the whole request is undone: nothing was debited.
      if (isReviewed) {
        if ((await openidOf(tx, buyerId)) === undefined) throw errors.wechatNeeded();
      } else await pay(tx, row);
      return view(row);
    },

    /** @returns the amount, for the audit trail */
    async decide(
      tx: Tx,
      shopId: string,
      withdrawalId: string,
      { decision, reason = '' }: DecideWithdrawal,
      by: string,
    ): Promise<number> {
      const found = await tx
        .selectFrom('distribution.withdrawal')
        .select('buyerId')
        .where('shopId', '=', shopId)
        .where('withdrawalId', '=', withdrawalId)
        .executeTakeFirst();
      // The account before the withdrawal, as everywhere.
      if (found) await accounts.lock(tx, { buyerId: found.buyerId, shopId });
      const row = found && (await lock(tx, found.buyerId, withdrawalId));
      if (!row || row.shopId !== shopId) throw errors.withdrawalUnknown();
      if (row.status !== 'reviewing') throw errors.withdrawalDecided();
      const decided = { decidedBy: by, decidedAt: clock.now(), reason: reason.trim() };
      if (decision === 'refuse') await giveBack(tx, row, { status: 'refused', ...decided });
      else {
        await move(tx, row, { status: 'paying', ...decided });
        await pay(tx, row);
      }
      return row.amount;
    },

    /** What payouts say; a payout of somebody else's is none of ours. */
    async payoutEnded(
      tx: Tx,
      buyerId: string,
      payoutId: string,
      outcome: { isPaid: true } | { isPaid: false; reason: string },
    ): Promise<void> {
      const found = await tx
        .selectFrom('distribution.withdrawal')
        .select('shopId')
        .where('buyerId', '=', buyerId)
        .where('withdrawalId', '=', payoutId)
        .executeTakeFirst();
      if (!found) return;
      await accounts.lock(tx, { buyerId, shopId: found.shopId });
      const row = await lock(tx, buyerId, payoutId);
      if (row?.status !== 'paying') return;
      if (outcome.isPaid) await move(tx, row, { status: 'paid', endedAt: clock.now() });
      else await giveBack(tx, row, { status: 'failed', reason: outcome.reason });
    },

    /** Who was paid how much in a month, in full, for the tax office. */
    async taxRecord(db: Executor, shopId: string, month: string): Promise<TaxRecord> {
      const [year = 0, number = 0] = month.split('-').map(Number);
      const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
      const { rows } = await sql<{
        payeeName: string;
        payeeIdNumber: string;
        amount: number;
        payments: number;
        taxable: number;
        withheld: number;
      }>`
        select (array_agg(w.payee_name order by w.ended_at desc))[1] as payee_name,
          (array_agg(w.payee_id_number order by w.ended_at desc))[1] as payee_id_number,
          sum(w.amount)::bigint as amount, count(*)::int as payments,
          coalesce(sum(w.taxable), 0)::bigint as taxable, sum(w.withheld)::bigint as withheld
        from distribution.withdrawal w
        where w.shop_id = ${shopId} and w.status = 'paid' and w.ended_at >= ${startOfShanghaiDay(`${month}-01`)}
          and w.ended_at < ${startOfShanghaiDay(`${next}-01`)}
        group by w.buyer_id order by 3 desc, 1`.execute(db);
      return {
        month,
        items: rows.map(({ payeeName, payeeIdNumber, ...sums }) => ({
          realName: cipher.decrypt(payeeName),
          idNumber: cipher.decrypt(payeeIdNumber),
          ...sums,
        })),
      };
    },
  };
}
