import Fastify, { type FastifyInstance } from 'fastify';
import { alipayRoutes } from '../alipay/alipay.routes.ts';
import { ALIPAY_TABLES, createAlipay } from '../alipay/alipay.ts';
import { createAlipayBills } from '../alipay/bills.ts';
import { ALIPAY_SWITCHES } from '../alipay/switches.ts';
import { carrierRoutes } from '../carriers/carriers.routes.ts';
import { createTrackPush } from '../carriers/kdniao.ts';
import { CARRIER_TABLES, createParcels } from '../carriers/parcels.ts';
import { CARRIER_SWITCHES } from '../carriers/switches.ts';
import { cashierRoutes } from '../cashier/cashier.routes.ts';
import { contractPageRoutes } from '../cashier/contract.routes.ts';
import { createPayer } from '../cashier/payer.ts';
import { transferPageRoutes } from '../cashier/transfer.routes.ts';
import { controlRoutes } from '../dashboard/control.routes.ts';
import { dashboardRoutes } from '../dashboard/dashboard.routes.ts';
import { paypalRoutes } from '../paypal/paypal.routes.ts';
import { createPaypal, PAYPAL_TABLES } from '../paypal/paypal.ts';
import { PAYPAL_SWITCHES } from '../paypal/switches.ts';
import { CODE_TABLES, createCodes } from '../phone/codes.ts';
import { createInbox, INBOX_TABLES } from '../phone/inbox.ts';
import { createPeople, PERSONA_TABLES } from '../phone/personas.ts';
import { phoneRoutes } from '../phone/phone.routes.ts';
import { createCallbackSender } from '../platform/callbacks.ts';
import { createMovableClock, createTransportClock, type SandboxClock } from '../platform/clock.ts';
import { openKeyring, reachCredentials } from '../platform/credentials.ts';
import { createJournal, JOURNAL_TABLES } from '../platform/journal.ts';
import { type OtherKeyring, openOtherKeyring } from '../platform/other-credentials.ts';
import { takeBodiesAsText } from '../platform/raw-body.ts';
import { createRedelivery } from '../platform/redelivery.ts';
import { openStore } from '../platform/store.ts';
import { createSwitches } from '../platform/switches.ts';
import type { World } from '../platform/world.ts';
import { SMS_TABLES, smsControlRoutes, smsRoutes } from '../sms/sms.routes.ts';
import { REACH_SWITCHES } from '../sms/switches.ts';
import { createPush, PUSH_TABLES } from '../wechat-mini/push.ts';
import { createShipping, SHIPPING_TABLES } from '../wechat-mini/shipping.ts';
import { createSubscriptions, SUBSCRIPTION_TABLES } from '../wechat-mini/subscriptions.ts';
import { MINI_SWITCHES } from '../wechat-mini/switches.ts';
import { createTemplates } from '../wechat-mini/templates.ts';
import { createTokens, TOKEN_TABLES } from '../wechat-mini/tokens.ts';
import { miniToolRoutes } from '../wechat-mini/tools.routes.ts';
import { SESSION_TABLES, wechatMiniRoutes } from '../wechat-mini/wechat-mini.routes.ts';
import { OA_SWITCHES } from '../wechat-oa/switches.ts';
import { OA_TABLES, oauthApiRoutes, oauthPageRoutes } from '../wechat-oa/wechat-oa.routes.ts';
import { createBills } from '../wechat-pay/bills.ts';
import { createCombine } from '../wechat-pay/combine.ts';
import { complaintControlRoutes } from '../wechat-pay/complaints.routes.ts';
import { createNotifications } from '../wechat-pay/notifications.ts';
import { createOrders } from '../wechat-pay/orders.ts';
import { productControlRoutes } from '../wechat-pay/products.control.ts';
import { PRODUCT_SWITCHES } from '../wechat-pay/products.switches.ts';
import { createProductParts, PRODUCT_TABLES } from '../wechat-pay/products.ts';
import { createRefunds } from '../wechat-pay/refunds.ts';
import { NOTIFY_SWITCHES, PAY_SWITCHES } from '../wechat-pay/switches.ts';
import { PAY_TABLES } from '../wechat-pay/tables.ts';
import { wechatPayRoutes } from '../wechat-pay/wechat-pay.routes.ts';
import { wecomControlRoutes, wecomPictureRoutes, wecomRoutes } from '../wecom/wecom.routes.ts';
import { createWecom, WECOM_TABLES } from '../wecom/wecom.ts';

