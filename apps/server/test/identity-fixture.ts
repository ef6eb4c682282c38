/** identity, members and stores behind the real HTTP app, with WeChat and the catalogue faked. */
import type { ProductCard } from '@xiaopu/contracts';
import { recogniseAddress } from '@xiaopu/lab/address';
import { createIdentity, type WechatPerson } from '../src/modules/identity/index.ts';
import { createMembers, membersRoutes, membersSubscribers } from '../src/modules/members/index.ts';
import { createStores, storesRoutes } from '../src/modules/stores/index.ts';
import { createFixedClock } from '../src/platform/clock.ts';
import { AppError } from '../src/platform/errors.ts';
import { createFieldCipher } from '../src/platform/field-cipher.ts';
import { createApp } from '../src/platform/http/app.ts';
import { createLogger } from '../src/platform/logger.ts';
import { createMessaging } from '../src/platform/messaging/outbox.ts';
import type { PictureRef } from '../src/platform/picture.ts';
import { createPolicies } from '../src/platform/policy.ts';
import { createTestDatabase } from './database.ts';

export const idOf = (number: number): string => `019ab000-0000-7000-8000-${String(number).padStart(12, '0')}`;
export const pictureRef: PictureRef = { mediaId: idOf(900), hash: 'abc', width: 10, height: 10, alt: '图' };
export const toPicture = ({ mediaId, hash, width, height, alt }: PictureRef) => ({
  mediaId,
  url: `/media/${hash}/full.jpg`,
  webp: { w320: `/media/${hash}/320.webp`, w750: `/media/${hash}/750.webp`, w1080: `/media/${hash}/1080.webp` },
  width,
  height,
  alt,
});

export interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read replies freely
  body: any;
  headers: Record<string, unknown>;
}
export interface Sent {
  token?: string;
  cookie?: string;
  shopId?: string;
  body?: unknown;
  ip?: string;
  headers?: Record<string, string>;
}

export type IdentityWorld = Awaited<ReturnType<typeof openIdentityWorld>>;

