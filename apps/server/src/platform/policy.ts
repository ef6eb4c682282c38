/**
 * Policy numbers (hold minutes, free-freight line …): declared by the module that uses them, with default and bounds;
 * values may be set per shop or for the install, each change kept as history. Never literals in code (design rule 10).
 */
import type { Clock } from './clock.ts';
import type { Database, Executor, Tx } from './database/database.ts';
import { defineError } from './errors.ts';
import { newId } from './ids.ts';

declare module './database/database.ts' {
  interface Tables {
    'platform.policySetting': { scope: string; key: string; value: number };
    'platform.policyChange': {
      changeId: string;
      scope: string;
      key: string;
      value: number;
      changedBy: string;
      changedAt: Date;
    };
  }
}

export interface Policy {
  key: string;
  title: string;
  unit: string;
  defaultValue: number;
  minimum: number;
  maximum: number;
  /** install: one number for all shops, because what it governs belongs to no single shop. */
  scope?: 'install';
}

const declared = new Map<string, Policy>();

export function definePolicy(policy: Policy): Policy {
  if (declared.has(policy.key)) throw new Error(`policy ${policy.key} is declared twice`);
  declared.set(policy.key, policy);
  return policy;
}
export const declaredPolicies = (): Policy[] => [...declared.values()];

export const policyUnknown = defineError('policy.unknown', 'not_found', '没有这项设置');
export const policyOutOfRange = defineError<{ minimum: number; maximum: number }>(
  'policy.out_of_range',
  'unprocessable',
  ({ minimum, maximum }) => `请填写 ${minimum} 到 ${maximum} 之间的数`,
);

export interface Policies {
  /** Current value for a shop: the shop's own (unless the policy is the install's), else the install's, else the default. Served from memory. */
  get(policy: Policy, shopId?: string): number;
  set(tx: Tx, change: { key: string; value: number; shopId: string; by: string }): Promise<void>;
  /** Changes of the shop's own policies and of the install's, newest first. */
  history(db: Executor, shopId: string): Promise<{ key: string; value: number; changedAt: Date; changedBy: string }[]>;
  /** Reads all values again: at start, after a change, and now and then so that other processes' changes arrive. */
  refresh(): Promise<void>;
}

export const installScope = 'install';

export function createPolicies({ database, clock }: { database: Database; clock: Clock }): Policies {
  let values = new Map<string, number>();
  return {
    get: (policy, shopId) =>
      (shopId === undefined || policy.scope === 'install' ? undefined : values.get(`${shopId}/${policy.key}`)) ??
      values.get(`${installScope}/${policy.key}`) ??
      policy.defaultValue,
    async set(tx, { key, value, shopId, by }) {
      const policy = declared.get(key);
      if (!policy) throw policyUnknown();
      const { minimum, maximum } = policy;
      if (!(value >= minimum && value <= maximum)) throw policyOutOfRange({ minimum, maximum });
      const scope = policy.scope ?? shopId;
      await tx
        .insertInto('platform.policySetting')
        .values({ scope, key, value })
        .onConflict((conflict) => conflict.columns(['scope', 'key']).doUpdateSet({ value }))
        .execute();
      await tx
        .insertInto('platform.policyChange')
        .values({ changeId: newId(), scope, key, value, changedBy: by, changedAt: clock.now() })
        .execute();
      values = new Map(values).set(`${scope}/${key}`, value);
    },
    history: (db, shopId) =>
      db
        .selectFrom('platform.policyChange')
        .select(['key', 'value', 'changedAt', 'changedBy'])
        .where('scope', 'in', [shopId, installScope])
        .orderBy('changedAt', 'desc')
        .limit(200)
        .execute(),
    async refresh() {
      const rows = await database.db.selectFrom('platform.policySetting').selectAll().execute();
      values = new Map(rows.map(({ scope, key, value }) => [`${scope}/${key}`, value]));
    },
  };
}
