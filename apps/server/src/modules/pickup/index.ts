export { type PickupConsoleDeps, pickupConsoleRoutes } from './pickup.console.routes.ts';
export { createPickupDesk, type PickupDeskDeps } from './pickup.desk.ts';
export { codeOfNumber, codeText, readCode, spacedCode, type Window, windowsOf, windowText } from './pickup.domain.ts';
export { createPickupPoints, type PickupPoints, type PickupPointsDeps } from './pickup.points.ts';
export { pickupRoutes } from './pickup.routes.ts';
export { pickupSubscribers } from './pickup.subscribers.ts';
