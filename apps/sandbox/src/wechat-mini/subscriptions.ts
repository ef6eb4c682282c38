import type { Store } from '../platform/store.ts';

/** One-off subscriptions: each accept is the right to send exactly one message of that template; they add up. */
export interface Subscriptions {
  accept(openid: string, templateId: string): void;
  remaining(openid: string, templateId: string): number;
  /** False when there is nothing left to use up. */
  spend(openid: string, templateId: string): boolean;
}

export const SUBSCRIPTION_TABLES = `
CREATE TABLE IF NOT EXISTS mini_subscription (
  openid TEXT NOT NULL, template_id TEXT NOT NULL, remaining INTEGER NOT NULL CHECK (remaining >= 0),
  PRIMARY KEY (openid, template_id)) STRICT;`;

export function createSubscriptions(store: Store): Subscriptions {
  return {
    accept(openid, templateId) {
      store.run(
        `INSERT INTO mini_subscription (openid, template_id, remaining) VALUES (?, ?, 1)
         ON CONFLICT (openid, template_id) DO UPDATE SET remaining = remaining + 1`,
        openid,
        templateId,
      );
    },
    remaining: (openid, templateId) =>
      store.get<{ remaining: number }>(
        'SELECT remaining FROM mini_subscription WHERE openid = ? AND template_id = ?',
        openid,
        templateId,
      )?.remaining ?? 0,
    spend: (openid, templateId) =>
      store.run(
        'UPDATE mini_subscription SET remaining = remaining - 1 WHERE openid = ? AND template_id = ? AND remaining > 0',
        openid,
        templateId,
      ) === 1,
  };
}
