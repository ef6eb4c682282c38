/** The door of messaging. */
import './messaging.tables.ts';

export { type DeliveryDeps, deliverySweep } from './messaging.delivery.ts';
export { createModerateText, type ModerateText, type TextScene, type TextVerdict } from './messaging.moderation.ts';
export { messagingRoutes } from './messaging.routes.ts';
export { createMessages, type Messages, type Notification } from './messaging.service.ts';
export { type OrderFacts, subscribeMessaging } from './messaging.subscribers.ts';
export { demoTemplates, type MessageTemplates, templatesFrom } from './messaging.templates.ts';
