export { isValid, maxQuantity, stateOf } from './cart.domain.ts';
export { cartIdleSweep, createCartIdle } from './cart.idle.ts';
export type { FindSkus, FindStock, SellableSku, StockFigures } from './cart.ports.ts';
export { type CartRoutesDeps, cartRoutes } from './cart.routes.ts';
export { type CartDeps, type CartService, createCart } from './cart.service.ts';
