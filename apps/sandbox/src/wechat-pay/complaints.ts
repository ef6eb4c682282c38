import { constants, createHash, publicEncrypt, randomUUID } from 'node:crypto';
import { toBeijingDate, toRfc3339 } from '../platform/clock.ts';
import { randomDigits } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import {
  COMPLAINT_COMPLETE_FIELDS,
  COMPLAINT_NOTIFY_FIELDS,
  COMPLAINT_RESPONSE_FIELDS,
  PROBLEM_TYPES,
} from './complaints.rules.ts';
import { invalidRequest, PayError, parameterError } from './errors.ts';
import { parsePicture } from './multipart.ts';
import type { Notifications } from './notifications.ts';
import { checkNotifyUrl, type Orders } from './orders.ts';
import { checkFields } from './params.ts';

export const COMPLAINT_TABLES = `
CREATE TABLE IF NOT EXISTS pay_complaint (
  complaint_id TEXT PRIMARY KEY, out_trade_no TEXT NOT NULL, transaction_id TEXT NOT NULL, amount INTEGER NOT NULL,
  openid TEXT NOT NULL, phone TEXT NOT NULL, detail TEXT NOT NULL, problem_type TEXT NOT NULL, refund_wanted INTEGER NOT NULL,
  state TEXT NOT NULL, awaits_merchant INTEGER NOT NULL, has_platform INTEGER NOT NULL DEFAULT 0, times INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS pay_complaint_log (
  log_no INTEGER PRIMARY KEY AUTOINCREMENT, log_id TEXT NOT NULL UNIQUE, complaint_id TEXT NOT NULL, operator TEXT NOT NULL,
  operate_type TEXT NOT NULL, details TEXT NOT NULL, images TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS pay_complaint_log_of ON pay_complaint_log (complaint_id, log_no);
CREATE TABLE IF NOT EXISTS pay_complaint_image (media_id TEXT PRIMARY KEY, type TEXT NOT NULL, bytes TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS pay_complaint_url (mchid TEXT PRIMARY KEY, url TEXT NOT NULL) STRICT;`;

interface Complaint {
  complaintId: string;
  outTradeNo: string;
  transactionId: string;
  amount: number;
  openid: string;
  phone: string;
  detail: string;
  problemType: string;
  refundWanted: number;
  state: 'PENDING' | 'PROCESSING' | 'PROCESSED';
  awaitsMerchant: number;
  hasPlatform: number;
  times: number;
  createdAt: number;
}
interface Log {
  logId: string;
  operator: string;
  operateType: string;
  details: string;
  images: string;
  at: number;
}

const COLUMNS = `complaint_id AS complaintId, out_trade_no AS outTradeNo, transaction_id AS transactionId, amount, openid, phone, detail,
  problem_type AS problemType, refund_wanted AS refundWanted, state, awaits_merchant AS awaitsMerchant, has_platform AS hasPlatform,
  times, created_at AS createdAt`;
const LOG_COLUMNS = `log_id AS logId, operator, operate_type AS operateType, details, images, at`;
const DAY_MS = 86_400_000;
const MOST_DAYS = 30;
const root = '/v3/merchant-service/images';

export type Complaints = ReturnType<typeof createComplaints>;

