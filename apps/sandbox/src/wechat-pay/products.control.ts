import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bodyText, parseJsonObject } from '../platform/raw-body.ts';
import type { ProductParts } from './products.routes.ts';

const limitOf = (request: FastifyRequest) =>
  Math.min(Number((request.query as { limit?: string }).limit ?? 100) || 100, 1000);

/** What the dashboard and tests see of the products; moving the clock settles what is due on the next look. */
export async function productControlRoutes(
  app: FastifyInstance,
  { parts: { transfers, sharing, score, coupons } }: { parts: ProductParts },
): Promise<void> {
  app.get('/transfers', async (request) => ({ items: transfers.list(limitOf(request)) }));
  app.get('/busifavor', async (request) => ({ items: coupons.list(limitOf(request)) }));
  app.get('/pay-score', async (request) => ({ items: score.list(limitOf(request)) }));
  // The payer's thumb on the confirmation that wx.openBusinessView shows.
  app.post('/pay-score/confirm', async (request) => {
    const { package: packageText, persona } = parseJsonObject(bodyText(request.body)) ?? {};
    return score.confirm(String(packageText ?? ''), String(persona ?? ''));
  });
  app.get('/profit-sharing', async (request) => ({
    items: sharing.list(limitOf(request)),
    returns: sharing.listReturns(limitOf(request)),
  }));
}
