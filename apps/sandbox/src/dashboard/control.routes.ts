import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TrackPush } from '../carriers/kdniao.ts';
import type { Parcel, Parcels } from '../carriers/parcels.ts';
import { FATES, type Fate } from '../carriers/track.ts';
import { describePersona } from '../phone/phone.routes.ts';
import { bodyText, parseJsonObject } from '../platform/raw-body.ts';
import { SwitchError } from '../platform/switches.ts';
import type { World } from '../platform/world.ts';
import type { Push } from '../wechat-mini/push.ts';
import type { MessageTemplate, Templates } from '../wechat-mini/templates.ts';
import type { Notifications } from '../wechat-pay/notifications.ts';
import type { Orders } from '../wechat-pay/orders.ts';
import type { Refunds } from '../wechat-pay/refunds.ts';

export interface ControlParts {
  orders: Orders;
  refunds: Refunds;
  notifications: Notifications;
  parcels: Parcels;
  templates: Templates;
  push: Push;
  trackPush: TrackPush;
}

const MAX_CROWD = 2000;

class ControlError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What the dashboard does, as JSON: for tests, stories and the curious. */
export async function controlRoutes(
  app: FastifyInstance,
  { world, parts }: { world: World; parts: ControlParts },
): Promise<void> {
  const { switches, journal, people, clock } = world;
  const { orders, refunds, notifications, parcels, templates, push, trackPush } = parts;

  app.setErrorHandler((error, _request, reply) => {
    const status = error instanceof ControlError ? error.status : error instanceof SwitchError ? 400 : 500;
    if (status === 500)
      process.emitWarning(`sandbox control failed: ${error instanceof Error ? error.stack : String(error)}`);
    return reply
      .code(status)
      .send({ error: { code: 'sandbox.control', message: error instanceof Error ? error.message : '出错了' } });
  });

  const body = (request: FastifyRequest): Record<string, unknown> => parseJsonObject(bodyText(request.body)) ?? {};
  const query = (request: FastifyRequest) => request.query as Record<string, string | undefined>;
  const limitOf = (request: FastifyRequest) => Math.min(Number(query(request).limit ?? 100) || 100, 1000);

  app.get('/switches', async () => ({ values: switches.values(), definitions: switches.definitions }));
  app.put('/switches', async (request) => {
    switches.change(body(request));
    return { values: switches.values() };
  });
  app.post('/switches/reset', async () => {
    switches.reset();
    return { values: switches.values() };
  });

  app.get('/log', async (request) => {
    const { twin, direction, status, contains, afterId } = query(request);
    return {
      items: journal.list({
        twin,
        direction,
        status,
        contains,
        afterId: Number(afterId ?? 0),
        limit: limitOf(request),
      }),
    };
  });
  app.delete('/log', async () => {
    journal.clear();
    return { ok: true };
  });

  app.get('/notifications', async (request) => ({ items: notifications.list(limitOf(request)) }));
  app.post('/notifications/run', async () => ({
    sent: (await notifications.deliverDue()) + (await push.deliverDue()) + (await trackPush.deliverDue()),
  }));
  app.post<{ Params: { id: string } }>('/notifications/:id/send', async (request) => {
    if (!(await notifications.resend(request.params.id))) throw new ControlError(404, '没有这条通知');
    return { ok: true };
  });

  app.get('/orders', async (request) => ({
    items: orders.list(limitOf(request)),
    refunds: refunds.list(limitOf(request)),
  }));
  app.get<{ Params: { outTradeNo: string } }>('/orders/:outTradeNo', async (request) => {
    const order = orders.find(request.params.outTradeNo);
    if (!order) throw new ControlError(404, '没有这笔订单');
    return order;
  });
  /** The payer will have paid this much instead; works before the order exists, null takes it back. */
  app.put<{ Params: { outTradeNo: string } }>('/orders/:outTradeNo/paid-total', async (request) => {
    const { total } = body(request);
    if (total !== null && !(Number.isSafeInteger(total) && (total as number) > 0))
      throw new ControlError(400, 'total 应为正整数（分）或 null');
    orders.overridePaidTotal(request.params.outTradeNo, (total as number | null) ?? undefined);
    return { ok: true };
  });

  app.get('/personas', async () => ({ items: people.list().map((person) => describePersona(world, person)) }));
  app.post('/personas', async (request) => {
    const count = Number(body(request).count ?? 1);
    if (!Number.isSafeInteger(count) || count < 1 || count > MAX_CROWD)
      throw new ControlError(400, `count 应在 1 到 ${MAX_CROWD} 之间`);
    return { items: people.addCrowd(count).map((person) => describePersona(world, person)) };
  });
  app.put<{ Params: { id: string } }>('/personas/:id/balance', async (request) => {
    const person = people.find(request.params.id);
    const { balance } = body(request);
    if (!person) throw new ControlError(404, '没有这位用户');
    if (!Number.isSafeInteger(balance) || (balance as number) < 0)
      throw new ControlError(400, 'balance 应为非负整数（分）');
    people.setBalance(person.id, balance as number);
    return { ok: true };
  });

  const showParcel = (parcel: Parcel | undefined) => {
    if (!parcel) throw new ControlError(404, '没有这个包裹');
    return { ...parcel, steps: parcels.steps(parcel) };
  };
  app.get('/parcels', async (request) => ({ items: parcels.list(limitOf(request)).map(showParcel) }));
  app.post<{ Params: { waybillNo: string } }>('/parcels/:waybillNo/advance', async (request) =>
    showParcel(parcels.advance(request.params.waybillNo, body(request).toEnd === true)),
  );
  app.put<{ Params: { waybillNo: string } }>('/parcels/:waybillNo/fate', async (request) => {
    const fate = body(request).fate as Fate;
    if (!FATES.includes(fate)) throw new ControlError(400, `fate 只能是 ${FATES.join('、')}`);
    return showParcel(parcels.setFate(request.params.waybillNo, fate));
  });

  app.get('/templates', async () => ({ items: templates.list() }));
  app.post('/templates', async (request) => {
    const { id, title, fields } = body(request) as Partial<MessageTemplate>;
    if (!id || !title || !fields || typeof fields !== 'object') throw new ControlError(400, '需要 id、title、fields');
    templates.add({ id, title, fields });
    return { ok: true };
  });

  const time = () => ({ now: clock.now().toISOString(), offsetMs: clock.now().getTime() - Date.now() });
  app.get('/clock', async () => time());
  app.post('/clock/advance', async (request) => {
    const { ms } = body(request);
    if (!Number.isSafeInteger(ms) || (ms as number) <= 0) throw new ControlError(400, 'ms 应为正整数');
    await clock.advance(ms as number);
    refunds.settleDue();
    return time();
  });
  app.post('/clock/reset', async () => {
    await clock.reset();
    return time();
  });
}
