import { gzipSync } from 'node:zlib';
import { startOfBeijingDay, toBeijingDate, toBeijingText } from '../platform/clock.ts';
import { randomHex, sha1 } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { PayError, parameterError } from './errors.ts';
import type { Orders } from './orders.ts';
import type { Refunds } from './refunds.ts';
import type { PayOrder, PayRefund } from './tables.ts';

const DAY_MS = 86_400_000;
const LINK_MS = 5 * 60_000;
const KEPT_DAYS = 92;
const READY_AFTER_MS = 10 * 3_600_000; // generated from 09:00 next day, promised at 10:00
const FEE_RATE = 0.006;

export interface BillTicket {
  hash_type: 'SHA1';
  hash_value: string;
  download_url: string;
}

export interface Bills {
  applyTradeBill(query: Record<string, string>): BillTicket;
  applyFundFlowBill(query: Record<string, string>): BillTicket;
  take(token: string): Buffer | undefined;
}

export const billFile = (bills: Bills, token: string): Buffer | undefined => bills.take(token);

type Cells = readonly string[];

const TRADE_HEADER =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,';
const HEADERS = {
  ALL: `${TRADE_HEADER}微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注`,
  SUCCESS: `${TRADE_HEADER}商品名称,商户数据包,手续费,费率,订单金额,费率备注`,
  REFUND: `${TRADE_HEADER}退款申请时间,退款成功时间,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注`,
} as const;
type BillType = keyof typeof HEADERS;

const TRADE_SUMMARY = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const SUCCESS_SUMMARY = '总交易单数,应结订单总金额,手续费总金额,订单总金额';
const FLOW_HEADER =
  '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号';
const FLOW_SUMMARY = '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额';

