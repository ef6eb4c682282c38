/** Distribution for shoppers: links, applying, the distributor's centre, withdrawing, and the customer's own switch. */
import {
  AllowLook,
  ApplyDistributor,
  CommissionPage,
  CommissionQuery,
  CursorQuery,
  CustomerInterests,
  DistributionCentre,
  DistributionCustomerPage,
  DistributionLink,
  EarningsPage,
  ErrorReply,
  GoodsToPromoteList,
  Id,
  LinkCode,
  LinkLanding,
  MakeLink,
  MyGuides,
  MyProgram,
  MyPrograms,
  VisitLink,
  Withdraw,
  Withdrawal,
  WithdrawalCode,
  WithdrawalList,
} from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { codeWrong, productUnknown } from './distribution.errors.ts';
import { landingPage, type Posters } from './distribution.poster.ts';
import type { Distribution } from './distribution.service.ts';

const tags = ['distribution'];
const ofShop = Type.Object({ shopId: Id });
const member = { access: 'member' } as const;
const refused = { 400: ErrorReply, 401: ErrorReply };
const unknown = { ...refused, 404: ErrorReply };
const conflicts = { ...unknown, 409: ErrorReply, 422: ErrorReply };
const homePage = 'packages/browse/shop/index';
const posterSeconds = 300;

