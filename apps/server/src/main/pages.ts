/** The built clients of this checkout, served beside the API. */
import { join } from 'node:path';
import type { App } from '#platform/http/app.ts';
import { pageRoutes } from '#platform/http/pages.ts';

const root = join(import.meta.dirname, '../../../..');

export const servePages = (app: App): Promise<void> =>
  pageRoutes(app, {
    storefront: join(root, 'apps/storefront/dist/build/h5'),
    console: join(root, 'apps/console/dist'),
  });
