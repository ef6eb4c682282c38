/**
 * WeChat Pay's bills as they come: CSV whose fields begin with a back-tick, amounts in yuan, a summary header and one
 * summary row at the end. Columns are found by name; BOM, CRLF and LF are all read. One line is in memory at a time.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { BillSide } from '@xiaopu/contracts/console';

/** WeChat Pay's two. */
type WechatBill = 'trade' | 'fund_flow';

export interface BillLine {
  side: BillSide;
  key: string;
  amount: number;
  state: string;
  wechatNo: string;
  at: Date;
}
export interface BillTotals {
  count: number;
  paid: number;
  refunded: number;
  /** 1/1000 fen; 0 in a fund flow. */
  fee: number;
}

/** The file is not what WeChat promised: nothing of it may be believed. */
export class BillError extends Error {
  override name = 'BillError';
}

/** Exact: "128.00" → 12800. */
export function fenOf(yuan: string): number {
  const match = /^(-?)(\d{1,12})\.(\d{2})$/.exec(yuan);
  if (!match) throw new BillError(`not an amount in yuan: ${yuan.slice(0, 40)}`);
  const fen = Number(match[2]) * 100 + Number(match[3]);
  return match[1] ? 0 - fen : fen;
}

/** "0.76800" yuan → 76800 thousandths of a fen. */
export function millifenOf(yuan: string): number {
  const match = /^(-?)(\d{1,10})\.(\d{2,5})$/.exec(yuan);
  if (!match) throw new BillError(`not a fee in yuan: ${yuan.slice(0, 40)}`);
  const millifen = Number(match[2]) * 100_000 + Number((match[3] ?? '').padEnd(5, '0'));
  return match[1] ? 0 - millifen : millifen;
}

export const timeOf = (text: string): Date => {
  const at = new Date(`${text.replace(' ', 'T')}+08:00`);
  if (Number.isNaN(at.getTime())) throw new BillError(`not a time: ${text.slice(0, 40)}`);
  return at;
};

/** Unpacks, and compares with the ticket's hash once all is read: WeChat's sample hashes the plain text, so either counts. */
export async function* unpack(
  packed: AsyncIterable<Uint8Array>,
  { isGzip, sha1 }: { isGzip: boolean; sha1: string },
): AsyncGenerator<Uint8Array> {
  const [ofFile, ofText] = [createHash('sha1'), createHash('sha1')];
  async function* watched() {
    for await (const chunk of packed) {
      ofFile.update(chunk);
      yield chunk;
    }
  }
  const gunzip = isGzip ? createGunzip() : undefined;
  const plain = gunzip ? pipeThrough(watched(), gunzip) : watched();
  for await (const chunk of plain) {
    ofText.update(chunk);
    yield chunk;
  }
  const wanted = sha1.toLowerCase();
  if (ofText.digest('hex') !== wanted && ofFile.digest('hex') !== wanted) throw new BillError('the hash differs');
}

async function* pipeThrough(source: AsyncIterable<Uint8Array>, gunzip: ReturnType<typeof createGunzip>) {
  // A broken archive must end the reading below, not the process.
  const pumping = pipeline(Readable.from(source), gunzip).catch(() => {});
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new BillError(`not an archive: ${error instanceof Error ? error.message : ''}`);
  }
  await pumping;
}

const longestLine = 64 * 1024;

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > longestLine) throw new BillError('a line without an end');
    for (const part of parts) yield part.endsWith('\r') ? part.slice(0, -1) : part;
  }
  if (rest !== '') yield rest;
}

const cellsOf = (line: string): string[] => line.slice(1).split(',`');

type ReadCell = (name: string) => string;

/** @returns undefined for a line that is neither a payment nor a refund of ours (fees, withdrawals, transfers) */
type ReadLine = (cell: ReadCell) => (BillLine & { fee: number }) | undefined;