export async function openIdentityWorld({ publicBaseUrl = 'http://shop.test' }: { publicBaseUrl?: string } = {}) {
  const database = await createTestDatabase();
  const clock = createFixedClock('2026-11-22T08:00:00Z');
  const log = createLogger('silent');
  const messaging = createMessaging({ database, clock, log });
  const policies = createPolicies({ database, clock });
  const cipher = createFieldCipher('k1:00112233445566778899aabbccddeeff');
  /** What WeChat knows about a code; a code not in here is invalid. */
  const people = new Map<string, WechatPerson>();
  const phones = new Map<string, string>();
  const products = new Map<string, ProductCard>();
  const buyerPictures = new Map<string, string>();
  const personOf = async (code: string): Promise<WechatPerson> => {
    const person = people.get(code);
    if (!person) throw new AppError('identity.wechat_code_invalid', 'unprocessable', '微信授权已失效，请再试一次');
    return person;
  };
  const stores = createStores({
    clock,
    policies,
    toPicture,
    productCount: async () => 7,
    maySetIn: (db, staffId, shopIds) => identity.hasPermissionIn(db, staffId, 'settings.write', shopIds),
    shopPicture: async (_db, shopId, mediaId) =>
      shopId === idOf(1) && mediaId === pictureRef.mediaId ? pictureRef : undefined,
  });
  const identity = createIdentity({
    database,
    clock,
    outbox: messaging.outbox,
    policies,
    cipher,
    mini: {
      personOf,
      phoneOf: async (code) => {
        const phone = phones.get(code);
        if (!phone) throw new AppError('identity.wechat_code_invalid', 'unprocessable', '微信授权已失效，请再试一次');
        return phone;
      },
    },
    oa: {
      authorizeUrl: ({ redirectUri, state }) =>
        `https://open.test/?${new URLSearchParams({ redirect_uri: redirectUri, state })}`,
      personOf,
    },
    toPicture,
    buyerPicture: async (_db, buyerId, mediaId) =>
      buyerPictures.get(mediaId) === buyerId ? { ...pictureRef, mediaId } : undefined,
    moveCart: async () => {},
    shopNames: stores.shops,
    publicBaseUrl,
  });
  const members = createMembers({
    clock,
    cipher,
    policies,
    cards: async (db, spuIds) => {
      // Counts as the one statement the real catalogue sends.
      await db.selectFrom('platform.policySetting').select('key').limit(1).execute();
      return new Map(
        spuIds.flatMap((spuId) => (products.has(spuId) ? [[spuId, products.get(spuId) as ProductCard]] : [])),
      );
    },
  });
  const app = await createApp({ log, authenticators: identity.authenticators, version: 'test', rateLimitPerMinute: 0 });
  identity.routes(app);
  membersRoutes(app, { members, database, recognise: recogniseAddress });
  storesRoutes(app, { stores, database, audit: identity.audit });
  membersSubscribers(messaging.subscribers, { members });
  await app.ready();

  async function send(
    method: string,
    url: string,
    { token, cookie, shopId, body, ip, headers = {} }: Sent = {},
  ): Promise<Reply> {
    const reply = await app.inject({
      method: method as 'GET',
      url,
      remoteAddress: ip ?? '10.0.0.1',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(cookie === undefined ? {} : { cookie: `xp_console=${cookie}` }),
        ...(shopId === undefined ? {} : { 'x-shop-id': shopId }),
        ...(url.startsWith('/api/console') ? { 'x-requested-with': 'xiaopu-console' } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return {
      status: reply.statusCode,
      body: reply.body === '' ? null : JSON.parse(reply.body),
      headers: reply.headers,
    };
  }

  return {
    database,
    clock,
    messaging,
    policies,
    cipher,
    people,
    phones,
    products,
    buyerPictures,
    identity,
    members,
    stores,
    app,
    send,
    /** A guest's token and id. */
    async guest() {
      const { body } = await send('POST', '/api/session/guest');
      return { token: body.token as string, buyerId: body.buyer.buyerId as string };
    },
    /** A shopper logged in through the mini program. */
    async member(openid: string) {
      people.set(`code of ${openid}`, { openid, unionid: undefined });
      const { body } = await send('POST', '/api/session/wechat-mini', { body: { code: `code of ${openid}` } });
      return { token: body.token as string, buyerId: body.buyer.buyerId as string };
    },
    login: (body: { account: string; password: string; totp?: string }, ip?: string) =>
      send('POST', '/api/console/session', { body, ip }),
    /** The console cookie of a staff member. */
    async staff(account: string, password = 'xiaopu-demo-2026', ip?: string): Promise<string> {
      const reply = await send('POST', '/api/console/session', { body: { account, password }, ip });
      if (reply.status !== 200) throw new Error(`login of ${account}: ${reply.status} ${JSON.stringify(reply.body)}`);
      return cookieOf(reply);
    },
    async addShop(number: number, name: string): Promise<string> {
      const shopId = idOf(number);
      await database.inTransaction((tx) =>
        stores.saveShop(tx, {
          shopId,
          name,
          logo: pictureRef,
          brandColor: '#336699',
          slogan: '好好生活',
          servicePhone: '400-000-0000',
          shipsFrom: '浙江杭州',
        }),
      );
      return shopId;
    },
    addProduct(number: number, salePrice: number): string {
      const spuId = idOf(number);
      products.set(spuId, {
        spuId,
        shopId: idOf(1),
        title: `商品 ${number}`,
        brief: '',
        picture: toPicture(pictureRef),
        salePrice,
        listPrice: salePrice,
        soldCount: 0,
        inStock: true,
        tags: [],
        soleSkuId: null,
      });
      return spuId;
    },
    async close() {
      await app.close();
      await database.close();
    },
  };
}

export const cookieOf = ({ headers }: Reply): string =>
  /xp_console=([\w-]{43});/.exec(String(headers['set-cookie']))?.[1] ?? '';
