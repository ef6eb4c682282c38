export { consoleAfterSalesRoutes } from './after-sales.console.routes.ts';
export type { AfterSalesDeps } from './after-sales.ports.ts';
export { afterSalesRoutes } from './after-sales.routes.ts';
export { type AfterSales, createAfterSales } from './after-sales.service.ts';
export { afterSalesSubscribers } from './after-sales.subscribers.ts';
export { afterSalesSweep } from './after-sales.timers.ts';
