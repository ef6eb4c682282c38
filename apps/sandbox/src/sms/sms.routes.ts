/**
 * An SMS provider after Alibaba Cloud's Dysmsapi 2017-05-25: SendSms and QuerySendDetails, signed by ACS3-HMAC-SHA256.
 * Written from knowledge of that API, not checked against the live one: limits and codes of the notes below are unverified.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { reachCredentials } from '../platform/credentials.ts';
import { journalExchanges, noteOnRequest } from '../platform/journal.ts';
import { randomDigits, randomHex } from '../platform/random.ts';
import { bodyText } from '../platform/raw-body.ts';
import type { World } from '../platform/world.ts';

export const SMS_TABLES = `
CREATE TABLE IF NOT EXISTS sms_message (
  biz_id TEXT PRIMARY KEY, phone TEXT NOT NULL, text TEXT NOT NULL, out_id TEXT NOT NULL, at INTEGER NOT NULL,
  arrives_at INTEGER NOT NULL, fails INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sms_nonce (nonce TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;`;

const MINUTE_MS = 60_000;
const SKEW_MS = 15 * MINUTE_MS;
/** To one number: a minute, an hour, a day. */
const limits = [
  { ms: MINUTE_MS, most: 1, message: '触发分钟级流控Permits:1' },
  { ms: 60 * MINUTE_MS, most: 5, message: '触发小时级流控Permits:5' },
  { ms: 1_440 * MINUTE_MS, most: 10, message: '触发天级流控Permits:10' },
];
const encode = (value: string): string =>
  encodeURIComponent(value).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (value: string): string => createHash('sha256').update(value).digest('hex');

class SmsRefusal extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 200) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export async function smsRoutes(app: FastifyInstance, { world }: { world: World }): Promise<void> {
  const { store, clock, switches, keyring } = world;
  const { smsAccessKeyId, smsAccessKeySecret, smsSignName, smsTemplateCode } = reachCredentials(keyring.credentials);
  journalExchanges(app, 'sms', world.journal, clock.now);
  const now = () => clock.now().getTime();
  const header = (request: FastifyRequest, name: string): string => String(request.headers[name] ?? '');

  function checkSignature(request: FastifyRequest): void {
    const match = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(
      header(request, 'authorization'),
    );
    if (!match) throw new SmsRefusal('IncompleteSignature', 'The request signature does not conform.', 400);
    const [, keyId = '', signedNames = '', signature = ''] = match;
    if (keyId !== smsAccessKeyId)
      throw new SmsRefusal('InvalidAccessKeyId.NotFound', 'Specified access key is not found.', 404);
    const signed = signedNames.split(';');
    for (const needed of [
      'host',
      'x-acs-action',
      'x-acs-content-sha256',
      'x-acs-date',
      'x-acs-signature-nonce',
      'x-acs-version',
    ])
      if (!signed.includes(needed)) throw new SmsRefusal('IncompleteSignature', `${needed} is not signed`, 400);
    const body = bodyText(request.body);
    if (header(request, 'x-acs-content-sha256') !== sha256(body))
      throw new SmsRefusal('SignatureDoesNotMatch', 'content hash', 400);
    const query = Object.entries(request.query as Record<string, string>)
      .map(([key, value]) => `${encode(key)}=${encode(value)}`)
      .sort()
      .join('&');
    const canonical = [
      request.method,
      '/',
      query,
      ...signed.map((name) => `${name}:${header(request, name).trim()}`),
      '',
      signedNames,
      header(request, 'x-acs-content-sha256'),
    ].join('\n');
    const wanted = createHmac('sha256', smsAccessKeySecret)
      .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
      .digest('hex');
    if (!timingSafeEqual(Buffer.from(wanted), Buffer.from(signature)))
      throw new SmsRefusal('SignatureDoesNotMatch', 'Specified signature does not match our calculation.', 400);
    // Clocks of a moved demo run ahead of the wall: the twin's clock is the one that moved with it.
    if (Math.abs(Date.parse(header(request, 'x-acs-date')) - now()) > SKEW_MS)
      throw new SmsRefusal('InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.', 400);
    const nonce = header(request, 'x-acs-signature-nonce');
    if (store.run('INSERT INTO sms_nonce (nonce, at) VALUES (?, ?) ON CONFLICT DO NOTHING', nonce, now()) === 0)
      throw new SmsRefusal('SignatureNonceUsed', 'Specified signature nonce was used already.', 400);
  }

