import { strToU8, zipSync } from 'fflate';
import { startOfBeijingDay, toBeijingDate, toBeijingText } from '../platform/clock.ts';
import type { OtherKeyring } from '../platform/other-credentials.ts';
import { randomHex } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { type Alipay, AlipayRefusal, type AlipayReturn, type AlipayTrade, yuanText } from './alipay.ts';
import { toGbk } from './gbk.ts';

const DAY_MS = 86_400_000;
/** A day's bill is there from nine the next morning. */
const READY_AFTER_MS = 9 * 3_600_000;
const LINK_MS = 30_000;
const FEE_RATE = 0.006;

const HEADER =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';

export type AlipayBills = ReturnType<typeof createAlipayBills>;

/** The day's 业务明细: GBK text, every cell with a tab behind it, notes behind `#`, packed beside its summary. */
export function createAlipayBills(world: World, alipay: Alipay, keyring: () => OtherKeyring) {
  const { clock, switches, publicUrl } = world;
  const now = () => clock.now().getTime();
  const files = new Map<string, { content: Buffer; expiresAt: number }>();

  interface Row {
    trade: AlipayTrade;
    at: number;
    /** Negative when it goes back. */
    amount: number;
    requestNo: string;
  }

  function rowsOf(from: number, until: number): Row[] {
    const paid = alipay
      .paidBetween(from, until)
      .map((trade): Row => ({ trade, at: trade.paidAt ?? 0, amount: trade.paid ?? trade.total, requestNo: '' }));
    const returned = alipay.returnedBetween(from, until).map(
      (row: AlipayReturn): Row => ({
        trade: alipay.find(row.outTradeNo) as AlipayTrade,
        at: row.madeAt,
        amount: -row.amount,
        requestNo: row.outRequestNo,
      }),
    );
    return [...paid, ...returned].sort((left, right) => left.at - right.at);
  }

  /** What a switch makes of the day; what happened stays as it was. */
  function falsify(fault: string, rows: Row[]): Row[] {
    const change = (sign: number, by: (row: Row) => Row[]) => {
      const at = rows.findIndex(({ amount }) => Math.sign(amount) === sign);
      return at < 0 ? rows : [...rows.slice(0, at), ...by(rows[at] as Row), ...rows.slice(at + 1)];
    };
    switch (fault) {
      case 'missing-line':
        return change(1, () => []);
      case 'extra-line':
        return change(1, (row) => [
          row,
          { ...row, trade: { ...row.trade, outTradeNo: `X${row.trade.outTradeNo.slice(1)}` } },
        ]);
      case 'other-amount':
        return change(1, (row) => [{ ...row, amount: row.amount + 1 }]);
      case 'other-refund':
        return change(-1, (row) => [{ ...row, amount: row.amount - 1 }]);
      default:
        return rows;
    }
  }

  const cell = (text: string): string => `${text.replaceAll(/[,\r\n\t]/g, ' ')}\t`;
  const feeOf = (amount: number) => (-amount * FEE_RATE) / 100;

  function line({ trade, at, amount, requestNo }: Row): string {
    const isPaid = amount > 0;
    return [
      trade.tradeNo,
      trade.outTradeNo,
      isPaid ? '交易' : '退款',
      trade.subject,
      toBeijingText(isPaid ? at : (trade.paidAt ?? at)),
      toBeijingText(at),
      ...['', '', '', '', '沙**(137****0000)'],
      yuanText(amount),
      yuanText(amount),
      ...['0.00', '0.00', '0.00', '0.00', '0.00', '', '0.00', '0.00'],
      requestNo,
      feeOf(amount).toFixed(2),
      '0.00',
      '',
    ]
      .map(cell)
      .join(',');
  }

  function textOf(date: string, rows: Row[]): string {
    const [sales, returns] = [rows.filter(({ amount }) => amount > 0), rows.filter(({ amount }) => amount < 0)];
    const sum = (of: Row[]) => yuanText(of.reduce((total, { amount }) => total + amount, 0));
    const next = toBeijingDate(startOfBeijingDay(date) + DAY_MS);
    return [
      '#支付宝业务明细查询',
      `#账号：[${keyring().credentials.alipay.sellerId}0156]`,
      `#起始日期：[${date} 00:00:00]   终止日期：[${next} 00:00:00]`,
      '#-----------------------------------------业务明细列表----------------------------------------',
      HEADER,
      ...rows.map(line),
      '#-----------------------------------------业务明细列表结束------------------------------------',
      `#交易合计：${sales.length}笔，商家实收共${sum(sales)}元，商家优惠共0.00元`,
      `#退款合计：${returns.length}笔，商家实收退款共${sum(returns)}元，商家优惠退款共0.00元`,
      `#导出时间：[${toBeijingText(clock.now())}]`,
      '',
    ].join('\r\n');
  }

  return {
    /** alipay.data.dataservice.bill.downloadurl.query */
    apply({ bill_type: type, bill_date: date }: Record<string, unknown>): { bill_download_url: string } {
      if (type !== 'trade') throw new AlipayRefusal('isv.invalid-bill-type', '账单类型不正确');
      if (typeof date !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(startOfBeijingDay(date)))
        throw new AlipayRefusal('isv.invalid-bill-date', '账单时间不正确');
      const from = startOfBeijingDay(date);
      if (now() < from + DAY_MS + READY_AFTER_MS) throw new AlipayRefusal('isp.bill_not_exist', '账单不存在');
      const rows = rowsOf(from, from + DAY_MS);
      if (rows.length === 0) throw new AlipayRefusal('isp.bill_not_exist', '账单不存在');
      const fault = switches.takeFault('alipay.billFault');
      const whole = textOf(date, falsify(fault, rows));
      const text = fault === 'cut' ? whole.slice(0, whole.indexOf('#交易合计')) : whole;
      const name = `${keyring().credentials.alipay.sellerId}_${date.replaceAll('-', '')}`;
      const content = zipSync({
        [`${name}_detail.csv`]: toGbk(text),
        [`${name}_summary.csv`]: strToU8('#summary\r\n'),
      });
      const token = randomHex(24);
      files.set(token, { content: Buffer.from(content), expiresAt: now() + LINK_MS });
      return { bill_download_url: `${publicUrl}/alipay/bill?downloadFileName=${name}.csv.zip&token=${token}` };
    },
    take(token: string): Buffer | undefined {
      const file = files.get(token);
      if (file && file.expiresAt >= now()) return file.content;
      files.delete(token);
      return undefined;
    },
  };
}
