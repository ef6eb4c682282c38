/** Stores around a shopper, or in the city they pick. A position is used for the answer and forgotten. */
import type { NearbyQuestion, NearbyStores, Position } from '@xiaopu/contracts';
import type { Executor } from '#platform/database/database.ts';
import { definePolicy, type Policies } from '#platform/policy.ts';
import { boxAround, metresBetween, nearestFirst } from './stores.domain.ts';
import * as repository from './stores.repository.ts';

export const nearMetres = definePolicy({
  key: 'stores.near_metres',
  scope: 'install',
  title: '多近算附近门店',
  unit: '米',
  defaultValue: 3_000,
  minimum: 100,
  maximum: 50_000,
});

/** Farther than this is another town's store: the city picker serves it. */
const farthestMetres = 50_000;
/** The box may hold more than is told; it is bounded all the same. */
const mostInBox = 2_000;
const mostTold = 50;
const mostCities = 400;

export function createNearStores({ policies }: { policies: Policies }) {
  return {
    /** Two statements. */
    async near(db: Executor, { at, city }: NearbyQuestion): Promise<NearbyStores> {
      const near = policies.get(nearMetres);
      const [found, cities] = await Promise.all([
        city !== undefined
          ? repository.storesOfCity(db, city, mostTold)
          : at
            ? repository.storesInBox(db, boxAround(at, farthestMetres), mostInBox)
            : [],
        repository.cities(db, mostCities),
      ]);
      const items = nearestFirst(found, at)
        .filter(({ distance }) => city !== undefined || (distance ?? 0) <= farthestMetres)
        .slice(0, mostTold)
        .map(({ store: { shopId, shopName, ...store }, distance }) => ({
          ...{ shopId, shopName, store, distance },
          isNear: distance !== null && distance <= near,
        }));
      return { nearMetres: near, items, cities };
    },

    /** One statement. */
    async distancesTo(
      db: Executor,
      storeIds: readonly string[],
      from: Position,
    ): Promise<Map<string, { name: string; metres: number }>> {
      const stores = await repository.storesNamed(db, storeIds);
      return new Map(
        stores.map(({ storeId, name, ...at }) => [storeId, { name, metres: Math.round(metresBetween(from, at)) }]),
      );
    },
  };
}