export { CARRIERS, type Carrier } from '../carriers/carriers.table.ts';
export type { SandboxClock } from '../platform/clock.ts';
export { type DemoCredentials, demoCredentials, reachCredentials } from '../platform/credentials.ts';
export { demoOtherCredentials, type OtherCredentials } from '../platform/other-credentials.ts';
export { DEMO_TEMPLATES } from '../wechat-mini/templates.ts';

/** PayPal's and Alipay's own ladders begin in minutes; the demo need not wait as long for the first ones. */
const OTHER_SCHEDULE_MS = [5_000, 60_000, 600_000, 3_600_000];

export const SANDBOX_PREFIX = '/sandbox';

export interface SandboxOptions {
  /** Origin as a browser reaches it, without `/sandbox`; goes into H5 links, bill links and redirects. */
  publicBaseUrl: string;
  dataDir: string;
  /** A fixed or foreign source of time; the dashboard moves on top of it. */
  now?: () => Date;
  /** The host's own movable clock, so that fast-forwarding moves shop and sandbox together. Wins over `now`. */
  clock?: SandboxClock;
  /** Waits between notification attempts in milliseconds; the documented ladder by default. */
  notifySchedule?: readonly number[];
  /** Where the mini program's message push goes; the switch `mini.pushUrl` overrides it. */
  messagePushUrl?: string;
  /** Where PayPal's webhooks go; the switch `paypal.webhookUrl` overrides it. */
  paypalWebhookUrl?: string;
  /** Where the carrier aggregator pushes tracks; the switch `carriers.pushUrl` overrides it. */
  trackPushUrl?: string;
}

/** The twin as an app of its own, everything under `/sandbox`. */
export function createSandbox(options: SandboxOptions): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 200 } });
  app.register(sandboxPlugin, { ...options, prefix: SANDBOX_PREFIX });
  return app;
}

