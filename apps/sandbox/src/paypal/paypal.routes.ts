import { createHash, timingSafeEqual, verify } from 'node:crypto';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { html, sendPage, serveAssets } from '../platform/html.ts';
import { journalExchanges, noteOnRequest } from '../platform/journal.ts';
import type { OtherKeyring } from '../platform/other-credentials.ts';
import { randomToken } from '../platform/random.ts';
import { bodyText, parseJsonObject } from '../platform/raw-body.ts';
import type { World } from '../platform/world.ts';
import { formatMinor, type Paypal, PaypalError } from './paypal.ts';
import { createReporting } from './reporting.ts';

const TOKEN_SECONDS = 32_400;
const unauthorized = () => new PaypalError(401, 'AUTHENTICATION_FAILURE', 'AUTHENTICATION_FAILURE');

/** api-m.paypal.com, and the page PayPal shows to the payer. */
export async function paypalRoutes(
  app: FastifyInstance,
  { world, paypal, keyring }: { world: World; paypal: Paypal; keyring: () => OtherKeyring },
): Promise<void> {
  const tokens = new Map<string, number>();
  const reporting = createReporting(world, paypal);
  const nowMs = () => world.clock.now().getTime();
  journalExchanges(app, 'paypal', world.journal, world.clock.now);
  serveAssets(app, join(import.meta.dirname, '../cashier/assets'), ['cashier.css']);
  serveAssets(app, join(import.meta.dirname, '../alipay/assets'), ['leave.js']);
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof PaypalError) return reply.code(error.status).send(error.body);
    throw error;
  });

  const body = (request: FastifyRequest) => {
    const parsed = parseJsonObject(bodyText(request.body));
    if (!parsed) throw new PaypalError(400, 'INVALID_REQUEST', 'MALFORMED_REQUEST_JSON');
    return parsed;
  };
  const header = (request: FastifyRequest, name: string): string => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : '';
  };

  app.post('/v1/oauth2/token', async (request, reply) => {
    const { clientId, clientSecret } = keyring().credentials.paypal;
    const expected = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const digest = (text: string) => createHash('sha256').update(text).digest();
    if (!timingSafeEqual(digest(header(request, 'authorization')), digest(expected)))
      return reply.code(401).send({ error: 'invalid_client', error_description: 'Client Authentication failed' });
    if (new URLSearchParams(bodyText(request.body)).get('grant_type') !== 'client_credentials')
      return reply.code(400).send({ error: 'unsupported_grant_type' });
    const token = `A21AA${randomToken(60)}`;
    tokens.set(token, nowMs() + TOKEN_SECONDS * 1000);
    return { access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECONDS, scope: '', nonce: randomToken(20) };
  });

  await app.register(async (guarded) => {
    guarded.addHook('preHandler', async (request) => {
      const token = header(request, 'authorization').replace(/^Bearer /, '');
      const fault = world.switches.takeFault('paypal.fault');
      if (fault === 'expired-token') tokens.clear();
      if ((tokens.get(token) ?? 0) <= nowMs()) throw unauthorized();
      noteOnRequest(request, fault === 'none' ? '' : fault, 'ok');
      if (fault === 'http-500') throw new PaypalError(500, 'INTERNAL_SERVER_ERROR', 'INTERNAL_SERVICE_ERROR');
      (request as { paypalFault?: string }).paypalFault = fault;
    });
    guarded.addHook('onSend', async (request, reply, payload) => {
      if ((request as { paypalFault?: string }).paypalFault !== 'http-500-after') return payload;
      reply.code(500);
      return JSON.stringify(new PaypalError(500, 'INTERNAL_SERVER_ERROR', 'INTERNAL_SERVICE_ERROR').body);
    });

    guarded.post('/v2/checkout/orders', async (request, reply) =>
      reply.code(201).send(paypal.toResource(paypal.create(body(request), header(request, 'paypal-request-id')))),
    );
    guarded.get<{ Params: { id: string } }>('/v2/checkout/orders/:id', async ({ params }) =>
      paypal.toResource(paypal.get(params.id)),
    );
    guarded.post<{ Params: { id: string } }>('/v2/checkout/orders/:id/capture', async (request, reply) =>
      reply.code(201).send(paypal.toResource(paypal.capture(request.params.id))),
    );
    guarded.post<{ Params: { id: string } }>('/v2/payments/captures/:id/refund', async (request, reply) =>
      reply.code(201).send(paypal.refund(request.params.id, body(request), header(request, 'paypal-request-id'))),
    );
    guarded.get<{ Params: { id: string } }>('/v2/payments/refunds/:id', async ({ params }) =>
      paypal.findRefund(params.id),
    );
    guarded.get<{ Querystring: Record<string, string> }>('/v1/reporting/transactions', async ({ query }) =>
      reporting.search(query),
    );
    guarded.post('/v1/notifications/verify-webhook-signature', async (request) => {
      // The event is checked as the text it came in: what was read and written again has another checksum.
      const raw = bodyText(request.body);
      const given = body(request) as Record<string, string>;
      const event = /"webhook_event"\s*:\s*(\{[\s\S]*\})\s*\}$/.exec(raw)?.[1] ?? '';
      const text = `${given.transmission_id}|${given.transmission_time}|${given.webhook_id}|${crc32(event)}`;
      const isGenuine =
        given.webhook_id === keyring().credentials.paypal.webhookId &&
        given.auth_algo === 'SHA256withRSA' &&
        verify(
          'sha256',
          Buffer.from(text),
          keyring().paypalPublicKey,
          Buffer.from(given.transmission_sig ?? '', 'base64'),
        );
      return { verification_status: isGenuine ? 'SUCCESS' : 'FAILURE' };
    });
  });

  app.get('/checkoutnow', async (request, reply) => {
    const { token = '' } = request.query as { token?: string };
    const order = paypal.find(token);
    const page = { title: 'PayPal', assets: `${app.prefix}/assets`, style: 'cashier.css', script: 'leave.js' };
    const isOpen = order?.status === 'PAYER_ACTION_REQUIRED';
    const content = isOpen
      ? html`<main class="sheet" data-post="${app.prefix}/checkoutnow" data-token="${token}" data-testid="paypal-sheet">
  <header class="sheet-head"><span></span><span class="sheet-title">PayPal</span><span class="sheet-user">沙箱买家</span></header>
  <section class="view">
    <p class="merchant">${world.keyring.credentials.merchantName}</p>
    <p class="amount"><span class="amount-sign">${order.currency}</span> ${formatMinor(order.minor)}</p>
    <p class="description">${order.description}</p>
    <button type="button" class="primary" data-choice="approve" data-testid="paypal-approve">同意付款</button>
    <button type="button" class="leave" data-choice="cancel" data-testid="paypal-cancel">取消并返回商家</button>
    <p class="safe">演示环境，不会扣真实的钱</p>
  </section>
</main>`
      : html`<main class="dialog" role="alertdialog"><p class="dialog-text">这笔付款已处理或已过期</p></main>`;
    return sendPage(reply, { ...page, body: content }, isOpen ? 200 : 400);
  });
  app.post('/checkoutnow', async (request, reply) => {
    const { token = '', choice = '' } = body(request) as Record<string, string>;
    const order = paypal.find(token);
    if (!order) return reply.code(404).send({});
    const isApproved = choice === 'approve' && paypal.approve(token) !== undefined;
    const url = new URL(isApproved ? order.returnUrl : order.cancelUrl);
    // The hash of a single-page shop stays behind the query.
    url.searchParams.set('token', token);
    if (isApproved) url.searchParams.set('PayerID', 'SANDBOXPAYER1');
    return { result: isApproved ? 'ok' : 'cancel', url: url.toString() };
  });
}