export function createBills(world: World, orders: Orders, refunds: Refunds): Bills {
  const { keyring, switches, publicUrl } = world;
  const now = () => world.clock.now().getTime();
  const files = new Map<string, { content: Buffer; expiresAt: number }>();

  /** The day's bounds, once the bill may exist. */
  function checkDate(date: string | undefined): { from: number; until: number } {
    if (!date || !/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(startOfBeijingDay(date))) {
      throw parameterError('bill_date格式不正确，应为yyyy-MM-dd');
    }
    const from = startOfBeijingDay(date);
    const until = from + DAY_MS;
    if (now() - from > KEPT_DAYS * DAY_MS) throw parameterError('仅支持三个月内的账单下载申请');
    if (switches.isOn('pay.billReady')) return { from, until };
    if (date >= toBeijingDate(now())) throw parameterError('bill_date不正确，不能下载当日及以后的账单');
    if (now() < until + READY_AFTER_MS) throw new PayError(400, 'STATEMENT_CREATING', '账单生成中，请在次日10点后获取');
    return { from, until };
  }

  function issue(text: string, tarType: string | undefined, fault = 'none'): BillTicket {
    if (tarType !== undefined && tarType !== 'GZIP') throw parameterError('tar_type取值不正确');
    const token = randomHex(24);
    const whole = dressText(text, switches.text('pay.billText'));
    const plain = Buffer.from(fault === 'cut' ? whole.slice(0, whole.lastIndexOf('总交易单数')) : whole);
    const content = tarType ? gzipSync(plain) : plain;
    files.set(token, { content, expiresAt: now() + LINK_MS });
    return {
      hash_type: 'SHA1',
      hash_value:
        fault === 'wrong-hash'
          ? sha1('another file')
          : sha1(switches.text('pay.billHashOf') === 'file' ? content : plain),
      download_url: `${publicUrl}/wechat-pay/v3/billdownload/file?token=${token}`,
    };
  }

  return {
    applyTradeBill({ bill_date: date, bill_type: type = 'ALL', tar_type: tarType }) {
      if (!(type in HEADERS)) throw parameterError('bill_type取值不正确');
      const { from, until } = checkDate(date);
      const paid = type === 'REFUND' ? [] : orders.paidBetween(from, until);
      const returned = type === 'SUCCESS' ? [] : refunds.createdBetween(from, until);
      if (paid.length + returned.length === 0) throw new PayError(400, 'NO_STATEMENT_EXIST', '请求的账单不存在');
      const fault = switches.takeFault('pay.billFault');
      return issue(tradeBill(type as BillType, ...falsify(fault, paid, returned)), tarType, fault);
    },
    applyFundFlowBill({ bill_date: date, account_type: account = 'BASIC', tar_type: tarType }) {
      if (!['BASIC', 'OPERATION', 'FEES'].includes(account)) throw parameterError('account_type取值不正确');
      const { from, until } = checkDate(date);
      // What sub-merchants take and give back goes over accounts of their own.
      const isOwn = ({ outTradeNo }: { outTradeNo: string }) => orders.subMerchantOf(outTradeNo) === undefined;
      const paid = orders.paidBetween(from, until).filter(isOwn);
      // The flow follows the money: a refund stands on the day it succeeded.
      const returned = refunds.succeededBetween(from, until).filter(isOwn);
      if (account !== 'BASIC' || paid.length + returned.length === 0) {
        throw new PayError(400, 'NO_STATEMENT_EXIST', '请求的账单不存在');
      }
      return issue(fundFlowBill(paid, returned), tarType);
    },
    take(token) {
      const file = files.get(token);
      if (!file || file.expiresAt < now()) {
        files.delete(token);
        return undefined;
      }
      return file.content;
    },
  };

  function tradeBill(type: BillType, paid: BilledOrder[], returned: PayRefund[]): string {
    const rows = [
      ...paid.map((order) => ({ at: order.paidAt as number, cells: paidRow(type, order) })),
      ...returned.map((refund) => ({ at: refund.createdAt, cells: refundRow(type, refund) })),
    ].sort((left, right) => left.at - right.at);
    const sales = sum(paid.map((order) => order.paidTotal ?? order.total));
    const applied = sum(returned.map(({ refund }) => refund));
    const fees =
      sum(paid.map((order) => feeOf(order.paidTotal ?? order.total))) -
      sum(returned.map(({ refund }) => feeOf(refund)));
    const summary =
      type === 'SUCCESS'
        ? [String(rows.length), yuan(sales), fee(fees), yuan(sales)]
        : [String(rows.length), yuan(sales), yuan(applied), yuan(0), fee(fees), yuan(sales), yuan(applied)];
    return csv(
      HEADERS[type],
      rows.map(({ cells }) => cells),
      type === 'SUCCESS' ? SUCCESS_SUMMARY : TRADE_SUMMARY,
      summary,
    );
  }

  function head(order: PayOrder, at: number, state: string, settled: number): Cells {
    return [
      toBeijingText(at),
      order.appid,
      keyring.credentials.mchid,
      orders.subMerchantOf(order.outTradeNo) ?? '0',
      order.deviceId,
      order.transactionId ?? '',
      order.outTradeNo,
      order.openid,
      order.tradeType,
      state,
      order.bankType,
      'CNY',
      yuan(settled),
      '0.00',
    ];
  }

  function paidRow(type: BillType, order: BilledOrder): Cells {
    const total = order.paidTotal ?? order.total;
    const tail = [escapeText(order.description), escapeText(order.attach), fee(feeOf(total)), rate()];
    const start = head(order, order.paidAt as number, order.isRevoked ? 'REVOKED' : 'SUCCESS', total);
    if (type === 'SUCCESS') return [...start, ...tail, yuan(total), ''];
    return [...start, '0', '0', '0.00', '0.00', '', '', ...tail, yuan(total), '0.00', ''];
  }

  function refundRow(type: BillType, refund: PayRefund): Cells {
    const order = orders.find(refund.outTradeNo) as PayOrder;
    const times = [toBeijingText(refund.createdAt), refund.successAt === null ? '' : toBeijingText(refund.successAt)];
    return [
      ...head(order, type === 'REFUND' ? (order.paidAt as number) : refund.createdAt, 'REFUND', 0),
      ...(type === 'REFUND' ? times : []),
      refund.refundId,
      refund.outRefundNo,
      yuan(refund.refund),
      '0.00',
      'ORIGINAL',
      { SUCCESS: 'SUCCESS', PROCESSING: 'PROCESSING', ABNORMAL: 'CHANGE', CLOSED: 'FAIL' }[refund.status],
      escapeText(order.description),
      escapeText(order.attach),
      fee(-feeOf(refund.refund)),
      rate(),
      yuan(0),
      yuan(refund.refund),
      '',
    ];
  }

  function fundFlowBill(paid: PayOrder[], returned: PayRefund[]): string {
    const { mchid } = keyring.credentials;
    const moves = [
      ...paid.map((order) => ({
        at: order.paidAt as number,
        id: order.transactionId ?? '',
        name: '交易',
        amount: order.paidTotal ?? order.total,
        voucher: order.outTradeNo,
        remark: '结算总金额',
      })),
      ...returned.map((refund) => ({
        at: refund.successAt as number,
        id: refund.refundId,
        name: '退款',
        amount: -refund.refund,
        voucher: refund.outRefundNo,
        remark: '退款总金额',
      })),
    ].sort((left, right) => left.at - right.at);
    let balance = 0;
    const rows = moves.map(({ at, id, name, amount, voucher, remark }, index): Cells => {
      balance += amount;
      const flowId = `${toBeijingDate(at).replaceAll('-', '')}${String(index + 1).padStart(10, '0')}`;
      const direction = amount > 0 ? '收入' : '支出';
      return [
        toBeijingText(at),
        id,
        flowId,
        name,
        name,
        direction,
        yuan(Math.abs(amount)),
        yuan(balance),
        `${mchid}API`,
        remark,
        voucher,
      ];
    });
    const incomes = moves.filter(({ amount }) => amount > 0);
    const expenses = moves.filter(({ amount }) => amount < 0);
    return csv(FLOW_HEADER, rows, FLOW_SUMMARY, [
      String(rows.length),
      String(incomes.length),
      yuan(sum(incomes.map(({ amount }) => amount))),
      String(expenses.length),
      yuan(-sum(expenses.map(({ amount }) => amount))),
    ]);
  }
}

