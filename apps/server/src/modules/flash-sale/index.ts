export { flashSalesWithin } from './flash-sale.calendar.ts';
export { flashSaleConsoleRoutes } from './flash-sale.console.routes.ts';
export { createFlashDirectory, type FlashDirectory, type SaleGoods } from './flash-sale.directory.ts';
export { createFlashOffers } from './flash-sale.offers.ts';
export { flashSaleRoutes } from './flash-sale.routes.ts';
export { createFlashSales, type FlashSaleDeps, type FlashSales } from './flash-sale.service.ts';
export { createFlashTemplates, type FlashTemplates } from './flash-sale.templates.ts';
