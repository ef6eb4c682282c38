import './wecom.tables.ts';

export { createWecomGateway, type WecomConfig, type WecomGateway, WecomRefusal } from './wecom.gateway.ts';
export { wecomRoutes } from './wecom.routes.ts';
export { createWecom, type Wecom, wecomSweep } from './wecom.service.ts';
