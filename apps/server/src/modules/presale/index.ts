import './presale.tables.ts';

export { presalesWithin } from './presale.calendar.ts';
export { createPresaleDirectory, type PresaleDirectory } from './presale.directory.ts';
export { createPresaleOffers } from './presale.offers.ts';
export { presaleRoutes } from './presale.routes.ts';
export { createPresales, type Presales } from './presale.service.ts';
export { presaleSubscribers } from './presale.subscribers.ts';
export { traceOfPresales } from './presale.trace.ts';
