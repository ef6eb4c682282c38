/** All SQL of reconciliation's working copies and its result. Lines go in by thousands, as arrays. */
import type { BillKind, BillSide } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { BillLine, BillTotals } from './finance.bill.ts';
import type { BillPresence } from './finance.tables.ts';

export interface OurLine {
  key: string;
  buyerId: string;
  paymentId: string;
  amount: number;
  state: string;
  at: Date;
}

export async function copyBillLines(
  tx: Tx,
  { runId, bill, firstNo }: { runId: string; bill: BillKind; firstNo: number },
  lines: readonly BillLine[],
): Promise<void> {
  await sql`
    insert into finance.bill_line (run_id, bill, line_no, side, trade_key, amount, state, wechat_no, booked_at)
    select ${runId}::uuid, ${bill}, ${firstNo}::int + position, side, trade_key, amount, state, wechat_no, booked_at
    from unnest(${lines.map(({ side }) => side)}::text[], ${lines.map(({ key }) => key)}::text[],
      ${lines.map(({ amount }) => amount)}::bigint[], ${lines.map(({ state }) => state)}::text[],
      ${lines.map(({ wechatNo }) => wechatNo)}::text[], ${lines.map(({ at }) => at)}::timestamptz[])
      with ordinality as line (side, trade_key, amount, state, wechat_no, booked_at, position)`.execute(tx);
}

export async function copyLedgerLines(
  tx: Tx,
  about: { runId: string; bill: BillKind; side: BillSide; isOtherDay: boolean },
  lines: readonly OurLine[],
): Promise<void> {
  if (lines.length === 0) return;
  await sql`
    insert into finance.ledger_line
      (run_id, bill, side, trade_key, amount, state, buyer_id, payment_id, booked_at, is_other_day)
    select ${about.runId}::uuid, ${about.bill}, ${about.side}, trade_key, amount, state, buyer_id, payment_id, booked_at,
      ${about.isOtherDay}::boolean
    from unnest(${lines.map(({ key }) => key)}::text[], ${lines.map(({ amount }) => amount)}::bigint[],
      ${lines.map(({ state }) => state)}::text[], ${lines.map(({ buyerId }) => buyerId)}::uuid[],
      ${lines.map(({ paymentId }) => paymentId)}::uuid[], ${lines.map(({ at }) => at)}::timestamptz[])
      as line (trade_key, amount, state, buyer_id, payment_id, booked_at)
    on conflict do nothing`.execute(tx);
}

