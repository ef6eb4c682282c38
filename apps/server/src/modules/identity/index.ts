import './identity.tables.ts';

export {
  type AccessTokens,
  createAccessTokens,
  tokenErrors,
  type WechatAppCredentials,
} from './identity.access-tokens.ts';
export type { BuyerSummary } from './identity.buyers.service.ts';
export { demoPassword } from './identity.demo.ts';
export * as identityErrors from './identity.errors.ts';
export { guestRetention } from './identity.retention.ts';
export { createIdentity, type Identity, type IdentityDeps } from './identity.service.ts';
export { createWechatClient, type WechatClient, WechatRefusal } from './identity.wechat-client.ts';
export { createWechatMiniGateway, type WechatMiniGateway, type WechatPerson } from './identity.wechat-mini.gateway.ts';
export { createWechatOaGateway, type WechatOaGateway } from './identity.wechat-oa.gateway.ts';
