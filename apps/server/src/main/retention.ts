/** Every module's rules in one list, as the console shows it, and the sweep that goes by them. */
import { catalogRetention } from '../modules/catalog/index.ts';
import { guestRetention } from '../modules/identity/index.ts';
import { retentionRoutes } from '../modules/operations/index.ts';
import { legalHolds, orderRetention } from '../modules/orders/index.ts';
import { paymentRetention } from '../modules/payments/index.ts';
import type { AuditTrail } from '../platform/audit.ts';
import { hourMs } from '../platform/clock.ts';
import type { Tx } from '../platform/database/database.ts';
import type { App } from '../platform/http/app.ts';
import { messagingRetention } from '../platform/messaging/messaging.retention.ts';
import { createRetention, type KeptForGood, type RetentionRule } from '../platform/retention.ts';
import type { Infrastructure } from './infrastructure.ts';

/** Said, so that the list is whole: a merchant, or who audits one, asks what stays. */
export const keptForGood: KeptForGood[] = [
  { title: '订单金额、商品与退款', basis: '账本、对账与经营报表由它们加总；个人信息到期清除' },
  { title: '支付单、退款单与流水号', basis: '支付凭证，与微信支付账单逐笔相符' },
  { title: '库存流水、积分流水、佣金流水', basis: '余额等于流水之和，删一条就对不上' },
  { title: '售后单与举证图片', basis: '记录逐条相扣，缺一条即可发现' },
  { title: '后台操作日志', basis: '只增不改，数据库拒绝删除' },
  { title: '签署的协议与同意记录', basis: '证明当时同意了什么' },
];

export const retentionRules = (
  { cipher, clock }: Pick<Infrastructure, 'cipher' | 'clock'>,
  forgetGuests: (tx: Tx, guestIds: string[]) => Promise<void>,
): RetentionRule[] => [
  ...orderRetention({ fieldCipher: cipher, clock }),
  ...paymentRetention,
  guestRetention(forgetGuests),
  ...catalogRetention,
  ...messagingRetention,
];

export function composeRetention({
  infrastructure,
  app,
  audit,
  forgetGuests,
}: {
  infrastructure: Infrastructure;
  app: App;
  audit: AuditTrail;
  forgetGuests(tx: Tx, guestIds: string[]): Promise<void>;
}): void {
  const { database, clock, policies, sweeps, log } = infrastructure;
  const rules = retentionRules(infrastructure, forgetGuests);
  const retention = createRetention({ database, clock, policies, rules, log });
  sweeps.add({ name: 'platform.retention', isUpkeep: true, everyMs: hourMs, run: retention.run });
  retentionRoutes(app, { database, retention, keptForGood, holds: legalHolds(clock), audit });
}
