import './group-buy.tables.ts';

export { createGroupActivities, type GroupActivities } from './group-buy.activities.ts';
export { groupBuyAudits } from './group-buy.audits.ts';
export { groupBuysWithin } from './group-buy.calendar.ts';
export { groupBuyConsoleRoutes } from './group-buy.console.routes.ts';
export { dailyGroupRoutes } from './group-buy.daily.routes.ts';
export { createDailyGroups, type DailyGroupBuys } from './group-buy.daily.ts';
export { createGroupDirectory, type GroupDirectory } from './group-buy.directory.ts';
export type { GroupGoods } from './group-buy.domain.ts';
export { createGroupOffers } from './group-buy.offers.ts';
export { createGroupReading } from './group-buy.reading.ts';
export { groupBuyRoutes } from './group-buy.routes.ts';
export { createGroupBuys, type GroupBuys } from './group-buy.service.ts';
export { groupBuySubscribers } from './group-buy.subscribers.ts';
export { traceOfGroupBuys } from './group-buy.trace.ts';
