export { availableOf, isLow, type Shortage, type StockLine } from './inventory.domain.ts';
export { belowReserved, outOfStock, reservationExists, skuUnknown } from './inventory.errors.ts';
export { type InventoryRoutesDeps, inventoryRoutes, type SkuLabel } from './inventory.routes.ts';
export {
  createInventory,
  type Inventory,
  type InventoryDeps,
  type NewLevel,
  type Reservation,
  type StockFigures,
} from './inventory.service.ts';
