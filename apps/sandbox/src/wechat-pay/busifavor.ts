/**
 * 商家券: WeChat shows the coupon and keeps its state, the merchant computes the discount and redeems. Strict where the notes are
 * sure; what they call unverified (limits of strings, error codes of wrong states) is marked below.
 */
import { randomUUID } from 'node:crypto';
import { toRfc3339 } from '../platform/clock.ts';
import { randomDigits } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import {
  CALLBACK_FIELDS,
  DEACTIVATE_FIELDS,
  RETURN_FIELDS,
  SEND_FIELDS,
  STOCK_FIELDS,
  USE_FIELDS,
} from './busifavor.rules.ts';
import { invalidRequest, PayError, parameterError } from './errors.ts';
import type { Notifications } from './notifications.ts';
import { checkNotifyUrl } from './orders.ts';
import { checkFields, type Fields } from './params.ts';

export const BUSIFAVOR_TABLES = `
CREATE TABLE IF NOT EXISTS busifavor_stock (
  stock_id TEXT PRIMARY KEY, out_request_no TEXT NOT NULL UNIQUE, body TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS busifavor_coupon (
  coupon_code TEXT NOT NULL, stock_id TEXT NOT NULL, openid TEXT NOT NULL, appid TEXT NOT NULL, state TEXT NOT NULL,
  out_request_no TEXT NOT NULL UNIQUE, send_time INTEGER NOT NULL, expires_at INTEGER NOT NULL, use_request_no TEXT,
  use_time INTEGER, return_request_no TEXT, return_time INTEGER, deactivate_request_no TEXT,
  PRIMARY KEY (stock_id, coupon_code)) STRICT;
CREATE INDEX IF NOT EXISTS busifavor_owner ON busifavor_coupon (openid, appid);
CREATE TABLE IF NOT EXISTS busifavor_request (no TEXT PRIMARY KEY, answer TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS busifavor_callback (mchid TEXT PRIMARY KEY, notify_url TEXT NOT NULL) STRICT;`;

type Body = Record<string, unknown>;
interface Coupon {
  code: string;
  stockId: string;
  openid: string;
  appid: string;
  state: 'SENDED' | 'USED' | 'EXPIRED' | 'DEACTIVATED';
  sendTime: number;
  expiresAt: number;
  useRequestNo: string | null;
  useTime: number | null;
}
const COLUMNS = `coupon_code AS code, stock_id AS stockId, openid, appid, state, send_time AS sendTime,
  expires_at AS expiresAt, use_request_no AS useRequestNo, use_time AS useTime`;
const DAY_MS = 86_400_000;
const PER_USER_MOST = 100;

export type Busifavor = ReturnType<typeof createBusifavor>;

