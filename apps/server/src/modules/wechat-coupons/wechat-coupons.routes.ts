/** Where WeChat says that a coupon lies in a shopper's card bag. */
import { NoContent } from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { couponNoticePath } from './wechat-coupons.gateway.ts';
import type { WechatCoupons } from './wechat-coupons.service.ts';

const Failed = Type.Object({ code: Type.Literal('FAIL'), message: Type.String() });

export function wechatCouponRoutes(
  app: RouteApp,
  { database, coupons }: { database: Pick<Database, 'inTransaction'>; coupons: WechatCoupons },
): void {
  app.register(async (inner) => {
    const scope = inner as unknown as RouteApp;
    // The signature covers the exact bytes.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.post(
      couponNoticePath,
      {
        schema: {
          tags: ['callbacks'],
          summary: "WeChat Pay's notice of a merchant coupon received: signed by WeChat, sealed for us",
          response: { 204: NoContent, 400: Failed, 401: Failed, 404: Failed },
        },
        config: { access: 'signed' },
      },
      async (request, reply) => {
        const header = (name: string) => {
          const value = request.headers[name];
          return Array.isArray(value) ? value[0] : value;
        };
        const said = await coupons.takeNotice(database, typeof request.body === 'string' ? request.body : '', header);
        if (said === 200) return reply.code(204).send(null);
        return reply.code(said).send({ code: 'FAIL', message: 'not taken' });
      },
    );
  });
}
