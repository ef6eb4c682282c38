/** qyapi.weixin.qq.com, customer contact: the token by itself, and each call's refusal as an error that carries its errcode. */
import { type Clock, secondMs } from '#platform/clock.ts';

export interface WecomConfig {
  baseUrl: string;
  corpId: string;
  contactSecret: string;
  /** The member of the corp whom customers add. */
  agentUserId: string;
  miniAppId: string;
}

/** WeCom answered, and refused. */
export class WecomRefusal extends Error {
  override name = 'WecomRefusal';
  readonly errcode: number;
  constructor(errcode: number, message: string) {
    super(message);
    this.errcode = errcode;
  }
}

export interface WecomGateway {
  /** undefined: this person has not added the agent; nobody can be added without their own act. */
  externalUserOf(who: { unionid: string; openid: string }): Promise<string | undefined>;
  /** @returns the tag's id, made when the corp has none of that name */
  ensureTag(group: string, name: string): Promise<string>;
  markTag(externalUserId: string, tagId: string): Promise<void>;
  /** A code that leads to the agent; `state` comes back with whoever uses it, at most 30 characters. */
  addContactWay(way: { state: string; remark: string }): Promise<{ configId: string; qrCode: string }>;
  /** Handed to the agent to confirm. @returns what WeCom calls it; undefined when this customer cannot be sent to now */
  send(message: { externalUserId: string; text: string; title: string; page: string }): Promise<string | undefined>;
}

const noContact = 84061;
const tagRepeated = 40071;
const staleToken = new Set([40014, 42001]);
const renewBeforeMs = 300 * secondMs;

export function createWecomGateway({
  config,
  clock,
  fetch: send = fetch,
}: {
  config: WecomConfig;
  clock: Clock;
  fetch?: typeof fetch;
}): WecomGateway {
  const { corpId, contactSecret, agentUserId, miniAppId } = config;
  const base = config.baseUrl.replace(/\/+$/, '');
  let known: { token: string; renewAt: number } | undefined;

  async function ask(path: string, query: Record<string, string>, body?: object): Promise<Record<string, unknown>> {
    const response = await send(`${base}${path}?${new URLSearchParams(query)}`, {
      method: body ? 'POST' : 'GET',
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`WeCom answered ${response.status}`);
    const reply = (await response.json()) as Record<string, unknown>;
    if (reply.errcode !== 0) throw new WecomRefusal(Number(reply.errcode), `errcode ${String(reply.errcode)}`);
    return reply;
  }
  async function token(): Promise<string> {
    const now = clock.now().getTime();
    if (known && known.renewAt > now) return known.token;
    const reply = await ask('/cgi-bin/gettoken', { corpid: corpId, corpsecret: contactSecret });
    known = {
      token: String(reply.access_token),
      renewAt: now + Math.max(0, Number(reply.expires_in) * secondMs - renewBeforeMs),
    };
    return known.token;
  }
  async function post(name: string, body: object): Promise<Record<string, unknown>> {
    const path = `/cgi-bin/externalcontact/${name}`;
    try {
      return await ask(path, { access_token: await token() }, body);
    } catch (error) {
      if (!(error instanceof WecomRefusal) || !staleToken.has(error.errcode)) throw error;
      known = undefined;
      return ask(path, { access_token: await token() }, body);
    }
  }
  async function findTag(group: string, name: string): Promise<string | undefined> {
    const { tag_group: groups = [] } = await post('get_corp_tag_list', {});
    const list = groups as { group_name?: string; tag?: { id?: string; name?: string }[] }[];
    return list.find(({ group_name }) => group_name === group)?.tag?.find((one) => one.name === name)?.id;
  }

  return {
    async externalUserOf({ unionid, openid }) {
      try {
        const reply = await post('unionid_to_external_userid', { unionid, openid, subject_type: 0 });
        return String(reply.external_userid);
      } catch (error) {
        if (error instanceof WecomRefusal && error.errcode === noContact) return undefined;
        throw error;
      }
    },
    async ensureTag(group, name) {
      const found = await findTag(group, name);
      if (found) return found;
      try {
        const { tag_group: made } = await post('add_corp_tag', { group_name: group, tag: [{ name }] });
        return String((made as { tag?: { id?: string }[] }).tag?.[0]?.id);
      } catch (error) {
        // Somebody else made it in between.
        const other = error instanceof WecomRefusal && error.errcode === tagRepeated && (await findTag(group, name));
        if (!other) throw error;
        return other;
      }
    },
    async markTag(externalUserId, tagId) {
      await post('mark_tag', { userid: agentUserId, external_userid: externalUserId, add_tag: [tagId] });
    },
    async addContactWay({ state, remark }) {
      const reply = await post('add_contact_way', { type: 1, scene: 2, state, remark, user: [agentUserId] });
      return { configId: String(reply.config_id), qrCode: String(reply.qr_code) };
    },
    async send({ externalUserId, text, title, page }) {
      const reply = await post('add_msg_template', {
        chat_type: 'single',
        external_userid: [externalUserId],
        sender: agentUserId,
        text: { content: text },
        attachments: [{ msgtype: 'miniprogram', miniprogram: { title, appid: miniAppId, page, pic_media_id: '' } }],
      });
      const failed = (reply.fail_list as string[] | undefined) ?? [];
      return failed.includes(externalUserId) ? undefined : String(reply.msgid);
    },
  };
}
