import './agents.tables.ts';

export { agentRoutes } from './agents.routes.ts';
export { type Agents, createAgents } from './agents.service.ts';
export { agentSweeps } from './agents.sweeps.ts';
