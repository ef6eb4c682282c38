export { type FulfilmentRoutesDeps, fulfilmentRoutes } from './fulfilment.routes.ts';
export { createFulfilment, type Fulfilment, type FulfilmentDeps } from './fulfilment.service.ts';
