import './stores.tables.ts';

export { metresBetween, nearestFirst, type Position, positionOf } from './stores.domain.ts';
export { everyShopNeeded, logoNotFound, shopNotFound } from './stores.errors.ts';
export { storesRoutes } from './stores.routes.ts';
export { createStores, type ShopSummary, type Stores, type StoresDeps } from './stores.service.ts';
