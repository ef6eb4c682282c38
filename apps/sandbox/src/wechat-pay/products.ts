import type { World } from '../platform/world.ts';
import { BUSIFAVOR_TABLES, createBusifavor } from './busifavor.ts';
import { COMPLAINT_TABLES, createComplaints } from './complaints.ts';
import type { Notifications } from './notifications.ts';
import type { Orders } from './orders.ts';
import { createPapay, PAPAY_TABLES } from './papay.ts';
import { createPayScore, SCORE_TABLES } from './pay-score.ts';
import type { ProductParts } from './products.routes.ts';
import { createProfitSharing, SHARING_TABLES } from './profit-sharing.ts';
import type { Refunds } from './refunds.ts';
import { createTransfers, TRANSFER_TABLES } from './transfers.ts';

export const PRODUCT_TABLES = `${TRANSFER_TABLES}${SHARING_TABLES}${SCORE_TABLES}${BUSIFAVOR_TABLES}${PAPAY_TABLES}${COMPLAINT_TABLES}`;

/** What a merchant applies for one by one: the products beside plain payment and refund. */
export function createProductParts(
  world: World,
  orders: Orders,
  refunds: Refunds,
  notifications: Notifications,
): ProductParts & { start(): void; stop(): void } {
  const transfers = createTransfers(world, orders, notifications);
  const papay = createPapay(world, orders, notifications);
  const score = createPayScore(world, orders, notifications);
  return {
    transfers,
    sharing: createProfitSharing(world, orders, refunds),
    score,
    papay,
    coupons: createBusifavor(world, notifications),
    complaints: createComplaints(world, orders, notifications),
    start() {
      transfers.start();
      score.start();
      papay.start();
    },
    stop() {
      transfers.stop();
      score.stop();
      papay.stop();
    },
  };
}
