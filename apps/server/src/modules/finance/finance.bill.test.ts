import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BillError, type BillLine, fenOf, millifenOf, readBill, unpack } from './finance.bill.ts';

const tradeHeader =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const summaryHeader = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const paid =
  '`2026-06-18 23:59:59,`wxfd,`1800,`0,`,`4200001,`M1,`oZWa,`JSAPI,`SUCCESS,`OTHERS,`CNY,`128.00,`0.00,`0,`0,`0.00,`0.00,`,`,`茶\\ 具\\n一套,`,`0.76800,`0.60%,`128.00,`0.00,`';
const refunded =
  '`2026-06-18 12:00:00,`wxfd,`1800,`0,`,`4200001,`M1,`oZWa,`JSAPI,`REFUND,`OTHERS,`CNY,`0.00,`0.00,`5000001,`R1,`28.00,`0.00,`ORIGINAL,`PROCESSING,`茶具,`,`-0.16800,`0.60%,`0.00,`28.00,`';
const summary = '`2,`128.00,`28.00,`0.00,`0.60000,`128.00,`28.00';
const bill = (rows = [paid, refunded], last = summary) => [tradeHeader, ...rows, summaryHeader, last];

const sha1 = (content: string | Uint8Array) => createHash('sha1').update(content).digest('hex');

/** The text in chunks of `size` bytes, so that lines and characters are torn apart. */
async function* chunksOf(content: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < content.length; from += size) yield content.subarray(from, from + size);
}

async function readAll(text: string, kind: 'trade' | 'fund_flow' = 'trade') {
  const lines: BillLine[] = [];
  const reading = readBill(kind, chunksOf(Buffer.from(text)));
  for (;;) {
    const next = await reading.next();
    if (next.done) return { lines, totals: next.value };
    lines.push(next.value);
  }
}

describe('a trade bill', () => {
  it.each([
    ['CRLF', (lines: string[]) => `${lines.join('\r\n')}\r\n`],
    ['LF', (lines: string[]) => `${lines.join('\n')}\n`],
    ['no last line end', (lines: string[]) => lines.join('\n')],
    ['BOM', (lines: string[]) => `\ufeff${lines.join('\r\n')}\r\n`],
  ])('C04-INT-05 is read with %s, torn anywhere', async (_name, join) => {
    const { lines, totals } = await readAll(join(bill()));
    expect(lines).toEqual([
      {
        side: 'payment',
        key: 'M1',
        amount: 12_800,
        state: 'SUCCESS',
        wechatNo: '4200001',
        at: new Date('2026-06-18T15:59:59Z'),
      },
      {
        side: 'refund',
        key: 'R1',
        amount: 2_800,
        state: 'PROCESSING',
        wechatNo: '5000001',
        at: new Date('2026-06-18T04:00:00Z'),
      },
    ]);
    expect(totals).toEqual({ count: 2, paid: 12_800, refunded: 2_800, fee: 60_000 });
  });

  it.each([
    ['without its summary', [tradeHeader, paid], 'the summary is missing'],
    ['whose summary counts another number', bill([paid]), '总交易单数 says 2, the rows make 1'],
    [
      'whose summary sums another amount',
      bill(undefined, summary.replace('`28.00', '`28.01').replace(/28\.00$/, '28.01')),
      '申请退款总金额',
    ],
    ['with a cell too few', bill([paid.slice(0, -2), refunded]), 'row 1 does not fit'],
    ['with an amount that is none', bill([paid.replaceAll('`128.00', '`1e2'), refunded]), 'not an amount'],
  ])('%s is refused', async (_name, lines, message) => {
    await expect(readAll(lines.join('\n'))).rejects.toThrow(message);
  });
});

it('reads a fund flow: payments and refunds as lines, everything else only counted', async () => {
  const header =
    '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号';
  const rows = [
    '`2026-06-18 12:00:00,`42001,`F1,`交易,`交易,`收入,`128.00,`128.00,`1800API,`结算总金额,`M1',
    '`2026-06-18 12:00:01,`42001,`F2,`交易手续费,`扣除交易手续费,`支出,`0.77,`127.23,`system,`,`M1',
    '`2026-06-18 13:00:00,`50001,`F3,`退款,`退款,`支出,`28.00,`99.23,`1800API,`退款总金额,`R1',
  ];
  const text = [header, ...rows, '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额', '`3,`1,`128.00,`2,`28.77'].join(
    '\n',
  );
  const { lines, totals } = await readAll(text, 'fund_flow');
  expect(lines.map(({ side, key, amount, state }) => [side, key, amount, state])).toEqual([
    ['payment', 'M1', 12_800, 'SUCCESS'],
    ['refund', 'R1', 2_800, 'SUCCESS'],
  ]);
  expect(totals).toEqual({ count: 2, paid: 12_800, refunded: 2_800, fee: 0 });
});

describe('unpacking', () => {
  const text = Buffer.from(bill().join('\r\n'));
  const packed = gzipSync(text);
  async function unpacked(content: Uint8Array, isGzip: boolean, hash: string): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of unpack(chunksOf(content), { isGzip, sha1: hash })) parts.push(part);
    return Buffer.concat(parts);
  }

  it('takes the hash of the text as well as of the file: the documents do not say which', async () => {
    expect(await unpacked(packed, true, sha1(text))).toEqual(text);
    expect(await unpacked(packed, true, sha1(packed).toUpperCase())).toEqual(text);
    expect(await unpacked(text, false, sha1(text))).toEqual(text);
  });

  it('refuses another hash, a broken archive and one that was cut', async () => {
    await expect(unpacked(packed, true, sha1('other'))).rejects.toThrow(new BillError('the hash differs'));
    await expect(unpacked(Buffer.from('no gzip'), true, sha1(text))).rejects.toThrow(BillError);
    await expect(unpacked(packed.subarray(0, -20), true, sha1(text))).rejects.toThrow(BillError);
  });
});

it('turns yuan into fen exactly, or not at all', () => {
  expect(['0.01', '128.00', '-28.90', '90071992547.40', '0.29'].map(fenOf)).toEqual([
    1, 12_800, -2_890, 9_007_199_254_740, 29,
  ]);
  expect(['0.76800', '-0.16800', '0.00000', '1.00'].map(millifenOf)).toEqual([76_800, -16_800, 0, 100_000]);
  for (const text of ['1', '1.0', '1.000', '', '１.00', '1,000.00', 'NaN', ' 1.00']) {
    expect(() => fenOf(text), text).toThrow(BillError);
  }
});
