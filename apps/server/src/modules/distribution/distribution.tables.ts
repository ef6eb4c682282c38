import type { CommissionStatus, DistributionChannel, WithdrawalStatus } from '@xiaopu/contracts';
import type { DistributorState } from '@xiaopu/contracts/console';
import type { ColumnType, Generated } from 'kysely';
import type { PictureRef } from '#platform/picture.ts';
import type { LineShare } from './distribution.domain.ts';

type Json<T> = ColumnType<T, string, string>;

declare module '#platform/database/database.ts' {
  interface Tables {
    'distribution.program': { shopId: string; withholdingNote: string; changedBy: string; changedAt: Date };
    'distribution.rate': {
      shopId: string;
      scope: 'category' | 'product';
      targetId: string;
      /** Basis points: 10,000 is all of it. */
      firstRate: number;
      secondRate: number;
      changedBy: string;
      changedAt: Date;
    };
    'distribution.distributor': {
      shopId: string;
      buyerId: string;
      state: DistributorState;
      /** Who brought this distributor: earns the second level where the shop has one. Never changes. */
      parentId: string | null;
      /** Sealed. */
      realName: string;
      idNumber: string;
      idIndex: string;
      consentedAt: Date;
      appliedAt: Date;
      decidedAt: Date | null;
      decidedBy: string | null;
      reason: Generated<string>;
    };
    'distribution.link': {
      code: string;
      shopId: string;
      buyerId: string;
      spuId: string | null;
      channel: DistributionChannel;
      createdAt: Date;
    };
    'distribution.codeImage': { code: string; page: string; image: Buffer; contentType: string; madeAt: Date };
    'distribution.visit': {
      buyerId: string;
      visitId: string;
      shopId: string;
      code: string;
      distributorId: string;
      channel: DistributionChannel;
      at: Date;
    };
    'distribution.binding': {
      buyerId: string;
      bindingId: string;
      shopId: string;
      distributorId: string;
      code: string;
      channel: DistributionChannel;
      boundAt: Date;
      protectedUntil: Date;
      endedAt: Date | null;
      /** Since when this distributor may see what the customer looks at; null: not allowed. */
      allowsLookAt: Date | null;
    };
    'distribution.look': { buyerId: string; lookId: string; shopId: string; distributorId: string; at: Date };
    'distribution.attribution': {
      buyerId: string;
      orderNo: string;
      shopId: string;
      firstId: string;
      secondId: string | null;
      firstChannel: DistributionChannel | null;
      lastChannel: DistributionChannel | null;
      lines: Json<LineShare[]>;
      status: 'placed' | CommissionStatus;
      /** Goods paid and not gone back. */
      kept: number;
      version: Generated<number>;
      placedAt: Date;
      settleAt: Date | null;
      settledAt: Date | null;
    };
    'distribution.commission': {
      buyerId: string;
      orderNo: string;
      level: 1 | 2;
      shopId: string;
      customerId: string;
      title: string;
      picture: Json<PictureRef>;
      kept: number;
      amount: number;
      /** How much of it is in the ledger. */
      booked: Generated<number>;
      status: CommissionStatus;
      orderedAt: Date;
      settleAt: Date | null;
      settledAt: Date | null;
    };
    'distribution.account': {
      buyerId: string;
      shopId: string;
      balance: Generated<number>;
      entries: Generated<number>;
    };
    'distribution.ledger': {
      buyerId: string;
      shopId: string;
      entryNo: number;
      amount: number;
      balance: number;
      kind: 'commission' | 'claw_back' | 'withdrawal' | 'withdrawal_back';
      sourceKey: string;
      orderNo: string | null;
      withdrawalId: string | null;
      at: Date;
    };
    'distribution.challenge': {
      buyerId: string;
      shopId: string;
      codeDigest: string;
      sentAt: Date;
      expiresAt: Date;
      tries: Generated<number>;
      sentToday: number;
      passedAt: Date | null;
    };
    'distribution.withdrawal': {
      buyerId: string;
      /** Also the payout's id. */
      withdrawalId: string;
      shopId: string;
      amount: number;
      status: WithdrawalStatus;
      /** Who was paid, for the tax office: sealed, as it was then. */
      payeeName: string;
      payeeIdNumber: string;
      withholdingNote: string;
      /** By the shop's rule as it stood then; null: it had none. */
      taxable: number | null;
      taxDeduction: number;
      taxRate: number;
      withheld: number;
      reason: Generated<string>;
      requestedAt: Date;
      decidedBy: string | null;
      decidedAt: Date | null;
      endedAt: Date | null;
    };
  }
}
