export { type ConsoleOrderRoutesDeps, consoleOrderRoutes } from './orders.console.routes.ts';
export { statusText, transitions } from './orders.domain.ts';
export type { BestSeller, DayFigures, HourFigures } from './orders.figures.ts';
export type { BuyerName, OrderParcel, OrdersDeps } from './orders.ports.ts';
export type { Shipment } from './orders.receive.ts';
export { type OrderRoutesDeps, orderRoutes } from './orders.routes.ts';
export { createOrders, type Orders } from './orders.service.ts';
export { orderSubscribers } from './orders.subscribers.ts';
export { createOrderSweeps } from './orders.timers.ts';
