/**
 * `npm run bench -- reconciliation`: a day of a million lines. Ledger and bills are made first; the run itself happens in a
 * process of its own, so that its peak memory is what it says. Figures are memory and CPU time, not the wall clock.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { sql } from 'kysely';
import { createReconciliation } from '../src/modules/finance/index.ts';
import { ledgerLines, ledgerPage, ordersOfPayments } from '../src/modules/payments/index.ts';
import { createFixedClock } from '../src/platform/clock.ts';
import { openDatabase } from '../src/platform/database/database.ts';
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres.ts';
import { migrate } from '../src/platform/database/migrate.ts';
import { createLogger } from '../src/platform/logger.ts';
import { createPolicies } from '../src/platform/policy.ts';

const day = '2026-11-20';
const refundEvery = 10;
/** Planted, so that the comparison has something to find: every so many-th line. */
const missingEvery = 100_000;
const otherAmountEvery = 90_001;

interface Told {
  lines: number;
  found: number;
  peakMiB: number;
  baseMiB: number;
  cpuSeconds: number;
  state: string;
}
interface Job {
  connection: Parameters<typeof openDatabase>[0]['connection'];
  folder: string;
}

const tradeHeader =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const tradeSummary = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const flowHeader =
  '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号';
const flowSummary = '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额';
const yuan = (fen: number) => (fen / 100).toFixed(2);
const amountOf = (number: number) => 1_000 + (number % 9_000);
const keyOf = (number: number) => `T${String(number).padStart(19, '0')}`;
const timeOf = (number: number) => {
  const second = number % 86_400;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${day} ${two(second / 3_600)}:${two((second / 60) % 60)}:${two(second % 60)}`;
};

function* tradeBill(lines: number): Generator<string> {
  yield `${tradeHeader}\r\n`;
  const total = { rows: 0, paid: 0, refunded: 0 };
  for (let number = 1; number <= lines; number += 1) {
    if (number % missingEvery === 0) continue;
    total.rows += 1;
    if (number % refundEvery === 0) {
      total.refunded += 100;
      yield `\`${timeOf(number)},\`wx1,\`1800,\`0,\`,\`42${number},\`${keyOf(number - 1)},\`oZ,\`JSAPI,\`REFUND,\`OTHERS,\`CNY,\`0.00,\`0.00,\`50${number},\`R${keyOf(number)},\`1.00,\`0.00,\`ORIGINAL,\`SUCCESS,\`亚麻四件套,\`,\`-0.00600,\`0.60%,\`0.00,\`1.00,\`\r\n`;
      continue;
    }
    const amount = amountOf(number) + (number % otherAmountEvery === 0 ? 1 : 0);
    total.paid += amount;
    yield `\`${timeOf(number)},\`wx1,\`1800,\`0,\`,\`42${number},\`${keyOf(number)},\`oZ,\`JSAPI,\`SUCCESS,\`OTHERS,\`CNY,\`${yuan(amount)},\`0.00,\`0,\`0,\`0.00,\`0.00,\`,\`,\`亚麻四件套,\`,\`0.06000,\`0.60%,\`${yuan(amount)},\`0.00,\`\r\n`;
  }
  yield `${tradeSummary}\r\n\`${total.rows},\`${yuan(total.paid)},\`${yuan(total.refunded)},\`0.00,\`0.00000,\`${yuan(total.paid)},\`${yuan(total.refunded)}\r\n`;
}

function* flowBill(lines: number): Generator<string> {
  yield `${flowHeader}\r\n`;
  const total = { incomes: 0, income: 0, expenses: 0, expense: 0 };
  for (let number = 1; number <= lines; number += 1) {
    const isRefund = number % refundEvery === 0;
    const amount = isRefund ? 100 : amountOf(number);
    total[isRefund ? 'expenses' : 'incomes'] += 1;
    total[isRefund ? 'expense' : 'income'] += amount;
    const [name, way, key] = isRefund ? ['退款', '支出', `R${keyOf(number)}`] : ['交易', '收入', keyOf(number)];
    yield `\`${timeOf(number)},\`42${number},\`F${number},\`${name},\`${name},\`${way},\`${yuan(amount)},\`0.00,\`1800API,\`,\`${key}\r\n`;
  }
  yield `${flowSummary}\r\n\`${lines},\`${total.incomes},\`${yuan(total.income)},\`${total.expenses},\`${yuan(total.expense)}\r\n`;
}

async function writeBill(folder: string, kind: string, lines: Generator<string>): Promise<void> {
  const hash = createHash('sha1');
  async function* hashed() {
    let block = '';
    for (const line of lines) {
      block += line;
      if (block.length < 65_536) continue;
      hash.update(block);
      yield block;
      block = '';
    }
    hash.update(block);
    yield block;
  }
  await pipeline(Readable.from(hashed()), createGzip({ level: 1 }), createWriteStream(join(folder, `${kind}.gz`)));
  await writeFile(join(folder, `${kind}.sha1`), hash.digest('hex'));
}

