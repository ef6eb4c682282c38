/** Wires what listens to shoppers' acts: the store of acts, and the recommender and tags that add them up in the same transaction. */
import type { Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Catalog } from '../modules/catalog/index.ts';
import { createEvents, eventsRoutes, eventsSubscribers } from '../modules/events/index.ts';
import type { Identity } from '../modules/identity/index.ts';
import type { Membership } from '../modules/membership/index.ts';
import {
  createRecommendation,
  recommendationRoutes,
  recommendationSubscribers,
} from '../modules/recommendation/index.ts';
import type { Stores } from '../modules/stores/index.ts';
import { createTags, tagsRoutes, tagsSubscribers } from '../modules/tags/index.ts';
import type { Infrastructure } from './infrastructure.ts';

export interface BehaviourNeeds {
  infrastructure: Pick<Infrastructure, 'clock' | 'database' | 'messaging' | 'sweeps' | 'policies' | 'log'>;
  catalog: Pick<Catalog, 'marks' | 'goodsOnSale' | 'buyableCards' | 'bestSellers' | 'categories'>;
  identity: Pick<Identity, 'buyers' | 'audit'>;
  membership: Pick<Membership, 'isPatron'>;
  stores: Pick<Stores, 'shops'>;
}

export function composeBehaviour({ infrastructure, catalog, identity, membership, stores }: BehaviourNeeds) {
  const { clock, database, messaging, sweeps, policies, log } = infrastructure;
  const recommendation = createRecommendation({
    ...{ database, clock, log },
    marks: catalog.marks,
    goodsOnSale: catalog.goodsOnSale,
    buyableCards: catalog.buyableCards,
    bestSellers: catalog.bestSellers,
    forget: [
      (tx: Tx, buyerId: string) => events.forget(tx, buyerId),
      (tx: Tx, buyerId: string) => tags.forget(tx, buyerId),
    ],
  });
  const tags = createTags({
    ...{ database, clock },
    marks: catalog.marks,
    rootCategories: async () => (await catalog.categories.all()).filter(({ parentId }) => parentId === null),
    shopIds: async (db) => [...(await stores.shops(db)).keys()],
    isPatron: membership.isPatron,
    nicknames: identity.buyers,
    whoIsOff: recommendation.whoIsOff,
    lift: recommendation.setBoosts,
  });
  const events = createEvents({
    ...{ database, clock, policies },
    shopsOf: async (db, spuIds) =>
      new Map([...(await catalog.marks(db, spuIds))].map(([spuId, { shopId }]) => [spuId, shopId])),
    whoIsOff: recommendation.whoIsOff,
    listeners: [(tx, acts) => recommendation.noteActs(tx, acts), (tx, acts) => tags.noteActs(tx, acts)],
  });

  return {
    /** For readiness: how the recommender does. */
    state: recommendation.state,
    mount(app: RouteApp): void {
      eventsRoutes(app, { database, events });
      recommendationRoutes(app, { database, recommendation });
      tagsRoutes(app, { database, tags, audit: identity.audit });
      eventsSubscribers(messaging.subscribers, { events });
      recommendationSubscribers(messaging.subscribers, { recommendation });
      tagsSubscribers(messaging.subscribers, { tags });
      for (const sweep of [...events.sweeps(), ...recommendation.sweeps(), ...tags.sweeps()]) sweeps.add(sweep);
    },
  };
}
