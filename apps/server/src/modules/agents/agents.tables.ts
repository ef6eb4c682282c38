import type { Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    /** How a shop's service is reached: one row a shop that has agents or a queue of its own. */
    'agents.desk': { shopId: string; corpId: Generated<string>; chatUrl: Generated<string>; hours: Generated<string> };
    'agents.agent': {
      shopId: string;
      staffId: string;
      name: string;
      chatUrl: string;
      /** How many members they are given by the rule; people may give them more. */
      capacity: number;
      isAway: Generated<boolean>;
      since: Date;
    };
    'agents.assignment': {
      buyerId: string;
      shopId: string;
      staffId: string;
      /** Name of who gave them, empty for the rule. */
      givenBy: string;
      since: Date;
      /** When the right to an own agent was last looked at. */
      checkedAt: Date;
    };
  }
}
