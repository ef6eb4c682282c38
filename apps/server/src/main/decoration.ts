/** Wires what the console changes of the home page: it touches catalogue, search, pictures and who may. */
import { type Catalog, type CatalogConsole, createDecoration, decorationRoutes } from '../modules/catalog/index.ts';
import type { Identity } from '../modules/identity/index.ts';
import type { Media } from '../modules/media/index.ts';
import type { Search } from '../modules/search/index.ts';
import type { Stores } from '../modules/stores/index.ts';
import type { Database } from '../platform/database/database.ts';
import type { RouteApp } from '../platform/http/app.ts';
import type { Outbox } from '../platform/messaging/outbox.ts';

export interface DecorationParts {
  database: Database;
  outbox: Outbox;
  identity: Identity;
  stores: Stores;
  catalog: Catalog;
  products: CatalogConsole;
  search: Search;
  media: Media;
}

export function composeDecoration(
  app: RouteApp,
  { database, outbox, identity, stores, catalog, products, search, media }: DecorationParts,
): void {
  const decoration = createDecoration({
    outbox,
    toPicture: media.toPicture,
    pictures: media.refsForShop,
    shopNames: async (db, shopIds) =>
      new Map([...(await stores.shops(db, shopIds))].map(([shopId, { name }]) => [shopId, name])),
    mayDecorate: async (db, staffId) =>
      identity.hasPermissionIn(db, staffId, 'storefront.write', [...(await stores.shops(db)).keys()]),
    hotWords: { own: search.declaredHotWords, shown: search.hotWords, save: search.declareHotWords },
  });
  const { forgetCategories } = catalog;
  decorationRoutes(app, { decoration, products, forgetCategories, database, audit: identity.audit });
}
