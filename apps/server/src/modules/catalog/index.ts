export { catalogRoutes } from './catalog.routes.ts';
export { type Catalog, type CatalogDependencies, createCatalog, type SellableSku } from './catalog.service.ts';
export { catalogSubscribers } from './catalog.subscribers.ts';
export type { PicturePort, ReviewPort, ShopPort, StockPort, TextPort } from './catalog.ports.ts';
export type { ReviewHead } from './catalog.tables.ts';
export { stockFlags } from './catalog.domain.ts';
export type { LoadBanner, LoadCategory, LoadSku, LoadSpu } from './catalog.loader.ts';
