import { randomInt } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import QRCode from 'qrcode';
import { CARRIERS } from '../carriers/carriers.table.ts';
import type { World } from '../platform/world.ts';
import { apiError } from './api-error.ts';
import { judgeText } from './content-check.ts';
import { guardApiRoutes } from './guard.ts';
import { makeTraceId, type Push } from './push.ts';
import type { Shipping } from './shipping.ts';
import type { Subscriptions } from './subscriptions.ts';
import { checkTemplateData, type Templates } from './templates.ts';
import type { Tokens } from './tokens.ts';
import { jsonBody } from './wechat-mini.routes.ts';

export interface MiniToolParts {
  tokens: Tokens;
  templates: Templates;
  subscriptions: Subscriptions;
  shipping: Shipping;
  push: Push;
}

const OK = { errcode: 0, errmsg: 'ok' };
const VISIT_MS = 2 * 3_600_000;
const SCENE = /^[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]+$/;
const CODES_A_MINUTE = 5_000;
const LANGUAGES = ['zh_CN', 'en_US', 'zh_HK', 'zh_TW'];

/** Everything behind an access_token: messages, content safety, QR codes, shipping. */
export async function miniToolRoutes(
  app: FastifyInstance,
  { world, parts }: { world: World; parts: MiniToolParts },
): Promise<void> {
  const { people, switches, inbox, store } = world;
  const { tokens, templates, subscriptions, shipping, push } = parts;
  guardApiRoutes(app, world, 'wechat-mini');

  const appidOf = (request: FastifyRequest) =>
    tokens.appidOf((request.query as { access_token?: string }).access_token);
  const personOf = (appid: string, openid: unknown) => {
    const person = people.byOpenid(appid, String(openid ?? ''));
    if (!person) throw people.find(String(openid ?? '')) ? apiError(43104) : apiError(40003);
    return person;
  };

  app.post('/cgi-bin/message/subscribe/send', async (request) => {
    const appid = appidOf(request);
    const {
      touser,
      template_id: templateId,
      data,
      page = '',
      lang = 'zh_CN',
      miniprogram_state: state = 'formal',
    } = jsonBody(request);
    const person = people.byOpenid(appid, String(touser ?? ''));
    if (!person) throw apiError(40003);
    const template = templates.find(String(templateId ?? ''));
    if (!template) throw apiError(40037);
    if (!LANGUAGES.includes(String(lang)) || !['developer', 'trial', 'formal'].includes(String(state)))
      throw apiError(40097);
    if (String(page).startsWith('/')) throw apiError(41030);
    const lines = checkTemplateData(template, data);
    if (!subscriptions.spend(String(touser), template.id)) throw apiError(43101);
    inbox.deliver({
      personaId: person.id,
      channel: '服务通知',
      title: template.title,
      amount: null,
      lines,
      page: String(page),
    });
    return { ...OK, msgid: randomInt(1_000_000_000, 281_474_976_710_655) };
  });

  app.post('/wxa/msg_sec_check', async (request) => {
    const appid = appidOf(request);
    const { content, version, scene, openid, title = '', nickname = '' } = jsonBody(request);
    if (!content || version !== 2 || ![1, 2, 3, 4].includes(Number(scene)))
      throw apiError(40129, 'invalid scene or version');
    if ([...String(content)].length > 2500) throw apiError(40097, 'content size out of limit');
    personOf(appid, openid);
    checkVisit(openid);
    const verdict = judgeText(`${content}\n${title}\n${nickname}`, switches.text('mini.textVerdict'));
    return {
      ...OK,
      result: { suggest: verdict.suggest, label: verdict.label },
      detail: [
        { strategy: 'content_model', errcode: 0, suggest: verdict.suggest, label: verdict.label, prob: 90 },
        ...(verdict.keyword
          ? [
              {
                strategy: 'keyword',
                errcode: 0,
                suggest: verdict.suggest,
                label: verdict.label,
                keyword: verdict.keyword,
              },
            ]
          : []),
      ],
      trace_id: makeTraceId(),
    };
  });

  app.post('/wxa/media_check_async', async (request) => {
    const appid = appidOf(request);
    const { media_url: url, media_type: type, version, scene, openid } = jsonBody(request);
    if (!url || !URL.canParse(String(url))) throw apiError(40066);
    if (![1, 2].includes(Number(type)) || version !== 2 || ![1, 2, 3, 4].includes(Number(scene))) throw apiError(40097);
    personOf(appid, openid);
    checkVisit(openid);
    const traceId = makeTraceId();
    const forced = switches.text('mini.mediaVerdict');
    const isFailed = forced === 'failed';
    const result = isFailed ? { suggest: '', label: 0 } : { suggest: forced, label: forced === 'pass' ? 100 : 20002 };
    push.queue(
      appid,
      String(openid),
      {
        Event: 'wxa_media_check',
        appid,
        trace_id: traceId,
        version: 2,
        detail: isFailed ? [] : [{ strategy: 'content_model', errcode: 0, ...result, prob: 90 }],
        errcode: isFailed ? -1008 : 0,
        errmsg: isFailed ? 'download failed' : 'ok',
        result,
      },
      switches.number('mini.mediaDelayMs'),
    );
    return { ...OK, trace_id: traceId };
  });

  function checkVisit(openid: unknown): void {
    if (!switches.isOn('mini.visitCheck')) return;
    const session = store.get<{ visitedAt: number }>(
      'SELECT visited_at AS visitedAt FROM mini_session WHERE openid = ?',
      String(openid),
    );
    if (!session || world.clock.now().getTime() - session.visitedAt > VISIT_MS) throw apiError(61010);
  }

  // 5,000 a minute, for all pages together.
  let drawn = { minute: 0, codes: 0 };
  function countCode(): void {
    const minute = Math.floor(world.clock.now().getTime() / 60_000);
    drawn = { minute, codes: minute === drawn.minute ? drawn.codes + 1 : 1 };
    if (drawn.codes > CODES_A_MINUTE) throw apiError(45009);
  }

  app.post('/wxa/getwxacodeunlimit', async (request, reply) => {
    appidOf(request);
    const {
      scene,
      page = '',
      width = 430,
      check_path: checkPath = true,
      is_hyaline: isClear = false,
      line_color: line,
      env_version: version = 'release',
    } = jsonBody(request);
    countCode();
    if (typeof scene !== 'string' || scene.length === 0 || scene.length > 32) throw apiError(40169);
    if (!SCENE.test(scene)) throw apiError(40129);
    if (typeof page !== 'string' || page.startsWith('/') || page.includes('?')) throw apiError(41030);
    if (!['release', 'trial', 'develop'].includes(String(version)) || typeof checkPath !== 'boolean')
      throw apiError(40097);
    const published = switches.text('mini.publishedPages').split(',');
    if (checkPath && switches.isOn('mini.checkPage') && page && !published.includes(String(page)))
      throw apiError(41030);
    if (!(Number(width) >= 280 && Number(width) <= 1280)) throw apiError(40097);
    const { r = 0, g = 0, b = 0 } = (line ?? {}) as Record<string, string | number>;
    const dark = `#${[r, g, b].map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
    const origin = world.publicUrl.replace(/\/sandbox$/, '');
    // A phone camera cannot open a mini program here, so the code opens the same page of the H5 storefront.
    const png = await QRCode.toBuffer(`${origin}/#/${page}?scene=${encodeURIComponent(scene)}`, {
      width: Number(width),
      margin: 2,
      color: { dark, light: isClear ? '#ffffff00' : '#ffffff' },
    });
    return reply.header('content-type', 'image/png').send(png);
  });

  app.post('/wxa/sec/order/upload_shipping_info', async (request) => {
    shipping.upload(appidOf(request), jsonBody(request));
    return OK;
  });
  app.post('/wxa/sec/order/upload_combined_shipping_info', async (request) => {
    shipping.uploadCombined(appidOf(request), jsonBody(request));
    return OK;
  });
  app.post('/wxa/sec/order/get_order', async (request) => {
    appidOf(request);
    return { ...OK, order: shipping.get(jsonBody(request)) };
  });
  app.post('/wxa/sec/order/get_order_list', async (request) => {
    appidOf(request);
    return { ...OK, ...shipping.list(jsonBody(request)) };
  });
  app.post('/wxa/sec/order/notify_confirm_receive', async (request) => {
    appidOf(request);
    shipping.remindReceipt(jsonBody(request));
    return OK;
  });
  app.post('/wxa/sec/order/set_msg_jump_path', async (request) => {
    appidOf(request);
    if (!jsonBody(request).path) throw apiError(10060014, '参数错误：path');
    return OK;
  });
  app.post('/wxa/sec/order/is_trade_managed', async (request) => {
    appidOf(request);
    return { ...OK, is_trade_managed: true };
  });
  app.post('/cgi-bin/express/delivery/open_msg/get_delivery_list', async (request) => {
    appidOf(request);
    const list = CARRIERS.map(({ wechat, name }) => ({ delivery_id: wechat, delivery_name: name }));
    return { ...OK, count: list.length, delivery_list: list };
  });
}