  function send(query: Record<string, string>) {
    const { PhoneNumbers: phone = '', SignName, TemplateCode, TemplateParam = '', OutId = '' } = query;
    if (!/^1\d{10}$/.test(phone)) throw new SmsRefusal('isv.MOBILE_NUMBER_ILLEGAL', '非法手机号');
    if (SignName !== smsSignName) throw new SmsRefusal('isv.SMS_SIGNATURE_ILLEGAL', '该账号下找不到对应签名');
    if (TemplateCode !== smsTemplateCode) throw new SmsRefusal('isv.SMS_TEMPLATE_ILLEGAL', '该账号下找不到对应模板');
    let parameters: { content?: unknown };
    try {
      parameters = JSON.parse(TemplateParam) as { content?: unknown };
    } catch {
      throw new SmsRefusal('isv.INVALID_JSON_PARAM', 'JSON参数不合法');
    }
    if (typeof parameters.content !== 'string') throw new SmsRefusal('isv.TEMPLATE_MISSING_PARAMETERS', '模板缺少变量');
    if ([...parameters.content].length > 35) throw new SmsRefusal('isv.PARAM_LENGTH_LIMIT', '参数超过长度限制');
    if (switches.isOn('sms.outOfMoney')) throw new SmsRefusal('isv.AMOUNT_NOT_ENOUGH', '账户余额不足');
    for (const { ms, most, message } of limits) {
      const { count } = store.get<{ count: number }>(
        'SELECT count(*) AS count FROM sms_message WHERE phone = ? AND at > ?',
        phone,
        now() - ms,
      ) ?? { count: 0 };
      if (count >= most) throw new SmsRefusal('isv.BUSINESS_LIMIT_CONTROL', message);
    }
    const bizId = `${randomDigits(18)}^0`;
    store.run(
      'INSERT INTO sms_message (biz_id, phone, text, out_id, at, arrives_at, fails) VALUES (?, ?, ?, ?, ?, ?, ?)',
      bizId,
      phone,
      `【${smsSignName}】${parameters.content} 拒收请回复R`,
      OutId,
      now(),
      now() + switches.number('sms.arrivesMs'),
      switches.isOn('sms.phoneOff') ? 1 : 0,
    );
    return { Code: 'OK', Message: 'OK', BizId: bizId, RequestId: randomHex(16) };
  }

  /** The receipt: 1 on its way, 2 failed, 3 arrived. */
  function details({ PhoneNumber: phone = '', BizId = '' }: Record<string, string>) {
    const rows = store.all<{ text: string; arrivesAt: number; fails: number; outId: string }>(
      'SELECT text, arrives_at AS arrivesAt, fails, out_id AS outId FROM sms_message WHERE phone = ? AND biz_id = ?',
      phone,
      BizId,
    );
    return {
      Code: 'OK',
      Message: 'OK',
      TotalCount: rows.length,
      RequestId: randomHex(16),
      SmsSendDetailDTOs: {
        SmsSendDetailDTO: rows.map(({ text, arrivesAt, fails, outId }) => ({
          PhoneNum: phone,
          Content: text,
          OutId: outId,
          SendStatus: arrivesAt > now() ? 1 : fails ? 2 : 3,
          ErrCode: arrivesAt > now() ? '' : fails ? 'MK:0001' : 'DELIVERED',
        })),
      },
    };
  }

  app.setErrorHandler((error, request, reply) => {
    if (!(error instanceof SmsRefusal)) throw error;
    noteOnRequest(request, error.code);
    return reply.code(error.status).send({ Code: error.code, Message: error.message, RequestId: randomHex(16) });
  });
  app.post('/', async (request) => {
    checkSignature(request);
    const query = request.query as Record<string, string>;
    const action = header(request, 'x-acs-action');
    if (header(request, 'x-acs-version') !== '2017-05-25') throw new SmsRefusal('InvalidVersion', 'version', 400);
    if (action === 'SendSms') return send(query);
    if (action === 'QuerySendDetails') return details(query);
    throw new SmsRefusal('InvalidAction.NotFound', 'Specified api is not found', 404);
  });
}

export async function smsControlRoutes(app: FastifyInstance, { world: { store } }: { world: World }): Promise<void> {
  app.get('/sms', async () => ({
    items: store.all(
      'SELECT biz_id AS bizId, phone, text, out_id AS outId, at FROM sms_message ORDER BY at DESC LIMIT 100',
    ),
  }));
}
