import './trials.tables.ts';

export { trialRoutes } from './trials.routes.ts';
export { createTrials, type Trials } from './trials.service.ts';
