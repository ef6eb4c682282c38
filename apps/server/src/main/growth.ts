/** Wires tiers, points and paid membership: what they need of the others, and what they offer to prices and payments. */

import type { Tier } from '@xiaopu/contracts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { AppError } from '#platform/errors.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { agentRoutes, agentSweeps, createAgents } from '../modules/agents/index.ts';
import type { Catalog } from '../modules/catalog/index.ts';
import { byBuyer, type OfferSource } from '../modules/checkout/index.ts';
import { createContractDesk, createContracts } from '../modules/contracts/index.ts';
import type { Coupons } from '../modules/coupons/index.ts';
import type { Identity } from '../modules/identity/index.ts';
import type { Members } from '../modules/members/index.ts';
import {
  createMembership,
  membershipRoutes,
  membershipSubscribers,
  membershipSweeps,
  tierNames,
  tierOrder,
} from '../modules/membership/index.ts';
import type { Orders } from '../modules/orders/index.ts';
import { type Payments, problemOf } from '../modules/payments/index.ts';
import {
  createPoints,
  pointsConsoleRoutes,
  pointsRoutes,
  pointsSubscribers,
  pointsSweeps,
} from '../modules/points/index.ts';
import type { Stores } from '../modules/stores/index.ts';
import {
  createRenewals,
  createSubscriptions,
  type RenewalDeps,
  renewalSweeps,
  subscriptionRoutes,
  subscriptionSubscribers,
  subscriptionSweeps,
} from '../modules/subscriptions/index.ts';
import { createTrials, trialRoutes } from '../modules/trials/index.ts';
import { seedAgents, seedGrowth } from './growth-demo.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Outside } from './outside.ts';

export interface GrowthNeeds {
  infrastructure: Pick<
    Infrastructure,
    'clock' | 'database' | 'messaging' | 'sweeps' | 'policies' | 'cipher' | 'log' | 'config'
  >;
  outside: Pick<Outside, 'pay' | 'wechat'>;
  identity: Identity;
  members: Pick<Members, 'address'>;
  payments: Payments;
  stores: Pick<Stores, 'shops'>;
  coupons: Pick<Coupons, 'countUsable'>;
  catalog: Pick<Catalog, 'cards' | 'goods'>;
}

// What orders say of a payment that is none of theirs.
const orderUnknown = 'orders.not_found';

