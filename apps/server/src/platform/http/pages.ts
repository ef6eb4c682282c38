/** Serves the built storefront at / and the console at /console, with long caching for hashed assets only. */
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { App } from './app.ts';

export interface PageFolders {
  storefront: string;
  console: string;
}

const year = 31_536_000;

export async function pageRoutes(app: App, folders: PageFolders): Promise<void> {
  const cacheControl = (path: string) =>
    /\/assets\//.test(path) ? `public, max-age=${year}, immutable` : 'no-cache';

  await app.register(fastifyStatic, {
    root: folders.console,
    prefix: '/console/',
    cacheControl: false,
    wildcard: false,
    setHeaders: (reply, path) => reply.header('cache-control', cacheControl(path)),
  });
  await app.register(fastifyStatic, {
    root: folders.storefront,
    prefix: '/',
    cacheControl: false,
    decorateReply: false,
    wildcard: false,
    setHeaders: (reply, path) => reply.header('cache-control', cacheControl(path)),
  });
  // The console is a single page application: every address below it is its own business.
  const consolePage = { schema: { hide: true } };
  app.get('/console', consolePage, (_request, reply) => reply.redirect('/console/'));
  app.get('/console/*', consolePage, (request, reply) =>
    request.url.startsWith('/console/assets/')
      ? reply.callNotFound()
      : reply.header('cache-control', 'no-cache').sendFile('index.html', join(folders.console)),
  );
}
