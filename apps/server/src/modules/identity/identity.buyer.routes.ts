import {
  BindPhone,
  Buyer,
  ErrorReply,
  NoContent,
  Session,
  UpdateProfile,
  WechatMiniLogin,
  WechatOauthLogin,
  WechatOauthUrl,
  WechatOauthUrlQuery,
} from '@xiaopu/contracts';
import type { FastifyRequest } from 'fastify';
import type { Database } from '#platform/database/database.ts';
import { sessionRequired } from '#platform/http/access.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { type BuyerSessions, bearerToken, type KnownSession } from './identity.buyer-sessions.ts';
import type { Buyers } from './identity.buyers.service.ts';
import type { WechatMiniGateway } from './identity.wechat-mini.gateway.ts';
import type { WechatOaGateway } from './identity.wechat-oa.gateway.ts';

export interface BuyerRoutesDeps {
  buyers: Buyers;
  sessions: BuyerSessions;
  mini: WechatMiniGateway;
  oa: WechatOaGateway;
  database: Database;
}

export function buyerRoutes(app: RouteApp, { buyers, sessions, mini, oa, database }: BuyerRoutesDeps): void {
  const { db, inTransaction } = database;
  const tags = ['session'];
  const wechatFailures = { 400: ErrorReply, 403: ErrorReply, 422: ErrorReply, 429: ErrorReply, 503: ErrorReply };

  async function currentSession(request: FastifyRequest): Promise<KnownSession | undefined> {
    const token = bearerToken(request.headers.authorization);
    return token === undefined ? undefined : sessions.find(token);
  }
  async function requiredSession(request: FastifyRequest): Promise<KnownSession> {
    const session = await currentSession(request);
    if (!session) throw sessionRequired();
    return session;
  }
  /** Committed by now. */
  async function opened(opening: Promise<Session>): Promise<Session> {
    const session = await opening;
    sessions.remember(session);
    return session;
  }
  const guestOf = (session: KnownSession | undefined) => (session?.isGuest ? session.buyerId : undefined);

  app.post(
    '/api/session/guest',
    {
      schema: {
        tags,
        description: 'A session without a login: browse, search, fill a cart',
        response: { 200: Session },
      },
      config: { access: 'anyone' },
    },
    () => opened(buyers.startGuest()),
  );

  app.post(
    '/api/session/wechat-mini',
    {
      schema: {
        tags,
        description: 'Exchanges a wx.login code for a session; a guest sending its token is merged',
        body: WechatMiniLogin,
        response: { 200: Session, ...wechatFailures },
      },
      config: { access: 'anyone' },
    },
    async (request) => {
      const person = await mini.personOf(request.body.code);
      const guestId = guestOf(await currentSession(request));
      const known = guestId === undefined ? await buyers.signInKnown('mini', person) : undefined;
      return opened(known ? Promise.resolve(known) : inTransaction((tx) => buyers.signIn(tx, 'mini', person, guestId)));
    },
  );

  app.get(
    '/api/session/wechat-oauth/url',
    {
      schema: {
        tags,
        description: 'Where H5 sends the shopper to log in; the state in it belongs to this session only',
        querystring: WechatOauthUrlQuery,
        response: { 200: WechatOauthUrl, 400: ErrorReply, 401: ErrorReply },
      },
      config: { access: 'shopper' },
    },
    async (request, reply) => {
      const session = await requiredSession(request);
      const { state, redirectUri } = await inTransaction((tx) =>
        buyers.startOauth(tx, session.tokenHash, request.query.returnTo),
      );
      reply.header('cache-control', 'no-store');
      return { url: oa.authorizeUrl({ state, redirectUri }) };
    },
  );

  app.post(
    '/api/session/wechat-oauth',
    {
      schema: {
        tags,
        description: 'Exchanges the OAuth code; refuses a state that this session did not ask for',
        body: WechatOauthLogin,
        response: { 200: Session, 401: ErrorReply, ...wechatFailures },
      },
      config: { access: 'shopper' },
    },
    async (request) => {
      const session = await requiredSession(request);
      await inTransaction((tx) => buyers.finishOauth(tx, session.tokenHash, request.body.state));
      const person = await oa.personOf(request.body.code);
      return opened(inTransaction((tx) => buyers.signIn(tx, 'oa', person, guestOf(session))));
    },
  );

  app.post(
    '/api/session/phone',
    {
      schema: {
        tags,
        description: 'Keeps the number behind a phone-button code (X-13)',
        body: BindPhone,
        response: { 200: Buyer, 401: ErrorReply, ...wechatFailures },
      },
      config: { access: 'member' },
    },
    async ({ body, buyer }) => {
      const phone = await mini.phoneOf(body.code);
      return inTransaction((tx) => buyers.savePhone(tx, buyer.buyerId, phone));
    },
  );

  app.get(
    '/api/session',
    {
      schema: { tags, description: 'Who this session is', response: { 200: Buyer, 401: ErrorReply } },
      config: { access: 'shopper' },
    },
    ({ buyer }) => buyers.view(db, buyer.buyerId),
  );

  app.patch(
    '/api/session',
    {
      schema: {
        tags,
        description: 'Nickname and avatar, by the shopper’s own input',
        body: UpdateProfile,
        response: { 200: Buyer, 400: ErrorReply, 401: ErrorReply, 422: ErrorReply },
      },
      config: { access: 'member' },
    },
    ({ buyer, body }) => inTransaction((tx) => buyers.updateProfile(tx, buyer.buyerId, body)),
  );

  app.delete(
    '/api/session',
    {
      schema: {
        tags,
        description: 'Logs out; the token is dead at once',
        response: { 204: NoContent, 401: ErrorReply },
      },
      config: { access: 'shopper' },
    },
    async (request, reply) => {
      const session = await requiredSession(request);
      await inTransaction((tx) => buyers.endSession(tx, session.tokenHash));
      return reply.code(204).send(null);
    },
  );
}
