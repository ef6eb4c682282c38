import './bargain.tables.ts';

export { bargainsWithin } from './bargain.calendar.ts';
export { bargainConsoleRoutes } from './bargain.console.routes.ts';
export { type BargainDirectory, createBargainDirectory } from './bargain.directory.ts';
export type { BargainGoods } from './bargain.domain.ts';
export { createBargainOffers } from './bargain.offers.ts';
export { bargainRoutes } from './bargain.routes.ts';
export { type Bargains, type BargainsDeps, createBargains } from './bargain.service.ts';
export { bargainSubscribers } from './bargain.subscribers.ts';
export { traceOfBargains } from './bargain.trace.ts';