/** Numbers of the bill that our day does not have, in order, after `after`. */
export async function unmatchedKeys(
  db: Executor,
  { runId, bill, side }: { runId: string; bill: BillKind; side: BillSide },
  after: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select distinct b.trade_key as key from finance.bill_line b
    where b.run_id = ${runId} and b.bill = ${bill} and b.side = ${side} and b.trade_key > ${after}
      and not exists (select 1 from finance.ledger_line l
        where l.run_id = b.run_id and l.bill = b.bill and l.side = b.side and l.trade_key = b.trade_key)
    order by 1 limit ${limit}`.execute(db);
  return rows.map(({ key }) => key);
}

export async function dropCopies(db: Executor, runId: string): Promise<void> {
  await sql`delete from finance.bill_line where run_id = ${runId}`.execute(db);
  await sql`delete from finance.ledger_line where run_id = ${runId}`.execute(db);
}

/** The planner knows nothing of lines that came a moment ago. */
export async function analyseCopies(tx: Tx): Promise<void> {
  await sql`analyze finance.bill_line, finance.ledger_line`.execute(tx);
}

/** A state WeChat may write beside one of ours; anything else is a difference. */
const fits = sql`case
  when side = 'payment' then (their_state = 'SUCCESS') = (our_state = 'paid')
  when their_state = 'SUCCESS' then our_state = 'succeeded'
  when their_state = 'PROCESSING' then true
  else our_state = 'failed' end`;

/**
 * Both books side by side. A bill's number that stands twice counts with its sum, so that a double line shows as another
 * amount. Lines of the other day are only there to be compared, never to be missed.
 */
const compared = (runId: string) => sql`
  theirs as (
    select bill, side, trade_key, sum(amount)::bigint as amount, min(state) as state, min(wechat_no) as wechat_no,
      min(booked_at) as booked_at
    from finance.bill_line where run_id = ${runId} group by bill, side, trade_key),
  sides as (
    select bill, side, trade_key, t.amount as theirs, t.state as their_state, t.wechat_no, o.amount as ours,
      o.state as our_state, o.buyer_id, o.payment_id, coalesce(t.booked_at, o.booked_at) as booked_at
    from theirs t full join (select * from finance.ledger_line where run_id = ${runId}) o using (bill, side, trade_key)),
  found as (
    select *, case
      when ours is null then 'missing_here'
      when theirs is null then 'missing_there'
      when theirs <> ours then case side when 'payment' then 'amount_differs' else 'refund_differs' end
      when not (${fits}) then case side when 'payment' then 'state_differs' else 'refund_differs' end
    end as kind
    from sides)`;

export interface RecordedRun {
  runId: string;
  day: string;
  now: Date;
  by: string;
  currency: string;
  /** Those that were compared: differences of others are not looked at. */
  bills: readonly BillKind[];
}

/** @returns how many are new, gone, and back again */
export async function recordDifferences(
  tx: Tx,
  { runId, day, now, by, currency, bills }: RecordedRun,
): Promise<{ found: number; cleared: number; reopened: number }> {
  const added = await sql<{ differenceId: string }>`
    with ${compared(runId)}
    insert into finance.difference (bill_date, bill, side, trade_key, kind, difference_id, ours, our_state, theirs,
      their_state, wechat_no, buyer_id, payment_id, booked_at, state, found_at, currency)
    select ${day}::date, bill, side, trade_key, kind, gen_random_uuid(), ours, our_state, theirs, their_state, wechat_no,
      buyer_id, payment_id, booked_at, 'open', ${now}, ${currency}
    from found where kind is not null
    on conflict (bill_date, bill, side, trade_key, kind) do nothing
    returning difference_id`.execute(tx);
  const gone = await sql<{ differenceId: string }>`
    with ${compared(runId)}
    update finance.difference d set state = 'cleared', settled_at = ${now}, settled_by = ${by}, note = '再次对账时已一致'
    where d.bill_date = ${day}::date and d.state = 'open' and d.bill = any(${bills}::text[])
      and not exists (select 1 from found f
        where f.bill = d.bill and f.side = d.side and f.trade_key = d.trade_key and f.kind = d.kind)
    returning difference_id`.execute(tx);
  const back = await sql<{ differenceId: string }>`
    with ${compared(runId)}
    update finance.difference d set state = 'open', settled_at = null, settled_by = null, note = null
    from found f
    where d.bill_date = ${day}::date and d.state = 'cleared'
      and f.bill = d.bill and f.side = d.side and f.trade_key = d.trade_key and f.kind = d.kind
    returning d.difference_id`.execute(tx);
  // A refund asked for at 23:59 stands in the next day's bill: what was missed there has come.
  const carried = await sql<{ differenceId: string }>`
    update finance.difference d
    set state = 'cleared', settled_at = ${now}, settled_by = ${by}, note = '出现在 ' || ${day}::text || ' 的账单中'
    from finance.ledger_line l
    where l.run_id = ${runId} and l.is_other_day and d.bill = l.bill and d.side = l.side and d.trade_key = l.trade_key
      and d.kind = 'missing_there' and d.state = 'open' and d.bill_date <> ${day}::date
    returning d.difference_id`.execute(tx);
  const notes = [
    ['found', '', added.rows],
    ['cleared', '再次对账时已一致', gone.rows],
    ['reopened', '再次对账时又不一致', back.rows],
    ['cleared', `出现在 ${day} 的账单中`, carried.rows],
  ] as const;
  for (const [action, note, rows] of notes) {
    await noteDifferences(tx, { action, note, by, now }, rows);
  }
  return { found: added.rows.length, cleared: gone.rows.length + carried.rows.length, reopened: back.rows.length };
}

async function noteDifferences(
  tx: Tx,
  { action, note, by, now }: { action: string; note: string; by: string; now: Date },
  rows: readonly { differenceId: string }[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += 5_000) {
    const ids = rows.slice(from, from + 5_000).map(({ differenceId }) => differenceId);
    await sql`
      insert into finance.difference_event (difference_id, action, by_name, note, at)
      select id, ${action}, ${by}, ${note}, ${now} from unnest(${ids}::uuid[]) as id`.execute(tx);
  }
}

export interface OpenDifference {
  differenceId: string;
  bill: BillKind;
  side: BillSide;
  tradeKey: string;
  theirs: number;
  theirState: string;
}
/** Open ones that a change of our own books may have ended, oldest first. */
export async function listRecheckable(
  db: Executor,
  bills: readonly BillKind[],
  limit: number,
): Promise<OpenDifference[]> {
  const { rows } = await sql<OpenDifference>`
    select difference_id, bill, side, trade_key, theirs, their_state from finance.difference
    where state = 'open' and theirs is not null and bill = any(${bills}::text[])
    order by bill_date, difference_id limit ${limit}`.execute(db);
  return rows;
}

/** Ended because our books say the same as the bill by now. The day's own state follows. */
export async function clearAgreed(
  tx: Tx,
  differenceIds: readonly string[],
  { note, by, now }: { note: string; by: string; now: Date },
): Promise<void> {
  const { rows } = await sql<{ differenceId: string; day: string }>`
    update finance.difference set state = 'cleared', settled_at = ${now}, settled_by = ${by}, note = ${note}
    where difference_id = any(${differenceIds}::uuid[]) and state = 'open'
    returning difference_id, bill_date::text as day`.execute(tx);
  await noteDifferences(tx, { action: 'cleared', note, by, now }, rows);
  for (const day of new Set(rows.map((row) => row.day))) await balanceDay(tx, day);
}

/** A day that was compared is balanced once nothing of it is open. */
export async function balanceDay(tx: Tx, day: string): Promise<void> {
  await sql`
    update finance.bill_day d set state = case when exists (select 1 from finance.difference f
      where f.bill_date = d.bill_date and f.state = 'open') then 'differs' else 'balanced' end
    where d.bill_date = ${day}::date and d.state in ('differs', 'balanced')`.execute(tx);
}

export interface OurTotals {
  count: number;
  paid: number;
  refunded: number;
}
export async function ourTotals(db: Executor, runId: string, bill: BillKind): Promise<OurTotals> {
  const { rows } = await sql<OurTotals>`
    select count(*) as count, coalesce(sum(amount) filter (where side = 'payment'), 0)::bigint as paid,
      coalesce(sum(amount) filter (where side = 'refund'), 0)::bigint as refunded
    from finance.ledger_line where run_id = ${runId} and bill = ${bill} and not is_other_day`.execute(db);
  return rows[0] as OurTotals;
}

export interface ChannelDay {
  bill: 'alipay' | 'paypal';
  currency: string;
  presence: Exclude<BillPresence, 'unknown'>;
  ours: OurTotals;
  theirs: BillTotals;
}
export async function writeChannelDay(
  tx: Tx,
  day: string,
  now: Date,
  { bill, currency, presence, ours, theirs }: ChannelDay,
) {
  await sql`
    insert into finance.channel_day (bill_date, bill, currency, presence, our_count, our_paid, our_refunded, their_count,
      their_paid, their_refunded, fee, read_at)
    values (${day}::date, ${bill}, ${currency}, ${presence}, ${ours.count}, ${ours.paid}, ${ours.refunded},
      ${theirs.count}, ${theirs.paid}, ${theirs.refunded}, ${theirs.fee}, ${now})
    on conflict (bill_date, bill) do update set currency = excluded.currency, presence = excluded.presence,
      our_count = excluded.our_count, our_paid = excluded.our_paid, our_refunded = excluded.our_refunded,
      their_count = excluded.their_count, their_paid = excluded.their_paid, their_refunded = excluded.their_refunded,
      fee = excluded.fee, read_at = excluded.read_at`.execute(tx);
}
