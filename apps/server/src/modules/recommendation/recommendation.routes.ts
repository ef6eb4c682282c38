/** Goods for the shopper who asks, and the switch that turns it off. */
import { ErrorReply, Personalisation, RecommendationQuery, Recommendations } from '@xiaopu/contracts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Recommendation } from './recommendation.service.ts';

const tags = ['recommendations'];
const config = { access: 'shopper' } as const;
const refused = { 400: ErrorReply, 401: ErrorReply };

export function recommendationRoutes(
  app: RouteApp,
  { database, recommendation }: { database: Database; recommendation: Recommendation },
): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/recommendations',
    {
      config,
      schema: {
        tags,
        summary:
          'Goods for this shopper, each with why; the hot list when nothing is known, when switched off, or when the recommender does not answer',
        querystring: RecommendationQuery,
        response: { 200: Recommendations, ...refused },
      },
    },
    ({ buyer, query }) => recommendation.recommend(buyer.buyerId, query),
  );

  app.get(
    '/api/recommendations/preference',
    {
      config,
      schema: { tags, summary: 'Whether personalisation is off', response: { 200: Personalisation, ...refused } },
    },
    async ({ buyer }) => ({ isOff: await recommendation.isOff(db, buyer.buyerId) }),
  );

  app.put(
    '/api/recommendations/preference',
    {
      config,
      schema: {
        tags,
        summary: 'Switches personalisation; off deletes what was remembered of the shopper’s looks',
        body: Personalisation,
        response: { 200: Personalisation, ...refused },
      },
    },
    async ({ buyer, body }) => {
      await inTransaction((tx) => recommendation.setOff(tx, buyer.buyerId, body.isOff));
      return body;
    },
  );
}
