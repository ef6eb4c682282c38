/**
 * Transfers against a bank that answers late, twice, out of order or not at all (C10-PAY, T: money paid out once). Whatever
 * happens in whatever order: one bill at most pays, what was paid is known in the end, and no status follows another that the
 * table does not allow.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock } from '#platform/clock.ts';
import { createFieldCipher } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createPolicies } from '#platform/policy.ts';
import { createTestDatabase } from '../../../test/database.ts';
import { isSettled, payoutTransitions } from './payouts.domain.ts';
import { createPayoutFlow } from './payouts.flow.ts';
import type { PayoutGateway, TransferBill, TransferOrder } from './payouts.gateway.ts';
import { listSteps } from './payouts.repository.ts';
import { createPayouts } from './payouts.service.ts';

const shopId = '01970000-0000-7000-8000-00000000000a';
const minute = 60_000;
const log = createLogger('silent');

class BankError extends Error {
  readonly problem: string;
  constructor(problem: string) {
    super(problem);
    this.problem = problem;
  }
}

/** What WeChat has: a bill for each number, made once whatever is sent under it. */
function createBank(now: () => number) {
  const bills = new Map<string, TransferBill & { amount: number }>();
  const underWay: { at: number; order: TransferOrder }[] = [];
  const said: TransferBill[] = [];
  const bank = {
    bills,
    said,
    fault: 'none' as Fault,
    payments: 0,
    accept({ outBillNo, amount, openid }: TransferOrder): TransferBill {
      const known = bills.get(outBillNo);
      const bill = known ?? {
        out_bill_no: outBillNo,
        transfer_bill_no: `T${outBillNo}`,
        state: 'ACCEPTED' as const,
        package_info: `P${outBillNo}`,
        openid,
        amount,
      };
      bills.set(outBillNo, bill);
      return bank.tell(bill);
    },
    tell({ amount, ...bill }: TransferBill & { amount: number }): TransferBill {
      const word: TransferBill = { ...bill, transfer_amount: amount, mch_id: 'M' };
      if (word.state !== 'WAIT_USER_CONFIRM') delete word.package_info;
      said.push(word);
      return word;
    },
    set(bill: TransferBill & { amount: number }, state: TransferBill['state'], reason?: string) {
      bill.state = state;
      if (reason) bill.fail_reason = reason;
      if (state === 'SUCCESS') bank.payments += 1;
    },
    arrive() {
      for (const late of underWay.splice(0)) late.at <= now() ? bank.accept(late.order) : underWay.push(late);
    },
    async gate<T>(answer: () => T, onTheWay?: TransferOrder): Promise<T> {
      bank.arrive();
      if (bank.fault === 'down') throw new BankError('unreachable');
      if (bank.fault === 'refused' && onTheWay && !bills.has(onTheWay.outBillNo)) throw new BankError('refused');
      if (bank.fault === 'late' && onTheWay) {
        // Gives up waiting; the request gets there half a minute later.
        underWay.push({ at: now() + 30_000, order: onTheWay });
        throw new BankError('unreachable');
      }
      const given = answer();
      if (bank.fault === 'lost') throw new BankError('unreachable');
      return given;
    },
  };
  const find = (no: string) => {
    const bill = bills.get(no);
    if (!bill) throw new BankError('absent');
    return bill;
  };
  const gateway: PayoutGateway = {
    mchId: 'M',
    openNotice: async (rawBody) => JSON.parse(rawBody),
    transfer: (order) => bank.gate(() => bank.accept(order), order),
    queryTransfer: (no) => bank.gate(() => bank.tell(find(no))),
    cancelTransfer: (no) =>
      bank.gate(() => {
        const bill = find(no);
        if (!['ACCEPTED', 'PROCESSING', 'WAIT_USER_CONFIRM', 'CANCELING'].includes(bill.state))
          throw new BankError('refused');
        bank.set(bill, 'CANCELING');
        return bank.tell(bill);
      }),
  };
  return { bank, gateway };
}

type Fault = 'none' | 'down' | 'lost' | 'late' | 'refused';
const step = fc.oneof(
  fc.record({
    does: fc.constant('sweep' as const),
    fault: fc.constantFrom<Fault>('none', 'none', 'down', 'lost', 'late', 'refused'),
  }),
  fc.record({ does: fc.constant('bank' as const), pays: fc.boolean() }),
  fc.record({ does: fc.constant('bank' as const), pays: fc.constant(true) }),
  fc.record({ does: fc.constant('confirm' as const) }),
  fc.record({ does: fc.constant('expire' as const) }),
  fc.record({ does: fc.constant('notice' as const), isSameId: fc.boolean() }),
  fc.record({ does: fc.constant('stale' as const), which: fc.nat(20) }),
  fc.record({ does: fc.constant('refresh' as const) }),
  fc.record({ does: fc.constant('ask again' as const) }),
  fc.record({ does: fc.constant('cancel' as const) }),
  fc.record({ does: fc.constant('retry' as const) }),
  fc.record({ does: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 10_000, 31_000, 5 * minute) }),
);
type StepOf = typeof step extends fc.Arbitrary<infer One> ? One : never;

