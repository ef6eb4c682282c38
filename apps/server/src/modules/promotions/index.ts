import './promotions.tables.ts';

export { reductionsWithin } from './promotions.calendar.ts';
export { type Rule, textOf } from './promotions.domain.ts';
export { promotionsRoutes } from './promotions.routes.ts';
export { type CostedGoods, createPromotions, type Promotions, type PromotionsDeps } from './promotions.service.ts';