export function distributionRoutes(
  app: RouteApp,
  { database, distribution, posters }: { database: Database; distribution: Distribution; posters: Posters },
): void {
  const { db, inTransaction } = database;
  const { bindings, centre, factor, roster, withdrawals, workbench, goodsOf } = distribution;

  app.post(
    '/api/distribution/visits',
    {
      config: { access: 'shopper' },
      schema: {
        tags,
        summary: 'A shopper came through a link: says where it leads, and whose customer the shopper is now',
        body: VisitLink,
        response: { 200: LinkLanding, ...unknown },
      },
    },
    ({ buyer, body: { code } }) => inTransaction((tx) => bindings.visit(tx, buyer, code)),
  );

  app.get(
    '/api/distribution/programs',
    {
      config: member,
      schema: {
        tags,
        summary: 'Shops with a programme, with my standing in each',
        response: { 200: MyPrograms, ...refused },
      },
    },
    ({ buyer }) => centre.programs(db, buyer.buyerId),
  );

  app.post(
    '/api/distribution/shops/:shopId/application',
    {
      config: member,
      schema: {
        tags,
        summary: 'Applies to distribute for a shop; free of charge, whatever was bought',
        params: ofShop,
        body: ApplyDistributor,
        response: { 200: MyProgram, ...conflicts },
      },
    },
    ({ buyer: { buyerId }, params: { shopId }, body }) =>
      inTransaction(async (tx) => {
        const guide = await bindings.current(tx, buyerId, shopId);
        await roster.apply(tx, shopId, buyerId, body, guide?.distributorId ?? null);
        return centre.myProgram(tx, shopId, buyerId);
      }),
  );

  app.get(
    '/api/distribution/shops/:shopId/centre',
    {
      config: member,
      schema: { tags, summary: 'My figures', params: ofShop, response: { 200: DistributionCentre, ...unknown } },
    },
    ({ buyer, params: { shopId } }) => centre.centre(db, shopId, buyer.buyerId),
  );

  app.get(
    '/api/distribution/shops/:shopId/commissions',
    {
      config: member,
      schema: {
        tags,
        summary: 'My commissions, newest first',
        params: ofShop,
        querystring: CommissionQuery,
        response: { 200: CommissionPage, ...unknown },
      },
    },
    ({ buyer, params: { shopId }, query }) => centre.commissions(db, shopId, buyer.buyerId, query),
  );

  app.get(
    '/api/distribution/shops/:shopId/earnings',
    {
      config: member,
      schema: {
        tags,
        summary: 'My ledger with the balance after each row',
        params: ofShop,
        querystring: CursorQuery,
        response: { 200: EarningsPage, ...unknown },
      },
    },
    ({ buyer, params: { shopId }, query }) => centre.earnings(db, shopId, buyer.buyerId, query),
  );

  app.get(
    '/api/distribution/shops/:shopId/customers',
    {
      config: member,
      schema: {
        tags,
        summary: 'My customers; names are masked',
        params: ofShop,
        querystring: CursorQuery,
        response: { 200: DistributionCustomerPage, ...unknown },
      },
    },
    ({ buyer, params: { shopId }, query }) => centre.customers(db, shopId, buyer.buyerId, query),
  );

  app.post(
    '/api/distribution/shops/:shopId/customers/:bindingId/interests',
    {
      config: member,
      schema: {
        tags,
        summary: 'What an own customer who allows it looks at; the look is written down',
        params: Type.Object({ shopId: Id, bindingId: Id }),
        response: { 200: CustomerInterests, ...unknown, 403: ErrorReply, 409: ErrorReply },
      },
    },
    ({ buyer, params: { shopId, bindingId } }) =>
      inTransaction((tx) => workbench.interests(tx, shopId, buyer.buyerId, bindingId)),
  );

  app.get(
    '/api/distribution/shops/:shopId/goods',
    {
      config: member,
      schema: {
        tags,
        summary: 'Goods to promote, highest commission first',
        params: ofShop,
        response: { 200: GoodsToPromoteList, ...unknown, 409: ErrorReply },
      },
    },
    ({ buyer, params: { shopId } }) => centre.goods(db, shopId, buyer.buyerId),
  );

  app.post(
    '/api/distribution/shops/:shopId/links',
    {
      config: member,
      schema: {
        tags,
        summary: 'A link of mine; the same wish gives the same link',
        params: ofShop,
        body: MakeLink,
        response: { 200: DistributionLink, ...unknown, 409: ErrorReply },
      },
    },
    ({ buyer: { buyerId }, params: { shopId }, body: { spuId, channel } }) =>
      inTransaction(async (tx) => {
        await roster.needActive(tx, shopId, buyerId);
        const goods = spuId === null ? undefined : (await goodsOf(tx, { spuId }))[0];
        if (spuId !== null && goods?.shopId !== shopId) throw productUnknown();
        const code = await roster.linkOf(tx, { shopId, buyerId, spuId, channel });
        const path =
          spuId === null ? `/${homePage}?shopId=${shopId}&d=${code}` : `/${landingPage}?spuId=${spuId}&d=${code}`;
        return { code, path, posterUrl: spuId === null ? null : `/api/distribution/posters/${code}` };
      }),
  );

  app.get(
    '/api/distribution/posters/:code',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'The poster of a link as JPEG: whoever has the link may see it',
        params: Type.Object({ code: LinkCode }),
        produces: ['image/jpeg'],
        response: {
          200: Type.Any({ description: 'image/jpeg' }),
          400: ErrorReply,
          404: ErrorReply,
          503: ErrorReply,
        },
      },
    },
    async ({ params: { code } }, reply) => {
      const bytes = await posters.poster(code);
      return reply
        .header('content-type', 'image/jpeg')
        .header('cache-control', `public, max-age=${posterSeconds}`)
        .send(Buffer.from(bytes));
    },
  );

  app.get(
    '/api/distribution/shops/:shopId/withdrawals',
    {
      config: member,
      schema: {
        tags,
        summary: 'What can be withdrawn, and what was',
        params: ofShop,
        response: { 200: WithdrawalList, ...unknown },
      },
    },
    ({ buyer, params: { shopId } }) => withdrawals.list(db, shopId, buyer.buyerId),
  );

  app.post(
    '/api/distribution/shops/:shopId/withdrawals',
    {
      config: member,
      schema: {
        tags,
        summary: 'Pays the balance out; the same id is the same withdrawal',
        params: ofShop,
        body: Withdraw,
        response: { 200: Withdrawal, ...conflicts },
      },
    },
    async ({ buyer, params: { shopId }, body }) => {
      const { code } = body;
      if (code !== undefined && !(await inTransaction((tx) => factor.check(tx, shopId, buyer.buyerId, code))))
        throw codeWrong();
      return inTransaction((tx) => withdrawals.request(tx, shopId, buyer.buyerId, body));
    },
  );

  app.post(
    '/api/distribution/shops/:shopId/withdrawal-code',
    {
      config: member,
      schema: {
        tags,
        summary: 'Sends a code to the bound phone, for a withdrawal that needs one',
        params: ofShop,
        response: { 200: WithdrawalCode, ...conflicts },
      },
    },
    ({ buyer, params: { shopId } }) => factor.send(database, shopId, buyer.buyerId),
  );

  app.get(
    '/api/distribution/guides',
    {
      config: member,
      schema: { tags, summary: 'Who serves me, and what they may see', response: { 200: MyGuides, ...refused } },
    },
    ({ buyer }) => workbench.guides(db, buyer.buyerId),
  );

  app.put(
    '/api/distribution/guides/:shopId/look',
    {
      config: member,
      schema: {
        tags,
        summary: 'Lets my guide see what I look at, or not any more',
        params: ofShop,
        body: AllowLook,
        response: { 200: MyGuides, ...unknown },
      },
    },
    ({ buyer, params: { shopId }, body: { allow } }) =>
      inTransaction((tx) => workbench.allowLook(tx, buyer.buyerId, shopId, allow)),
  );
}