const sent = [
  { does: 'sweep', fault: 'none' },
  { does: 'bank', pays: true },
  { does: 'bank', pays: true },
] as const;
/** One way to each end; the drawn cases are all the others. */
const ends: [StepOf[]][] = [
  [[...sent, { does: 'expire' }, { does: 'notice', isSameId: true }, { does: 'notice', isSameId: true }]],
  [[...sent, { does: 'cancel' }, { does: 'sweep', fault: 'none' }, { does: 'bank', pays: true }]],
  [[...sent, { does: 'confirm' }, { does: 'bank', pays: true }, { does: 'notice', isSameId: false }]],
];

describe('any order of what the bank says', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  it('C10-PAY-05 pays a payout once at most, loses none, and keeps to the table of statuses', async () => {
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 40 }), async (steps) => {
        const clock = createFixedClock(new Date('2026-11-30T04:00:00Z'));
        const { db, inTransaction } = database;
        await db.deleteFrom('payouts.transfer').execute();
        const { bank, gateway } = createBank(() => clock.now().getTime());
        const cipher = createFieldCipher('k1:0123456789abcdef0123456789abcdef');
        const { outbox } = createMessaging({ database, clock, log });
        const policies = createPolicies({ database, clock });
        const payouts = createPayouts({
          clock,
          policies,
          cipher,
          appId: 'A',
          mchId: 'M',
          sandboxUrl: 'http://sandbox.test',
          firstShop: async () => shopId,
        });
        const problemOf = (error: unknown) => (error instanceof BankError ? error.problem : undefined);
        const flow = createPayoutFlow({ database, gateway, problemOf, cipher, outbox, clock, log });
        const payoutId = newId();
        const buyerId = newId();
        const asked = {
          payoutId,
          buyerId,
          openid: 'o',
          amount: 1_234,
          reason: '九月佣金',
          scene: 'commission' as const,
        };
        const ask = () => inTransaction((tx) => payouts.request(tx, asked));
        const row = () =>
          db.selectFrom('payouts.transfer').selectAll().where('payoutId', '=', payoutId).executeTakeFirstOrThrow();
        const told = async () => {
          const names = ['payouts.payout_settled', 'payouts.payout_failed'];
          const rows = await db
            .selectFrom('platform.outbox')
            .select(['name', 'payload'])
            .where('name', 'in', names as never)
            .execute();
          return rows
            .filter(({ payload }) => (payload as { payoutId: string }).payoutId === payoutId)
            .map(({ name }) => name);
        };
        const bill = () => bank.bills.values().next().value;
        const ignoring = (act: Promise<unknown>) =>
          act.catch((error: { code?: string }) => expect(error.code).toMatch(/^payouts\./));

        const play = {
          async sweep(fault: Fault) {
            bank.fault = fault;
            await flow.sweep.run();
            bank.fault = 'none';
          },
          bank(pays: boolean) {
            const own = bill();
            if (own?.state === 'ACCEPTED') bank.set(own, 'PROCESSING');
            else if (own?.state === 'PROCESSING') bank.set(own, 'WAIT_USER_CONFIRM');
            else if (own?.state === 'TRANSFERING')
              bank.set(own, pays ? 'SUCCESS' : 'FAIL', pays ? undefined : 'TRANSFER_RISK');
            else if (own?.state === 'CANCELING') bank.set(own, 'CANCELLED');
          },
          confirm() {
            const own = bill();
            if (own?.state === 'WAIT_USER_CONFIRM') bank.set(own, 'TRANSFERING');
          },
          async notice(noticeId: string) {
            const own = bill();
            if (!own || !['SUCCESS', 'FAIL', 'CANCELLED'].includes(own.state)) return;
            const notice = { id: noticeId, eventType: 'MCHTRANSFER.BILL.FINISHED', resource: bank.tell(own) };
            expect(await flow.takeNotice(JSON.stringify(notice), () => undefined)).toBeUndefined();
          },
        };

        await ask();
        for (const each of steps) {
          switch (each.does) {
            case 'sweep':
              await play.sweep(each.fault);
              break;
            case 'bank':
              play.bank(each.pays);
              break;
            case 'confirm':
              play.confirm();
              break;
            case 'expire': {
              const own = bill();
              if (own?.state === 'WAIT_USER_CONFIRM') bank.set(own, 'FAIL', 'OVERDUE_CLOSE');
              break;
            }
            case 'notice':
              await play.notice(each.isSameId ? `N${payoutId}` : newId());
              break;
            case 'stale': {
              // A word that was on its way for a while: true once, perhaps not now.
              const word = bank.said[each.which % Math.max(bank.said.length, 1)];
              if (word) await inTransaction((tx) => flow.apply(tx, word, 'query'));
              break;
            }
            case 'refresh':
              await flow.refresh(buyerId, payoutId);
              break;
            case 'ask again':
              await ask();
              break;
            case 'cancel':
              await ignoring(inTransaction((tx) => payouts.cancel(tx, shopId, payoutId, '小周')));
              break;
            case 'retry':
              await ignoring(inTransaction((tx) => payouts.retry(tx, shopId, payoutId, '小周')));
              break;
            case 'wait':
              clock.advance(each.ms);
              bank.arrive();
              break;
          }
          const { status } = await row();
          const events = await told();
          expect(events.length).toBe(isSettled(status) ? 1 : 0);
          expect(bank.bills.size).toBeLessThanOrEqual(1);
          if (status === 'succeeded') expect(bill()?.state).toBe('SUCCESS');
          if (status === 'failed') expect(['FAIL', 'CANCELLED', undefined]).toContain(bill()?.state);
        }

        // Everything is well again: it comes to an end, and to the right one.
        for (let round = 0; round < 60 && !isSettled((await row()).status); round += 1) {
          clock.advance(2 * 3_600_000);
          bank.arrive();
          await play.sweep('none');
          await ignoring(inTransaction((tx) => payouts.retry(tx, shopId, payoutId, '小周')));
          play.bank(true);
          play.confirm();
        }
        const { status } = await row();
        kinds.add(`${status} ${bill()?.state ?? 'no bill'}`);
        expect(status).toBe(bill()?.state === 'SUCCESS' ? 'succeeded' : 'failed');
        expect(await told()).toEqual([status === 'succeeded' ? 'payouts.payout_settled' : 'payouts.payout_failed']);
        expect(bank.payments).toBe(status === 'succeeded' ? 1 : 0);
        let at: string | null = null;
        for (const { fromStatus, toStatus } of await listSteps(db, { buyerId, payoutId })) {
          expect(fromStatus).toBe(at);
          if (fromStatus) expect(payoutTransitions[fromStatus]).toContain(toStatus);
          at = toStatus;
        }
        expect(at).toBe(status);
      }),
      { numRuns: 60, examples: ends },
    );
    // The cases reach every end, else they prove little.
    expect([...kinds].sort()).toEqual(expect.arrayContaining(['failed CANCELLED', 'failed FAIL', 'succeeded SUCCESS']));
  }, 120_000);

  it('holds what names another amount, whenever it comes, and tells nobody', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('WAIT_USER_CONFIRM', 'SUCCESS', 'FAIL', 'CANCELLED'),
        fc.boolean(),
        async (state, isTwice) => {
          const clock = createFixedClock(new Date('2026-11-30T04:00:00Z'));
          const { db, inTransaction } = database;
          const { gateway, bank } = createBank(() => clock.now().getTime());
          const cipher = createFieldCipher('k1:0123456789abcdef0123456789abcdef');
          const { outbox } = createMessaging({ database, clock, log });
          const policies = createPolicies({ database, clock });
          const sandboxUrl = 'http://sandbox.test';
          const payouts = createPayouts({
            clock,
            policies,
            cipher,
            appId: 'A',
            mchId: 'M',
            sandboxUrl,
            firstShop: async () => shopId,
          });
          const flow = createPayoutFlow({ database, gateway, problemOf: () => undefined, cipher, outbox, clock, log });
          const request = {
            payoutId: newId(),
            buyerId: newId(),
            openid: 'o',
            amount: 500,
            reason: '佣金',
            scene: 'reward' as const,
          };
          await inTransaction((tx) => payouts.request(tx, request));
          await flow.sweep.run();
          const [word] = bank.said;
          if (!word) throw new Error('nothing was said');
          const odd = { ...word, state: state as TransferBill['state'], transfer_amount: 501 };
          for (let times = isTwice ? 2 : 1; times > 0; times -= 1)
            await inTransaction((tx) => flow.apply(tx, odd, 'notice'));
          await inTransaction((tx) => flow.apply(tx, { ...word, state: 'SUCCESS' }, 'query'));
          const { status } = await db
            .selectFrom('payouts.transfer')
            .select('status')
            .where('payoutId', '=', request.payoutId)
            .executeTakeFirstOrThrow();
          expect(status).toBe('held_for_review');
        },
      ),
      { numRuns: 12 },
    );
  });
});
