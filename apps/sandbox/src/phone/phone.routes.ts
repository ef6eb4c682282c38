import type { FastifyInstance, FastifyRequest } from 'fastify';
import { failure, type Invocation, PAY_ACTIONS, type PayAction, type Payer } from '../cashier/payer.ts';
import { journalExchanges } from '../platform/journal.ts';
import { bodyText, parseJsonObject } from '../platform/raw-body.ts';
import type { World } from '../platform/world.ts';
import type { Shipping } from '../wechat-mini/shipping.ts';
import type { Subscriptions } from '../wechat-mini/subscriptions.ts';
import type { FundedBy } from '../wechat-pay/orders.ts';
import type { Codes } from './codes.ts';
import type { Persona } from './personas.ts';

export interface PhoneParts {
  codes: Codes;
  payer: Payer;
  subscriptions: Subscriptions;
  shipping: Shipping;
}

class PhoneError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The shopper's own phone: what a person does with thumbs, as calls for storefronts, tests and stories. */
export async function phoneRoutes(
  app: FastifyInstance,
  { world, parts }: { world: World; parts: PhoneParts },
): Promise<void> {
  const { people, keyring } = world;
  const { codes, payer, subscriptions, shipping } = parts;
  const { miniAppId } = keyring.credentials;

  journalExchanges(app, 'phone', world.journal, world.clock.now);
  app.setErrorHandler((error, _request, reply) => {
    const status = error instanceof PhoneError ? error.status : 500;
    if (status === 500)
      process.emitWarning(`sandbox phone failed: ${error instanceof Error ? error.stack : String(error)}`);
    return reply
      .code(status)
      .send({ error: { code: 'sandbox.phone', message: error instanceof Error ? error.message : '出错了' } });
  });

  const body = (request: FastifyRequest): Record<string, unknown> => parseJsonObject(bodyText(request.body)) ?? {};
  const personOf = (input: Record<string, unknown>): Persona => {
    const wanted = String(input.persona ?? input.openid ?? '');
    const person = people.find(wanted);
    if (!person) throw new PhoneError(404, `没有这位用户：${wanted || '（未填）'}`);
    return person;
  };
  const appidOf = (input: Record<string, unknown>) => String(input.appId ?? input.appid ?? miniAppId);

  app.get('/personas', async () => ({ items: people.list().map((person) => describePersona(world, person)) }));

  app.post('/login-code', async (request) => {
    const input = body(request);
    return { errMsg: 'login:ok', code: codes.issue('login', appidOf(input), personOf(input).id) };
  });

  app.post('/phone-code', async (request) => {
    const input = body(request);
    if (input.action === 'deny') return { errMsg: 'getPhoneNumber:fail user deny' };
    return { errMsg: 'getPhoneNumber:ok', code: codes.issue('phone', appidOf(input), personOf(input).id) };
  });

  app.post('/subscribe', async (request) => {
    const input = body(request);
    const person = personOf(input);
    const templateIds = (input.templateIds ?? input.tmplIds) as unknown;
    if (!Array.isArray(templateIds) || templateIds.length === 0) throw new PhoneError(400, 'templateIds 应为非空数组');
    const choice = input.choice === 'reject' ? 'reject' : 'accept';
    const openid = people.openidOf(person, appidOf(input));
    if (choice === 'accept') for (const id of templateIds) subscriptions.accept(openid, String(id));
    return {
      errMsg: 'requestSubscribeMessage:ok',
      ...Object.fromEntries(templateIds.map((id) => [String(id), choice])),
    };
  });

  app.post('/request-payment', async (request) => {
    const input = body(request);
    const action = (input.action ?? 'pay') as PayAction;
    if (!PAY_ACTIONS.includes(action)) throw new PhoneError(400, `action 只能是 ${PAY_ACTIONS.join('、')}`);
    const checked = payer.checkInvocation(invocationOf(input), String(input.persona ?? input.openid ?? ''));
    if (!checked.ok) return failure(checked.reason, checked.text);
    return payer.act(checked.order, checked.payer, action, input.fundedBy as FundedBy | undefined);
  });

  // The camera on a Native code, or the browser on an H5 link: no merchant signature, only the prepay id inside.
  app.post('/scan', async (request) => {
    const input = body(request);
    const token = /[?&](?:pr|prepay_id)=([\w]+)/.exec(String(input.url ?? ''))?.[1];
    if (!token) throw new PhoneError(400, '这不是微信支付的二维码或链接');
    const checked = payer.checkPrepay(token, personOf(input).id);
    if (!checked.ok) return failure(checked.reason, checked.text);
    return payer.act(
      checked.order,
      checked.payer,
      (input.action ?? 'pay') as PayAction,
      input.fundedBy as FundedBy | undefined,
    );
  });

  // WeChat's own receipt sheet (weappOrderConfirm).
  app.post('/confirm-receipt', async (request) => {
    const { transactionId } = body(request);
    return { status: shipping.confirm(String(transactionId ?? '')) ? 'success' : 'fail' };
  });

  app.get('/messages', async (request) => {
    const { persona, limit } = request.query as { persona?: string; limit?: string };
    const person = persona ? people.find(persona) : undefined;
    return { items: world.inbox.list(person?.id, Number(limit ?? 50)) };
  });
}

export function invocationOf(input: Record<string, unknown>): Invocation {
  const text = (name: string) => (typeof input[name] === 'string' ? (input[name] as string) : '');
  return {
    appId: text('appId'),
    timeStamp: text('timeStamp'),
    nonceStr: text('nonceStr'),
    package: text('package'),
    signType: text('signType'),
    paySign: text('paySign'),
  };
}

export function describePersona(world: World, person: Persona): Record<string, unknown> {
  const { miniAppId, oaAppId } = world.keyring.credentials;
  return {
    ...person,
    avatarUrl: `${world.publicUrl}/avatar/${person.id}.svg`,
    openid: world.people.openidOf(person, miniAppId),
    oaOpenid: world.people.openidOf(person, oaAppId),
    unionid: world.people.unionidOf(person),
  };
}
