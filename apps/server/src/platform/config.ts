/** Settings from the environment: read once, validated, all faults named together by name and never by value. */

import { isIP } from 'node:net';

export interface Config {
  port: number;
  host: string;
  dataDir: string;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  amqpUrl: string | undefined;
  /** Where the sandbox answers when it is a process of its own; this process's own port by default. */
  sandboxUrl: string | undefined;
  /** Where shoppers and WeChat reach this install; used in callbacks and OAuth. */
  publicBaseUrl: string;
  logLevel: LogLevel;
  /** undefined: the sandbox plays WeChat. */
  wechat: WechatConfig | undefined;
  /** Ways to pay outside WeChat, each all or nothing; undefined: not offered, or the sandbox's while it plays WeChat. */
  paypal: PaypalConfig | undefined;
  alipay: AlipayConfig | undefined;
  /** Undefined: the channel is off, or in the demo the sandbox's. */
  wecom: WecomSettings | undefined;
  sms: SmsSettings | undefined;
  /** Field keys, `id:hex32` separated by commas, first one encrypts. undefined: generated and kept in dataDir. */
  sm4Keys: string | undefined;
  seedDemo: boolean;
  /** How many days of trade a new demo has behind it; 0: it opens today. */
  demoDays: number;
  cdnBaseUrl: string | undefined;
  /** undefined: pictures live in dataDir. */
  s3: S3Config | undefined;
  /** API requests a minute from one address before 429; 0 = no limit. */
  rateLimitPerMinute: number;
  /** Addresses or networks of proxies whose X-Forwarded-For is believed; this machine's always is. */
  trustedProxies: readonly string[];
  /** Base address of an OTLP/HTTP collector for traces; undefined: none are made. */
  otlpEndpoint: string | undefined;
  /** Who brings it may read /metrics from anywhere; undefined: this machine only. */
  metricsToken: string | undefined;
}

