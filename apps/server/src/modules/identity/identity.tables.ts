import type { ColumnType, Generated } from 'kysely';
import type { PictureRef } from '#platform/picture.ts';

export type WechatApp = 'mini' | 'oa';
export type BuiltInRole = 'owner' | 'operator' | 'service' | 'warehouse' | 'clerk' | 'finance';

export interface BuyerTable {
  buyerId: string;
  isGuest: boolean;
  nickname: Generated<string>;
  /** jsonb: read as a value, written as text. */
  avatar: ColumnType<PictureRef | null, string | null | undefined, string | null>;
  phoneSealed: string | null;
  phoneIndex: string | null;
  /** Set on a guest that became a buyer. */
  mergedInto: string | null;
  mergedAt: Date | null;
  createdAt: Date;
}

declare module '#platform/database/database.ts' {
  interface Tables {
    'identity.buyer': BuyerTable;
    'identity.buyerSession': { tokenHash: string; buyerId: string; isGuest: boolean; createdAt: Date; expiresAt: Date };
    'identity.wechatAccount': {
      app: WechatApp;
      openid: string;
      buyerId: string;
      unionid: string | null;
      createdAt: Date;
    };
    'identity.wechatUnion': { unionid: string; buyerId: string; createdAt: Date };
    'identity.wechatLink': {
      linkId: string;
      buyerId: string;
      app: WechatApp;
      openid: string;
      unionid: string | null;
      /** joined: a second app of a known unionid. conflict: openid and unionid already belong to two buyers. */
      kind: 'created' | 'joined' | 'conflict';
      otherBuyerId: string | null;
      linkedAt: Date;
    };
    'identity.oauthState': { stateHash: string; sessionHash: string; returnTo: string; expiresAt: Date };
    'identity.staff': {
      staffId: string;
      account: string;
      name: string;
      passwordHash: string;
      totpSecret: string | null;
      totpPending: string | null;
      totpLastStep: number | null;
      lastLoginAt: Date | null;
      createdAt: Date;
    };
    'identity.role': {
      roleId: string;
      shopId: string;
      name: string;
      builtIn: BuiltInRole | null;
      permissions: string[];
      createdAt: Date;
    };
    'identity.membership': { staffId: string; shopId: string; roleId: string; isActive: boolean; createdAt: Date };
    'identity.staffSession': { tokenHash: string; staffId: string; createdAt: Date; lastSeenAt: Date };
    'identity.loginAttempt': { attemptId: string; account: string; ip: string; attemptedAt: Date };
    'identity.auditEntry': {
      auditId: string;
      shopId: string;
      staffId: string;
      staffName: string;
      action: string;
      target: string;
      summary: string;
      ip: string;
      at: Date;
    };
  }
}
