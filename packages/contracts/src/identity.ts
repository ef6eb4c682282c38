/** Who is asking: guests, WeChat shoppers (mini program, official account on H5). */
import { type Static, Type } from 'typebox';
import { Id, Instant, Nullable } from './common.ts';

export const Buyer = Type.Object({
  buyerId: Id,
  isGuest: Type.Boolean(),
  nickname: Type.String(),
  avatarUrl: Nullable(Type.String()),
  maskedPhone: Nullable(Type.String({ description: '138****1234; the full number never leaves the server here' })),
});
export type Buyer = Static<typeof Buyer>;

export const Session = Type.Object({ token: Type.String(), expiresAt: Instant, buyer: Buyer });
export type Session = Static<typeof Session>;

/** The guest's token is sent as Authorization when it exists, so that the guest's cart can merge (C02-BEH-03). */
export const WechatMiniLogin = Type.Object({ code: Type.String({ minLength: 1, maxLength: 128 }) });
export type WechatMiniLogin = Static<typeof WechatMiniLogin>;

export const WechatOauthUrlQuery = Type.Object({ returnTo: Type.String({ maxLength: 500, default: '/' }) });
export type WechatOauthUrlQuery = Static<typeof WechatOauthUrlQuery>;
export const WechatOauthUrl = Type.Object({ url: Type.String() });
export type WechatOauthUrl = Static<typeof WechatOauthUrl>;
export const WechatOauthLogin = Type.Object({
  code: Type.String({ minLength: 1, maxLength: 128 }),
  state: Type.String({ minLength: 8, maxLength: 200 }),
});
export type WechatOauthLogin = Static<typeof WechatOauthLogin>;

/** `code` from the phone-number button (getPhoneNumber), never from silent login. */
export const BindPhone = Type.Object({ code: Type.String({ minLength: 1, maxLength: 128 }) });
export type BindPhone = Static<typeof BindPhone>;

export const UpdateProfile = Type.Object({
  nickname: Type.Optional(Type.String({ minLength: 1, maxLength: 20 })),
  avatarMediaId: Type.Optional(Id),
});
export type UpdateProfile = Static<typeof UpdateProfile>;