export interface S3Config {
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export interface PaypalConfig {
  clientId: string;
  clientSecret: string;
  merchantId: string;
  webhookId: string;
  baseUrl: string;
  currency: 'USD' | 'EUR';
}

export interface AlipayConfig {
  appId: string;
  sellerId: string;
  appPrivateKey: string;
  alipayPublicKey: string;
  gatewayUrl: string;
  /** The same as a payer's browser reaches it. */
  pageUrl: string;
}

export interface WechatConfig {
  miniAppId: string;
  miniSecret: string;
  oaAppId: string;
  oaSecret: string;
  mchId: string;
  merchantSerial: string;
  merchantPrivateKey: string;
  apiV3Key: string;
  /** Either a public key with its PUB_KEY_ID_…, or neither: then platform certificates are fetched. */
  publicKeyId: string | undefined;
  publicKey: string | undefined;
  payBaseUrl: string;
  apiBaseUrl: string;
  openBaseUrl: string;
  trackBaseUrl: string;
  trackBusinessId: string;
  trackApiKey: string;
  /** Subscription message templates by kind; a kind without an id is not offered. */
  messageTemplates: Record<(typeof templateKinds)[number], string> | undefined;
}

/** Kinds of messages that can have a subscription message template: WECHAT_TEMPLATE_ORDER_PAID and so on. */
const templateKinds = [
  'order_paid',
  'order_shipped',
  'pickup_ready',
  'order_refunded',
  'balance_due',
  'cart_idle',
  'coupon_expiring',
  'plan',
  'campaign',
] as const;

export interface WecomSettings {
  baseUrl: string;
  corpId: string;
  contactSecret: string;
  agentUserId: string;
}
export interface SmsSettings {
  baseUrl: string;
  accessKeyId: string;
  accessKeySecret: string;
  signName: string;
  templateCode: string;
}

type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
const logLevels: readonly string[] = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'];

export class ConfigError extends Error {
  constructor(faults: string[]) {
    super(`Bad settings: ${faults.join('; ')}`);
    this.name = 'ConfigError';
  }
}

type Env = Record<string, string | undefined>;

/** @throws ConfigError naming every bad setting at once */
export function readConfig(env: Env): Config {
  const faults: string[] = [];
  const text = (name: string) => (env[name] === '' ? undefined : env[name]);
  const url = (name: string, protocols: string[]) => {
    const value = text(name);
    if (value === undefined) return undefined;
    const parsed = URL.parse(value);
    if (!parsed || !protocols.includes(parsed.protocol)) faults.push(`${name} is not a ${protocols.join(' or ')} URL`);
    return value;
  };
  const flag = (name: string, otherwise: boolean) => {
    const value = text(name);
    if (value === undefined) return otherwise;
    if (value !== 'true' && value !== 'false') faults.push(`${name} must be true or false`);
    return value === 'true';
  };

  const port = Number(text('PORT') ?? 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) faults.push('PORT must be a whole number from 1 to 65535');
  const rateLimitPerMinute = Number(text('RATE_LIMIT_PER_MINUTE') ?? 1_200);
  if (!Number.isInteger(rateLimitPerMinute) || rateLimitPerMinute < 0)
    faults.push('RATE_LIMIT_PER_MINUTE must be a whole number, 0 for none');
  const logLevel = text('LOG_LEVEL') ?? 'info';
  if (!logLevels.includes(logLevel)) faults.push(`LOG_LEVEL must be one of ${logLevels.join(', ')}`);
  const sm4Keys = text('SM4_KEYS');
  if (sm4Keys !== undefined && !/^[\w-]{1,16}:[0-9a-fA-F]{32}(,[\w-]{1,16}:[0-9a-fA-F]{32})*$/.test(sm4Keys)) {
    faults.push('SM4_KEYS must be id:hex32[,id:hex32…]');
  }

  const demoDays = Number(text('DEMO_DAYS') ?? 14);
  if (!Number.isInteger(demoDays) || demoDays < 0 || demoDays > 90)
    faults.push('DEMO_DAYS must be a whole number from 0 to 90');

  const config: Config = {
    port,
    host: text('HOST') ?? '127.0.0.1',
    dataDir: text('DATA_DIR') ?? '.data',
    databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
    redisUrl: url('REDIS_URL', ['redis:', 'rediss:']),
    amqpUrl: url('AMQP_URL', ['amqp:', 'amqps:']),
    sandboxUrl: url('SANDBOX_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
    publicBaseUrl: (url('PUBLIC_BASE_URL', ['http:', 'https:']) ?? `http://127.0.0.1:${port}`).replace(/\/+$/, ''),
    logLevel: logLevel as LogLevel,
    wechat: readWechat(env, faults),
    paypal: readPaypal(env, faults),
    alipay: readAlipay(env, faults),
    wecom: readAll(env, faults, 'WECOM_BASE_URL', 'https://qyapi.weixin.qq.com', {
      corpId: 'WECOM_CORP_ID',
      contactSecret: 'WECOM_CONTACT_SECRET',
      agentUserId: 'WECOM_AGENT_USERID',
    }),
    sms: readAll(env, faults, 'SMS_BASE_URL', 'https://dysmsapi.aliyuncs.com', {
      accessKeyId: 'SMS_ACCESS_KEY_ID',
      accessKeySecret: 'SMS_ACCESS_KEY_SECRET',
      signName: 'SMS_SIGN_NAME',
      templateCode: 'SMS_TEMPLATE_CODE',
    }),
    sm4Keys,
    seedDemo: flag('SEED_DEMO', text('WECHAT_MCH_ID') === undefined),
    demoDays,
    cdnBaseUrl: url('CDN_BASE_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
    s3: readS3(env, url('S3_ENDPOINT', ['http:', 'https:']), faults),
    rateLimitPerMinute,
    trustedProxies: readNetworks(text('TRUSTED_PROXIES'), faults),
    otlpEndpoint: url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']),
    metricsToken: text('METRICS_TOKEN'),
  };
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(config);
}

/** `10.0.0.0/8, 192.168.1.7`: addresses and networks, separated by commas. */
function readNetworks(text: string | undefined, faults: string[]): string[] {
  const networks = (text ?? '').split(',').flatMap((part) => part.trim() || []);
  const isNetwork = (network: string) => {
    const [address = '', bits, ...rest] = network.split('/');
    const kind = isIP(address);
    const most = kind === 6 ? 128 : 32;
    return kind > 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
  };
  if (!networks.every(isNetwork)) faults.push('TRUSTED_PROXIES must be addresses or networks separated by commas');
  return networks;
}

/** All of it or none of it. */
function readAll<Names extends Record<string, string>>(
  env: Env,
  faults: string[],
  baseUrlName: string,
  usualBaseUrl: string,
  names: Names,
): ({ baseUrl: string } & Record<keyof Names, string>) | undefined {
  const variables = Object.values(names);
  if (variables.every((name) => !env[name])) return undefined;
  for (const name of variables) if (!env[name]) faults.push(`${name} is missing`);
  const values = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, env[name] ?? '']));
  return { baseUrl: env[baseUrlName] || usualBaseUrl, ...values } as { baseUrl: string } & Record<keyof Names, string>;
}

