/** Serves the built storefront at / and the console at /console, with long caching for hashed assets only. */
import fastifyStatic from '@fastify/static';
import type { App } from './app.ts';

export interface PageFolders {
  storefront: string;
  console: string;
}

const year = 31_536_000;
const day = '1d';

export async function pageRoutes(app: App, folders: PageFolders): Promise<void> {
  const cacheControl = (path: string) => (/\/assets\//.test(path) ? `public, max-age=${year}, immutable` : 'no-cache');

  const setHeaders = (reply: { header(name: string, value: string): unknown }, path: string) =>
    void reply.header('cache-control', cacheControl(path));
  await app.register(fastifyStatic, { root: folders.storefront, prefix: '/', cacheControl: false, setHeaders });
  // The console is a single page application: every address below it that is not a file is its own business.
  await app.register(fastifyStatic, {
    root: folders.console,
    serve: false,
    decorateReply: false,
    cacheControl: false,
    setHeaders,
  });
  const consolePage = { schema: { hide: true } };
  app.get('/console', consolePage, (_request, reply) => reply.redirect('/console/'));
  app.get<{ Params: { '*': string } }>('/console/*', consolePage, (request, reply) => {
    const path = request.params['*'];
    return reply.sendFile(/\.\w+$/.test(path) ? path : 'index.html', folders.console);
  });
}

/** Files of a folder below an address, as they are. */
export const serveFolder = async (app: App, { root, prefix }: { root: string; prefix: string }): Promise<void> => {
  await app.register(fastifyStatic, { root, prefix, decorateReply: false, index: false, maxAge: day });
};