/** The same twin inside a host's process: `app.register(sandboxPlugin, { prefix: '/sandbox', ...options })`. */
export async function sandboxPlugin(app: FastifyInstance, options: SandboxOptions): Promise<void> {
  const store = openStore(options.dataDir, [
    JOURNAL_TABLES,
    PERSONA_TABLES,
    INBOX_TABLES,
    CODE_TABLES,
    PAY_TABLES,
    PRODUCT_TABLES,
    TOKEN_TABLES,
    SESSION_TABLES,
    SUBSCRIPTION_TABLES,
    SHIPPING_TABLES,
    PUSH_TABLES,
    OA_TABLES,
    CARRIER_TABLES,
    PAYPAL_TABLES,
    ALIPAY_TABLES,
    WECOM_TABLES,
    SMS_TABLES,
  ]);
  const clock = options.clock ?? createMovableClock(options.now);
  const keyring = openKeyring(store);
  const world: World = {
    store,
    clock,
    keyring,
    transport: createTransportClock(clock.now),
    switches: createSwitches(store, [
      ...PAY_SWITCHES,
      ...NOTIFY_SWITCHES,
      ...PRODUCT_SWITCHES,
      ...MINI_SWITCHES,
      ...OA_SWITCHES,
      ...CARRIER_SWITCHES,
      ...PAYPAL_SWITCHES,
      ...ALIPAY_SWITCHES,
      ...REACH_SWITCHES,
    ]),
    journal: createJournal(store),
    people: createPeople(store, keyring.credentials),
    inbox: createInbox(store, clock.now),
    publicUrl: `${options.publicBaseUrl.replace(/\/$/, '')}${app.prefix}`,
  };

  const sendCallback = createCallbackSender(world.journal, clock.now);
  const notifications = createNotifications(world, sendCallback, options.notifySchedule);
  const orders = createOrders(world, notifications);
  const refunds = createRefunds(world, orders, notifications);
  const combine = createCombine(world, orders);
  const bills = createBills(world, orders, refunds);
  const products = createProductParts(world, orders, refunds, notifications);
  const payer = createPayer(world, orders);
  // Three key pairs that most runs never need: made when the first of the two is asked.
  let otherKeyring: OtherKeyring | undefined;
  const others = () => {
    otherKeyring ??= openOtherKeyring(store);
    return otherKeyring;
  };
  const redelivery = createRedelivery(sendCallback, options.notifySchedule ?? OTHER_SCHEDULE_MS);
  const paypal = createPaypal(world, { keyring: others, redelivery, webhookUrl: options.paypalWebhookUrl ?? '' });
  const alipay = createAlipay(world, { keyring: others, redelivery });
  const codes = createCodes(store, clock.now);
  const tokens = createTokens(world);
  const subscriptions = createSubscriptions(store);

  const templates = createTemplates(store);
  const shipping = createShipping(world, orders, refunds);
  const push = createPush(world, sendCallback, options.messagePushUrl);
  const parcels = createParcels(world);
  const trackPush = createTrackPush(world, parcels, sendCallback, options.trackPushUrl);

  takeBodiesAsText(app);
  app.register(wechatPayRoutes, { prefix: '/wechat-pay', world, parts: { orders, refunds, bills, combine, products } });
  app.register(wechatMiniRoutes, { prefix: '/wechat-api', world, parts: { codes, tokens } });
  app.register(miniToolRoutes, {
    prefix: '/wechat-api',
    world,
    parts: { tokens, templates, subscriptions, shipping, push },
  });
  app.register(oauthApiRoutes, { prefix: '/wechat-api', world, parts: { codes, tokens } });
  app.register(oauthPageRoutes, { prefix: '/wechat-open', world, parts: { codes, tokens } });
  app.register(carrierRoutes, { prefix: '/kdniao', world, parts: { parcels } });
  const wecom = createWecom(world, reachCredentials(keyring.credentials).wecomAgentUserId);
  app.register(wecomRoutes, { prefix: '/wecom', world, wecom });
  app.register(wecomPictureRoutes);
  app.register(smsRoutes, { prefix: '/sms', world });
  app.register(wecomControlRoutes, { prefix: '/control', wecom });
  app.register(smsControlRoutes, { prefix: '/control', world });
  app.register(phoneRoutes, { prefix: '/phone', world, parts: { codes, payer, subscriptions, shipping } });
  app.register(controlRoutes, {
    prefix: '/control',
    world,
    parts: { orders, refunds, notifications, parcels, templates, push, trackPush },
  });
  app.register(productControlRoutes, { prefix: '/control', parts: products });
  app.register(complaintControlRoutes, { prefix: '/control', complaints: products.complaints });
  app.register(transferPageRoutes, { prefix: '/transfer', world, transfers: products.transfers });
  app.register(contractPageRoutes, { prefix: '/contract', world, papay: products.papay });
  app.register(dashboardRoutes, { world });
  app.register(paypalRoutes, { prefix: '/paypal', world, paypal, keyring: others });
  app.register(alipayRoutes, {
    prefix: '/alipay',
    world,
    alipay,
    bills: createAlipayBills(world, alipay, others),
    keyring: others,
  });
  app.register(cashierRoutes, { prefix: '/cashier', world, parts: { payer } });

  app.addHook('onReady', async () => {
    notifications.start();
    refunds.start();
    products.start();
    push.start();
    trackPush.start();
    // Whoever asks for the credentials next opens the file a second time.
    store.flush();
  });
  app.addHook('onClose', async () => {
    refunds.stop();
    products.stop();
    await Promise.all([notifications.stop(), push.stop(), trackPush.stop(), redelivery.stop()]);
    world.journal.flush();
    store.close();
  });
}
