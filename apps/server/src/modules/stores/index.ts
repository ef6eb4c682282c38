import './stores.tables.ts';

export { everyShopNeeded, logoNotFound, shopNotFound } from './stores.errors.ts';
export { storesRoutes } from './stores.routes.ts';
export { createStores, type ShopSummary, type Stores, type StoresDeps } from './stores.service.ts';
