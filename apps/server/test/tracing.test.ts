import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { currentTraceId, currentTraceParent, inSpan, startTracing } from '../src/platform/tracing.ts';
import { openTestShop, type TestShop } from './shop.ts';
import { address, findProduct, pay, placeOrder, untilOrder } from './story.ts';

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

/** A collector of OTLP over HTTP, on this machine. */
const received: string[] = [];
let collector: Server;
let endpoint: string;
let world: TestShop;
beforeAll(async () => {
  collector = createServer((request, reply) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      if (request.url === '/v1/traces') received.push(body);
      reply.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((done) => collector.listen(0, '127.0.0.1', done));
  endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  world = await openTestShop();
}, 90_000);
afterAll(async () => {
  await world.close();
  collector.close();
});

const spans = (): Span[] =>
  received.flatMap((body) =>
    (JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }).resourceSpans.flatMap(
      ({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
const attributesOf = ({ attributes }: Span) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));

it('is off by itself: work runs as it is, nothing is said', async () => {
  expect(await inSpan('x', {}, async () => 7)).toBe(7);
  expect([currentTraceId(), currentTraceParent()]).toEqual([undefined, undefined]);
  expect(received).toEqual([]);
});

it('follows one order from the request over its statements and the outbox to consumers and WeChat Pay', async () => {
  const stop = await startTracing({ endpoint, version: '0', role: 'test' });
  const buyer = await world.buyer('lin-xia');
  const product = await findProduct(buyer);
  const { orderNos, paymentId } = await placeOrder(buyer, product);
  await pay(world, buyer, 'lin-xia', paymentId);
  await untilOrder(world, buyer, orderNos[0] ?? '', ({ status }) => status === 'paid');
  const given = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  await world.inject({
    method: 'GET',
    url: '/api/home',
    headers: { traceparent: given, 'x-request-id': 'request-0001' },
  });
  await stop();
  const all = spans();
  const inTraceOf = (span: Span) => all.filter(({ traceId }) => traceId === span.traceId);

  const placing = all.find(({ name }) => name === 'POST /api/orders');
  if (!placing) throw new Error('no span of the placement');
  expect(attributesOf(placing)).toMatchObject({ 'http.route': '/api/orders', 'http.response.status_code': 201 });
  const statements = inTraceOf(placing).filter(
    ({ name, parentSpanId }) => name.startsWith('sql') && parentSpanId === placing.spanId,
  );
  expect(statements.length).toBeGreaterThan(5);
  expect(statements.map((span) => String(attributesOf(span)['db.query.text'])).join()).toContain('orders');

  // The notice made an event, whose consumer made another: one trace from the notice to the last of them.
  // Some of those who hear of a paid order have nothing to do; one of them writes.
  const consumers = all.filter(({ name }) => name === 'consume orders.order_paid');
  const writes = (span: Span) =>
    all.some(({ parentSpanId, name }) => parentSpanId === span.spanId && name.startsWith('sql'));
  const consumer = consumers.find(writes);
  if (!consumer) throw new Error(`no span of a consumer that writes among ${consumers.length}`);
  const names = inTraceOf(consumer).map(({ name }) => name);
  expect(names).toContain('POST /api/notify/wechat-pay/payment');
  expect(names).toContain('consume payments.payment_succeeded');
  expect(consumer.parentSpanId).toMatch(/^[0-9a-f]{16}$/);

  const starting = all.find(({ name }) => name === 'POST /api/payments/:paymentId/start');
  if (!starting) throw new Error('no span of the payment');
  expect(inTraceOf(starting).map(({ name }) => name)).toContain('outside wechat-pay');

  // Who asked had a trace of its own: ours goes on in it.
  const home = all.find((span) => attributesOf(span)['xiaopu.request_id'] === 'request-0001');
  expect([home?.traceId, home?.parentSpanId]).toEqual(['a'.repeat(32), 'b'.repeat(16)]);

  const text = received.join();
  for (const secret of [address.phone, address.name, address.detail, buyer.token, buyer.buyerId, paymentId])
    expect(text.includes(secret), secret.slice(0, 4)).toBe(false);
  expect(currentTraceId()).toBeUndefined();
});

it('costs next to nothing when off', async () => {
  const work = async () => 1;
  const time = async (call: () => Promise<number>) => {
    const startedAt = performance.now();
    for (let turn = 0; turn < 200_000; turn += 1) await call();
    return performance.now() - startedAt;
  };
  await time(work);
  const bare = await time(work);
  const off = await time(() => inSpan('x', {}, work));
  // A microsecond a call at the very most; measured a few hundredths of it.
  expect((off - bare) / 200_000).toBeLessThan(0.001);
});
