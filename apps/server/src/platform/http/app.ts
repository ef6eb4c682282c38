/** Builds the Fastify app; main listens, tests inject. */
import { createServer } from 'node:http';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { type Clock, minuteMs, systemClock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { RedisClient } from '../redis.ts';
import { type Authenticators, accessControl, type RouteAccess } from './access.ts';
import { errorReplies } from './errors.ts';
import { createFastLane, type FastLane, requestIdOf } from './fast-lane.ts';
import { createRateWindow, rateStoreOf } from './rate-window.ts';
import { traceRequests } from './trace-requests.ts';
import { validatorCompiler } from './validator.ts';

declare module 'fastify' {
  interface FastifyInstance {
    fastLane: FastLane;
  }
}

export interface AppOptions {
  log: Logger;
  clock?: Clock;
  authenticators: Authenticators;
  version: string;
  /** Requests a minute from one address before 429 (C04-TECH-06); 0 turns it off (tests, benchmarks). */
  rateLimitPerMinute: number;
  /** Beside this machine itself. */
  trustedProxies?: readonly string[];
  /** Counts for all processes together; undefined or away: each counts by itself, or lets pass. */
  redis?: RedisClient | undefined;
}

/** Versions of the API that are answered; a client names one as /api/v1/…, and without one gets the newest. */
export const apiVersions = [1] as const;
const newest = apiVersions.at(-1);

/** Of a version we answer, the plain address; of another, the address as it came, which no route has. */
export function withoutVersion(url: string): string {
  const [prefix, version] = /^\/api\/v(\d+)(?=\/)/.exec(url) ?? [];
  if (prefix === undefined || !apiVersions.some((known) => String(known) === version)) return url;
  return `/api${url.slice(prefix.length)}`;
}

export type App = ReturnType<typeof newFastify>;
/** What a module's `…Routes(app)` receives. */
export type RouteApp = App;

function newFastify(log: Logger, trustedProxies: readonly string[], lane: FastLane) {
  return Fastify({
    serverFactory: (handle) =>
      createServer((request, reply) => void (lane.serve(request, reply) || handle(request, reply))),
    loggerInstance: log as never,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    rewriteUrl: ({ url = '/' }) => withoutVersion(url),
    bodyLimit: 1024 * 1024,
    trustProxy: ['loopback', ...trustedProxies],
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: 'idle',
  })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(validatorCompiler);
}

export async function createApp({
  log,
  clock = systemClock,
  authenticators,
  version,
  rateLimitPerMinute,
  trustedProxies = [],
  redis,
}: AppOptions): Promise<App & { routeAccess: RouteAccess[] }> {
  const window = createRateWindow(minuteMs);
  const shared = redis ? 'elsewhere' : { max: rateLimitPerMinute, window, hasProxies: trustedProxies.length > 0 };
  const fastLane = createFastLane({
    clock,
    apiVersion: newest,
    limit: rateLimitPerMinute > 0 ? shared : undefined,
    knownBuyer: authenticators.knownBuyer,
  });
  const app = newFastify(log, trustedProxies, fastLane);
  app.decorate('fastLane', fastLane);
  const routeAccess: RouteAccess[] = [];
  // Clients that always send the JSON header also send it with nothing behind it: no body, not a broken one.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, undefined) : parseJson(request, body as string, done),
  );
  traceRequests(app as unknown as AnyApp);
  await app.register(errorReplies);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Xiaopu 小铺', version, description: 'Amounts are integer fen; instants are UTC.' },
      servers: [{ url: '/', description: 'the newest version; version 1 also below /api/v1/' }],
      components: {
        securitySchemes: {
          buyer: { type: 'http', scheme: 'bearer' },
          staff: { type: 'apiKey', in: 'cookie', name: 'xp_console' },
        },
      },
    },
  });
  await app.register(accessControl, { authenticators, routes: routeAccess });
  if (rateLimitPerMinute > 0) {
    await app.register(rateLimit, {
      max: rateLimitPerMinute,
      timeWindow: minuteMs,
      ...(redis ? { redis, nameSpace: 'xp:rate:', skipOnError: true } : { store: rateStoreOf(window) as never }),
      // The limit guards the API; pictures, pages and the sandbox are not its business.
      allowList: (request) => !request.url.startsWith('/api/'),
    });
  }
  await app.register(swaggerUi, { routePrefix: '/api/docs' });
  app.get('/api/openapi.json', { schema: { hide: true }, config: { access: 'anyone' } }, async () => app.swagger());
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('x-api-version', newest);
    // Countdowns in clients run by this clock, not by the phone's.
    reply.header('x-server-time', clock.now().getTime());
    done(null, payload);
  });
  return Object.assign(app, { routeAccess });
}

export type AnyApp = FastifyInstance;