/** What the shop would have written that day; made inside PostgreSQL, which is quicker than sending it. */
async function fillLedger(db: ReturnType<typeof openDatabase>['db'], lines: number): Promise<void> {
  const at = sql`timestamptz '2026-11-20 00:00:00+08' + (n % 86400) * interval '1 second'`;
  const uuid = sql`lpad(to_hex(n), 32, '0')::uuid`;
  await db.transaction().execute(async (tx) => {
    await sql`select set_config('statement_timeout', '0', true)`.execute(tx);
    await sql`
      insert into payments.payment (buyer_id, payment_id, amount, description, order_nos, shop_ids, status, prepay_until,
        paid_out_trade_no, transaction_id, paid_at, created_at)
      select ${uuid}, ${uuid}, 1000 + n % 9000, '亚麻四件套', array[lpad(n::text, 20, '0')], array[]::uuid[], 'succeeded', ${at},
        'T' || lpad(n::text, 19, '0'), '42' || n, ${at}, ${at}
      from generate_series(1, ${lines}::int) n where n % ${sql.lit(refundEvery)} <> 0`.execute(tx);
    await sql`
      insert into payments.refund (buyer_id, refund_no, payment_id, order_no, amount, reason, status, out_refund_no,
        wechat_refund_id, requested_at, settled_at)
      select ${uuid}, 'RT' || lpad(n::text, 19, '0'), ${uuid}, lpad(n::text, 20, '0'), 100, '不想要了', 'succeeded',
        'RT' || lpad(n::text, 19, '0'), '50' || n, ${at}, ${at}
      from generate_series(1, ${lines}::int) n where n % ${sql.lit(refundEvery)} = 0`.execute(tx);
  });
  await sql`analyze payments.payment, payments.refund`.execute(db);
}

/** In the process of its own. */
async function reconcileOnce({ connection, folder }: Job): Promise<Omit<Told, 'lines'>> {
  const database = openDatabase({ connection });
  const clock = createFixedClock('2026-11-21T03:00:00Z');
  const reconciliation = createReconciliation({
    database,
    clock,
    log: createLogger('warn'),
    policies: createPolicies({ database, clock }),
    ledger: { page: ledgerPage, lines: ledgerLines, ordersOf: ordersOfPayments },
    bills: {
      applyBill: async (kind) => ({
        hash_value: await readFile(join(folder, `${kind}.sha1`), 'utf8'),
        download_url: join(folder, `${kind}.gz`),
      }),
      downloadBill: async (path) => createReadStream(path),
    },
  });
  await sql`select 1`.execute(database.db);
  const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
  const baseMiB = mib(process.memoryUsage.rss());
  const cpu = process.cpuUsage();
  const result = await reconciliation.runNow(day, 'bench');
  const { user, system } = process.cpuUsage(cpu);
  await database.close();
  return {
    state: result.error ?? result.state,
    found: result.differences,
    baseMiB,
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1_024),
    cpuSeconds: (user + system) / 1e6,
  };
}

async function measure(lines: number): Promise<Told> {
  const folder = await mkdtemp(join(tmpdir(), 'xiaopu-reconciliation-'));
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: folder, durable: false });
  try {
    const database = openDatabase({ connection: postgres.connection });
    await migrate(database.db);
    await fillLedger(database.db, lines);
    await writeBill(folder, 'trade', tradeBill(lines));
    await writeBill(folder, 'fund_flow', flowBill(lines));
    await database.close();
    const child = fork(import.meta.filename, ['child']);
    const told = await new Promise<Omit<Told, 'lines'>>((done, fail) => {
      child.once('message', (message) => done(message as Omit<Told, 'lines'>));
      child.once('exit', () => fail(new Error('the run ended without a word')));
      child.send({ connection: postgres.connection, folder } satisfies Job);
    });
    return { lines, ...told };
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

export async function benchReconciliation(): Promise<void> {
  const rows: Told[] = [];
  for (const lines of [10_000, 100_000, 1_000_000]) {
    const told = await measure(lines);
    rows.push(told);
    process.stdout.write(`${JSON.stringify(told)}\n`);
  }
  const table = rows.map(
    ({ lines, baseMiB, peakMiB, cpuSeconds, found }) =>
      `| ${lines.toLocaleString('en')} | ${baseMiB} | ${peakMiB} | ${cpuSeconds.toFixed(1)} | ${found} |`,
  );
  const text = `# Reconciliation: memory

\`npm run bench -- reconciliation\`: one day whose trade bill and fund-flow bill have that many lines each, gzip-packed, against
as many payments and refunds (1 in ${refundEvery} a refund) in PostgreSQL. The run has a process of its own; peak is the most
memory it ever held (maximum resident set), base what it held just before. Every ${missingEvery.toLocaleString('en')}th line is left out of the bill and every
${otherAmountEvery.toLocaleString('en')}st payment has another amount, so the run has something to find.

| lines a bill | base MiB | peak MiB | CPU s of the process | differences found |
|---|---|---|---|---|
${table.join('\n')}

A bill is unpacked, hashed and parsed as a stream and copied into working tables 2,000 lines at a time; the ledger comes in
pages of 2,000 by keyset; the comparison is one SQL join, whose memory is PostgreSQL's (\`work_mem\`, then its disk).
`;
  await writeFile(join(import.meta.dirname, '../../../docs/benchmarks/reconciliation.md'), text);
}

if (process.argv[2] === 'child' && process.send) {
  process.once('message', (job) => {
    reconcileOnce(job as Job).then(
      (told) => process.send?.(told, () => process.exit(0)),
      (error) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  });
}
