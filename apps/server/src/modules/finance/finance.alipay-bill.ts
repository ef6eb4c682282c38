/**
 * Alipay's 业务明细 (unverified against a real file: layout from general knowledge, so columns are found by name): a zip of GBK
 * CSV files, notes behind `#`, tabs behind each cell, what went back in negative yuan, sums in the notes at the end.
 */
import { unzipSync } from 'fflate';
import { BillError, type BillLine, type BillTotals, fenOf, millifenOf, timeOf } from './finance.bill.ts';

/** A year of an H5 shop fits; a bomb does not. */
const mostBytes = 256 * 1024 * 1024;
const firstColumn = '支付宝交易号';

function detailOf(packed: Uint8Array): string {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(packed, { filter: ({ originalSize }) => originalSize <= mostBytes });
  } catch (error) {
    throw new BillError(`not an archive: ${error instanceof Error ? error.message : ''}`);
  }
  // Names are in GBK too, and told apart less surely than what is inside.
  for (const file of Object.values(files)) {
    const text = new TextDecoder('gbk').decode(file);
    if (/^支付宝交易号,商户订单号,业务类型/m.test(text)) return text;
  }
  throw new BillError('no detail in the archive');
}

const sumOf = (text: string, kind: '交易' | '退款'): { count: number; fen: number } => {
  const found = new RegExp(`^#${kind}合计：(\\d+)笔，商家实收(?:退款)?共(-?\\d+\\.\\d{2})元`, 'm').exec(text);
  if (!found) throw new BillError('the sums are missing: the file was cut');
  return { count: Number(found[1]), fen: Math.abs(fenOf(found[2] ?? '')) };
};

export async function* readAlipayBill(packed: Uint8Array): AsyncGenerator<BillLine, BillTotals> {
  const text = detailOf(packed);
  const totals: BillTotals = { count: 0, paid: 0, refunded: 0, fee: 0 };
  const counts = { payment: 0, refund: 0 };
  let received = 0;
  let columns: Map<string, number> | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    if (line === '' || line.startsWith('#')) continue;
    const cells = line.split(',').map((cell) => cell.trim());
    if (!columns) {
      if (cells[0] !== firstColumn) throw new BillError('no header');
      columns = new Map(cells.map((name, index) => [name, index]));
      continue;
    }
    const known = columns;
    const cell = (name: string): string => {
      const value = cells[known.get(name) ?? -1];
      if (value === undefined) throw new BillError(`no column ${name}`);
      return value;
    };
    const kind = cell('业务类型');
    const amount = fenOf(cell('订单金额（元）'));
    const fee = -millifenOf(cell('服务费（元）'));
    if (kind !== '交易' && kind !== '退款') throw new BillError(`a row of kind ${kind.slice(0, 20)}`);
    const side = kind === '交易' ? 'payment' : 'refund';
    counts[side] += 1;
    if (side === 'payment') received += fenOf(cell('商家实收（元）'));
    totals.count += 1;
    totals[side === 'payment' ? 'paid' : 'refunded'] += Math.abs(amount);
    totals.fee += fee;
    yield {
      side,
      key: cell(side === 'payment' ? '商户订单号' : '退款批次号/请求号'),
      amount: side === 'payment' ? amount : 0 - amount,
      state: 'SUCCESS',
      wechatNo: cell(firstColumn),
      at: timeOf(cell('完成时间')),
    };
  }
  const [sales, returns] = [sumOf(text, '交易'), sumOf(text, '退款')];
  for (const [name, wanted, found] of [
    ['交易笔数', sales.count, counts.payment],
    ['商家实收', sales.fen, received],
    ['退款笔数', returns.count, counts.refund],
  ] as const)
    if (wanted !== found) throw new BillError(`${name} says ${wanted}, the rows make ${found}`);
  return totals;
}