const readers: Record<WechatBill, ReadLine> = {
  trade(cell) {
    const state = cell('交易状态');
    const at = timeOf(cell('交易时间'));
    const fee = millifenOf(cell('手续费'));
    if (state !== 'REFUND') {
      return {
        side: 'payment',
        key: cell('商户订单号'),
        amount: fenOf(cell('订单金额')),
        state,
        wechatNo: cell('微信订单号'),
        at,
        fee,
      };
    }
    return {
      side: 'refund',
      key: cell('商户退款单号'),
      amount: fenOf(cell('申请退款金额')),
      state: cell('退款状态'),
      wechatNo: cell('微信退款单号'),
      at,
      fee,
    };
  },
  fund_flow(cell) {
    const business = cell('业务类型');
    const side = business === '交易' ? 'payment' : business === '退款' ? 'refund' : undefined;
    if (side === undefined) return undefined;
    return {
      side,
      key: cell('业务凭证号'),
      amount: fenOf(cell('收支金额(元)')),
      state: 'SUCCESS',
      wechatNo: cell('微信支付业务单号'),
      at: timeOf(cell('记账时间')),
      fee: 0,
    };
  },
};

/** Yields every line; returns the sums after they agreed with the bill's own summary row. */
export async function* readBill(
  kind: WechatBill,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<BillLine, BillTotals> {
  const totals: BillTotals = { count: 0, paid: 0, refunded: 0, fee: 0 };
  const all = { rows: 0, incomes: 0, income: 0, expenses: 0, expense: 0 };
  let header: Map<string, number> | undefined;
  let summaryHeader: string[] | undefined;
  let summary: Map<string, string> | undefined;
  for await (const raw of linesOf(chunks)) {
    const line = raw.charCodeAt(0) === 0xfeff ? raw.slice(1) : raw;
    if (line === '') continue;
    if (!line.startsWith('`')) {
      const names = line.split(',');
      if (!header) header = new Map(names.map((name, index) => [name, index]));
      else summaryHeader = names;
      continue;
    }
    const cells = cellsOf(line);
    if (summaryHeader) {
      summary = new Map(summaryHeader.map((name, index) => [name, cells[index] ?? '']));
      continue;
    }
    if (!header || cells.length !== header.size) throw new BillError(`row ${all.rows + 1} does not fit the header`);
    const columns = header;
    const cell: ReadCell = (name) => {
      const value = cells[columns.get(name) ?? -1];
      if (value === undefined) throw new BillError(`no column ${name}`);
      return value;
    };
    all.rows += 1;
    if (kind === 'fund_flow') {
      const amount = fenOf(cell('收支金额(元)'));
      const isIncome = cell('收支类型') === '收入';
      all[isIncome ? 'incomes' : 'expenses'] += 1;
      all[isIncome ? 'income' : 'expense'] += amount;
    }
    const read = readers[kind](cell);
    if (!read) continue;
    const { fee, ...billLine } = read;
    totals.count += 1;
    totals[read.side === 'payment' ? 'paid' : 'refunded'] += read.amount;
    totals.fee += fee;
    yield billLine;
  }
  checkSummary(kind, summary, totals, all);
  return totals;
}

function checkSummary(
  kind: WechatBill,
  summary: Map<string, string> | undefined,
  totals: BillTotals,
  all: { rows: number; incomes: number; income: number; expenses: number; expense: number },
): void {
  if (!summary) throw new BillError('the summary is missing: the file was cut');
  const said = (name: string) => summary.get(name) ?? '';
  const pairs: [string, number, number][] =
    kind === 'trade'
      ? [
          ['总交易单数', Number(said('总交易单数')), all.rows],
          ['订单总金额', fenOf(said('订单总金额')), totals.paid],
          ['申请退款总金额', fenOf(said('申请退款总金额')), totals.refunded],
        ]
      : [
          ['资金流水总笔数', Number(said('资金流水总笔数')), all.rows],
          ['收入笔数', Number(said('收入笔数')), all.incomes],
          ['收入金额', fenOf(said('收入金额')), all.income],
          ['支出笔数', Number(said('支出笔数')), all.expenses],
          ['支出金额', fenOf(said('支出金额')), all.expense],
        ];
  for (const [name, wanted, found] of pairs) {
    if (wanted !== found) throw new BillError(`${name} says ${wanted}, the rows make ${found}`);
  }
}
