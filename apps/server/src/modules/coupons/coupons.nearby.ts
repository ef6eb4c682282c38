/** Coupons for who is near a store: what is offered there, once, and the check behind a claim. Positions are used and forgotten. */
import type { NearbyCoupon, Position } from '@xiaopu/contracts';
import { sql } from 'kysely';
import { type Clock, hourMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { Policies } from '#platform/policy.ts';
import type { Template } from './coupons.domain.ts';
import { askedTooOften, notNear } from './coupons.errors.ts';
import { isFenceOpen, type StoreNear, storeWithin, untilTextOf, useTextOf } from './coupons.fence.ts';
import { positionAsks } from './coupons.policies.ts';

export interface NearbyDeps {
  clock: Clock;
  policies: Policies;
  /** How far these stores are, by store; unknown ones are left out. One statement. */
  distancesTo(db: Executor, storeIds: readonly string[], from: Position): Promise<ReadonlyMap<string, StoreNear>>;
  /** Open templates of the channel, as this buyer sees them. */
  claimable(
    db: Executor,
    buyerId: string,
    templates: readonly Template[],
  ): Promise<Omit<NearbyCoupon, 'storeName' | 'distance' | 'metres' | 'untilText' | 'useText' | 'isNew'>[]>;
  openNearby(db: Executor): Promise<readonly Template[]>;
}

export function createNearbyCoupons({ clock, policies, distancesTo, claimable, openNearby }: NearbyDeps) {
  return {
    /** A phone may claim to be anywhere; this bounds how many places one buyer can try. In a transaction of its own: a refusal counts. */
    async countAsk(tx: Tx, buyerId: string): Promise<void> {
      const hour = new Date(Math.floor(clock.now().getTime() / hourMs) * hourMs);
      const { rows } = await sql<{ asks: number }>`
      insert into coupons.position_ask (buyer_id, hour, asks) values (${buyerId}::uuid, ${hour}::timestamptz, 1)
      on conflict (buyer_id, hour) do update set asks = position_ask.asks + 1 returning asks`.execute(tx);
      if ((rows[0]?.asks ?? 1) > policies.get(positionAsks)) throw askedTooOften();
    },

    /** What can be claimed here and now. At most four statements. */
    async nearby(tx: Tx, buyerId: string, at: Position): Promise<NearbyCoupon[]> {
      const now = clock.now();
      const open = (await openNearby(tx)).filter(({ fence }) => fence && isFenceOpen(fence, now));
      if (open.length === 0) return [];
      const distances = await distancesTo(tx, [...new Set(open.flatMap(({ fence }) => fence?.storeIds ?? []))], at);
      const near = new Map<string, { template: Template; store: StoreNear }>();
      for (const template of open) {
        const store = template.fence && storeWithin(template.fence, distances);
        if (store) near.set(template.templateId, { template, store });
      }
      if (near.size === 0) return [];
      const shown = await claimable(
        tx,
        buyerId,
        [...near.values()].map(({ template }) => template),
      );
      const { rows } = await sql<{ templateId: string }>`
        insert into coupons.offered (buyer_id, template_id, offered_at)
        select ${buyerId}::uuid, unnest(${[...near.keys()].sort()}::uuid[]), ${now}::timestamptz
        on conflict do nothing returning template_id`.execute(tx);
      const fresh = new Set(rows.map(({ templateId }) => templateId));
      return shown
        .flatMap((coupon) => {
          const found = near.get(coupon.templateId);
          if (!found?.template.fence) return [];
          const { fence } = found.template;
          return [
            {
              ...coupon,
              storeName: found.store.name,
              distance: found.store.metres,
              metres: fence.metres,
              untilText: untilTextOf(fence),
              useText: useTextOf(fence, found.store.name),
              isNew: fresh.has(coupon.templateId),
            },
          ];
        })
        .toSorted((one, other) => one.distance - other.distance);
    },

    /** The server decides: whoever is not near, or comes outside its hours, does not get it. */
    async checkFence(tx: Tx, { fence }: Template, at: Position | undefined): Promise<void> {
      if (!fence) return;
      if (!at) throw notNear();
      if (!isFenceOpen(fence, clock.now())) throw notNear();
      if (!storeWithin(fence, await distancesTo(tx, fence.storeIds, at))) throw notNear();
    },

    async forgetAsks(tx: Tx): Promise<number> {
      const { numDeletedRows } = await tx
        .deleteFrom('coupons.positionAsk')
        .where('hour', '<', new Date(clock.now().getTime() - 2 * hourMs))
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}