/** All of it or none of it; the region is whatever the store ignores when it has none. */
function readS3(env: Env, endpoint: string | undefined, faults: string[]): S3Config | undefined {
  const names = ['S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;
  if (endpoint === undefined && names.every((name) => !env[name])) return undefined;
  if (endpoint === undefined) faults.push('S3_ENDPOINT is missing');
  for (const name of names) if (!env[name]) faults.push(`${name} is missing`);
  const [bucket, accessKeyId, secretAccessKey] = names.map((name) => env[name] ?? '') as [string, string, string];
  return { endpoint: endpoint ?? '', bucket, region: env.S3_REGION || 'us-east-1', accessKeyId, secretAccessKey };
}

/** @returns the values by name, or undefined when none is set; some but not all is a fault */
function allOrNone<Name extends string>(
  env: Env,
  names: readonly Name[],
  faults: string[],
): Record<Name, string> | undefined {
  if (names.every((name) => !env[name])) return undefined;
  for (const name of names) if (!env[name]) faults.push(`${name} is missing`);
  return Object.fromEntries(names.map((name) => [name, (env[name] ?? '').replaceAll('\\n', '\n')])) as Record<
    Name,
    string
  >;
}

function readPaypal(env: Env, faults: string[]): PaypalConfig | undefined {
  const names = ['PAYPAL_CLIENT_ID', 'PAYPAL_CLIENT_SECRET', 'PAYPAL_MERCHANT_ID', 'PAYPAL_WEBHOOK_ID'] as const;
  const given = allOrNone(env, names, faults);
  if (!given) return undefined;
  const currency = env.PAYPAL_CURRENCY || 'USD';
  if (currency !== 'USD' && currency !== 'EUR') faults.push('PAYPAL_CURRENCY must be USD or EUR');
  return {
    clientId: given.PAYPAL_CLIENT_ID,
    clientSecret: given.PAYPAL_CLIENT_SECRET,
    merchantId: given.PAYPAL_MERCHANT_ID,
    webhookId: given.PAYPAL_WEBHOOK_ID,
    baseUrl: env.PAYPAL_BASE_URL || 'https://api-m.paypal.com',
    currency: currency as 'USD' | 'EUR',
  };
}

function readAlipay(env: Env, faults: string[]): AlipayConfig | undefined {
  const names = ['ALIPAY_APP_ID', 'ALIPAY_SELLER_ID', 'ALIPAY_PRIVATE_KEY', 'ALIPAY_PUBLIC_KEY'] as const;
  const given = allOrNone(env, names, faults);
  if (!given) return undefined;
  const gatewayUrl = env.ALIPAY_GATEWAY_URL || 'https://openapi.alipay.com/gateway.do';
  return {
    appId: given.ALIPAY_APP_ID,
    sellerId: given.ALIPAY_SELLER_ID,
    appPrivateKey: given.ALIPAY_PRIVATE_KEY,
    alipayPublicKey: given.ALIPAY_PUBLIC_KEY,
    gatewayUrl,
    pageUrl: gatewayUrl,
  };
}

const required = [
  'WECHAT_MINI_APPID',
  'WECHAT_MINI_SECRET',
  'WECHAT_OA_APPID',
  'WECHAT_OA_SECRET',
  'WECHAT_MCH_ID',
  'WECHAT_MCH_SERIAL',
  'WECHAT_MCH_PRIVATE_KEY',
  'WECHAT_API_V3_KEY',
] as const;

/** All of it or none of it: a half-configured merchant must not start (C10-PAY-02). */
function readWechat(env: Env, faults: string[]): WechatConfig | undefined {
  const given = required.filter((name) => env[name]);
  if (given.length === 0) return undefined;
  for (const name of required) if (!env[name]) faults.push(`${name} is missing`);
  const get = (name: string) => env[name] ?? '';
  const pem = (name: string) => get(name).replaceAll('\\n', '\n');
  if (get('WECHAT_API_V3_KEY') && Buffer.byteLength(get('WECHAT_API_V3_KEY')) !== 32) {
    faults.push('WECHAT_API_V3_KEY must be 32 bytes');
  }
  const publicKeyId = env.WECHAT_PAY_PUBLIC_KEY_ID || undefined;
  const publicKey = env.WECHAT_PAY_PUBLIC_KEY ? pem('WECHAT_PAY_PUBLIC_KEY') : undefined;
  if ((publicKeyId === undefined) !== (publicKey === undefined)) {
    faults.push('WECHAT_PAY_PUBLIC_KEY_ID and WECHAT_PAY_PUBLIC_KEY go together');
  }
  return {
    miniAppId: get('WECHAT_MINI_APPID'),
    miniSecret: get('WECHAT_MINI_SECRET'),
    oaAppId: get('WECHAT_OA_APPID'),
    oaSecret: get('WECHAT_OA_SECRET'),
    mchId: get('WECHAT_MCH_ID'),
    merchantSerial: get('WECHAT_MCH_SERIAL'),
    merchantPrivateKey: pem('WECHAT_MCH_PRIVATE_KEY'),
    apiV3Key: get('WECHAT_API_V3_KEY'),
    publicKeyId,
    publicKey,
    payBaseUrl: env.WECHAT_PAY_BASE_URL || 'https://api.mch.weixin.qq.com',
    apiBaseUrl: env.WECHAT_API_BASE_URL || 'https://api.weixin.qq.com',
    openBaseUrl: env.WECHAT_OPEN_BASE_URL || 'https://open.weixin.qq.com',
    trackBaseUrl: env.KDNIAO_BASE_URL || 'https://api.kdniao.com',
    trackBusinessId: env.KDNIAO_BUSINESS_ID || '',
    trackApiKey: env.KDNIAO_API_KEY || '',
    messageTemplates: Object.fromEntries(
      templateKinds.map((kind) => [kind, env[`WECHAT_TEMPLATE_${kind.toUpperCase()}`] || '']),
    ) as Record<(typeof templateKinds)[number], string>,
  };
}
