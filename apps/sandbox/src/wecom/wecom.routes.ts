import type { FastifyInstance } from 'fastify';
import { reachCredentials } from '../platform/credentials.ts';
import { journalExchanges, noteOnRequest } from '../platform/journal.ts';
import { bodyText, parseJsonObject } from '../platform/raw-body.ts';
import type { World } from '../platform/world.ts';
import { type Wecom, WecomError } from './wecom.ts';

type Query = Record<string, string | undefined>;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** qyapi.weixin.qq.com, the customer contact part: answers 200 with an errcode, whatever happened. */
export async function wecomRoutes(
  app: FastifyInstance,
  { world, wecom }: { world: World; wecom: Wecom },
): Promise<void> {
  const { wecomCorpId, wecomContactSecret } = reachCredentials(world.keyring.credentials);
  journalExchanges(app, 'wecom', world.journal, world.clock.now);
  let minute = 0;
  let calls = 0;
  app.addHook('preHandler', async (request) => {
    const thisMinute = Math.floor(world.clock.now().getTime() / 60_000);
    calls = thisMinute === minute ? calls + 1 : 1;
    minute = thisMinute;
    if (calls > world.switches.number('wecom.callsPerMinute')) throw new WecomError(45009, 'api freq out of limit');
    if (!(request.raw.url ?? '').includes('/gettoken')) wecom.checkToken((request.query as Query).access_token);
  });
  app.setErrorHandler((error, request, reply) => {
    if (!(error instanceof WecomError)) throw error;
    noteOnRequest(request, `errcode ${error.errcode}`);
    return reply.code(200).send({ errcode: error.errcode, errmsg: error.message });
  });
  const ok = (more: object = {}) => ({ errcode: 0, errmsg: 'ok', ...more });
  const bodyOf = (request: { body: unknown }) => parseJsonObject(bodyText(request.body)) ?? {};

  app.get('/cgi-bin/gettoken', async (request) => {
    const { corpid, corpsecret } = request.query as Query;
    if (corpid !== wecomCorpId) throw new WecomError(40013, 'invalid corpid');
    if (corpsecret !== wecomContactSecret) throw new WecomError(40001, 'invalid credential');
    return ok(wecom.token());
  });
  app.post('/cgi-bin/externalcontact/unionid_to_external_userid', async (request) => {
    const { unionid, openid } = bodyOf(request);
    if (!text(unionid) || !text(openid)) throw new WecomError(40058, 'invalid Request Parameter');
    const external = wecom.externalOf(text(unionid));
    if (!external) throw new WecomError(84061, 'not external contact');
    return ok({ external_userid: external });
  });
  app.post('/cgi-bin/externalcontact/get_corp_tag_list', async () => {
    const groups = new Map<string, { id: string; name: string }[]>();
    for (const { id, group, name } of wecom.tags()) groups.set(group, [...(groups.get(group) ?? []), { id, name }]);
    return ok({ tag_group: [...groups].map(([name, tag]) => ({ group_name: name, tag })) });
  });
  app.post('/cgi-bin/externalcontact/add_corp_tag', async (request) => {
    const { group_name: group, tag } = bodyOf(request);
    const names = Array.isArray(tag) ? tag.map((one) => text((one as { name?: unknown }).name)) : [];
    if (!text(group) || names.length === 0 || names.includes('')) throw new WecomError(40058, 'invalid tag');
    const made = names.map((name) => ({ id: wecom.addTag(text(group), name), name }));
    return ok({ tag_group: { group_name: group, tag: made } });
  });
  app.post('/cgi-bin/externalcontact/mark_tag', async (request) => {
    const { userid, external_userid: external, add_tag: add } = bodyOf(request);
    wecom.mark(text(userid), text(external), Array.isArray(add) ? add.map(text) : []);
    return ok();
  });
  app.post('/cgi-bin/externalcontact/add_contact_way', async (request) => {
    const { type, scene, state, remark, user } = bodyOf(request);
    const [userid] = Array.isArray(user) ? user.map(text) : [];
    if (type !== 1 || (scene !== 1 && scene !== 2) || !userid)
      throw new WecomError(40058, 'invalid type, scene or user');
    if ([...text(state)].length > 30 || [...text(remark)].length > 30)
      throw new WecomError(40058, 'state or remark too long');
    const configId = wecom.addWay(userid, text(state));
    const qrCode = `${world.publicUrl}/wecom-qr/${configId}`;
    return ok({ config_id: configId, ...(scene === 2 && { qr_code: qrCode }) });
  });
  app.post('/cgi-bin/externalcontact/add_msg_template', async (request) => {
    const { chat_type: kind, external_userid: externals, sender, text: words, attachments } = bodyOf(request);
    const content = text((words as { content?: unknown } | undefined)?.content);
    const ids = Array.isArray(externals) ? externals.map(text) : [];
    if (kind !== 'single' || ids.length === 0 || ids.length > 10_000 || !text(sender) || content === '')
      throw new WecomError(40058, 'invalid Request Parameter');
    if (Buffer.byteLength(content) > 4_000) throw new WecomError(40058, 'text.content exceeds 4000 bytes');
    const [first] = Array.isArray(attachments) ? (attachments as { miniprogram?: { page?: unknown } }[]) : [];
    const { msgid, failed } = wecom.send(ids, content, text(first?.miniprogram?.page));
    return ok({ msgid, fail_list: failed });
  });
  app.post('/cgi-bin/externalcontact/get_groupmsg_send_result', async (request) =>
    ok({ send_list: wecom.results(text(bodyOf(request).msgid)) }),
  );
}

/** What stands where WeCom's own picture of the code would: a drawing that names the way, so that a page has something to show. */
export async function wecomPictureRoutes(app: FastifyInstance): Promise<void> {
  app.get('/wecom-qr/:configId', async (request, reply) => {
    const { configId } = request.params as { configId: string };
    const bits = [...configId].flatMap((digit) => [...Number.parseInt(digit, 16).toString(2).padStart(4, '0')]);
    const squares = Array.from({ length: 169 }, (_, at) => at)
      .filter((at) => bits[(at * 7) % bits.length] === '1')
      .map((at) => `<rect x="${(at % 13) * 8 + 8}" y="${Math.floor(at / 13) * 8 + 8}" width="8" height="8"/>`)
      .join('');
    const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120"><rect width="120" height="120" fill="#fff"/>${squares}</svg>`;
    return reply.type('image/svg+xml').send(picture);
  });
}

/** The people of the twin: a customer adds the agent, the agent confirms a message. */
export async function wecomControlRoutes(app: FastifyInstance, { wecom }: { wecom: Wecom }): Promise<void> {
  app.get('/wecom', async () => wecom.state());
  app.post('/wecom/contacts', async (request) => ({
    externalUserId: wecom.add(text(parseJsonObject(bodyText(request.body))?.unionid)),
  }));
  app.post('/wecom/messages/:msgid/confirm', async (request) => ({
    confirmed: wecom.confirm((request.params as { msgid: string }).msgid),
  }));
}
