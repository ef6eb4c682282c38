/** Wires what listens to shoppers' acts: the store of acts, and the recommender that adds them up in the same transaction. */
import type { RouteApp } from '#platform/http/app.ts';
import type { Catalog } from '../modules/catalog/index.ts';
import { createEvents, eventsRoutes, eventsSubscribers } from '../modules/events/index.ts';
import {
  createRecommendation,
  recommendationRoutes,
  recommendationSubscribers,
} from '../modules/recommendation/index.ts';
import type { Infrastructure } from './infrastructure.ts';

export interface BehaviourNeeds {
  infrastructure: Pick<Infrastructure, 'clock' | 'database' | 'messaging' | 'sweeps' | 'policies' | 'log'>;
  catalog: Pick<Catalog, 'marks' | 'goodsOnSale' | 'buyableCards' | 'bestSellers'>;
}

export function composeBehaviour({ infrastructure, catalog }: BehaviourNeeds) {
  const { clock, database, messaging, sweeps, policies, log } = infrastructure;
  const recommendation = createRecommendation({
    ...{ database, clock, log },
    marks: catalog.marks,
    goodsOnSale: catalog.goodsOnSale,
    buyableCards: catalog.buyableCards,
    bestSellers: catalog.bestSellers,
    forget: [(tx, buyerId) => events.forget(tx, buyerId)],
  });
  const events = createEvents({
    ...{ database, clock, policies },
    shopsOf: async (db, spuIds) =>
      new Map([...(await catalog.marks(db, spuIds))].map(([spuId, { shopId }]) => [spuId, shopId])),
    whoIsOff: recommendation.whoIsOff,
    listeners: [(tx, acts) => recommendation.noteActs(tx, acts)],
  });

  return {
    /** For readiness: how the recommender does. */
    state: recommendation.state,
    mount(app: RouteApp): void {
      eventsRoutes(app, { database, events });
      recommendationRoutes(app, { database, recommendation });
      eventsSubscribers(messaging.subscribers, { events });
      recommendationSubscribers(messaging.subscribers, { recommendation });
      for (const sweep of [...events.sweeps(), ...recommendation.sweeps()]) sweeps.add(sweep);
    },
  };
}