type BilledOrder = PayOrder & { isRevoked?: boolean };

/** What a switch makes of the day's lines; our own records stay as they are. */
function falsify(fault: string, paid: PayOrder[], returned: PayRefund[]): [BilledOrder[], PayRefund[]] {
  const [first, ...others] = paid;
  const [refund, ...otherRefunds] = returned;
  if (fault === 'other-refund' && refund) return [paid, [{ ...refund, refund: refund.refund + 1 }, ...otherRefunds]];
  if (!first) return [paid, returned];
  const changed: Record<string, BilledOrder[]> = {
    'missing-line': others,
    'extra-line': [
      ...paid,
      { ...first, outTradeNo: `X${first.outTradeNo.slice(1)}`, transactionId: `9${first.transactionId?.slice(1)}` },
    ],
    'double-line': [first, ...paid],
    'other-amount': [{ ...first, paidTotal: (first.paidTotal ?? first.total) + 1 }, ...others],
    'other-state': [{ ...first, isRevoked: true }, ...others],
  };
  return [changed[fault] ?? paid, returned];
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
const yuan = (fen: number): string => (fen / 100).toFixed(2);
const feeOf = (total: number): number => total * FEE_RATE;
const fee = (fen: number): string => (fen / 100).toFixed(5);
const rate = (): string => `${(FEE_RATE * 100).toFixed(2)}%`;

/** Commas and line breaks in the merchant's own words would move columns; WeChat escapes them so. */
const escapeText = (text: string): string => text.replaceAll(',', '\\ ').replaceAll('\n', '\\n');

const csv = (header: string, rows: readonly Cells[], summaryHeader: string, summary: Cells): string =>
  [header, ...rows.map(line), summaryHeader, line(summary)].map((text) => `${text}\r\n`).join('');

const dressText = (text: string, form: string): string => {
  if (form === 'lf') return text.replaceAll('\r\n', '\n');
  return form === 'bom-crlf' ? `\ufeff${text}` : text;
};

const line = (cells: Cells): string => cells.map((cell) => `\`${cell}`).join(',');
