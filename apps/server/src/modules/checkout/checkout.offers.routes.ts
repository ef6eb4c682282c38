/** What lowers the price of one product, for its page; and the pipeline shown for any cart, for the console. */
import {
  type ActivityZone,
  type ClaimableCoupon,
  ErrorReply,
  Id,
  ProductOffers,
  type ReductionTag,
} from '@xiaopu/contracts';
import { PriceBox, PriceBoxInput } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { Database, Executor } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { PriceBoxService } from './checkout.price-box.ts';

interface Goods {
  skuId: string;
  spuId: string;
  shopId: string;
  categoryIds: readonly string[];
}

export interface OfferRoutesDeps {
  database: Database;
  /** SKUs of a product on sale; none for one that is not. */
  goodsOfProduct(db: Executor, spuId: string): Promise<Goods[]>;
  reductionsOf(db: Executor, goods: Goods): Promise<ReductionTag[]>;
  couponsOf(db: Executor, buyerId: string, goods: Goods): Promise<ClaimableCoupon[]>;
  /** Flash sales, bargains and member days of a product; undefined when there are none. No statement. */
  activitiesOf(goods: { spuId: string; shopId: string }): Promise<ActivityZone | undefined>;
  priceBox: PriceBoxService;
}

export function offerRoutes(
  app: RouteApp,
  { database, goodsOfProduct, reductionsOf, couponsOf, activitiesOf, priceBox }: OfferRoutesDeps,
): void {
  const { db } = database;
  app.get(
    '/api/products/:spuId/offers',
    {
      config: { access: 'shopper' },
      schema: {
        tags: ['checkout'],
        summary: 'Reductions and claimable coupons of a product',
        params: Type.Object({ spuId: Id }),
        response: { 200: ProductOffers, 400: ErrorReply, 401: ErrorReply },
      },
    },
    async ({ buyer, params: { spuId } }) => {
      const [goods] = await goodsOfProduct(db, spuId);
      if (!goods) return { reductions: [], coupons: [] };
      const activities = await activitiesOf(goods);
      return {
        reductions: await reductionsOf(db, goods),
        coupons: await couponsOf(db, buyer.buyerId, goods),
        ...(activities && { activities }),
      };
    },
  );

  app.post(
    '/api/console/price-box',
    {
      config: { access: { permission: 'promotions.read' } },
      schema: {
        tags: ['console: promotions'],
        summary: 'Every step of the price for any cart, as any member',
        body: PriceBoxInput,
        response: { 200: PriceBox, 400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply },
      },
    },
    ({ staff, body }) => priceBox(db, staff.shopId, body),
  );
}
