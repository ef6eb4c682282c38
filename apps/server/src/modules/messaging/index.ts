/** The door of messaging. */
import './messaging.tables.ts';

export { campaignSweep, createCampaigns } from './messaging.campaigns.ts';
export { messagingConsoleRoutes } from './messaging.console.routes.ts';
export { type DeliveryDeps, deliverySweep } from './messaging.delivery.ts';
export { createMessageDesk } from './messaging.desk.ts';
export { createModerateText, type ModerateText, type TextScene, type TextVerdict } from './messaging.moderation.ts';
export { createNotices, type Notices, noticeSweep } from './messaging.notices.ts';
export { type OutreachSender, outreachSweep } from './messaging.outreach.ts';
export { messagingRoutes } from './messaging.routes.ts';
export { createMessages, type Messages, type Notification } from './messaging.service.ts';
export { createSmsGateway, type SmsConfig, type SmsGateway } from './messaging.sms.gateway.ts';
export { type OrderFacts, subscribeMessaging } from './messaging.subscribers.ts';
export { demoTemplates, type MessageTemplates, templatesFrom } from './messaging.templates.ts';
