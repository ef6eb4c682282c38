export { createDriftWatch } from './engine/pool.drift.ts';
export { createPoolEngine, type PoolEngine } from './engine/pool.engine.ts';
export { createMemoryAdmission } from './engine/pool.memory.ts';
export { createRedisAdmission, type RedisClient } from './engine/pool.redis.ts';
export type { Pool, Standing, TakeOutcome } from './engine/pool.types.ts';
export { inventoryAudits, reservationBook } from './inventory.audits.ts';
export {
  availableOf,
  isLow,
  type PoolHold,
  type ShelfReason,
  type Shortage,
  type StockLine,
} from './inventory.domain.ts';
export { belowReserved, outOfStock, reservationExists, skuUnknown } from './inventory.errors.ts';
export { stockFeedRoutes } from './inventory.feed.routes.ts';
export { createStockFeed, type StockFeed } from './inventory.feed.ts';
export { type InventoryRoutesDeps, inventoryRoutes, type SkuLabel } from './inventory.routes.ts';
export {
  createInventory,
  type Inventory,
  type InventoryDeps,
  type NewLevel,
  type Reservation,
  type StockFigures,
} from './inventory.service.ts';
export type { NewShelf, ShelfAdjustment, ShelfFigures } from './inventory.shelves.ts';
export { createStockWebhooks } from './inventory.webhooks.ts';