/** 投诉2.0: what payers complain about in WeChat, and what the merchant says to it. */
export function createComplaints(world: World, orders: Orders, notifications: Notifications) {
  const { store, switches, keyring } = world;
  const { mchid, merchantName } = keyring.credentials;
  const now = () => world.clock.now().getTime();

  const find = (complaintId: string): Complaint => {
    const found = store.get<Complaint>(`SELECT ${COLUMNS} FROM pay_complaint WHERE complaint_id = ?`, complaintId);
    if (!found) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '投诉单不存在');
    return found;
  };
  const logsOf = (complaintId: string): Log[] =>
    store.all<Log>(
      `SELECT ${LOG_COLUMNS} FROM pay_complaint_log WHERE complaint_id = ? ORDER BY log_no DESC`,
      complaintId,
    );

  function tell({ complaintId, outTradeNo }: Complaint, actionType: string): void {
    const url = store.get<{ url: string }>('SELECT url FROM pay_complaint_url WHERE mchid = ?', mchid)?.url;
    if (!url) return;
    const isNew = actionType === 'CREATE_COMPLAINT';
    notifications.queue({
      id: randomUUID(),
      kind: 'complaint',
      eventType: isNew ? 'COMPLAINT.CREATE' : 'COMPLAINT.STATE_CHANGE',
      originalType: 'complaint',
      summary: isNew ? '产生新投诉' : '投诉单状态变化',
      ...{ outTradeNo, url },
      resource: { complaint_id: complaintId, action_type: actionType },
    });
  }

  function write(complaint: Complaint, operator: string, operateType: string, details: string, images: string[] = []) {
    store.run(
      `INSERT INTO pay_complaint_log (log_id, complaint_id, operator, operate_type, details, images, at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      `${toBeijingDate(now()).replaceAll('-', '')}${randomDigits(20)}`,
      complaint.complaintId,
      operator,
      operateType,
      details,
      JSON.stringify(images),
      now(),
    );
  }
  const change = (complaintId: string, set: string, ...values: (string | number)[]) =>
    store.run(`UPDATE pay_complaint SET ${set} WHERE complaint_id = ?`, ...values, complaintId);

  /** A person's phone number goes to the merchant sealed with the merchant's own certificate. */
  const seal = (plain: string): string =>
    publicEncrypt(
      { key: keyring.merchantPublicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
      Buffer.from(plain),
    ).toString('base64');

  const mediaOf = (type: string, ids: string[]) =>
    ids.length === 0
      ? []
      : [{ media_type: type, media_url: ids.map((id) => `${world.publicUrl}/wechat-pay${root}/${id}`) }];

  const toResource = (complaint: Complaint) => ({
    complaint_id: complaint.complaintId,
    complaint_time: toRfc3339(complaint.createdAt),
    complaint_detail: complaint.detail,
    complaint_state: complaint.state,
    ...(complaint.phone ? { payer_phone: seal(complaint.phone) } : {}),
    payer_openid: complaint.openid,
    complaint_order_info: [
      { transaction_id: complaint.transactionId, out_trade_no: complaint.outTradeNo, amount: complaint.amount },
    ],
    complaint_full_refunded: orders.find(complaint.outTradeNo)?.state === 'REFUND',
    incoming_user_response: complaint.awaitsMerchant === 1,
    problem_description: complaint.detail.slice(0, 20),
    problem_type: complaint.problemType,
    ...(complaint.refundWanted > 0 ? { apply_refund_amount: complaint.refundWanted } : {}),
    user_complaint_times: complaint.times,
    user_tag_list: [],
    in_platform_service: complaint.hasPlatform === 1,
    need_immediate_service: false,
  });

  function dayOf(query: Record<string, string | undefined>, name: string): number {
    const value = query[name];
    if (!value) throw parameterError(`输入源“/query/${name}”必填性规则校验失败，此字段为必填项`);
    const at = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00+08:00`) : Number.NaN;
    if (Number.isNaN(at)) throw parameterError(`输入源“/query/${name}”格式应为yyyy-MM-DD`);
    return at;
  }
  function pageOf(query: Record<string, string | undefined>, most: number) {
    const limit = Number(query.limit ?? 10);
    const offset = Number(query.offset ?? 0);
    if (!Number.isInteger(limit) || limit < 1 || limit > most) throw parameterError(`limit取值应为1到${most}`);
    if (!Number.isInteger(offset) || offset < 0) throw parameterError('offset取值不正确');
    return { limit, offset };
  }
  function checkMerchant(body: Record<string, unknown>, fields: typeof COMPLAINT_RESPONSE_FIELDS): void {
    checkFields(body, fields, orders.strictness());
    if (body.complainted_mchid !== mchid) throw parameterError('被诉商户号与签名使用的商户号不一致');
  }

  return {
    list(query: Record<string, string | undefined>) {
      const [from, until] = [dayOf(query, 'begin_date'), dayOf(query, 'end_date') + DAY_MS];
      if (until <= from) throw parameterError('结束日期不能早于开始日期');
      if (until - from > MOST_DAYS * DAY_MS) throw parameterError(`查询时间跨度不能超过${MOST_DAYS}天`);
      if (query.complainted_mchid !== undefined && query.complainted_mchid !== mchid)
        throw parameterError('被诉商户号与签名使用的商户号不一致');
      const { limit, offset } = pageOf(query, 50);
      const where = 'created_at >= ? AND created_at < ?';
      const found = store.all<Complaint>(
        `SELECT ${COLUMNS} FROM pay_complaint WHERE ${where} ORDER BY created_at DESC, rowid DESC LIMIT ? OFFSET ?`,
        ...[from, until, limit, offset],
      );
      const total = store.get<{ count: number }>(
        `SELECT count(*) AS count FROM pay_complaint WHERE ${where}`,
        from,
        until,
      );
      return { data: found.map(toResource), limit, offset, total_count: total?.count ?? 0 };
    },
    detail: (complaintId: string) => toResource(find(complaintId)),
    history(complaintId: string, query: Record<string, string | undefined>) {
      const { limit, offset } = pageOf(query, 300);
      const logs = logsOf(find(complaintId).complaintId);
      return {
        data: logs.slice(offset, offset + limit).map(({ logId, operator, operateType, details, images, at }) => ({
          log_id: logId,
          operator,
          operate_time: toRfc3339(at),
          operate_type: operateType,
          operate_details: details,
          complaint_media_list: mediaOf(
            operateType.startsWith('USER') ? 'USER_COMPLAINT_IMAGE' : 'OPERATION_IMAGE',
            JSON.parse(images) as string[],
          ),
        })),
        ...{ limit, offset, total_count: logs.length },
      };
    },
    respond(complaintId: string, body: Record<string, unknown>): void {
      const complaint = find(complaintId);
      checkMerchant(body, COMPLAINT_RESPONSE_FIELDS);
      const images = (body.response_images as string[] | undefined) ?? [];
      for (const id of images)
        if (!store.get('SELECT 1 FROM pay_complaint_image WHERE media_id = ?', id))
          throw parameterError('图片media_id不存在或已过期');
      store.transaction(() => {
        write(complaint, merchantName, 'MERCHANT_RESPONSE', String(body.response_content), images);
        const state = complaint.state === 'PENDING' ? 'PROCESSING' : complaint.state;
        change(complaintId, 'state = ?, awaits_merchant = 0', state);
        tell(complaint, 'MERCHANT_RESPONSE');
      });
    },
    complete(complaintId: string, body: Record<string, unknown>): void {
      const complaint = find(complaintId);
      checkMerchant(body, COMPLAINT_COMPLETE_FIELDS);
      if (complaint.state === 'PROCESSED') throw invalidRequest('投诉单已处理完成，请勿重复操作');
      if (complaint.state === 'PENDING') throw invalidRequest('投诉单待商户回复，请先回复用户');
      store.transaction(() => {
        write(complaint, merchantName, 'MERCHANT_CONFIRM_COMPLETE', '商户已处理完成');
        change(complaintId, `state = 'PROCESSED', awaits_merchant = 0`);
        tell(complaint, 'MERCHANT_CONFIRM_COMPLETE');
      });
    },

    /** One address a merchant; a second one is changed, not created. */
    setUrl(body: Record<string, unknown>, isNew: boolean) {
      checkFields(body, COMPLAINT_NOTIFY_FIELDS, orders.strictness());
      checkNotifyUrl(String(body.url), switches.isOn('pay.httpsNotifyOnly'));
      const known = store.get('SELECT 1 FROM pay_complaint_url WHERE mchid = ?', mchid);
      if (isNew && known) throw new PayError(400, 'RESOURCE_ALREADY_EXISTS', '投诉通知回调地址已存在');
      if (!isNew && !known) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '投诉通知回调地址不存在');
      store.run(
        'INSERT INTO pay_complaint_url (mchid, url) VALUES (?, ?) ON CONFLICT (mchid) DO UPDATE SET url = excluded.url',
        mchid,
        String(body.url),
      );
      return { mchid, url: body.url };
    },
    url() {
      const known = store.get<{ url: string }>('SELECT url FROM pay_complaint_url WHERE mchid = ?', mchid);
      if (!known) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '投诉通知回调地址不存在');
      return { mchid, url: known.url };
    },

    /** The bytes must be what the signed meta says. */
    addImage(contentType: string, body: string) {
      const { meta, file, type } = parsePicture(contentType, body);
      const bytes = Buffer.from(file, 'latin1');
      if (createHash('sha256').update(bytes).digest('hex') !== String(meta.sha256).toLowerCase())
        throw parameterError('文件的sha256与meta中的不一致');
      if (bytes.length > 2 * 1024 * 1024) throw parameterError('图片大小不能超过2M');
      if (!/\.(jpe?g|png|bmp)$/i.test(String(meta.filename))) throw parameterError('图片格式应为JPG、PNG或BMP');
      const mediaId = `ChsyMDA${randomUUID().replaceAll('-', '')}`;
      store.run(
        'INSERT INTO pay_complaint_image (media_id, type, bytes) VALUES (?, ?, ?)',
        mediaId,
        type,
        bytes.toString('base64'),
      );
      return { media_id: mediaId };
    },
    image(mediaId: string) {
      const found = store.get<{ type: string; bytes: string }>(
        'SELECT type, bytes FROM pay_complaint_image WHERE media_id = ?',
        mediaId,
      );
      if (!found) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '图片不存在');
      return { type: found.type, bytes: Buffer.from(found.bytes, 'base64') };
    },

    // What the payer and WeChat's own people do, from the control pages.
    create(given: Record<string, unknown>): { complaintId: string } {
      const order = orders.find(String(given.outTradeNo ?? ''));
      if (!order?.transactionId) throw parameterError('这笔交易不存在，或还没有付款');
      const problemType = PROBLEM_TYPES.find((type) => type === given.problemType) ?? 'OTHERS';
      const complaintId = `200${toBeijingDate(now()).replaceAll('-', '')}${randomDigits(17)}`;
      return store.transaction(() => {
        store.run(
          `INSERT INTO pay_complaint (complaint_id, out_trade_no, transaction_id, amount, openid, phone, detail, problem_type,
             refund_wanted, state, awaits_merchant, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'PENDING', 1, ?)`,
          ...[complaintId, order.outTradeNo, order.transactionId as string, order.total, order.openid],
          ...[String(given.phone ?? '13800000001'), String(given.detail ?? ''), problemType],
          ...[problemType === 'REFUND' ? Number(given.refundWanted ?? order.total) : 0, now()],
        );
        const complaint = find(complaintId);
        write(complaint, '投诉人', 'USER_CREATE_COMPLAINT', complaint.detail);
        tell(complaint, 'CREATE_COMPLAINT');
        return { complaintId };
      });
    },
    /** The payer writes again; to what was done already it is a new complaint about the same. */
    say(complaintId: string, text: string): void {
      const complaint = find(complaintId);
      const isAgain = complaint.state === 'PROCESSED';
      store.transaction(() => {
        write(complaint, '投诉人', isAgain ? 'USER_CONTINUE_COMPLAINT' : 'USER_RESPONSE', text);
        change(
          complaintId,
          'state = ?, awaits_merchant = 1, times = times + ?',
          isAgain ? 'PENDING' : complaint.state,
          isAgain ? 1 : 0,
        );
        tell(complaint, isAgain ? 'CONTINUE_COMPLAINT' : 'USER_RESPONSE');
      });
    },
    platformSays(complaintId: string, text: string): void {
      const complaint = find(complaintId);
      store.transaction(() => {
        write(complaint, '微信支付客服', 'PLATFORM_RESPONSE', text);
        change(complaintId, 'has_platform = 1');
        tell(complaint, 'RESPONSE_BY_PLATFORM');
      });
    },
    all: (limit: number) =>
      store.all<Complaint>(`SELECT ${COLUMNS} FROM pay_complaint ORDER BY created_at DESC, rowid DESC LIMIT ?`, limit),
    logs: (complaintId: string) => logsOf(complaintId),
  };
}