export function createBusifavor(world: World, notifications: Notifications) {
  const { store, switches, keyring, people } = world;
  const { mchid, miniAppId, oaAppId } = keyring.credentials;
  const now = () => world.clock.now().getTime();
  const strictness = { allowUnknownFields: false, countBytes: false };
  const check = (body: Body, fields: Fields) => checkFields(body, fields, strictness);
  const text = (body: Body, name: string) => String(body[name] ?? '');

  const bodyOf = (stockId: string): Body => {
    const row = store.get<{ body: string }>('SELECT body FROM busifavor_stock WHERE stock_id = ?', stockId);
    if (!row) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '批次不存在');
    return JSON.parse(row.body) as Body;
  };
  const sentOf = (stockId: string) =>
    store.get<{ count: number }>('SELECT count(*) AS count FROM busifavor_coupon WHERE stock_id = ?', stockId)?.count ??
    0;
  function find(code: string, stockId?: string): Coupon {
    const row = stockId
      ? store.get<Coupon>(
          `SELECT ${COLUMNS} FROM busifavor_coupon WHERE coupon_code = ? AND stock_id = ?`,
          code,
          stockId,
        )
      : store.get<Coupon>(`SELECT ${COLUMNS} FROM busifavor_coupon WHERE coupon_code = ?`, code);
    if (!row) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '券不存在');
    return row.state === 'SENDED' && row.expiresAt <= now() ? { ...row, state: 'EXPIRED' } : row;
  }
  /** The same number again gets the same answer; for another coupon it is refused. */
  function once(kind: string, no: string, code: string, work: () => Body): Body {
    const key = `${kind}/${no}`;
    const known = store.get<{ answer: string }>('SELECT answer FROM busifavor_request WHERE no = ?', key);
    if (known) {
      const { code: of, answer } = JSON.parse(known.answer) as { code: string; answer: Body };
      if (of !== code) throw new PayError(400, 'INVALID_REQUEST', '请求单号已被使用');
      return answer;
    }
    return store.transaction(() => {
      const answer = work();
      store.run('INSERT INTO busifavor_request (no, answer) VALUES (?, ?)', key, JSON.stringify({ code, answer }));
      return answer;
    });
  }
  const change = (coupon: Coupon, set: string, ...values: (string | number | null)[]) =>
    store.run(
      `UPDATE busifavor_coupon SET ${set} WHERE stock_id = ? AND coupon_code = ?`,
      ...values,
      coupon.stockId,
      coupon.code,
    );
  const view = (coupon: Coupon) => ({
    belong_merchant: mchid,
    stock_id: coupon.stockId,
    coupon_code: coupon.code,
    coupon_state: coupon.state,
    stock_type: bodyOf(coupon.stockId).stock_type,
    stock_name: bodyOf(coupon.stockId).stock_name,
    receive_time: toRfc3339(coupon.sendTime),
    expire_time: toRfc3339(coupon.expiresAt),
    ...(coupon.useTime !== null && { use_time: toRfc3339(coupon.useTime) }),
    ...(coupon.useRequestNo !== null && { use_request_no: coupon.useRequestNo }),
  });

  return {
    create(body: Body) {
      check(body, STOCK_FIELDS);
      if (body.belong_merchant !== mchid) throw parameterError('批次归属商户号与调用商户号不一致');
      const rule = body.coupon_use_rule as Body;
      const needed = { NORMAL: 'fixed_normal_coupon', DISCOUNT: 'discount_coupon', EXCHANGE: 'exchange_coupon' }[
        text(body, 'stock_type')
      ] as string;
      if (!rule[needed]) throw parameterError(`批次类型需要填写 ${needed}`);
      if (rule.use_method === 'MINI_PROGRAMS' && !(rule.mini_programs_appid && rule.mini_programs_path))
        throw parameterError('核销方式为小程序时，需填写小程序appid和path');
      const time = rule.coupon_available_time as Body;
      if (Date.parse(text(time, 'available_end_time')) <= Date.parse(text(time, 'available_begin_time')))
        throw parameterError('结束时间需晚于开始时间');
      if (Number((body.stock_send_rule as Body).max_coupons_per_user) > PER_USER_MOST)
        throw parameterError('用户最大可领个数不超过100');
      const no = text(body, 'out_request_no');
      const known = store.get<{ id: string; body: string; at: number }>(
        'SELECT stock_id AS id, body, created_at AS at FROM busifavor_stock WHERE out_request_no = ?',
        no,
      );
      if (known && known.body !== JSON.stringify(body)) throw invalidRequest('商户请求单号已被使用');
      const id = known?.id ?? `12${randomDigits(14)}`;
      const at = known?.at ?? now();
      if (!known)
        store.run(
          'INSERT INTO busifavor_stock (stock_id, out_request_no, body, created_at) VALUES (?, ?, ?, ?)',
          id,
          no,
          JSON.stringify(body),
          at,
        );
      return { stock_id: id, create_time: toRfc3339(at) };
    },
    stock(stockId: string) {
      const body = bodyOf(stockId);
      return {
        ...body,
        stock_id: stockId,
        stock_state: 'RUNNING',
        send_count_information: { total_send_num: sentOf(stockId) },
      };
    },

    send(body: Body) {
      check(body, SEND_FIELDS);
      const [openid, appid, stockId] = [text(body, 'openid'), text(body, 'appid'), text(body, 'stock_id')];
      if (appid !== miniAppId && appid !== oaAppId) throw parameterError('appid与商户号不匹配');
      const owner = people.byOpenid(appid, openid);
      if (!owner) throw parameterError('无效的openid');
      const stock = bodyOf(stockId);
      const code = text(body, 'coupon_code');
      if ((stock.coupon_code_mode === 'MERCHANT_API') !== (code !== ''))
        throw parameterError('券code模式为MERCHANT_API时需传入券code，否则不能传');
      return once('send', text(body, 'out_request_no'), `${stockId}/${openid}/${code}`, () => {
        const rule = stock.stock_send_rule as { max_coupons: number; max_coupons_per_user: number };
        const mine = store.get<{ count: number }>(
          'SELECT count(*) AS count FROM busifavor_coupon WHERE stock_id = ? AND openid = ?',
          stockId,
          openid,
        );
        if (sentOf(stockId) >= rule.max_coupons) throw new PayError(403, 'NOT_ENOUGH', '批次已发完');
        if ((mine?.count ?? 0) >= rule.max_coupons_per_user)
          throw new PayError(403, 'REQUEST_BLOCKED', '用户领取已达上限');
        const own = code || `WX${randomDigits(18)}`;
        if (store.get('SELECT coupon_code FROM busifavor_coupon WHERE stock_id = ? AND coupon_code = ?', stockId, own))
          throw invalidRequest('券code已被使用');
        const time = (stock.coupon_use_rule as { coupon_available_time: Body }).coupon_available_time;
        const days = Number(time.available_day_after_receive ?? 0);
        const end = Date.parse(text(time, 'available_end_time'));
        store.run(
          `INSERT INTO busifavor_coupon (coupon_code, stock_id, openid, appid, state, out_request_no, send_time, expires_at)
           VALUES (?, ?, ?, ?, 'SENDED', ?, ?, ?)`,
          own,
          stockId,
          openid,
          appid,
          text(body, 'out_request_no'),
          now(),
          days > 0 ? Math.min(end, now() + days * DAY_MS) : end,
        );
        const callback = store.get<{ url: string }>(
          'SELECT notify_url AS url FROM busifavor_callback WHERE mchid = ?',
          mchid,
        );
        if (callback)
          notifications.queue({
            id: randomUUID(),
            kind: 'coupon',
            eventType: 'COUPON.SEND',
            originalType: 'coupon',
            summary: '商家券领券通知',
            outTradeNo: own,
            url: callback.url,
            resource: {
              event_type: 'EVENT_TYPE_BUSICOUPON_SEND',
              coupon_code: own,
              stock_id: stockId,
              send_time: toRfc3339(now()),
              openid,
              send_channel: 'BUSICOUPON_SEND_CHANNEL_API',
              send_merchant: mchid,
            },
          });
        return { card_id: stockId, coupon_code: own };
      });
    },

    use(body: Body) {
      check(body, USE_FIELDS);
      const code = text(body, 'coupon_code');
      const stockId = body.stock_id === undefined ? undefined : text(body, 'stock_id');
      return once('use', text(body, 'use_request_no'), code, () => {
        const coupon = find(code, stockId);
        if (body.openid !== undefined && body.openid !== coupon.openid) throw parameterError('openid与券不匹配');
        // The code of a wrong state is unverified.
        if (coupon.state !== 'SENDED') throw invalidRequest(`券状态为${coupon.state}，不可核销`);
        change(coupon, `state = 'USED', use_request_no = ?, use_time = ?`, text(body, 'use_request_no'), now());
        return { stock_id: coupon.stockId, openid: coupon.openid, wechatpay_use_time: toRfc3339(now()) };
      });
    },
    giveBack(body: Body) {
      check(body, RETURN_FIELDS);
      const code = text(body, 'coupon_code');
      return once('return', text(body, 'return_request_no'), code, () => {
        const coupon = find(code, text(body, 'stock_id'));
        if (coupon.state !== 'USED') throw invalidRequest('只有已核销的券可以退回');
        if (coupon.expiresAt <= now()) throw invalidRequest('券已过期，不可退回');
        change(
          coupon,
          `state = 'SENDED', use_request_no = NULL, use_time = NULL, return_request_no = ?, return_time = ?`,
          text(body, 'return_request_no'),
          now(),
        );
        return { wechatpay_return_time: toRfc3339(now()) };
      });
    },
    deactivate(body: Body) {
      check(body, DEACTIVATE_FIELDS);
      const code = text(body, 'coupon_code');
      return once('deactivate', text(body, 'deactivate_request_no'), code, () => {
        const coupon = find(code, text(body, 'stock_id'));
        if (coupon.state === 'USED') throw invalidRequest('已核销的券不可失效');
        change(coupon, `state = 'DEACTIVATED', deactivate_request_no = ?`, text(body, 'deactivate_request_no'));
        return { wechatpay_deactivate_time: toRfc3339(now()) };
      });
    },

    ofUser(openid: string, query: Record<string, string | undefined>) {
      if (!query.appid) throw parameterError('输入源“/query/appid”必填性规则校验失败，此字段为必填项');
      const all = store
        .all<Coupon>(
          `SELECT ${COLUMNS} FROM busifavor_coupon WHERE openid = ? AND appid = ? ORDER BY send_time DESC, coupon_code`,
          openid,
          query.appid,
        )
        .map(({ code, stockId }) => find(code, stockId))
        .filter(
          ({ state, stockId }) =>
            (!query.coupon_state || state === query.coupon_state) && (!query.stock_id || stockId === query.stock_id),
        );
      const [offset, limit] = [Number(query.offset ?? 0), Math.min(Number(query.limit ?? 20), 50)];
      return { data: all.slice(offset, offset + limit).map(view), total_count: all.length, offset, limit };
    },
    one(openid: string, code: string, appid: string) {
      const coupon = find(code);
      if (coupon.openid !== openid || coupon.appid !== appid)
        throw new PayError(404, 'RESOURCE_NOT_EXISTS', '券不存在');
      return view(coupon);
    },

    setCallback(body: Body) {
      check(body, CALLBACK_FIELDS);
      if (body.mchid !== mchid) throw parameterError('请求参数中的商户号与签名使用的商户号不一致');
      checkNotifyUrl(text(body, 'notify_url'), switches.isOn('pay.httpsNotifyOnly'));
      store.run(
        `INSERT INTO busifavor_callback (mchid, notify_url) VALUES (?, ?)
         ON CONFLICT (mchid) DO UPDATE SET notify_url = excluded.notify_url`,
        mchid,
        text(body, 'notify_url'),
      );
      return { update_time: toRfc3339(now()), notify_url: text(body, 'notify_url') };
    },
    callback() {
      const row = store.get<{ url: string }>('SELECT notify_url AS url FROM busifavor_callback WHERE mchid = ?', mchid);
      if (!row) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '未设置通知地址');
      return { mchid, notify_url: row.url };
    },
    /** What the twin's page and tests look at. */
    list: (limit: number) =>
      store.all(`SELECT ${COLUMNS} FROM busifavor_coupon ORDER BY send_time DESC LIMIT ?`, limit),
  };
}
