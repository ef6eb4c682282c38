/** Stock changes as they happen, by server-sent events; `Last-Event-ID` or `after` catches up. And the ERP's addresses. */
import {
  ErrorReply,
  Id,
  NewStockWebhook,
  NoContent,
  type StockChange,
  StockChanges,
  StockWebhookMade,
  StockWebhooks,
} from '@xiaopu/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { maxChanges, type StockFeed } from './inventory.feed.ts';
import type { StockWebhooks as Webhooks } from './inventory.webhooks.ts';

interface FeedRoutesDeps {
  database: Database;
  feed: StockFeed;
  webhooks: Webhooks;
  audit: AuditTrail;
}

/** Proxies end a silent connection; a comment now and then is not silence. */
const heartbeatMs = 15_000;
const After = Type.Integer({ minimum: 0, description: 'the last sequence seen; 0 from the beginning of what is kept' });
const OfProducts = {
  shopId: Id,
  spuIds: Type.Optional(Type.String({ maxLength: 2_000, description: 'only these, separated by commas' })),
};
const tags = ['stock feed'];

/** Shoppers learn no more than the product page says: what is not scarce is "99". */
const mostShown = 99;
function shownTo(spuIds: string | undefined): (changes: readonly StockChange[]) => StockChange[] {
  const wanted = spuIds ? new Set(spuIds.split(',')) : undefined;
  return (changes) =>
    changes
      .filter(({ spuId }) => !wanted || wanted.has(spuId))
      .map((change) => ({ ...change, available: Math.min(change.available, mostShown) }));
}

export function stockFeedRoutes(app: RouteApp, { database, feed, webhooks, audit }: FeedRoutesDeps): void {
  const { db, inTransaction } = database;
  const open = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const close of open) close();
  });

  function stream(
    request: FastifyRequest,
    reply: FastifyReply,
    {
      shopId,
      after,
      shown,
    }: { shopId: string; after: number; shown: (changes: readonly StockChange[]) => readonly StockChange[] },
  ): void {
    const lastId = Number(request.headers['last-event-id']);
    let position = Number.isSafeInteger(lastId) && lastId >= 0 && request.headers['last-event-id'] ? lastId : after;
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Not kept alive: a server that stops would wait for it.
      connection: 'close',
      'x-accel-buffering': 'no',
    });
    raw.write('retry: 2000\n\n');
    let isReading = false;
    let isWanted = false;
    const send = async () => {
      isWanted = true;
      if (isReading) return;
      isReading = true;
      try {
        while (isWanted && !raw.destroyed) {
          isWanted = false;
          const { items, sequence, isReset } = await feed.read(db, shopId, position);
          if (isReset) raw.write(`event: reset\nid: ${sequence}\ndata: {}\n\n`);
          for (const change of shown(items)) {
            raw.write(`event: stock\nid: ${change.sequence}\ndata: ${JSON.stringify(change)}\n\n`);
          }
          position = sequence;
          if (items.length === maxChanges) isWanted = true;
        }
      } catch (error) {
        request.log.warn({ err: error }, 'stock feed: stream ended');
        close();
      } finally {
        isReading = false;
      }
    };
    const unsubscribe = feed.subscribe(shopId, () => void send());
    const heartbeat = setInterval(() => raw.write(': \n\n'), heartbeatMs);
    const close = () => {
      clearInterval(heartbeat);
      unsubscribe();
      open.delete(close);
      raw.end(() => raw.socket?.destroy());
    };
    open.add(close);
    raw.on('close', close);
    void send();
  }

  app.get(
    '/api/stock/stream',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'Server-sent events `stock` (and `reset`) of products; Last-Event-ID goes on where it ended',
        querystring: Type.Object({ ...OfProducts, after: After }),
        response: { 400: ErrorReply },
      },
    },
    (request, reply) => {
      const { shopId, spuIds, after } = request.query;
      stream(request, reply, { shopId, after, shown: shownTo(spuIds) });
    },
  );

  app.get(
    '/api/stock/changes',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'The same for whoever cannot stream (mini programs); without `after` the newest there are',
        querystring: Type.Object({ ...OfProducts, after: Type.Optional(After) }),
        response: { 200: StockChanges, 400: ErrorReply },
      },
    },
    async ({ query: { shopId, spuIds, after } }) => {
      const changes = after === undefined ? await feed.recent(db, shopId) : await feed.read(db, shopId, after);
      return { ...changes, items: shownTo(spuIds)(changes.items) };
    },
  );

  app.get(
    '/api/console/stock/stream',
    {
      config: { access: { permission: 'inventory.read' } },
      schema: {
        tags,
        summary: 'The same for the console, of the own shop',
        querystring: Type.Object({ after: After }),
        response: { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply },
      },
    },
    (request, reply) =>
      stream(request, reply, { shopId: request.staff.shopId, after: request.query.after, shown: (changes) => changes }),
  );

  app.get(
    '/api/console/stock/changes',
    {
      config: { access: { permission: 'inventory.read' } },
      schema: {
        tags,
        summary: 'What came after a sequence, for whoever cannot stream',
        querystring: Type.Object({ after: Type.Optional(After) }),
        response: { 200: StockChanges, 400: ErrorReply, 401: ErrorReply, 403: ErrorReply },
      },
    },
    ({ staff: { shopId }, query: { after } }) =>
      after === undefined ? feed.recent(db, shopId) : feed.read(db, shopId, after),
  );

  const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
  app.get(
    '/api/console/stock/webhooks',
    {
      config: { access: { permission: 'settings.read' } },
      schema: { tags, summary: 'Addresses that hear of stock changes', response: { 200: StockWebhooks, ...refused } },
    },
    async ({ staff }) => ({ items: await webhooks.list(db, staff.shopId) }),
  );
  app.post(
    '/api/console/stock/webhooks',
    {
      config: { access: { permission: 'settings.write' } },
      schema: {
        tags,
        summary: 'Add an address; its secret is shown once. It hears of what changes from now on',
        body: NewStockWebhook,
        response: { 201: StockWebhookMade, ...refused, 422: ErrorReply },
      },
    },
    async ({ staff, body, ip }, reply) => {
      const made = await inTransaction(async (tx) => {
        const added = await webhooks.add(tx, staff.shopId, body);
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: 'inventory.webhook_add',
          target: added.endpointId,
          summary: `添加库存推送地址「${body.name}」`,
          ip,
        });
        return added;
      });
      return reply.code(201).send(made);
    },
  );
  app.delete(
    '/api/console/stock/webhooks/:endpointId',
    {
      config: { access: { permission: 'settings.write' } },
      schema: {
        tags,
        summary: 'Remove an address',
        params: Type.Object({ endpointId: Id }),
        response: { 200: NoContent, ...refused, 404: ErrorReply },
      },
    },
    async ({ staff, params: { endpointId }, ip }) => {
      await inTransaction(async (tx) => {
        await webhooks.remove(tx, staff.shopId, endpointId);
        await audit(tx, {
          staffId: staff.staffId,
          staffName: staff.name,
          shopId: staff.shopId,
          action: 'inventory.webhook_remove',
          target: endpointId,
          summary: '删除库存推送地址',
          ip,
        });
      });
      return null;
    },
  );
}
