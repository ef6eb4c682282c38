/**
 * Guide's workbench: what an own customer looks at in this shop, only while that customer allows it, each look written
 * down where the customer can see it. Whoever changes guides takes the permission back by that.
 */
import type { CustomerInterests, InterestGoods, MyGuides, ProductCard } from '@xiaopu/contracts';
import { sql } from 'kysely';
import { dayMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { maskName } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import { type Bindings, nobody } from './distribution.bindings.ts';
import { customerUnknown, guideUnknown, notAllowedToLook } from './distribution.errors.ts';
import { interestDays } from './distribution.policies.ts';
import type { DistributionDeps } from './distribution.ports.ts';
import type { Roster } from './distribution.roster.ts';

export type Workbench = ReturnType<typeof createWorkbench>;
type Deps = Pick<DistributionDeps, 'clock' | 'policies' | 'faces' | 'shopNames' | 'viewedBy' | 'favouritesOf'>;

/** Read of a customer's list at most, before other shops' goods are left out; shown at most. */
const readGoods = 50;
const shownGoods = 20;

export function createWorkbench(
  { clock, policies, faces, shopNames, viewedBy, favouritesOf }: Deps,
  { roster, bindings }: { roster: Roster; bindings: Bindings },
) {
  async function guides(db: Executor, buyerId: string): Promise<MyGuides> {
    const rows = await db
      .selectFrom('distribution.binding')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .where('endedAt', 'is', null)
      .orderBy('boundAt', 'desc')
      .execute();
    const people = await faces(
      db,
      rows.map(({ distributorId }) => distributorId),
    );
    const shops = await shopNames(db);
    const { rows: looks } = await sql<{ distributorId: string; shopId: string; looks: number; last: Date }>`
      select distributor_id, shop_id, count(*)::int as looks, max(at) as last from distribution.look
      where buyer_id = ${buyerId} group by 1, 2`.execute(db);
    return {
      interestDays: policies.get(interestDays),
      items: rows.map(({ shopId, distributorId, boundAt, allowsLookAt }) => {
        const seen = looks.find((look) => look.shopId === shopId && look.distributorId === distributorId);
        return {
          shopId,
          shopName: shops.get(shopId) ?? '',
          guideName: maskName(people.get(distributorId)?.nickname || nobody),
          guideAvatarUrl: people.get(distributorId)?.avatarUrl ?? null,
          boundAt: boundAt.toISOString(),
          allowsLook: allowsLookAt !== null,
          looks: seen?.looks ?? 0,
          lastLookAt: seen?.last.toISOString() ?? null,
        };
      }),
    };
  }

  return {
    guides,

    /** The customer's own switch; off is off at once. */
    async allowLook(tx: Tx, buyerId: string, shopId: string, allow: boolean): Promise<MyGuides> {
      const { numUpdatedRows } = await tx
        .updateTable('distribution.binding')
        .set({ allowsLookAt: allow ? clock.now() : null })
        .where('buyerId', '=', buyerId)
        .where('shopId', '=', shopId)
        .where('endedAt', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw guideUnknown();
      return guides(tx, buyerId);
    },

    /** Somebody else's customer is nobody: 404, like one that does not exist. */
    async interests(tx: Tx, shopId: string, distributorId: string, bindingId: string): Promise<CustomerInterests> {
      await roster.needActive(tx, shopId, distributorId);
      const own = await tx
        .selectFrom('distribution.binding')
        .select('buyerId')
        .where('distributorId', '=', distributorId)
        .where('shopId', '=', shopId)
        .where('bindingId', '=', bindingId)
        .where('endedAt', 'is', null)
        .executeTakeFirst();
      const binding = own && (await bindings.current(tx, own.buyerId, shopId));
      if (!binding || binding.bindingId !== bindingId) throw customerUnknown();
      if (binding.allowsLookAt === null) throw notAllowedToLook();
      const customerId = binding.buyerId;
      const now = clock.now();
      await tx
        .insertInto('distribution.look')
        .values({ buyerId: customerId, lookId: newId(), shopId, distributorId, at: now })
        .execute();
      const days = policies.get(interestDays);
      const since = new Date(now.getTime() - days * dayMs);
      const ofShop = (items: { product: ProductCard; at: string }[]): InterestGoods[] =>
        items
          .filter(({ product, at }) => product.shopId === shopId && new Date(at) >= since)
          .slice(0, shownGoods)
          .map(({ product: { spuId, title, picture, salePrice, inStock }, at }) => ({
            ...{ spuId, title, picture, salePrice, inStock, at },
          }));
      const people = await faces(tx, [customerId]);
      return {
        name: maskName(people.get(customerId)?.nickname || nobody),
        days,
        viewed: ofShop(await viewedBy(tx, customerId, readGoods)),
        favourites: ofShop(await favouritesOf(tx, customerId, readGoods)),
      };
    },
  };
}