export function composeGrowth(needs: GrowthNeeds) {
  const { infrastructure, outside, identity, members, payments, stores, coupons, catalog } = needs;
  const { clock, database, messaging, sweeps, policies, cipher, log, config } = infrastructure;
  const { outbox, subscribers } = messaging;
  const { inTransaction } = database;

  const membership = createMembership({
    clock,
    outbox,
    policies,
    cipher,
    faces: identity.buyers,
    pointsOf: (db, buyerIds) => points.desk.balances(db, buyerIds),
    agentNamesOf: (db, buyerIds, shopId) => agents.namesOf(db, buyerIds, shopId),
    couponsOf: coupons.countUsable,
  });
  const agents = createAgents({
    ...{ clock, rightOf: membership.agentRightOf, shopsOf: membership.shopsOf, isPatron: membership.isPatron },
    ...{ shops: stores.shops, teamOf: identity.staffNames, faces: identity.buyers },
  });
  const points = createPoints({
    clock,
    outbox,
    policies,
    cipher,
    kinship: identity.kinship,
    findAddress: members.address,
    isPatron: membership.isPatron,
  });
  const answeringShops = async (db: Executor) => [...(await stores.shops(db)).keys()];
  const contracts = createContracts({ clock, policies });
  const contractDesk = createContractDesk({
    ...{ database, policies, clock, log, problemOf, client: outside.pay },
    ...{ appId: outside.wechat.miniAppId, publicBaseUrl: config.publicBaseUrl },
  });
  // Payments need this part first, to ask whether a plan may still be paid.
  const later: Partial<Pick<RenewalDeps, 'charge'>> = {};
  const renewals = createRenewals({
    ...{ database, clock, policies, log, outbox, contracts, payments, answeringShops },
    openidOf: (db, buyerId) => identity.openidOf(db, buyerId, 'mini'),
    pageOf: (path) =>
      outside.wechat.isSandbox ? `${config.publicBaseUrl}/sandbox/contract?${path.split('?')[1] ?? ''}` : null,
    announce: contractDesk.announce,
    async charge(asked) {
      if (!later.charge) throw new Error('payments are not there yet');
      return later.charge(asked);
    },
  });
  const subscriptions = createSubscriptions({
    renewals,
    clock,
    outbox,
    policies,
    payments,
    membership,
    phoneIndexOf: identity.phoneIndexOf,
    answeringShops,
  });

  const titlesOf = async (db: Executor, spuIds: string[]) =>
    new Map([...(await catalog.cards(db, spuIds))].map(([spuId, { title }]) => [spuId, title]));
  const isOwnProduct = async (db: Executor, shopId: string, spuId: string): Promise<boolean> =>
    (await catalog.goods(db, { spuId }, 1)).some((goods) => goods.shopId === shopId);
  const trials = createTrials({
    clock,
    cipher,
    tierOf: membership.tierOf,
    cards: catalog.cards,
    isOwnProduct,
    findAddress: members.address,
    nicknames: identity.buyers,
  });

  const offerSources: OfferSource[] = [
    {
      name: 'membership',
      offers: membership.offers,
      prepare: membership.prepareOffers,
    },
    {
      name: 'points',
      // A preview says what there is to use before anybody wants it; an order takes what was wanted.
      ...byBuyer(async (db, { buyerId, purpose, choice }) => {
        const use = choice.points ?? (purpose === 'preview' ? 'max' : undefined);
        const offer = await points.orders.offer(db, buyerId, use);
        return offer ? { points: offer } : {};
      }),
      take: (tx, taking) => points.orders.take(tx, taking),
    },
  ];

  return {
    membership,
    points,
    subscriptions,
    /** What takes money under a contract is made after this part. */
    connectCharge: (charge: RenewalDeps['charge']) => void Object.assign(later, { charge }),
    offerSources,
    /** For messages about tiers. */
    tierWords: {
      tierName: (tier: string): string => tierNames[tier as Tier] ?? tier,
      tierRank: (tier: string): number => tierOrder.indexOf(tier as Tier),
    },

    /** A payment is an order's, and when orders do not know it, a plan's. */
    preparePayment:
      (ofOrders: Orders['preparePayment']) =>
      async (
        tx: Tx,
        payment: { buyerId: string; paymentId: string; atLeastUntil: Date },
      ): Promise<{ prepayUntil: Date } | undefined> => {
        try {
          return await ofOrders(tx, payment);
        } catch (error) {
          const isUnknown = (error as AppError).code === orderUnknown;
          if (isUnknown && (await subscriptions.preparePayment(tx, payment))) return undefined;
          throw error;
        }
      },

    mount(app: RouteApp): void {
      const { audit } = identity;
      membershipRoutes(app, { membership, database, audit, titlesOf, isOwnProduct });
      agentRoutes(app, { agents, database, audit });
      trialRoutes(app, { trials, database, audit });
      pointsRoutes(app, { points, database });
      pointsConsoleRoutes(app, { points, database, audit });
      contractDesk.routes(app);
      subscriptionRoutes(app, { subscriptions, renewals, database, audit });
      membershipSubscribers(subscribers, { membership });
      pointsSubscribers(subscribers, { points });
      subscriptionSubscribers(subscribers, { subscriptions, renewals });
      for (const sweep of [
        ...membershipSweeps(membership, inTransaction),
        ...agentSweeps(agents, inTransaction),
        ...pointsSweeps(points, inTransaction),
        ...subscriptionSweeps(subscriptions, inTransaction),
        ...contractDesk.sweeps,
        ...renewalSweeps(renewals, inTransaction),
      ])
        sweeps.add(sweep);
    },

    async seed(tx: Tx, shopIds: readonly string[]): Promise<void> {
      await seedGrowth(tx, { points, clock }, shopIds);
      await seedAgents(tx, { agents, teamOf: identity.staffNames }, shopIds);
    },
  };
}
